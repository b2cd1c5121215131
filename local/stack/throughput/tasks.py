"""Tasks: submitted by `api`, run by `worker` and by `pool`, and the bare calls below a task."""

from __future__ import annotations

from stack import emulator
from stack.speed import plan, site
from stack.speed.bench import Bench, Row
from stack.speed.site import Site

# Processes of the worker, and loops of the bare calls.
_AT_ONCE = 4
_BATCHES = (1, 10)
# As many tasks as so many processes with the larger batch have in hand.
_POOL = _AT_ONCE * max(_BATCHES)
# Calls of AWS for a task without progress: hide, read, write, tell, write, tell. What it takes to receive and to
# delete its message is Lambda's, and the same for all.
_CALLS = 6
# A tenant's limits would be what is measured.
_UNLIMITED = {"TENANT_CONCURRENCY": "0", "SUBMISSIONS_PER_MINUTE": "0"}


def measure(bench: Bench) -> list[Row]:
    """Each size by each runner, each on a table and queues of its own."""
    sizes = [int(size) for size in bench.settings.environ.get("BENCH_TASKS", "100,1000,10000").split(",")]
    runners = [(name, batch) for batch in _BATCHES for name in ("worker", "bare")] + [("pool", 1)]
    return [_run(bench, name, batch, size) for size in sizes for name, batch in runners]


def _run(bench: Bench, name: str, batch: int, size: int) -> Row:
    with site.of_its_own(bench.settings, bench.env) as own:
        variables = own.env() | _UNLIMITED
        submission = {
            "run": "submit",
            "program": bench.program("api", variables),
            "event": plan.event(bench.settings, "submit-batch.json"),
            "tasks": size,
        }
        submitted = bench.measured(submission)
        if name == "bare":
            arguments = [str(number) for number in (size, _AT_ONCE, batch)]
            worked = bench.bare("bare_tasks", arguments, bench.program("worker", variables)["env"])
        elif name == "pool":
            of_pool = {"POOL_TABLE": bench.env["POOL_TABLE"], "POOL_HEALTH_PORT": "0", "POOL_CONCURRENCY": str(_POOL)}
            worked = bench.measured({"run": name, "program": bench.program(name, variables | of_pool), "tasks": size})
        else:
            program = {"program": bench.program(name, variables), "tasks": size}
            worked = bench.measured(
                {"run": name, "queue_url": own.queue_url, "batch": batch, "at_once": _AT_ONCE, **program}
            )
        told = _told(bench, own)
    # An update is a write and a message: those beyond two are progress.
    calls = _CALLS + 2 * (told / size - 2)
    return {**worked, "row": name, "batch": batch, "calls": calls, "submit_seconds": submitted["seconds"]}


def _told(bench: Bench, own: Site) -> int:
    """How many updates were told."""
    name = "ApproximateNumberOfMessages"
    queues = emulator.client(bench.settings, "sqs")
    answer = queues.get_queue_attributes(QueueUrl=own.updates_queue_url, AttributeNames=[name])
    return int(answer["Attributes"][name])
