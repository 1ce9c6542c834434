"""欠款账龄: who owes how much for how long. What is paid settles the bills it was meant for, then the oldest first.

By party, total less advance is the balance that the list of customers shows; what a buyer paid at 1688 is a receipt like
any other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jdy_desktop.models.money import Payment, PaymentAllocation
from jdy_desktop.models.parties import Customer, PartyMove, Supplier
from jdy_desktop.models.rules.periods import left_after
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.rules.settling import age_column
from jdy_desktop.models.states import DocumentState
from jdy_desktop.services.queries.report_values import DebtRow


@dataclass(slots=True)
class Account:
    """One party: open bills (document, day, amount > 0), and money that settles none in particular."""

    bills: list[tuple[int, date, Decimal]] = field(default_factory=list)
    credit: Decimal = ZERO

    def open_bills(self) -> list[tuple[int, date, Decimal]]:
        """What is left of each bill after the loose money settled the oldest first."""
        left = left_after([(day, amount) for _, day, amount in self.bills], self.credit)
        return [(id, day, rest) for (id, day, _), rest in zip(self.bills, left, strict=True) if rest]


def debt_rows(session: Session, as_of: date, *, of_customers: bool) -> tuple[DebtRow, ...]:
    """Parties that owe something or paid in advance."""
    entity: Any = Customer if of_customers else Supplier
    found: Any = session.execute(select(entity.id, entity.name))
    names: dict[int, str] = dict(found.all())
    rows = []
    for party_id, account in accounts(session, of_customers=of_customers).items():
        buckets, open_bills = [ZERO, ZERO, ZERO, ZERO], account.open_bills()
        for _, day, amount in open_bills:
            buckets[age_column((as_of - day).days)] += amount
        owed = sum((amount for _, _, amount in account.bills), ZERO)
        advance = max(account.credit - owed, ZERO)
        if any(buckets) or advance:
            oldest = min((day for _, day, _ in open_bills), default=None)
            first, second, third, fourth = buckets
            rows.append(
                DebtRow(party_id, names[party_id], of_customers, (first, second, third, fourth), advance, oldest)
            )
    return tuple(sorted(rows, key=lambda row: (-row.total, row.name)))


def accounts(session: Session, *, of_customers: bool, party_id: int | None = None) -> dict[int, Account]:
    """By party. Plus is what the party owes us; for suppliers turned round: what we owe."""
    column = PartyMove.customer_id if of_customers else PartyMove.supplier_id
    sign = 1 if of_customers else -1
    settled = _allocated(session)
    found: dict[int, Account] = {}
    for party, document_id, payment_id, day, amount in _standing(session, column, party_id):
        account = found.setdefault(party, Account())
        amount = sign * amount
        if document_id is not None:
            amount -= sign * settled[0].get(document_id, ZERO)
        elif payment_id is not None:
            amount += sign * settled[1].get(payment_id, ZERO)
        if document_id is not None and amount > 0:
            account.bills.append((document_id, day, amount))
        else:
            account.credit -= amount
    return found


def _standing(session: Session, column: Any, party_id: int | None) -> Iterable[Any]:
    """What each document and payment leaves in a party's balance; nothing is left of a voided one."""
    query = (
        select(column, PartyMove.document_id, PartyMove.payment_id, func.min(PartyMove.day), func.sum(PartyMove.amount))
        .where(column.is_not(None) if party_id is None else column == party_id)
        .group_by(column, PartyMove.document_id, PartyMove.payment_id)
        .having(func.sum(PartyMove.amount) != ZERO)
    )
    return session.connection().execute(query.order_by(func.min(PartyMove.day), PartyMove.document_id))


def _allocated(session: Session) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """What saved receipts and payments settle: by document, and by payment. Signed as a balance: plus = we were owed."""
    by_document: dict[int, Decimal] = {}
    by_payment: dict[int, Decimal] = {}
    query = (
        select(
            PaymentAllocation.document_id, PaymentAllocation.payment_id, PaymentAllocation.amount, Payment.supplier_id
        )
        .join(Payment, Payment.id == PaymentAllocation.payment_id)
        .where(Payment.state != DocumentState.VOIDED.value)
    )
    for document_id, payment_id, amount, supplier_id in session.connection().execute(query):
        signed = amount if supplier_id is None else -amount
        by_document[document_id] = by_document.get(document_id, ZERO) + signed
        by_payment[payment_id] = by_payment.get(payment_id, ZERO) + signed
    return by_document, by_payment
