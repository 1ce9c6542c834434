"""Flows act through the real window: `desk` is the program with an open book, pointed at a practice market."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.program import Driver, running_program

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from jdy_desktop.sandbox.server import PracticeMarket


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, market: PracticeMarket) -> Iterator[Driver]:
    """An open account set with the 1688 module on, no shop yet."""
    with running_program(qtbot, tmp_path, market) as driver:
        yield driver


@pytest.fixture
def first_start(qtbot: QtBot, tmp_path: Path, market: PracticeMarket) -> Iterator[Driver]:
    """No account set yet: the wizard is shown."""
    with running_program(qtbot, tmp_path, market, with_book=False) as driver:
        yield driver
