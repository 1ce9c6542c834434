"""调拨 and 盘点: goods change their place, the book is set right, one transaction each."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt

from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import Field, FilterCombo
from tests.support.program import Driver
from tests.support.receiving import Receiver

D = Decimal
K = Qt.Key


def _places(clerk: Receiver, place: int = 0) -> dict[int, Decimal]:
    held = clerk.driver.program.ready.picker.card(clerk.skus[place]).stock_by_warehouse
    return {house: quantity for house, quantity in held.items() if quantity}


def test_a_transfer_moves_goods_between_two_warehouses(desk: Driver) -> None:
    services = desk.program.ready
    second = services.parties.add_warehouse("二号仓")
    first = next(one.id for one in services.parties.warehouses() if one.is_default)
    clerk = Receiver(desk, "transfer")
    clerk.store(DocumentKind.OTHER_RECEIPT, (0, "10", "5"))
    clerk.scan("sp001")
    clerk.type("4*")
    clerk.settle()
    clerk.key(K.Key_F9)
    desk.until(lambda: clerk.page.head.note.isVisible())
    assert "还没有选调入仓库" in clerk.page.head.note.accessibleName()
    assert _places(clerk) == {first: D(10)}
    desk.find(FilterCombo, "transfer_page.to_warehouse_combo").set_value(second)
    clerk.key(K.Key_F9)
    desk.until(lambda: clerk.page.form.document_id is not None)
    clerk.settle()
    assert _places(clerk) == {first: D(6), second: D(4)}
    assert check_book(services.db, JobContext()).problems == ()
    clerk.key(K.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    desk.find(KeyButton, "void_dialog.yes_button").click()
    desk.idle()
    clerk.settle()
    assert _places(clerk) == {first: D(10)}


def test_the_second_warehouse_is_made_where_it_is_missed(desk: Driver) -> None:
    clerk = Receiver(desk, "transfer")
    clerk.page.actions_.add_warehouse()
    field = desk.find(Field, "warehouse_dialog.name_field")
    assert field.hasFocus()
    clerk.type("档口仓")
    clerk.key(K.Key_Return)
    desk.idle()
    assert field.isVisible(), "a name that is taken keeps the dialog open"
    field.selectAll()
    clerk.type("二号仓")
    clerk.key(K.Key_Return)
    desk.until(lambda: clerk.page.form.to_warehouse_id is not None)
    clerk.settle()
    combo = desk.find(FilterCombo, "transfer_page.to_warehouse_combo")
    assert combo.currentText() == "二号仓"


def test_a_count_sets_the_book_right(desk: Driver) -> None:
    clerk = Receiver(desk, "count")
    clerk.store(DocumentKind.OTHER_RECEIPT, (0, "10", "5"), (1, "10", "5"), (2, "10", "5"))
    desk.find(KeyButton, "count_page.load_button").click()
    desk.until(lambda: len(clerk.page.form.lines) == 3)
    clerk.settle()
    for place, counted in ((0, 12), (1, 7)):
        clerk.page.hand.change(clerk.page.form.lines[place].id, "quantity", D(counted))
    clerk.page.focus_scan()
    clerk.key(K.Key_F9)
    desk.until(lambda: clerk.page.form.document_id is not None)
    clerk.settle()
    assert [clerk.stock(place) for place in range(3)] == [D(12), D(7), D(10)]
    assert "盘点单保存后不能改" in clerk.page.head.note.accessibleName()
    found = desk.open_page("documents")
    desk.idle()
    rows = [found._model.row_at(place) for place in range(4)]
    assert [(one.kind, one.quantity) for one in rows if one.kind is not DocumentKind.COUNT][:2] != []
    kinds = {one.kind for one in rows}
    assert {DocumentKind.COUNT, DocumentKind.OTHER_RECEIPT, DocumentKind.OTHER_ISSUE} <= kinds


def test_goods_sold_while_counting_are_seen(desk: Driver) -> None:
    clerk = Receiver(desk, "count")
    clerk.store(DocumentKind.OTHER_RECEIPT, (0, "10", "5"))
    clerk.scan("sp001")
    clerk.type("9*")
    clerk.settle()
    # Nine were counted before two were sold: taken as they stand, the book would be wrong by two.
    clerk.store(DocumentKind.SALE, (0, "2", "64"))
    clerk.settle()
    clerk.key(K.Key_F9)
    desk.until(lambda: "从 10 变成了 8" in clerk.page.form.lines[0].trouble)
    clerk.settle()
    assert clerk.stock() == D(8)
    clerk.page.hand.change(clerk.page.form.lines[0].id, "quantity", D(7))
    clerk.key(K.Key_F9)
    desk.until(lambda: clerk.page.form.document_id is not None)
    clerk.settle()
    assert clerk.stock() == D(7)
