"""The dashboard: its packages, and Vite's server for development."""

from __future__ import annotations

import hashlib
import os
import shutil
import urllib.request
from pathlib import Path

from stack import run, services
from stack.errors import StackError, tail
from stack.progress import Progress
from stack.settings import Settings

SERVICE = "web"


def exists(settings: Settings) -> bool:
    """Whether the checkout has a dashboard."""
    return (_folder(settings) / "package-lock.json").exists()


def install(settings: Settings, progress: Progress) -> None:
    """`npm ci`, when the lock file changed."""
    folder = _folder(settings)
    stamp = folder / "node_modules" / ".installed-from"
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    log = settings.logs / "npm.log"
    with progress.step("Dashboard packages (npm ci)"):
        code = run.to_log(["npm", "ci", "--no-audit", "--no-fund"], run.fresh(log), cwd=folder)
        if code != 0:
            raise StackError(
                "npm could not install the dashboard's packages.",
                hint=f"Is the machine online, and does it reach an npm registry?\n{tail(log, 6)}",
                log=log,
            )
        stamp.write_text(wanted)


def start(settings: Settings) -> bool:
    """Have Vite serving; true when it had to be started."""
    node = shutil.which("node")
    port = settings.ports.web
    service = services.Service(
        name=SERVICE,
        label="The dashboard",
        argv=(
            str(node),
            "node_modules/vite/bin/vite.js",
            "--host",
            "127.0.0.1",
            "--port",
            str(port.number),
            "--strictPort",
        ),
        ports=(port,),
        ready=lambda: _answers(settings),
        cwd=_folder(settings),
        env={"ADOLOGY_WEB_CONFIG": str(settings.web_config), "ADOLOGY_WEB_CACHE": str(settings.home / "vite")},
    )
    return services.ensure(settings, service)


def environment(settings: Settings) -> dict[str, str]:
    """For npm scripts that talk to the stack."""
    return {**os.environ, "ADOLOGY_WEB_CONFIG": str(settings.web_config)}


def _answers(settings: Settings) -> bool:
    try:
        with urllib.request.urlopen(settings.web_url, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def _folder(settings: Settings) -> Path:
    return settings.root / "web"
