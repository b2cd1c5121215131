"""What is measured, and one run of one of its programs."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack.errors import StackError
from stack.settings import Settings
from stack.speed import plan

Row = dict[str, Any]


@dataclass(frozen=True)
class Bench:
    """A running stack, and the programs that are measured on it."""

    settings: Settings
    env: dict[str, str]
    programs: dict[str, Path]

    def program(self, name: str, env: dict[str, str]) -> Row:
        """A function as it is deployed, with these variables instead of its own."""
        deployed = plan.deployed(self.settings, self.env, "worker" if name == "pool" else name)
        return {"path": str(self.programs[name]), "env": deployed | env}

    def measured(self, what: Row) -> Any:
        """By `bench/throughput`, which reads the run from its standard input: it holds passwords."""
        return self._answer("throughput", [], what["program"]["env"], json.dumps(what))

    def rows(self, part: str, what: Row) -> list[Row]:
        """By `bench/speed`, which reads the plan of this part from a file; a line for each subject."""
        path = self.settings.target_dir / f"bench/{part}-plan.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        # It holds the databases' passwords.
        path.touch(mode=0o600)
        try:
            path.write_text(json.dumps(what))
            return [json.loads(line) for line in self.said("speed", [str(path)], {}).splitlines()]
        finally:
            path.unlink()

    def bare(self, name: str, arguments: list[str], env: dict[str, str]) -> Any:
        """By a program that makes the bare calls."""
        return self._answer(name, arguments, env, "")

    def _answer(self, name: str, arguments: list[str], env: dict[str, str], given: str) -> Any:
        said = self.said(name, arguments, env, given)
        return json.loads(said) if said else None

    def said(self, name: str, arguments: list[str], env: dict[str, str], given: str = "") -> str:
        """What one of the programs wrote."""
        command = [str(self.programs[name]), *arguments]
        done = subprocess.run(
            command, cwd=self.settings.root, env=env, input=given, stdout=subprocess.PIPE, text=True, check=False
        )
        if done.returncode != 0:
            raise StackError(f"This failed: {' '.join(command)}", hint="What it said is above.")
        return done.stdout
