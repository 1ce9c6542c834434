from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.stall import Stall, open_stall


@pytest.fixture
def stall(book: Any, memory_keyring: Any) -> Iterator[Stall]:
    with open_stall(book) as opened:
        yield opened
