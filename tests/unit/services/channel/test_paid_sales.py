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
from jdy_desktop.services.channel.outbox import Outbox
from jdy_desktop.services.channel.pre_orders import Timing
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.reports import Reports
from tests.support.counter import open_counter

D = Decimal


class Shop:
    """A sale of 300 with its code at 1688."""

    def __init__(self, book: Database, clock: Any) -> None:
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

    def told(self, id: PreOrderId, status: int, number: str = "55070119811") -> None:
        remote = RemotePreOrder(PreOrderNumber(number), status)
        self.outbox.store_remote(id, remote, self.counter.ctx.clock.now())

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
