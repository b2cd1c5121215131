"""`make invoke FN=worker EVENT=events/worker/one-task.json`: one function, one event, its answer and its log."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from stack import deploy, emulator, services, template, venv
from stack.databases import docker
from stack.errors import StackError
from stack.progress import Progress
from stack.settings import Settings
from stack.template import Function


def main(settings: Settings, progress: Progress) -> int:
    """Send the event to the emulator, or with SAM=1 to a container as SAM runs it."""
    function = _function(settings)
    event = _event(settings)
    if settings.environ.get("SAM"):
        return _in_container(settings, progress, function, event)
    return _in_emulator(settings, progress, function, event)


def _function(settings: Settings) -> Function:
    wanted = settings.environ.get("FN", "")
    functions = template.load(settings.template).functions
    for function in functions:
        if wanted in (function.binary, function.logical_id):
            return function
    raise StackError(
        f"FN={wanted} is not a function of template.yaml." if wanted else "Say which function: FN=<name>.",
        hint=f"There are: {', '.join(function.binary for function in functions)}.",
    )


def _event(settings: Settings) -> Path:
    wanted = settings.environ.get("EVENT", "")
    path = settings.root / wanted
    if wanted and path.is_file():
        return path
    known = sorted(str(each.relative_to(settings.root)) for each in (settings.root / "events").glob("*/*.json"))
    raise StackError(
        f"EVENT={wanted} is not a file." if wanted else "Say which event: EVENT=<file>.",
        hint="There are:\n" + "\n".join(known),
    )


def _in_emulator(settings: Settings, progress: Progress, function: Function, event: Path) -> int:
    # Another checkout's stack may answer on the same port.
    if not services.is_running(settings, "emulator"):
        raise StackError("The local stack of this checkout does not run.", hint="Start it with `make up`.")
    try:
        name = deploy.physical_id(settings, function.logical_id)
        client = emulator.client(settings, "lambda")
        answer = client.invoke(FunctionName=name, Payload=event.read_bytes(), LogType="Tail")
    except (BotoCoreError, ClientError) as error:
        raise StackError("The local stack does not answer.", hint=f"Start it with `make up`.\n{error}") from error
    for line in base64.b64decode(answer.get("LogResult", "")).decode(errors="replace").splitlines():
        progress.say(f"  | {line}")
    progress.say(_pretty(answer["Payload"].read()))
    return 1 if "FunctionError" in answer else 0


def _in_container(settings: Settings, progress: Progress, function: Function, event: Path) -> int:
    if not docker.answers():
        raise StackError("SAM=1 runs the function in a container, and no Docker engine answers.")
    sam = venv.ensure_tools(settings, progress) / "sam"
    build = [str(sam), "build", "--beta-features", function.logical_id]
    invoke = [str(sam), "local", "invoke", function.logical_id, "--event", str(event)]
    for command in (build, invoke):
        code = subprocess.run(command, cwd=settings.root, check=False).returncode
        if code != 0:
            return code
    return 0


def _pretty(payload: bytes) -> str:
    try:
        return json.dumps(json.loads(payload), indent=2, ensure_ascii=False)
    except ValueError:
        return payload.decode(errors="replace")
