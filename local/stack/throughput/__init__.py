"""`make bench`, its part `throughput`: how many tasks and events the release binaries get through, beside the same
number of bare calls in the same run.

tasks: submitted, and run by worker and pool.  events: taken in.  report: the tables.
"""

from __future__ import annotations

from stack.progress import Progress
from stack.settings import Settings
from stack.speed import build
from stack.speed.bench import Bench
from stack.throughput import events, report, tasks


def measure(settings: Settings, env: dict[str, str], progress: Progress) -> None:
    """Build, measure, print, and keep the figures."""
    packages, examples = ["throughput", "api", "worker", "pool"], {"bare_tasks": "aws", "bare_inserts": "stores"}
    bench = Bench(settings, env, build.compiled(settings, packages, examples))
    report.write(settings, {"tasks": tasks.measure(bench), "events": events.measure(bench)}, progress.say)
