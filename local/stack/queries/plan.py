"""What is asked: every filter of the log, and every figure over time."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from stack.errors import StackError
from stack.settings import Settings
from stack.speed import plan as speed

Row = dict[str, Any]
_METRICS = ("requests", "errors", "latency_p50", "latency_p95", "latency_p99", "active_users")
# Warm invocations of each question.
_INVOCATIONS = 100


def make(settings: Settings, env: dict[str, str], loaded: Row) -> Row:
    """A plan of `bench/speed`: one process for each question, whose first answer is the cold one."""
    program = _api(settings)
    variables = {**speed.deployed(settings, env, "api"), "MONGODB_URI": env["MONGODB_URI"]}
    common = {"name": "rust", "program": str(program), "env": variables, "status": 200}
    questions = [*_logs(loaded), *_series(loaded)]
    subjects = [
        {**common, "job": job, "event": _event(settings, file, loaded["tenant"], query)}
        for job, file, query in questions
    ]
    invocations = int(settings.environ.get("BENCH_INVOCATIONS", str(_INVOCATIONS)))
    return {"starts": 1, "invocations": invocations, "at_once": [1], "subjects": subjects}


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


def _event(settings: Settings, name: str, tenant: str, query: Row) -> Row:
    event = json.loads((settings.root / "events/api" / name).read_text())
    event |= {"rawQueryString": urlencode(query), "queryStringParameters": query}
    event["requestContext"]["authorizer"]["jwt"]["claims"]["custom:tenant"] = tenant
    return event


def _api(settings: Settings) -> Path:
    profile = settings.environ.get("BENCH_PROFILE", "release")
    command = ["cargo", "build", "--quiet", "--profile", profile, "-p", "api"]
    if subprocess.run(command, cwd=settings.root, check=False).returncode != 0:
        raise StackError("The api cannot be built for measuring.", hint="What cargo said is above.")
    return settings.target_dir / ("debug" if profile == "dev" else profile) / "api"
