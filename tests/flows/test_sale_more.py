"""更多 of a sale: turning pages, voiding and returning without leaving the counter."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.services.book.document_values import SavedDocument
from jdy_desktop.views.pages.sale_page import SalePage
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import DateField
from jdy_desktop.views.widgets.menu import MenuPopup
from tests.support.clock import FrozenClock
from tests.support.program import Driver
from tests.support.receiving import Receiver
from tests.support.sales import Counter

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
        sale.actions_.turn(step)
        desk.idle()
        assert sale.form.number == number
    assert desk.program.ready.drafts.held("sale") == ()
    button = desk.find(KeyButton, "sale_page.more_button")
    button.click()
    menu = desk.find(MenuPopup, "sale_page.more_menu")
    assert [words.split("　")[0] for words in menu.words()] == [
        "上一张", "下一张", "退换", "复制", "换货：退回并另开一张", "作废",
    ]  # fmt: skip
    menu.choose(5)
    desk.find(KeyButton, "void_dialog.yes_button").click()
    desk.until(lambda: sale.desk.document.state is DocumentState.VOIDED)
    desk.idle()
    assert clerk.stock(1) == D(10)
    sale.actions_.turn(-1)
    desk.idle()
    sale.actions_.begin_return()
    desk.idle()
    clerk.open("sale_return")
    desk.until(lambda: clerk.page.form.source == first.number)


def _two_sold(desk: Driver) -> tuple[Receiver, SavedDocument, SalePage]:
    """A stored sale of two at 64, shown on its page."""
    clerk = Receiver(desk)
    clerk.store(DocumentKind.OTHER_RECEIPT, (0, "10", "5"))
    sold = clerk.store(DocumentKind.SALE, (0, "2", "64"))
    sale: SalePage = desk.open_page("sale", document_id=sold.id)
    desk.until(lambda: sale.form.number == sold.number)
    return clerk, sold, sale


def test_a_stored_sale_has_its_dot_only_once_something_is_typed(desk: Driver) -> None:
    _, _, sale = _two_sold(desk)
    desk.idle()
    assert desk.program.window is not None
    strip = desk.program.window.tab_strip
    assert not strip.is_unsaved("sale")
    desk.type(sale.side.remark_field, "x")
    sale.side.remark_field.editingFinished.emit()
    desk.until(lambda: strip.is_unsaved("sale"))


def test_a_sale_is_copied_at_todays_prices(desk: Driver) -> None:
    """It went out at 50 and 64; both cost 64 today. Nothing is asked, nothing is stored yet."""
    clerk = Receiver(desk)
    clerk.store(DocumentKind.OTHER_RECEIPT, (0, "10", "5"), (1, "10", "5"))
    sold = clerk.store(DocumentKind.SALE, (0, "2", "50"), (1, "3", "64"), remark="旧")
    page = desk.open_page("documents")
    desk.until(lambda: page.table.select_id(sold.id))
    desk.idle()
    assert page.copy_button.isEnabled()
    page.copy_button.click()
    desk.idle()
    sale = desk.open_page("sale")
    desk.until(lambda: len(sale.form.lines) == 2)
    assert [(one.card.code, one.quantity, one.price) for one in sale.form.lines] == [
        ("sp001", D(2), D(64)),
        ("sp002", D(3), D(64)),
    ]
    assert (sale.form.document_id, sale.form.customer, sale.form.remark) == (None, "零售", "")
    assert sale.form.totals.settlement_amount == D(320)
    desk.idle()
    assert sale.form.number != sold.number


def test_an_exchange_is_a_return_and_a_new_sale_of_the_same_customer(desk: Driver) -> None:
    """W36: 2 × 64 owed = 128; one comes back: 64 left, which the new sale shows as owed before."""
    clerk, sold, sale = _two_sold(desk)
    sale.actions_.begin_exchange()
    desk.until(lambda: sale.form.document_id is None and sale.form.balance == D(128))
    back = clerk.open("sale_return")
    desk.until(lambda: back.form.source == sold.number)
    back.hand.change(back.form.lines[0].id, "quantity", D(1))
    clerk.settle()
    clerk.key(K.Key_F9)
    desk.until(lambda: back.form.document_id is not None)
    clerk.settle()
    assert desk.open_page("sale") is sale
    desk.until(lambda: sale.form.balance == D(64))
    assert (sale.form.customer_id, sale.form.lines) == (back.form.party_id, [])


def test_columns_of_1688_come_and_go_with_the_module_while_a_sale_stands_open(desk: Driver) -> None:
    """The sale is the first page of a new book, open before the module is switched on."""
    sets = desk.program.ready.account_sets
    sets.set_channel_enabled(False)
    desk.idle()
    sale = desk.open_page("sale")
    desk.until(lambda: sale.desk.around is not None)
    online = [column.key for column in sale.table.rows_model().columns].index("online")
    assert sale.table.isColumnHidden(online)
    sets.set_channel_enabled(True)
    desk.until(lambda: not sale.table.isColumnHidden(online))
    sets.set_channel_enabled(False)
    desk.until(lambda: sale.table.isColumnHidden(online))


@pytest.mark.manual("M158")
@pytest.mark.parametrize("how", ["shown again", "first goods"])
def test_the_first_sale_of_the_morning_is_of_the_morning(desk: Driver, how: str) -> None:
    """The empty form has stood open over night."""
    counter = Counter(desk)
    clock = FrozenClock(desk.program.ctx.clock.now() + timedelta(days=1))
    counter.page.desk._clock = clock
    if how == "shown again":
        counter.page.activated()
    else:
        counter.scan("sp32501_001")
    counter.settle()
    number = f"XH{clock.today():%Y%m%d}001"
    desk.until(lambda: counter.page.form.number == number)
    assert (counter.page.form.day, desk.find(DateField, "sale_page.date_field").value()) == (clock.today(),) * 2


def test_a_day_that_the_clerk_chose_stays_over_night(desk: Driver) -> None:
    counter = Counter(desk)
    evening, field = counter.page.form.day, desk.find(DateField, "sale_page.date_field")
    field.setFocus()
    counter.key(K.Key_Down)
    assert counter.page.form.day == evening - timedelta(days=1)
    counter.page.desk._clock = FrozenClock(desk.program.ctx.clock.now() + timedelta(days=1))
    counter.page.activated()
    counter.scan("sp32501_001")
    counter.settle()
    assert counter.page.form.day == evening - timedelta(days=1)


def test_a_held_bill_whose_goods_are_gone_says_so(desk: Driver) -> None:
    """Deleted meanwhile, and their id given to others: the code that the draft kept is not the one found."""
    counter, drafts = Counter(desk), desk.program.ready.drafts
    for code in ("sp32501_001", "sp32501_002"):
        counter.scan(code)
        counter.settle()
    counter.page.hold()
    desk.until(lambda: drafts.held("sale") and not counter.page.form.lines)
    held = drafts.held("sale")[0].id
    payload = drafts.load(held)
    payload["lines"][0]["code"] = "qb1"
    drafts.save("sale", payload, held, is_held=True)
    counter.page.desk.resume(held)
    desk.until(lambda: bool(counter.page.form.lines))
    assert [line.card.code for line in counter.page.form.lines] == ["sp32501_002"]
    desk.until(lambda: "1 行的商品已被删除或改过代码，没有带回来：qb1" in counter.page.head.note.accessibleName())
