"""Deploying template.yaml to the emulator by CloudFormation, as `sam package` and `sam deploy` do on AWS."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from stack import emulator, emulator_fixes, stack_events
from stack.errors import StackError
from stack.package import Package
from stack.settings import Settings
from stack.template import Template

ARTIFACTS = "adology-artifacts"
_TEMPLATE_KEY = "template.json"
_EVERY_SECONDS = 0.05
# States in which CloudFormation takes no update, only a delete.
_DEAD = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED")


def deploy(settings: Settings, template: Template, packages: list[Package], values: dict[str, str]) -> dict[str, str]:
    """Bring the stack to the template's state; gives its outputs."""
    locations = {package.name: _upload(settings, package) for package in packages}
    known = {key: value for key, value in values.items() if key in template.parameters}
    _apply(settings, template.with_code(locations), known)
    emulator_fixes.apply(settings)
    return outputs(settings)


def outputs(settings: Settings) -> dict[str, str]:
    """The stack's outputs."""
    stack = _describe(settings)
    if stack is None:
        raise StackError("The stack is not deployed.", hint="Start it with `make up`.")
    return {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}


def physical_id(settings: Settings, logical_id: str) -> str:
    """The name that CloudFormation gave to a resource."""
    client = emulator.client(settings, "cloudformation")
    answer = client.describe_stack_resource(StackName=settings.stack_name, LogicalResourceId=logical_id)
    return answer["StackResourceDetail"]["PhysicalResourceId"]


def _upload(settings: Settings, package: Package) -> str:
    """Put a zip where the template will point to, under a name that its content decides."""
    client = emulator.client(settings, "s3")
    key = f"{package.name}/{package.digest}.zip"
    _ensure_bucket(client)
    kept = [
        item["Key"] for item in client.list_objects_v2(Bucket=ARTIFACTS, Prefix=f"{package.name}/").get("Contents", [])
    ]
    if key not in kept:
        client.put_object(Bucket=ARTIFACTS, Key=key, Body=package.path.read_bytes())
        for old in kept:
            client.delete_object(Bucket=ARTIFACTS, Key=old)
    return f"s3://{ARTIFACTS}/{key}"


def _ensure_bucket(client: BaseClient) -> None:
    if ARTIFACTS not in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
        client.create_bucket(Bucket=ARTIFACTS)


def _apply(settings: Settings, body: str, values: dict[str, str]) -> None:
    client = emulator.client(settings, "cloudformation")
    began = datetime.now(timezone.utc)
    request = {
        "StackName": settings.stack_name,
        "TemplateURL": _upload_template(settings, body),
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()],
    }
    _remove_dead(settings, client)
    try:
        if _describe(settings) is None:
            client.create_stack(**request)
        else:
            client.update_stack(**request)
    except ClientError as error:
        message = error.response["Error"]["Message"]
        if "No updates are to be performed" in message:
            return
        raise StackError(f"template.yaml was refused: {message}") from error
    stack_events.wait(client, settings.stack_name, began, _EVERY_SECONDS)


def _upload_template(settings: Settings, body: str) -> str:
    """By way of S3, because a request holds no more than 51,200 bytes of template."""
    client = emulator.client(settings, "s3")
    _ensure_bucket(client)
    client.put_object(Bucket=ARTIFACTS, Key=_TEMPLATE_KEY, Body=body.encode())
    return f"{settings.aws_url}/{ARTIFACTS}/{_TEMPLATE_KEY}"


def _describe(settings: Settings) -> dict[str, Any] | None:
    return stack_events.describe(emulator.client(settings, "cloudformation"), settings.stack_name)


def _remove_dead(settings: Settings, client: BaseClient) -> None:
    """A stack whose first deploy failed can only be deleted."""
    stack = _describe(settings)
    if stack is not None and stack["StackStatus"] in _DEAD:
        client.delete_stack(StackName=settings.stack_name)
        client.get_waiter("stack_delete_complete").wait(
            StackName=settings.stack_name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )
