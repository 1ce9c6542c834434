"""Open bills of a customer or a supplier, inside a transaction: what stands of each document, and how far it is settled.

What a document asks is the sum of its party moves; receipts and payments that are not voided settle parts of it. Nothing
of this is stored twice: `check_book` compares it with documents and payments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.orm import Session

from jdy_desktop.models.documents import Document
from jdy_desktop.models.money import Payment, PaymentAllocation
from jdy_desktop.models.parties import PartyMove
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.rules.settling import Bill
from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.services.book import audit
from jdy_desktop.services.book.bulk import chunks, table_of
from jdy_desktop.services.book.kinds import DOCUMENT_KINDS
from jdy_desktop.services.machine.context import Context

DOCUMENT, PAYMENT, ALLOCATION, MOVE = map(table_of, (Document, Payment, PaymentAllocation, PartyMove))
#: payments that count
LIVE = PAYMENT.c.state == DocumentState.SAVED.value


@dataclass(frozen=True, slots=True)
class Party:
    """A customer or a supplier. `sign` +1: plus in a balance is what he owes us; −1: minus is what we owe him."""

    kind: Literal["customer", "supplier"]
    id: int

    @property
    def column(self) -> str:
        return f"{self.kind}_id"

    @property
    def sign(self) -> int:
        return 1 if self.kind == "customer" else -1


@dataclass(frozen=True, slots=True)
class OpenBill:
    """A document not settled in full, yuan, minus for returns: `amount` of the document, `settled` by now, `owed` still."""

    document_id: int
    kind: DocumentKind
    number: str
    day: date
    remark: str
    amount: Decimal
    owed: Decimal

    @property
    def settled(self) -> Decimal:
        return self.amount - self.owed

    def as_bill(self) -> Bill:
        return Bill(self.document_id, self.day, self.owed)


def open_bills(connection: Connection, party: Party) -> list[OpenBill]:
    """Oldest first; opening debts before all others of their day."""
    owed = _owed(connection, party)
    found: list[OpenBill] = []
    names = ("id", "kind", "number", "day", "remark", "settlement_amount")
    for part in chunks(list(owed)):
        for row in connection.execute(select(*(DOCUMENT.c[name] for name in names)).where(DOCUMENT.c.id.in_(part))):
            kind = DocumentKind(row.kind)
            amount = _asks(party, kind) * row.settlement_amount
            found.append(OpenBill(row.id, kind, row.number, row.day, row.remark, amount, owed[row.id]))
    return sorted(found, key=lambda one: (one.day, one.kind is not DocumentKind.OPENING_DEBT, one.document_id))


def _asks(party: Party, kind: DocumentKind) -> int:
    """Sign of a document in the party's own sign: −1 for returns. Opening debts are stored signed."""
    spec = DOCUMENT_KINDS.get(kind)
    return party.sign * spec.debt if spec is not None else 1


def _owed(connection: Connection, party: Party) -> dict[int, Decimal]:
    """Document → what is left of it, zeros left out."""
    moved = (
        select(MOVE.c.document_id, func.sum(MOVE.c.amount))
        .where(MOVE.c[party.column] == party.id, MOVE.c.document_id.is_not(None))
        .group_by(MOVE.c.document_id)
        .having(func.sum(MOVE.c.amount) != 0)
    )
    settled = (
        select(ALLOCATION.c.document_id, func.sum(ALLOCATION.c.amount))
        .join(PAYMENT, PAYMENT.c.id == ALLOCATION.c.payment_id)
        .where(PAYMENT.c[party.column] == party.id, LIVE)
        .group_by(ALLOCATION.c.document_id)
    )
    left = {document: party.sign * amount for document, amount in connection.execute(moved)}
    for document, amount in connection.execute(settled):
        left[document] = left.get(document, ZERO) - amount
    return {document: amount for document, amount in left.items() if amount}


def open_amount(connection: Connection, document_id: int) -> Decimal:
    """What is left of one document, in its party's sign; 0 for one that asks nothing."""
    moved = select(func.sum(MOVE.c.amount), func.max(MOVE.c.customer_id)).where(MOVE.c.document_id == document_id)
    amount, customer = connection.execute(moved).one()
    settled = (
        select(func.sum(ALLOCATION.c.amount))
        .join(PAYMENT, PAYMENT.c.id == ALLOCATION.c.payment_id)
        .where(ALLOCATION.c.document_id == document_id, LIVE)
    )
    left: Decimal = (amount or ZERO) * (1 if customer is not None else -1)
    return left - (connection.execute(settled).scalar() or ZERO)


@dataclass(frozen=True, slots=True)
class Advance:
    """A payment of which something is not allocated yet, yuan > 0."""

    payment_id: int
    number: str
    day: date
    free: Decimal


def advances(connection: Connection, party: Party) -> list[Advance]:
    """预收 / 预付, oldest first."""
    used = func.coalesce(func.sum(ALLOCATION.c.amount), 0)
    query = (
        select(PAYMENT.c.id, PAYMENT.c.number, PAYMENT.c.day, PAYMENT.c.amount, func.sum(ALLOCATION.c.amount))
        .outerjoin(ALLOCATION, ALLOCATION.c.payment_id == PAYMENT.c.id)
        .where(PAYMENT.c[party.column] == party.id, LIVE)
        .group_by(PAYMENT.c.id, PAYMENT.c.number, PAYMENT.c.day, PAYMENT.c.amount)
        .having(PAYMENT.c.amount > used)
        .order_by(PAYMENT.c.day, PAYMENT.c.id)
    )
    return [Advance(row[0], row[1], row[2], row[3] - (row[4] or ZERO)) for row in connection.execute(query)]


