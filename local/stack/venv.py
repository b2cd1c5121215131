"""The private Python environments under .local, made once and again when their pins change."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

from stack import run
from stack.errors import StackError
from stack.progress import Progress
from stack.settings import Settings


def ensure_runtime(settings: Settings, progress: Progress) -> Path:
    """The environment that runs the stack; gives its interpreter."""
    return _ensure(settings, progress, "venv", "requirements.txt", "Python packages of the local stack")


def ensure_tools(settings: Settings, progress: Progress) -> Path:
    """The environment of the linters and packagers; gives its folder of programs."""
    label = "Linters and packagers (first time only)"
    return _ensure(settings, progress, "venv-tools", "requirements-tools.txt", label).parent


def ensure_checkov(settings: Settings, progress: Progress) -> Path:
    """The environment of checkov, which shares no versions with the others; gives the program."""
    label = "checkov (first time only)"
    return _ensure(settings, progress, "venv-checkov", "requirements-checkov.txt", label).parent / "checkov"


def ensure_bench(settings: Settings, progress: Progress) -> Path:
    """The environment of the Python functions that `make bench` measures beside ours; gives its interpreter."""
    return _ensure(settings, progress, "venv-bench", "requirements-bench.txt", "Python packages of the peers")


def _ensure(settings: Settings, progress: Progress, folder: str, pins: str, label: str) -> Path:
    home = settings.shared_home / folder
    python = home / "bin" / "python"
    wanted = _fingerprint(settings.root / "local" / pins)
    stamp = home / "pins.sha256"
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    log = settings.shared_home / "logs" / f"pip-{folder}.log"
    with progress.step(label):
        shutil.rmtree(home, ignore_errors=True)
        _create(home, log)
        _install(python, settings.root / "local" / pins, log)
        stamp.write_text(wanted)
    return python


def _fingerprint(pins: Path) -> str:
    return hashlib.sha256(pins.read_bytes() + sys.version.encode()).hexdigest()


def _create(home: Path, log: Path) -> None:
    if run.to_log([sys.executable, "-m", "venv", str(home)], run.fresh(log), cwd=log.parent) != 0:
        raise StackError(
            "Python cannot make a virtual environment.",
            hint="On Debian and Ubuntu: `apt-get install python3-venv`.",
            log=log,
        )


def _install(python: Path, pins: Path, log: Path) -> None:
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-r", str(pins)]
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    if run.to_log(command, log, cwd=pins.parent, env=env) != 0:
        raise StackError(
            f"pip could not install the packages of local/{pins.name}.",
            hint="Is the machine online, and does it reach a Python package registry? Then run the command again.",
            log=log,
        )
