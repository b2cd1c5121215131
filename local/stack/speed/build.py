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
    """Every function and the tools of this part; gives the path of each program."""
    return compiled(settings, ["speed", *functions(settings)], {_TRIPS: "stores"}, _TOOLS)


def compiled(
    settings: Settings, packages: list[str], examples: dict[str, str], tools: tuple[str, ...] = ()
) -> dict[str, Path]:
    """Build as `make build` does, for this machine: packages, and examples with the package of each."""
    profile = settings.environ.get("BENCH_PROFILE", "release")
    wanted = [[word for name in packages for word in ("-p", name)]]
    wanted += [["-p", package, "--example", name] for name, package in examples.items()]
    for what in wanted:
        command = ["cargo", "build", "--quiet", "--profile", profile, *what]
        if subprocess.run(command, cwd=settings.root, check=False).returncode != 0:
            raise StackError("The functions cannot be built for measuring.", hint="What cargo said is above.")
    folder = settings.target_dir / ("debug" if profile == "dev" else profile)
    programs = {name: folder / name for name in (*packages, *tools)}
    return programs | {name: folder / "examples" / name for name in examples}


def size(settings: Settings, programs: dict[str, Path], job: str, name: str) -> dict[str, int]:
    """Bytes of what would be uploaded, plain and as a zip. Nothing of the peers, whose packages are not one file."""
    if name != "rust":
        return {}
    program = programs.get({"empty": "floor"}.get(job, job), programs["api"])
    return {"plain": program.stat().st_size, "zip": zipped(settings, program)}


def zipped(settings: Settings, program: Path) -> int:
    """Bytes of the zip that would be uploaded."""
    path = settings.target_dir / "bench" / "size.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.write(program, "bootstrap")
    found = path.stat().st_size
    path.unlink()
    return found
