"""`make deploy`."""

from stack.commands.release import deploy_to_aws as main

__all__ = ["main"]
