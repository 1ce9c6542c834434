"""What stands in a field belongs to the document on the screen: it counts for F9 and F6, and never for the next one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt

from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.services.book.parties import SaveCustomer
from jdy_desktop.services.errors import DiskFull
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.fields import Field
from tests.support.program import Driver, running_program
from tests.support.receiving import Receiver

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from jdy_desktop.sandbox.server import PracticeMarket

D = Decimal
K = Qt.Key


@pytest.fixture
def clerk(desk: Driver) -> Receiver:
    """At an empty sale of a book without a shop, goods in stock."""
    clerk = Receiver(desk)
    clerk.store(DocumentKind.OTHER_RECEIPT, (0, "10", "5"), (1, "10", "5"))
    clerk.open("sale")
    return clerk


def _newest(clerk: Receiver, kind: DocumentKind = DocumentKind.SALE) -> Any:
    documents = clerk.driver.program.ready.documents
    found = documents.neighbour(kind, None, -1)
    return documents.document(found) if found is not None else None


def _enter(clerk: Receiver, name: str, text: str) -> Field:
    """Type over what a field shows; the focus stays there."""
    field = clerk.driver.find(Field, f"{clerk.page.objectName()}.{name}_field")
    field.setFocus()
    field.selectAll()
    clerk.type(text)
    return field


def test_freight_is_of_the_sale_it_was_typed_for(clerk: Receiver) -> None:
    """2 × 64 + 15 = 143; the next sale begins with 0, also when the focus leaves the field afterwards."""
    sale: Any = clerk.page
    clerk.scan("sp001")
    clerk.type("2*")
    clerk.settle()
    field = _enter(clerk, "freight", "15")
    clerk.key(K.Key_F9)
    clerk.driver.until(lambda: clerk.page.form.is_empty)
    clerk.settle()
    stored = _newest(clerk)
    assert (stored.customer_freight, stored.settlement_amount) == (D(15), D(143))
    assert (sale.form.freight, field.text()) == (D(0), "0.00")
    clerk.scan("sp002")
    clerk.settle()
    _enter(clerk, "freight", "22")
    clerk.key(K.Key_F6)
    clerk.settle()
    assert (sale.form.freight, field.text()) == (D(0), "0.00")
    drafts = clerk.driver.program.ready.drafts
    (held,) = drafts.held("sale")
    assert D(drafts.load(held.id)["freight"]) == D(22)


def test_a_remark_and_an_open_cell_stay_with_their_sale(clerk: Receiver) -> None:
    first = clerk.store(DocumentKind.SALE, (1, "3", "64"))
    clerk.scan("sp001")
    clerk.settle()
    field = _enter(clerk, "remark", "abc")
    clerk.key(K.Key_F6)
    clerk.settle()
    assert (clerk.page.form.remark, field.text()) == ("", "")
    clerk.scan("sp001")
    clerk.type("*")
    clerk.settle()
    clerk.type("7")
    clerk.driver.open_page("sale", document_id=first.id)
    clerk.driver.until(lambda: clerk.page.form.number == first.number)
    clerk.settle()
    assert [line.quantity for line in clerk.page.form.lines] == [D(3)]
    drafts = clerk.driver.program.ready.drafts
    lines = [one for row in drafts.held("sale") for one in drafts.load(row.id)["lines"]]
    assert sorted(D(one["quantity"]) for one in lines) == [D(1), D(7)]


def test_what_is_paid_is_of_its_purchase(clerk: Receiver) -> None:
    clerk.open("purchase")
    clerk.scan("sp001")
    clerk.settle()
    _enter(clerk, "remark", "abc")
    field = _enter(clerk, "paid", "5")
    clerk.key(K.Key_F6)
    clerk.settle()
    assert (clerk.page.form.paid, field.text()) == (D(0), "0.00")
    drafts = clerk.driver.program.ready.drafts
    (held,) = drafts.held("purchase")
    kept = drafts.load(held.id)
    assert (D(kept["paid"]), kept["remark"]) == (D(5), "abc")


def test_a_typed_date_counts_and_one_that_is_none_stops_the_sale(clerk: Receiver) -> None:
    """A 32nd is no day: nothing is stored, the focus is there; 1101 is the first of November of the year shown."""
    clerk.scan("sp001")
    clerk.settle()
    before, year = clerk.page.form.day, clerk.page.form.day.year
    field = _enter(clerk, "date", "2024-01-32")
    clerk.page.desk.refresh_cards()
    clerk.settle()
    assert field.text() == "2024-01-32"
    clerk.page.focus_scan()
    clerk.key(K.Key_F9)
    clerk.settle()
    assert (_newest(clerk), clerk.page.form.day) == (None, before)
    assert field.hasFocus()
    assert "单据日期" in clerk.page.head.note.accessibleName()
    _enter(clerk, "date", "1101")
    clerk.key(K.Key_F9)
    clerk.driver.until(lambda: clerk.page.form.is_empty)
    clerk.settle()
    assert _newest(clerk).day == date(year, 11, 1)
    assert field.text() == before.isoformat()


def test_the_customer_listed_first_buys_and_an_unknown_name_stops_the_sale(clerk: Receiver) -> None:
    services, page = clerk.driver.program.ready, clerk.page
    services.parties.save_customer(SaveCustomer("李四批发"))
    clerk.scan("sp001")
    clerk.settle()
    clerk.key(K.Key_F3)
    clerk.type("nobody")
    clerk.driver.until(lambda: page.party_field._popup.isVisible())
    clerk.key(K.Key_F9)
    clerk.settle()
    assert _newest(clerk) is None
    assert page.party_field.hasFocus()
    assert "客户" in page.head.note.accessibleName()
    page.party_field.selectAll()
    clerk.type("lspf")
    clerk.driver.until(lambda: [one.title for one in page.party_field._popup.items][:1] == ["李四批发"])
    clerk.key(K.Key_F9)
    clerk.driver.until(lambda: page.form.is_empty)
    clerk.settle()
    assert _newest(clerk).customer == "李四批发"
    assert page.party_field.text() == "零售"


def test_a_customer_that_cannot_be_made_is_told_and_asked_again(clerk: Receiver) -> None:
    """The name is a retired customer's: he is not listed, and there cannot be a second one."""
    parties, page = clerk.driver.program.ready.parties, clerk.page
    made = parties.customer(parties.save_customer(SaveCustomer("老王")))
    parties.save_customer(SaveCustomer("老王", customer_id=made.id, version=made.version, is_active=False))
    clerk.scan("sp001")
    clerk.settle()
    clerk.key(K.Key_F3)
    clerk.type("老王")
    clerk.driver.until(lambda: page.party_field._popup.isVisible())
    clerk.key(K.Key_Return)
    clerk.settle()
    assert "已经有一个“老王”" in page.head.note.accessibleName()
    assert page.party_field.hasFocus()
    clerk.key(K.Key_F9)
    clerk.settle()
    assert _newest(clerk) is None


