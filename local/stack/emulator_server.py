"""The emulator's process: ministack, with one gap of its HTTP APIs closed.

API Gateway puts CORS headers on every answer of an API that has a CORS configuration, on its own refusals too
(401 by the authorizer, 404 for a missing route). ministack 1.5.33 forgets them there, and a browser then sees a
network failure instead of the refusal.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any

import ministack.app

Message = dict[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]

ORIGIN = "ADOLOGY_WEB_ORIGIN"
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


if __name__ == "__main__":
    ministack.app.app = with_cors_on_refusals(ministack.app.app, os.environ[ORIGIN].encode())
    ministack.app.main()
