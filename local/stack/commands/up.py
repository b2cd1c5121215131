"""`make up`: the whole system, detached, ready when the command returns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from stack import services
from stack.bring_up import Running, bring_up
from stack.commands import down
from stack.lock import exclusive
from stack.progress import Progress
from stack.settings import Settings


def main(settings: Settings, progress: Progress) -> int:
    """Start, or bring a running stack up to date."""
    with exclusive(settings, progress), undone_on_failure(settings):
        running = bring_up(settings, progress)
    for line in summary(settings, running):
        progress.say(line)
    return 0


@contextmanager
def undone_on_failure(settings: Settings) -> Iterator[None]:
    """A set-up that fails stops what it started; what was running before goes on."""
    before = [name for name in services.recorded(settings) if services.is_running(settings, name)]
    try:
        yield
    except BaseException:
        down.stop(settings, [name for name in services.recorded(settings) if name not in before])
        raise


def summary(settings: Settings, running: Running) -> list[str]:
    """Where everything is."""
    env = running.env
    return [
        "",
        f"  Dashboard   {env['ADOLOGY_WEB_URL']}",
        f"  Sign in     {env['DEMO_USERNAME']}  {env['DEMO_PASSWORD']}",
        f"  HTTP API    {env['ADOLOGY_HTTP_URL']}",
        f"  WebSocket   {env['ADOLOGY_WS_URL']}",
        f"  Settings    {settings.stack_env.relative_to(settings.root)}  (for scripts: `set -a; . ./.local/stack.env`)",
        f"  Logs        {settings.logs.relative_to(settings.root)}/",
    ]
