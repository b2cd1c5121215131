"""The AWS emulator: one process on loopback, in which the whole template lives."""

from __future__ import annotations

import json
import shutil
import urllib.request
from importlib.metadata import version
from typing import Any

import boto3
from botocore.client import BaseClient
from botocore.config import Config

from stack import services
from stack.settings import ACCESS_KEY, REGION, SECRET_KEY, Settings

SERVICE = "emulator"


def start(settings: Settings) -> bool:
    """Have it up; true when it had to be started."""
    service = services.Service(
        name=SERVICE,
        label="The AWS emulator",
        argv=(str(settings.shared_home / "venv/bin/python"), "-m", "stack.emulator_server"),
        ports=(settings.ports.aws,),
        ready=lambda: _is_healthy(settings),
        cwd=settings.home,
        env=_environment(settings),
    )
    record = services.read(settings, SERVICE)
    if record and record.fingerprint != service.fingerprint:
        # Before its state is looked at: another port makes that useless.
        services.stop(settings, SERVICE)
    if not services.is_running(settings, SERVICE):
        _prepare_state(settings)
    return services.ensure(settings, service)


def client(settings: Settings, service: str) -> BaseClient:
    """A boto3 client of the emulator."""
    return boto3.client(
        service,
        endpoint_url=settings.aws_url,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(retries={"max_attempts": 2}, read_timeout=120, s3={"addressing_style": "path"}),
    )


def get_json(settings: Settings, path: str) -> dict[str, Any]:
    """A plain GET, for what boto3 would refuse to parse."""
    with urllib.request.urlopen(f"{settings.aws_url}{path}", timeout=30) as answer:
        return json.load(answer)


def patch_json(settings: Settings, path: str, body: dict[str, Any]) -> None:
    """A plain PATCH."""
    request = urllib.request.Request(
        f"{settings.aws_url}{path}",
        data=json.dumps(body).encode(),
        method="PATCH",
        headers={"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=30).close()


def _is_healthy(settings: Settings) -> bool:
    try:
        with urllib.request.urlopen(f"{settings.aws_url}/_ministack/health", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def _environment(settings: Settings) -> dict[str, str]:
    """Functions inherit all of this; the template's variables are laid over it."""
    state = settings.data / "aws"
    env = {
        "PYTHONPATH": str(settings.root / "local"),
        "ADOLOGY_WEB_ORIGIN": settings.web_url,
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(settings.ports.aws.number),
        "AWS_ENDPOINT_URL": settings.aws_url,
        "MINISTACK_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "TMPDIR": str(settings.tmp),
        # Listeners that this project has no use for.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "RUST_BACKTRACE": "1",
        "PYTHONUNBUFFERED": "1",
        # Other packages under a running emulator: it has to be started anew.
        "ADOLOGY_PINS": (settings.shared_home / "venv" / "pins.sha256").read_text(),
    }
    if settings.keeps_data:
        env |= {"PERSIST_STATE": "1", "STATE_DIR": f"{state}/state", "S3_PERSIST": "1", "S3_DATA_DIR": f"{state}/s3"}
    return env


def _prepare_state(settings: Settings) -> None:
    """Empty the scratch folder; drop a kept state that another version or port has written.

    Queue addresses in the state hold the port, so it is of no use on another one.
    """
    shutil.rmtree(settings.tmp, ignore_errors=True)
    settings.tmp.mkdir(parents=True)
    state = settings.data / "aws"
    stamp = state / "written-by"
    writer = f"ministack {version('ministack')} port {settings.ports.aws.number}"
    if not stamp.exists() or stamp.read_text() != writer:
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir(parents=True)
        stamp.write_text(writer)
