"""The one kind of failure that people are meant to read."""

from __future__ import annotations

from pathlib import Path


class StackError(Exception):
    """Something a person can act on: what went wrong, what to do, and where the details are."""

    def __init__(self, message: str, *, hint: str = "", log: Path | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.log = log

    def lines(self) -> list[str]:
        """The message as printed."""
        out = self.message.splitlines()
        out += [f"  {line}" for line in self.hint.splitlines()]
        if self.log is not None:
            out.append(f"  details: {self.log}")
        return out


def tail(path: Path, lines: int = 12) -> str:
    """The end of a log, for messages."""
    try:
        text = path.read_text(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.rstrip().splitlines()[-lines:])
