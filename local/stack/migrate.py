"""Bringing both databases to the current schema, with the project's own program."""

from __future__ import annotations

import os
from pathlib import Path

from stack import run
from stack.databases.start import Addresses
from stack.errors import StackError, tail
from stack.settings import Settings


def apply(settings: Settings, program: Path, databases: Addresses) -> None:
    """Apply SQL migrations and Mongo indexes."""
    log = settings.logs / "migrate.log"
    env = {**os.environ, "DATABASE_URL": databases.postgres, "MONGODB_URI": databases.mongo}
    if run.to_log([str(program)], run.fresh(log), cwd=settings.root, env=env) != 0:
        raise StackError("The databases could not be brought to the current schema.", hint=tail(log), log=log)
