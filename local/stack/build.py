"""Compiling the functions and the programs that the set-up itself runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stack import run
from stack.errors import StackError
from stack.progress import Step
from stack.settings import Settings

_EXCERPT_LINES = 40
_TELLING = ("Compiling", "Downloading", "Blocking")
MIGRATE = "migrate"


@dataclass(frozen=True)
class Checkout:
    """Sources, and where they are built. Each needs a target folder of its own: cargo tells crates of two checkouts
    apart by nothing but the times of their files, and would take the one's for the other's."""

    root: Path
    target_dir: Path


def compile_all(
    settings: Settings, binaries: list[str], step: Step, checkout: Checkout | None = None
) -> dict[str, Path]:
    """Build them in the debug profile, of this checkout or another one; gives the path of each."""
    source = checkout or Checkout(settings.root, settings.target_dir)
    # The whole workspace is selected so that dependencies get the features that the tests' build gives them too,
    # and are compiled once for both.
    arguments = ["build", "--message-format=short", "--color=never", "--workspace"]
    arguments += ["--target-dir", str(source.target_dir)]
    arguments += [word for name in binaries for word in ("--bin", name)]
    output = _cargo(settings, arguments, step, source.root)
    if output is not None:
        raise StackError("The Rust code does not compile.", hint=output, log=_log(settings))
    return {name: source.target_dir / "debug" / name for name in binaries}


def example(settings: Settings, name: str, step: Step) -> Path:
    """Build an example in the debug profile; gives its path."""
    arguments = ["build", "--message-format=short", "--color=never", "--workspace", "--example", name]
    output = _cargo(settings, [*arguments, "--target-dir", str(settings.target_dir)], step, settings.root)
    if output is not None:
        raise StackError(f"The example {name} does not compile.", hint=output, log=_log(settings))
    return settings.target_dir / "debug" / "examples" / name


def _cargo(settings: Settings, arguments: list[str], step: Step, source: Path) -> str | None:
    """Run cargo, showing what it compiles; gives the compiler's words when it fails."""
    lines: list[str] = []

    def note(line: str) -> None:
        lines.append(line.rstrip())
        if line.lstrip().startswith(_TELLING):
            step.doing = line.strip()[:50]

    log = run.fresh(_log(settings))
    code = run.to_log(["cargo", *arguments], log, cwd=source, on_line=note)
    return _excerpt(lines) if code != 0 else None


def _excerpt(lines: list[str]) -> str:
    """Errors without the noise of progress and warnings."""
    noise = (*_TELLING, "Downloaded", "Updating", "Checking", "Locking", "Adding", "Finished")
    telling = [line for line in lines if not line.lstrip().startswith(noise) and not _warns(line)]
    return "\n".join(telling[-_EXCERPT_LINES:])


def _warns(line: str) -> bool:
    return line.startswith("warning") or ": warning" in line


def _log(settings: Settings) -> Path:
    return settings.logs / "cargo.log"
