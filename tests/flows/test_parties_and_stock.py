"""客户, 供应商 and 库存 through the real window (M20, M123, M124)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.opening import OpeningLine
from jdy_desktop.services.queries.parties import PartyFilter
from jdy_desktop.views.pages.parties_page import PartiesPage
from jdy_desktop.views.pages.stock_page import StockPage
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import Field, FilterCombo, SearchField
from tests.support.program import Driver


def _cell(page: PartiesPage | StockPage, row: int, title: str) -> str:
    model = page.table.rows_model()
    return model.cell_text(row, next(i for i, c in enumerate(model.columns) if c.title == title))


def _words(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


@pytest.mark.manual("M124")
def test_a_customer_is_made_with_a_grade(desk: Driver) -> None:
    page = desk.open_page("customers")
    desk.until(lambda: page.table.rows_model().rowCount() == 2)
    grades = {_cell(page, row, "客户等级") for row in range(2)}
    assert grades == {"零售客户", "批发客户"}
    desk.find(KeyButton, "customers_page.new_button").click()
    desk.type(desk.find(Field, "party_dialog.name_field"), "张老板")
    desk.find(FilterCombo, "party_dialog.grade_combo").set_value(PriceGrade.WHOLESALE)
    desk.find(KeyButton, "party_dialog.save_button").click()
    desk.until(lambda: desk.absent("party_dialog"))
    desk.until(lambda: page.table.rows_model().rowCount() == 3)
    ids = desk.program.ready.customer_list.ids(PartyFilter(text="zlb"))
    assert [desk.program.ready.customer_list.rows(ids)[i].grade for i in ids] == [PriceGrade.WHOLESALE]


def test_a_name_that_is_missing_or_taken_is_refused_at_its_field(desk: Driver) -> None:
    page = desk.open_page("customers")
    page.add()
    save = desk.find(KeyButton, "party_dialog.save_button")
    save.click()
    dialog = desk.find(QWidget, "party_dialog")
    desk.until(lambda: "名称" in _words(dialog) and "。" in _words(dialog))
    desk.until(save.isEnabled)
    desk.type(desk.find(Field, "party_dialog.name_field"), "零售")
    save.click()
    desk.until(lambda: "零售" in _words(dialog))
    assert len(desk.program.ready.customer_list.ids(PartyFilter())) == 2
    desk.find(KeyButton, "party_dialog.cancel_button").click()


def test_customers_are_found_by_initials_and_edited_with_enter(desk: Driver) -> None:
    page = desk.open_page("customers")
    QTest.keyClicks(desk.find(SearchField, "customers_page.search_field"), "pf")
    desk.until(lambda: page.table.rows_model().rowCount() == 1)
    page.table.setFocus()
    page.table.select_id(page.table.rows_model().id_at(0))
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    phone = desk.find(Field, "party_dialog.phone_field")
    desk.type(phone, "13800000000")
    desk.find(KeyButton, "party_dialog.save_button").click()
    desk.until(lambda: _cell(page, 0, "电话") == "13800000000")


def test_an_empty_list_of_suppliers_says_what_to_do(desk: Driver) -> None:
    page = desk.open_page("suppliers")
    desk.find(KeyButton, "suppliers_page.first_button").click()
    desk.type(desk.find(Field, "party_dialog.name_field"), "广州布行")
    desk.find(KeyButton, "party_dialog.save_button").click()
    desk.until(lambda: page.table.rows_model().rowCount() == 1)


@pytest.mark.manual("M20")
def test_stock_shows_quantity_and_value(desk: Driver) -> None:
    desk.download(desk.authorize())
    services = desk.program.ready
    sku = services.picker.exact("sp32501_001")
    assert sku is not None
    warehouse = services.parties.warehouses()[0].id
    services.opening.save((OpeningLine(sku.sku_id, warehouse, Decimal(90), Decimal("26.5")),))
    page = desk.open_page("stock")
    QTest.keyClicks(desk.find(SearchField, "stock_page.search_field"), "sp32501_001")
    desk.until(lambda: page.table.rows_model().rowCount() == 1)
    # 90 pieces at 26.50 are 2385.00
    assert (_cell(page, 0, "库存"), _cell(page, 0, "单位成本"), _cell(page, 0, "库存金额")) == (
        "90",
        "26.50",
        "2385.00",
    )
