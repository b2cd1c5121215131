"""Taken ports, and who holds them."""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path

from stack import process
from stack.errors import StackError
from stack.settings import Port

# A program that was ended a moment ago may still hold its port: on a busy machine the system closes it late.
_PATIENCE_SECONDS = 5.0


def is_free(number: int) -> bool:
    """Whether this machine's loopback would let us listen there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return False
    return not answers(number)


def answers(number: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", number)) != 0:
            return False
        # Where nobody listens, the system may pair a socket with itself.
        return probe.getsockname() != probe.getpeername()


def require_free(port: Port) -> None:
    """Fail with the port, its holder and the setting to change."""
    if is_free(port.number):
        return
    holder = find_holder(port.number)
    if not holder and process.wait_until(lambda: is_free(port.number), _PATIENCE_SECONDS):
        return
    by = f" by {holder}" if holder else ""
    raise StackError(
        f"Port {port.number}, meant for {port.use}, is taken{by}.",
        hint=f"Stop that program, or choose another port: {port.setting}=<port>, or ADOLOGY_PORT_BASE=<first of ten>\n"
        "in the environment or in a file named .env beside the Makefile.",
    )


def find_holder(number: int) -> str:
    """`command (process id)` of the listener, when this machine tells."""
    return _from_proc(number) or _from_lsof(number)


def _from_proc(number: int) -> str:
    inodes = _listening_inodes(number)
    if not inodes:
        return ""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            links = [str(link.readlink()) for link in (entry / "fd").iterdir()]
        except OSError:
            continue
        if any(link == f"socket:[{inode}]" for link in links for inode in inodes):
            return _describe(entry)
    return ""


def _listening_inodes(number: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in (row.split() for row in rows):
            listening = fields[3] == "0A"
            if listening and int(fields[1].rsplit(":", 1)[1], 16) == number:
                found.add(fields[9])
    return found


def _describe(process: Path) -> str:
    words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    return f"`{words[:80]}` (process {process.name})"


def _from_lsof(number: int) -> str:
    if not shutil.which("lsof"):
        return ""
    result = subprocess.run(
        ["lsof", "-nP", f"-iTCP:{number}", "-sTCP:LISTEN", "-Fpc"], capture_output=True, text=True, check=False
    )
    fields = {line[0]: line[1:] for line in result.stdout.splitlines() if line}
    return f"`{fields['c']}` (process {fields['p']})" if {"c", "p"} <= fields.keys() else ""
