"""The pool's container image: what it is called, and how it is built."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError
from stack.settings import Settings

DOCKERFILE = Path("pool/Dockerfile")
LOCAL_NAME = "adology-pool"
# Both processors that the template offers.
PLATFORMS = "linux/arm64,linux/amd64"
_NO_ENGINE = (
    "Install Docker Engine 23 or newer with the buildx plug-in (or Podman's `docker` command), start it, and run this "
    "again.\nThe image is for the pool on EC2 alone; the functions, `make dev` and `make test` need no container."
)


@dataclass(frozen=True)
class Registry:
    """Where an image goes, and the password for one push."""

    repository: str
    user: str
    password: str

    @property
    def host(self) -> str:
        """The part of the repository's name that one signs in to."""
        return self.repository.split("/", 1)[0]


def require_engine() -> None:
    """Say what is missing before anything is built."""
    if not shutil.which("docker"):
        raise StackError("There is no `docker` on this machine.", hint=_NO_ENGINE)
    for command, missing in (("info", "no Docker engine answers"), ("buildx version", "Docker has no buildx")):
        if subprocess.run(["docker", *command.split()], capture_output=True, check=False).returncode != 0:
            raise StackError(f"An image cannot be built: {missing}.", hint=_NO_ENGINE)


def tag(settings: Settings) -> str:
    """Names the image after the commit, and says when there is more in it than that."""
    commit = _git(settings, "rev-parse", "--short=12", "HEAD")
    return f"{commit}-dirty" if _git(settings, "status", "--porcelain") else commit


def build_command(tag: str) -> list[str]:
    """Builds for this machine, and leaves the image with its engine."""
    return [*_build(), "--load", "--tag", f"{LOCAL_NAME}:{tag}", "."]


def push_command(registry: Registry, tag: str) -> list[str]:
    """Builds for both processors, and leaves the image in the registry."""
    # ECR's scan looks at images, not at the statements about them.
    return [
        *_build(),
        "--platform",
        PLATFORMS,
        "--provenance=false",
        "--push",
        "--tag",
        f"{registry.repository}:{tag}",
        ".",
    ]


def _build() -> list[str]:
    return ["docker", "buildx", "build", "--file", str(DOCKERFILE)]


def _git(settings: Settings, *words: str) -> str:
    result = subprocess.run(["git", *words], cwd=settings.root, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise StackError("The image is named after the commit, and git does not tell it.", hint=result.stderr.strip())
    return result.stdout.strip()
