"""A worker outside: takes queued tasks of the kind `external`, counts their words, reports the result.

    pip install requests==2.32.5
    set -a; . ./.local/stack.env; set +a
    WORKER_USERNAME=$OPERATOR_USERNAME WORKER_PASSWORD=$OPERATOR_PASSWORD python docs/examples/external_worker.py

The user must be in the group `notify` and sees the tasks of its own tenant only. With --once it stops when no task
is left.
"""

from __future__ import annotations

import os
import sys
import time

import requests

API = os.environ["ADOLOGY_HTTP_URL"]
PAUSE_SECONDS = 2


def sign_in() -> str:
    """Give an ID token; it works for an hour."""
    region = os.environ["AWS_REGION"]
    answer = requests.post(
        os.environ.get("AWS_ENDPOINT_URL", f"https://cognito-idp.{region}.amazonaws.com/"),
        headers={
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
        },
        json={
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": os.environ["COGNITO_CLIENT_ID"],
            "AuthParameters": {
                "USERNAME": os.environ["WORKER_USERNAME"],
                "PASSWORD": os.environ["WORKER_PASSWORD"],
            },
        },
        timeout=30,
    )
    answer.raise_for_status()
    return answer.json()["AuthenticationResult"]["IdToken"]


class Worker:
    """Talks to the API as one user."""

    def __init__(self) -> None:
        self._http = requests.Session()
        self._http.headers["authorization"] = f"Bearer {sign_in()}"

    def queued(self) -> list[str]:
        """Name the tasks that wait for somebody."""
        query = {"kind": "external", "status": "processing"}
        answer = self._http.get(f"{API}/tasks", params=query, timeout=30)
        answer.raise_for_status()
        return [task["request_id"] for task in answer.json()["tasks"] if task["phase"] == "queued"]

    def work(self, request_id: str) -> None:
        """Take one task, do it, report. Whoever is slower than another worker leaves it alone."""
        if not self._report(request_id, status="processing"):
            return
        task = self._http.get(f"{API}/tasks/{request_id}", timeout=30).json()
        text = task["input"].get("text")
        if not isinstance(text, str):
            error = {"code": "no_text", "message": "Give the input a field `text`."}
            self._report(request_id, status="failed", error=error)
            return
        self._report(request_id, status="processing", progress={"percent": 50, "message": "counting"})
        self._report(request_id, status="completed", result={"words": len(text.split())})

    def _report(self, request_id: str, **report: object) -> bool:
        body = {"request_id": request_id, **report}
        answer = self._http.post(f"{API}/notify", json=body, timeout=30)
        if answer.status_code == 409:  # held by another worker, or ended
            print(f"{request_id}: {answer.json()['code']}", file=sys.stderr)
            return False
        answer.raise_for_status()
        return True


def main() -> None:
    """Work until interrupted, or once through what is there."""
    worker = Worker()
    while True:
        for request_id in worker.queued():
            worker.work(request_id)
        if "--once" in sys.argv[1:]:
            return
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main()
