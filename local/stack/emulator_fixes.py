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
    _fix_concurrency(settings)


def _fix_cors(settings: Settings, api: dict[str, object]) -> None:
    """ministack 1.5.33 stores `CorsConfiguration` with the template's capitals and then reads lower-case keys,
    so that every preflight is refused."""
    cors = api.get("corsConfiguration")
    if isinstance(cors, dict) and any(key[:1].isupper() for key in cors):
        fixed = {key[:1].lower() + key[1:]: value for key, value in cors.items()}
        emulator.patch_json(settings, f"/v2/apis/{api['apiId']}", {"corsConfiguration": fixed})


def _fix_concurrency(settings: Settings) -> None:
    """ministack 1.5.33 takes `MaximumConcurrency: !Ref SomeNumber` for a text and then compares it with
    numbers, so that no queue is read any more."""
    functions = emulator.client(settings, "lambda")
    # boto3 would hide the fault: it makes numbers of them.
    for mapping in emulator.get_json(settings, "/2015-03-31/event-source-mappings/")["EventSourceMappings"]:
        scaling = mapping.get("ScalingConfig") or {}
        if isinstance(scaling.get("MaximumConcurrency"), str):
            fixed = {"MaximumConcurrency": int(scaling["MaximumConcurrency"])}
            functions.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig=fixed)
