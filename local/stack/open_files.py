"""How many files and sockets a process may have open."""

from __future__ import annotations

import resource

# The storms of the tests and benchmarks open thousands of sockets on either side.
_WANTED = 65_536


def raise_limit() -> None:
    """As many as this user may have, for this process and all that it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
