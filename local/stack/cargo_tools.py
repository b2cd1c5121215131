"""Programs from crates.io that linting needs, compiled once into .local/tools."""

from __future__ import annotations

from pathlib import Path

from stack import run
from stack.errors import StackError, tail
from stack.progress import Progress
from stack.settings import Settings

CARGO_DENY = ("cargo-deny", "0.20.2")
CARGO_AUDIT = ("cargo-audit", "0.22.2")


def ensure(settings: Settings, progress: Progress, tool: tuple[str, str]) -> Path:
    """The program, in exactly this version."""
    name, version = tool
    root = settings.shared_home / "tools" / f"{name}-{version}"
    program = root / "bin" / name
    if program.exists():
        return program
    log = run.fresh(settings.shared_home / "logs" / f"{name}.log")
    with progress.step(f"{name} {version} (first time only)") as step:
        command = ["cargo", "install", "--locked", "--root", str(root), "--version", version, name]
        code = run.to_log(command, log, cwd=settings.root, on_line=step.note)
    if code != 0:
        raise StackError(f"{name} could not be installed.", hint=tail(log, 6), log=log)
    return program
