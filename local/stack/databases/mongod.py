"""MongoDB from a `mongod` on PATH, started as a replica set of one: transactions need a set."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

from stack import process, services
from stack.databases import mongo_client
from stack.databases.accounts import unprivileged
from stack.errors import StackError
from stack.settings import Settings


def find() -> Path | None:
    """The server program."""
    found = shutil.which("mongod")
    return Path(found) if found else None


def start(settings: Settings, program: Path) -> str:
    """Have the server up; gives its URI."""
    data = settings.data / "mongo"
    data.mkdir(parents=True, exist_ok=True)
    account = unprivileged()
    account.own(data)
    port = settings.ports.mongo
    argv = (
        str(program), "--dbpath", str(data), "--port", str(port.number), "--bind_ip", "127.0.0.1",
        "--replSet", "rs0", "--nounixsocket", "--quiet",
    )  # fmt: skip
    uri = uri_of(settings)
    service = services.Service(
        name="mongod",
        label="MongoDB",
        argv=account.command(argv, data),
        ports=(port,),
        ready=lambda: mongo_client.answers(uri),
        cwd=data,
        stop_signal=signal.SIGTERM,
    )
    services.ensure(settings, service)
    become_primary(uri, f"127.0.0.1:{port.number}")
    return uri


def uri_of(settings: Settings) -> str:
    """The address of this stack's document store, whatever serves it."""
    return f"mongodb://127.0.0.1:{settings.ports.mongo.number}/{settings.database}?directConnection=true"


def become_primary(uri: str, member: str) -> None:
    """Make the lone server a set, and wait until it takes writes."""
    if mongo_client.is_writable(uri):
        return
    mongo_client.initiate(uri, member)
    if not process.wait_until(lambda: mongo_client.is_writable(uri), 20):
        raise StackError("MongoDB answers but does not become the primary of its replica set.")
