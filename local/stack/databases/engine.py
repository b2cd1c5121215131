"""Running the embedded document engine inside its private root, never as root."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

from stack import run, services
from stack.databases import sql, stale
from stack.databases.accounts import unprivileged
from stack.databases.postgres import SERVER_OPTIONS, initdb_arguments, server_arguments
from stack.errors import StackError
from stack.settings import Settings

SERVICE = "document-engine"
_PROGRAMS = "/usr/lib/postgresql/18/bin"
_OPTIONS = SERVER_OPTIONS | {
    "shared_preload_libraries": "pg_cron,pg_documentdb_core,pg_documentdb",
    "cron.database_name": "postgres",
    "cron.use_background_workers": "on",
    "cron.log_statement": "off",
    "max_worker_processes": "16",
    # The private root has no /dev/shm, and no compiler for queries.
    "dynamic_shared_memory_type": "mmap",
    "jit": "off",
}


def start(settings: Settings, root: Path, password: str) -> str:
    """Have the engine up with its extension in place; gives its URL."""
    data = _data(settings, root)
    if not (data / "PG_VERSION").exists():
        _initialise(settings, root, data, password)
    if not services.is_running(settings, SERVICE):
        stale.clear(data)
    address = sql.url(settings.ports.engine.number, password, "postgres")
    services.ensure(settings, _service(settings, root, data, address, password))
    sql.execute(
        address,
        "CREATE EXTENSION IF NOT EXISTS documentdb CASCADE",
        # Its background worker (index builds, expiry) signs in as this role, with the server's own PGPASSWORD.
        f"ALTER ROLE documentdb_bg_worker_role PASSWORD '{password}'",
    )
    return address


def forget(settings: Settings) -> None:
    """Remove this stack's documents."""
    shutil.rmtree(_data(settings, settings.shared_home / "engine").parent, ignore_errors=True)


def _data(settings: Settings, root: Path) -> Path:
    """Inside the private root, because the server sees nothing else."""
    return root / "srv" / settings.name / "documents"


def _service(settings: Settings, root: Path, data: Path, address: str, password: str) -> services.Service:
    port = settings.ports.engine
    options = server_arguments(_OPTIONS | ({} if settings.keeps_data else {"fsync": "off"}))
    argv = (f"{_PROGRAMS}/postgres", "-D", _inside(root, data), "-p", str(port.number), *options)
    return services.Service(
        name=SERVICE,
        label="The embedded document engine",
        argv=_enter(root, argv),
        ports=(port,),
        ready=lambda: sql.answers(address),
        cwd=root,
        # The extension opens connections to its own server.
        env={**_environment(), "PGPASSWORD": password},
        stop_signal=signal.SIGINT,
    )


def _initialise(settings: Settings, root: Path, data: Path, password: str) -> None:
    account = unprivileged()
    # initdb asks for the name of the account it runs under.
    (root / "etc/passwd").write_text(f"postgres:x:{account.uid}:{account.gid}::/:/bin/sh\n")
    (root / "etc/group").write_text(f"postgres:x:{account.gid}:\n")
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, mode=0o700)
    password_file = data.parent / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    account.own(data, password_file)
    program, *arguments = initdb_arguments(_inside(root, data), _inside(root, password_file))
    log = run.fresh(settings.logs / "initdb-engine.log")
    argv = _enter(root, (f"{_PROGRAMS}/{program}", *arguments))
    code = run.to_log(list(argv), log, cwd=root, env=_environment())
    password_file.unlink()
    if code != 0:
        shutil.rmtree(data, ignore_errors=True)
        raise StackError(
            "The embedded document engine could not make its data folder.",
            hint="It runs in a private root: as root by chroot, otherwise by user namespaces, which this machine\n"
            "may forbid. Installing MongoDB (`mongod` on PATH) or setting MONGODB_URI avoids it.",
            log=log,
        )


def _enter(root: Path, argv: tuple[str, ...]) -> tuple[str, ...]:
    """The command that runs another one inside the root, under an unprivileged account."""
    account = unprivileged()
    if account.switch:
        return (_program("chroot"), f"--userspec={account.uid}:{account.gid}", "--groups=", str(root), *argv)
    own = (f"--map-user={os.getuid()}", f"--map-group={os.getgid()}")
    return (_program("unshare"), "--user", *own, f"--root={root}", "--wd=/", *argv)


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        raise StackError(f"Missing on this machine: {name}.")
    return found


def _inside(root: Path, path: Path) -> str:
    return f"/{path.relative_to(root)}"


def _environment() -> dict[str, str]:
    return {"PATH": f"{_PROGRAMS}:/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": "/"}
