"""Known vulnerabilities of what we depend on, where the databases of them can be reached.

A check that could not be made is told as skipped, never as passed.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from stack import cargo_tools, web
from stack.progress import Progress
from stack.settings import Settings

RUSTSEC = "https://github.com/RustSec/advisory-db"
_SKIPPED = "skipped, the database cannot be reached"
# What cargo-deny, git and npm say when they reach nobody, or a registry that has no advisories.
_UNREACHABLE = (
    "failed to fetch",
    "unable to fetch",
    "could not resolve",
    "failed to connect",
    "audit endpoint returned an error",
    "enoaudit",
    "enotfound",
    "econnrefused",
    "etimedout",
    "eai_again",
)
_PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Outcome:
    """What came of one check: its word on screen, and what to read where it failed."""

    word: str
    failed: bool
    output: str = ""


def judge(code: int, output: str) -> Outcome:
    """Tell a vulnerability from a database that is away."""
    if code == 0:
        return Outcome("ok", failed=False)
    if any(words in output.lower() for words in _UNREACHABLE):
        return Outcome(_SKIPPED, failed=False)
    return Outcome("FAILED", failed=True, output=output)


def check(settings: Settings, deny: Path, progress: Progress) -> list[str]:
    """Make all of them; gives the names of those that found something."""
    checks = {
        "cargo-deny advisories": lambda: _run(
            [str(deny), "--log-level", "error", "check", "advisories"], settings.root
        ),
        "cargo-audit": lambda: _cargo_audit(settings, progress),
    }
    if web.exists(settings):
        # What runs in browsers and what builds it; moderate and worse.
        command = ["npm", "audit", "--package-lock-only", "--audit-level=moderate"]
        checks["npm audit"] = lambda: _run(command, settings.root / "web")
    failed = []
    for name, make in checks.items():
        with progress.step(name) as step:
            outcome = make()
            step.result = outcome.word
        if outcome.failed:
            failed.append(name)
            progress.say(outcome.output)
    return failed


def _cargo_audit(settings: Settings, progress: Progress) -> Outcome:
    """It takes minutes to compile, so the database is looked for first."""
    if not _answers(RUSTSEC):
        return Outcome(_SKIPPED, failed=False)
    program = cargo_tools.ensure(settings, progress, cargo_tools.CARGO_AUDIT)
    # What is allowed to stay, and why, is in deny.toml for both.
    return _run([str(program), "audit", "--deny", "warnings"], settings.root)


def _answers(repository: str) -> bool:
    try:
        asked = subprocess.run(
            ["git", "ls-remote", "--quiet", repository, "HEAD"],
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def _run(command: list[str], folder: Path) -> Outcome:
    result = subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return judge(result.returncode, result.stdout)
