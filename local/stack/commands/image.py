"""`make image`: the pool's image for this machine."""

from __future__ import annotations

import subprocess

from stack import image
from stack.progress import Progress
from stack.settings import Settings


def main(settings: Settings, progress: Progress) -> int:
    """Build it, and say how to run it."""
    image.require_engine()
    tag = image.tag(settings)
    progress.close()
    code = subprocess.run(image.build_command(tag), cwd=settings.root, check=False).returncode
    if code == 0:
        progress.say(f"  {image.LOCAL_NAME}:{tag}")
    return code
