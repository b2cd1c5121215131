"""The variants as a table."""

from __future__ import annotations

import json
from collections.abc import Callable

from stack.settings import Settings
from stack.speed.bench import Row
from stack.speed.report import machine

_HEAD = ("variant", "MB", "zip MB", "init", "first", "p50", "p99", "cpu", "start MB", "MB")


def write(settings: Settings, rows: list[Row], say: Callable[[str], None]) -> None:
    """Print and keep; times in ms."""
    path = settings.target_dir / "bench/diet.json"
    path.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=2) + "\n")
    say("\ndiet")
    for cells in (_HEAD, *(_cells(row) for row in rows)):
        say("".join(cell.rjust(12) for cell in cells))


def _cells(row: Row) -> tuple[str, ...]:
    warm = row["warm"][0] if row["warm"] else None
    return (
        row["name"],
        f"{row['size_bytes']['plain'] / 1e6:.1f}",
        f"{row['size_bytes']['zip'] / 1e6:.1f}",
        f"{row['init_ms']['p50']:.2f}",
        f"{row['first_ms']['p50']:.2f}" if row["first_ms"] else "",
        f"{warm['ms']['p50']:.2f}" if warm else "",
        f"{warm['ms']['p99']:.2f}" if warm else "",
        f"{warm['processor_ms']:.2f}" if warm else "",
        f"{row['start_resident_bytes'] / 1e6:.1f}",
        f"{warm['resident_bytes'] / 1e6:.1f}" if warm else "",
    )
