"""What comes back: from the slip's number, never more than was there, and what it does to stock and debts (goal F)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from jdy_desktop.models.states import DocumentKind
from jdy_desktop.views.widgets.buttons import KeyButton
from tests.support.program import Driver
from tests.support.receiving import Receiver

D = Decimal
K = Qt.Key


def _note(clerk: Receiver, place: int) -> str:
    found = clerk.page.notes.by_line.get(clerk.page.form.lines[place].id)
    return f"{found.note.bold}{found.note.sentence}" if found else ""


def _slip(clerk: Receiver) -> str:
    clerk.store(DocumentKind.OTHER_RECEIPT, (0, "10", "5"), (1, "10", "5"), (2, "10", "5"))
    saved = clerk.store(DocumentKind.SALE, (0, "2", "64"), (1, "3", "64"), (2, "1", "64"))
    clerk.keys = 0
    return saved.number


def test_goal_f_one_line_of_a_bill_comes_back_in_five_keys(desk: Driver) -> None:
    clerk = Receiver(desk, "sale_return")
    number = _slip(clerk)
    clerk.scan(number)
    desk.until(lambda: clerk.page.form.source == number and clerk.page.table.hasFocus())
    clerk.key(K.Key_Down)
    clerk.key(K.Key_Return)
    clerk.key(K.Key_F9)
    desk.until(lambda: clerk.page.form.document_id is not None)
    clerk.settle()
    assert clerk.keys <= 5
    assert [clerk.stock(place) for place in range(3)] == [D(8), D(10), D(9)]
    document = clerk.page.desk.document
    assert document is not None
    assert (document.source, document.settlement_amount) == (number, D(192))


def test_more_than_was_sold_cannot_come_back(desk: Driver) -> None:
    clerk = Receiver(desk, "sale_return")
    number = _slip(clerk)
    clerk.scan(number)
    desk.until(lambda: clerk.page.table.hasFocus() and bool(clerk.page.form.lines))
    clerk.type("3")
    clerk.key(K.Key_Return)
    clerk.settle()
    assert _note(clerk, 0).startswith("最多还能退 2")
    clerk.page.focus_scan()
    clerk.key(K.Key_F9)
    desk.until(lambda: bool(clerk.page.form.lines[0].trouble))
    assert "退得太多" in clerk.page.form.lines[0].trouble
    assert clerk.stock() == D(8)
    clerk.page.hand.change(clerk.page.form.lines[0].id, "quantity", D(2))
    clerk.key(K.Key_F9)
    desk.until(lambda: clerk.page.form.document_id is not None)
    clerk.settle()
    assert clerk.stock() == D(10)


def test_scanned_goods_are_taken_from_the_slip_only(desk: Driver) -> None:
    clerk = Receiver(desk, "sale_return", goods=4)
    number = _slip(clerk)
    clerk.scan(number)
    desk.until(lambda: clerk.page.form.source == number)
    clerk.page.focus_scan()
    clerk.scan("sp002")
    clerk.scan("sp002")
    clerk.scan("sp004")
    clerk.settle()
    assert [one.quantity for one in clerk.page.form.lines] == [D(0), D(2), D(0)]
    assert "不在这张原单里" in clerk.page.head.note.accessibleName()


@pytest.mark.manual("M114")
def test_a_purchase_goes_back_to_its_supplier(desk: Driver) -> None:
    clerk = Receiver(desk)
    clerk.choose_supplier()
    clerk.scan("sp001")
    clerk.type("10*")
    clerk.type("26/")
    clerk.settle()
    clerk.key(K.Key_F9)
    desk.until(lambda: clerk.page.form.document_id is not None)
    clerk.settle()
    assert desk.find(KeyButton, "purchase_page.return_button").isEnabled()
    clerk.ctrl(K.Key_T)
    clerk.settle()
    clerk.open("purchase_return")
    desk.until(lambda: len(clerk.page.form.lines) == 1)
    assert clerk.page.form.party == "沙河锦绣制衣"
    clerk.page.table.setFocus()
    clerk.type("4")
    clerk.key(K.Key_Return)
    clerk.page.focus_scan()
    clerk.key(K.Key_F9)
    desk.until(lambda: clerk.page.form.document_id is not None)
    clerk.settle()
    assert (clerk.stock(), clerk.owed()) == (D(6), D(156))
    clerk.open("purchase")
    desk.until(lambda: clerk.page.form.document_id is not None)
    source = clerk.page.form.document_id
    assert source is not None
    clerk.page.desk.open(source)
    clerk.settle()
    assert "已经有退货单" in clerk.page.head.note.accessibleName()


def test_a_wrong_slip_is_told(desk: Driver) -> None:
    clerk = Receiver(desk, "purchase_return")
    number = _slip(clerk)
    clerk.scan(number)
    clerk.settle()
    desk.until(lambda: clerk.page.head.note.isVisible())
    assert number in clerk.page.head.note.accessibleName()
    assert clerk.page.form.is_empty
