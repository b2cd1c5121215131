"""What the emulator gets wrong after a CloudFormation deploy, put right over its own API.

Each entry names the fault. When a newer emulator passes without one, remove it.
"""

from __future__ import annotations

from stack import emulator
from stack.settings import Settings


def apply(settings: Settings) -> None:
    """Correct what was deployed."""
    for api in emulator.get_json(settings, "/v2/apis").get("items", []):
        _fix_cors(settings, api)


def _fix_cors(settings: Settings, api: dict[str, object]) -> None:
    """ministack 1.5.33 stores `CorsConfiguration` with the template's capitals and then reads lower-case keys,
    so that every preflight is refused."""
    cors = api.get("corsConfiguration")
    if isinstance(cors, dict) and any(key[:1].isupper() for key in cors):
        fixed = {key[:1].lower() + key[1:]: value for key, value in cors.items()}
        emulator.patch_json(settings, f"/v2/apis/{api['apiId']}", {"corsConfiguration": fixed})
