"""Waiting for a condition, where no window turns its own event loop."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jdy_desktop.sandbox.server import PracticeMarket


def until(condition: Callable[[], object], seconds: float = 15.0) -> None:
    """Return once the condition is true; fails after so many seconds."""
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.01)


def go_offline(market: PracticeMarket) -> None:
    """Nothing listens any more, for as long as a test takes.

    A call made before that finds a line that is cut while it waits: its answer is unclear, not missing.
    """
    market.world.faults.add("offline", seconds=600)
    until(lambda: not market.is_listening)
