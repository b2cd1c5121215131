"""The emulator's process: ministack, with a gap of its HTTP APIs closed and one of its WebSocket APIs.

API Gateway puts CORS headers on every answer of an API that has a CORS configuration, on its own refusals too
(401 by the authorizer, 404 for a missing route). ministack 1.5.33 forgets them there, and a browser then sees a
network failure instead of the refusal.

API Gateway hands the status and the `Sec-WebSocket-Protocol` header of the `$connect` function's answer on to the
client. ministack 1.5.33 accepts without a subprotocol, on which browsers close the connection if they have offered
one, and refuses with 403 whatever the function has said.

It also starts a process for every invocation that finds the others busy. A thousand browsers that leave at
once would be a thousand processes on a laptop; here they wait for their turn instead.
"""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from types import ModuleType
from typing import Any

import ministack.app
from ministack.services import apigateway, dynamodb

from stack.emulator_queries import with_key_conditions_read_once

Message = dict[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]

ORIGIN = "ADOLOGY_WEB_ORIGIN"
# Frames and handshakes that are handled at the same time; the rest waits.
WEBSOCKET_INVOCATIONS = 16
_API_PATHS = "/_aws/execute-api/"
_ALLOW = b"access-control-allow-origin"


def with_cors_on_refusals(app: App, origin: bytes) -> App:
    """Add the header that the dashboard's page needs to read a refusal."""

    async def wrapped(
        scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 400:
                headers = list(message.get("headers", []))
                if not any(name.lower() == _ALLOW for name, _ in headers):
                    message = {**message, "headers": [*headers, (_ALLOW, origin), (b"vary", b"Origin")]}
            await send(message)

        await app(scope, receive, send_with_header if _is_from_page(scope, origin) else send)

    return wrapped


def _is_from_page(scope: Message, origin: bytes) -> bool:
    return (
        scope["type"] == "http"
        and scope["path"].startswith(_API_PATHS)
        and scope["method"] != "OPTIONS"
        and (b"origin", origin) in [(name.lower(), value) for name, value in scope["headers"]]
    )


def with_answered_handshakes(gateway: ModuleType) -> None:
    """Have the handshake say what the `$connect` function has answered."""
    answer: ContextVar[dict[str, Any]] = ContextVar("answer")
    invoke, handle = gateway._invoke_ws_lambda, gateway.handle_websocket

    async def invoke_and_note(*args: Any, **kwargs: Any) -> Any:
        answered = await invoke(*args, **kwargs)
        if "CONNECT" in args:
            answer.get().update(answered or {})
        return answered

    async def handle_and_say(scope: Message, receive: Any, send: Any, *args: Any, **kwargs: Any) -> None:
        own: dict[str, Any] = {}
        answer.set(own)

        async def say(message: Message) -> None:
            status = int(own.get("statusCode", 200))
            if message["type"] == "websocket.accept":
                await send({**message, "subprotocol": _subprotocol(own)})
            elif message["type"] == "websocket.close" and status >= 300 and _takes_answers(scope):
                await send({"type": "websocket.http.response.start", "status": status, "headers": []})
                await send({"type": "websocket.http.response.body", "body": b""})
            else:
                await send(message)

        await handle(scope, receive, say, *args, **kwargs)

    gateway._invoke_ws_lambda, gateway.handle_websocket = invoke_and_note, handle_and_say


def with_bounded_invocations(gateway: ModuleType, most: int) -> None:
    """Have events of WebSockets wait for one of this many turns."""
    invoke, turns = gateway._invoke_ws_lambda, asyncio.Semaphore(most)

    async def invoke_in_turn(*args: Any, **kwargs: Any) -> Any:
        async with turns:
            return await invoke(*args, **kwargs)

    gateway._invoke_ws_lambda = invoke_in_turn


def collect_garbage_seldom() -> None:
    """Every request leaves Python's garbage collector some thousand objects, and it looks at all that there are, which
    are many in an emulator: a quarter of the time of a busy one. Few of them form cycles, so that it may wait."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def _subprotocol(answer: Message) -> str | None:
    headers = answer.get("headers") or {}
    return next((value for name, value in headers.items() if name.lower() == "sec-websocket-protocol"), None)


def _takes_answers(scope: Message) -> bool:
    return "websocket.http.response" in (scope.get("extensions") or {})


if __name__ == "__main__":
    collect_garbage_seldom()
    with_key_conditions_read_once(dynamodb)
    with_bounded_invocations(apigateway, WEBSOCKET_INVOCATIONS)
    with_answered_handshakes(apigateway)
    ministack.app.app = with_cors_on_refusals(ministack.app.app, os.environ[ORIGIN].encode())
    ministack.app.main()
