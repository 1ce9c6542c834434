"""A buyer has paid a code at 1688: the customer owes us nothing more, the money stands in the account 1688 (W27, M147)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import String, cast, literal, select
from sqlalchemy.orm import Session

from jdy_desktop.models.channel import PreOrder
from jdy_desktop.models.documents import Document
from jdy_desktop.models.money import CHANNEL_KEY, Payment
from jdy_desktop.models.parties import SettlementAccount
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.states import PayState
from jdy_desktop.services.book import payments
from jdy_desktop.services.machine.context import SHANGHAI, Context
from jdy_desktop.services.machine.db import Database

#: the settlement account every new book has for it.
ACCOUNT = "1688"


def receive(session: Session, ctx: Context, order: PreOrder, at: datetime, told: Decimal = ZERO) -> None:
    """A receipt that settles the sale, once per pre-order. What a voided sale asked becomes an advance: it is to be given back.

    `told`: what the buyer paid as 1688 says; 0 when it did not, then what the sale asks.
    A sale without a customer, or of 0 yuan, needs none."""
    sale = session.get_one(Document, order.sale_id)
    if sale.customer_id is None or sale.settlement_amount <= 0:  # as `catch_up` asks the database
        return
    amount = told if told > 0 else sale.settlement_amount
    account = session.scalar(select(SettlementAccount.id).where(SettlementAccount.name == ACCOUNT))
    payments.receive_for_document(
        session,
        ctx,
        document_id=sale.id,
        party=payments.Party("customer", sale.customer_id),
        client_key=f"{CHANNEL_KEY}{order.id}",
        day=at.astimezone(SHANGHAI).date(),
        amount=amount,
        account_id=account,
        remark=f"1688 预订单 {order.number}",
    )


def catch_up(db: Database, ctx: Context) -> int:
    """Receipts for what was paid before there were any, in a book of an older program. How many were made."""
    key = literal(CHANNEL_KEY) + cast(PreOrder.id, String)
    has_receipt = select(Payment.id).where(Payment.client_key == key).exists()
    paid = (PreOrder.pay_state == PayState.PAID.value, PreOrder.paid_at.is_not(None))
    needs_one = (Document.customer_id.is_not(None), Document.settlement_amount > ZERO)
    query = select(PreOrder.id).join(Document, Document.id == PreOrder.sale_id).where(*paid, *needs_one, ~has_receipt)
    with db.read() as session:
        missing = list(session.scalars(query))
    for start in range(0, len(missing), 200):
        with db.write() as session:
            for order in session.scalars(select(PreOrder).where(PreOrder.id.in_(missing[start : start + 200]))):
                assert order.paid_at is not None
                receive(session, ctx, order, order.paid_at)
    return len(missing)
