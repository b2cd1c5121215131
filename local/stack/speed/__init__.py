"""`make bench`, its part `speed`: the functions' release binaries beside Node's and Python's, over the Runtime API.

build: the binaries.  site: a table and queues of its own.  plan: who does what.  report: tables and history.
bench: one run of a program, for other parts.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

from stack import venv
from stack.errors import StackError
from stack.progress import Progress
from stack.settings import Settings
from stack.speed import build, plan, report, site

Row = dict[str, Any]


def measure(settings: Settings, env: dict[str, str], progress: Progress) -> None:
    """Build, measure all side by side, print, and keep the figures under this commit."""
    say: Callable[[str], None] = progress.say
    programs = build.release(settings)
    python = venv.ensure_bench(settings, progress)
    folder = settings.target_dir / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "speed-plan.json"
    with site.of_its_own(settings, env) as own:
        # It holds the databases' passwords.
        path.touch(mode=0o600)
        path.write_text(json.dumps(plan.make(settings, env, own, programs, python)))
        try:
            rows = _lines([str(programs["speed"]), str(path)], settings, {})
        finally:
            path.unlink()
        trips = _lines(
            [str(programs["dashboard_trips"]), plan.TENANT, str(plan.invocations(settings))],
            settings,
            {key: env[key] for key in ("DATABASE_URL", "MONGODB_URI")},
        )[0]
    for row in rows:
        row["size_bytes"] = build.size(settings, programs, row["job"], row["name"])
    report.write(settings, {"subjects": rows, "bare": trips}, say)


def _lines(command: list[str], settings: Settings, env: dict[str, str]) -> list[Row]:
    done = subprocess.run(command, cwd=settings.root, env=env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise StackError(f"This failed: {' '.join(command)}", hint="What it said is above.")
    return [json.loads(line) for line in done.stdout.splitlines()]
