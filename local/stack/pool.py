"""Pools beside the Lambdas: `make dev POOL=2` runs two processes that take tasks by long polling."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from typing import Any

from stack import deploy, emulator, services
from stack.errors import StackError
from stack.settings import ACCESS_KEY, REGION, SECRET_KEY, Port, Settings

BINARY = "pool"
# A process of another release, beside those that POOL asks for.
BESIDE = "worker-of-another-release"
_WORKER = "Worker"
_MOST = 8
# Ctrl-C is not to wait for a long task: it is given back.
_DRAIN_SECONDS = 5


def wanted(settings: Settings) -> int:
    """How many processes were asked for; as many as run where nobody says."""
    text = settings.environ.get("POOL") or str(len(_running(settings)))
    if not text.isdigit() or int(text) > _MOST:
        raise StackError(f"POOL={text} is not a number of processes from 0 to {_MOST}.")
    return int(text)


def start(settings: Settings, binary: Path) -> list[str]:
    """Have as many as were asked for, with what the deployed worker is told; gives their names."""
    names = [f"{BINARY}-{number + 1}" for number in range(wanted(settings))]
    for name in _running(settings):
        if name not in names:
            services.stop(settings, name)
    if names:
        env = _environment(settings)
        for number, name in enumerate(names):
            port = _port(settings, number)
            services.ensure(settings, _service(settings, binary, name, port, env))
    return names


def start_beside(settings: Settings, binary: Path) -> str:
    """Have a process of this binary, told what the deployed worker is told; gives its name."""
    port = _port(settings, _MOST)
    services.ensure(settings, _service(settings, binary, BESIDE, port, _environment(settings)))
    return BESIDE


def heartbeats(settings: Settings) -> list[dict[str, Any]]:
    """What the processes told last, as items of their table."""
    client = emulator.client(settings, "dynamodb")
    return client.scan(TableName=deploy.outputs(settings)["PoolTable"])["Items"]


def _running(settings: Settings) -> list[str]:
    return [name for name in services.recorded(settings) if name.startswith(f"{BINARY}-")]


def _service(settings: Settings, binary: Path, name: str, port: Port, env: dict[str, str]) -> services.Service:
    return services.Service(
        name=name,
        label=f"The pool process {name}",
        argv=(str(binary),),
        ports=(port,),
        ready=lambda: _answers(port.number),
        cwd=settings.home,
        env={**env, "POOL_HEALTH_PORT": str(port.number)},
    )


def _environment(settings: Settings) -> dict[str, str]:
    name = deploy.physical_id(settings, _WORKER)
    configuration = emulator.client(settings, "lambda").get_function_configuration(FunctionName=name)
    return {
        **configuration["Environment"]["Variables"],
        "AWS_ENDPOINT_URL": settings.aws_url,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_EC2_METADATA_DISABLED": "true",
        "POOL_DRAIN_SECONDS": str(_DRAIN_SECONDS),
        "POOL_TABLE": deploy.outputs(settings)["PoolTable"],
    }


def _port(settings: Settings, number: int) -> Port:
    return Port(settings.ports.pool.number + number, settings.ports.pool.setting, settings.ports.pool.use)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False