@pytest.mark.parametrize("name", ["customer", "date"])
def test_goods_scanned_into_a_field_of_the_head_are_sold(clerk: Receiver, name: str) -> None:
    clerk.make("sp99900001")
    _enter(clerk, name, "")
    clerk.scan("sp99900001")
    clerk.settle()
    assert [code for code, _, _ in clerk.lines()] == ["sp99900001"]
    assert clerk.page.party_field.text() == "零售"
    assert clerk.page.head.scan.hasFocus()


def test_an_answer_to_a_name_typed_over_meanwhile_is_not_taken(clerk: Receiver) -> None:
    """lspf and Enter, faster than the list; then another name: the first answer is of no use any more."""
    clerk.driver.program.ready.parties.save_customer(SaveCustomer("李四批发"))
    clerk.driver.idle()
    clerk.key(K.Key_F3)
    clerk.type("lspf")
    clerk.key(K.Key_Return)
    clerk.type("x")
    clerk.settle()
    sale: Any = clerk.page
    assert sale.form.customer == "零售"
    assert clerk.page.party_field.text() == "lspfx"


@pytest.mark.expect_log("unexpected")
def test_after_a_fault_of_ours_the_page_goes_on(clerk: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """One save and one look-up fail as nobody foresaw: the next ones work, the code that was not looked up is listed."""
    services, page = clerk.driver.program.ready, clerk.page
    clerk.scan("sp001")
    clerk.settle()
    with monkeypatch.context() as broken:
        broken.setattr(services.documents, "save", _bug)
        clerk.key(K.Key_F9)
        clerk.driver.find(DialogFrame, "crash_dialog").reject()
        clerk.driver.until(lambda: not page.desk.is_saving)
        clerk.driver.until(lambda: not page.desk.is_dirty)
    assert services.drafts.latest_autosave("sale") is not None
    with monkeypatch.context() as broken:
        broken.setattr(services.picker, "exact", _bug)
        page.focus_scan()
        clerk.scan("sp000002")
        clerk.driver.find(DialogFrame, "crash_dialog").reject()
        clerk.driver.until(lambda: page.scan.order.is_idle)
    assert "sp000002" in page.head.note.accessibleName()
    page.focus_scan()
    clerk.scan("sp002")
    clerk.settle()
    assert [code for code, _, _ in clerk.lines()] == ["sp001", "sp002"]
    clerk.key(K.Key_F9)
    clerk.driver.until(lambda: page.form.is_empty)
    assert [one.sku_code for one in _newest(clerk).lines] == ["sp001", "sp002"]


@pytest.mark.expect_log("unexpected")
def test_a_list_that_cannot_be_read_stops_reading(desk: Driver) -> None:
    page = desk.open_page("goods")
    page.table.set_loading(True)
    page._feed._query = _bug
    page._feed.reload()
    desk.find(DialogFrame, "crash_dialog").reject()
    desk.until(lambda: not page.table._loading.is_active)


def _bug(*_args: object, **_more: object) -> Any:
    raise KeyError("bug")


def test_a_deleted_line_comes_back_and_what_was_scanned_since_stays(clerk: Receiver) -> None:
    for code in ("sp001", "sp002"):
        clerk.scan(code)
    clerk.settle()
    clerk.page.hand.remove(clerk.page.form.lines[1].id)
    for code in ("sp003", "sp001"):
        clerk.scan(code)
    clerk.settle()
    clerk.ctrl(K.Key_Z)
    clerk.settle()
    assert [line[:2] for line in clerk.lines()] == [("sp001", "2"), ("sp002", "1"), ("sp003", "1")]


def test_undoing_a_paste_or_the_warehouses_keeps_what_was_scanned_since(clerk: Receiver) -> None:
    parties = clerk.driver.program.ready.parties
    parties.add_warehouse("二号仓")
    page = clerk.open("purchase")
    # Pages hear of changes together, twice a second.
    clerk.driver.until(lambda: "二号仓" in [one.name for one in page.houses])
    clerk.copy("sp001\t3\nsp002\t4")
    clerk.ctrl(K.Key_V)
    clerk.driver.find(DialogFrame, "paste_dialog").accept()
    clerk.settle()
    clerk.scan("sp003")
    clerk.settle()
    clerk.ctrl(K.Key_Z)
    clerk.settle()
    assert [line[:2] for line in clerk.lines()] == [("sp003", "1")]
    house = next(one for one in page.houses if one.name == "二号仓")
    page.hand._set_all(house.id, house.name)
    for code in ("sp001", "sp003"):
        clerk.scan(code)
    clerk.settle()
    clerk.ctrl(K.Key_Z)
    clerk.settle()
    assert [line[:2] for line in clerk.lines()] == [("sp003", "2"), ("sp001", "1")]
    assert [one.warehouse_id for one in page.form.lines] == [None, None]


def test_a_change_that_is_not_saved_is_neither_reviewed_nor_voided(
    qtbot: QtBot, tmp_path: Path, market: PracticeMarket
) -> None:
    with running_program(qtbot, tmp_path, market, needs_review=True) as driver:
        clerk = Receiver(driver)
        bought = clerk.store(DocumentKind.PURCHASE, (0, "3", "5"))
        clerk.open("purchase", document_id=bought.id)
        driver.until(lambda: clerk.page.form.document_id == bought.id)
        clerk.scan("sp002")
        clerk.settle()
        clerk.ctrl(K.Key_R)
        clerk.settle()
        assert "改动还没有保存" in clerk.page.head.note.accessibleName()
        assert _newest(clerk, DocumentKind.PURCHASE).state is DocumentState.SAVED
        clerk.page.untell()
        clerk.ctrl(K.Key_Delete)
        assert driver.absent("void_dialog")
        assert "改动还没有保存" in clerk.page.head.note.accessibleName()
        clerk.page.focus_scan()
        clerk.key(K.Key_F9)
        driver.until(lambda: len(_newest(clerk, DocumentKind.PURCHASE).lines) == 2)
        clerk.settle()
        clerk.ctrl(K.Key_R)
        driver.until(lambda: _newest(clerk, DocumentKind.PURCHASE).state is DocumentState.REVIEWED)


def test_a_sale_typed_before_its_tab_was_closed_is_held_when_a_stored_one_is_opened(clerk: Receiver) -> None:
    first = clerk.store(DocumentKind.SALE, (1, "3", "64"))
    clerk.scan("sp001")
    clerk.settle()
    clerk.ctrl(K.Key_W)
    clerk.settle()
    page = clerk.open("sale", document_id=first.id)
    clerk.driver.until(lambda: page.form.number == first.number)
    clerk.settle()
    drafts = clerk.driver.program.ready.drafts
    (held,) = drafts.held("sale")
    assert [one["sku_id"] for one in drafts.load(held.id)["lines"]] == [clerk.skus[0]]
    assert drafts.latest_autosave("sale") is None


def test_a_bill_that_cannot_be_put_aside_stays_on_the_screen(clerk: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    drafts = clerk.driver.program.ready.drafts
    clerk.scan("sp001")
    clerk.settle()
    with monkeypatch.context() as full:
        full.setattr(drafts, "save", _no_room)
        clerk.key(K.Key_F6)
        clerk.driver.find(DialogFrame, "message_dialog").reject()
        clerk.driver.idle()
        assert [code for code, _, _ in clerk.lines()] == ["sp001"]
    clerk.page.focus_scan()
    clerk.scan("sp002")
    clerk.key(K.Key_F6)
    clerk.settle()
    assert clerk.lines() == []
    (held,) = drafts.held("sale")
    assert len(drafts.load(held.id)["lines"]) == 2


def _no_room(*_args: object, **_more: object) -> Any:
    raise DiskFull
