"""The users that people and tests sign in as: two tenants, and an operator."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from stack import emulator
from stack.settings import Settings


@dataclass(frozen=True)
class User:
    """A user and what they may do."""

    name: str
    tenant: str
    groups: tuple[str, ...] = ()


USERS = (User("demo", "demo"), User("demo2", "demo2"), User("operator", "demo", ("operator", "notify", "webhooks")))


def seed(settings: Settings, pool_id: str) -> dict[str, str]:
    """Have them in the pool; gives `DEMO_USERNAME=`, `DEMO_PASSWORD=` and so on."""
    client = emulator.client(settings, "cognito-idp")
    by_email = "email" in client.describe_user_pool(UserPoolId=pool_id)["UserPool"].get("UsernameAttributes", [])
    result = {}
    for user, password in _passwords(settings).items():
        wanted = next(item for item in USERS if item.name == user)
        username = _email(user) if by_email else user
        ensure(client, pool_id, wanted, username, password)
        result |= {f"{user.upper()}_USERNAME": username, f"{user.upper()}_PASSWORD": password}
    return result


def _passwords(settings: Settings) -> dict[str, str]:
    """Made once per checkout."""
    path = settings.credentials
    known = json.loads(path.read_text()) if path.exists() else {}
    for user in USERS:
        # The ending satisfies every class of character that a pool's policy can ask for.
        known.setdefault(user.name, f"{secrets.token_urlsafe(9)}-aA1!")
    path.touch(mode=0o600)
    path.write_text(json.dumps(known, indent=2))
    return {user.name: known[user.name] for user in USERS}


def _email(name: str) -> str:
    return f"{name}@adology.example"


def ensure(client: BaseClient, pool_id: str, user: User, username: str, password: str) -> None:
    """Have this user in the pool, with this name, password, tenant and groups."""
    attributes = [
        {"Name": "email", "Value": _email(user.name)},
        {"Name": "email_verified", "Value": "true"},
        {"Name": "custom:tenant", "Value": user.tenant},
    ]
    try:
        client.admin_create_user(
            UserPoolId=pool_id, Username=username, UserAttributes=attributes, MessageAction="SUPPRESS"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "UsernameExistsException":
            raise
    client.admin_set_user_password(UserPoolId=pool_id, Username=username, Password=password, Permanent=True)
    for group in user.groups:
        _ensure_group(client, pool_id, group)
        client.admin_add_user_to_group(UserPoolId=pool_id, Username=username, GroupName=group)


def _ensure_group(client: BaseClient, pool_id: str, group: str) -> None:
    try:
        client.create_group(UserPoolId=pool_id, GroupName=group)
    except ClientError as error:
        if error.response["Error"]["Code"] != "GroupExistsException":
            raise
