"""Change sets of a deployed stack: found, read in full, executed or thrown away."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from botocore.client import BaseClient

from stack import stack_events
from stack.errors import StackError


def newest(client: BaseClient, stack_name: str) -> str:
    """The one that was made last and waits to be executed."""
    pages = client.get_paginator("list_change_sets").paginate(StackName=stack_name)
    ready = [each for page in pages for each in page["Summaries"] if each.get("ExecutionStatus") == "AVAILABLE"]
    if not ready:
        raise StackError(f"The stack {stack_name} has no change set to execute.")
    return max(ready, key=lambda each: each["CreationTime"])["ChangeSetId"]


def changes(client: BaseClient, change_set: str) -> list[dict[str, Any]]:
    """All of them."""
    pages = client.get_paginator("describe_change_set").paginate(ChangeSetName=change_set)
    return [change for page in pages for change in page.get("Changes", [])]


def execute(client: BaseClient, stack_name: str, change_set: str, every: float) -> None:
    """Have it done, and wait for the end; `every` so many seconds is looked."""
    began = datetime.now(timezone.utc)
    client.execute_change_set(ChangeSetName=change_set)
    stack_events.wait(client, stack_name, began, every)


def discard(client: BaseClient, change_set: str) -> None:
    """So that nobody executes it by mistake."""
    client.delete_change_set(ChangeSetName=change_set)
