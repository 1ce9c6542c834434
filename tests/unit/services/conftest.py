"""A stall's book over a real SQLite file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jdy_desktop.services.machine.db import Database
from tests.support.counter import Counter, open_counter


@pytest.fixture
def make_stall(book: Database, frozen_clock: Any) -> Callable[..., Counter]:
    return lambda **answers: open_counter(book, frozen_clock, **answers)


@pytest.fixture
def stall(make_stall: Callable[..., Counter]) -> Counter:
    return make_stall()
