"""`make test-upgrade FROM=<revision>`: a release is deployed over another, and taken back, while tasks run.

The other release is what the revision holds: its template with its binaries, its migrations, its worker. The client
that looks on is `tests/examples/upgrade`; docs/releases.md says what it checks.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from stack import bring_up, build, pool, run, services, template, tools
from stack import settings as all_settings
from stack.commands import down, test
from stack.databases import resolve
from stack.databases import start as databases
from stack.databases.start import Addresses
from stack.errors import StackError
from stack.lock import exclusive
from stack.progress import Progress
from stack.settings import Settings
from stack.template import Template

_CLIENT = "upgrade"


@dataclass(frozen=True)
class _Release:
    """A template and the binaries that it is deployed with."""

    name: str
    template: Template
    binaries: dict[str, Path]


def main(settings: Settings, progress: Progress) -> int:
    """Build both, deploy the one over the other and back, and stop."""
    tools.require("cargo", "cc", "git")
    run.begin()
    # Beside `make dev`, as `make test` is, and instead of that.
    stack = all_settings.load(settings.root, "upgrade", settings.environ)
    try:
        with exclusive(stack, progress):
            test.forget_last_run(stack)
            old = _old(stack, _revision(settings), progress)
            here = build.Checkout(stack.root, stack.target_dir)
            new = _release("the working tree", stack, here, progress)
            with progress.step("Build the client") as step:
                client = build.example(stack, _CLIENT, step)
            code = _play(stack, old, new, client, progress)
        databases.drop_test_databases(stack, resolve.resolve(stack))
    finally:
        with exclusive(stack, Progress(quiet=True)):
            down.stop(stack, services.recorded(stack))
    if code != 0:
        progress.say(f"\nmake test-upgrade failed. Logs of the stack: {stack.logs}")
    return code


def _revision(settings: Settings) -> str:
    wanted = settings.environ.get("FROM") or ""
    found = _git(settings.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{wanted}^{{commit}}")
    if not wanted or found.returncode != 0:
        raise StackError(
            f"FROM={wanted} is no revision." if wanted else "Say which release is deployed: FROM=<revision>.",
            hint="For example: make test-upgrade FROM=main~20",
        )
    return found.stdout.strip()


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)


def _old(stack: Settings, revision: str, progress: Progress) -> _Release:
    """The revision in a work tree of its own, which stays, with what was built of it."""
    source = stack.home / "from"
    if not source.is_dir() or _git(source, "rev-parse", "HEAD").stdout.strip() != revision:
        _check_out(stack, source, revision)
    return _release(revision[:12], stack, build.Checkout(source, stack.home / "from-target"), progress)


def _check_out(stack: Settings, source: Path, revision: str) -> None:
    _git(stack.root, "worktree", "remove", "--force", str(source))
    shutil.rmtree(source, ignore_errors=True)
    _git(stack.root, "worktree", "prune")
    source.parent.mkdir(parents=True, exist_ok=True)
    added = _git(stack.root, "worktree", "add", "--detach", str(source), revision)
    if added.returncode != 0:
        raise StackError("git could not check the revision out.", hint=added.stderr.strip())


def _release(name: str, stack: Settings, source: build.Checkout, progress: Progress) -> _Release:
    found = template.load(source.root / "template.yaml")
    binaries = bring_up.binaries(found, resolve.resolve(stack))
    with progress.step(f"Build {name}") as step:
        return _Release(name, found, build.compile_all(stack, binaries, step, source))


def _play(stack: Settings, old: _Release, new: _Release, client: Path, progress: Progress) -> int:
    """The client's phases, and what is deployed after each."""
    for folder in (stack.home, stack.logs, stack.run, stack.data):
        folder.mkdir(parents=True, exist_ok=True)
    stores = _stores(stack, progress)
    bring_up.start_emulator(stack, progress)
    outputs = _deploy(stack, old, stores, progress)
    env = bring_up.make_users(stack, outputs, stores, progress)
    with progress.step("A worker of the old release") as step:
        step.result = pool.start_beside(stack, old.binaries[pool.BINARY])
    after = {
        "before": lambda: _deploy(stack, new, stores, progress),
        "after": lambda: (_tell_shares(stack, progress), _deploy(stack, old, stores, progress)),
    }
    return _run_client(client, {**os.environ, **env}, after, progress)


def _stores(stack: Settings, progress: Progress) -> Addresses:
    plan = resolve.resolve(stack)
    engine = databases.start_engine(stack, plan, progress)
    postgres = databases.start_postgres(stack, plan, lambda: engine, progress)
    # The gateway is the working tree's, which was built last.
    return Addresses(postgres, databases.start_mongo(stack, plan, lambda: engine, lambda: True, progress), engine)


def _deploy(stack: Settings, release: _Release, stores: Addresses, progress: Progress) -> dict[str, str]:
    progress.say(f"  -- {release.name}")
    bring_up.run_migrations(stack, release.binaries, stores, progress)
    return bring_up.deploy_functions(stack, release.template, release.binaries, stores, progress)


def _tell_shares(stack: Settings, progress: Progress) -> None:
    """Without a task at the old worker nothing was side by side."""
    beats = pool.heartbeats(stack)
    taken = sum(int(beat["taken"]["N"]) for beat in beats)
    progress.say(f"  The worker of the old release took {taken} messages.")
    if taken == 0:
        raise StackError("The worker of the old release took no task.", log=stack.logs / f"{pool.BESIDE}.log")


def _run_client(client: Path, env: dict[str, str], after: dict[str, Callable[[], object]], progress: Progress) -> int:
    with subprocess.Popen([str(client)], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        try:
            for line in child.stdout or ():
                words = line.split()
                if len(words) == 2 and words[0] == "phase":
                    after[words[1]]()
                    _go_on(child.stdin)
                else:
                    progress.say(f"  {line.rstrip()}")
        except BaseException:
            child.terminate()
            raise
        return child.wait()


def _go_on(waits: IO[str] | None) -> None:
    if waits is not None:
        waits.write("\n")
        waits.flush()
