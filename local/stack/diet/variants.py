"""The ways of building `api` that are compared."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from stack.errors import StackError
from stack.settings import Settings

# What differs from `profile.release` of Cargo.toml, as it is given to cargo.
_PROFILES = {
    "as-it-is": [],
    "fat": ['lto="fat"'],
    "no-lto": ['lto="off"'],
    "units": ["codegen-units=16"],
    "small": ['opt-level="s"'],
}
_JITTER = "AWS_LC_SYS_NO_JITTER_ENTROPY"


def all_built(settings: Settings) -> dict[str, Path]:
    """Those that `BENCH_VARIANTS` names, or those there are; any that is missing is built if it is known here.

    What differs in code or in features is built by hand and put beside the others.
    """
    folder = settings.target_dir / "bench/diet"
    folder.mkdir(parents=True, exist_ok=True)
    there = sorted(path.name for path in folder.iterdir())
    wanted = (settings.environ.get("BENCH_VARIANTS") or ",".join(there or [*_PROFILES, "jitter"])).split(",")
    return {name: _built(settings, folder / name) for name in wanted}


def _built(settings: Settings, binary: Path) -> Path:
    if binary.exists():
        return binary
    if binary.name not in {*_PROFILES, "jitter"}:
        raise StackError(f"There is no {binary}.", hint=f"Build it by hand, or ask for one of {', '.join(_PROFILES)}.")
    target = settings.target_dir / "diet"
    overrides = [
        word for change in _PROFILES.get(binary.name, []) for word in ("--config", f"profile.release.{change}")
    ]
    if binary.name == "jitter":
        # A variable that is set wins over .cargo/config.toml; 0 is as if it were not there.
        overrides = ["--config", f'env.{_JITTER}={{value="0",force=true}}']
    command = ["cargo", "build", "--quiet", "--release", "-p", "api", "--target-dir", str(target), *overrides]
    if subprocess.run(command, cwd=settings.root, env={**os.environ}, check=False).returncode != 0:
        raise StackError(f"The variant {binary.name} cannot be built.", hint="What cargo said is above.")
    shutil.copy2(target / "release/api", binary)
    return binary
