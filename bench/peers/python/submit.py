"""POST /tasks in Python, the plain way: one item, one message. It checks less than ours and limits no tenant."""

from __future__ import annotations

import json
import os
import uuid
from datetime import UTC, datetime
from typing import Any

import boto3
from runtime import serve

_table = boto3.resource("dynamodb").Table(os.environ["PEER_TABLE"])
_queue = boto3.client("sqs")
_QUEUE_URL = os.environ["PEER_QUEUE_URL"]
_KINDS = {"aggregate", "analyze", "export"}


def _answer(status: int, body: dict[str, Any]) -> dict[str, Any]:
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}


def _handle(event: dict[str, Any]) -> dict[str, Any]:
    claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    body = json.loads(event["body"])
    if body["kind"] not in _KINDS or not isinstance(body["input"], dict):
        return _answer(422, {"code": "invalid_body"})
    tenant, task = claims["custom:tenant"], str(uuid.uuid4())
    _table.put_item(
        Item={
            "pk": f"{tenant}#{task}",
            "sk": "task",
            "tenant": tenant,
            "id": task,
            "owner": claims["sub"],
            "kind": body["kind"],
            "input": body["input"],
            "tags": body.get("tags", []),
            "status": "queued",
            "version": 1,
            "created_at": datetime.now(UTC).isoformat(),
        },
        ConditionExpression="attribute_not_exists(pk)",
    )
    _queue.send_message(
        QueueUrl=_QUEUE_URL,
        MessageBody=json.dumps({"tenant": tenant, "request_id": task}),
        MessageGroupId=tenant,
    )
    return _answer(202, {"request_id": task, "status": "processing", "message": "Your task has been queued."})


serve(_handle)
