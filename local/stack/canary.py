"""The canary, with `make dev CANARY=on`: the emulator takes no users from a template."""

from __future__ import annotations

import json

from stack import emulator, users
from stack.errors import StackError
from stack.settings import Settings
from stack.users import User

_USER = User("canary", "canary")


def wanted(settings: Settings) -> str:
    """`on` or `off`, as the template's parameter has it."""
    text = settings.environ.get("CANARY") or "off"
    if text not in ("on", "off"):
        raise StackError(f"CANARY={text} is neither on nor off.")
    return text


def ensure_user(settings: Settings, outputs: dict[str, str]) -> None:
    """Have its user, who signs in with what its secret holds; nothing where there is no canary."""
    if secret := outputs.get("CanarySecretArn"):
        answer = emulator.client(settings, "secretsmanager").get_secret_value(SecretId=secret)
        login = json.loads(answer["SecretString"])
        client = emulator.client(settings, "cognito-idp")
        users.ensure(client, outputs["UserPoolId"], _USER, login["username"], login["password"])
