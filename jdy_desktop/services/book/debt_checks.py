"""What `check_book` proves of debts: party balances are what documents and payments say, no bill is settled twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jdy_desktop.models.account import AccountSet
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.rules.settling import fits
from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.services.book.bills import ALLOCATION, DOCUMENT, LIVE, MOVE, PAYMENT
from jdy_desktop.services.book.kinds import DOCUMENT_KINDS

_DOCUMENT_FACTS = ("id", "number", "kind", "state", "customer_id", "supplier_id", "settlement_amount", "paid_amount")
_PAYMENT_FACTS = ("id", "number", "state", "customer_id", "supplier_id", "amount")


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` for views/texts; `where` names the record (a number, a SKU code); `detail` for the log."""

    code: str
    where: str
    detail: str = ""


def party_problems(session: Session) -> Iterable[Problem]:
    """A document or payment stands in the balance of its own party with its own amount, a voided one with nothing."""
    needs_review = bool(session.scalar(select(AccountSet.needs_review)))
    wanted: dict[tuple[str, int, Any, Any], tuple[str, Decimal]] = {}
    for row in session.execute(select(*(DOCUMENT.c[one] for one in _DOCUMENT_FACTS))):
        wanted["document", row.id, row.customer_id, row.supplier_id] = row.number, _of_document(row, needs_review)
    for row in session.execute(select(*(PAYMENT.c[one] for one in _PAYMENT_FACTS))):
        amount = ZERO if row.state == DocumentState.VOIDED.value else row.amount
        sign = -1 if row.customer_id is not None else 1
        wanted["payment", row.id, row.customer_id, row.supplier_id] = row.number, sign * amount
    yield from _compare(session, wanted)


def _compare(session: Session, wanted: dict[tuple[str, int, Any, Any], tuple[str, Decimal]]) -> Iterable[Problem]:
    whose = (MOVE.c.customer_id, MOVE.c.supplier_id)
    numbers = {key[:2]: number for key, (number, _) in wanted.items()}
    for name in ("document", "payment"):
        of = MOVE.c[f"{name}_id"]
        query = select(of, *whose, func.sum(MOVE.c.amount)).where(of.is_not(None)).group_by(of, *whose)
        for record, customer, supplier, found in session.execute(query):
            _, amount = wanted.pop((name, record, customer, supplier), ("", ZERO))
            if found != amount:
                yield Problem("debt_differs", numbers.get((name, record), ""), f"moved {found} wanted {amount}")
    for number, amount in wanted.values():
        if amount:
            yield Problem("debt_differs", number, f"nothing moved, wanted {amount}")
    lost = MOVE.c.document_id.is_(None) == MOVE.c.payment_id.is_(None)
    for (move,) in session.execute(select(MOVE.c.id).where(lost)):
        yield Problem("debt_differs", f"#{move}", "a move of no document or of two")


def _of_document(row: Any, needs_review: bool) -> Decimal:
    """What it should have moved, in the balance's own sign."""
    counts = row.state == DocumentState.REVIEWED or (row.state == DocumentState.SAVED and not needs_review)
    settlement: Decimal = row.settlement_amount
    if row.kind == DocumentKind.OPENING_DEBT:
        return settlement if row.customer_id is not None else -settlement
    spec = DOCUMENT_KINDS.get(DocumentKind(row.kind))
    if spec is None or spec.party is None or not counts or getattr(row, f"{spec.party}_id") is None:
        return ZERO
    owed: Decimal = settlement - row.paid_amount
    return spec.debt * owed


def settling_problems(session: Session) -> Iterable[Problem]:
    """Receipts settle no more than the bill, of the same party, and no more than they are themselves."""
    used: dict[int, Decimal] = {}
    bills: dict[tuple[int, Any, Any], Decimal] = {}
    facts = (PAYMENT.c.id, PAYMENT.c.customer_id, PAYMENT.c.supplier_id)
    query = select(ALLOCATION, *facts[1:]).join(PAYMENT, PAYMENT.c.id == ALLOCATION.c.payment_id).where(LIVE)
    for row in session.execute(query):
        used[row.payment_id] = used.get(row.payment_id, ZERO) + row.amount
        bill = row.document_id, row.customer_id, row.supplier_id
        bills[bill] = bills.get(bill, ZERO) + row.amount
    for payment, number, amount in session.execute(
        select(PAYMENT.c.id, PAYMENT.c.number, PAYMENT.c.amount).where(LIVE)
    ):
        if not 0 <= used.get(payment, ZERO) <= amount:
            yield Problem("settling_differs", number, f"settles {used[payment]} of {amount}")
    standing = _standing(session) if bills else {}
    for bill, settled in bills.items():
        number, owed = standing.get(bill, ("", ZERO))
        if settled and not fits(owed, settled):
            yield Problem("settling_differs", number or f"#{bill[0]}", f"settled {settled} of {owed}")


def _standing(session: Session) -> dict[tuple[int, Any, Any], tuple[str, Decimal]]:
    """Bills with receipts: what their moves come to, in the party's own sign."""
    whose = (MOVE.c.customer_id, MOVE.c.supplier_id)
    query = (
        select(MOVE.c.document_id, *whose, DOCUMENT.c.number, func.sum(MOVE.c.amount))
        .join(DOCUMENT, DOCUMENT.c.id == MOVE.c.document_id)
        .where(MOVE.c.document_id.in_(select(ALLOCATION.c.document_id)))
        .group_by(MOVE.c.document_id, *whose, DOCUMENT.c.number)
    )
    return {(row[0], row[1], row[2]): (row[3], (1 if row[1] else -1) * row[4]) for row in session.execute(query)}
