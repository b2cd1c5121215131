"""GET /dashboard in Python: the same figures from the same servers, both asked at once."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from pymongo import MongoClient
from runtime import serve

_COUNTS = """
SELECT
    (SELECT count(*) FROM users WHERE tenant = %(tenant)s) AS user_count,
    (
        SELECT count(*) FROM sessions
        WHERE tenant = %(tenant)s AND ended_at IS NULL AND started_at >= LEAST(
            %(now)s, (SELECT newest_event_at FROM tenants WHERE tenant = %(tenant)s)
        ) - make_interval(secs => 1800)
    ) AS active_sessions
"""
_WINDOWS = {"1h": timedelta(hours=1), "24h": timedelta(hours=24), "7d": timedelta(days=7)}

_postgres = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=1)
_events = MongoClient(os.environ["MONGODB_URI"]).get_default_database()["events"]
_threads = ThreadPoolExecutor(max_workers=2)


def _counts(tenant: str, now: datetime) -> tuple[int, int]:
    return _postgres.execute(_COUNTS, {"tenant": tenant, "now": now}).fetchone()


def _mean(tenant: str, start: datetime) -> float:
    match = {"tenant": tenant, "type": "request", "at": {"$gte": start}}
    group = {"_id": None, "mean": {"$avg": "$response_time_ms"}}
    rows = list(_events.aggregate([{"$match": match}, {"$group": group}]))
    return rows[0]["mean"] if rows else 0.0


def _answer(status: int, body: dict[str, Any]) -> dict[str, Any]:
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}


def _handle(event: dict[str, Any]) -> dict[str, Any]:
    tenant = event["requestContext"]["authorizer"]["jwt"]["claims"].get("custom:tenant")
    window = _WINDOWS.get((event.get("queryStringParameters") or {}).get("window", "24h"))
    if not tenant or not window:
        return _answer(400, {"code": "invalid_query"})
    now = datetime.now(UTC)
    counts = _threads.submit(_counts, tenant, now)
    mean = _threads.submit(_mean, tenant, now - window)
    users, sessions = counts.result()
    return _answer(
        200, {"user_count": users, "active_sessions": sessions, "avg_response_time_ms": mean.result()}
    )


serve(_handle)
