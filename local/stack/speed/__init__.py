"""`make bench`, its part `speed`: the functions' release binaries beside Node's and Python's, over the Runtime API.

build: the binaries.  site: a table and queues of its own.  plan: who does what.  report: tables and history.
bench: one run of a program, for other parts.
"""

from __future__ import annotations

from collections.abc import Callable

from stack import venv
from stack.progress import Progress
from stack.settings import Settings
from stack.speed import build, plan, report, site
from stack.speed.bench import Bench


def measure(settings: Settings, env: dict[str, str], progress: Progress) -> None:
    """Build, measure all side by side, print, and keep the figures under this commit."""
    say: Callable[[str], None] = progress.say
    programs = build.release(settings)
    python = venv.ensure_bench(settings, progress)
    bench = Bench(settings, env, programs)
    with site.of_its_own(settings, env) as own:
        rows = bench.rows("speed", plan.make(settings, env, own, programs, python))
        databases = {key: env[key] for key in ("DATABASE_URL", "MONGODB_URI")}
        trips = bench.bare("dashboard_trips", [plan.TENANT, str(plan.invocations(settings))], databases)
    for row in rows:
        row["size_bytes"] = build.size(settings, programs, row["job"], row["name"])
    report.write(settings, {"subjects": rows, "bare": trips}, say)
