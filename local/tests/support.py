"""Settings of a stack in a throw-away folder, on ports that are free now."""

from __future__ import annotations

import socket
import tempfile
import unittest
from pathlib import Path

from stack import settings as all_settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class StackTestCase(unittest.TestCase):
    """Has `self.settings`, whose folder goes away with the test."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.settings = self.load()

    def load(self, name: str = "dev", **environ: str) -> all_settings.Settings:
        return all_settings.load(self.root, name, {"ADOLOGY_AWS_PORT": str(free_port()), **environ})
