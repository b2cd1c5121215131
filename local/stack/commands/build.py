"""`make build`."""

from stack.commands.release import build_zips as main

__all__ = ["main"]
