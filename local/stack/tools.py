"""Programs that must be on the machine already."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from pathlib import Path

from stack.errors import StackError

OLDEST_PYTHON = (3, 10)

_INSTALL = {
    "cargo": "Install Rust with rustup (the toolchain's version is in rust-toolchain.toml).",
    "cc": "Install a C compiler: `apt-get install build-essential` on Debian, `xcode-select --install` on macOS.",
    "node": "Install Node.js 20 or newer: `apt-get install nodejs npm`, or your system's package.",
    "npm": "Install npm: `apt-get install npm`; it also comes with Node.js.",
}


def require(*names: str) -> None:
    """Fail with one message about every missing program."""
    _find_cargo()
    missing = [name for name in names if not shutil.which(name)]
    if missing:
        raise StackError(
            f"Missing on this machine: {', '.join(missing)}.", hint="\n".join(_INSTALL[name] for name in missing)
        )


def _find_cargo() -> None:
    """rustup's folder is on PATH in login shells only."""
    folder = Path.home() / ".cargo" / "bin"
    if not shutil.which("cargo") and (folder / "cargo").exists():
        os.environ["PATH"] = f"{os.environ.get('PATH', '')}:{folder}"


def require_python() -> None:
    """The stack's own language must be recent enough."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(str(part) for part in OLDEST_PYTHON)
        raise StackError(
            f"Python {platform.python_version()} is too old; the local stack needs {wanted} or newer.",
            hint="Install one and run make with PYTHON=/path/to/python3.",
        )
    if sys.platform == "win32":
        raise StackError("The local stack runs on Linux and macOS; on Windows use WSL 2.")
