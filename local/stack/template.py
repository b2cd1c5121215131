"""Reading template.yaml, with CloudFormation's short tags, and pointing its functions at uploaded zips."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stack.errors import StackError
from stack.template_names import unknown_names

_FUNCTION = "AWS::Serverless::Function"
# The condition of what the emulator never gets.
_NOT_HERE = "OnAws"


class _Loader(yaml.SafeLoader):
    """YAML with `!Ref`, `!Sub` and the like written out in full."""


def _intrinsic(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix in ("Ref", "Condition"):
        return {suffix: value}
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{suffix}": value}


def _text(loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_multi_constructor("!", _intrinsic)
# Dates such as 2010-09-09 stay text.
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _text)


@dataclass(frozen=True)
class Function:
    """A function of the template, and the binary that it runs."""

    logical_id: str
    binary: str


@dataclass(frozen=True)
class Template:
    """A parsed template."""

    body: dict[str, Any]

    @property
    def parameters(self) -> set[str]:
        return set(self.body.get("Parameters") or {})

    @property
    def functions(self) -> list[Function]:
        """All functions that are deployed here, or may be."""
        return self._functions(lambda each: not self._is_away(each.get("Condition")))

    @property
    def functions_on_aws(self) -> list[Function]:
        """These, and those that the emulator never gets."""
        return self._functions(lambda _: True)

    def _functions(self, wanted: Callable[[dict[str, Any]], bool]) -> list[Function]:
        found = [(name, each) for name, each in self.body["Resources"].items() if each.get("Type") == _FUNCTION]
        return [Function(name, _binary(name, each)) for name, each in found if wanted(each)]

    def _is_away(self, condition: Any) -> bool:
        """Whether it never holds here: the condition of what the emulator never gets, or one that asks for it too."""
        if isinstance(condition, str):
            return condition == _NOT_HERE or self._is_away((self.body.get("Conditions") or {}).get(condition))
        if not isinstance(condition, dict):
            return False
        return self._is_away(condition.get("Condition")) or any(map(self._is_away, condition.get("Fn::And", ())))

    def with_code(self, locations: dict[str, str]) -> str:
        """The template as JSON, each function's CodeUri replaced as `sam package` would.

        The emulator wants code also of functions that it never gets. Those whose code nobody has are left out.
        """
        body = copy.deepcopy(self.body)
        for function in self.functions_on_aws:
            if function.binary not in locations:
                del body["Resources"][function.logical_id]
                continue
            resource = body["Resources"][function.logical_id]
            resource.setdefault("Properties", {})["CodeUri"] = locations[function.binary]
        return json.dumps(body, separators=(",", ":"))


def load(path: Path) -> Template:
    """Parse the template; say where it is wrong."""
    try:
        body = yaml.load(path.read_text(), Loader=_Loader)
    except FileNotFoundError:
        raise StackError(f"There is no {path.name} in {path.parent}.") from None
    except yaml.YAMLError as error:
        raise StackError(f"{path.name} is not valid YAML.", hint=str(error)) from error
    if not isinstance(body, dict) or not isinstance(body.get("Resources"), dict):
        raise StackError(f"{path.name} has no Resources.")
    broken = [name for name, resource in body["Resources"].items() if not isinstance(resource, dict)]
    if broken:
        raise StackError(f"{path.name}: resource {broken[0]} is not a mapping with Type and Properties.")
    template = Template(body)
    if unknown := sorted(unknown_names(body)):
        raise StackError(f"{path.name} refers to what it does not define: {', '.join(unknown)}.")
    return template


def _binary(logical_id: str, resource: dict[str, Any]) -> str:
    named = resource.get("Metadata", {}).get("BuildProperties", {}).get("Binary")
    return str(named) if named else kebab(logical_id)


def kebab(logical_id: str) -> str:
    """`TaskSweeper` -> `task-sweeper`: crate, folder and binary are named so."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", logical_id).lower()
