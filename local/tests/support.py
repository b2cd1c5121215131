"""Settings of a stack in a throw-away folder, on ports that are free now."""

from __future__ import annotations

import random
import tempfile
import unittest
from pathlib import Path

from stack import ports
from stack import settings as all_settings


def free_port() -> int:
    """Below the ports that outgoing connections of other programs take, which would come in between.

    Linux begins those at 32,768, sandboxes such as gVisor at 16,000.
    """
    return next(port for port in iter(lambda: random.randrange(10_000, 16_000), None) if ports.is_free(port))


class StackTestCase(unittest.TestCase):
    """Has `self.settings`, whose folder goes away with the test."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.settings = self.load()

    def load(self, name: str = "dev", **environ: str) -> all_settings.Settings:
        return all_settings.load(self.root, name, {"ADOLOGY_AWS_PORT": str(free_port()), **environ})
