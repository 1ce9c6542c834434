"""What a hurried clerk types and what a bad day at 1688 answers: one sentence each, nothing lost, nothing doubled.

Every case goes through the real page. The sentences are the house's own: a test of texts keeps them complete.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from jdy_desktop.models.channel import OfferSku, Shop
from jdy_desktop.models.states import DocumentKind, UploadState
from jdy_desktop.sandbox.server import PracticeMarket
from jdy_desktop.sandbox.world import World
from jdy_desktop.services.queries.documents import DocumentFilter, DocumentList
from jdy_desktop.services.queries.pre_orders import PreOrderFilter, PreOrderRow
from jdy_desktop.views.texts import ADVICE, advice
from tests.support.sales import Counter
from tests.support.waiting import go_offline

if TYPE_CHECKING:
    from tests.support.program import Driver

#: 高压绝缘胶带 23号: no variants, sold by the piece
GOODS = "sp19011"
#: PET电气绝缘胶带: 20 pieces online
FEW = "sp19005_001"
FEW_OFFER = 588708880891


def note(counter: Counter) -> str:
    """The sentence under the scan row; "" while none is shown."""
    shown = counter.page.head.note
    return str(shown.accessibleName()) if shown.isVisible() else ""


def type_into(counter: Counter, key: str, text: str) -> None:
    """Open the cell of the last line, replace what stands there, Enter."""
    page = counter.page
    assert page.table.edit_once(page.form.lines[-1].id, key)
    counter.driver.until(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    editor.selectAll()
    # Pasted: eight keys at once would be a scanner in the cell, and that is another story.
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier) if text else editor.clear()
    QTest.keyClick(editor, Qt.Key.Key_Return)
    counter.settle()


def put(counter: Counter, code: str, quantity: int = 1) -> None:
    """Scan the goods and type the quantity."""
    counter.scan(code)
    counter.settle()
    assert counter.page.form.lines[-1].card.code == code
    if quantity != 1:
        type_into(counter, "quantity", str(quantity))


def finish(counter: Counter) -> None:
    """F9, wherever the focus is."""
    counter.key(Qt.Key.Key_F9)
    counter.settle()


def sales(driver: Driver) -> list[int]:
    return list(DocumentList(driver.program.ready.db, DocumentKind.SALE).ids(DocumentFilter()))


def pre_orders(driver: Driver) -> list[PreOrderRow]:
    listed = driver.program.ready.pre_order_list
    rows = listed.rows(listed.ids(PreOrderFilter()))
    return list(rows.values())


def is_one_sentence(words: str) -> bool:
    return words.endswith("。") and not any(bad in words for bad in ("Error", "None", "{", "哎呀", "！", "Traceback"))


QUANTITIES = (
    ("-3", "不能小于 0"),
    ("1e30", "数字太大"),
    ("9" * 40, "数字太大"),
    ("abc", "不是数字"),
    ("三件", "不是数字"),
    ("1.23456", "小数位太多"),
    ("NaN", "不是数字"),
    ("10²", "不是数字"),
    ("", "没有填数字"),
)
PRICES = (
    ("-0.01", "不能小于 0"),
    ("1e30", "数字太大"),
    ("十元", "不是数字"),
    ("0.1234567", "小数位太多"),
    ("Infinity", "不是数字"),
    ("<b>5</b>", "不是数字"),
)


def test_absurd_numbers_in_a_line_change_nothing(desk: Driver) -> None:
    counter = Counter(desk)
    put(counter, GOODS, 2)
    before = counter.page.form.lines[0].price
    for key, cases in (("quantity", QUANTITIES), ("price", PRICES)):
        for text, says in cases:
            type_into(counter, key, text)
            line = counter.page.form.lines[0]
            assert (line.quantity, line.price) == (2, before), (key, text)
            assert says in note(counter), (key, text)
            assert is_one_sentence(note(counter)), note(counter)


def test_a_price_with_three_decimals_is_kept_and_the_sum_is_rounded_once(desk: Driver) -> None:
    """3 × 1.005 = 3.015 → 3.02 (HALF_UP); 3 × 1.01 would be 3.03."""
    counter = Counter(desk)
    put(counter, GOODS, 3)
    type_into(counter, "price", "1.005")
    assert counter.page.form.lines[0].price == Decimal("1.005")
    finish(counter)
    desk.until(lambda: sales(desk))
    stored = desk.program.ready.documents.document(sales(desk)[0])  # type: ignore[arg-type]
    assert stored.settlement_amount == Decimal("3.02")


def test_quantity_zero_takes_the_line_out_and_offers_it_back(desk: Driver) -> None:
    counter = Counter(desk)
    put(counter, GOODS, 2)
    type_into(counter, "quantity", "0")
    assert counter.lines() == []
    assert sales(desk) == []


def test_absurd_freight_keeps_the_former_one(desk: Driver) -> None:
    counter = Counter(desk)
    put(counter, GOODS)
    field = counter.page.side.freight_field
    for text, says in (("-1", "不能小于 0"), ("9.999", "小数位太多"), ("邮费", "不是数字"), ("1e30", "数字太大")):
        field.setFocus()
        field.selectAll()
        desk.type(field, text)
        QTest.keyClick(field, Qt.Key.Key_Tab)
        counter.settle()
        assert counter.page.form.freight == 0, text
        assert field.text() == "0.00"
        assert says in note(counter), text
        assert is_one_sentence(note(counter))


def test_nonsense_in_the_scan_row_adds_nothing(desk: Driver) -> None:
    counter = Counter(desk)
    for text in ("6901234567892", "<img src=x>123456", "'; DROP TABLE skus; --1", "%%%%%%1", "9" * 300, "😀123456"):
        scan = counter.page.head.scan
        scan.setFocus()
        desk.type(scan, text)
        QTest.keyClick(scan, Qt.Key.Key_Return)
        counter.settle()
        assert counter.lines() == [], text
        # What was not added before stays named in front of it.
        assert text[:100] in note(counter), note(counter)
        assert "什么都没有加" in note(counter)
        counter.key(Qt.Key.Key_Escape)
        scan.clear()
    # Text, not markup: a name full of tags must not be drawn as such.
    shown = [one for one in counter.page.head.note.findChildren(QLabel) if one.text()]
    assert shown
    for label in shown:
        assert label.textFormat() is Qt.TextFormat.PlainText


def test_an_empty_sale_is_not_saved(desk: Driver) -> None:
    counter = Counter(desk)
    finish(counter)
    assert "还没有商品，没有保存" in note(counter)
    assert is_one_sentence(note(counter))
    assert sales(desk) == []


@pytest.mark.manual("M15")
def test_a_day_before_the_start_period_is_refused(desk: Driver) -> None:
    counter = Counter(desk)
    put(counter, GOODS)
    counter.page.head.day.set_value(date(2019, 2, 28))
    counter.page.head.day.date_changed.emit(date(2019, 2, 28))
    finish(counter)
    desk.until(lambda: note(counter))
    assert note(counter) == ("单据日期 2019-02-28 早于启用期间 2019-03-01，没有保存。改成 2019-03-01 或以后的日期。")
    assert sales(desk) == []
    assert counter.lines() == [(GOODS, "1")]


@pytest.mark.manual("M137")
def test_21_of_20_in_stock_is_neither_saved_nor_sent(desk: Driver) -> None:
    counter = Counter(desk, stock=20)
    put(counter, GOODS, 21)
    finish(counter)
    desk.until(lambda: "库存不足" in note(counter))
    assert is_one_sentence(note(counter))
    assert (sales(desk), pre_orders(desk)) == ([], [])
    assert desk.market.world.count("preOrder.create") == 0
    assert counter.sku(GOODS).stock == 20
    type_into(counter, "quantity", "20")
    finish(counter)
    desk.until(lambda: len(sales(desk)) == 1)


@pytest.mark.manual("M38")
def test_a_shop_without_a_market_sends_nothing(desk: Driver) -> None:
    counter = Counter(desk)
    with desk.program.ready.db.write() as session:
        session.get_one(Shop, counter.shop_ids[0]).market_id = None
    counter.settle()
    put(counter, GOODS)
    finish(counter)
    desk.until(lambda: "还没有选市场" in note(counter))
    assert is_one_sentence(note(counter))
    assert (sales(desk), pre_orders(desk)) == ([], [])
    assert counter.lines() == [(GOODS, "1")]


def _revoked(market: PracticeMarket) -> None:
    for login in market.world.accounts:
        market.world.revoke(login)


def _sending(fault: str, count: int | None = None) -> Callable[[PracticeMarket], None]:
    """The fault strikes the call that makes the pre-order, and nothing else."""

    def happen(market: PracticeMarket) -> None:
        market.world.faults.add(fault, count=count, api="preOrder.create")

    return happen


WAITS = (UploadState.WAITING, UploadState.UPLOADING)
LOOKED_UP = (UploadState.UNCLEAR, UploadState.UPLOADED)
#: what happens at 1688 → how, where the row may rest, how many pre-orders there may be then
BAD_DAYS: dict[str, tuple[Callable[[PracticeMarket], None], tuple[UploadState, ...], int]] = {
    "network gone": (go_offline, WAITS, 0),
    "authorization withdrawn": (_revoked, WAITS, 0),
    "throttled": (_sending("throttle"), WAITS, 0),
    "answer lost": (_sending("answer_lost", 1), LOOKED_UP, 1),
    "half an answer": (_sending("half_json", 1), LOOKED_UP, 1),
    "10 MB of answer": (_sending("huge", 1), LOOKED_UP, 1),
    "a proxy's page": (_sending("http_502"), (UploadState.UNCLEAR, UploadState.WAITING), 0),
    "garbage": (_sending("garbage", 1), LOOKED_UP, 1),
}


@pytest.mark.expect_log("WARNING jdy_desktop.*")
@pytest.mark.parametrize("what", BAD_DAYS)
def test_whatever_1688_does_the_sale_is_saved_and_can_be_printed(desk: Driver, tmp_path: Any, what: str) -> None:
    happens, may_rest_in, at_most = BAD_DAYS[what]
    counter = Counter(desk)
    put(counter, GOODS, 2)
    happens(desk.market)
    finish(counter)
    desk.until(lambda: len(sales(desk)) == 1 and pre_orders(desk))
    desk.until(lambda: pre_orders(desk)[0].upload_state in may_rest_in and desk.program.runner.running == 0)
    assert counter.sku(GOODS).stock == 98
    assert len(desk.market.world.pre_orders) <= at_most
    # Paper does not need 1688.
    sale = desk.program.ready.documents.document(sales(desk)[0])  # type: ignore[arg-type]
    assert sale.number
    paper = tmp_path / "sale.pdf"
    _print(desk, sale, paper)
    assert paper.stat().st_size > 1000


def _print(driver: Driver, sale: Any, to: Any) -> None:
    from jdy_desktop.services.paper.forms import printable_sale
    from jdy_desktop.views.printing import Paper, print_sale

    print_sale(printable_sale(sale, "禾木服饰商行"), Paper.ROLL_80, to)


@pytest.mark.parametrize(
    ("goods", "quantity", "happens", "says"),
    [
        pytest.param(
            FEW, 1, lambda w: w.set_offer(FEW_OFFER, status="expired"), "下架",
            marks=pytest.mark.manual("M138"), id="off the shelf",
        ),
        pytest.param(
            FEW, 1, lambda w: w.catalogue.remove(FEW_OFFER), "没有对应的offer", marks=pytest.mark.manual("M139"), id="offer gone"
        ),
        pytest.param("sp32501_001", 1, None, "最低限购", marks=pytest.mark.manual("M140"), id="1 of at least 2"),
        pytest.param(FEW, 21, None, "可售数量不足", marks=pytest.mark.manual("M141"), id="21 of 20 online"),
    ],
)  # fmt: skip
def test_what_1688_refuses_stays_a_sale_with_its_words(
    desk: Driver, goods: str, quantity: int, happens: Callable[[World], None] | None, says: str
) -> None:
    counter = Counter(desk)
    put(counter, goods, quantity)
    if happens is not None:
        happens(desk.market.world)
    else:
        # Known since the download: warned of while typing, and it may be saved all the same.
        assert counter.page.notes.by_line[counter.page.form.lines[-1].id].note.tone == "warn"
    finish(counter)
    desk.until(lambda: pre_orders(desk) and pre_orders(desk)[0].upload_state is UploadState.FAILED)
    row = pre_orders(desk)[0]
    assert len(sales(desk)) == 1
    assert says in row.upload_log
    assert row.number == "0"
    assert row.advice in ADVICE
    assert is_one_sentence(advice(row.advice, row.advice_params))
    assert counter.sku(goods).stock == 100 - quantity
    assert desk.market.world.pre_orders == {}


def test_ids_beyond_what_a_float_can_hold_arrive_whole(desk: Driver) -> None:
    """9007199254740993 as a float is 9007199254740992: another SKU, or none."""
    counter = Counter(desk)
    put(counter, "sp33001_001", 2)
    facts = counter.page.form.lines[0].card.offer
    assert facts is not None
    finish(counter)
    desk.until(lambda: pre_orders(desk) and pre_orders(desk)[0].upload_state is UploadState.UPLOADED)
    (order,) = desk.market.world.pre_orders.values()
    sold = order.lines[0].sku
    assert sold is not None
    assert sold["skuId"] > 2**53
    assert int(float(sold["skuId"])) != sold["skuId"]
    with desk.program.ready.db.read() as session:
        assert session.get_one(OfferSku, facts.offer_sku_id).platform_sku_id == str(sold["skuId"])
