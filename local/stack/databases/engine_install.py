"""The embedded document engine: Debian's PostgreSQL with the documentdb extension, in a private root.

Nothing is installed on the machine. apt resolves and verifies the packages against the machine's own Debian
mirror with a package state of ours, and they are unpacked into a folder that the engine later runs inside of,
because they are built against a newer C library than the machine may have.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from stack import run
from stack.errors import StackError, tail
from stack.progress import Progress, Step
from stack.settings import Settings

SUITE = "forky"
PACKAGE = "postgresql-18-documentdb"
# Essential or optional packages that no dependency names: the folder layout, a shell for initdb, time zones.
_ALSO = ("base-files", "dash", "libc-bin", "tzdata")
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# Changes when an installed engine has to be made anew.
_LAYOUT = f"1 {SUITE} {PACKAGE}"
# Two thirds of the unpacked packages, and never read by the server.
_UNUSED = (
    "usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/i18n", "usr/share/info", "usr/share/perl",
    "usr/share/lintian", "usr/lib/postgresql/18/lib/bitcode", "usr/lib/systemd",
)  # fmt: skip


def unavailable_because() -> str:
    """Why this machine cannot have the engine; empty when it can."""
    if not sys.platform.startswith("linux"):
        return "it needs Linux"
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        return "it needs Debian's apt-get and dpkg-deb"
    if not _mirror():
        return "this machine's apt sources name no Debian mirror"
    return ""


def ensure(settings: Settings, progress: Progress) -> Path:
    """The engine's root folder, downloaded and unpacked on first use."""
    root = settings.shared_home / "engine"
    stamp = root / "layout"
    if stamp.exists() and stamp.read_text() == _LAYOUT:
        return root
    with progress.step("Embedded document engine (first time only)") as step:
        fresh = settings.shared_home / "engine.partial"
        shutil.rmtree(fresh, ignore_errors=True)
        archives = _download(settings, step)
        step.doing = "unpacking"
        _unpack(archives, fresh)
        _arrange(fresh)
        (fresh / "layout").write_text(_LAYOUT)
        _replace(root, fresh)
        shutil.rmtree(_apt_state(settings), ignore_errors=True)
    return root


def _mirror() -> str:
    """The machine's own Debian mirror, as apt knows it."""
    result = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)", "Created-By: Packages"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    pairs = [line.split() for line in result.stdout.splitlines() if len(line.split()) == 2]
    return next((uri for uri, release in pairs if _is_debian(uri) and "security" not in release), "")


def _is_debian(uri: str) -> bool:
    return uri.rstrip("/").rsplit("/", 1)[-1].startswith("debian") and "security" not in uri


def _download(settings: Settings, step: Step) -> list[Path]:
    state = _apt_state(settings)
    for folder in ("lists/partial", "cache/archives/partial"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    (state / "status").touch()
    signed_by = f"[signed-by={_KEYRING}] " if _KEYRING.exists() else ""
    (state / "sources.list").write_text(f"deb {signed_by}{_mirror()} {SUITE} main\n")
    config = state / "apt.conf"
    config.write_text(_apt_config(state))
    log = run.fresh(settings.shared_home / "logs" / "engine-install.log")
    step.doing = "reading the package list"
    _apt(config, log, "update")
    step.doing = "downloading 140 MB"
    _apt(config, log, "install", "--yes", "--download-only", PACKAGE, *_ALSO)
    return sorted((state / "cache/archives").glob("*.deb"))


def _apt_state(settings: Settings) -> Path:
    return settings.shared_home / "engine.apt"


def _apt_config(state: Path) -> str:
    options = {
        "Dir::State": state,
        "Dir::State::Lists": state / "lists",
        "Dir::State::Status": state / "status",
        "Dir::Cache": state / "cache",
        "Dir::Etc::SourceList": state / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::Etc::Preferences": "/dev/null",
        "Dir::Etc::PreferencesParts": "/dev/null",
        "Dir::Log": state,
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
        "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled": "false",
    }
    return "".join(f'{key} "{value}";\n' for key, value in options.items())


def _apt(config: Path, log: Path, *arguments: str) -> None:
    env = {**os.environ, "APT_CONFIG": str(config), "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    code = run.to_log(["apt-get", "-q", *arguments], log, cwd=config.parent, env=env)
    # A failed update is a warning to apt, and an error to us.
    if code != 0 or "\nErr:" in log.read_text():
        raise StackError(
            "apt could not download the embedded document engine.",
            hint=f"Is the machine online? Or install MongoDB (`mongod` on PATH), or set MONGODB_URI.\n{tail(log, 4)}",
            log=log,
        )


def _unpack(archives: list[Path], root: Path) -> None:
    root.mkdir(parents=True)
    # base-files brings the links bin -> usr/bin and so on, which the others must find.
    first = [path for path in archives if path.name.startswith("base-files_")]
    for path in first:
        _extract(path, root)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        list(pool.map(lambda path: _extract(path, root), [path for path in archives if path not in first]))


def _extract(archive: Path, root: Path) -> None:
    result = subprocess.run(["dpkg-deb", "-x", str(archive), str(root)], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise StackError(f"Cannot unpack {archive.name}: {result.stderr.strip()}")


def _arrange(root: Path) -> None:
    """What the packages' own installation scripts would have done, as far as the server needs it."""
    for folder in _UNUSED:
        shutil.rmtree(root / folder, ignore_errors=True)
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n")
    extensions = root / "usr/share/postgresql/18/extension"
    for control in extensions.glob("postgis*-3.control"):
        (extensions / control.name.replace("-3.control", ".control")).symlink_to(control.name)
    # initdb throws output away there, and reads nothing from it; a plain file needs no rights to make.
    (root / "dev/null").touch()
    (root / "dev/null").chmod(0o666)
    (root / "srv").mkdir(exist_ok=True)


def _replace(root: Path, fresh: Path) -> None:
    """Swap a new engine in, keeping the data inside the old one."""
    if (root / "srv").exists():
        shutil.rmtree(fresh / "srv")
        (root / "srv").rename(fresh / "srv")
    shutil.rmtree(root, ignore_errors=True)
    fresh.rename(root)
