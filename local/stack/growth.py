"""How figures grow from one size to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Row = dict[str, Any]

# A step that takes more than this much longer for each item than the one before grows worse than linear.
WORSE = 1.3


def of(row: Row, rows: list[Row], size: str, same: tuple[str, ...], each: Callable[[Row], float]) -> str:
    """Time for each item by that of the next smaller size of what is otherwise the same; a step worse than linear
    is marked.
    """
    smaller = [one for one in rows if all(one.get(key) == row.get(key) for key in same) and one[size] < row[size]]
    if not smaller:
        return ""
    grown = each(row) / each(max(smaller, key=lambda one: one[size]))
    return f"{grown:.2f}" + (" worse" if grown > WORSE else "")
