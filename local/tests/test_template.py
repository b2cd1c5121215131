import json
from pathlib import Path

from stack import template
from stack.errors import StackError
from stack.stack_env import api_url
from tests.support import StackTestCase

_TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: { Type: String }
Resources:
  Queue: { Type: AWS::SQS::Queue }
  TaskSweeper:
    Type: AWS::Serverless::Function
    Properties:
      Description: !Sub "${AWS::StackName} ${Stage} ${!literal}"
      Role: !GetAtt TaskSweeperRole.Arn
      Environment: { Variables: { QUEUE: !Ref Queue, ARN: !GetAtt Queue.Arn } }
"""


class Templates(StackTestCase):
    def write(self, text: str) -> Path:
        (self.root / "template.yaml").write_text(text)
        return self.root / "template.yaml"

    def test_functions_are_pointed_at_their_zips_and_the_rest_stays(self):
        read = template.load(self.write(_TEMPLATE))
        self.assertEqual([each.binary for each in read.functions], ["task-sweeper"])
        body = json.loads(read.with_code({"task-sweeper": "s3://bucket/key"}))
        function = body["Resources"]["TaskSweeper"]["Properties"]
        self.assertEqual(function["CodeUri"], "s3://bucket/key")
        self.assertEqual(function["Environment"]["Variables"]["ARN"], {"Fn::GetAtt": ["Queue", "Arn"]})
        self.assertEqual(body["AWSTemplateFormatVersion"], "2010-09-09")

    def test_a_function_on_aws_alone_is_not_for_the_emulator(self):
        kept = "AWS::Serverless::Function\n    Condition: OnAws"
        read = template.load(self.write(_TEMPLATE.replace("AWS::Serverless::Function", kept)))
        self.assertEqual(read.functions, [])
        self.assertEqual([each.binary for each in read.functions_on_aws], ["task-sweeper"])
        self.assertNotIn("TaskSweeper", json.loads(read.with_code({}))["Resources"])

    def test_nor_is_one_whose_condition_asks_for_aws_too(self):
        conditions = """Conditions:
  OnAws: !Equals [!Ref Stage, prod]
  Asked: !Equals [!Ref Stage, dev]
  Both: !And [!Condition OnAws, !Condition Asked]
  BothAgain: !And [!Condition Asked, !Condition Both]
Resources:"""
        for condition, here in (("Both", False), ("BothAgain", False), ("Asked", True)):
            kept = f"AWS::Serverless::Function\n    Condition: {condition}"
            text = _TEMPLATE.replace("AWS::Serverless::Function", kept).replace("Resources:", conditions)
            read = template.load(self.write(text))
            self.assertEqual([each.binary for each in read.functions], ["task-sweeper"] if here else [], condition)
            # Another function has the same code: it stays, for what refers to it.
            self.assertIn("TaskSweeper", json.loads(read.with_code({"task-sweeper": "s3://bucket/key"}))["Resources"])

    def test_a_binary_may_have_another_name(self):
        named = "    Metadata: { BuildProperties: { Binary: sweep } }\n    Properties:"
        read = template.load(self.write(_TEMPLATE.replace("    Properties:", named)))
        self.assertEqual(read.functions[0].binary, "sweep")

    def test_a_name_that_leads_nowhere_is_told(self):
        with self.assertRaisesRegex(StackError, r"does not define: Queu\."):
            template.load(self.write(_TEMPLATE.replace("!GetAtt Queue.Arn", "!GetAtt Queu.Arn")))

    def test_broken_yaml_is_told_with_its_place(self):
        with self.assertRaises(StackError) as caught:
            template.load(self.write(_TEMPLATE + "  - [\n"))
        self.assertIn("line", caught.exception.hint)

    def test_the_projects_own_template_is_read(self):
        own = template.load(Path(__file__).absolute().parents[2] / "template.yaml")
        self.assertIn("api", [each.binary for each in own.functions])


class ApiAddresses(StackTestCase):
    def test_host_names_of_aws_become_paths_of_the_emulator(self):
        host = f"127.0.0.1:{self.settings.ports.aws.number}"
        found = api_url(self.settings, "wss://abc123.execute-api.us-east-1.amazonaws.com/live", "ws", "%24default")
        self.assertEqual(found, f"ws://{host}/_aws/execute-api/abc123/live")

    def test_shells_see_no_variable(self):
        found = api_url(self.settings, "http://127.0.0.1:1/_aws/execute-api/a/$default", "http", "%24default")
        self.assertEqual(found, "http://127.0.0.1:1/_aws/execute-api/a/%24default")
