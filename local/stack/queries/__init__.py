"""`make bench`, its part `queries`: the immediate queries of the deployed `api`, beside many events.

load: the events, in a database of their own.  plan: what is asked.  report: the table.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

from stack.databases import mongo_client
from stack.progress import Progress
from stack.queries import plan, report
from stack.settings import Settings
from stack.speed import build
from stack.speed.bench import Bench, Row


def measure(settings: Settings, env: dict[str, str], progress: Progress) -> None:
    """Load, roll up, ask, print, and remove what was loaded."""
    say: Callable[[str], None] = progress.say
    programs = build.compiled(settings, ["speed", "api"], {"many_events": "stores"})
    name = f"bench_queries_{secrets.token_hex(4)}"
    uri = urlunsplit(urlsplit(env["MONGODB_URI"])._replace(path=f"/{name}"))
    bench = Bench(settings, {**env, "MONGODB_URI": uri}, programs)
    try:
        bare, loaded = _load(bench)
        rows = bench.rows("queries", plan.make(bench, loaded))
    finally:
        mongo_client.drop_database(uri, name)
    report.write(settings, bare, rows, say)


def _load(bench: Bench) -> tuple[list[str], Row]:
    """What the bare store said, and the tenant and range of the events."""
    count = bench.settings.environ.get("BENCH_QUERY_EVENTS", "1000000")
    said = bench.said("many_events", [count, "keep"], {"MONGODB_URI": bench.env["MONGODB_URI"]})
    *bare, last = said.splitlines()
    return bare, json.loads(last)
