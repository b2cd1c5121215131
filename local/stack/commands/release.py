"""`make build` and `make deploy`: what runs on AWS, made by cargo-lambda and SAM."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import Any

import boto3
from botocore.client import BaseClient

from stack import change_set, review, template, tools, venv
from stack.databases import resolve
from stack.errors import StackError
from stack.progress import Progress
from stack.settings import Settings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_EVERY_SECONDS = 3.0


def build_zips(settings: Settings, progress: Progress) -> int:
    """Release zips of every function under target/lambda."""
    tools.require("cargo", "cc")
    programs = venv.ensure_tools(settings, progress)
    progress.close()
    command = ["cargo", "lambda", "build", "--release", "--output-format", "zip", "--arm64"]
    command += [
        word for function in template.load(settings.template).functions_on_aws for word in ("-p", function.binary)
    ]
    env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    return subprocess.run(command, cwd=settings.root, env=env, check=False).returncode


def deploy_to_aws(settings: Settings, progress: Progress) -> int:
    """`sam build`, then `sam deploy` up to the change set, with the section of samconfig.toml that STAGE names; the
    change set is executed when it has been looked through."""
    tools.require("cargo", "cc")
    programs = venv.ensure_tools(settings, progress)
    progress.close()
    stage = settings.environ.get("STAGE") or "dev"
    section = _section(settings, stage)
    deploy = ["deploy", "--config-env", stage, "--no-execute-changeset", "--no-confirm-changeset"]
    deploy += ["--parameter-overrides", *_overrides(settings, section)]
    env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "SAM_CLI_TELEMETRY": "0"}
    for command in (["build"], deploy):
        code = subprocess.run([str(programs / "sam"), *command], cwd=settings.root, env=env, check=False).returncode
        if code != 0:
            return code
    # Credentials and region are found as SAM finds them.
    client = boto3.client("cloudformation", region_name=section.get("region"))
    return _execute(settings, progress, client, section)


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


def _section(settings: Settings, stage: str) -> dict[str, Any]:
    sections = tomllib.loads((settings.root / "samconfig.toml").read_text())
    section = sections.get(stage, {}).get("deploy", {}).get("parameters")
    if section is None:
        raise StackError(f"STAGE={stage} has no section [{stage}.deploy.parameters] in samconfig.toml.")
    return section


def _overrides(settings: Settings, section: dict[str, Any]) -> list[str]:
    """samconfig.toml's own parameters, which the command line would replace, and the secrets it may not hold."""
    secrets = {"DatabaseUrl": resolve.given_postgres(settings), "MongodbUri": resolve.given_mongo(settings)}
    # Without them CloudFormation keeps the values of the last deploy, or asks for them on the first one.
    # Words of samconfig.toml come first, so that those of this one deployment win.
    named = shlex.split(settings.environ.get("PARAMETERS") or "")
    given = [f"{key}={value}" for key, value in secrets.items() if value]
    return _last_wins([*section.get("parameter_overrides", []), *named, *given])


def _last_wins(words: list[str]) -> list[str]:
    """One word for each parameter."""
    if unnamed := [word for word in words if "=" not in word]:
        raise StackError(f"{unnamed[0]} is no parameter: expected Name=value.")
    return [f"{key}={value}" for key, value in dict(word.split("=", 1) for word in words).items()]
