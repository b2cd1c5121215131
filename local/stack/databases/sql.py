"""A few SQL statements over the wire, so that no client program has to be installed."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit, urlunsplit

import pg8000.exceptions
import pg8000.native

from stack.errors import StackError


def url(port: int, password: str, database: str) -> str:
    """The address of a database of ours."""
    return f"postgres://adology:{password}@127.0.0.1:{port}/{database}"


def with_database(address: str, database: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(address)._replace(path=f"/{database}"))


def answers(address: str) -> bool:
    """Whether the server lets us in."""
    try:
        _connect(address).close()
    except (OSError, pg8000.exceptions.Error):
        return False
    return True


def require_answer(address: str, named: str) -> None:
    """Fail when a server that the user pointed us to does not let us in."""
    try:
        _connect(address).close()
    except (OSError, pg8000.exceptions.Error) as error:
        raise StackError(f"No PostgreSQL answers at {named}: {error}") from error


def execute(address: str, *statements: str) -> None:
    """Run statements outside a transaction."""
    connection = _connect(address)
    try:
        for statement in statements:
            connection.run(statement)
    finally:
        connection.close()


def ensure_database(address: str, database: str) -> None:
    """Create a database unless it exists; `address` names any other of the same server."""
    connection = _connect(address)
    try:
        if not connection.run("SELECT 1 FROM pg_database WHERE datname = :name", name=database):
            connection.run(f"CREATE DATABASE {pg8000.native.identifier(database)}")
    finally:
        connection.close()


def drop_database(address: str, database: str) -> None:
    """Remove a database of the tests."""
    execute(address, f"DROP DATABASE IF EXISTS {pg8000.native.identifier(database)} WITH (FORCE)")


def _connect(address: str) -> pg8000.native.Connection:
    parts = urlsplit(address)
    return pg8000.native.Connection(
        user=unquote(parts.username or "postgres"),
        password=unquote(parts.password) if parts.password else None,
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 5432,
        database=unquote(parts.path.lstrip("/")) or None,
        timeout=5,
        ssl_context=True if "sslmode=require" in parts.query else None,
    )
