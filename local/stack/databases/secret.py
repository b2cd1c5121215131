"""The password of the stack's own database servers, made once and kept beside their data."""

from __future__ import annotations

import secrets

from stack.settings import Settings


def password(settings: Settings) -> str:
    """The same for as long as the data lives."""
    path = settings.data / "password"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(18))
    return path.read_text()
