"""`make test`: every test, against a stack of its own that is made for the run and stopped after it.

The developer's stack may run at the same time: the tests' one has its own ports, folder and databases.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from stack import browser, services, web
from stack import settings as all_settings
from stack.bring_up import bring_up
from stack.commands import down
from stack.databases import docker, engine, resolve
from stack.databases import start as databases
from stack.lock import exclusive
from stack.progress import Progress
from stack.settings import Settings


@dataclass(frozen=True)
class _Suite:
    """A test runner; its own summary is what people read."""

    name: str
    argv: list[str]
    folder: Path


def main(settings: Settings, progress: Progress) -> int:
    """Set up, run every suite, stop; the exit code is that of the first suite that failed."""
    tests = all_settings.load(settings.root, "test", settings.environ)
    try:
        with exclusive(tests, progress):
            forget_last_run(tests)
            chromium = browser.ensure(tests, progress)
            running = bring_up(tests, progress)
        failures = _run_all(tests, progress, {**running.env, "CHROMIUM_PATH": chromium})
        databases.drop_test_databases(tests, resolve.resolve(tests))
    finally:
        with exclusive(tests, Progress(quiet=True)):
            down.stop(tests, services.recorded(tests))
    if failures:
        progress.say(f"\nmake test failed: {', '.join(failures)}. Logs of the stack: {tests.logs}")
    return next(iter(failures.values()), 0)


def forget_last_run(tests: Settings) -> None:
    """Have a stack start from nothing."""
    down.stop(tests, services.recorded(tests))
    engine.forget(tests)
    docker.remove_data(tests)
    for folder in (tests.data, tests.logs):
        shutil.rmtree(folder, ignore_errors=True)


def _run_all(tests: Settings, progress: Progress, env: dict[str, str]) -> dict[str, int]:
    failures = {}
    progress.close()
    for suite in _suites(tests):
        print(f"\n== {suite.name}", flush=True)  # noqa: T201 the runners print to the same place
        code = subprocess.run(
            suite.argv, cwd=suite.folder, env={**web.environment(tests), **env}, check=False
        ).returncode
        if code != 0:
            failures[suite.name] = code
    return failures


def _suites(tests: Settings) -> list[_Suite]:
    """Quick ones first."""
    root = tests.root
    python = str(tests.shared_home / "venv/bin/python")
    found = [_Suite("local stack", [python, "-m", "unittest", "discover", "-s", "tests", "-t", "."], root / "local")]
    if web.exists(tests):
        found.append(_Suite("dashboard units", ["npm", "run", "--silent", "test"], root / "web"))
    found.append(_Suite("Rust", _rust_runner(), root))
    if web.exists(tests):
        found.append(_Suite("browser", ["npm", "run", "--silent", "test:browser"], root / "web"))
    return found


def _rust_runner() -> list[str]:
    """nextest where it is installed: it runs tests side by side. Otherwise cargo's own."""
    if shutil.which("cargo-nextest"):
        return ["cargo", "nextest", "run", "--workspace", "--no-fail-fast"]
    return ["cargo", "test", "--workspace", "--no-fail-fast"]
