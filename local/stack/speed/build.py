"""The programs that are measured, and how large they are."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

from stack import template
from stack.errors import StackError
from stack.settings import Settings

_TOOLS = ("speed", "floor")
_TRIPS = "dashboard_trips"


def functions(settings: Settings) -> list[str]:
    """Every function of the template."""
    return [function.binary for function in template.load(settings.template).functions]


def release(settings: Settings) -> dict[str, Path]:
    """Build as `make build` does, for this machine; gives the path of each program."""
    profile = settings.environ.get("BENCH_PROFILE", "release")
    packages = [word for name in ("speed", *functions(settings)) for word in ("-p", name)]
    for what in (packages, ["-p", "stores", "--example", _TRIPS]):
        command = ["cargo", "build", "--quiet", "--profile", profile, *what]
        if subprocess.run(command, cwd=settings.root, check=False).returncode != 0:
            raise StackError("The functions cannot be built for measuring.", hint="What cargo said is above.")
    folder = settings.target_dir / ("debug" if profile == "dev" else profile)
    programs = {name: folder / name for name in (*_TOOLS, *functions(settings))}
    return programs | {_TRIPS: folder / "examples" / _TRIPS}


def size(settings: Settings, programs: dict[str, Path], job: str, name: str) -> dict[str, int]:
    """Bytes of what would be uploaded, plain and as a zip. Nothing of the peers, whose packages are not one file."""
    if name != "rust":
        return {}
    program = programs.get({"empty": "floor"}.get(job, job), programs["api"])
    return {"plain": program.stat().st_size, "zip": _zipped(settings, program)}


def _zipped(settings: Settings, program: Path) -> int:
    path = settings.target_dir / "bench" / "size.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.write(program, "bootstrap")
    found = path.stat().st_size
    path.unlink()
    return found
