"""Compiling the functions and the programs that the set-up itself runs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from stack import run
from stack.errors import StackError
from stack.progress import Step
from stack.settings import Settings

_EXCERPT_LINES = 40
_TELLING = ("Compiling", "Downloading", "Blocking")


@dataclass(frozen=True)
class Binary:
    """A binary and the crate it belongs to."""

    package: str
    name: str


MIGRATE = Binary("stores", "migrate")


def compile_all(settings: Settings, binaries: list[Binary], step: Step) -> dict[str, Path]:
    """Build them in the debug profile; gives the path of each."""
    packages = sorted({binary.package for binary in binaries})
    arguments = ["build", "--message-format=short", "--color=never"]
    arguments += [word for package in packages for word in ("-p", package)]
    arguments += [word for binary in binaries for word in ("--bin", binary.name)]
    output = _cargo(settings, arguments, step)
    if output is not None:
        raise StackError("The Rust code does not compile.", hint=output, log=_log(settings))
    return {binary.name: settings.target_dir / "debug" / binary.name for binary in binaries}


def environment() -> dict[str, str]:
    """Without the setting, every start of a function would gather entropy for up to a second."""
    return {**os.environ, "AWS_LC_SYS_NO_JITTER_ENTROPY": "1"}


def _cargo(settings: Settings, arguments: list[str], step: Step) -> str | None:
    """Run cargo, showing what it compiles; gives the compiler's words when it fails."""
    lines: list[str] = []

    def note(line: str) -> None:
        lines.append(line.rstrip())
        if line.lstrip().startswith(_TELLING):
            step.doing = line.strip()[:50]

    log = run.fresh(_log(settings))
    code = run.to_log(["cargo", *arguments], log, cwd=settings.root, env=environment(), on_line=note)
    return _excerpt(lines) if code != 0 else None


def _excerpt(lines: list[str]) -> str:
    """Errors without the noise of progress and warnings."""
    noise = (*_TELLING, "Downloaded", "Updating", "Checking", "Locking", "Adding", "Finished")
    telling = [line for line in lines if not line.lstrip().startswith(noise) and not _warns(line)]
    return "\n".join(telling[-_EXCERPT_LINES:])


def _warns(line: str) -> bool:
    return line.startswith("warning") or ": warning" in line


def _log(settings: Settings) -> Path:
    return settings.logs / "cargo.log"
