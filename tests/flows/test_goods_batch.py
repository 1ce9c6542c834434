"""批量设置 of prices and other fields, and the heads of the list, in the real window."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.product_batch import BatchChange
from jdy_desktop.views.dialogs.batch_dialog import BatchDialog
from jdy_desktop.views.pages.goods_page import GoodsPage
from jdy_desktop.views.widgets.buttons import KeyButton
from tests.support.goods_desk import CTRL, GoodsDesk, words
from tests.support.program import Driver

D = Decimal


@pytest.fixture
def goods(desk: Driver) -> GoodsDesk:
    desk_ = GoodsDesk(desk)
    for code, price in (("a1", "10"), ("b1", "33.33"), ("c1", "8")):
        desk_.make(code, f"商品{code}", price=price)
    return desk_


def _open(goods: GoodsDesk) -> BatchDialog:
    goods.page.table.rows_model().tick_all(True)
    goods.desk.find(KeyButton, "goods_page.batch_button").click()
    dialog = goods.desk.find(BatchDialog, "batch_dialog")
    goods.desk.idle()
    return dialog


def _price(goods: GoodsDesk, code: str, grade: PriceGrade) -> Decimal | None:
    return goods.desk.program.ready.products.product(goods.product_id(code)).skus[0].prices.get(grade)


def test_prices_by_percent_are_told_first_and_undone(goods: GoodsDesk) -> None:
    dialog = _open(goods)
    dialog.what.set_value("price_vip")
    dialog.mode._choose(2)
    dialog.base.set_value("retail")
    dialog.text.setFocus()
    goods.type("95")
    goods.desk.until(lambda: "会改 3 个商品（3 个 SKU）" in words(dialog))
    assert "a1　空 → 9.5" in words(dialog)
    assert "b1　空 → 31.66" in words(dialog)  # 31.6635
    goods.press(Qt.Key.Key_Return)
    goods.desk.until(lambda: goods.desk.absent("batch_dialog"))
    assert [_price(goods, code, PriceGrade.VIP) for code in ("a1", "b1", "c1")] == [D("9.5"), D("31.66"), D("7.6")]
    assert "3 个商品的VIP价已改好" in goods.toast()
    goods.focus()
    goods.press(Qt.Key.Key_Z, CTRL)
    assert [_price(goods, code, PriceGrade.VIP) for code in ("a1", "b1", "c1")] == [None] * 3
    assert "已撤销，3 个 SKU的VIP价恢复原样" in goods.toast()


def test_less_than_nothing_is_left_alone_and_said(goods: GoodsDesk) -> None:
    dialog = _open(goods)
    dialog.what.set_value("price_retail")
    dialog.mode._choose(1)
    dialog.text.setFocus()
    goods.type("-9")
    goods.desk.until(lambda: "1 个 SKU 不改：会小于 0" in words(dialog))
    goods.press(Qt.Key.Key_Return)
    goods.desk.until(lambda: goods.desk.absent("batch_dialog"))
    assert [_price(goods, code, PriceGrade.RETAIL) for code in ("a1", "b1", "c1")] == [1, D("24.33"), 8]


def test_a_word_that_is_no_number_keeps_the_dialog(goods: GoodsDesk) -> None:
    dialog = _open(goods)
    dialog.what.set_value("minimum_stock")
    dialog.text.setFocus()
    goods.type("abc")
    goods.desk.until(lambda: "要填数字" in dialog.value_row.error())
    assert not goods.desk.find(KeyButton, "batch_dialog.ok_button").isEnabled()
    goods.press(Qt.Key.Key_Return)
    assert not goods.desk.absent("batch_dialog")
    dialog.text.selectAll()
    goods.type("5")
    goods.desk.until(lambda: "会改 3 个商品（3 个 SKU）" in words(dialog))
    goods.press(Qt.Key.Key_Return)
    goods.desk.until(lambda: goods.desk.absent("batch_dialog"))
    stored = goods.desk.program.ready.products.product(goods.product_id("c1"))
    assert stored.skus[0].minimum_stock == 5


def test_category_and_unit_are_set_for_the_ticked_ones(goods: GoodsDesk) -> None:
    services = goods.desk.program.ready
    with goods.told():
        lamps = services.catalog_upkeep.add_category("灯具")
    dialog = _open(goods)
    dialog.what.set_value("category")
    dialog.category.set_value(lamps)
    goods.press(Qt.Key.Key_Return)
    goods.desk.until(lambda: goods.desk.absent("batch_dialog"))
    goods.desk.until(lambda: goods.page.tree.words() == [("全部商品", 3), ("灯具", 3)])
    dialog = _open(goods)
    dialog.what.set_value("unit")
    dialog.text.setFocus()
    goods.type("盏")
    goods.desk.until(lambda: "件 → 盏" in words(dialog))
    goods.press(Qt.Key.Key_Return)
    goods.desk.until(lambda: goods.desk.absent("batch_dialog"))
    assert services.products.product(goods.product_id("a1")).unit == "盏"


@pytest.mark.manual("M119")
def test_goods_below_zero_are_yellow_where_it_is_allowed(goods: GoodsDesk) -> None:
    services = goods.desk.program.ready
    product = goods.product_id("a1")
    services.product_batch.apply([product], BatchChange("allow_negative", True))
    from tests.flows.test_goods import _sell

    _sell(goods.desk, product, "3")
    goods.desk.idle()
    column = next(one for one in goods.page.table.rows_model().columns if one.key == "stock")
    rows = services.goods_list.rows([product, goods.product_id("b1")])
    assert column.tone is not None
    assert [(one.stock, column.tone(one)) for one in rows.values()] == [(-3, "warn"), (0, "bad")]


# ---- the heads
def _click_head(goods: GoodsDesk, title: str) -> None:
    table = goods.page.table
    header = table.horizontalHeader()
    place = next(n for n, one in enumerate(table.rows_model().columns) if one.title == title)
    at = QPoint(header.sectionViewportPosition(place) + header.sectionSize(place) // 2, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    goods.desk.idle()


def test_a_click_on_a_head_sorts_and_is_remembered(goods: GoodsDesk) -> None:
    assert goods.codes() == ["c1", "b1", "a1"]
    _click_head(goods, "零售价")
    assert goods.codes() == ["c1", "a1", "b1"]
    _click_head(goods, "零售价")
    assert goods.codes() == ["b1", "a1", "c1"]
    window = goods.desk.program.window
    assert window is not None
    window.close_page("goods")
    page = goods.desk.open_page("goods")
    assert isinstance(page, GoodsPage)
    goods.page = page
    goods.desk.until(lambda: goods.codes() == ["b1", "a1", "c1"])
    _click_head(goods, "零售价")  # the third click: newest first again
    assert goods.codes() == ["c1", "b1", "a1"]
    goods.search("没有这样的货")
    assert "清除筛选" in goods.desk.find(KeyButton, "goods_page.clear_button").accessibleName()
