"""The figures as tables, with how each grows from one size to the next."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from stack import growth
from stack.settings import Settings
from stack.speed.bench import Row
from stack.speed.report import machine

_TASKS = ("by", "batch", "tasks", "tasks/s", "calls/task", "calls/s", "of bare", "cpu ms", "submits/s", "growth")
_EVENTS = ("by", "batch", "beside", "events/s", "ms/event", "of bare", "growth")


def write(settings: Settings, figures: Row, say: Callable[[str], None]) -> None:
    """Print and keep."""
    path = settings.target_dir / "bench/throughput.json"
    path.write_text(json.dumps({"machine": machine(), **figures}, indent=2) + "\n")
    for line in (*_tasks(figures["tasks"]), *_events(figures["events"])):
        say(line)


def _tasks(rows: list[Row]) -> Iterator[str]:
    yield "\nthroughput: tasks"
    yield _line(_TASKS)
    bare = {(row["tasks"], row["batch"]): _calls(row) for row in rows if row["row"] == "bare"}
    most = max(batch for _, batch in bare)
    for row in sorted(rows, key=lambda row: (row["row"], row["batch"], row["tasks"])):
        ceiling = bare[row["tasks"], most if row["row"] == "pool" else row["batch"]]
        used = row.get("processor_ms")
        yield _line(
            (
                row["row"],
                str(row["batch"]) if row["row"] != "pool" else "",
                str(row["tasks"]),
                f"{row['tasks'] / row['seconds']:.0f}",
                f"{row['calls']:.1f}",
                f"{_calls(row):.0f}",
                f"{_calls(row) / ceiling:.2f}",
                f"{used / row['tasks']:.2f}" if used else "",
                f"{row['tasks'] / row['submit_seconds']:.0f}",
                growth.of(row, rows, "tasks", ("row", "batch"), _each),
            )
        )


def _events(rows: list[Row]) -> Iterator[str]:
    yield "\nthroughput: events"
    yield _line(_EVENTS)
    each = {(row["row"], row["batch"], row["beside"]): row["seconds"] / row["events"] for row in rows}
    for row in sorted(rows, key=lambda row: (row["row"], row["batch"], row["beside"])):
        own, bare = (each[name, row["batch"], row["beside"]] for name in (row["row"], "bare"))
        yield _line(
            (
                row["row"],
                str(row["batch"]),
                str(row["beside"]),
                f"{1 / own:.0f}",
                f"{own * 1e3:.3f}",
                f"{bare / own:.2f}",
                growth.of(row, rows, "beside", ("row", "batch"), _each),
            )
        )


def _calls(row: Row) -> float:
    """Calls of AWS in a second."""
    return row["calls"] * row["tasks"] / row["seconds"]


def _each(row: Row) -> float:
    """Seconds for a task or an event."""
    return row["seconds"] / row.get("tasks", row.get("events", 1))


def _line(cells: tuple[str, ...]) -> str:
    return "".join(cell.rjust(11) for cell in cells)
