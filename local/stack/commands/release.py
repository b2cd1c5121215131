"""`make build` and `make deploy`: what runs on AWS, made by cargo-lambda and SAM."""

from __future__ import annotations

import os
import subprocess

from stack import build, template, tools, venv
from stack.progress import Progress
from stack.settings import Settings


def build_zips(settings: Settings, progress: Progress) -> int:
    """Release zips of every function under target/lambda."""
    tools.require("cargo", "cc")
    programs = venv.ensure_tools(settings, progress)
    progress.close()
    command = ["cargo", "lambda", "build", "--release", "--output-format", "zip", "--arm64"]
    command += [word for function in template.load(settings.template).functions for word in ("-p", function.binary)]
    env = {**build.environment(), "PATH": f"{programs}:{os.environ['PATH']}"}
    return subprocess.run(command, cwd=settings.root, env=env, check=False).returncode


def deploy_to_aws(settings: Settings, progress: Progress) -> int:
    """`sam build`, then `sam deploy` with what samconfig.toml says."""
    tools.require("cargo", "cc")
    programs = venv.ensure_tools(settings, progress)
    progress.close()
    env = {**build.environment(), "PATH": f"{programs}:{os.environ['PATH']}", "SAM_CLI_TELEMETRY": "0"}
    for command in (["sam", "build", "--beta-features"], ["sam", "deploy"]):
        code = subprocess.run([str(programs / "sam"), *command[1:]], cwd=settings.root, env=env, check=False).returncode
        if code != 0:
            return code
    return 0
