"""PostgreSQL from a server program that is already on the machine."""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path

from stack import run, services
from stack.databases import sql, stale
from stack.databases.accounts import Account, unprivileged
from stack.errors import StackError, tail
from stack.settings import Settings

SERVICE = "postgres"
# Debian keeps the server programs out of PATH.
_ALSO_LOOK_IN = "/usr/lib/postgresql/*/bin"
# Given on the command line, so that the data folder holds no settings of ours that could grow stale.
SERVER_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "synchronous_commit": "off",
}


def find() -> Path | None:
    """The folder with `postgres` and `initdb`."""
    on_path = shutil.which("postgres")
    candidates = [Path(on_path).parent] if on_path else []
    candidates += sorted(Path("/").glob(_ALSO_LOOK_IN.lstrip("/")), key=_version, reverse=True)
    return next((folder for folder in candidates if _complete(folder)), None)


def version(folder: Path) -> str:
    """For people: `15.18`."""
    output = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False)
    words = output.stdout.split()
    return words[2] if len(words) > 2 else "?"


def start(settings: Settings, folder: Path, password: str) -> str:
    """Have the server up with our database in it; gives its URL."""
    account = unprivileged()
    data = settings.data / "postgres"
    _require_same_version(folder, data)
    if not (data / "PG_VERSION").exists():
        _initialise(settings, folder, data, account, password)
    if not services.is_running(settings, SERVICE):
        stale.clear(data)
    service = _service(settings, folder, data, account, password)
    services.ensure(settings, service)
    maintenance = sql.url(settings.ports.postgres.number, password, "postgres")
    sql.ensure_database(maintenance, settings.database)
    return sql.with_database(maintenance, settings.database)


def _service(settings: Settings, folder: Path, data: Path, account: Account, password: str) -> services.Service:
    port = settings.ports.postgres
    options = server_arguments(SERVER_OPTIONS | ({} if settings.keeps_data else {"fsync": "off"}))
    argv = (str(folder / "postgres"), "-D", str(data), "-p", str(port.number), *options)
    return services.Service(
        name=SERVICE,
        label="PostgreSQL",
        argv=account.command(argv, data),
        ports=(port,),
        ready=lambda: sql.answers(sql.url(port.number, password, "postgres")),
        cwd=data,
        stop_signal=signal.SIGINT,
    )


def server_arguments(options: dict[str, str]) -> list[str]:
    """Server settings as arguments."""
    return [word for key, value in options.items() for word in ("-c", f"{key}={value}")]


def initdb_arguments(data: str, password_file: str) -> tuple[str, ...]:
    """How a new cluster is made; passwords are asked for even on loopback."""
    return (
        "initdb", "-D", data, "-U", "adology", "--pwfile", password_file, "--auth=scram-sha-256",
        "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions",
    )  # fmt: skip


def _initialise(settings: Settings, folder: Path, data: Path, account: Account, password: str) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, mode=0o700)
    password_file = data.parent / "postgres.password"
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    account.own(data, password_file)
    program, *arguments = initdb_arguments(str(data), str(password_file))
    argv = account.command((str(folder / program), *arguments), data)
    log = run.fresh(settings.logs / "initdb.log")
    code = run.to_log(list(argv), log, cwd=data)
    password_file.unlink()
    if code != 0:
        shutil.rmtree(data, ignore_errors=True)
        raise StackError("PostgreSQL could not make its data folder.", hint=tail(log, 4), log=log)


def _require_same_version(folder: Path, data: Path) -> None:
    """A newer server cannot open an older one's data."""
    marker = data / "PG_VERSION"
    if not marker.exists():
        return
    made_by, ours = marker.read_text().strip(), version(folder).split(".")[0]
    if made_by != ours:
        raise StackError(
            f"The data in {data} was made by PostgreSQL {made_by}, and this machine now has {ours}.",
            hint=f"Put PostgreSQL {made_by} back on PATH, or remove the data with `make clean-local`.",
        )


def _complete(folder: Path) -> bool:
    return (folder / "postgres").exists() and (folder / "initdb").exists()


def _version(folder: Path) -> int:
    digits = folder.parent.name
    return int(digits) if digits.isdigit() else 0
