"""`make bench`: figures of this machine, as a table and under target/bench. bench/README.md says what they mean."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from stack import audience, diet, growth, queries, services, speed, throughput
from stack.bring_up import bring_up
from stack.commands import down
from stack.errors import StackError
from stack.lock import exclusive
from stack.progress import Progress
from stack.settings import Settings

Row = dict[str, Any]

_PARTS = ("speed", "throughput", "queries", "broadcast", "export", "sentiment")
# Only when asked for: it takes a release build for each variant.
_ASKED_FOR = ("diet",)
_EXPORTS = (("csv", "none"), ("csv", "gzip"), ("jsonl", "zstd"), ("parquet", "zstd"))
_COLUMNS = ("row", "connections", "shards", "per_second", "p50_ms", "p99_ms", "growth")


def main(settings: Settings, progress: Progress) -> int:
    """Measure, print, write."""
    parts = set((settings.environ.get("BENCH_PARTS") or ",".join(_PARTS)).split(","))
    if unknown := parts - {*_PARTS, *_ASKED_FOR}:
        hint = f"Parts: {', '.join((*_PARTS, *_ASKED_FOR))}"
        raise StackError(f"BENCH_PARTS={','.join(unknown)} is no part.", hint=hint)
    ran_before = services.is_running(settings, "emulator")
    with exclusive(settings, progress):
        env = bring_up(settings, progress).env
    progress.close()
    try:
        _install_peers(settings)
        if "speed" in parts:
            speed.measure(settings, env, progress)
        if "throughput" in parts:
            throughput.measure(settings, env, progress)
        if "diet" in parts:
            diet.measure(settings, env, progress)
        if "queries" in parts:
            queries.measure(settings, env, progress)
        if "broadcast" in parts:
            _broadcast(settings, progress, env)
        if "export" in parts:
            _export(settings, progress)
        if "sentiment" in parts:
            _sentiment(settings, progress)
    finally:
        if not ran_before:
            with exclusive(settings, Progress(quiet=True)):
                down.stop(settings, services.recorded(settings))
    return 0


def _broadcast(settings: Settings, progress: Progress, env: dict[str, str]) -> None:
    sizes = [int(size) for size in settings.environ.get("BENCH_CONNECTIONS", "1000,5000").split(",")]
    rounds = int(settings.environ.get("BENCH_ROUNDS", "20"))
    rows = _pusher(settings, rounds, sizes)
    for size in sizes:
        rows.append(_peer(settings, size, rounds))
        rows += audience.measure(settings, env, size, rounds)
    for row in rows:
        row["growth"] = growth.of(row, rows, "connections", ("row", "shards"), _each_connection)
    _write(settings, progress, "broadcast", rows)


def _each_connection(row: Row) -> float:
    return row["p50_ms"] / row["connections"]


def _install_peers(settings: Settings) -> None:
    folder = settings.root / "bench/peers"
    _run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], folder, settings)


def _cargo(settings: Settings, *arguments: str) -> list[str]:
    profile = settings.environ.get("BENCH_PROFILE", "release")
    return ["cargo", "run", "--quiet", "--profile", profile, *arguments]


def _pusher(settings: Settings, rounds: int, sizes: list[int]) -> list[Row]:
    numbers = [str(number) for number in (rounds, *sizes)]
    command = _cargo(settings, "-p", "app", "--example", "push_broadcast", "--", *numbers)
    return [json.loads(line) for line in _run(command, settings.root, settings).splitlines()]


def _peer(settings: Settings, size: int, rounds: int) -> Row:
    command = ["node", "ws-broadcast.mjs", str(size), str(rounds)]
    return json.loads(_run(command, settings.root / "bench/peers", settings))


def _export(settings: Settings, progress: Progress) -> None:
    """A process for each format, since the largest size of a process never shrinks."""
    count = settings.environ.get("BENCH_EXPORT_ROWS", "5000000")
    rows: list[Row] = []
    for file_format, compression in _EXPORTS:
        arguments = ("-p", "tasks", "--example", "export_memory", "--", file_format, compression, count)
        rows.append(json.loads(_run(_cargo(settings, *arguments), settings.root, settings)))
    figures = {"machine": _machine(), "rows": rows}
    _folder(settings).joinpath("export.json").write_text(json.dumps(figures, indent=2) + "\n")
    progress.say("\nexport")
    for row in rows:
        above = f"{row['above_base_bytes'] / 1e6:.0f} MB above the base" if row["above_base_bytes"] else ""
        progress.say(f"{row['row']:>14} {row['rows'] / row['seconds']:>10.0f} rows/s {above}")


def _sentiment(settings: Settings, progress: Progress) -> None:
    """Only with a file of the caller's: none comes with the repository."""
    data = settings.environ.get("SENTIMENT_DATA")
    if data:
        path = str(Path(data).absolute())
        command = _cargo(settings, "-p", "tasks", "--example", "sentiment", "--", path)
        said = _run(command, settings.root, settings)
        progress.say(f"\nsentiment\n{said}")
        _folder(settings).joinpath("sentiment.txt").write_text(said)


def _run(command: list[str], folder: Path, settings: Settings) -> str:
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **settings.environ}, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode != 0:
        raise StackError(f"This failed: {' '.join(command)}", hint="What it said is above.")
    return done.stdout


def _write(settings: Settings, progress: Progress, name: str, rows: list[Row]) -> None:
    target = _folder(settings) / f"{name}.json"
    target.write_text(json.dumps({"machine": _machine(), "rows": rows}, indent=2) + "\n")
    rows = sorted(rows, key=lambda row: (row["connections"], row["row"]))
    widths = [max(len(column), 12) for column in _COLUMNS]
    progress.say(f"\n{name}")
    for row in (dict(zip(_COLUMNS, _COLUMNS, strict=True)), *rows):
        cells = (_cell(row.get(column, "")).rjust(width) for column, width in zip(_COLUMNS, widths, strict=True))
        progress.say(" ".join(cells))
    progress.say(f"\nwritten to {target.relative_to(settings.root)}")


def _cell(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _machine() -> dict[str, object]:
    return {"processors": os.cpu_count(), "load": os.getloadavg()[0], "node": shutil.which("node") is not None}


def _folder(settings: Settings) -> Path:
    folder = settings.target_dir / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
