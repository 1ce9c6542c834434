"""Absurd words in the forms and searches beside the sale: nothing breaks, nothing is stored, text stays text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.products import SaveProduct, SaveSku
from jdy_desktop.services.queries.parties import PartyFilter
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import Field, SearchField
from tests.support.program import Driver

MARKUP = "<img src=x onerror=1><b>张</b>"
#: wild cards of LIKE, quotes, markup, a null character, bidirectional marks, emoji, and far too much
NONSENSE = (
    "%",
    "_",
    "'; DROP TABLE skus; --",
    MARKUP,
    "a\x00b",
    "\u202e反",
    "😀😀",
    "\\",
    '"',
    "9" * 3000,
    "的" * 3000,
)
LISTS = ("goods", "customers", "suppliers", "stock", "shops", "match", "pre_orders")


def paste(field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def words(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def product(desk: Driver, name: str = "高压绝缘胶带 23号") -> None:
    sku = SaveSku(prices={PriceGrade.RETAIL: Decimal(10)})
    desk.program.ready.products.save(SaveProduct(code="sp19011", name=name, skus=(sku,)))


@pytest.mark.parametrize("name", LISTS)
def test_nonsense_in_a_search_finds_nothing_and_breaks_nothing(desk: Driver, name: str) -> None:
    product(desk)
    page = desk.open_page(name)
    search = next(one for one in page.findChildren(SearchField) if one.isVisible())
    for text in NONSENSE:
        paste(search, text)
        QTest.keyClick(search, Qt.Key.Key_Return)
        desk.idle()
        assert desk.absent("message_dialog"), text
        assert desk.absent("crash_dialog"), text
        table = getattr(page, "table", None)
        if table is not None and hasattr(table, "rows_model"):
            assert table.rows_model().rowCount() == 0, text[:20]


def test_absurd_numbers_in_the_opening_stock_change_nothing(desk: Driver) -> None:
    product(desk)
    page: Any = desk.open_page("opening")
    page.scan_field.setFocus()
    QTest.keyClicks(page.scan_field, "sp19011")
    QTest.keyClick(page.scan_field, Qt.Key.Key_Return)
    desk.idle()
    entry = page._model.rows[0]
    before = (entry.quantity, entry.unit_cost)
    says = {
        "-1": "不能小于 0",
        "1e30": "数字太大",
        "三件": "不是数字",
        "0.1234567": "小数位太多",
        "NaN": "不是数字",
        "１，０": "不是数字",
    }
    for name in ("quantity", "unit_cost"):
        for text, problem in says.items():
            page.lines.close_editor(commit=False)
            page.lines.edit_cell(page._model.id_at(0), name)
            cell = desk.find(QLineEdit, f"{page.lines.objectName()}.editor")
            paste(cell, text)
            QTest.keyClick(cell, Qt.Key.Key_Return)
            desk.idle()
            entry = page._model.rows[0]
            assert (entry.quantity, entry.unit_cost) == before, (name, text)
            note = page._note(entry)
            assert note is not None, (name, text)
            assert problem in f"{note.bold}{note.sentence}", (name, text)
    page.lines.close_editor(commit=False)
    assert desk.program.ready.opening.rows() == ()


def test_a_customer_with_far_too_much_in_each_field_is_refused_and_kept_on_the_screen(desk: Driver) -> None:
    page: Any = desk.open_page("customers")
    page.add()
    for name in ("name", "contact", "phone", "address", "remark"):
        field = desk.find(Field, f"party_dialog.{name}_field")
        paste(field, "长" * 5000)
    desk.find(KeyButton, "party_dialog.save_button").click()
    desk.idle()
    dialog = desk.find(QWidget, "party_dialog")
    desk.until(lambda: "个字，没有保存" in words(dialog))
    assert len(desk.program.ready.customer_list.ids(PartyFilter())) == 2
    assert desk.find(Field, "party_dialog.name_field").text()
    desk.find(KeyButton, "party_dialog.cancel_button").click()


def test_a_customer_named_with_markup_is_shown_as_text(desk: Driver) -> None:
    page: Any = desk.open_page("customers")
    page.add()
    paste(desk.find(Field, "party_dialog.name_field"), MARKUP)
    desk.find(KeyButton, "party_dialog.save_button").click()
    desk.until(lambda: desk.absent("party_dialog"))
    desk.idle()
    listed = desk.program.ready.customer_list
    names = {row.name for row in listed.rows(listed.ids(PartyFilter())).values()}
    assert MARKUP in names
    model = page.table.rows_model()
    assert any(MARKUP in model.cell_text(row, column) for row in range(model.rowCount()) for column in range(4))
    window = desk.program.window
    assert window is not None
    for shown in window.findChildren(QLabel):
        assert MARKUP not in shown.text() or shown.textFormat() is Qt.TextFormat.PlainText
