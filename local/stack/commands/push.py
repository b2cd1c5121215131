"""`make push`: the pool's image for both processors, to the registry of the stack that STAGE names."""

from __future__ import annotations

import json
import subprocess

from stack import image, venv
from stack.errors import StackError
from stack.image import Registry
from stack.progress import Progress
from stack.settings import Settings

# Runs among the linters' and packagers' programs, which find credentials and region as `make deploy` does.
_ASK = """
import base64, json, sys, boto3
stack = boto3.client("cloudformation").describe_stacks(StackName=sys.argv[1])["Stacks"][0]
outputs = {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}
token = boto3.client("ecr").get_authorization_token()["authorizationData"][0]["authorizationToken"]
user, password = base64.b64decode(token).decode().split(":", 1)
print(json.dumps({"repository": outputs["PoolRepositoryUri"], "user": user, "password": password}))
"""


def main(settings: Settings, progress: Progress) -> int:
    """Sign in, build, push, and say how to deploy it."""
    image.require_engine()
    stage = settings.environ.get("STAGE") or "dev"
    tag = image.tag(settings)
    if tag.endswith("-dirty"):
        raise StackError(
            "There are changes that are in no commit.",
            hint="The image is named after the commit, and a name in the registry is never given twice: commit first.",
        )
    python = venv.ensure_tools(settings, progress) / "python"
    registry = _registry(str(python), f"adology-{stage}")
    progress.close()
    _sign_in(registry)
    code = subprocess.run(image.push_command(registry, tag), cwd=settings.root, check=False).returncode
    if code == 0:
        progress.say(f"  make deploy STAGE={stage} PARAMETERS='Pool=on PoolImageTag={tag}'")
    return code


def _registry(python: str, stack: str) -> Registry:
    """The deployed stack's own."""
    asked = subprocess.run([python, "-c", _ASK, stack], capture_output=True, text=True, check=False)
    if asked.returncode != 0:
        reason = asked.stderr.strip().splitlines()[-1:]
        raise StackError(
            f"The stack {stack} did not say where its images go.",
            hint="\n".join([*reason, f"Deploy it first (`make deploy STAGE={stack.removeprefix('adology-')}`)."]),
        )
    return Registry(**json.loads(asked.stdout))


def _sign_in(registry: Registry) -> None:
    command = ["docker", "login", "--username", registry.user, "--password-stdin", registry.host]
    signed_in = subprocess.run(command, input=registry.password, capture_output=True, text=True, check=False)
    if signed_in.returncode != 0:
        raise StackError(f"Docker could not sign in to {registry.host}.", hint=signed_in.stderr.strip())
