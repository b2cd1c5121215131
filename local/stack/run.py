"""Programs that a command runs and waits for; when the command is given up, so are they."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

_lock = threading.Lock()
_running: set[subprocess.Popen[str]] = set()
_given_up = threading.Event()


class GivenUp(Exception):
    """The command ended while this program ran."""


def to_log(
    argv: list[str],
    log: Path,
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] | None = None,
) -> int:
    """Run a program with its output in a log, line by line also to `on_line`; gives its exit code."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as out, _start(argv, cwd, env) as child:
        try:
            for line in child.stdout or ():
                out.write(line)
                out.flush()
                if on_line:
                    on_line(line)
            code = child.wait()
        finally:
            with _lock:
                _running.discard(child)
    if _given_up.is_set():
        raise GivenUp
    return code


def give_up() -> None:
    """End everything that runs, and start nothing more."""
    _given_up.set()
    with _lock:
        for child in _running:
            child.terminate()


def is_given_up() -> bool:
    """Whether the command is on its way out."""
    return _given_up.is_set()


def begin() -> None:
    """A new attempt, after one that was given up."""
    _given_up.clear()


def _start(argv: list[str], cwd: Path, env: Mapping[str, str] | None) -> subprocess.Popen[str]:
    with _lock:
        if _given_up.is_set():
            raise GivenUp
        child = subprocess.Popen(
            argv,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        _running.add(child)
    return child


def fresh(log: Path) -> Path:
    """A log that begins empty."""
    log.unlink(missing_ok=True)
    return log
