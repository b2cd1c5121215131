"""What the set-up itself asks of a MongoDB server."""

from __future__ import annotations

from typing import Any

import pymongo
import pymongo.errors

from stack.errors import StackError


def answers(uri: str) -> bool:
    """Whether a server answers there, in any state."""
    return _try(uri, "ping") is not None


def require_answer(uri: str, named: str) -> None:
    """Fail when a server that the user pointed us to does not answer."""
    with _client(uri, 10_000) as client:
        try:
            client.admin.command("ping")
        except pymongo.errors.PyMongoError as error:
            raise StackError(f"No MongoDB answers at {named}: {str(error)[:200]}") from error


def is_writable(uri: str) -> bool:
    """Whether the server is the primary of its set, as transactions need."""
    hello = _try(uri, "hello")
    return bool(hello and hello.get("isWritablePrimary"))


def initiate(uri: str, member: str) -> None:
    """Make a lone server a replica set of one, unless it is."""
    with _client(uri, 3_000) as client:
        try:
            client.admin.command("replSetInitiate", {"_id": "rs0", "members": [{"_id": 0, "host": member}]})
        except pymongo.errors.OperationFailure as error:
            if error.code != _ALREADY_INITIALIZED:
                raise StackError(f"MongoDB refused to become a replica set: {error}") from error


def drop_database(uri: str, database: str) -> None:
    """Remove a database of the tests."""
    with _client(uri, 10_000) as client:
        client.drop_database(database)


_ALREADY_INITIALIZED = 23


def _client(uri: str, patience_ms: int) -> pymongo.MongoClient[dict[str, Any]]:
    return pymongo.MongoClient(uri, serverSelectionTimeoutMS=patience_ms, connectTimeoutMS=patience_ms)


def _try(uri: str, command: str) -> dict[str, Any] | None:
    with _client(uri, 500) as client:
        try:
            return client.admin.command(command)
        except pymongo.errors.PyMongoError:
            return None
