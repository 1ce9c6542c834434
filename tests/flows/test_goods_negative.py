"""负库存出库 at the counter (5.4): goods that may go below zero are sold, and the clerk is told in yellow."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from jdy_desktop.services.book.product_batch import BatchChange
from jdy_desktop.services.queries.goods import GoodsFilter
from jdy_desktop.views.widgets.fields import Tick
from tests.support.program import Driver
from tests.support.sales import Counter


@pytest.mark.manual("M119")
def test_the_flag_turns_the_refusal_into_a_yellow_warning(desk: Driver) -> None:
    counter = Counter(desk, stock=2)
    desk.find(Tick, "sale_page.create_tick").setChecked(False)
    counter.scan("sp32501_001")
    counter.type("5*")
    counter.settle()
    line = counter.page.form.lines[0]
    note = counter.page.notes.of(line)
    assert note is not None
    assert (note.tone, note.bold) == ("bad", "库存只有 2 件，要 5 件。")
    services = desk.program.ready
    ids = services.goods_list.ids(GoodsFilter("sp32501"))
    services.product_batch.apply(ids, BatchChange("allow_negative", True))
    desk.idle()
    counter.page.desk.refresh_cards()
    desk.idle()
    note = counter.page.notes.of(counter.page.form.lines[0])
    assert note is not None
    assert (note.tone, note.bold) == ("warn", "库存只有 2 件，要 5 件。")
    assert "允许负库存，照样可以保存，库存会变成 -3。" in note.sentence
    counter.key(Qt.Key.Key_F9)
    desk.until(lambda: counter.page.form.is_empty)
    desk.idle()
    assert counter.sku("sp32501_001").stock == Decimal(-3)
