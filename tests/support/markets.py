"""The practice market for tests: the same server the program starts with --practice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def running_market(**options: Any) -> Iterator[Any]:
    """A market on a free loopback port; stopped afterwards."""
    from jdy_desktop.sandbox.server import PracticeMarket

    market = PracticeMarket(**options)
    market.start()
    try:
        yield market
    finally:
        market.stop()
