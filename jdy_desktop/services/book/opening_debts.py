"""期初欠款: what a party owed, or was owed, when the book began. One document per party, without lines or goods.

A document and not a bare move, so that receipts settle it like any other bill and the statement has a row for it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from jdy_desktop.models.rules.numbering import PREFIXES
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.services.book import audit, bills
from jdy_desktop.services.book.bills import DOCUMENT, Party
from jdy_desktop.services.book.document_writing import book_rules, check_day, take_number
from jdy_desktop.services.machine.context import Context

_KIND = DocumentKind.OPENING_DEBT


def _opening(party: Party) -> Any:
    return select(DOCUMENT).where(DOCUMENT.c.kind == _KIND.value, DOCUMENT.c[party.column] == party.id)


def stored(connection: Connection, party: Party) -> Decimal:
    """In the party's own sign, yuan; 0 when none was entered."""
    row: Any = connection.execute(_opening(party)).first()
    return row.settlement_amount if row else ZERO


def change(session: Session, ctx: Context, party: Party, amount: Decimal, day: date | None) -> None:
    """Write it anew; what receipts had settled beyond the new amount becomes an advance. Raises BeforeStartPeriod."""
    connection = session.connection()
    rules = book_rules(connection)
    row: Any = connection.execute(_opening(party)).first()
    wanted = day or (row.day if row else rules.start_date)
    check_day(wanted, rules)
    if amount == (row.settlement_amount if row else ZERO) and (row is None or wanted == row.day):
        return
    now = ctx.clock.now()
    document_id, number = _opening_document(connection, ctx, party, row, wanted, amount)
    before = row.settlement_amount if row else ZERO
    if before:
        bills.add_move(connection, party, -before, "document", row.day, now, document_id=document_id)
    if amount:
        bills.add_move(connection, party, amount, "document", wanted, now, document_id=document_id)
    bills.keep_within(session, ctx, document_id)
    values = {"number": number, "party": f"{party.kind} {party.id}"}
    audit.record(
        session, ctx, "save", _KIND.value, document_id, values | {"amount": before}, values | {"amount": amount}
    )


def _opening_document(
    connection: Connection, ctx: Context, party: Party, row: Any, day: date, amount: Decimal
) -> tuple[int, str]:
    """Its row, changed or new. Not a form with lines: only the settlement amount is filled."""
    now = ctx.clock.now()
    if row is not None:
        values = {"settlement_amount": amount, "day": day, "updated_at": now, "version": row.version + 1}
        connection.execute(update(DOCUMENT).where(DOCUMENT.c.id == row.id).values(values))
        return row.id, row.number
    key = f"{_KIND.value}-{party.kind}-{party.id}"
    values = {
        "kind": _KIND.value, "number": take_number(connection, _KIND, PREFIXES[_KIND], day), "state": DocumentState.SAVED.value, "day": day,
        "client_key": key, party.column: party.id, "category": "", "remark": "", "prices_include_tax": False,
        "goods_amount": ZERO, "discount_rate": ZERO, "discount_amount": ZERO, "amount_after_discount": ZERO,
        "customer_freight": ZERO, "settlement_amount": amount, "paid_amount": ZERO, "makes_pre_order": False,
        "print_count": 0, "operator": ctx.operator, "reviewer": "", "created_at": now, "updated_at": now, "version": 1,
    }  # fmt: skip
    connection.execute(DOCUMENT.insert(), [values])
    return connection.execute(select(DOCUMENT.c.id).where(DOCUMENT.c.client_key == key)).scalar_one(), values["number"]
