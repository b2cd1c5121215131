"""`make seed N=100000`: so many made-up events of the last 30 days, through the API of the running stack."""

from __future__ import annotations

import os
import subprocess

from stack.bring_up import bring_up
from stack.commands.up import undone_on_failure
from stack.errors import StackError
from stack.lock import exclusive
from stack.progress import Progress
from stack.settings import Settings

_DEFAULT_COUNT = "100000"


def main(settings: Settings, progress: Progress) -> int:
    """Have the stack up, then let `ops seed` send them as the demo user."""
    count, seed = (_number(settings, name, default) for name, default in (("N", _DEFAULT_COUNT), ("SEED", "1")))
    with exclusive(settings, progress), undone_on_failure(settings):
        env = bring_up(settings, progress).env
    progress.close()
    user = {"ADOLOGY_USERNAME": env["DEMO_USERNAME"], "ADOLOGY_PASSWORD": env["DEMO_PASSWORD"], "ADOLOGY_TOKEN": ""}
    command = ["cargo", "run", "--quiet", "-p", "ops", "--", "seed", "--events", count, "--seed", seed]
    code = subprocess.run(command, cwd=settings.root, env={**os.environ, **env, **user}, check=False).returncode
    if code == 0:
        progress.say(f"\n  The events of seed {seed} are those of tenant demo; the same command again changes nothing.")
        progress.say(f"  Dashboard   {env['ADOLOGY_WEB_URL']}  (sign in as {env['DEMO_USERNAME']})")
    return code


def _number(settings: Settings, name: str, default: str) -> str:
    given = settings.environ.get(name) or default
    if not given.isdecimal() or int(given) == 0:
        raise StackError(
            f"{name}={given} is not a number of 1 or more.", hint=f"For example: make seed {name}={default}"
        )
    return given
