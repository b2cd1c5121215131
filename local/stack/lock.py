"""One command at a time may change a checkout's stacks."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from stack.progress import Progress
from stack.settings import Settings


@contextmanager
def exclusive(settings: Settings, progress: Progress) -> Iterator[None]:
    """Wait for other commands of this checkout, then keep them waiting. The system frees it however we end."""
    settings.shared_home.mkdir(parents=True, exist_ok=True)
    with (settings.shared_home / "lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("  Waiting for another make of this checkout ...")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
