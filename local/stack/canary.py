"""The canary, with `make dev CANARY=on`: the template makes its user and password, and cannot bring them together."""

from __future__ import annotations

import json

from stack import emulator
from stack.errors import StackError
from stack.settings import Settings


def wanted(settings: Settings) -> str:
    """`on` or `off`, as the template's parameter has it."""
    text = settings.environ.get("CANARY") or "off"
    if text not in ("on", "off"):
        raise StackError(f"CANARY={text} is neither on nor off.")
    return text


def give_password(settings: Settings, outputs: dict[str, str]) -> None:
    """Let its user sign in with what its secret holds; nothing where there is no canary."""
    if secret := outputs.get("CanarySecretArn"):
        answer = emulator.client(settings, "secretsmanager").get_secret_value(SecretId=secret)
        login = json.loads(answer["SecretString"])
        emulator.client(settings, "cognito-idp").admin_set_user_password(
            UserPoolId=outputs["UserPoolId"],
            Username=login["username"],
            Password=login["password"],
            Permanent=True,
        )
