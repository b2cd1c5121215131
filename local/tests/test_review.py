import unittest
import unittest.mock
from datetime import datetime, timezone
from pathlib import Path

import boto3
from botocore.stub import Stubber

from stack import change_set, review
from stack.commands import release
from stack.errors import StackError
from stack.progress import Progress
from tests.support import StackTestCase

ROOT = Path(__file__).absolute().parents[2]
_SET = "arn:aws:cloudformation:us-east-1:123456789012:changeSet/samcli-deploy1772366400/0d6c"


def modify(name: str, kind: str, replacement: str = "False", details: tuple = (), **more) -> dict:
    """A change as DescribeChangeSet tells it."""
    change = {
        "Action": "Modify",
        "LogicalResourceId": name,
        "PhysicalResourceId": f"adology-dev-{name}",
        "ResourceType": kind,
        "Replacement": replacement,
        "Scope": ["Properties"],
        "Details": list(details),
        **more,
    }
    return {"Type": "Resource", "ResourceChange": change}


def detail(name: str, recreation: str = "Never", source: str = "DirectModification") -> dict:
    target = {"Attribute": "Properties", "Name": name, "RequiresRecreation": recreation}
    return {"Target": target, "Evaluation": "Static", "ChangeSource": source}


def other(action: str, name: str, kind: str, **more) -> dict:
    change = {"Action": action, "LogicalResourceId": name, "ResourceType": kind, "Scope": [], "Details": [], **more}
    return {"Type": "Resource", "ResourceChange": change}


NEW_KEY = modify(
    "TasksTable",
    "AWS::DynamoDB::Table",
    "True",
    (detail("KeySchema", "Always"), detail("Tags")),
    PolicyAction="ReplaceAndRetain",
)
OLD_DATABASE = modify("Database", "AWS::RDS::DBInstance", "Conditional", (detail("EngineVersion", "Conditionally"),))


class Risks(unittest.TestCase):
    def lines(self, *changes: dict) -> list[str]:
        return [risk.line() for risk in review.risks(changes, ["DatabaseStack"])]

    def test_what_is_replaced_for_sure_or_perhaps_is_told_with_its_reason(self):
        self.assertEqual(
            self.lines(NEW_KEY, OLD_DATABASE),
            [
                "Database (AWS::RDS::DBInstance): may be replaced, by EngineVersion",
                "TasksTable (AWS::DynamoDB::Table): would be replaced, by KeySchema; "
                "the one that is there would be kept outside the stack",
            ],
        )

    def test_what_is_removed_is_told_with_what_becomes_of_it(self):
        gone = other("Remove", "UploadsBucket", "AWS::S3::Bucket", PolicyAction="Delete")
        unclear = other("Dynamic", "TaskQueue", "AWS::SQS::Queue")
        self.assertEqual(
            self.lines(gone, unclear),
            [
                "TaskQueue (AWS::SQS::Queue): nobody can tell yet what would become of it",
                "UploadsBucket (AWS::S3::Bucket): would be removed; the one that is there would be deleted",
            ],
        )

    def test_changes_in_place_new_resources_and_what_can_be_made_again_are_none(self):
        self.assertEqual(
            self.lines(
                modify("TasksTable", "AWS::DynamoDB::Table", details=(detail("BillingMode"),)),
                other("Add", "PausesTable", "AWS::DynamoDB::Table"),
                modify("ApiRole", "AWS::IAM::Role", "True", (detail("RoleName", "Always"),)),
                other("Remove", "CanaryLogs", "AWS::Logs::LogGroup", PolicyAction="Delete"),
            ),
            [],
        )

    def test_a_nested_stack_that_holds_a_database_is_looked_at_when_it_changes(self):
        by_itself = detail("TemplateURL", source="Automatic")
        self.assertEqual(self.lines(modify("DatabaseStack", review.NESTED, details=(by_itself,))), [])
        self.assertEqual(self.lines(modify("PoolStack", review.NESTED, details=(detail("TemplateURL"),))), [])
        by_us = (by_itself, detail("Parameters"), detail("TemplateURL"))
        changed = modify("DatabaseStack", review.NESTED, details=by_us)
        self.assertIn("its Parameters and TemplateURL changed", self.lines(changed)[0])
        self.assertIn("would be removed", self.lines(other("Remove", "DatabaseStack", review.NESTED))[0])

    def test_the_holders_are_those_of_the_template(self):
        self.assertIn("DatabaseStack", review.holders(ROOT))
        self.assertNotIn("MonitoringStack", review.holders(ROOT))


