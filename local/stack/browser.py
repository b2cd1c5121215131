"""Chromium, for the browser tests."""

from __future__ import annotations

import os
import shutil

from stack import run
from stack.errors import StackError, tail
from stack.progress import Progress
from stack.settings import Settings

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PACKAGES = ("chromium", "fonts-dejavu-core")


def ensure(settings: Settings, progress: Progress) -> str:
    """Where it is; installed by apt when it is nowhere and we may."""
    return _find(settings) or _install(settings, progress)


def _find(settings: Settings) -> str:
    named = settings.environ.get("CHROMIUM_PATH", "")
    found = (shutil.which(name) for name in _NAMES)
    return named or next((path for path in found if path), "")


def _install(settings: Settings, progress: Progress) -> str:
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (as_root and not shutil.which("sudo")):
        raise StackError("The browser tests need Chromium.", hint="Install it, or set CHROMIUM_PATH.")
    log = run.fresh(settings.logs / "chromium.log")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with progress.step("Chromium (first time only)"):
        run.to_log([*as_root, "apt-get", "update", "-q"], log, cwd=settings.root, env=env)
        install = [*as_root, "apt-get", "install", "-y", "-q", "--no-install-recommends", *_PACKAGES]
        code = run.to_log(install, log, cwd=settings.root, env=env)
    found = _find(settings)
    if code != 0 or not found:
        raise StackError(
            "The browser tests need Chromium, and apt could not install it.",
            hint=f"Install it yourself (`apt-get install chromium`), or set CHROMIUM_PATH.\n{tail(log, 4)}",
            log=log,
        )
    return found
