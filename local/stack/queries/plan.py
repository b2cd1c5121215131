"""What is asked: every window of the dashboard, every filter of the log, and every figure over time."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

from stack.speed import plan as speed
from stack.speed.bench import Bench, Row

_METRICS = ("requests", "errors", "latency_p50", "latency_p95", "latency_p99", "active_users")
# Warm invocations of each question.
_INVOCATIONS = 100


def make(bench: Bench, loaded: Row) -> Row:
    """A plan of `bench/speed`: one process for each question, whose first answer is the cold one."""
    program = bench.program("api", {"MONGODB_URI": bench.env["MONGODB_URI"]})
    common = {"name": "rust", "program": program["path"], "env": program["env"], "status": 200}
    subjects = []
    for job, file, query in (*_dashboards(), *_logs(loaded), *_series(loaded)):
        asked = {"rawQueryString": urlencode(query), "queryStringParameters": query}
        event = speed.event(bench.settings, file, loaded["tenant"], **asked)
        subjects.append({**common, "job": job, "event": event})
    invocations = int(bench.settings.environ.get("BENCH_INVOCATIONS", str(_INVOCATIONS)))
    return {"starts": 1, "invocations": invocations, "at_once": [1], "subjects": subjects}


def _dashboards() -> list[tuple[str, str, Row]]:
    return [(f"dashboard: {window}", "dashboard.json", {"window": window}) for window in ("1h", "24h", "7d", "all")]


def _logs(loaded: Row) -> list[tuple[str, str, Row]]:
    middle = datetime.fromisoformat(loaded["from"]) + timedelta(days=15)
    questions = {
        "newest": {},
        "level (1 of 10)": {"level": "error"},
        "service (1 of 8)": {"service": "service-2"},
        "requests": {"type": "request"},
        "status 5xx (1 of 50)": {"type": "request", "status": "5xx"},
        "text in 1 of 10": {"text": "Timed out"},
        "text in none": {"text": "no such words"},
        "half way down": {"to": middle.strftime("%Y-%m-%dT%H:%M:%SZ")},
    }
    return [(f"logs: {name}", "logs.json", {"limit": "100", **query}) for name, query in questions.items()]


def _series(loaded: Row) -> list[tuple[str, str, Row]]:
    span = {"from": loaded["from"], "to": loaded["to"], "bucket": "hour"}
    by_service = {"group_by": "service"}
    asked = [(metric, group) for group in ({}, by_service) for metric in (*_METRICS, ",".join(_METRICS))]
    return [
        (
            f"series: {'all' if ',' in metric else metric}{' by service' if group else ''}",
            "timeseries.json",
            {"metric": metric, **span, **group},
        )
        for metric, group in asked
    ]
