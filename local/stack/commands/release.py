"""`make build` and `make deploy`: what runs on AWS, made by cargo-lambda and SAM."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import boto3
from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError, ClientError

from stack import change_set, parameters, review, template, tools, venv
from stack.errors import StackError
from stack.progress import Progress
from stack.settings import Settings

_EVERY_SECONDS = 3.0


def build_zips(settings: Settings, progress: Progress) -> int:
    """Release zips of every function under target/lambda."""
    tools.require("cargo", "cc")
    programs = venv.ensure_tools(settings, progress)
    progress.close()
    command = ["cargo", "lambda", "build", "--release", "--output-format", "zip", "--arm64"]
    # A binary may be several functions.
    binaries = {function.binary for function in template.load(settings.template).functions_on_aws}
    command += [word for binary in sorted(binaries) for word in ("-p", binary)]
    env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    return subprocess.run(command, cwd=settings.root, env=env, check=False).returncode


def deploy_to_aws(settings: Settings, progress: Progress) -> int:
    """`sam build`, then `sam deploy` up to the change set, with the section of samconfig.toml that STAGE names; the
    change set is executed when it has been looked through."""
    tools.require("cargo", "cc")
    programs = venv.ensure_tools(settings, progress)
    progress.close()
    stage = settings.environ.get("STAGE") or "dev"
    section = parameters.section(settings, stage)
    told = parameters.given(settings, section.get("parameter_overrides", []))
    client = _client(section)
    processor = _processor(settings, client, section["stack_name"], told)
    # The template's own processor, unless `sam build` is told another: what is built and what is deployed must agree.
    code = _sam(settings, programs, "build", "--parameter-overrides", f"{parameters.PROCESSOR}={processor}")
    if code == 0:
        with parameters.as_file(told) as file:
            waits = ["--no-execute-changeset", "--no-confirm-changeset"]
            code = _sam(settings, programs, "deploy", "--config-env", stage, *waits, "--parameter-overrides", file)
    return code or _execute(settings, progress, client, section)


def _client(section: dict[str, Any]) -> BaseClient:
    """Credentials and region are found as SAM finds them."""
    try:
        return boto3.client("cloudformation", region_name=section.get("region"))
    except BotoCoreError as error:
        raise StackError("AWS cannot be asked.", hint=f"{error} Set AWS_REGION and credentials.") from error


def _processor(settings: Settings, client: BaseClient, stack: str, told: dict[str, str]) -> str:
    """Asked before anything is built, so that missing credentials are told at once."""
    try:
        return parameters.processor(settings, client, stack, told)
    except (BotoCoreError, ClientError) as error:
        raise StackError(f"AWS does not tell how {stack} is deployed.", hint=str(error)) from error


def _sam(settings: Settings, programs: Path, *words: str) -> int:
    env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "SAM_CLI_TELEMETRY": "0"}
    return subprocess.run([str(programs / "sam"), *words], cwd=settings.root, env=env, check=False).returncode


def _execute(settings: Settings, progress: Progress, client: BaseClient, section: dict[str, Any]) -> int:
    """What `sam deploy` would do, after a look at what would be replaced."""
    stack = section["stack_name"]
    made = change_set.newest(client, stack)
    try:
        found = review.risks(change_set.changes(client, made), review.holders(settings.root))
        review.refuse_unless_meant(found, settings.environ.get("REPLACE") or "")
        for risk in found:
            progress.say(f"  {risk.line()}")
        if section.get("confirm_changeset") and not _confirmed(stack):
            raise StackError("Not deployed.", hint="Nothing was changed.")
    except BaseException:
        change_set.discard(client, made)
        raise
    change_set.execute(client, stack, made, _EVERY_SECONDS)
    progress.say(f"  {stack} is deployed.")
    return 0


def _confirmed(stack: str) -> bool:
    try:
        return input(f"Deploy these changes to {stack}? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
