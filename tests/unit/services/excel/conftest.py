"""A stall's book over a real SQLite file."""

from __future__ import annotations

from typing import Any

import pytest

from jdy_desktop.services.machine.db import Database
from tests.support.counter import Counter, open_counter


@pytest.fixture
def stall(book: Database, frozen_clock: Any) -> Counter:
    return open_counter(book, frozen_clock)
