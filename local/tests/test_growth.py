"""Growth from one size to the next."""

from __future__ import annotations

import unittest

from stack import growth


def _rows(*seconds: float) -> list[growth.Row]:
    sizes = (100, 1_000, 10_000)
    return [{"row": "a", "size": size, "seconds": each} for size, each in zip(sizes, seconds, strict=False)]


def _grown(rows: list[growth.Row], row: growth.Row) -> str:
    return growth.of(row, rows, "size", ("row",), lambda one: one["seconds"] / one["size"])


class Growth(unittest.TestCase):
    """Time for each item beside that of the size before."""

    def test_the_smallest_has_none(self) -> None:
        rows = _rows(1, 10)
        self.assertEqual(_grown(rows, rows[0]), "")

    def test_linear_is_one_and_beside_the_next_smaller_size(self) -> None:
        rows = _rows(5, 10, 100)
        self.assertEqual(_grown(rows, rows[2]), "1.00")

    def test_what_is_worse_than_linear_is_marked(self) -> None:
        rows = _rows(1, 14)
        self.assertEqual(_grown(rows, rows[1]), "1.40 worse")

    def test_others_do_not_count(self) -> None:
        rows = [*_rows(1), {"row": "b", "size": 1_000, "seconds": 50}]
        self.assertEqual(_grown(rows, rows[1]), "")


if __name__ == "__main__":
    unittest.main()
