"""`.local/stack.env`: all that a script, a test or a person needs to talk to the running stack."""

from __future__ import annotations

import json
import re
from pathlib import Path

from stack.databases.start import Addresses
from stack.settings import ACCESS_KEY, REGION, SECRET_KEY, Settings

_EXECUTE_API = re.compile(r"^\w+://(?P<api>\w+)\.execute-api\.[^/]+(?:/(?P<stage>[^/]+))?/?$")


def compose(settings: Settings, outputs: dict[str, str], databases: Addresses, users: dict[str, str]) -> dict[str, str]:
    """Every key of the file."""
    return {
        "ADOLOGY_HTTP_URL": api_url(settings, outputs["HttpUrl"], "http", "%24default"),
        "ADOLOGY_WS_URL": api_url(settings, outputs["WebSocketUrl"], "ws", "%24default"),
        "ADOLOGY_WEB_URL": settings.web_url,
        "AWS_ENDPOINT_URL": settings.aws_url,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "STACK_NAME": settings.stack_name,
        "TASK_QUEUE_URL": outputs.get("TaskQueueUrl", ""),
        "URGENT_TASK_QUEUE_URL": outputs.get("UrgentTaskQueueUrl", ""),
        "TASK_DLQ_URL": outputs.get("TaskDlqUrl", ""),
        "UPDATES_QUEUE_URL": outputs.get("UpdatesQueueUrl", ""),
        "UPDATES_DLQ_URL": outputs.get("UpdatesDlqUrl", ""),
        "CALLBACKS_QUEUE_URL": outputs.get("CallbacksQueueUrl", ""),
        "CALLBACKS_DLQ_URL": outputs.get("CallbacksDlqUrl", ""),
        "RESULTS_BUCKET": outputs.get("ResultsBucket", ""),
        "CAPTURES_BUCKET": outputs.get("CapturesBucket", ""),
        "TASKS_TABLE": outputs.get("TasksTable", ""),
        "CONNECTIONS_TABLE": outputs.get("ConnectionsTable", ""),
        "TICKETS_TABLE": outputs.get("TicketsTable", ""),
        "IDEMPOTENCY_TABLE": outputs.get("IdempotencyTable", ""),
        "LANES_TABLE": outputs.get("LanesTable", ""),
        "PAUSES_TABLE": outputs.get("PausesTable", ""),
        "SPEND_TOPIC": outputs.get("SpendTopic", ""),
        "POOL_TABLE": outputs.get("PoolTable", ""),
        "COGNITO_USER_POOL_ID": outputs["UserPoolId"],
        "COGNITO_CLIENT_ID": outputs["UserPoolClientId"],
        "DATABASE_URL": databases.postgres,
        "MONGODB_URI": databases.mongo,
        "DOCUMENT_ENGINE_URL": databases.engine,
        **users,
    }


def api_url(settings: Settings, output: str, scheme: str, default_stage: str) -> str:
    """The emulator's address of an API: AWS's host name becomes a path, which every client can reach.

    A stack output that is no `execute-api` host name is right as it is.
    """
    match = _EXECUTE_API.match(output)
    if match is None:
        # A `$` would be a variable to every shell that reads the file.
        return output.rstrip("/").replace("$", "%24")
    stage = match["stage"] or default_stage
    return f"{scheme}://127.0.0.1:{settings.ports.aws.number}/_aws/execute-api/{match['api']}/{stage}"


def write(settings: Settings, values: dict[str, str]) -> None:
    """Both files: for scripts, and for the dashboard."""
    _write_private(settings.stack_env, "".join(f"{key}={value}\n" for key, value in values.items()))
    config = {
        "httpUrl": values["ADOLOGY_HTTP_URL"],
        "webSocketUrl": values["ADOLOGY_WS_URL"],
        "region": values["AWS_REGION"],
        "userPoolId": values["COGNITO_USER_POOL_ID"],
        "userPoolClientId": values["COGNITO_CLIENT_ID"],
        "cognitoEndpoint": values["AWS_ENDPOINT_URL"],
        "demo": {"username": values["DEMO_USERNAME"], "password": values["DEMO_PASSWORD"]},
    }
    _write_private(settings.web_config, json.dumps(config, indent=2) + "\n")


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)
