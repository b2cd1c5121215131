"""What a command is doing, on screen: one line per step, with the time it took."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from stack.run import GivenUp

_REFRESH_SECONDS = 0.2
_HEARTBEAT_SECONDS = 20.0


class Step:
    """A piece of work under way."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.began = time.monotonic()
        self.doing = ""
        self.result = ""
        self.last_beat = self.began

    def note(self, line: str) -> None:
        """What it does right now, shown while it runs."""
        self.doing = line.strip()[:50]

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


class Progress:
    """Prints steps as they end, and the running ones on a last line when the output is a terminal."""

    def __init__(self, stream: TextIO = sys.stdout, *, quiet: bool = False) -> None:
        self._stream = stream
        self._quiet = quiet
        self._tty = stream.isatty()
        self._lock = threading.RLock()
        self._running: list[Step] = []
        self._shown = False
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._loop, daemon=True)
        self._thread.start()

    @contextmanager
    def step(self, label: str) -> Iterator[Step]:
        """Time a piece of work and say how it ended."""
        step = Step(label)
        with self._lock:
            self._running.append(step)
        try:
            yield step
        except GivenUp:
            self._forget(step)
            raise
        except BaseException:
            self._finish(step, "failed")
            raise
        self._finish(step, step.result)

    def say(self, text: str = "") -> None:
        """A line of its own."""
        with self._lock:
            self._erase()
            self._write(f"{text}\n")

    def close(self) -> None:
        """Stop drawing."""
        self._closed.set()
        self._thread.join(timeout=1)
        with self._lock:
            self._erase()

    def _forget(self, step: Step) -> None:
        with self._lock:
            self._running.remove(step)

    def _finish(self, step: Step, result: str) -> None:
        with self._lock:
            self._running.remove(step)
            text = f"{step.label}: {result}" if result else step.label
            self.say(f"  {text:<66} {step.seconds:6.1f} s")

    def _loop(self) -> None:
        while not self._closed.wait(_REFRESH_SECONDS):
            with self._lock:
                if self._tty and not self._quiet:
                    self._draw()
                else:
                    self._beat()

    def _draw(self) -> None:
        if not self._running:
            return
        parts = [f"{step.label} {step.seconds:.0f} s {step.doing}".strip() for step in self._running]
        self._erase()
        self._write("  ... " + " | ".join(parts)[:110])
        self._shown = True

    def _beat(self) -> None:
        """Where nothing can be redrawn, say now and then that a long step still runs."""
        for step in self._running:
            if time.monotonic() - step.last_beat > _HEARTBEAT_SECONDS:
                step.last_beat = time.monotonic()
                self.say(f"  ... {step.label}, {step.seconds:.0f} s {step.doing}".rstrip())

    def _erase(self) -> None:
        if self._shown:
            self._write("\r\033[K")
            self._shown = False

    def _write(self, text: str) -> None:
        """A reader that went away (`make up | head`) is no reason to stop working."""
        if self._quiet:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except BrokenPipeError:
            self._quiet = True
