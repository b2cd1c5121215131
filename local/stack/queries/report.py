"""The table, and the file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from stack.settings import Settings

Row = dict[str, Any]
# What an immediate query may take at a million events, in milliseconds.
_AIM = 50


def write(settings: Settings, bare: list[str], rows: list[Row], say: Callable[[str], None]) -> None:
    """Print what the bare store said, then a line for each question to the function."""
    figures = [_figures(row) for row in rows]
    machine = {"processors": os.cpu_count(), "load": os.getloadavg()[0]}
    target = settings.target_dir / "bench" / "queries.json"
    target.write_text(json.dumps({"machine": machine, "bare": bare, "function": figures}, indent=2) + "\n")
    say("\nqueries: the bare store")
    for line in bare:
        say(f"  {line}")
    say(f"\nqueries: the function, ms{'first':>25}{'p50':>9}{'p99':>9}{'slowest':>9}")
    for row in figures:
        over = f"  over {_AIM}" if row["p99"] > _AIM else ""
        cells = "".join(f"{row[key]:>9.1f}" for key in ("first", "p50", "p99", "slowest"))
        say(f"  {row['query']:<40}{cells}{over}")
    say(f"\nwritten to {target.relative_to(settings.root)}")


def _figures(row: Row) -> Row:
    warm = row["warm"][0]["ms"]
    first = row["first_ms"]["max"]
    return {"query": row["job"], "first": first, "p50": warm["p50"], "p99": warm["p99"], "slowest": warm["max"]}
