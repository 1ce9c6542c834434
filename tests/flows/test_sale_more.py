"""更多 of a sale: turning pages, voiding and returning without leaving the counter."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt

from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.menu import MenuPopup
from tests.support.program import Driver
from tests.support.receiving import Receiver

D = Decimal
K = Qt.Key


def test_turn_void_and_return_from_the_sale(desk: Driver) -> None:
    clerk = Receiver(desk)
    clerk.store(DocumentKind.OTHER_RECEIPT, (0, "10", "5"), (1, "10", "5"))
    first = clerk.store(DocumentKind.SALE, (0, "2", "64"))
    second = clerk.store(DocumentKind.SALE, (1, "3", "64"))
    sale = desk.open_page("sale")
    desk.until(lambda: sale.desk.around is not None)
    desk.idle()
    for step, number in ((-1, second.number), (-1, first.number), (+1, second.number)):
        sale.more.turn(step)
        desk.idle()
        assert sale.form.number == number
    assert desk.program.ready.drafts.held("sale") == ()
    button = desk.find(KeyButton, "sale_page.more_button")
    button.click()
    menu = desk.find(MenuPopup, "sale_page.more_menu")
    assert [words.split("　")[0] for words in menu.words()] == ["上一张", "下一张", "退换", "作废"]
    menu.choose(3)
    desk.find(KeyButton, "void_dialog.yes_button").click()
    desk.until(lambda: sale.desk.document.state is DocumentState.VOIDED)
    desk.idle()
    assert clerk.stock(1) == D(10)
    sale.more.turn(-1)
    desk.idle()
    sale.more.begin_return()
    desk.idle()
    clerk.open("sale_return")
    desk.until(lambda: clerk.page.form.source == first.number)
