"""The long-running programs of a stack: started once, found again by later commands, ended together."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stack import process, run
from stack.errors import StackError, tail
from stack.ports import require_free
from stack.settings import Port, Settings

# All that a service sees of the developer's own environment.
_INHERITED = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR")
_KILL_AFTER_SECONDS = 15.0
# Services outlive the command that started them; forgetting them would make Python complain.
_children: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class Service:
    """What to run, and how to tell that it is ready."""

    name: str
    label: str
    argv: tuple[str, ...]
    ports: tuple[Port, ...]
    ready: Callable[[], bool]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 30.0

    @property
    def fingerprint(self) -> str:
        """Changes when the program has to be started anew."""
        text = json.dumps([self.argv, str(self.cwd), sorted(self.env.items()), _mtime(self.argv[0])])
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Record:
    """A started service, as kept on disk."""

    name: str
    fingerprint: str
    stop_signal: int
    identity: process.Identity


def ensure(settings: Settings, service: Service) -> bool:
    """Have it running and ready; true when it had to be started."""
    record = read(settings, service.name)
    if record and record.identity.is_alive():
        if record.fingerprint == service.fingerprint and service.ready():
            return False
        stop(settings, service.name)
    for port in service.ports:
        require_free(port)
    child = _spawn(settings, service)
    _wait_ready(settings, service, child)
    return True


def is_running(settings: Settings, name: str) -> bool:
    """Whether the process recorded under this name still runs."""
    record = read(settings, name)
    return record is not None and record.identity.is_alive()


def stop(settings: Settings, name: str) -> bool:
    """End it and its children; true when it ran."""
    record = read(settings, name)
    if record is None:
        return False
    ran = record.identity.is_alive()
    if ran:
        process.end(record.identity, signal.Signals(record.stop_signal), _KILL_AFTER_SECONDS)
    _record_path(settings, name).unlink(missing_ok=True)
    return ran


def recorded(settings: Settings) -> list[str]:
    """Names of all services that were started and not yet stopped."""
    return sorted(path.stem for path in settings.run.glob("*.json"))


def end_strays(settings: Settings) -> int:
    """End what an interrupted command left behind: processes with this stack's mark below none of its services."""
    records = [record for name in recorded(settings) if (record := read(settings, name)) is not None]
    alive = [record.identity for record in records if record.identity.is_alive()]
    known = {who.pid for root in alive for who in (root, *process.descendants(root))}
    strays = [who for who in process.marked(settings.marker) if who.pid not in known]
    process.end_all(strays)
    return len(strays)


def log_path(settings: Settings, name: str) -> Path:
    """Where a service writes."""
    return settings.logs / f"{name}.log"


def read(settings: Settings, name: str) -> Record | None:
    """The record of a service, if there is a readable one."""
    try:
        raw = json.loads(_record_path(settings, name).read_text())
        who = process.Identity(raw["pid"], raw["started"])
        return Record(name, raw["fingerprint"], raw["stop_signal"], who)
    except (OSError, ValueError, KeyError):
        return None


def _spawn(settings: Settings, service: Service) -> subprocess.Popen[bytes]:
    log = log_path(settings, service.name)
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists():
        log.replace(log.with_suffix(".previous.log"))
    with log.open("wb") as out:
        child = subprocess.Popen(
            service.argv,
            cwd=service.cwd,
            env=_environment(settings, service.env),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _children.append(child)
    who = process.identify(child.pid)
    if who is not None:
        _write(settings, service, who)
    return child


def _environment(settings: Settings, extra: Mapping[str, str]) -> dict[str, str]:
    env = {key: os.environ[key] for key in _INHERITED if key in os.environ}
    return {**env, process.MARKER: settings.marker, **extra}


def _write(settings: Settings, service: Service, who: process.Identity) -> None:
    settings.run.mkdir(parents=True, exist_ok=True)
    content = {
        "pid": who.pid,
        "started": who.started,
        "fingerprint": service.fingerprint,
        "stop_signal": int(service.stop_signal),
    }
    _record_path(settings, service.name).write_text(json.dumps(content))


def _wait_ready(settings: Settings, service: Service, child: subprocess.Popen[bytes]) -> None:
    ended = process.wait_until(
        lambda: child.poll() is not None or run.is_given_up() or service.ready(), service.patience
    )
    if ended and child.poll() is None:
        return
    if run.is_given_up():
        stop(settings, service.name)
        raise run.GivenUp
    log = log_path(settings, service.name)
    how = f"ended with code {child.returncode}" if child.poll() is not None else "does not answer"
    message = f"{service.label} was started and {how}."
    stop(settings, service.name)
    raise StackError(message, hint=tail(log), log=log)


def _record_path(settings: Settings, name: str) -> Path:
    return settings.run / f"{name}.json"


def _mtime(program: str) -> int:
    """A rebuilt program must be started anew."""
    path = Path(program)
    return path.stat().st_mtime_ns if path.is_absolute() and path.exists() else 0
