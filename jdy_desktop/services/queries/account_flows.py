"""What went through the accounts of a day: paid with documents, received and paid apart from them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jdy_desktop.models.documents import Document
from jdy_desktop.models.money import Payment, PaymentAllocation
from jdy_desktop.models.parties import Customer, SettlementAccount, Supplier
from jdy_desktop.models.rules.periods import Period
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.services.book.kinds import DOCUMENT_KINDS
from jdy_desktop.services.queries.report_values import AccountFlow, BehindRow
from jdy_desktop.services.queries.sale_facts import counted, in_period

#: Name of the account that is a drawer, as every new account set has it.
CASH = "现金"
#: Beginning of the keys under which payments at 1688 are booked (channel/paid_sales.py).
FROM_1688 = "1688-"

_PART = {DocumentKind.SALE: "sales", DocumentKind.SALE_RETURN: "returns"}
#: Kinds that move money, and which way: a sale brings it, a purchase takes it.
_FLOWS = {kind.value: spec.debt for kind, spec in DOCUMENT_KINDS.items() if spec.debt}


def account_names(session: Session) -> dict[int, str]:
    query = select(SettlementAccount.id, SettlementAccount.name).order_by(SettlementAccount.id)
    return dict(session.connection().execute(query).all())


def cash_account(names: dict[int, str]) -> int | None:
    """The account the drawer belongs to; None in a book whose owner renamed it."""
    return next((id for id, name in names.items() if name == CASH), None)


def account_flows(session: Session, period: Period) -> tuple[AccountFlow, ...]:
    """One line per account that saw money, in the order of the accounts."""
    names = account_names(session)
    parts: dict[int | None, dict[str, Decimal]] = {}
    for account_id, part, amount in (*_by_documents(session, period), *_by_payments(session, period)):
        sums = parts.setdefault(account_id, {})
        sums[part] = sums.get(part, ZERO) + amount
    order = [*names, *(one for one in parts if one not in names)]
    return tuple(
        AccountFlow(one, names.get(one, "") if one is not None else "", **parts[one]) for one in order if one in parts
    )


def _by_documents(session: Session, period: Period) -> Iterable[tuple[int | None, str, Decimal]]:
    query = (
        select(Document.account_id, Document.kind, func.sum(Document.paid_amount))
        .where(Document.kind.in_(_FLOWS), counted(session), in_period(period), Document.paid_amount != ZERO)
        .group_by(Document.account_id, Document.kind)
    )
    for account_id, kind, amount in session.connection().execute(query):
        yield account_id, _PART.get(DocumentKind(kind), "purchases"), _FLOWS[kind] * amount


def _by_payments(session: Session, period: Period) -> Iterable[tuple[int | None, str, Decimal]]:
    is_receipt = Payment.customer_id.is_not(None)
    query = (
        select(Payment.account_id, is_receipt, func.sum(Payment.amount))
        .where(*_payments_of(period))
        .group_by(Payment.account_id, is_receipt)
    )
    for account_id, from_customer, amount in session.connection().execute(query):
        yield account_id, "receipts" if from_customer else "payments", amount if from_customer else -amount


def flow_rows(session: Session, period: Period, account_id: int | None) -> tuple[BehindRow, ...]:
    """Documents, receipts and payments behind the flow of one account, oldest first."""
    party = func.coalesce(Customer.name, Supplier.name, "").label("party")
    paid = (
        select(Document.id, Document.kind, Document.number, Document.day, Document.paid_amount, party)
        .outerjoin(Customer, Customer.id == Document.customer_id)
        .outerjoin(Supplier, Supplier.id == Document.supplier_id)
        .where(Document.kind.in_(_FLOWS), counted(session), in_period(period), Document.paid_amount != ZERO)
        .where(_account(Document.account_id, account_id))
        .order_by(Document.day, Document.id)
    )
    rows = [
        BehindRow(row.id, DocumentKind(row.kind), row.number, row.day, row.party, _FLOWS[row.kind] * row.paid_amount)
        for row in session.connection().execute(paid)
    ]
    moved = (
        select(Payment.id, Payment.number, Payment.day, Payment.amount, Payment.customer_id, party)
        .outerjoin(Customer, Customer.id == Payment.customer_id)
        .outerjoin(Supplier, Supplier.id == Payment.supplier_id)
        .where(*_payments_of(period))
        .where(_account(Payment.account_id, account_id))
        .order_by(Payment.day, Payment.id)
    )
    for row in session.connection().execute(moved):
        is_receipt = row.customer_id is not None
        amount = row.amount if is_receipt else -row.amount
        rows.append(BehindRow(row.id, None, row.number, row.day, row.party, amount, is_receipt=is_receipt))
    return tuple(sorted(rows, key=lambda row: row.day))


def _account(column: Any, account_id: int | None) -> Any:
    return column.is_(None) if account_id is None else column == account_id


def _payments_of(period: Period) -> tuple[Any, ...]:
    """Receipts and payments of the period. What a buyer paid at 1688 for a sale of these days is told with that sale."""
    of_these_days = (
        select(PaymentAllocation.payment_id)
        .join(Document, Document.id == PaymentAllocation.document_id)
        .where(PaymentAllocation.payment_id == Payment.id, in_period(period))
        .exists()
    )
    at_1688 = Payment.client_key.startswith(FROM_1688, autoescape=True)
    days = Payment.day >= period.first, Payment.day <= period.last
    return Payment.state != DocumentState.VOIDED.value, *days, ~(at_1688 & of_these_days)
