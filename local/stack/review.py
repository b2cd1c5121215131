"""What a change set would do to resources that cannot be made again, told before it is executed.

The answers are those of CloudFormation's DescribeChangeSet
(https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack import template
from stack.errors import StackError

# What holds data, or is known to others by its address. A new one in its place is empty, or nobody finds it.
KEPT = frozenset(
    {
        "AWS::ApiGatewayV2::Api",
        "AWS::CloudFront::Distribution",
        "AWS::Cognito::UserPool",
        "AWS::Cognito::UserPoolClient",
        "AWS::DynamoDB::Table",
        "AWS::ECR::Repository",
        "AWS::RDS::DBInstance",
        "AWS::S3::Bucket",
        "AWS::SQS::Queue",
        "AWS::SecretsManager::Secret",
    }
)
NESTED = "AWS::CloudFormation::Stack"
# What becomes of the one that is there, by PolicyAction.
_POLICIES = {
    "Delete": "deleted",
    "Retain": "kept outside the stack",
    "Snapshot": "deleted after a snapshot",
    "ReplaceAndDelete": "deleted",
    "ReplaceAndRetain": "kept outside the stack",
    "ReplaceAndSnapshot": "deleted after a snapshot",
}


@dataclass(frozen=True)
class Risk:
    """A resource that would not be what it was."""

    name: str
    kind: str
    what: str

    def line(self) -> str:
        """For people."""
        return f"{self.name} ({self.kind}): {self.what}"


def risks(changes: Iterable[dict[str, Any]], holders: Iterable[str]) -> list[Risk]:
    """Replacements and removals of what is kept, certain or possible.

    `holders` are nested stacks that hold such resources. Their own changes are in no change set of SAM's, so a
    change of their template or parameters has to be read by a person.
    """
    found = (_risk(change["ResourceChange"], set(holders)) for change in changes)
    return sorted((risk for risk in found if risk), key=lambda risk: risk.name)


def holders(root: Path) -> list[str]:
    """The nested stacks of template.yaml that hold what is kept."""
    resources = template.load(root / "template.yaml").body["Resources"]
    nested = {name: each["Properties"]["TemplateURL"] for name, each in resources.items() if each["Type"] == NESTED}
    return [name for name, url in nested.items() if _holds(template.load(root / url).body)]


def refuse_unless_meant(found: list[Risk], meant: str) -> None:
    """Every one must be named, by the words of REPLACE."""
    named = {word.strip() for word in meant.split(",") if word.strip()}
    unnamed = [risk for risk in found if risk.name not in named]
    if unnamed:
        raise StackError(
            "This deployment may replace or remove what cannot be made again; nothing was changed.",
            hint="\n".join(
                [
                    *(risk.line() for risk in unnamed),
                    "docs/releases.md tells how to go about it. If you mean it:",
                    f"REPLACE={','.join(risk.name for risk in found)} make deploy ...",
                ]
            ),
        )
    if unknown := named - {risk.name for risk in found}:
        raise StackError(
            f"REPLACE names what this deployment does not replace: {', '.join(sorted(unknown))}.",
            hint="Nothing was changed. Leave the name out.",
        )


def _holds(body: dict[str, Any]) -> bool:
    return any(each["Type"] in KEPT for each in body["Resources"].values())


def _risk(change: dict[str, Any], holders: set[str]) -> Risk | None:
    name, kind, action = change["LogicalResourceId"], change["ResourceType"], change["Action"]
    if kind == NESTED and name in holders:
        what = _of_nested(change)
    elif kind not in KEPT:
        what = None
    elif action == "Remove":
        what = "would be removed"
    elif action == "Dynamic":
        what = "nobody can tell yet what would become of it"
    elif action == "Modify" and change.get("Replacement") != "False":
        what = _replacement(change)
    else:
        what = None
    if what and (fate := _POLICIES.get(change.get("PolicyAction", ""))):
        what += f"; the one that is there would be {fate}"
    return Risk(name, kind, what) if what else None


def _replacement(change: dict[str, Any]) -> str:
    sure = "would be replaced" if change.get("Replacement") == "True" else "may be replaced"
    recreated = {
        target["Name"]
        for target in (detail["Target"] for detail in change.get("Details", []))
        if target.get("Name") and target.get("RequiresRecreation", "Never") != "Never"
    }
    return f"{sure}, by {', '.join(sorted(recreated))}" if recreated else sure


def _of_nested(change: dict[str, Any]) -> str | None:
    """CloudFormation lists every nested stack, by itself (`Automatic`): with that alone nothing about it is other."""
    if change["Action"] == "Remove":
        return "would be removed, with all that is in it"
    if change["Action"] != "Modify":
        return None
    changed = {
        detail["Target"].get("Name", detail["Target"]["Attribute"])
        for detail in change.get("Details", [])
        if detail.get("ChangeSource") != "Automatic"
    }
    return f"its {' and '.join(sorted(changed))} changed: read what that does to what is in it" if changed else None
