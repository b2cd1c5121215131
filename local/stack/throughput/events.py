"""Events: taken in by `api`, and bare inserts of the same documents, beside more and more that are there."""

from __future__ import annotations

import datetime
import secrets

from stack.speed import plan
from stack.speed.bench import Bench, Row

# Size of a batch, and how many.
_BATCHES = [(10, 50), (100, 20), (1_000, 5)]
_FILLING = 1_000


def measure(bench: Bench) -> list[Row]:
    """The same batches beside each number of events, and the batches by which they come to be there."""
    beside = [int(size) for size in bench.settings.environ.get("BENCH_EVENTS", "10000,100000").split(",")]
    tenants = {name: f"bench-{secrets.token_hex(4)}-{name}" for name in ("api", "bare")}
    now = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=2)
    minute = now.strftime("%Y-%m-%dT%H:%M")
    rows, there = [], 0
    try:
        for size in beside:
            batches = [(_FILLING, max(size - there, 0) // _FILLING), *_BATCHES]
            for name, tenant in tenants.items():
                _, *taken = _taken(bench, name, tenant, {"first": there, "minute": minute}, batches)
                rows += [{**row, "row": name, "beside": size} for row in taken]
            there += sum(each * calls for each, calls in batches)
    finally:
        bench.bare("bare_inserts", list(tenants.values()), _databases(bench))
    return rows


def _taken(bench: Bench, name: str, tenant: str, begin: Row, batches: list[tuple[int, int]]) -> list[Row]:
    if name == "bare":
        sizes = [f"{size}x{calls}" for size, calls in batches]
        arguments = [tenant, str(begin["first"]), begin["minute"], *sizes]
        return bench.bare("bare_inserts", arguments, _databases(bench))
    what = {
        "run": "ingest",
        "program": bench.program("api", {}),
        "event": plan.event(bench.settings, "events-good.json", tenant=tenant),
        "batches": [{"size": size, "calls": calls} for size, calls in batches],
        **begin,
    }
    return bench.measured(what)


def _databases(bench: Bench) -> dict[str, str]:
    return {key: bench.env[key] for key in ("DATABASE_URL", "MONGODB_URI")}