def balance(connection: Connection, party: Party) -> Decimal:
    """What the party owes us (a customer) or we owe it (a supplier), yuan; minus: the other way round."""
    query = select(func.sum(MOVE.c.amount)).where(MOVE.c[party.column] == party.id)
    return party.sign * (connection.execute(query).scalar() or ZERO)


def add_move(
    connection: Connection, party: Party, amount: Decimal, kind: str, day: date, at: datetime, **of: int
) -> None:
    """Change the balance by `amount` in the party's own sign; `of`: document_id or payment_id."""
    other = "supplier_id" if party.kind == "customer" else "customer_id"
    row: dict[str, Any] = {party.column: party.id, other: None, "document_id": None, "payment_id": None} | of
    row |= {"kind": kind, "day": day, "at": at, "amount": party.sign * amount}
    connection.execute(MOVE.insert(), [row])


def keep_within(session: Session, ctx: Context, document_id: int) -> None:
    """After a document changed or was voided: what receipts settled beyond it becomes their advance again, newest first.

    A document without receipts costs one look-up."""
    connection = session.connection()
    rows = _settled_of(connection, document_id)
    if not rows:
        return
    standing = connection.execute(
        select(MOVE.c.customer_id, MOVE.c.supplier_id, func.sum(MOVE.c.amount))
        .where(MOVE.c.document_id == document_id)
        .group_by(MOVE.c.customer_id, MOVE.c.supplier_id)
    )
    left = {(row[0], row[1]): (1 if row[0] else -1) * row[2] for row in standing}
    for row in rows:
        owner = (row.customer_id, row.supplier_id)
        may = left.get(owner, ZERO)
        keep = max(ZERO, min(row.amount, may)) if row.amount > 0 else min(ZERO, max(row.amount, may))
        left[owner] = may - keep
        if keep != row.amount:
            _shrink(session, ctx, row, document_id, keep)
            _rebalance(session, ctx, row)


def _settled_of(connection: Connection, document_id: int) -> Sequence[Any]:
    query = (
        select(ALLOCATION.c.payment_id, ALLOCATION.c.amount, *(PAYMENT.c[one] for one in _PAYMENT_FACTS))
        .join(PAYMENT, PAYMENT.c.id == ALLOCATION.c.payment_id)
        .where(ALLOCATION.c.document_id == document_id, LIVE)
        .order_by(PAYMENT.c.day, PAYMENT.c.id)
    )
    return connection.execute(query).all()


_PAYMENT_FACTS = ("number", "customer_id", "supplier_id", "version")


def _rebalance(session: Session, ctx: Context, payment: Any) -> None:
    """A return that is gone no longer pays, a bill that is gone no longer uses one: what a payment settles stays between
    nothing and its amount. The newest bills give way first."""
    connection = session.connection()
    query = (
        select(ALLOCATION.c.document_id, ALLOCATION.c.amount)
        .join(DOCUMENT, DOCUMENT.c.id == ALLOCATION.c.document_id)
        .where(ALLOCATION.c.payment_id == payment.payment_id)
        .order_by(DOCUMENT.c.day.desc(), DOCUMENT.c.id.desc())
    )
    parts = connection.execute(query).all()
    total = sum((part.amount for part in parts), ZERO)
    amount = connection.execute(select(PAYMENT.c.amount).where(PAYMENT.c.id == payment.payment_id)).scalar_one()
    too_much = max(ZERO, total - amount) or min(ZERO, total)
    for part in parts:
        if too_much > 0 and part.amount > 0:
            less = min(part.amount, too_much)
        elif too_much < 0 and part.amount < 0:
            less = max(part.amount, too_much)
        else:
            continue
        too_much -= less
        facts = connection.execute(select(PAYMENT).where(PAYMENT.c.id == payment.payment_id)).one()
        row = _Part(payment.payment_id, facts.number, part.amount, facts.version)
        _shrink(session, ctx, row, part.document_id, part.amount - less)


@dataclass(frozen=True, slots=True)
class _Part:
    payment_id: int
    number: str
    amount: Decimal
    version: int


def _shrink(session: Session, ctx: Context, row: Any, document_id: int, keep: Decimal) -> None:
    connection = session.connection()
    one = (ALLOCATION.c.payment_id == row.payment_id, ALLOCATION.c.document_id == document_id)
    if keep:
        connection.execute(update(ALLOCATION).where(*one).values(amount=keep))
    else:
        connection.execute(delete(ALLOCATION).where(*one))
    connection.execute(update(PAYMENT).where(PAYMENT.c.id == row.payment_id).values(version=row.version + 1))
    before = {"number": row.number, "document": document_id, "amount": row.amount}
    audit.record(session, ctx, "release", "payment", row.payment_id, before, before | {"amount": keep})
