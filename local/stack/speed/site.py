"""A table and queues that nobody works off: what is submitted for measuring must not be run."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.client import BaseClient

from stack import emulator
from stack.settings import Settings

_COPIED = ("AttributeDefinitions", "KeySchema")
_COPIED_OF_AN_INDEX = ("IndexName", "KeySchema", "Projection")


@dataclass(frozen=True)
class Site:
    """What functions are told instead of the stack's own."""

    tasks_table: str
    peer_table: str
    queue_url: str
    urgent_queue_url: str
    updates_queue_url: str

    def env(self) -> dict[str, str]:
        """Their variables."""
        return {
            "TASKS_TABLE": self.tasks_table,
            "TASK_QUEUE_URL": self.queue_url,
            "URGENT_TASK_QUEUE_URL": self.urgent_queue_url,
            "UPDATES_QUEUE_URL": self.updates_queue_url,
            "PEER_TABLE": self.peer_table,
            "PEER_QUEUE_URL": self.queue_url,
        }


@contextmanager
def of_its_own(settings: Settings, env: dict[str, str]) -> Iterator[Site]:
    """Make them, and remove them."""
    tables, queues = emulator.client(settings, "dynamodb"), emulator.client(settings, "sqs")
    name = f"bench-{secrets.token_hex(4)}"
    site = Site(
        tasks_table=_like(tables, env["TASKS_TABLE"], f"{name}-tasks"),
        peer_table=_plain(tables, f"{name}-peer"),
        queue_url=queues.create_queue(QueueName=f"{name}-normal")["QueueUrl"],
        urgent_queue_url=queues.create_queue(QueueName=f"{name}-urgent")["QueueUrl"],
        updates_queue_url=queues.create_queue(QueueName=f"{name}-updates")["QueueUrl"],
    )
    try:
        yield site
    finally:
        for table in (site.tasks_table, site.peer_table):
            tables.delete_table(TableName=table)
        for queue in (site.queue_url, site.urgent_queue_url, site.updates_queue_url):
            queues.delete_queue(QueueUrl=queue)


def _like(client: BaseClient, model: str, name: str) -> str:
    """A table with the keys and indexes of the deployed one: a write costs the same."""
    described = client.describe_table(TableName=model)["Table"]
    indexes = [
        {key: index[key] for key in _COPIED_OF_AN_INDEX} for index in described.get("GlobalSecondaryIndexes", [])
    ]
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=indexes,
        **{key: described[key] for key in _COPIED},
    )
    return name


def _plain(client: BaseClient, name: str) -> str:
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
    )
    return name
