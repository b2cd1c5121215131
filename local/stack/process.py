"""Processes: who is who, and ending them with their children.

A process is known by its id together with its start time, so that an id that the system has given to
another program since is never mistaken for ours.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

MARKER = "ADOLOGY_STACK"
_PROC = Path("/proc")
_LINUX = sys.platform.startswith("linux")


@dataclass(frozen=True)
class Identity:
    """One process, for as long as the machine runs."""

    pid: int
    started: str

    def is_alive(self) -> bool:
        """Whether this very process still runs."""
        return start_time(self.pid) == self.started

    def send(self, number: signal.Signals) -> None:
        """Signal it, if it is still itself."""
        if self.is_alive():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                pass


def identify(pid: int) -> Identity | None:
    """The process with this id, unless it has ended."""
    started = start_time(pid)
    return Identity(pid, started) if started else None


def start_time(pid: int) -> str:
    """When a process began, as an opaque text; empty when there is none or it only waits to be reaped."""
    return _start_time_linux(pid) if _LINUX else _start_time_ps(pid)


def _start_time_linux(pid: int) -> str:
    fields = _stat(pid)
    if not fields or fields[0] == "Z":
        return ""
    return f"{_boot_id()}/{fields[19]}"


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat behind the command, which may itself hold spaces."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return []


def _boot_id() -> str:
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _start_time_ps(pid: int) -> str:
    result = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, started = result.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else started.strip()


def descendants(root: Identity) -> list[Identity]:
    """Children, grandchildren and so on."""
    children: dict[int, list[int]] = {}
    for pid, parent in _all_pairs():
        children.setdefault(parent, []).append(pid)
    found, waiting = [], [root.pid]
    while waiting:
        for pid in children.get(waiting.pop(), []):
            waiting.append(pid)
            if (who := identify(pid)) is not None:
                found.append(who)
    return found


def _all_pairs() -> list[tuple[int, int]]:
    """(id, parent) of every process."""
    if _LINUX:
        pids = [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]
        return [(pid, int(fields[1])) for pid in pids if (fields := _stat(pid))]
    rows = subprocess.run(["ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=False).stdout
    return [(int(pid), int(parent)) for pid, parent in (row.split() for row in rows.splitlines())]


def marked(marker: str) -> list[Identity]:
    """Processes that carry a stack's mark in the environment they were started with (Linux only)."""
    if not _LINUX:
        return []
    wanted = f"{MARKER}={marker}".encode()
    found = []
    for entry in _PROC.iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            carries = wanted in (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if carries and (who := identify(int(entry.name))) is not None:
            found.append(who)
    return found


def working_in(folder: Path) -> list[Identity]:
    """Processes whose working folder this is (Linux only)."""
    if not _LINUX:
        return []
    found = []
    for entry in _PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            here = (entry / "cwd").readlink() == folder
        except OSError:
            continue
        if here and (who := identify(int(entry.name))) is not None:
            found.append(who)
    return found


def end(root: Identity, first: signal.Signals, patience: float) -> None:
    """End a process and all below it: politely, then not."""
    family = [root, *descendants(root)]
    root.send(first)
    if not wait_until(lambda: not root.is_alive(), patience):
        root.send(signal.SIGKILL)
    end_all(family)


def end_all(processes: Iterable[Identity]) -> None:
    """End what is left of a family."""
    left = [who for who in processes if who.is_alive()]
    for who in left:
        who.send(signal.SIGTERM)
    if not wait_until(lambda: not any(who.is_alive() for who in left), 3):
        for who in left:
            who.send(signal.SIGKILL)
        wait_until(lambda: not any(who.is_alive() for who in left), 3)


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Ask until it is true or time is up."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True
