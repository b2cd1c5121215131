"""Noticing edits, by looking at modification times: it works on every file system and needs no package."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_WATCHED = ("functions", "pool", "shared", "local/document-gateway", "Cargo.toml", "Cargo.lock", "template.yaml")
_IGNORED = {"target", "node_modules", ".git"}


class Watch:
    """The state of the sources when it was last asked."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._seen = self._look()

    def changed(self) -> list[str]:
        """Files that were added, edited or removed since the last time, by name from the root."""
        now = self._look()
        before, self._seen = self._seen, now
        return sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))

    def _look(self) -> dict[str, int]:
        found = {}
        for path in self._files():
            try:
                found[str(path.relative_to(self._root))] = path.stat().st_mtime_ns
            except OSError:
                continue  # gone between the listing and the look
        return found

    def _files(self) -> Iterator[Path]:
        for name in _WATCHED:
            top = self._root / name
            if top.is_file():
                yield top
            for folder, folders, files in os.walk(top):
                folders[:] = [each for each in folders if each not in _IGNORED]
                yield from (Path(folder) / file for file in files)
