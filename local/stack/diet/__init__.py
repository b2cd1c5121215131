"""`make bench`, its part `diet`: what each way of building the function `api` does to its size, start and answers.

It is measured only when asked for: each variant is a release build of everything, in a target folder of its own.

variants: what there is, and how each is built.  report: the table.
"""

from __future__ import annotations

from pathlib import Path

from stack.diet import report, variants
from stack.progress import Progress
from stack.settings import Settings
from stack.speed import build, plan, site
from stack.speed.bench import Bench, Row


def measure(settings: Settings, env: dict[str, str], progress: Progress) -> None:
    """Build what is not there yet, measure all in turns, print, and keep the figures."""
    binaries = variants.all_built(settings)
    tools = build.compiled(settings, ["speed"], {}, ("floor",))
    bench = Bench(settings, env, {**tools, "api": next(iter(binaries.values()))})
    with site.of_its_own(settings, env) as own:
        rows = _rows(bench, binaries, bench.program("api", own.env())["env"])
    for row in rows:
        program = binaries.get(row["name"], tools["floor"])
        row["size_bytes"] = {"plain": program.stat().st_size, "zip": build.zipped(settings, program)}
    report.write(settings, rows, progress.say)


def _rows(bench: Bench, binaries: dict[str, Path], variables: dict[str, str]) -> list[Row]:
    dashboard = plan.event(bench.settings, "dashboard.json", rawQueryString="")
    common = {"env": variables, "event": dashboard, "status": 200}
    subjects = [{"name": "empty", "job": "diet", "program": str(bench.programs["floor"]), "env": variables}]
    for name, program in binaries.items():
        subjects.append({"name": name, "job": "diet", "program": str(program), **common})
    what = {
        "starts": int(bench.settings.environ.get("BENCH_STARTS", "20")),
        "invocations": plan.invocations(bench.settings),
        "at_once": [1],
        "subjects": subjects,
    }
    return bench.rows("diet", what)
