"""`make down`: stop everything this checkout started, and leave the data."""

from __future__ import annotations

from collections.abc import Iterable

from stack import services
from stack.databases import docker
from stack.lock import exclusive
from stack.progress import Progress
from stack.settings import Settings

# Users of a thing stop before the thing; what is not named here stops last.
_ORDER = ("web", "emulator", "document-gateway", "document-engine", "postgres", "mongod")


def main(settings: Settings, progress: Progress) -> int:
    """Stop the stack."""
    with exclusive(settings, progress), progress.step("Stop") as step:
        stopped = stop(settings, services.recorded(settings))
        step.result = ", ".join(stopped) or "nothing was running"
    return 0


def stop(settings: Settings, names: Iterable[str]) -> list[str]:
    """Stop these services, and whatever was left by an interrupted command; gives what was running."""
    ordered = sorted(names, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
    stopped = [name for name in ordered if services.stop(settings, name)]
    if not services.recorded(settings):
        stopped += docker.stop_all(settings)
    if strays := services.end_strays(settings):
        stopped.append(f"{strays} left over from an interrupted run")
    return stopped
