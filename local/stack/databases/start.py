"""Both databases up and reachable, and the addresses of both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from stack.databases import docker, engine, engine_install, gateway, mongo_client, mongod, postgres, resolve, sql
from stack.databases.resolve import Plan, Source
from stack.databases.secret import password
from stack.errors import StackError
from stack.progress import Progress
from stack.settings import Settings


@dataclass(frozen=True)
class Addresses:
    """Where the stack finds its databases."""

    postgres: str
    mongo: str
    engine: str = ""


def start_engine(settings: Settings, plan: Plan, progress: Progress) -> str:
    """The embedded engine when it is part of the plan; gives its URL."""
    if not plan.uses_engine:
        return ""
    root = engine_install.ensure(settings, progress)
    with progress.step("Embedded document engine") as step:
        address = engine.start(settings, root, password(settings))
        step.result = f"port {settings.ports.engine.number}"
    return address


def start_postgres(settings: Settings, plan: Plan, engine_url: Callable[[], str], progress: Progress) -> str:
    """PostgreSQL by the plan; gives the URL of our database. `engine_url` waits for the embedded engine."""
    engine = engine_url() if plan.postgres is Source.EMBEDDED else ""
    with progress.step("PostgreSQL") as step:
        match plan.postgres:
            case Source.URL:
                step.result = "the server that DATABASE_URL names"
                return _given_postgres(settings)
            case Source.PATH:
                folder = _required(postgres.find(), "ADOLOGY_POSTGRES_FROM=path, but this machine has no `postgres`.")
                step.result = f"{postgres.version(folder)} of this machine, port {settings.ports.postgres.number}"
                return postgres.start(settings, folder, password(settings))
            case Source.DOCKER:
                step.result = f"{docker.POSTGRES_IMAGE} in Docker, port {settings.ports.postgres.number}"
                return docker.start_postgres(settings, password(settings), step)
            case Source.EMBEDDED:
                step.result = "served by the embedded engine"
                sql.ensure_database(engine, settings.database)
                return sql.with_database(engine, settings.database)


def start_mongo(
    settings: Settings, plan: Plan, engine_url: Callable[[], str], built: Callable[[], object], progress: Progress
) -> str:
    """MongoDB by the plan; gives its URI. `engine_url` and `built` wait for the engine and for the gateway's binary."""
    engine = engine_url() if plan.uses_gateway and built() else ""
    with progress.step("MongoDB") as step:
        match plan.mongo:
            case Source.URL:
                step.result = "the server that MONGODB_URI names"
                return _given_mongo(settings)
            case Source.PATH:
                program = _required(mongod.find(), "ADOLOGY_MONGO_FROM=path, but this machine has no `mongod`.")
                step.result = f"mongod of this machine, port {settings.ports.mongo.number}"
                return mongod.start(settings, program)
            case Source.DOCKER:
                step.result = f"{docker.MONGO_IMAGE} in Docker, port {settings.ports.mongo.number}"
                return docker.start_mongo(settings, step)
            case Source.EMBEDDED:
                step.result = f"gateway to the embedded engine, port {settings.ports.mongo.number}"
                return gateway.start(settings, engine)


def _required(found: Path | None, otherwise: str) -> Path:
    if found is None:
        raise StackError(otherwise)
    return found


def drop_test_databases(settings: Settings, plan: Plan) -> None:
    """On servers that are not ours, the tests remove what they made."""
    if settings.keeps_data:
        return
    if plan.postgres is Source.URL:
        sql.drop_database(resolve.given_postgres(settings), settings.database)
    if plan.mongo is Source.URL:
        mongo_client.drop_database(resolve.given_mongo(settings), settings.database)


def _given_postgres(settings: Settings) -> str:
    address = resolve.given_postgres(settings)
    if not address:
        raise StackError("ADOLOGY_POSTGRES_FROM=url, but DATABASE_URL is not set.")
    sql.require_answer(address, "DATABASE_URL")
    if settings.keeps_data:
        return address
    sql.ensure_database(address, settings.database)
    return sql.with_database(address, settings.database)


def _given_mongo(settings: Settings) -> str:
    uri = resolve.given_mongo(settings)
    if not uri:
        raise StackError("ADOLOGY_MONGO_FROM=url, but MONGODB_URI is not set.")
    mongo_client.require_answer(uri, "MONGODB_URI")
    parts = urlsplit(uri)
    if settings.keeps_data and parts.path.strip("/"):
        return uri
    query = parts.query if "authSource=" in parts.query or not parts.username else f"{parts.query}&authSource=admin"
    return urlunsplit(parts._replace(path=f"/{settings.database}", query=query.lstrip("&")))
