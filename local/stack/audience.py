"""Many open WebSockets on the local stack, for `make bench`."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from stack import emulator
from stack.errors import StackError
from stack.settings import Settings


def measure(settings: Settings, env: dict[str, str], size: int, rounds: int) -> list[dict[str, Any]]:
    """Open so many connections as the operator, and broadcast to them: the gateway alone, and the whole way."""
    token = _sign_in(settings, env)
    tenant = "demo"  # The operator's, as stack/users.py seeds it.
    process = subprocess.Popen(
        ["node", "stack-broadcast.mjs", str(size), str(rounds)],
        cwd=settings.root / "bench/peers",
        env={**os.environ, **env, "BENCH_TOKEN": token, "BENCH_TENANT": tenant},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        if process.stdin is None or process.stdout is None or not process.stdout.readline():
            raise StackError(f"{size} connections could not be opened.", hint="What node said is above.")
        process.stdin.write(json.dumps(_connection_ids(settings, env, tenant)) + "\n")
        process.stdin.flush()
        rows = [json.loads(line) for line in process.stdout]
    if process.returncode != 0:
        raise StackError("The broadcasts failed.", hint="What node said is above.")
    return rows


def _sign_in(settings: Settings, env: dict[str, str]) -> str:
    answer = emulator.client(settings, "cognito-idp").initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=env["COGNITO_CLIENT_ID"],
        AuthParameters={"USERNAME": env["OPERATOR_USERNAME"], "PASSWORD": env["OPERATOR_PASSWORD"]},
    )
    return answer["AuthenticationResult"]["IdToken"]


def _connection_ids(settings: Settings, env: dict[str, str], tenant: str) -> list[str]:
    """Whoever is connected, by the rows of the connections themselves."""
    pages = emulator.client(settings, "dynamodb").get_paginator("scan")
    found = pages.paginate(
        TableName=env["CONNECTIONS_TABLE"],
        ConsistentRead=True,
        FilterExpression="begins_with(topic, :own) AND tenant = :tenant",
        ExpressionAttributeValues={":own": {"S": "connection#"}, ":tenant": {"S": tenant}},
    )
    return [item["connection_id"]["S"] for page in found for item in page["Items"]]
