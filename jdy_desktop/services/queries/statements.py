"""对账单 of one party over a period (features W29, W30)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection, func, select

from jdy_desktop.models.account import AccountSet
from jdy_desktop.models.documents import Document
from jdy_desktop.models.money import Payment
from jdy_desktop.models.parties import Customer, PartyMove, SettlementAccount, Supplier
from jdy_desktop.models.rules.phones import masked_phone
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.rights import Right
from jdy_desktop.services.queries.words import chunks

Side = Literal["customer", "supplier"]
_ENTITIES: dict[str, Any] = {"customer": Customer, "supplier": Supplier}


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A document or a payment of one day, yuan. `kind` None: a 收款单 or 付款单.

    `added` to the debt (minus: a return), `paid` of it (at once with the document, or by the payment), `balance` after it.
    """

    day: date
    kind: DocumentKind | None
    record_id: int
    number: str
    remark: str
    account: str
    added: Decimal
    paid: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """`opening` before the first day, `closing` after the last one; plus: a customer owes us, or we owe a supplier."""

    side: Side
    party_id: int
    party: str
    phone: str
    company: str
    first_day: date
    last_day: date
    opening: Decimal
    rows: tuple[StatementRow, ...]

    @property
    def added(self) -> Decimal:
        return sum((one.added for one in self.rows), ZERO)

    @property
    def paid(self) -> Decimal:
        return sum((one.paid for one in self.rows), ZERO)

    @property
    def closing(self) -> Decimal:
        return self.opening + self.added - self.paid


class Statements:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db, self._ctx = db, ctx

    def _shown(self, side: Side, phone: str) -> str:
        """A customer's telephone as the one who works now may see it."""
        return phone if side == "supplier" or self._ctx.may(Right.SEE_PHONES) else masked_phone(phone)

    def statement(self, side: Side, party_id: int, first_day: date, last_day: date) -> Statement:
        """Days inclusive. Rows by day; within a day bills before payments, each in the order of entry (W29).

        A document counts with what stands of it now: a voided one has no row. Raises UserError("party_unknown").
        """
        with self._db.read() as session:
            party = session.get(_ENTITIES[side], party_id)
            if party is None:
                raise UserError("party_unknown", id=party_id)
            connection = session.connection()
            own, sign = getattr(PartyMove, f"{side}_id") == party_id, 1 if side == "customer" else -1
            before = select(func.sum(PartyMove.amount)).where(own, PartyMove.day < first_day)
            opening = sign * (connection.execute(before).scalar() or ZERO)
            moves = _moves(connection, own, first_day, last_day)
            company = session.scalar(select(AccountSet.company)) or ""
            rows = _running(connection, moves, sign, opening)
            return Statement(
                side,
                party_id,
                party.name,
                self._shown(side, party.phone),
                company,
                first_day,
                last_day,
                opening,
                tuple(rows),
            )


def _moves(connection: Connection, own: Any, first_day: date, last_day: date) -> list[Any]:
    """One row per document or payment and day that still stands: what it added, what was paid with it."""
    columns = (PartyMove.day, PartyMove.document_id, PartyMove.payment_id, PartyMove.kind)
    query = (
        select(*columns, func.sum(PartyMove.amount).label("amount"))
        .where(own, PartyMove.day >= first_day, PartyMove.day <= last_day)
        .group_by(*columns)
        .having(func.sum(PartyMove.amount) != 0)
    )
    return list(connection.execute(query).all())


def _running(connection: Connection, moves: Iterable[Any], sign: int, opening: Decimal) -> list[StatementRow]:
    parts: dict[tuple[date, bool, int], list[Decimal]] = {}
    for move in moves:
        is_payment = move.document_id is None
        sums = parts.setdefault(
            (move.day, is_payment, move.payment_id if is_payment else move.document_id), [ZERO, ZERO]
        )
        if move.kind == "payment":
            sums[1] -= sign * move.amount
        else:
            sums[0] += sign * move.amount
    documents = _facts(connection, Document, [key[2] for key in parts if not key[1]])
    payments = _facts(connection, Payment, [key[2] for key in parts if key[1]])
    # Ids grow with entry; what was owed at the beginning stands before everything of its day.
    order = sorted(parts, key=lambda key: (key[0], key[1], _is_later(documents.get(key[2]), key[1]), key[2]))
    rows, balance = [], opening
    for day, is_payment, record in order:
        added, paid = parts[day, is_payment, record]
        balance += added - paid
        fact = (payments if is_payment else documents)[record]
        kind = None if is_payment else DocumentKind(fact.kind)
        account = fact.account or ""
        rows.append(StatementRow(day, kind, record, fact.number, fact.remark, account, added, paid, balance))
    return rows


def _is_later(fact: Any, is_payment: bool) -> bool:
    return is_payment or fact is None or fact.kind != DocumentKind.OPENING_DEBT


def _facts(connection: Connection, entity: type[Document] | type[Payment], ids: list[int]) -> dict[int, Any]:
    names: list[Any] = [entity.id, entity.number, entity.remark, SettlementAccount.name.label("account")]
    if entity is Document:
        names.append(Document.kind)
    found: dict[int, Any] = {}
    for part in chunks(ids):
        query = select(*names).outerjoin(SettlementAccount, SettlementAccount.id == entity.account_id)
        found.update((row.id, row) for row in connection.execute(query.where(entity.id.in_(part))))
    return found
