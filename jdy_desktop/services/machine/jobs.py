"""What a long job may ask of whoever runs it. No Qt here: a job is a plain function `job(ctx, …) -> result`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from jdy_desktop.services.errors import JobCancelled


class Progress(NamedTuple):
    """`total` 0 means: not known yet. `note` is a code or a name, never a sentence."""

    done: int
    total: int
    note: str = ""


class JobContext:
    """Report and cancel point of a job. `step` raises JobCancelled after `cancel()`; call it between items, not in a write."""

    INTERVAL_S = 0.1

    def __init__(self, sink: Callable[[Progress], None] | None = None) -> None:
        self._sink = sink
        self._cancelled = threading.Event()
        self._next_report = 0.0

    def cancel(self) -> None:
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def check(self) -> None:
        """Raise JobCancelled if 取消 was pressed."""
        if self._cancelled.is_set():
            raise JobCancelled

    def step(self, done: int, total: int, note: str = "") -> None:
        """Report at most 10 times a second (first and last always) and raise JobCancelled if asked to stop."""
        self.check()
        self.report(done, total, note)

    def report(self, done: int, total: int, note: str = "") -> None:
        """As `step`, where nothing may be raised: SQLite asks in the middle of its work."""
        now = time.monotonic()
        if self._sink and (now >= self._next_report or done == total):
            self._next_report = now + self.INTERVAL_S
            self._sink(Progress(done, total, note))

    def sleep(self, seconds: float) -> None:
        """Wait, but wake at once and raise JobCancelled when cancelled."""
        if self._cancelled.wait(seconds):
            raise JobCancelled
