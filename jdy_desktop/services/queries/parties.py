"""客户 and 供应商: lists with what they owe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from jdy_desktop.models.ids import CustomerId
from jdy_desktop.models.parties import Customer, PartyMove, Supplier
from jdy_desktop.models.rules.phones import masked_phone
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.rules.search import spoken_part
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.rights import Right
from jdy_desktop.services.queries.words import all_words, chunks


@dataclass(frozen=True, slots=True)
class PartyFilter:
    text: str = ""
    grade: PriceGrade | None = None
    owes_only: bool = False
    with_inactive: bool = False


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """`balance`: owed to us, yuan. `phone` is masked for whom may not see it whole."""

    id: CustomerId
    name: str
    grade: PriceGrade
    contact: str
    phone: str
    address: str
    remark: str
    balance: Decimal
    is_active: bool


@dataclass(frozen=True, slots=True)
class SupplierRow:
    """`balance`: what we owe, yuan."""

    id: int
    name: str
    contact: str
    phone: str
    address: str
    remark: str
    balance: Decimal
    is_active: bool


class CustomerList:
    def __init__(self, db: Database, ctx: Context | None = None) -> None:
        """Without a context (checks, measurements) telephone numbers are whole."""
        self._db = db
        self._ctx = ctx

    def ids(self, filter: PartyFilter) -> list[int]:
        """By the pinyin of the name; `owes_only`: those who owe us."""
        with self._db.read() as session:
            conditions = _conditions(Customer, PartyMove.customer_id, filter, owing=1)
            if filter.grade is not None:
                conditions.append(Customer.grade == filter.grade.value)
            return _ids(session, Customer, conditions)

    def rows(self, ids: Sequence[int]) -> dict[int, CustomerRow]:
        found: dict[int, CustomerRow] = {}
        with self._db.read() as session:
            for part in chunks(ids):
                owed = _balances(session, PartyMove.customer_id, part)
                for one in session.scalars(select(Customer).where(Customer.id.in_(part))):
                    balance, grade = owed.get(one.id, ZERO), PriceGrade(one.grade)
                    found[one.id] = CustomerRow(id=CustomerId(one.id), grade=grade, balance=balance, **_common(one))
        if self._ctx is not None and not self._ctx.may(Right.SEE_PHONES):
            return {key: replace(row, phone=masked_phone(row.phone)) for key, row in found.items()}
        return found


class SupplierList:
    def __init__(self, db: Database) -> None:
        self._db = db

    def ids(self, filter: PartyFilter) -> list[int]:
        """By the pinyin of the name; `owes_only`: those we owe."""
        with self._db.read() as session:
            return _ids(session, Supplier, _conditions(Supplier, PartyMove.supplier_id, filter, owing=-1))

    def rows(self, ids: Sequence[int]) -> dict[int, SupplierRow]:
        found: dict[int, SupplierRow] = {}
        with self._db.read() as session:
            for part in chunks(ids):
                owed = _balances(session, PartyMove.supplier_id, part)
                for one in session.scalars(select(Supplier).where(Supplier.id.in_(part))):
                    found[one.id] = SupplierRow(id=one.id, balance=-owed.get(one.id, ZERO), **_common(one))
        return found


def _conditions(entity: Any, column: Any, wanted: PartyFilter, *, owing: int) -> list[ColumnElement[bool]]:
    conditions = all_words(wanted.text, entity.search_text)
    if not wanted.with_inactive:
        conditions.append(entity.is_active)
    if wanted.owes_only:
        owes = select(column).group_by(column).having(owing * func.sum(PartyMove.amount) > 0)
        conditions.append(entity.id.in_(owes.where(column.is_not(None))))
    return conditions


def _ids(session: Session, entity: Any, conditions: Sequence[ColumnElement[bool]]) -> list[int]:
    found: Any = session.execute(select(entity.id, entity.search_text).where(*conditions))
    return [id for _spoken, id in sorted((spoken_part(key), id) for id, key in found)]


def _balances(session: Session, column: Any, ids: Sequence[int]) -> dict[int, Decimal]:
    query = select(column, func.sum(PartyMove.amount)).where(column.in_(ids)).group_by(column)
    rows: Any = session.execute(query)
    return dict(rows.all())


def _common(row: Customer | Supplier) -> dict[str, Any]:
    names = ("name", "contact", "phone", "address", "remark", "is_active")
    return {name: getattr(row, name) for name in names}
