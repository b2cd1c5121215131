"""`make lint`: every check that needs no running stack. All of them run; the exit code tells if one failed."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from stack import cargo_tools, tools, venv, web
from stack.progress import Progress
from stack.settings import REGION, Settings

_UNREACHABLE = ("failed to fetch", "unable to fetch", "could not resolve", "failed to connect")


@dataclass(frozen=True)
class _Check:
    """A program that must end with 0."""

    name: str
    argv: list[str]
    folder: Path
    env: dict[str, str] = field(default_factory=dict)


def main(settings: Settings, progress: Progress) -> int:
    """Run all checks."""
    tools.require("cargo", "cc", "node", "npm")
    programs = venv.ensure_tools(settings, progress)
    deny = cargo_tools.ensure(settings, progress, cargo_tools.CARGO_DENY)
    if web.exists(settings):
        web.install(settings, progress)
    checks = _checks(settings, programs, deny)
    failed = [check.name for check in checks if not _passes(check, progress)]
    if not _advisories(settings, deny, progress):
        failed.append("advisories")
    progress.say()
    progress.say(f"  lint failed: {', '.join(failed)}" if failed else "  lint passed")
    return 1 if failed else 0


def _checks(settings: Settings, programs: Path, deny: Path) -> list[_Check]:
    root, local = settings.root, settings.root / "local"
    sam = {"SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": REGION}
    found = [
        _Check("rustfmt", ["cargo", "fmt", "--all", "--check"], root),
        _Check("clippy", ["cargo", "clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"], root),
        _Check("cargo-deny", [str(deny), "--log-level", "error", "check", "bans", "licenses", "sources"], root),
        _Check("cfn-lint", [str(programs / "cfn-lint"), "template.yaml"], root),
        _Check("sam validate", [str(programs / "sam"), "validate", "--lint", "--template", "template.yaml"], root, sam),
        _Check("ruff", [str(programs / "ruff"), "check", "--quiet", "--no-cache", "."], local),
        _Check("ruff format", [str(programs / "ruff"), "format", "--check", "--quiet", "--no-cache", "."], local),
    ]
    if web.exists(settings):
        found.append(_Check("web", ["npm", "run", "--silent", "lint"], root / "web"))
    return found


def _passes(check: _Check, progress: Progress) -> bool:
    """One line when it passes, all its words when not."""
    with progress.step(check.name) as step:
        result = _run(check)
        step.result = "ok" if result.returncode == 0 else "FAILED"
    if result.returncode != 0:
        progress.say(result.stdout)
    return result.returncode == 0


def _advisories(settings: Settings, deny: Path, progress: Progress) -> bool:
    """Known vulnerabilities, where the database of them can be reached."""
    check = _Check("advisories", [str(deny), "--log-level", "error", "check", "advisories"], settings.root)
    with progress.step(check.name) as step:
        result = _run(check)
        offline = result.returncode != 0 and any(words in result.stdout.lower() for words in _UNREACHABLE)
        step.result = "skipped, the database cannot be reached" if offline else str(result.returncode or "ok")
    if result.returncode != 0 and not offline:
        progress.say(result.stdout)
    return result.returncode == 0 or offline


def _run(check: _Check) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        check.argv,
        cwd=check.folder,
        env={**os.environ, **check.env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
