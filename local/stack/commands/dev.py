"""`make dev`: the whole system in the foreground; what is edited is rebuilt and deployed; Ctrl-C stops it."""

from __future__ import annotations

import json
import signal
import time
from dataclasses import dataclass, field

from stack import services
from stack.bring_up import bring_up
from stack.commands import down, up
from stack.errors import StackError
from stack.lock import exclusive
from stack.progress import Progress
from stack.settings import Settings
from stack.watch import Watch

_LOOK_EVERY_SECONDS = 0.5
_REST_SECONDS = 60.0


def main(settings: Settings, progress: Progress) -> int:
    """Run until interrupted."""
    before = [name for name in services.recorded(settings) if services.is_running(settings, name)]
    up.main(settings, progress)
    progress.say()
    progress.say("  Watching functions/, pool/, shared/ and template.yaml. Ctrl-C stops what this command started.")
    try:
        _Session(settings, progress).watch()
    except KeyboardInterrupt:
        pass
    _stop(settings, progress, before)
    return 0


@dataclass
class _Session:
    """One run of `make dev` after its set-up."""

    settings: Settings
    progress: Progress
    restarted: dict[str, float] = field(default_factory=dict)

    def watch(self) -> None:
        """Act on edits and on services that end, until the stack is stopped from elsewhere."""
        sources = Watch(self.settings.root)
        while services.recorded(self.settings):
            time.sleep(_LOOK_EVERY_SECONDS)
            if edited := sources.changed():
                self._refresh(edited)
            else:
                self._revive()
        self.progress.say("  The stack was stopped by another command.")

    def _refresh(self, edited: list[str]) -> None:
        """Bring the running stack to the state of the sources; on a mistake, say it and go on with the old."""
        began = time.monotonic()
        more = f" and {len(edited) - 1} more" if len(edited) > 1 else ""
        self.progress.say(f"  {edited[0]}{more} changed")
        before = _digests(self.settings)
        if not self._bring_up():
            return
        after = _digests(self.settings)
        deployed = sorted(name for name in after if after[name] != before.get(name))
        deployed += ["template.yaml"] if "template.yaml" in edited else []
        what = f"Deployed {', '.join(deployed)}" if deployed else "Nothing to deploy"
        self.progress.say(f"  {what:<66} {time.monotonic() - began:6.1f} s")

    def _revive(self) -> None:
        """A service that ended by itself is started again, once a minute at most."""
        ended = [name for name in services.recorded(self.settings) if not services.is_running(self.settings, name)]
        now = time.monotonic()
        due = [name for name in ended if now - self.restarted.get(name, -_REST_SECONDS) >= _REST_SECONDS]
        if due:
            self.restarted |= dict.fromkeys(due, now)
            log = services.log_path(self.settings, due[0]).with_suffix(".previous.log")
            self.progress.say(f"  {', '.join(due)} ended unexpectedly and is started again; its last words: {log}")
            self._bring_up()

    def _bring_up(self) -> bool:
        quiet = Progress(quiet=True)
        try:
            with exclusive(self.settings, quiet):
                # Whoever ran `make down` while we waited meant it.
                if services.recorded(self.settings):
                    bring_up(self.settings, quiet)
        except StackError as error:
            for line in error.lines():
                self.progress.say(f"  {line}")
            self.progress.say("  What was deployed before keeps running.")
            return False
        finally:
            quiet.close()
        return True


def _stop(settings: Settings, progress: Progress, before: list[str]) -> None:
    """Without being interrupted again halfway."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    progress.say()
    with exclusive(settings, progress), progress.step("Stop") as step:
        ours = [name for name in services.recorded(settings) if name not in before]
        step.result = ", ".join(down.stop(settings, ours)) or "nothing of ours is left"
    if before:
        progress.say(f"  Still up, because it was before: {', '.join(before)} (`make down` stops it)")


def _digests(settings: Settings) -> dict[str, str]:
    """The content of every packaged function."""
    notes = (settings.shared_home / "packages").glob("*.json")
    return {note.stem: json.loads(note.read_text())["digest"] for note in notes}
