"""Under which account database servers run: never root."""

from __future__ import annotations

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError

_PREFERRED = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An unprivileged account; `root` tells that we have to switch to it."""

    uid: int
    gid: int
    switch: bool

    def own(self, *paths: Path) -> None:
        """Give it folders."""
        if self.switch:
            for path in paths:
                os.chown(path, self.uid, self.gid)

    def command(self, argv: tuple[str, ...], must_reach: Path) -> tuple[str, ...]:
        """The same command under this account."""
        if not self.switch:
            return argv
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise StackError("Missing on this machine: setpriv.", hint="It comes with util-linux.")
        switch = (setpriv, f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups")
        if not self._reaches(must_reach):
            # A checkout under /root: let the server pass the folders above its data, and nothing else of root's.
            switch += ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")
        return (*switch, "--", *argv)

    def _reaches(self, path: Path) -> bool:
        return all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents)


def unprivileged() -> Account:
    """The account for servers: our own, or when we are root one that owns nothing else."""
    if os.geteuid() != 0:
        return Account(os.getuid(), os.getgid(), switch=False)
    for name in _PREFERRED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, switch=True)
    raise StackError("This machine has neither an account `postgres` nor `nobody` to run a database under.")
