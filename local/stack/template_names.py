"""Names that a template uses and nowhere defines. The emulator would deploy such a template without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_IN_SUB = re.compile(r"\$\{([^!][^}]*)\}")
_SERVERLESS = "AWS::Serverless::"


def unknown_names(body: dict[str, Any]) -> set[str]:
    """Every `!Ref`, `!GetAtt` and `!Sub` that leads nowhere."""
    resources = body.get("Resources") or {}
    defined = set(resources) | set(body.get("Parameters") or {})
    # The transform adds roles, event sources and the like, named after what they belong to.
    makers = tuple(name for name, resource in resources.items() if str(resource.get("Type")).startswith(_SERVERLESS))
    return {
        name
        for name in _used(body.get("Resources")) | _used(body.get("Outputs"))
        if name not in defined and not name.startswith("AWS::") and not name.startswith(makers)
    }


def _used(node: Any) -> set[str]:
    return set(_walk(node))


def _walk(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _walk(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _names(key, value)
            yield from _walk(value)


def _names(key: str, value: Any) -> Iterator[str]:
    """The names that one intrinsic function mentions."""
    if key == "Ref" and isinstance(value, str):
        yield value
    elif key == "Fn::GetAtt" and isinstance(value, list) and isinstance(value[0], str):
        yield value[0]
    elif key == "Fn::Sub":
        text, own = (value, {}) if isinstance(value, str) else (value[0], value[1])
        yield from (name.split(".")[0] for name in _IN_SUB.findall(text) if name.split(".")[0] not in own)
