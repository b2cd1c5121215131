"""`make clean-local`: stop, and remove data, downloads and settings of this checkout's stacks."""

from __future__ import annotations

import shutil

from stack import services
from stack import settings as all_settings
from stack.commands import down
from stack.databases import docker
from stack.lock import exclusive
from stack.progress import Progress
from stack.settings import Settings


def main(settings: Settings, progress: Progress) -> int:
    """Remove .local, but for the Python that runs this."""
    with exclusive(settings, progress):
        for each in (all_settings.load(settings.root, "test"), settings):
            down.stop(each, services.recorded(each))
            docker.remove_data(each)
        kept = {settings.shared_home / name for name in ("venv", "lock")}
        for entry in settings.shared_home.iterdir():
            if entry.is_dir() and entry not in kept:
                shutil.rmtree(entry)
            elif entry not in kept:
                entry.unlink()
    shutil.rmtree(settings.shared_home)
    progress.say("  Removed .local")
    return 0
