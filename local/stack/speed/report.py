"""The figures as tables, and what has become of the last commit's."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from stack.settings import Settings

Row = dict[str, Any]
_HEAD = ("job", "by", "init", "first", "p50", "p99", "8: p50", "8: p99", "8: /s", "cpu", "MB", "zip MB")
# A change below it is the machine's mood.
_NOTEWORTHY = 1.25


def write(settings: Settings, figures: Row, say: Callable[[str], None]) -> None:
    """Print, keep, compare."""
    commit = _commit(settings)
    figures = {"commit": commit, "machine": machine(), **figures}
    history = settings.shared_home / "bench"
    history.mkdir(parents=True, exist_ok=True)
    before = _newest(history, commit)
    text = json.dumps(figures, indent=2) + "\n"
    (settings.target_dir / "bench/speed.json").write_text(text)
    (history / f"speed-{commit}.json").write_text(text)
    for line in lines(figures):
        say(line)
    for line in compare(before, figures) if before else ():
        say(line)


def lines(figures: Row) -> Iterator[str]:
    """Times in ms; ratios to the floor, to the bare round trips and to the peers below."""
    yield f"\nspeed at {figures['commit']}"
    yield "".join(cell.rjust(10) for cell in _HEAD)
    for row in figures["subjects"]:
        yield "".join(cell.rjust(10) for cell in _cells(row))
    bare = figures["bare"]
    yield "\nbare round trips of the dashboard, ms (p50, p99)"
    for name in ("postgres_ms", "mongodb_ms", "both_ms"):
        yield f"{name.removesuffix('_ms'):>10}{bare[name]['p50']:10.2f}{bare[name]['p99']:10.2f}"
    yield "\nratios"
    for name, ratio in ratios(figures).items():
        yield f"{ratio:>10.2f}  {name}"


def ratios(figures: Row) -> dict[str, float]:
    """What the goals are about."""
    by = {(row["job"], row["name"]): row for row in figures["subjects"]}
    init = {key: row["init_ms"]["p50"] for key, row in by.items()}
    warm = {key: row["warm"][0]["ms"]["p50"] for key, row in by.items() if row["warm"]}
    slower = max(figures["bare"][name]["p50"] for name in ("postgres_ms", "mongodb_ms"))
    return {
        "dashboard, warm p50 / the slower of its two bare round trips": warm["dashboard", "rust"] / slower,
        "api, init / an empty Rust function's": init["dashboard", "rust"] / init["empty", "rust"],
        "dashboard, init: Node / Rust": init["dashboard", "node"] / init["dashboard", "rust"],
        "dashboard, init: Python / Rust": init["dashboard", "python"] / init["dashboard", "rust"],
        "dashboard, warm p50: Node / Rust": warm["dashboard", "node"] / warm["dashboard", "rust"],
        "dashboard, warm p50: Python / Rust": warm["dashboard", "python"] / warm["dashboard", "rust"],
        "submit, init: Node / Rust": init["submit", "node"] / init["submit", "rust"],
        "submit, warm p50: Node / Rust": warm["submit", "node"] / warm["submit", "rust"],
        "submit, warm p50: Python / Rust": warm["submit", "python"] / warm["submit", "rust"],
    }


def compare(before: Row, now: Row) -> Iterator[str]:
    """What has changed by more than the machine's mood."""
    yield f"\nbeside {before['commit']}"
    past, present = ratios(before), ratios(now)
    changed = {name: present[name] / past[name] for name in present if past.get(name)}
    found = {name: by for name, by in changed.items() if max(by, 1 / by) > _NOTEWORTHY}
    for name, by in found.items():
        yield f"{by:>9.2f}x  {name}: {past[name]:.2f} -> {present[name]:.2f}"
    if not found:
        yield f"  no ratio has changed by more than {_NOTEWORTHY:.2f}x"


def _cells(row: Row) -> list[str]:
    one, many = (row["warm"] + [None, None])[:2]
    measured = many or one
    size = row.get("size_bytes") or {}
    resident = measured["resident_bytes"] if measured else row["start_resident_bytes"]
    return [
        row["job"],
        row["name"],
        _ms(row["init_ms"]["p50"]),
        _ms(row["first_ms"]["p50"]) if row["first_ms"] else "",
        *((_ms(one["ms"]["p50"]), _ms(one["ms"]["p99"])) if one else ("", "")),
        *((_ms(many["ms"]["p50"]), _ms(many["ms"]["p99"]), f"{many['per_second']:.0f}") if many else ("", "", "")),
        _ms(one["processor_ms"]) if one and one["processor_ms"] is not None else "",
        f"{resident / 1e6:.0f}" if resident else "",
        f"{size['zip'] / 1e6:.1f}" if size else "",
    ]


def _ms(value: float) -> str:
    return f"{value:.2f}"


def _newest(history: Path, commit: str) -> Row | None:
    """The latest figures of another commit."""
    others = [path for path in history.glob("speed-*.json") if path.stem != f"speed-{commit}"]
    return json.loads(max(others, key=lambda path: path.stat().st_mtime).read_text()) if others else None


def _commit(settings: Settings) -> str:
    def git(*words: str) -> str:
        run = subprocess.run(["git", *words], cwd=settings.root, capture_output=True, text=True, check=False)
        return run.stdout.strip()

    return (git("rev-parse", "--short", "HEAD") or "unknown") + ("-changed" if git("status", "--porcelain") else "")


def machine() -> Row:
    """What the figures were measured on."""
    return {"processors": os.cpu_count(), "load": os.getloadavg()[0], "system": platform.platform()}
