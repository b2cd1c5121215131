"""The review of a change set that CloudFormation has made: the emulator's, which compares templates as AWS's does."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from stack import change_set, emulator, review, stack_events
from stack.errors import StackError
from tests.support import StackTestCase

ROOT = Path(__file__).absolute().parents[2]
_NAME = "reviewed"


def template(key: str, *, queue: bool = True) -> str:
    table = {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "TableName": "reviewed",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        },
    }
    topic = {"Type": "AWS::SNS::Topic"}
    resources = {"Table": table, "Topic": topic} | ({"Queue": {"Type": "AWS::SQS::Queue"}} if queue else {})
    return json.dumps({"Resources": resources})


class ChangeSets(StackTestCase):
    def setUp(self):
        super().setUp()
        port = self.settings.ports.aws.number
        env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "local"),
            "GATEWAY_PORT": str(port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "AWS_ENDPOINT_URL": self.settings.aws_url,
            "ADOLOGY_WEB_ORIGIN": self.settings.web_url,
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "TMPDIR": str(self.root),
        }
        server = [sys.executable, "-m", "stack.emulator_server"]
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(server, env=env, cwd=self.root, stdout=quiet, stderr=quiet)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        self.await_answer()
        self.client = emulator.client(self.settings, "cloudformation")
        self.client.create_stack(StackName=_NAME, TemplateBody=template("id"))
        self.client.get_waiter("stack_create_complete").wait(StackName=_NAME, WaiterConfig={"Delay": 1})

    def await_answer(self):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"{self.settings.aws_url}/_ministack/health", timeout=2).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        self.fail("the emulator does not answer")

    def made(self, name: str, body: str) -> str:
        self.client.create_change_set(StackName=_NAME, ChangeSetName=name, TemplateBody=body, ChangeSetType="UPDATE")
        self.client.get_waiter("change_set_create_complete").wait(
            StackName=_NAME, ChangeSetName=name, WaiterConfig={"Delay": 1}
        )
        return change_set.newest(self.client, _NAME)

    def risks(self, made: str) -> list[review.Risk]:
        return review.risks(change_set.changes(self.client, made), [])

    def test_a_replacement_and_a_removal_are_found_and_the_rest_is_executed(self):
        found = self.risks(made := self.made("other-key", template("name", queue=False)))
        self.assertEqual([risk.name for risk in found], ["Queue", "Table"])
        self.assertIn("removed", found[0].what)
        self.assertIn("replaced, by KeySchema", found[1].what)
        with self.assertRaises(StackError):
            review.refuse_unless_meant(found, "Queue")
        change_set.discard(self.client, made)
        self.assertEqual(self.client.list_change_sets(StackName=_NAME)["Summaries"], [])

        tagged = json.loads(template("id"))
        tagged["Resources"]["Topic"]["Properties"] = {"DisplayName": "told"}
        made = self.made("in-place", json.dumps(tagged))
        self.assertEqual(self.risks(made), [])
        change_set.execute(self.client, _NAME, made, 0.1)
        self.assertEqual(stack_events.describe(self.client, _NAME)["StackStatus"], "UPDATE_COMPLETE")
