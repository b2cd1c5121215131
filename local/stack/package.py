"""Zipping a function's binary the way Lambda wants it: one executable named `bootstrap`.

The zip depends on nothing but the binary, so that an unchanged function is never deployed again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

from stack.settings import Settings

_EXECUTABLE = 0o100755 << 16
_A_DATE = (2020, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Package:
    """A function's zip."""

    name: str
    path: Path
    digest: str


def make(settings: Settings, name: str, binary: Path) -> Package:
    """Strip and zip a binary, unless that was done already."""
    folder = settings.shared_home / "packages"
    folder.mkdir(parents=True, exist_ok=True)
    path, note = folder / f"{name}.zip", folder / f"{name}.json"
    stat = binary.stat()
    source = [str(binary), stat.st_size, stat.st_mtime_ns]
    if path.exists() and note.exists():
        known = json.loads(note.read_text())
        if known["source"] == source:
            return Package(name, path, known["digest"])
    stripped = _strip(binary, folder / f"{name}.stripped")
    digest = hashlib.sha256(stripped.read_bytes()).hexdigest()
    _zip(stripped, path)
    stripped.unlink()
    note.write_text(json.dumps({"source": source, "digest": digest}))
    return Package(name, path, digest)


def _strip(binary: Path, to: Path) -> Path:
    """A copy without debugging information, where the machine can make one."""
    shutil.copyfile(binary, to)
    if shutil.which("strip"):
        subprocess.run(["strip", "-S", str(to)], capture_output=True, check=False)
    return to


def _zip(program: Path, to: Path) -> None:
    entry = zipfile.ZipInfo("bootstrap", date_time=_A_DATE)
    entry.create_system = 3  # Unix, or the mode would be ignored
    entry.external_attr = _EXECUTABLE
    entry.compress_type = zipfile.ZIP_DEFLATED
    partial = to.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w") as archive:
        archive.writestr(entry, program.read_bytes(), compresslevel=1)
    partial.replace(to)
