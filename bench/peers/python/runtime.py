"""Lambda's Runtime API: one event after the other over one connection."""

from __future__ import annotations

import http.client
import json
import os
import traceback
from collections.abc import Callable
from typing import Any

_BASE = "/2018-06-01/runtime/invocation"


def serve(handler: Callable[[dict[str, Any]], Any]) -> None:
    """Answer events until the process is ended."""
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        connection.request("GET", f"{_BASE}/next")
        response = connection.getresponse()
        request_id = response.headers["lambda-runtime-aws-request-id"]
        event = json.loads(response.read())
        try:
            path, told = "response", handler(event)
        except Exception as error:
            path = "error"
            told = {"errorType": type(error).__name__, "errorMessage": traceback.format_exc()}
        body = json.dumps(told)
        connection.request("POST", f"{_BASE}/{request_id}/{path}", body, {"Content-Type": "application/json"})
        connection.getresponse().read()
