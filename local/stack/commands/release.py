"""`make build` and `make deploy`: what runs on AWS, made by cargo-lambda and SAM."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

from stack import template, tools, venv
from stack.databases import resolve
from stack.errors import StackError
from stack.progress import Progress
from stack.settings import Settings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


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
    """`sam build`, then `sam deploy` with the section of samconfig.toml that STAGE names."""
    tools.require("cargo", "cc")
    programs = venv.ensure_tools(settings, progress)
    progress.close()
    stage = settings.environ.get("STAGE") or "dev"
    deploy = ["deploy", "--config-env", stage, "--parameter-overrides", *_overrides(settings, stage)]
    env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "SAM_CLI_TELEMETRY": "0"}
    for command in (["build"], deploy):
        code = subprocess.run([str(programs / "sam"), *command], cwd=settings.root, env=env, check=False).returncode
        if code != 0:
            return code
    return 0


def _overrides(settings: Settings, stage: str) -> list[str]:
    """samconfig.toml's own parameters, which the command line would replace, and the secrets it may not hold."""
    sections = tomllib.loads((settings.root / "samconfig.toml").read_text())
    section = sections.get(stage, {}).get("deploy", {}).get("parameters")
    if section is None:
        raise StackError(f"STAGE={stage} has no section [{stage}.deploy.parameters] in samconfig.toml.")
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
