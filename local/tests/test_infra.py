"""What must hold of template.yaml and its children, whoever changes them."""

import re
import unittest
from functools import cache
from pathlib import Path
from typing import Any

from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

from stack import settings as all_settings
from stack import template
from stack.bring_up import parameters
from stack.databases.start import Addresses
from stack.review import KEPT

ROOT = Path(__file__).absolute().parents[2]
STACK = "AWS::CloudFormation::Stack"
# Calls that know no single resource, and what AWS's documentation says so about is named beside them in the template.
ANY_RESOURCE = {
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
    "ecr:GetAuthorizationToken",
}


def walk(node: Any):
    """Every mapping in a template."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for item in node:
            yield from walk(item)


def listed(value: Any) -> list:
    return value if isinstance(value, list) else [value]


@cache
def bodies() -> dict[str, dict]:
    """All templates, read once."""
    paths = [ROOT / "template.yaml", *sorted((ROOT / "infra").glob("*.yaml"))]
    return {path.name: template.load(path).body for path in paths}


class Infra(unittest.TestCase):
    def setUp(self):
        self.bodies = bodies()
        self.root = self.bodies["template.yaml"]
        self.children = {name: body for name, body in self.bodies.items() if body is not self.root}

    def resources(self, kind: str, body: dict | None = None) -> dict[str, dict]:
        found = (self.root if body is None else body)["Resources"].items()
        return {name: each for name, each in found if each["Type"] == kind}

    def functions(self) -> dict[str, dict]:
        return self.resources("AWS::Serverless::Function")

    def statements(self, role: str) -> list[dict]:
        policies = self.root["Resources"][role]["Properties"].get("Policies", [])
        return [each for each in walk(policies) if "Effect" in each]


class Rights(Infra):
    def test_every_function_has_a_role_of_its_own(self):
        # One that runs on managed instances too is the same code with the same rights.
        roles = [each["Properties"]["Role"]["Fn::GetAtt"][0] for each in self.functions().values()]
        self.assertEqual(roles, [f"{name.removeprefix('Managed')}Role" for name in self.functions()])

    def test_no_right_is_to_everything(self):
        for name, body in self.bodies.items():
            for statement in (each for each in walk(body) if each.get("Effect") == "Allow"):
                for action in listed(statement["Action"]):
                    self.assertNotRegex(action, r"^\*|:\*$|^[a-z0-9-]+:[A-Z][a-z]+\*$", f"{name}: {action}")
                    if "*" in listed(statement.get("Resource", "")):
                        self.assertIn(action, ANY_RESOURCE, name)

    def test_only_the_pusher_posts_to_connections(self):
        actions = {
            role: {action for each in self.statements(role) for action in listed(each["Action"])}
            for role in self.resources("AWS::IAM::Role")
        }
        self.assertEqual([role for role in actions if "execute-api:ManageConnections" in actions[role]], ["PusherRole"])

    def test_every_function_may_write_traces_where_it_is_to(self):
        for name in self.functions():
            given = str(
                self.root["Resources"][f"{name.removeprefix('Managed')}Role"]["Properties"].get("ManagedPolicyArns")
            )
            # Without it Lambda refuses the function: Tracing is on for all of them (Globals).
            self.assertIn("AWSXRayDaemonWriteAccess", given, name)

    def test_no_function_is_told_a_secret_on_aws(self):
        for name, each in self.functions().items():
            variables = each["Properties"].get("Environment", {}).get("Variables", {})
            for variable, value in variables.items():
                for parameter in ("DatabaseUrl", "MongodbUri"):
                    # The second branch of a choice by OnAws is the laptop's.
                    on_aws = str(value).split("'OnAws', {'Ref': 'AWS::NoValue'}, ")[0]
                    self.assertNotIn(f"'{parameter}'", on_aws, f"{name}: {variable}")


class Queues(Infra):
    def test_every_queue_has_dead_letters_or_takes_them(self):
        queues = self.resources("AWS::SQS::Queue")
        targets = {
            name: each["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
            for name, each in queues.items()
            if "RedrivePolicy" in each["Properties"]
        }
        self.assertEqual(set(queues), set(targets) | set(targets.values()))

    def test_every_queue_is_watched(self):
        passed = self.root["Resources"]["MonitoringStack"]["Properties"]["Parameters"]
        self.assertLessEqual(set(self.resources("AWS::SQS::Queue")), set(passed))


class Parameters(Infra):
    def test_every_parameter_and_output_is_described(self):
        for name, body in self.bodies.items():
            for key, each in {**body["Parameters"], **body["Outputs"]}.items():
                self.assertGreater(len(each.get("Description", "")), 7, f"{name}: {key}")

    def test_children_get_all_that_they_ask_for_and_nothing_else(self):
        used = set()
        for name, each in self.resources(STACK).items():
            child = Path(each["Properties"]["TemplateURL"])
            self.assertEqual(child.parent, Path("infra"), name)
            used.add(child.name)
            given = each["Properties"]["Parameters"]
            self.assertEqual(set(given), set(self.children[child.name]["Parameters"]), name)
        self.assertEqual(used, set(self.children))

    def test_outputs_of_children_are_there(self):
        for name, each in self.resources(STACK).items():
            outputs = self.children[Path(each["Properties"]["TemplateURL"]).name]["Outputs"]
            for asked in re.findall(rf"'{name}', 'Outputs\.(\w+)'", str(self.root)):
                self.assertIn(asked, outputs, name)

    def test_sections_of_samconfig_name_parameters(self):
        for name, value in re.findall(r'"(\w+)=([^"]*)"', (ROOT / "samconfig.toml").read_text()):
            if name in ("project", "stage"):
                continue
            self.assertIn(name, self.root["Parameters"])
            allowed = self.root["Parameters"][name].get("AllowedValues")
            if allowed:
                self.assertIn(value, [str(each) for each in allowed], name)


class Laptop(Infra):
    def local_values(self) -> dict[str, str]:
        """The parameters of a local stack that asks for whatever there is."""
        settings = all_settings.load(ROOT, "dev", {})
        given = parameters(settings, Addresses("postgres://here", "mongodb://here"))
        values = {name: str(each.get("Default", "")) for name, each in self.root["Parameters"].items()} | given
        return values | {
            "Network": "vpc",
            "DatabaseServer": "rds",
            "Pool": "on",
            "ManagedInstances": "on",
            "NatGateways": "one",
            "RunCanary": "on",
            "BedrockModelId": "a-model",
            "HttpDomain": "a.example.org",
            "Alarms": "on",
        }

    def deployed(self, values: dict[str, str]) -> dict[str, str]:
        """Resources that a stack with these parameters has, with their types."""
        found = self.root["Resources"]
        asked = {name for name, each in found.items() if "Condition" in each}
        refused = {name for name in asked if not self.holds(found[name]["Condition"], values)}
        return {name: each["Type"] for name, each in found.items() if name not in refused}

    def test_the_emulator_gets_no_child(self):
        self.assertNotIn(STACK, self.deployed(self.local_values()).values())

    def test_the_emulator_takes_all_that_it_gets(self):
        for name, kind in self.deployed(self.local_values()).items():
            self.assertTrue(kind in _RESOURCE_HANDLERS or kind == "AWS::Serverless::Function", f"{name}: {kind}")

    def test_what_it_does_not_get_is_left_out_by_its_address_or_the_web_hosting_alone(self):
        here = self.local_values()
        on_aws = self.deployed(here | {"LocalEndpoint": "", "WebHosting": "cloudfront", "WebOrigin": ""})
        # An address of PostgreSQL is kept where no server is asked for.
        elsewhere = self.deployed(here | {"LocalEndpoint": "", "DatabaseServer": "url"})
        asked = {"WebHosting": "cloudfront", "LocalEndpoint": "", "Firewall": "on", "WebDomain": "d.example.org"}
        named = self.deployed(here | asked | {"WebSocketDomain": "w.example.org"})
        self.assertEqual(set(self.root["Resources"]) - set(on_aws) - set(elsewhere) - set(named), set())

    def holds(self, condition: Any, values: dict[str, str]) -> bool:
        if isinstance(condition, str):
            return self.holds(self.root["Conditions"][condition], values)
        ((key, value),) = condition.items()
        if key == "Condition":
            return self.holds(value, values)
        if key == "Fn::Equals":
            left, right = (values[each["Ref"]] if isinstance(each, dict) else str(each) for each in value)
            return left == right
        inner = [self.holds(each, values) for each in value]
        return {"Fn::And": all, "Fn::Or": any, "Fn::Not": lambda found: not found[0]}[key](inner)


class ManagedInstances(Infra):
    """Functions of their own for what SAM takes no condition around."""

    def test_each_differs_from_the_function_it_stands_for_in_what_it_runs_on_alone(self):
        own = {"FunctionName", "Description", "MemorySize", "VpcConfig", "CapacityProviderConfig"}
        own |= {"PublishToLatestPublished", "Events"}
        for name in ("Api", "Worker"):
            here, there = (self.functions()[each]["Properties"] for each in (name, f"Managed{name}"))
            self.assertEqual(self.functions()[name]["Metadata"], self.functions()[f"Managed{name}"]["Metadata"])
            for key in (set(here) | set(there)) - own:
                self.assertEqual(here.get(key), there.get(key), f"{name}: {key}")
            for event, each in here.get("Events", {}).items():
                always = {key: value for key, value in each["Properties"].items() if key != "Enabled"}
                self.assertEqual(there["Events"][event]["Properties"], always)
                # One of the two takes messages, never both.
                self.assertIn("'OnInstances', False, True", str(each["Properties"]["Enabled"]))

    def test_the_api_that_runs_is_the_one_that_is_asked(self):
        for resource, key in (("HttpIntegration", "IntegrationUri"), ("HttpPermission", "FunctionName")):
            asked = self.root["Resources"][resource]["Properties"][key]["Fn::If"]
            self.assertEqual(asked[0], "OnInstances")
            self.assertIn("ManagedApi", str(asked[1]))
            self.assertNotIn("Managed", str(asked[2]))


class Data(Infra):
    def test_what_holds_data_says_what_becomes_of_it(self):
        # Known by their address, but empty.
        addresses = {"AWS::ApiGatewayV2::Api", "AWS::CloudFront::Distribution", "AWS::Cognito::UserPoolClient"}
        for name, body in self.bodies.items():
            for key, each in body["Resources"].items():
                if each["Type"] in KEPT - addresses:
                    for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
                        self.assertIn(each.get(policy), ("Delete", "Retain", "Snapshot"), f"{name}: {key}: {policy}")

    def test_what_cannot_be_made_again_is_kept(self):
        kept = {name for name, each in self.root["Resources"].items() if each.get("DeletionPolicy") == "Retain"}
        self.assertLessEqual({"TasksTable", "ResultsBucket", "UserPool", "WebhookRootSecret"}, kept)
        database = self.resources("AWS::RDS::DBInstance", self.children["database.yaml"])
        self.assertEqual([each["DeletionPolicy"] for each in database.values()], ["Snapshot"])

    def test_buckets_take_no_unencrypted_call_and_are_nobodys(self):
        denied = {
            each["Properties"]["Bucket"]["Ref"]
            for each in self.resources("AWS::S3::BucketPolicy").values()
            if "aws:SecureTransport" in str(each) and "'Effect': 'Deny'" in str(each)
        }
        buckets = self.resources("AWS::S3::Bucket")
        self.assertEqual(denied, set(buckets))
        for name, each in buckets.items():
            self.assertEqual(set(each["Properties"]["PublicAccessBlockConfiguration"].values()), {True}, name)


class Pool(Infra):
    def container(self) -> dict:
        return self.root["Resources"]["PoolTask"]["Properties"]["ContainerDefinitions"][0]

    def test_the_pool_is_told_what_the_worker_is(self):
        told = {each["Name"]: each["Value"] for each in walk(self.container()["Environment"]) if "Name" in each}
        # Beside its own settings, and what Lambda itself says to functions.
        own = {name for name in told if name.startswith("POOL_")} | {"AWS_REGION"}
        worker = self.root["Resources"]["Worker"]["Properties"]["Environment"]["Variables"]
        everywhere = self.root["Globals"]["Function"]["Environment"]["Variables"]
        # On a laptop only; and machines with IPv4 addresses need no other endpoints.
        not_here = {"MONGODB_URI", "AWS_USE_DUALSTACK_ENDPOINT"}
        self.assertEqual(set(told) - own, (set(worker) | set(everywhere)) - not_here)
        for name, value in {**worker, **everywhere}.items():
            if name in told and name not in ("DATABASE_URL", "DATABASE_SECRET", "MONGODB_SECRET"):
                self.assertEqual(told[name], value, name)

    def test_it_is_not_killed_while_it_drains(self):
        told = {each["Name"]: each["Value"] for each in walk(self.container()["Environment"]) if "Name" in each}
        # pool/README.md: 15 seconds for what is given back.
        self.assertGreaterEqual(self.container()["StopTimeout"], int(told["POOL_DRAIN_SECONDS"]) + 15)
        machines = str(self.children["pool.yaml"]["Resources"]["Machine"])
        self.assertIn(f"ECS_CONTAINER_STOP_TIMEOUT={self.container()['StopTimeout']}s", machines)


class Alarms(Infra):
    def test_every_alarm_has_a_runbook(self):
        headings = re.findall(r"^## (.+)$", (ROOT / "docs/runbooks.md").read_text(), re.MULTILINE)
        anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        for name, body in self.bodies.items():
            for alarm, each in self.resources("AWS::CloudWatch::Alarm", body).items():
                text = each["Properties"]["AlarmDescription"]["Fn::Sub"]
                named = re.search(r"Runbook: \$\{RunbookBase\}#([a-z0-9-]+)$", text)
                self.assertIsNotNone(named, f"{name}: {alarm}")
                self.assertIn(named[1], anchors, f"{name}: {alarm}")
                # The spend guard hears of this one, too.
                others = [{"Ref": "SpendTopic"}] if alarm == "SpendAlarm" else []
                for actions in ("AlarmActions", "OKActions") if others else ("AlarmActions",):
                    self.assertEqual(each["Properties"][actions], [{"Ref": "Topic"}, *others], alarm)

    def metrics(self) -> list[dict]:
        """What the alarms that every stack has look at."""
        alarms = self.resources("AWS::CloudWatch::Alarm", self.children["monitoring.yaml"]).values()
        always = [each["Properties"] for each in alarms if "Condition" not in each]
        simple = [each for each in always if "MetricName" in each]
        return simple + [each["Metric"] for each in walk(always) if "MetricStat" not in each and "Metric" in each]

    def test_a_table_that_is_watched_is_watched_with_its_indexes(self):
        dimensions = [each["Dimensions"] for each in self.metrics() if each["MetricName"] == "WriteThrottleEvents"]
        watched = {tuple(str(one["Value"]) for one in each) for each in dimensions}
        for table in {each[0] for each in watched}:
            name = re.search(r"'Ref': '(\w+)'", table)[1]
            indexes = self.root["Resources"][name]["Properties"]["GlobalSecondaryIndexes"]
            self.assertLessEqual({(table, each["IndexName"]) for each in indexes}, watched)
        self.assertIn("TasksTable", str(watched))

    def test_the_page_of_costs_counts_them(self):
        told = re.search(r"`Alarms` \| `on` \| \$([\d.]+) \| (\d+) metrics", (ROOT / "docs/costs.md").read_text())
        self.assertEqual((told[1], told[2]), (f"{len(self.metrics()) / 10:.2f}", str(len(self.metrics()))))

    def test_every_function_is_watched(self):
        watched = str(self.children["monitoring.yaml"]["Resources"])
        # Whoever invokes the migrator sees how it ended; the canary is watched by what it measures.
        for name in set(self.functions()) - {"Migrator", "Canary"}:
            self.assertIn(f"${{Name}}-{template.kebab(name)}", watched)


class ThreatModel(unittest.TestCase):
    """It names the file or test that answers a threat; both must be there."""

    def setUp(self):
        self.text = (ROOT / "docs/threat-model.md").read_text()

    def test_files_that_it_names_are_there(self):
        named = re.findall(r"`((?:docs|functions|infra|local|pool|shared|tests)/[\w./-]+)`", self.text)
        self.assertGreater(len(named), 20)
        self.assertEqual([path for path in named if not (ROOT / path).exists()], [])

    def test_tests_that_it_names_are_there(self):
        named = set(re.findall(r"`((?:[a-z0-9]+_){3,}[a-z0-9]+)`", self.text))
        self.assertGreater(len(named), 10)
        folders = ("functions", "local/tests", "shared", "tests")
        sources = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in (".rs", ".py")]
        found = set(re.findall(r"\b(?:fn|def) (\w+)", "\n".join(path.read_text() for path in sources)))
        self.assertEqual(named - found, set())
