"""库存 through the real window: online beside local stock, below zero with its reason, every document behind a figure."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from jdy_desktop.models.ids import SkuId
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.documents import SavedDocument, SaveDocument, SaveLine
from jdy_desktop.services.book.opening import OpeningLine
from jdy_desktop.services.book.products import SaveProduct, SaveSku
from jdy_desktop.views.pages.stock_page import StockPage
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import Toast
from jdy_desktop.views.widgets.fields import FilterCombo
from tests.support.program import Driver

D = Decimal


def _goods(desk: Driver, code: str, **more: Any) -> SkuId:
    products = desk.program.ready.products
    return (
        products.product(products.save(SaveProduct(code=code, name=f"商品{code}", skus=(SaveSku(**more),)))).skus[0].id
    )


def _document(
    desk: Driver, kind: DocumentKind, sku: SkuId, quantity: str, price: str, *, ago: int = 0
) -> SavedDocument:
    services = desk.program.ready
    today = desk.program.ctx.clock.today()
    party: dict[str, Any] = {"customer_id": services.parties.customers()[0].id} if kind is DocumentKind.SALE else {}
    line = SaveLine(sku, D(quantity), D(price))
    key = services.documents.new_client_key()
    return services.documents.save(SaveDocument(kind, key, today - timedelta(days=ago), (line,), **party))


def _cell(table: DataTable, row: int, title: str) -> str:
    model = table.rows_model()
    return model.cell_text(row, next(i for i, c in enumerate(model.columns) if c.title == title))


def _rows(page: StockPage, desk: Driver, count: int) -> None:
    desk.until(lambda: page.table.rows_model().rowCount() == count)


@pytest.mark.manual("M20")
def test_enter_opens_the_document_behind_a_movement(desk: Driver) -> None:
    cap = _goods(desk, "cap")
    _document(desk, DocumentKind.OTHER_RECEIPT, cap, "20", "5")
    sale = _document(desk, DocumentKind.SALE, cap, "8", "10")
    page = desk.open_page("stock")
    _rows(page, desk, 1)
    page.table.setFocus()
    page.table.select_id(cap)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    table = desk.find(DataTable, "moves_dialog.table")
    desk.until(lambda: table.rows_model().rowCount() == 2)
    seen = [tuple(_cell(table, row, title) for title in ("单据", "出入库", "成本", "结存")) for row in range(2)]
    assert seen == [("销货单", "-8", "-40.00", "12"), ("其他入库单", "+20", "100.00", "20")]
    assert desk.find(QLabel, "moves_dialog.places").text() == "现在库存 12"
    QTest.keyClick(table, Qt.Key.Key_Return)
    desk.until(lambda: desk.absent("moves_dialog"))
    window = desk.program.window
    assert window is not None
    desk.until(lambda: window.current_id == "sale")
    sale_page: Any = window.page("sale")
    desk.until(lambda: sale_page.form.document_id == sale.id)


@pytest.mark.manual("M119")
def test_stock_below_zero_is_told_in_yellow_with_its_reason(desk: Driver) -> None:
    services = desk.program.ready
    free = services.products.product(
        services.products.save(SaveProduct(code="free", name="可负", allow_negative=True, skus=(SaveSku(),)))
    )
    _document(desk, DocumentKind.SALE, free.skus[0].id, "3", "10")
    cap = _goods(desk, "cap", minimum_stock=D(5))
    _document(desk, DocumentKind.OTHER_RECEIPT, cap, "4", "5")
    page = desk.open_page("stock")
    _rows(page, desk, 2)
    model = page.table.rows_model()
    notes = [model.note_at(row) for row in range(2)]
    assert notes[0] is None
    assert notes[1] is not None
    assert (notes[1].tone, "多 3 件" in notes[1].sentence, "允许负库存" in notes[1].sentence) == ("warn", True, True)
    combo = desk.find(FilterCombo, "stock_page.stock_combo")
    # what is below zero is below any minimum
    for kind, codes in (("negative", ["free"]), ("low", ["cap", "free"]), ("in", ["cap"])):
        combo.set_value(kind)
        combo.changed.emit(kind)
        _rows(page, desk, len(codes))
        assert [_cell(page.table, row, "SKU代码") for row in range(len(codes))] == codes


def test_online_stock_stands_beside_local_stock(desk: Driver) -> None:
    desk.download(desk.authorize())
    services = desk.program.ready
    sku = services.picker.exact("sp32501_001")
    assert sku is not None
    assert sku.online_stock is not None
    house = services.parties.warehouses()[0].id
    services.opening.save((OpeningLine(sku.sku_id, house, D(7), D(26)),))
    page = desk.open_page("stock", text="sp32501_001")
    _rows(page, desk, 1)
    shown = (_cell(page.table, 0, "库存"), _cell(page.table, 0, "1688 库存"))
    assert shown == ("7", f"{sku.online_stock.normalize():f}")


def test_what_lies_in_each_warehouse_is_shown_when_there_are_several(desk: Driver) -> None:
    services = desk.program.ready
    cap = _goods(desk, "cap")
    second = services.parties.add_warehouse("二号仓")
    first = services.parties.warehouses()[0]
    lines = (OpeningLine(cap, first.id, D(7), D(5)), OpeningLine(cap, second, D(2), D(5)))
    services.opening.save(lines)
    page = desk.open_page("stock")
    _rows(page, desk, 1)
    assert _cell(page.table, 0, "各仓库存") == f"{first.name} 7 · 二号仓 2"
    page.warehouse.set_value(second)
    page.reload()
    desk.until(lambda: _cell(page.table, 0, "库存") == "2")
    QTest.mouseClick(desk.find(KeyButton, "stock_page.history_button"), Qt.MouseButton.LeftButton)
    assert page.table.current_id() is None  # nothing chosen, nothing opened
    page.table.select_id(cap)
    desk.find(KeyButton, "stock_page.history_button").click()
    table = desk.find(DataTable, "moves_dialog.table")
    desk.until(lambda: table.rows_model().rowCount() == 1)
    combo = desk.find(FilterCombo, "moves_dialog.warehouse_combo")
    combo.set_value(None)
    combo.changed.emit(None)
    desk.until(lambda: table.rows_model().rowCount() == 2)
    assert _cell(table, 0, "结存") == "9"
    desk.find(KeyButton, "moves_dialog.cancel_button").click()


def test_costs_are_recomputed_after_a_purchase_entered_late(desk: Driver) -> None:
    cap = _goods(desk, "cap")
    _document(desk, DocumentKind.OTHER_RECEIPT, cap, "10", "5", ago=5)
    _document(desk, DocumentKind.SALE, cap, "10", "20")
    _document(desk, DocumentKind.OTHER_RECEIPT, cap, "10", "2", ago=2)
    page = desk.open_page("stock")
    _rows(page, desk, 1)
    assert _cell(page.table, 0, "库存金额") == "20.00"
    desk.find(KeyButton, "stock_page.recompute_button").click()
    desk.find(KeyButton, "confirm_dialog.yes_button").click()
    # twenty pieces for 70: ten are worth 35
    desk.until(lambda: _cell(page.table, 0, "库存金额") == "35.00")
    desk.until(lambda: "1 笔成本已更正，库存金额增加 15.00 元" in desk.find(Toast, "toast").text())
    assert desk.find(KeyButton, "stock_page.recompute_button").accessibleName() == "重算成本"
