"""What `make deploy` tells SAM, read back by SAM's own rules where its environment is there."""

import json
import stat
import subprocess
import unittest
from pathlib import Path

import boto3
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from stack import parameters
from stack.errors import StackError
from stack.settings import load
from tests.support import StackTestCase

ROOT = Path(__file__).absolute().parents[2]
_SAM = ROOT / ".local" / "venv-tools" / "bin" / "python"
_READ = """
import json, sys
from samcli.cli.types import CfnParameterOverridesType
print(json.dumps(CfnParameterOverridesType().convert((sys.argv[1],), None, None)))
"""
_TOLD = {"CallbackAllow": "port 8443, 10.1.0.0/16", "WebOrigin": "", "MongodbUri": "mongodb://a:p'w=1@h/x?y=z&w"}


class Given(unittest.TestCase):
    def given(self, *words: str, **environ: str) -> dict[str, str]:
        return parameters.given(load(ROOT, "dev", environ), list(words))

    def test_this_deployments_words_go_before_samconfigs(self):
        told = self.given("Stage=prod", "LogLevel=info", PARAMETERS="LogLevel=debug WebOrigin=")
        self.assertEqual(told, {"Stage": "prod", "LogLevel": "debug", "WebOrigin": ""})

    def test_a_value_in_quotes_is_one_with_all_its_signs(self):
        told = self.given(PARAMETERS="""CallbackAllow="port 8443, 10.1.0.0/16" Stage=dev""")
        self.assertEqual(told, {"CallbackAllow": "port 8443, 10.1.0.0/16", "Stage": "dev"})

    def test_secrets_come_from_the_environment(self):
        told = self.given("Stage=dev", MONGODB_URI="mongodb+srv://a:b@host/adology?x=1&y=2")
        self.assertEqual(told["MongodbUri"], "mongodb+srv://a:b@host/adology?x=1&y=2")

    def test_a_word_without_a_value_is_refused(self):
        with self.assertRaisesRegex(StackError, "debug is no parameter"):
            self.given(PARAMETERS="debug LogLevel=info")

    def test_every_stage_of_samconfig_has_words(self):
        for stage in ("dev", "staging", "prod"):
            words = parameters.section(load(ROOT, "dev", {}), stage)["parameter_overrides"]
            self.assertEqual(self.given(*words)["Stage"], stage)
        with self.assertRaisesRegex(StackError, "no section"):
            parameters.section(load(ROOT, "dev", {}), "nowhere")


class File(unittest.TestCase):
    def test_nobody_else_may_read_it_and_it_goes_away(self):
        with parameters.as_file(_TOLD) as address:
            path = Path(address.removeprefix("file://"))
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertFalse(path.exists())

    @unittest.skipUnless(_SAM.exists(), "SAM is installed by `make lint` and `make deploy`")
    def test_sam_reads_from_it_what_was_meant(self):
        with parameters.as_file(_TOLD) as address:
            read = subprocess.run([str(_SAM), "-c", _READ, address], capture_output=True, text=True, check=True)
        self.assertEqual(json.loads(read.stdout), _TOLD)


class Processor(StackTestCase):
    """The functions are built for the processor that they are deployed on."""

    def setUp(self):
        super().setUp()
        self.client = boto3.client(
            "cloudformation", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        self.aws = Stubber(self.client)
        self.aws.activate()

    def processor(self, **told: str) -> str:
        return parameters.processor(load(ROOT, "dev", {}), self.client, "adology-dev", told)

    def deployed(self, *pairs: tuple[str, str]) -> None:
        stack = {
            "StackName": "adology-dev",
            "CreationTime": "2026-03-01T00:00:00Z",
            "StackStatus": "UPDATE_COMPLETE",
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in pairs],
        }
        self.aws.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "adology-dev"})

    def test_what_is_told_wins(self):
        self.assertEqual(self.processor(Architecture="x86_64"), "x86_64")

    def test_what_was_told_earlier_stays(self):
        self.deployed(("Stage", "dev"), ("Architecture", "x86_64"))
        self.assertEqual(self.processor(Stage="dev"), "x86_64")

    def test_the_first_deployment_has_the_templates_default(self):
        self.aws.add_client_error("describe_stacks", "ValidationError", "Stack with id adology-dev does not exist")
        self.assertEqual(self.processor(), "arm64")

    def test_an_account_that_does_not_answer_is_no_first_deployment(self):
        self.aws.add_client_error("describe_stacks", "AccessDenied", "no")
        with self.assertRaises(ClientError):
            self.processor()