class Meant(unittest.TestCase):
    def test_each_must_be_named_and_no_other(self):
        found = review.risks([NEW_KEY, OLD_DATABASE], [])
        review.refuse_unless_meant(found, "TasksTable, Database")
        review.refuse_unless_meant([], "")
        with self.assertRaises(StackError) as refused:
            review.refuse_unless_meant(found, "TasksTable")
        self.assertIn("Database (AWS::RDS::DBInstance)", refused.exception.hint)
        self.assertNotIn("TasksTable (", refused.exception.hint)
        self.assertIn("REPLACE=Database,TasksTable", refused.exception.hint)
        with self.assertRaisesRegex(StackError, "does not replace: UploadsBucket"):
            review.refuse_unless_meant([], "UploadsBucket")


class Deployments(StackTestCase):
    def setUp(self):
        super().setUp()
        (self.root / "template.yaml").write_text("Resources: {}\n")
        self.client = boto3.client(
            "cloudformation", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        self.answers = Stubber(self.client)
        self.answers.activate()
        self.addCleanup(self.answers.deactivate)
        at = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
        older = {"ChangeSetId": "older", "ExecutionStatus": "AVAILABLE", "CreationTime": at.replace(hour=11)}
        done = {"ChangeSetId": "done", "ExecutionStatus": "EXECUTE_COMPLETE", "CreationTime": at.replace(hour=13)}
        newest = {"ChangeSetId": _SET, "ExecutionStatus": "AVAILABLE", "CreationTime": at}
        listed = {"Summaries": [older, newest, done]}
        self.answers.add_response("list_change_sets", listed, {"StackName": "adology-dev"})

    def deploy(self, replace: str = "", **section) -> int:
        settings = self.load(REPLACE=replace)
        section = {"stack_name": "adology-dev", **section}
        return release._execute(settings, Progress(quiet=True), self.client, section)

    def told(self, *pages: list[dict]) -> None:
        for number, page in enumerate(pages, start=1):
            more = {"NextToken": str(number)} if number < len(pages) else {}
            asked = {"ChangeSetName": _SET} | ({"NextToken": str(number - 1)} if number > 1 else {})
            self.answers.add_response("describe_change_set", {"Changes": page, **more}, asked)

    def test_a_change_set_with_an_unnamed_replacement_is_thrown_away(self):
        self.told([other("Add", "PausesTable", "AWS::DynamoDB::Table")], [NEW_KEY])
        self.answers.add_response("delete_change_set", {}, {"ChangeSetName": _SET})
        with self.assertRaisesRegex(StackError, "nothing was changed"):
            self.deploy()
        self.answers.assert_no_pending_responses()

    def test_one_that_nobody_confirms_is_thrown_away(self):
        self.told([])
        self.answers.add_response("delete_change_set", {}, {"ChangeSetName": _SET})
        refused = self.assertRaisesRegex(StackError, "Not deployed")
        with unittest.mock.patch("builtins.input", return_value="n"), refused:
            self.deploy(confirm_changeset=True)
        self.answers.assert_no_pending_responses()

    def test_one_that_is_meant_is_executed(self):
        self.told([NEW_KEY])
        self.answers.add_response("execute_change_set", {}, {"ChangeSetName": _SET})
        made = datetime.now(timezone.utc)
        done = {"StackName": "adology-dev", "CreationTime": made, "StackStatus": "UPDATE_COMPLETE"}
        self.answers.add_response("describe_stacks", {"Stacks": [done]}, {"StackName": "adology-dev"})
        with unittest.mock.patch.object(release, "_EVERY_SECONDS", 0.0):
            self.assertEqual(self.deploy("TasksTable"), 0)
        self.answers.assert_no_pending_responses()

    def test_without_a_change_set_there_is_nothing_to_execute(self):
        self.answers.deactivate()
        self.answers = Stubber(self.client)
        self.answers.add_response("list_change_sets", {"Summaries": []})
        with self.answers, self.assertRaisesRegex(StackError, "no change set"):
            change_set.newest(self.client, "adology-dev")
