"""`make lint`: every check that needs no running stack. All of them run; the exit code tells if one failed."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from stack import advisories, cargo_tools, image, tools, venv, web
from stack.progress import Progress
from stack.settings import REGION, Settings


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
    checks = _checks(settings, programs, deny, venv.ensure_checkov(settings, progress))
    failed = [check.name for check in checks if not _passes(check, progress)]
    failed += advisories.check(settings, deny, progress)
    progress.say()
    progress.say(f"  lint failed: {', '.join(failed)}" if failed else "  lint passed")
    return 1 if failed else 0


def _checks(settings: Settings, programs: Path, deny: Path, checkov: Path) -> list[_Check]:
    root, local = settings.root, settings.root / "local"
    sam = {"SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": REGION}
    found = [
        _Check("rustfmt", ["cargo", "fmt", "--all", "--check"], root),
        _Check("clippy", ["cargo", "clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"], root),
        _Check("cargo-deny", [str(deny), "--log-level", "error", "check", "bans", "licenses", "sources"], root),
        _Check("cfn-lint", [str(programs / "cfn-lint"), "template.yaml", *_children(root)], root),
        _Check("sam validate", [str(programs / "sam"), "validate", "--lint", "--template", "template.yaml"], root, sam),
        _Check("checkov", [str(checkov), "--config-file", ".checkov.yaml"], root),
        _Check("hadolint", [str(programs / "hadolint"), str(image.DOCKERFILE)], root),
        _Check("ruff", [str(programs / "ruff"), "check", "--quiet", "--no-cache", "."], local),
        _Check("ruff format", [str(programs / "ruff"), "format", "--check", "--quiet", "--no-cache", "."], local),
    ]
    if web.exists(settings):
        found.append(_Check("web", ["npm", "run", "--silent", "lint"], root / "web"))
    return found


def _children(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.glob("infra/*.yaml"))


def _passes(check: _Check, progress: Progress) -> bool:
    """One line when it passes, all its words when not."""
    with progress.step(check.name) as step:
        result = _run(check)
        step.result = "ok" if result.returncode == 0 else "FAILED"
    if result.returncode != 0:
        progress.say(result.stdout)
    return result.returncode == 0


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
