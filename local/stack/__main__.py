"""`python3 -m stack COMMAND`: what the Makefile calls.

Begins in whatever Python the machine has, makes the private environment, and goes on in that.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from pathlib import Path

from stack import open_files, run, settings, tools, venv
from stack.errors import StackError
from stack.progress import Progress
from stack.settings import Settings

ROOT = Path(__file__).absolute().parents[2]
_COMMANDS = (
    "up",
    "dev",
    "down",
    "clean",
    "seed",
    "invoke",
    "test",
    "upgrade",
    "bench",
    "lint",
    "build",
    "deploy",
    "image",
    "push",
)
# Exit codes that shells expect.
_FAILED, _USAGE, _INTERRUPTED = 1, 2, 130


def main(arguments: list[str]) -> int:
    """Run one command; every foreseen failure ends in a message, not in a trace."""
    if len(arguments) != 1 or arguments[0] not in _COMMANDS:
        print(f"usage: python3 -m stack {{{'|'.join(_COMMANDS)}}}", file=sys.stderr)
        return _USAGE
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    progress = Progress()
    try:
        tools.require_python()
        open_files.raise_limit()
        here = settings.load(ROOT)
        _enter_environment(here, progress, arguments)
        command = importlib.import_module(f"stack.commands.{arguments[0]}")
        return command.main(here, progress)
    except StackError as error:
        progress.close()
        print("\n" + "\n".join(error.lines()), file=sys.stderr)
        return _FAILED
    except (KeyboardInterrupt, run.GivenUp):
        progress.close()
        print("\nInterrupted.", file=sys.stderr)
        return _INTERRUPTED
    finally:
        run.give_up()
        progress.close()


def _enter_environment(here: Settings, progress: Progress, arguments: list[str]) -> None:
    """Go on in the private environment, unless we are in it."""
    python = venv.ensure_runtime(here, progress)
    if Path(sys.prefix).resolve() != python.parent.parent.resolve():
        progress.close()
        os.execv(python, [str(python), "-m", "stack", *arguments])


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
