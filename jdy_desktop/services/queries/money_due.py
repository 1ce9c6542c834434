"""预计到账: what buyers paid at 1688 and when it reaches us at the latest (manual 6.2; M142–M144)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, String, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from jdy_desktop.models.channel import PreOrder, Shop
from jdy_desktop.models.documents import Document
from jdy_desktop.models.ids import DocumentId, PreOrderId
from jdy_desktop.models.money import CHANNEL_KEY, Payment
from jdy_desktop.models.parties import Customer
from jdy_desktop.models.rules.logistics import GUARANTEE_DAYS, expected_money_date
from jdy_desktop.models.states import DocumentState, PayState
from jdy_desktop.services.machine.context import SHANGHAI
from jdy_desktop.services.queries.report_values import DueRow
from jdy_desktop.services.queries.sale_facts import counted

#: when the buyer paid, as far as it is known
_PAID_AT = func.coalesce(PreOrder.paid_at, PreOrder.polled_at, PreOrder.created_at)


def due_rows(session: Session, today: date, *conditions: ColumnElement[bool]) -> tuple[DueRow, ...]:
    """Paid pre-orders whose tenth day is not over, soonest first.

    The amount is what the buyer paid as 1688 told (the price may have been changed there), which its receipt keeps; where
    1688 did not say, what the code asked, all of the settlement: what was paid at the counter besides is an advance.
    A receipt that was voided (given back, say) brings nothing.
    1688 does not tell us when the goods were sent; they are taken to go out on the day they were paid, so an order that is
    sent later comes that much later, and one the buyer confirms comes at once.
    """
    query = (
        select(
            PreOrder,
            Document.number.label("sale"),
            func.coalesce(Payment.amount, Document.settlement_amount),
            Customer.name,
            Shop.name,
        )
        .join(Document, Document.id == PreOrder.sale_id)
        .join(Shop, Shop.id == PreOrder.shop_id)
        .outerjoin(Customer, Customer.id == Document.customer_id)
        .outerjoin(Payment, Payment.client_key == literal(CHANNEL_KEY) + cast(PreOrder.id, String))
        # Of a year only the last days are read.
        .where(datetime.combine(today - timedelta(days=GUARANTEE_DAYS), time(), SHANGHAI) <= _PAID_AT)
        .where(or_(Payment.id.is_(None), Payment.state != DocumentState.VOIDED.value))
        .where(PreOrder.pay_state == PayState.PAID.value, counted(session), *conditions)
    )
    rows = []
    for order, sale, amount, customer, shop in session.execute(query):
        at = order.paid_at or order.polled_at or order.created_at  # as _PAID_AT
        paid_on = at.astimezone(SHANGHAI).date()
        due = expected_money_date(paid_on)
        if due is not None and due >= today:
            ids = PreOrderId(order.id), DocumentId(order.sale_id)
            rows.append(DueRow(*ids, sale, customer or "", shop, paid_on, due, amount))
    return tuple(sorted(rows, key=lambda row: (row.due, row.number)))
