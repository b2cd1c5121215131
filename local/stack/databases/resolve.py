"""Which PostgreSQL and which MongoDB this stack uses: the first of four sources that this machine has.

1. `DATABASE_URL` / `MONGODB_URI`; 2. a server program on the machine; 3. Docker's official images;
4. on Debian, the embedded document engine, which then serves both. Each of the two is resolved on its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from stack.databases import docker, engine_install, mongod, postgres
from stack.errors import StackError
from stack.settings import Settings, read_env_file


class Source(Enum):
    """Where a database comes from; the values are those of ADOLOGY_POSTGRES_FROM and ADOLOGY_MONGO_FROM."""

    URL = "url"
    PATH = "path"
    DOCKER = "docker"
    EMBEDDED = "embedded"


@dataclass(frozen=True)
class Plan:
    """The choice for both databases."""

    postgres: Source
    mongo: Source

    @property
    def uses_engine(self) -> bool:
        """Whether the embedded engine, and with it our gateway, is needed."""
        return Source.EMBEDDED in (self.postgres, self.mongo)

    @property
    def uses_gateway(self) -> bool:
        return self.mongo is Source.EMBEDDED


def resolve(settings: Settings) -> Plan:
    """Look at the settings and at the machine."""
    return Plan(postgres=_postgres(settings), mongo=_mongo(settings))


def given_postgres(settings: Settings) -> str:
    """DATABASE_URL, unless it is the one that we wrote to a stack.env ourselves."""
    return _given(settings, "DATABASE_URL")


def given_mongo(settings: Settings) -> str:
    """MONGODB_URI, unless it is the one that we wrote to a stack.env ourselves."""
    return _given(settings, "MONGODB_URI")


def _given(settings: Settings, key: str) -> str:
    text = settings.environ.get(key, "")
    ours = (read_env_file(path).get(key) for path in _stack_env_files(settings))
    return "" if text in ours else text


def _stack_env_files(settings: Settings) -> list[Path]:
    return [settings.shared_home / "stack.env", *settings.shared_home.glob("*/stack.env")]


def _postgres(settings: Settings) -> Source:
    forced = _forced(settings, "ADOLOGY_POSTGRES_FROM")
    if forced:
        return forced
    if given_postgres(settings):
        return Source.URL
    if postgres.find():
        return Source.PATH
    return _docker_or_embedded("PostgreSQL", "`postgres` and `initdb`", "DATABASE_URL")


def _mongo(settings: Settings) -> Source:
    forced = _forced(settings, "ADOLOGY_MONGO_FROM")
    if forced:
        return forced
    if given_mongo(settings):
        return Source.URL
    if mongod.find():
        return Source.PATH
    return _docker_or_embedded("MongoDB", "`mongod`", "MONGODB_URI")


def _docker_or_embedded(label: str, programs: str, variable: str) -> Source:
    if docker.answers():
        return Source.DOCKER
    reason = engine_install.unavailable_because()
    if not reason:
        return Source.EMBEDDED
    raise StackError(
        f"This machine has no {label} for the stack to use.",
        hint=f"One of these helps: set {variable}; put {programs} on PATH; start Docker.\n"
        f"(The embedded engine was not taken, because {reason}.)",
    )


def _forced(settings: Settings, key: str) -> Source | None:
    value = settings.environ.get(key, "")
    if not value:
        return None
    try:
        return Source(value)
    except ValueError:
        choices = ", ".join(source.value for source in Source)
        raise StackError(f"{key}={value} is not one of {choices}.") from None
