"""What a deployment to AWS is told: the template's parameters, and where each comes from."""

from __future__ import annotations

import json
import shlex
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from stack import template
from stack.databases import resolve
from stack.errors import StackError
from stack.settings import Settings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROCESSOR = "Architecture"


def section(settings: Settings, stage: str) -> dict[str, Any]:
    """What samconfig.toml says of the stage."""
    sections = tomllib.loads((settings.root / "samconfig.toml").read_text())
    found = sections.get(stage, {}).get("deploy", {}).get("parameters")
    if found is None:
        raise StackError(f"STAGE={stage} has no section [{stage}.deploy.parameters] in samconfig.toml.")
    return found


def given(settings: Settings, words: list[str]) -> dict[str, str]:
    """samconfig.toml's own words, those of this one deployment, which win, and the secrets that neither may hold.

    What is in none of them keeps the value of the last deployment, or has the template's default.
    """
    named = _named([*words, *shlex.split(settings.environ.get("PARAMETERS") or "")])
    secrets = {"DatabaseUrl": resolve.given_postgres(settings), "MongodbUri": resolve.given_mongo(settings)}
    return named | {name: value for name, value in secrets.items() if value}


def processor(settings: Settings, client: BaseClient, stack: str, told: dict[str, str]) -> str:
    """The processor that the functions of this deployment will have, and so are built for."""
    default = template.load(settings.template).body["Parameters"][PROCESSOR]["Default"]
    return told.get(PROCESSOR) or _deployed(client, stack).get(PROCESSOR) or default


@contextmanager
def as_file(told: dict[str, str]) -> Iterator[str]:
    """The parameters for SAM's `--parameter-overrides`, in a file that nobody else may read.

    On the command line everybody on the machine would see the secrets, and SAM would cut values at their first space
    and refuse empty ones.
    """
    with tempfile.TemporaryDirectory() as folder:
        # Every JSON is YAML; SAM goes by the name's end.
        path = Path(folder) / "parameters.yaml"
        path.touch(mode=0o600)
        path.write_text(json.dumps(told))
        yield f"file://{path}"


def _named(words: list[str]) -> dict[str, str]:
    """One value for each parameter: the last."""
    if unnamed := [word for word in words if "=" not in word]:
        raise StackError(
            f"{unnamed[0]} is no parameter: expected Name=value.",
            hint="""A value with spaces goes in quotes: PARAMETERS='CallbackAllow="port 8443, 10.1.0.0/16" …'""",
        )
    return dict(word.split("=", 1) for word in words)


def _deployed(client: BaseClient, stack: str) -> dict[str, str]:
    """The parameters of the stack as it is; nothing where there is none yet."""
    try:
        stacks = client.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return {}
        raise
    return {each["ParameterKey"]: each.get("ParameterValue", "") for each in stacks[0].get("Parameters", [])}
