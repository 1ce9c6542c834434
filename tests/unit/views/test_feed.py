"""A feed reads on its worker; painting finds the rows there already."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from jdy_desktop.services.errors import LocalError
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.tables.feed import Feed
from jdy_desktop.views.tables.model import PagedTableModel
from jdy_desktop.views.widgets.pager import Pager
from tests.unit.views.test_tables import COLUMNS, Item, item

pytestmark = pytest.mark.usefixtures("look")


class Source:
    """Ids 1 to `count`; notes which thread asked for rows."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.on_main: list[bool] = []
        self.is_broken = False

    def ids(self, _filter: object) -> list[int]:
        return list(range(1, self.count + 1))

    def rows(self, ids: Sequence[int]) -> Mapping[int, Item]:
        on_main = threading.current_thread() is threading.main_thread()
        self.on_main.append(on_main)
        if self.is_broken:
            raise LocalError("database_cannot_open")
        return {one: item(one) for one in ids}


@pytest.mark.parametrize("size", [0, 20])
def test_rows_in_view_are_read_beside_the_window(qtbot: QtBot, size: int) -> None:
    source, runner = Source(450), JobRunner()
    model: PagedTableModel[Item] = PagedTableModel(COLUMNS, source.rows)
    pager = Pager(size=size, name="pager")
    qtbot.addWidget(pager)
    feed = Feed(runner, model, ids=source.ids, areas={"goods"}, pager=pager, parent=model)
    with qtbot.waitSignal(feed.loaded):
        feed.show("first")
    assert model.cell_text(0, 0) == "sp000001"
    assert source.on_main == [False]
    if size:
        pager.go(3)
        assert model.cell_text(0, 0) == "sp000041"
    else:
        assert model.cell_text(449, 0) == "sp000450"
    assert source.on_main == [False, True], "scrolling and turning a page read at once"
    with qtbot.waitSignal(feed.loaded):
        feed.reload()
    assert model.cell_text(0, 0) == ("sp000041" if size else "sp000001")
    assert not any(source.on_main[2:])
    runner.shutdown()


def test_rows_that_cannot_be_read_are_told_when_painted(qtbot: QtBot, log_watch: Any) -> None:
    log_watch.expect("could not be fetched")
    source, runner = Source(3), JobRunner()
    source.is_broken = True
    model: PagedTableModel[Item] = PagedTableModel(COLUMNS, source.rows)
    feed = Feed(runner, model, ids=source.ids, areas={"goods"}, parent=model)
    with qtbot.waitSignal(feed.loaded):
        feed.show("first")
    told: list[object] = []
    feed.failed.connect(told.append)
    assert model.cell_text(0, 0) == ""
    assert len(told) == 1
    runner.shutdown()


def test_rows_of_other_ids_are_not_taken() -> None:
    source = Source(10)
    model: PagedTableModel[Item] = PagedTableModel(COLUMNS, source.rows)
    ready = model.fetch_ready([1, 2, 3], [0])
    source.on_main.clear()
    model.set_ids([1, 2, 4], ready)
    assert model.cell_text(2, 0) == "sp000004"
    assert source.on_main == [True]
