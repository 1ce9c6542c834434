"""A code paid at 1688 settles its sale: once, for what was asked, also when the sale was voided meanwhile (M147)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from jdy_desktop.models.channel import PreOrder
from jdy_desktop.models.documents import Document
from jdy_desktop.models.ids import PreOrderId, PreOrderNumber
from jdy_desktop.models.money import Payment
from jdy_desktop.models.states import PayState, UploadState
from jdy_desktop.services.ali1688.values import RemotePreOrder
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.payments import Party, Payments
from jdy_desktop.services.channel import paid_sales
from jdy_desktop.services.channel import pre_order_desk as desk
from jdy_desktop.services.channel.outbox import Outbox
from jdy_desktop.services.channel.pre_orders import Timing
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.report_values import Way
from jdy_desktop.services.queries.reports import Reports
from tests.support.counter import TODAY, open_counter

D = Decimal


class Shop:
    """A sale of 300 with its code at 1688."""

    def __init__(self, book: Database, clock: Any) -> None:
        self.clock = clock
        self.counter = open_counter(book, clock)
        self.sku = self.counter.goods("a", stock="100")
        self.shop_id = self.counter.shop("店一")
        self.counter.offer(self.shop_id, "588616757513", self.sku)
        self.outbox = Outbox(book, self.counter.ctx, Timing())
        self.payments = Payments(book, self.counter.ctx)
        self.party = Party("customer", self.counter.wholesale)

    def sell(self, pieces: str = "30", **more: Any) -> Any:
        line = self.counter.line(self.sku, pieces, "10")
        return self.counter.sale(line, customer_id=self.party.id, shop_id=self.shop_id, makes_pre_order=True, **more)

    def uploaded(self, sale: Any, number: str = "55070119811") -> PreOrderId:
        assert sale.pre_order_id is not None
        with self.counter.db.write() as session:
            values = {"upload_state": UploadState.UPLOADED.value, "number": number}
            session.execute(update(PreOrder).where(PreOrder.id == sale.pre_order_id).values(values))
        return PreOrderId(sale.pre_order_id)

    def told(self, id: PreOrderId, status: int, number: str = "55070119811", **more: Any) -> None:
        remote = RemotePreOrder(PreOrderNumber(number), status, **more)
        self.outbox.store_remote(id, remote, self.counter.ctx.clock.now())

    def made_anew(self, sale: Any) -> tuple[PreOrderId, PreOrderId]:
        """The first code, expired, and the one made in its place, waiting."""
        first = self.uploaded(sale)
        self.told(first, 0, created_at=self.clock.now())
        self.clock.advance(days=5, minutes=1)
        return first, desk.recreate(self.counter.db, self.counter.ctx, first, self.clock.now())

    def receipts(self) -> list[tuple[str, Decimal, str]]:
        with self.counter.db.read() as session:
            rows = session.scalars(select(Payment).order_by(Payment.id)).all()
            return [(one.number, one.amount, one.remark) for one in rows]


@pytest.fixture
def shop(book: Database, frozen_clock: Any) -> Shop:
    return Shop(book, frozen_clock)


@pytest.mark.manual("M147")
def test_a_paid_code_settles_its_sale_once(shop: Shop) -> None:
    sale = shop.sell()
    id = shop.uploaded(sale)
    shop.told(id, 1)
    assert shop.counter.balance(shop.party.id) == D(300)
    shop.told(id, 2)
    shop.told(id, 2)
    assert shop.counter.balance(shop.party.id) == 0
    ((number, amount, remark),) = shop.receipts()
    assert (number[:2], amount, remark) == ("SK", D(300), "1688 预订单 55070119811")
    opened = shop.payments.open_bills(shop.party)
    assert (opened.bills, opened.advance) == ((), 0)
    assert shop.payments.payment(1).account == "1688"
    assert check_book(shop.counter.db, JobContext()).problems == ()


def test_what_was_paid_at_once_becomes_an_advance(shop: Shop) -> None:
    """100 in cash, then the whole 300 at 1688: 100 are to be given back or used."""
    sale = shop.sell(paid_amount=D(100), account_id=shop.counter.cash)
    shop.told(shop.uploaded(sale), 2)
    opened = shop.payments.open_bills(shop.party)
    assert (opened.bills, opened.advance, opened.balance) == ((), D(100), D(-100))
    assert [one.amount for one in Reports(shop.counter.db, shop.counter.ctx).due()] == [D(300)]
    assert check_book(shop.counter.db, JobContext()).problems == ()


@pytest.mark.manual("M143")
def test_the_money_due_is_what_1688_says_was_paid(shop: Shop) -> None:
    """The seller took 20 off at 1688: of the 300 asked, 272 and 8 of freight come."""
    sale, other = shop.sell(), shop.sell("1")
    shop.told(shop.uploaded(sale), 2, total=D("292"), freight=D("8"), actual_total=D("280"))
    shop.told(shop.uploaded(other, "55070119812"), 2, number="55070119812")
    reports = Reports(shop.counter.db, shop.counter.ctx)
    assert [one.amount for one in reports.due()] == [D(280), D(10)]
    assert reports.day(TODAY).due_amount == D(290)
    shop.payments.void(1, shop.payments.payment(1).version)  # given back to the buyer
    assert [one.amount for one in reports.due()] == [D(10)]


def test_a_voided_sale_that_is_paid_all_the_same_is_money_to_give_back(shop: Shop) -> None:
    sale = shop.sell()
    id = shop.uploaded(sale)
    voided = shop.counter.documents.void(sale.id, sale.version)
    assert voided.warnings == ("code_stays_payable",)
    shop.told(id, 2)
    assert shop.payments.open_bills(shop.party).advance == D(300)
    assert check_book(shop.counter.db, JobContext()).problems == ()


def test_a_book_of_an_older_program_catches_up_once(shop: Shop) -> None:
    sale, other = shop.sell(), shop.sell("1")
    id = shop.uploaded(sale)
    with shop.counter.db.write() as session:
        paid = {"pay_state": PayState.PAID.value, "paid_at": shop.counter.ctx.clock.now()}
        session.execute(update(PreOrder).where(PreOrder.id == id).values(paid))
    assert shop.counter.balance(shop.party.id) == D(310)
    assert paid_sales.catch_up(shop.counter.db, shop.counter.ctx) == 1
    assert paid_sales.catch_up(shop.counter.db, shop.counter.ctx) == 0
    assert [one.number for one in shop.payments.open_bills(shop.party).bills] == [other.number]


def test_a_sale_that_needs_no_receipt_is_never_counted_as_caught_up(shop: Shop) -> None:
    sale = shop.sell()
    id = shop.uploaded(sale)
    with shop.counter.db.write() as session:
        paid = {"pay_state": PayState.PAID.value, "paid_at": shop.counter.ctx.clock.now()}
        session.execute(update(PreOrder).where(PreOrder.id == id).values(paid))
        session.execute(update(Document).where(Document.id == sale.id).values(customer_id=None))
    assert paid_sales.catch_up(shop.counter.db, shop.counter.ctx) == 0


# ---------------------------------------------------------------- an earlier code of the sale


@pytest.mark.manual("M135")
def test_a_sale_paid_through_an_earlier_code_stays_as_it_was_paid(shop: Shop) -> None:
    sale = shop.sell()
    first, second = shop.made_anew(sale)
    shop.told(first, 2)
    assert desk.fail_when_paid(shop.counter.db, second)
    documents = shop.counter.documents
    assert documents.document(sale.id).locked_by == "pre_order_paid"
    for act in (
        lambda: shop.sell("5", document_id=sale.id, version=sale.version),
        lambda: documents.void(sale.id, sale.version),
        lambda: desk.recreate(shop.counter.db, shop.counter.ctx, second, shop.clock.now()),
    ):
        with pytest.raises(UserError, match="pre_order_paid"):
            act()
    reports = Reports(shop.counter.db, shop.counter.ctx)
    assert [(one.way, one.amount) for one in reports.day(TODAY).ways] == [(Way.CHANNEL_PAID, D(300))]
    assert [(one.pre_order_id, one.amount) for one in reports.due()] == [(first, D(300))]
    assert shop.counter.balance(shop.party.id) == 0
    assert check_book(shop.counter.db, JobContext()).problems == ()


@pytest.mark.parametrize("status", [0, 1])
def test_a_sale_is_not_edited_while_an_earlier_code_may_still_be_paid(shop: Shop, status: int) -> None:
    """Until 1688 was asked once more an hour after its end; one that a buyer has scanned stays his."""
    sale = shop.sell()
    first, _ = shop.made_anew(sale)
    shop.told(first, status)
    with pytest.raises(UserError, match="pre_order_uploaded"):
        shop.sell("5", document_id=sale.id, version=sale.version)
    shop.clock.advance(hours=2)
    shop.told(first, status)
    if status == 1:
        assert shop.counter.documents.document(sale.id).locked_by == "pre_order_uploaded"
        return
    assert shop.sell("5", document_id=sale.id, version=sale.version).settlement_amount == D(50)


def test_a_voided_sale_says_that_an_earlier_code_stays_payable(shop: Shop) -> None:
    sale = shop.sell()
    shop.made_anew(sale)
    assert shop.counter.documents.void(sale.id, sale.version).warnings == ("code_stays_payable",)


@pytest.mark.manual("M147")
def test_the_receipt_is_what_1688_says_was_paid(shop: Shop) -> None:
    """240 and 10 freight of 300: 50 are still owed."""
    shop.told(shop.uploaded(shop.sell()), 2, total=D(240), freight=D(10))
    assert [amount for _, amount, _ in shop.receipts()] == [D(250)]
    assert shop.counter.balance(shop.party.id) == D(50)
    assert check_book(shop.counter.db, JobContext()).problems == ()
