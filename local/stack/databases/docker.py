"""The official PostgreSQL and MongoDB images, where a container engine answers."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stack import process
from stack.databases import mongo_client, mongod, sql
from stack.errors import StackError
from stack.ports import require_free
from stack.progress import Step
from stack.settings import Port, Settings

POSTGRES_IMAGE = "postgres:17"
MONGO_IMAGE = "mongo:8"


@dataclass(frozen=True)
class _Container:
    """One database in a container, with its data in a named volume."""

    name: str
    image: str
    port: Port
    inner_port: int
    data_folder: str
    ready: Callable[[], bool]
    options: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()


def answers() -> bool:
    """Whether there is a client and an engine behind it."""
    if not shutil.which("docker"):
        return False
    try:
        result = _docker("version", "--format", "{{.Server.Version}}", timeout=5)
    except subprocess.TimeoutExpired:
        return False
    return result.returncode == 0 and bool(result.stdout.strip())


def start_postgres(settings: Settings, password: str, step: Step) -> str:
    """PostgreSQL in a container; gives the URL of our database."""
    maintenance = sql.url(settings.ports.postgres.number, password, "postgres")
    container = _Container(
        name=_name(settings, "postgres"),
        image=POSTGRES_IMAGE,
        port=settings.ports.postgres,
        inner_port=5432,
        data_folder="/var/lib/postgresql/data",
        ready=lambda: sql.answers(maintenance),
        options=("-e", "POSTGRES_USER=adology", "-e", f"POSTGRES_PASSWORD={password}"),
        arguments=("-c", "max_connections=200"),
    )
    _ensure(settings, container, step)
    sql.ensure_database(maintenance, settings.database)
    return sql.with_database(maintenance, settings.database)


def start_mongo(settings: Settings, step: Step) -> str:
    """MongoDB in a container, as a replica set of one; gives its URI."""
    uri = mongod.uri_of(settings)
    container = _Container(
        name=_name(settings, "mongo"),
        image=MONGO_IMAGE,
        port=settings.ports.mongo,
        inner_port=27017,
        data_folder="/data/db",
        ready=lambda: mongo_client.answers(uri),
        arguments=("--replSet", "rs0", "--bind_ip_all"),
    )
    _ensure(settings, container, step)
    mongod.become_primary(uri, "127.0.0.1:27017")
    return uri


def stop_all(settings: Settings) -> list[str]:
    """Stop this stack's containers; their volumes stay."""
    names = _recorded(settings)
    for name in names:
        _docker("stop", "--time", "20", name, timeout=60)
    _record_path(settings).unlink(missing_ok=True)
    return names


def remove_data(settings: Settings) -> None:
    """Remove the volumes of this stack."""
    if answers():
        for use in ("postgres", "mongo"):
            _docker("volume", "rm", "--force", _name(settings, use), timeout=60)


def _ensure(settings: Settings, container: _Container, step: Step) -> None:
    if container.name in _running() and container.ready():
        _record(settings, container.name)
        return
    _docker("rm", "--force", container.name, timeout=60)
    require_free(container.port)
    step.doing = f"docker run {container.image}"
    result = _docker(
        "run", "--detach", "--rm", "--name", container.name,
        "--publish", f"127.0.0.1:{container.port.number}:{container.inner_port}",
        "--volume", f"{container.name}:{container.data_folder}",
        *container.options, container.image, *container.arguments,
        timeout=600,
    )  # fmt: skip
    if result.returncode != 0:
        raise StackError(f"docker could not run {container.image}.", hint=result.stderr.strip()[-400:])
    _record(settings, container.name)
    if not process.wait_until(container.ready, 60, pause=0.2):
        logs = _docker("logs", "--tail", "10", container.name, timeout=10)
        raise StackError(f"{container.image} was started and does not answer.", hint=logs.stdout + logs.stderr)


def _running() -> list[str]:
    return _docker("ps", "--format", "{{.Names}}", timeout=10).stdout.split()


def _name(settings: Settings, use: str) -> str:
    return f"adology-{settings.checkout_id}-{settings.name}-{use}"


def _record_path(settings: Settings) -> Path:
    return settings.run / "containers"


def _recorded(settings: Settings) -> list[str]:
    path = _record_path(settings)
    return json.loads(path.read_text()) if path.exists() else []


def _record(settings: Settings, name: str) -> None:
    settings.run.mkdir(parents=True, exist_ok=True)
    _record_path(settings).write_text(json.dumps(sorted({*_recorded(settings), name})))


def _docker(*arguments: str, timeout: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["docker", *arguments], capture_output=True, text=True, check=False, timeout=timeout, stdin=subprocess.DEVNULL
    )
