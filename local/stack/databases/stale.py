"""A data folder whose server was killed: end what still works in it, and remove the lock it left."""

from __future__ import annotations

import signal
from pathlib import Path

from stack import process

_LOCK = "postmaster.pid"


def clear(data: Path) -> None:
    """Make the folder free for a new server. Only for a folder that no recorded service runs in."""
    # A server's helpers notice its death by themselves, within moments.
    if not process.wait_until(lambda: not process.working_in(data), 3):
        for server in process.working_in(data):
            server.send(signal.SIGINT)
        process.wait_until(lambda: not process.working_in(data), 5)
        process.end_all(process.working_in(data))
    lock = data / _LOCK
    if lock.exists() and not _holder_is_alive(lock):
        lock.unlink()


def _holder_is_alive(lock: Path) -> bool:
    first_line = lock.read_text().splitlines()[:1]
    return bool(first_line) and first_line[0].isdigit() and process.identify(int(first_line[0])) is not None
