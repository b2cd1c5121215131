"""`make bench`, its part `queries`: the immediate queries of the deployed `api`, beside many events.

load: the events, in a database of their own.  plan: what is asked.  report: the table.
"""

from __future__ import annotations

import json
import secrets
import subprocess
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from stack.databases import mongo_client
from stack.errors import StackError
from stack.progress import Progress
from stack.queries import plan, report
from stack.settings import Settings

Row = dict[str, Any]


def measure(settings: Settings, env: dict[str, str], progress: Progress) -> None:
    """Load, roll up, ask, print, and remove what was loaded."""
    say: Callable[[str], None] = progress.say
    name = f"bench_queries_{secrets.token_hex(4)}"
    uri = urlunsplit(urlsplit(env["MONGODB_URI"])._replace(path=f"/{name}"))
    try:
        bare, loaded = _load(settings, uri)
        rows = _ask(settings, {**env, "MONGODB_URI": uri}, loaded)
    finally:
        mongo_client.drop_database(uri, name)
    report.write(settings, bare, rows, say)


def _load(settings: Settings, uri: str) -> tuple[list[str], Row]:
    """What the bare store said, and the tenant and range of the events."""
    count = settings.environ.get("BENCH_QUERY_EVENTS", "1000000")
    said = _run(settings, ["-p", "stores", "--example", "many_events", "--", count, "keep"], {"MONGODB_URI": uri})
    *bare, last = said.splitlines()
    return bare, json.loads(last)


def _ask(settings: Settings, env: dict[str, str], loaded: Row) -> list[Row]:
    """One line of `bench/speed` for each question."""
    path = settings.target_dir / "bench" / "queries-plan.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    # It holds the databases' passwords.
    path.touch(mode=0o600)
    try:
        path.write_text(json.dumps(plan.make(settings, env, loaded)))
        said = _run(settings, ["-p", "speed", "--bin", "speed", "--", str(path)], {})
    finally:
        path.unlink()
    return [json.loads(line) for line in said.splitlines()]


def _run(settings: Settings, arguments: list[str], env: dict[str, str]) -> str:
    profile = settings.environ.get("BENCH_PROFILE", "release")
    command = ["cargo", "run", "--quiet", "--profile", profile, *arguments]
    environ = {**settings.environ, **env}
    done = subprocess.run(command, cwd=settings.root, env=environ, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise StackError(f"This failed: {' '.join(command)}", hint="What it said is above.")
    return done.stdout
