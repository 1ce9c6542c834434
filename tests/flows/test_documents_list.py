"""单据查询 and the states of a document: every kind in one list, review, void, turning pages, two editors, drafts."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.services.book.document_values import SaveDocument, SaveLine
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import ConfirmDialog
from jdy_desktop.views.widgets.fields import FilterCombo
from jdy_desktop.views.widgets.menu import MenuPopup
from tests.support.program import Driver, running_program
from tests.support.receiving import Receiver

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from jdy_desktop.sandbox.server import PracticeMarket

D = Decimal
K = Qt.Key


def _numbers(page: Any) -> list[str]:
    return [page._model.row_at(place).number for place in range(page._model.rowCount())]


def _shows(clerk: Receiver, number: str) -> bool:
    return clerk.page.form.number == number


def _says(clerk: Receiver, words: str) -> bool:
    return clerk.page.head.state.text() == words


def test_every_kind_in_one_list_and_enter_opens_it(desk: Driver) -> None:
    clerk = Receiver(desk)
    bought = clerk.store(DocumentKind.PURCHASE, (0, "10", "26"))
    sold = clerk.store(DocumentKind.SALE, (0, "1", "64"))
    page = desk.open_page("documents")
    desk.until(lambda: set(_numbers(page)) == {bought.number, sold.number})
    combo = desk.find(FilterCombo, "documents_page.kind_combo")
    combo.set_value(DocumentKind.PURCHASE)
    desk.until(lambda: _numbers(page) == [bought.number])
    page.table.setFocus()
    clerk.key(K.Key_Return)
    desk.idle()
    clerk.open("purchase")
    desk.until(lambda: clerk.page.form.number == bought.number)
    desk.open_page("documents")
    combo.set_value(DocumentKind.SALE)
    desk.until(lambda: _numbers(page) == [sold.number])
    page.open_document(sold.id)
    desk.idle()
    sale = desk.open_page("sale")
    desk.until(lambda: sale.form.number == sold.number)


def test_new_from_the_menu_copy_and_return(desk: Driver) -> None:
    clerk = Receiver(desk)
    bought = clerk.store(DocumentKind.PURCHASE, (0, "10", "26"))
    page = desk.open_page("documents")
    desk.until(lambda: _numbers(page) == [bought.number])
    page.open_new_menu()
    menu = desk.find(MenuPopup, "documents_page.new_menu")
    assert menu.words() == [
        "销货单",
        "购货单",
        "销货退货单",
        "购货退货单",
        "其他入库单",
        "其他出库单",
        "调拨单",
        "盘点单",
    ]
    menu.close_menu()
    page.table.select_id(bought.id)
    page.copy_document()
    desk.idle()
    clerk.open("purchase")
    desk.until(lambda: clerk.lines() == [("sp001", "10", "26")])
    assert clerk.page.form.document_id is None
    assert clerk.page.form.number != bought.number
    desk.open_page("documents")
    page.return_document()
    desk.idle()
    clerk.open("purchase_return")
    desk.until(lambda: clerk.page.form.source == bought.number)


def test_voiding_says_what_is_taken_back(desk: Driver) -> None:
    clerk = Receiver(desk)
    saved = clerk.store(DocumentKind.PURCHASE, (0, "10", "26"))
    clerk.open("purchase", document_id=saved.id)
    desk.until(lambda: clerk.page.form.document_id == saved.id)
    clerk.key(K.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    dialog = desk.find(ConfirmDialog, "void_dialog")
    words = " ".join(one.text() for one in dialog.findChildren(type(dialog.title)))
    assert "10 件商品会从库存里减掉" in words
    desk.find(KeyButton, "void_dialog.yes_button").click()
    desk.until(lambda: clerk.page.desk.document is not None and clerk.page.desk.document.state is DocumentState.VOIDED)
    clerk.settle()
    assert (clerk.stock(), clerk.owed()) == (D(0), D(0))
    assert not clerk.page.side.save_button.isEnabled()


def test_turning_pages_leaves_nothing_behind(desk: Driver) -> None:
    clerk = Receiver(desk)
    first = clerk.store(DocumentKind.PURCHASE, (0, "1", "26"))
    second = clerk.store(DocumentKind.PURCHASE, (1, "2", "26"))
    for key, number in ((K.Key_PageUp, second.number), (K.Key_PageUp, first.number), (K.Key_PageDown, second.number)):
        clerk.ctrl(key)
        desk.until(partial(_shows, clerk, number))
        clerk.settle()
    clerk.ctrl(K.Key_PageDown)
    desk.until(lambda: "最后一张" in clerk.page.head.note.accessibleName())
    assert desk.program.ready.drafts.held("purchase") == ()


@pytest.mark.manual("M114")
def test_saved_and_the_next_begins(desk: Driver) -> None:
    clerk = Receiver(desk)
    clerk.choose_supplier()
    clerk.scan("sp001")
    clerk.type("5/")
    clerk.settle()
    first = clerk.page.form.number
    clerk.key(K.Key_F9, Qt.KeyboardModifier.ShiftModifier)
    desk.until(lambda: clerk.page.form.is_empty and not clerk.page.desk.is_saving)
    clerk.settle()
    assert clerk.page.form.number == first[:-1] + "2"
    assert desk.program.ready.drafts.held("purchase") == ()
    assert QApplication.focusWidget() is clerk.page.head.scan


@pytest.mark.manual("M10", "M114")
def test_stock_moves_at_the_review(qtbot: QtBot, tmp_path: Path, market: PracticeMarket) -> None:
    with running_program(qtbot, tmp_path, market, needs_review=True) as desk:
        clerk = Receiver(desk)
        clerk.choose_supplier()
        clerk.scan("sp001")
        clerk.type("26/")
        clerk.settle()
        clerk.key(K.Key_F9)
        desk.until(lambda: clerk.page.form.document_id is not None)
        clerk.settle()
        assert (clerk.stock(), clerk.page.head.state.text()) == (D(0), "未审核")
        for stock, words in ((D(1), "已审核"), (D(0), "未审核"), (D(1), "已审核")):
            clerk.ctrl(K.Key_R)
            desk.until(partial(_says, clerk, words))
            clerk.settle()
            assert clerk.stock() == stock
            assert clerk.owed() == stock * 26


def test_a_second_editor_is_told_and_loses_nothing(desk: Driver) -> None:
    clerk = Receiver(desk)
    saved = clerk.store(DocumentKind.PURCHASE, (0, "10", "26"))
    clerk.open("purchase", document_id=saved.id)
    desk.until(lambda: clerk.page.form.document_id == saved.id)
    clerk.page.hand.change(clerk.page.form.lines[0].id, "quantity", D(12))
    documents = desk.program.ready.documents
    view = documents.document(saved.id)
    other = SaveDocument(
        kind=DocumentKind.PURCHASE, client_key=view.client_key, day=view.day, supplier_id=view.supplier_id,
        document_id=saved.id, version=view.version, lines=(SaveLine(clerk.skus[0], D(11), D(26)),),
    )  # fmt: skip
    documents.save(replace(other))
    clerk.key(K.Key_F9)
    desk.find(ConfirmDialog, "stale_dialog")
    assert clerk.lines() == [("sp001", "12", "26")]
    assert clerk.stock() == D(11)
    desk.find(KeyButton, "stale_dialog.yes_button").click()
    desk.until(lambda: clerk.lines() == [("sp001", "11", "26")])
    clerk.settle()
    assert len(desk.program.ready.drafts.held("purchase")) == 1


def test_the_start_period_is_kept(desk: Driver) -> None:
    from datetime import timedelta

    clerk = Receiver(desk)
    clerk.choose_supplier()
    clerk.scan("sp001")
    clerk.settle()
    clerk.page.form.day = desk.program.ready.account_sets.info().start_date - timedelta(days=1)
    clerk.key(K.Key_F9)
    desk.until(lambda: "早于启用期间" in clerk.page.head.note.accessibleName())
    assert clerk.stock() == D(0)


def test_a_draft_comes_back(desk: Driver) -> None:
    clerk = Receiver(desk)
    clerk.choose_supplier()
    clerk.scan("sp001")
    clerk.type("3/")
    clerk.settle()
    window = desk.program.window
    assert window is not None
    window.close_page("purchase")
    desk.idle()
    clerk.open("purchase")
    desk.until(lambda: clerk.lines() == [("sp001", "1", "3")])
    assert clerk.page.form.party == "沙河锦绣制衣"
