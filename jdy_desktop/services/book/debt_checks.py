"""What `check_book` proves of debts: party balances are what documents and payments say, no bill is settled twice.

Compared inside the database: of a book with 100,000 documents only what differs is fetched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, literal, not_, or_, select
from sqlalchemy.orm import Session

from jdy_desktop.models.account import AccountSet
from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.services.book.bills import ALLOCATION, DOCUMENT, LIVE, MOVE, PAYMENT
from jdy_desktop.services.book.kinds import DOCUMENT_KINDS


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` for views/texts; `where` names the record (a number, a SKU code); `detail` for the log."""

    code: str
    where: str
    detail: str = ""


def party_problems(session: Session) -> Iterable[Problem]:
    """A document or payment stands in the balance of its own party with its own amount, a voided one with nothing."""
    needs_review = bool(session.scalar(select(AccountSet.needs_review)))
    yield from _differences(session, DOCUMENT, MOVE.c.document_id, _asked(needs_review))
    is_void = PAYMENT.c.state == DocumentState.VOIDED.value
    given = case((is_void, 0), (PAYMENT.c.customer_id.is_not(None), -PAYMENT.c.amount), else_=PAYMENT.c.amount)
    yield from _differences(session, PAYMENT, MOVE.c.payment_id, given)
    lost = MOVE.c.document_id.is_(None) == MOVE.c.payment_id.is_(None)
    for (move,) in session.execute(select(MOVE.c.id).where(lost)):
        yield Problem("debt_differs", f"#{move}", "a move of no document or of two")


def _differences(session: Session, table: Any, of: Any, wanted: ColumnElement[Any]) -> Iterable[Problem]:
    """Records whose own party was moved by another amount, or another party by anything."""
    moved = _moved(of)
    own = and_(moved.c.record == table.c.id, _same_party(moved, table))
    query = select(table.c.number, moved.c.amount, wanted.label("wanted")).outerjoin(moved, own)
    for number, found, amount in session.execute(query.where(func.coalesce(moved.c.amount, 0) != wanted)):
        yield Problem("debt_differs", number, f"moved {found} wanted {amount}")
    foreign = select(table.c.number, moved.c.amount).join(moved, moved.c.record == table.c.id)
    for number, found in session.execute(foreign.where(not_(_same_party(moved, table)), moved.c.amount != 0)):
        yield Problem("debt_differs", number, f"moved {found} of another party")


def _moved(of: Any) -> Subquery:
    whose = (MOVE.c.customer_id, MOVE.c.supplier_id)
    query = select(of.label("record"), *whose, func.sum(MOVE.c.amount).label("amount"))
    return query.where(of.is_not(None)).group_by(of, *whose).subquery()


def _same_party(one: Any, other: Any) -> ColumnElement[bool]:
    names = ("customer_id", "supplier_id")
    return and_(*(func.coalesce(one.c[name], 0) == func.coalesce(other.c[name], 0) for name in names))


def _asked(needs_review: bool) -> ColumnElement[Any]:
    """What a document should have moved, in the balance's own sign."""
    columns = DOCUMENT.c
    rest = columns.settlement_amount - columns.paid_amount
    states = (
        [DocumentState.REVIEWED.value] if needs_review else [DocumentState.REVIEWED.value, DocumentState.SAVED.value]
    )
    opening = columns.kind == DocumentKind.OPENING_DEBT.value
    cases = [
        (and_(opening, columns.customer_id.is_not(None)), rest),
        (opening, -rest),
        (columns.state.not_in(states), literal(0)),
    ]
    for spec in DOCUMENT_KINDS.values():
        if spec.party is not None and spec.debt:
            owes = and_(columns.kind == spec.kind.value, columns[f"{spec.party}_id"].is_not(None))
            cases.append((owes, rest if spec.debt > 0 else -rest))
    return case(*cases, else_=0)


def settling_problems(session: Session) -> Iterable[Problem]:
    """Receipts settle no more than the bill, of the same party, and no more than they are themselves."""
    used = func.sum(ALLOCATION.c.amount)
    query = (
        select(PAYMENT.c.number, PAYMENT.c.amount, used)
        .join(ALLOCATION, ALLOCATION.c.payment_id == PAYMENT.c.id)
        .where(LIVE)
        .group_by(PAYMENT.c.id, PAYMENT.c.number, PAYMENT.c.amount)
        .having(or_(used < 0, used > PAYMENT.c.amount))
    )
    for number, amount, settled in session.execute(query):
        yield Problem("settling_differs", number, f"settles {settled} of {amount}")
    yield from _oversettled(session)


def _oversettled(session: Session) -> Iterable[Problem]:
    whose = (PAYMENT.c.customer_id, PAYMENT.c.supplier_id)
    settled = (
        select(ALLOCATION.c.document_id.label("record"), *whose, func.sum(ALLOCATION.c.amount).label("amount"))
        .join(PAYMENT, PAYMENT.c.id == ALLOCATION.c.payment_id)
        .where(LIVE)
        .group_by(ALLOCATION.c.document_id, *whose)
        .subquery()
    )
    moved = _moved(MOVE.c.document_id)
    asked = func.coalesce(moved.c.amount, 0)
    owed = case((settled.c.customer_id.is_not(None), asked), else_=-asked)
    part = settled.c.amount
    fits = or_(and_(part > 0, part <= owed), and_(part < 0, part >= owed), part == 0)
    query = (
        select(DOCUMENT.c.number, part, moved.c.amount)
        .join(DOCUMENT, DOCUMENT.c.id == settled.c.record)
        .outerjoin(moved, and_(moved.c.record == settled.c.record, _same_party(moved, settled)))
    )
    for number, found, wanted in session.execute(query.where(not_(fits))):
        yield Problem("settling_differs", number, f"settled {found} of {wanted}")
