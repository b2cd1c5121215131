"""Who does what: the plan of `bench/speed`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from stack import emulator
from stack.settings import Settings
from stack.speed import build
from stack.speed.site import Site

# The demo user's, whom `make seed` fills.
TENANT = "demo"
_AWS = ("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")

Subject = dict[str, Any]


def invocations(settings: Settings) -> int:
    """Warm invocations of each subject."""
    return int(settings.environ.get("BENCH_INVOCATIONS", "1000"))


def make(settings: Settings, env: dict[str, str], site: Site, programs: dict[str, Path], python: Path) -> Subject:
    """The plan: jobs that are compared, and the starts of all other functions."""
    deployed = {**variables_of(settings, env, "api"), **site.env()}
    jobs = {
        "empty": ({"AWS_REGION": env["AWS_REGION"]}, {"nothing": True}, None),
        "dashboard": (deployed, _event(settings, "dashboard.json", rawQueryString=""), 200),
        "submit": (deployed, _event(settings, "submit-aggregate.json"), 202),
    }
    subjects = []
    for job, (variables, event, status) in jobs.items():
        program = programs["floor" if job == "empty" else "api"]
        common = {"job": job, "env": variables, "event": event, "status": status}
        subjects.append({"name": "rust", "program": str(program), **common})
        subjects += _peers(settings, python, job, common)
    for function in build.functions(settings):
        variables = variables_of(settings, env, function) if function != "api" else {}
        if variables:
            program = str(programs[function])
            subjects.append({"name": "rust", "job": function, "program": program, "env": variables})
    return {
        "starts": int(settings.environ.get("BENCH_STARTS", "20")),
        "invocations": invocations(settings),
        "at_once": [1, 8],
        "subjects": subjects,
    }


def _peers(settings: Settings, python: Path, job: str, common: Subject) -> list[Subject]:
    folder = settings.root / "bench/peers"
    node = str(shutil.which("node"))
    # Lambda sets both names of the region; Python's SDK reads this one.
    env = {**common["env"], "AWS_DEFAULT_REGION": common["env"]["AWS_REGION"]}
    return [
        {**common, "name": "node", "program": node, "arguments": [str(folder / f"node/{job}.mjs")], "env": env},
        {
            **common,
            "name": "python",
            "program": str(python),
            "arguments": [str(folder / f"python/{job}.py")],
            "env": env,
        },
    ]


def variables_of(settings: Settings, env: dict[str, str], function: str) -> dict[str, str]:
    """The variables of a function as it is deployed, and what the emulator adds to them; none where it is not."""
    client = emulator.client(settings, "lambda")
    try:
        described = client.get_function_configuration(FunctionName=f"{env['STACK_NAME']}-{function}")
    except client.exceptions.ResourceNotFoundException:
        return {}
    # A limit for tenants would end the measurement; the cost of asking for it stays.
    unlimited = {"SUBMISSIONS_PER_MINUTE": "1000000", "SUBMISSION_BURST": "1000000"}
    return {**described["Environment"]["Variables"], **{key: env[key] for key in _AWS}, **unlimited}


def _event(settings: Settings, name: str, **changes: Any) -> Subject:
    """A recorded call of API Gateway, by the tenant that has data."""
    event = json.loads((settings.root / "events/api" / name).read_text()) | changes
    if not event["rawQueryString"]:
        event.pop("queryStringParameters", None)
    event["requestContext"]["authorizer"]["jwt"]["claims"]["custom:tenant"] = TENANT
    return event
