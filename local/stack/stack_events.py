"""Waiting until CloudFormation is through with a stack, and what went wrong with it."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from stack.errors import StackError


def describe(client: BaseClient, stack_name: str) -> dict[str, Any] | None:
    """The stack, where there is one."""
    try:
        return client.describe_stacks(StackName=stack_name)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise


def wait(client: BaseClient, stack_name: str, began: datetime, every: float) -> None:
    """Until the stack is as it should be; `every` so many seconds is looked."""
    status = "?_IN_PROGRESS"
    while status.endswith("_IN_PROGRESS"):
        time.sleep(every)
        stack = describe(client, stack_name)
        status = stack["StackStatus"] if stack else "DELETED"
    if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        told = _failures(client, stack_name, began) or f"Status: {status}"
        raise StackError("template.yaml could not be deployed.", hint=told)


def _failures(client: BaseClient, stack_name: str, began: datetime) -> str:
    """Which resources failed, and why, first failure first."""
    events = client.describe_stack_events(StackName=stack_name)["StackEvents"]
    failed = [_explain(event) for event in reversed(events) if _failed_since(event, began.replace(microsecond=0))]
    return "\n".join(dict.fromkeys(failed))


def _failed_since(event: dict[str, Any], began: datetime) -> bool:
    return event["ResourceStatus"].endswith("_FAILED") and event["Timestamp"] >= began


def _explain(event: dict[str, Any]) -> str:
    reason = event.get("ResourceStatusReason", "no reason given")
    return f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason}"
