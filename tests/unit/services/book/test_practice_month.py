"""填入示例业务: the same believable month every time, only in a practice book, and the book holds afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from jdy_desktop.models.catalog import Product, Sku, SkuPrice
from jdy_desktop.models.channel import OfferSku, PreOrder, Shop
from jdy_desktop.models.documents import Document
from jdy_desktop.models.money import Payment
from jdy_desktop.models.parties import Customer, Supplier
from jdy_desktop.models.states import DocumentKind, Industry, PayState, PriceGrade, Role, UploadState
from jdy_desktop.models.stock import StockBalance
from jdy_desktop.services.ali1688.config import GatewaySettings
from jdy_desktop.services.book.account_sets import AccountSets, CreateAccountSet, fill_account_set
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.practice_plan import DAYS, Bought, Buyer, Sold, Ware, Way, month_story
from jdy_desktop.services.channel.practice_month import PracticeMonth, PracticeReport
from jdy_desktop.services.errors import JobCancelled, Refused, UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.reports import Reports
from tests.support.books import copied_book
from tests.write_practice_month import FILE, offers

TODAY = date(2019, 3, 27)
FIRST, LAST = date(2019, 2, 25), date(2019, 3, 26)


def address() -> GatewaySettings:
    return GatewaySettings(images="http://127.0.0.1:8/", app_key="1000000", app_secret="practice")


def open_practice(book: Database, clock: Any, **answers: Any) -> tuple[Database, Context]:
    ctx = Context(clock=clock, operator="王姐")
    given = {"company": "练习", "start_date": TODAY, "industry": Industry.CLOTHES, "is_practice": True, **answers}
    fill_account_set(book, CreateAccountSet(**given), ctx)
    return book, ctx


@pytest.fixture(scope="module")
def filled(
    _empty_book: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, Context, PracticeReport]]:
    """One filled book for all tests that only look."""
    from tests.support.clock import FrozenClock

    with copied_book(_empty_book, tmp_path_factory.mktemp("month") / "filled.jdy") as database:
        book, ctx = open_practice(database, FrozenClock())
        yield book, ctx, PracticeMonth(book, ctx, address).fill(JobContext())


def count(book: Database, *where: Any, of: Any = Document) -> int:
    with book.read() as session:
        return session.scalar(select(func.count()).select_from(of).where(*where)) or 0


# ---- the story
WARES = [
    Ware(n // 3, dict.fromkeys(PriceGrade, Decimal(20 + n)), Decimal(12), 2 if n % 2 else 0, is_free=n == 0)
    for n in range(30)
]
BUYERS = [
    Buyer(PriceGrade.RETAIL, is_walk_in=True),
    Buyer(PriceGrade.WHOLESALE, is_walk_in=True),
    Buyer(PriceGrade.VIP, owes=True),
]


def test_the_same_goods_give_the_same_story() -> None:
    assert month_story(WARES, BUYERS, 3) == month_story(WARES, BUYERS, 3)
    assert month_story(WARES[:20], BUYERS, 3) != month_story(WARES, BUYERS, 3)


def test_nothing_is_sold_that_is_not_there() -> None:
    """By the clock, hour by hour: what came before an event is there for it."""
    story = month_story(WARES, BUYERS, 3)
    stock = list(story.opening)
    signs = {"Bought": 1, "CameBack": 1, "Counted": 1, "Sold": -1, "SentBack": -1, "Moved": -1, "Given": -1}
    for events in story.days:
        assert [one.minute for one in events] == sorted(one.minute for one in events)
        for event in events:
            for piece in getattr(event, "pieces", ()):
                stock[piece.ware] += signs[type(event).__name__] * piece.quantity
                assert stock[piece.ware] >= 0 or WARES[piece.ware].is_free


def test_a_day_has_eight_to_twenty_sales_over_the_counter() -> None:
    story = month_story(WARES, BUYERS, 3)
    assert len(story.days) == DAYS
    for events in story.days:
        sold = [
            one for one in events if isinstance(one, Sold) and one.way not in (Way.CHANNEL_WAITING, Way.CHANNEL_FAILED)
        ]
        assert 8 <= len(sold) <= 20
    assert sum(isinstance(one, Bought) for events in story.days for one in events) == 10


def test_the_recorded_answers_are_the_practice_markets() -> None:
    """A later download from the market finds the very same offers and SKUs."""
    import json

    assert json.loads(FILE.read_text("utf-8"))["offers"] == json.loads(json.dumps(offers()))


# ---- the book
def test_the_month_is_there(filled: tuple[Database, Context, PracticeReport]) -> None:
    book, _ctx, report = filled
    assert (report.days, report.first, report.last) == (DAYS, FIRST, LAST)
    kind = Document.kind
    assert 30 <= count(book, of=Product) <= 60
    assert count(book, of=Supplier) == 4
    assert count(book, of=Customer) == 12
    assert 8 * DAYS <= count(book, kind == DocumentKind.SALE) <= 21 * DAYS
    assert count(book, kind == DocumentKind.PURCHASE) == 10
    assert count(book, kind == DocumentKind.SALE_RETURN) >= 4
    for one in (DocumentKind.PURCHASE_RETURN, DocumentKind.COUNT, DocumentKind.TRANSFER, DocumentKind.OPENING):
        assert count(book, kind == one) == 1, one
    assert count(book, of=Payment) > 60
    with book.read() as session:
        days = set(session.scalars(select(Document.day).where(kind == DocumentKind.SALE)))
        assert days == {FIRST + timedelta(days=n) for n in range(DAYS)}
        assert AccountSets(book, _ctx).info().start_date == FIRST
        prices = select(func.count()).select_from(SkuPrice).group_by(SkuPrice.sku_id)
        assert set(session.scalars(prices)) == {len(PriceGrade)}


def test_the_book_holds(filled: tuple[Database, Context, PracticeReport]) -> None:
    book, _ctx, _report = filled
    assert check_book(book, JobContext()).problems == ()
    with book.read() as session:
        below = session.scalars(select(StockBalance.sku_id).where(StockBalance.quantity < 0)).all()
        free = session.scalars(select(Sku.id).join(Product, Product.id == Sku.product_id).where(Product.allow_negative))
        assert set(below) <= set(free)


def test_codes_are_paid_waiting_refused_and_over(filled: tuple[Database, Context, PracticeReport]) -> None:
    book, _ctx, _report = filled
    upload, pay = PreOrder.upload_state, PreOrder.pay_state
    paid = count(book, upload == UploadState.UPLOADED, pay == PayState.PAID, of=PreOrder)
    assert paid > 50
    assert count(book, Payment.client_key.startswith("1688-"), of=Payment) == paid
    assert count(book, upload == UploadState.UPLOADED, pay == PayState.UNPAID, of=PreOrder) > 3
    assert count(book, upload == UploadState.FAILED, of=PreOrder) == 2
    assert count(book, upload == UploadState.WAITING, of=PreOrder) == 4
    with book.read() as session:
        refused = session.scalars(select(PreOrder).where(upload == UploadState.FAILED)).all()
        assert all("不满足最低限购限制" in one.upload_log and one.advice for one in refused)
        assert count(book, OfferSku.sku_id.is_(None), of=OfferSku) == 0
        shop = session.scalars(select(Shop)).one()
        assert (shop.sealed_tokens, shop.market_id is not None) == (None, True)


def test_the_day_reports_have_something_to_show(filled: tuple[Database, Context, PracticeReport]) -> None:
    book, ctx, _report = filled
    reports = Reports(book, ctx)
    ways = set()
    for number in range(DAYS):
        day = reports.day(FIRST + timedelta(days=number))
        assert day.cost is not None
        assert day.sales > day.cost > 0
        ways |= {line.way for line in day.ways}
    assert len(ways) == 4


# ---- only there
def test_a_real_book_never_takes_it(book: Database, frozen_clock: Any) -> None:
    opened, ctx = open_practice(book, frozen_clock, is_practice=False)
    month = PracticeMonth(opened, ctx, address)
    assert (month.state().is_practice, month.state().refusal) == (False, "practice_only")
    with pytest.raises(UserError, match="practice_only"):
        month.fill(JobContext())
    assert count(book) == count(book, of=Product) == count(book, of=Shop) == 0


def test_a_practice_book_in_use_never_takes_it(book: Database, frozen_clock: Any) -> None:
    from tests.support.counter import open_counter

    counter = open_counter(book, frozen_clock, is_practice=True)
    counter.goods("a1", stock="5")
    month = PracticeMonth(book, counter.ctx, address)
    assert month.state().refusal == "practice_not_empty"
    with pytest.raises(UserError, match="practice_not_empty"):
        month.fill(JobContext())
    assert count(book) == 1


def test_a_clerk_may_not(book: Database, frozen_clock: Any) -> None:
    opened, ctx = open_practice(book, frozen_clock)
    ctx.seat.take("小李", Role.CLERK, 1)
    with pytest.raises(Refused):
        PracticeMonth(opened, ctx, address).fill(JobContext())
    assert count(book, of=Product) == 0


class StopAt(JobContext):
    """取消 pressed when a day is reached."""

    def __init__(self, day: int) -> None:
        super().__init__()
        self._day = day

    def step(self, done: int, total: int, note: str = "") -> None:
        if done == self._day:
            self.cancel()
        super().step(done, total, note)


def test_cancelled_it_goes_on_with_the_next_day(
    book: Database, frozen_clock: Any, filled: tuple[Database, Context, PracticeReport]
) -> None:
    opened, ctx = open_practice(book, frozen_clock)
    month = PracticeMonth(opened, ctx, address)
    with pytest.raises(JobCancelled):
        month.fill(StopAt(3))
    assert month.state().days == 3
    assert check_book(opened, JobContext()).problems == ()
    with pytest.raises(JobCancelled):
        month.fill(StopAt(6))
    assert month.state().days == 6
    # What was written in pieces is what is written in one go.
    with opened.read() as mine, filled[0].read() as other:
        sums = select(Document.number, Document.settlement_amount).where(Document.day < FIRST + timedelta(days=6))
        rows = mine.execute(sums.order_by(Document.number)).all()
        assert rows == other.execute(sums.order_by(Document.number)).all()
        assert len(rows) > 48


def test_a_month_is_filled_once(filled: tuple[Database, Context, PracticeReport]) -> None:
    book, ctx, _report = filled
    month = PracticeMonth(book, ctx, address)
    assert month.state().refusal == "practice_filled"
    with pytest.raises(UserError, match="practice_filled"):
        month.fill(JobContext())


def test_with_review_tax_and_costs_by_warehouse(book: Database, frozen_clock: Any) -> None:
    answers = {"needs_review": True, "computes_tax": True, "cost_per_warehouse": True}
    opened, ctx = open_practice(book, frozen_clock, **answers)
    with pytest.raises(JobCancelled):
        PracticeMonth(opened, ctx, address).fill(StopAt(21))
    assert check_book(opened, JobContext()).problems == ()
    assert count(opened, Document.kind == DocumentKind.SALE, Document.state == "reviewed") >= 8 * 21


def test_without_the_market_pictures_wait_a_moment_and_goods_come_all_the_same(
    book: Database, frozen_clock: Any
) -> None:
    def nowhere() -> GatewaySettings:
        raise UserError("gateway_key")

    opened, ctx = open_practice(book, frozen_clock)
    month = PracticeMonth(opened, ctx, nowhere)
    month.market_wait_s = 0
    with pytest.raises(JobCancelled):
        month.fill(StopAt(1))
    assert count(opened, of=Product) == 33


def test_the_wizards_wish_is_remembered(book: Database, frozen_clock: Any) -> None:
    opened, ctx = open_practice(book, frozen_clock, wants_month=True)
    month = PracticeMonth(opened, ctx, address)
    assert month.state().is_wanted
    with pytest.raises(JobCancelled):
        month.fill(StopAt(1))
    assert not month.state().is_wanted
