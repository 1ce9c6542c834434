"""Manual 6.1: the sale at the counter — prices, logistics, shops, amounts, and what keeps it from being saved."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from jdy_desktop.models.states import DocumentKind, Logistics, PriceGrade
from jdy_desktop.views.dialogs.code_window import CodeWindow
from jdy_desktop.views.dialogs.discount_dialog import DiscountDialog
from jdy_desktop.views.pages.opening_page import OpeningPage
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import Field, FilterCombo, SegmentedChoice, Tick
from tests.support.program import Driver
from tests.support.sales import Counter

Key = Qt.Key


def _sales(driver: Driver) -> int:
    """Stored ones, counted backwards from the newest."""
    documents, found, one = driver.program.ready.documents, 0, None
    while (one := documents.neighbour(DocumentKind.SALE, one, -1)) is not None:
        found += 1
    return found


def _without_pre_order(counter: Counter) -> None:
    tick = counter.driver.find(Tick, "sale_page.create_tick")
    tick.setChecked(False)


def _note(counter: Counter, row: int) -> str:
    line = counter.page.form.lines[row - 1]
    found = counter.page.notes.of(line)
    return f"{found.bold}{found.sentence}" if found else ""


def _customer(counter: Counter, text: str, name: str) -> None:
    counter.key(Key.Key_F3)
    counter.type(text)
    counter.key(Key.Key_Return)
    counter.settle()
    counter.driver.until(
        lambda: counter.page.form.customer == name or counter.page.window().findChild(QWidget, "reprice_dialog")
    )


@pytest.mark.manual("M20", "M122", "M158")
def test_a_sale_without_a_pre_order_is_saved_and_the_next_begins(desk: Driver) -> None:
    counter = Counter(desk)
    number = counter.page.form.number
    day = desk.program.ctx.clock.today()
    assert number == f"XH{day:%Y%m%d}001"
    _without_pre_order(counter)
    counter.scan("sp32501_001")
    counter.settle()
    counter.key(Key.Key_F9)
    desk.until(lambda: counter.page.form.is_empty)
    counter.settle()
    assert _sales(desk) == 1
    assert counter.page.form.number == f"XH{day:%Y%m%d}002"
    assert desk.program.ready.picker.card(counter.sku("sp32501_001").sku_id).stock == Decimal(99)
    assert desk.program.ready.pre_orders.waiting().count == 0


@pytest.mark.manual("M19", "M89")
def test_only_goods_of_the_goods_centre_are_offered(desk: Driver) -> None:
    from jdy_desktop.models.states import DownloadMode

    shop = desk.authorize()
    desk.download(shop, DownloadMode.INFO_ONLY)
    page = desk.open_page("sale")
    desk.until(lambda: page.desk.around is not None)
    page.scan.submit("sp32501_001")
    desk.idle()
    assert page.form.is_empty
    assert page.head.note.isVisible()


@pytest.mark.manual("M123", "M124")
def test_prices_follow_the_grade_and_a_filled_sale_asks_first(desk: Driver) -> None:
    counter = Counter(desk)
    card = counter.sku("sp32501_001")
    retail, wholesale = card.prices[PriceGrade.RETAIL], card.prices[PriceGrade.WHOLESALE]
    assert (retail, wholesale) == (Decimal(64), Decimal(39))
    _customer(counter, "pf", "批发")
    assert counter.page.head.customer.customer is not None
    counter.scan("sp32501_001")
    counter.settle()
    assert counter.page.form.lines[0].price == wholesale
    for answer, price in (("no", wholesale), ("yes", wholesale)):
        target, grade_price = ("零售", retail) if counter.page.form.customer == "批发" else ("批发", wholesale)
        _customer(counter, target, target)
        button = desk.find(KeyButton, f"reprice_dialog.{answer}_button")
        assert counter.page.form.customer != target
        button.click()
        desk.idle()
        assert counter.page.form.customer == target
        if answer == "yes":
            assert counter.page.form.lines[0].price == grade_price
        else:
            assert counter.page.form.lines[0].price == price


@pytest.mark.manual("M127", "M130")
def test_freight_decides_the_way_until_the_clerk_does_and_is_added(desk: Driver) -> None:
    counter = Counter(desk)
    counter.scan("sp32602_002")
    counter.settle()
    freight = desk.find(Field, "sale_page.freight_field")
    way = desk.find(SegmentedChoice, "sale_page.logistics_choice")
    assert way.value() is Logistics.SELF_PICKUP
    freight.setFocus()
    freight.selectAll()
    counter.type("12")
    counter.key(Key.Key_Return)
    assert way.value() is Logistics.EXPRESS
    assert counter.page.form.totals.settlement_amount == Decimal("200.00")
    for empty in ("0.00", "0", ""):
        freight.setFocus()
        freight.selectAll()
        freight.del_()
        counter.type(empty)
        counter.key(Key.Key_Return)
        assert way.value() is Logistics.SELF_PICKUP
    way.setFocus()
    counter.key(Key.Key_Right)
    assert counter.page.form.logistics is Logistics.EXPRESS
    freight.setFocus()
    freight.selectAll()
    counter.type("0")
    counter.key(Key.Key_Return)
    assert counter.page.form.logistics is Logistics.EXPRESS


@pytest.mark.manual("M130")
def test_settlement_is_after_discount_plus_freight(desk: Driver) -> None:
    counter = Counter(desk)
    for code, quantity in (("sp32602_002", "4"), ("sp32501_001", "2")):
        counter.scan(code)
        counter.type(f"{quantity}*")
    counter.settle()
    # 4 × 188 + 2 × 64 = 880; 优惠 1.12 → 878.88; + 10 → 888.88
    counter.key(Key.Key_F7)
    desk.find(Field, "discount_dialog.amount_field")
    counter.type("1.12")
    counter.key(Key.Key_Return)
    freight = desk.find(Field, "sale_page.freight_field")
    freight.setFocus()
    freight.selectAll()
    counter.type("10")
    counter.key(Key.Key_Return)
    totals = counter.page.form.totals
    assert (totals.goods_amount, totals.discount_amount) == (Decimal("880.00"), Decimal("1.12"))
    assert (totals.amount_after_discount, totals.settlement_amount) == (Decimal("878.88"), Decimal("888.88"))
    assert counter.page.side.amount.amount() == "888.88"
    counter.key(Key.Key_F7)
    desk.find(KeyButton, "discount_dialog.jiao_button").click()
    dialog = counter.page.window().findChild(DiscountDialog)
    assert dialog is not None
    dialog.accept()
    assert counter.page.form.totals.settlement_amount == Decimal("888.00")


@pytest.mark.manual("M128")
def test_two_shops_the_right_one_must_be_chosen(desk: Driver) -> None:
    counter = Counter(desk, shops=2)
    combo = desk.find(FilterCombo, "sale_page.shop_combo")
    assert combo.value() is None
    counter.scan("sp32501_001")
    counter.settle()
    before = len(desk.market.world.pre_orders)
    counter.key(Key.Key_F9)
    desk.until(lambda: counter.page.head.note.isVisible())
    assert _sales(desk) == 0
    assert not counter.page.form.is_empty
    combo.set_value(counter.shop_ids[1])
    counter.settle()
    assert "这是店铺" in _note(counter, 1)
    counter.key(Key.Key_F9)
    desk.until(lambda: bool(counter.page.form.lines[0].trouble))
    assert _sales(desk) == 0
    combo.set_value(counter.shop_ids[0])
    counter.settle()
    assert "这是店铺" not in _note(counter, 1)
    assert len(desk.market.world.pre_orders) == before


@pytest.mark.manual("M128")
def test_one_shop_is_preset(desk: Driver) -> None:
    counter = Counter(desk)
    assert desk.find(FilterCombo, "sale_page.shop_combo").value() == counter.shop_ids[0]
    assert counter.page.form.shop_id == counter.shop_ids[0]


@pytest.mark.manual("M137")
def test_short_stock_saves_nothing_and_sends_nothing(desk: Driver) -> None:
    counter = Counter(desk, stock=3)
    counter.scan("sp32501_001")
    counter.type("4*")
    counter.settle()
    assert "库存只有 3 件，要 4 件" in _note(counter, 1)
    counter.key(Key.Key_F9)
    desk.until(lambda: bool(counter.page.form.lines[0].trouble))
    desk.idle()
    assert _sales(desk) == 0
    assert desk.program.ready.pre_orders.waiting().count == 0
    assert not desk.market.world.pre_orders
    assert counter.page.window().findChild(CodeWindow) is None
    counter.type("3*")
    counter.settle()
    _without_pre_order(counter)
    counter.key(Key.Key_F9)
    desk.until(lambda: _sales(desk) == 1)
    desk.idle()


def test_goods_without_any_stock_lead_to_the_opening_stock(desk: Driver) -> None:
    """The first sale of a new user: nothing was received yet, and the screen says where to go."""
    counter = Counter(desk, stock=0)
    counter.scan("sp32501_001")
    counter.type("4*")
    counter.settle()
    assert "先录期初" in _note(counter, 1)
    counter.key(Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    opening = desk.find(OpeningPage, "opening_page")
    counter.driver.until(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    desk.idle()
    for text in ("10", "26"):
        counter.type(text)
        counter.key(Key.Key_Return)
        desk.idle()
    opening.save()
    desk.idle()
    desk.open_page("sale")
    desk.until(lambda: _note(counter, 1) == "")
    counter.key(Key.Key_F9)
    desk.until(lambda: _sales(desk) == 1)


@pytest.mark.manual("M121", "M140", "M141")
def test_warned_while_typing_and_mended_by_one_key(desk: Driver) -> None:
    counter = Counter(desk, stock=2000)
    counter.scan("sp32501_001")
    counter.settle()
    assert _note(counter, 1).startswith("起订量 2 件，现在 1 件。")
    counter.key(Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    counter.settle()
    assert counter.page.form.lines[0].quantity == Decimal(2)
    assert _note(counter, 1) == ""
    counter.scan("sp32602_002")
    counter.type("121*")
    counter.settle()
    assert _note(counter, 2).startswith("线上库存 120 个，现在 121 个。")
    services = desk.program.ready
    offer_row = counter.sku("sp32602_002").offer
    assert offer_row is not None
    services.matching.unmatch([offer_row.offer_sku_id])
    desk.idle()
    counter.page.desk.refresh_cards()
    desk.idle()
    assert _note(counter, 2).startswith("还没有匹配 1688 的宝贝。")
    _without_pre_order(counter)
    assert _note(counter, 2) == ""


def test_double_f9_stores_one_sale(desk: Driver) -> None:
    counter = Counter(desk)
    _without_pre_order(counter)
    counter.scan("sp32501_001")
    counter.key(Key.Key_F9)
    counter.key(Key.Key_F9)
    desk.until(lambda: counter.page.form.is_empty and not counter.page.desk.is_saving)
    desk.idle()
    assert _sales(desk) == 1


def test_last_price_is_shown_and_taken_by_one_key(desk: Driver) -> None:
    counter = Counter(desk)
    _without_pre_order(counter)
    counter.scan("sp32501_001")
    counter.type("58/")
    counter.settle()
    counter.key(Key.Key_F9)
    desk.until(lambda: counter.page.form.is_empty)
    counter.settle()
    counter.scan("sp32501_001")
    counter.settle()
    assert counter.page.form.lines[0].price == Decimal(64)
    texts = [one.text() for one in counter.page.side.findChildren(QLabel)]
    assert "58.00" in texts
    counter.key(Key.Key_P, Qt.KeyboardModifier.AltModifier)
    assert counter.page.form.lines[0].price == Decimal(58)


def test_a_deleted_line_comes_back_with_undo(desk: Driver) -> None:
    counter = Counter(desk)
    counter.scan("sp32501_001")
    counter.scan("sp32602_002")
    counter.settle()
    counter.page.table.setFocus()
    counter.page.table.select_id(counter.page.form.lines[0].id)
    counter.key(Key.Key_Delete)
    assert [code for code, _ in counter.lines()] == ["sp32602_002"]
    counter.key(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [code for code, _ in counter.lines()] == ["sp32501_001", "sp32602_002"]


@pytest.mark.manual("M125", "M126")
@pytest.mark.parametrize(
    ("inclusive", "price", "net", "gross"), [(True, "113", "100", "113"), (False, "100", "100", "113")]
)
def test_tax_columns_show_both_prices(
    qtbot: object, tmp_path: object, market: object, inclusive: bool, price: str, net: str, gross: str
) -> None:
    from tests.support.program import running_program

    with running_program(qtbot, tmp_path, market, computes_tax=True) as driver:  # type: ignore[arg-type]
        driver.program.ready.account_sets.set_tax(inclusive, Decimal(13))
        counter = Counter(driver)
        counter.scan("sp32501_001")
        counter.type(f"{price}/")
        counter.settle()
        line = counter.page.form.lines[0]
        assert line.money is not None
        assert (line.money.net_price, line.money.gross_price) == (Decimal(net), Decimal(gross))
        titles = [column.title for column in counter.page.table.rows_model().columns]
        assert {"税率(%)", "含税单价", "税额", "价税合计"} <= set(titles)


def test_no_tax_columns_when_tax_is_not_computed(desk: Driver) -> None:
    page = desk.open_page("sale")
    assert "税额" not in [column.title for column in page.table.rows_model().columns]
