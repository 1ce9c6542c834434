"""Customers, suppliers, warehouses, departments and settlement accounts (manual 6.1.1, M124)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NewType, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from jdy_desktop.models.account import Department
from jdy_desktop.models.ids import CustomerId, WarehouseId
from jdy_desktop.models.parties import Customer, PartyMove, SettlementAccount, Supplier, Warehouse
from jdy_desktop.models.rules.phones import masked_phone
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.rules.search import fold, search_key, split_words
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book import audit
from jdy_desktop.services.book.bulk import chunks
from jdy_desktop.services.errors import Stale, UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.rights import Right

SupplierId = NewType("SupplierId", int)

_P = TypeVar("_P", Customer, Supplier)
_NAME_LIMIT = 40


@dataclass(frozen=True, slots=True)
class CustomerHit:
    """A row of the customer picker; `balance` is what the customer owes us, yuan."""

    id: CustomerId
    name: str
    grade: PriceGrade
    phone: str
    balance: Decimal


@dataclass(frozen=True, slots=True)
class SupplierHit:
    """A row of the supplier picker; `balance` is what we owe, yuan (plus: we owe)."""

    id: SupplierId
    name: str
    phone: str
    balance: Decimal


@dataclass(frozen=True, slots=True)
class CustomerDetail:
    id: CustomerId
    version: int
    name: str
    grade: PriceGrade
    contact: str
    phone: str
    address: str
    remark: str
    is_active: bool
    balance: Decimal


@dataclass(frozen=True, slots=True)
class SupplierDetail:
    id: SupplierId
    version: int
    name: str
    contact: str
    phone: str
    address: str
    remark: str
    is_active: bool
    balance: Decimal


@dataclass(frozen=True, slots=True)
class SaveCustomer:
    """客户管理: the grade decides the price of a sale line (客户等级)."""

    name: str
    grade: PriceGrade = PriceGrade.RETAIL
    contact: str = ""
    phone: str = ""
    address: str = ""
    remark: str = ""
    is_active: bool = True
    customer_id: CustomerId | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class SaveSupplier:
    name: str
    contact: str = ""
    phone: str = ""
    address: str = ""
    remark: str = ""
    is_active: bool = True
    supplier_id: SupplierId | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class WarehouseInfo:
    id: WarehouseId
    name: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class DepartmentInfo:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """结算账户."""

    id: int
    name: str


class Parties:
    """Who the stall deals with, and where its goods and money lie. Small lists are returned whole."""

    def __init__(self, db: Database, ctx: Context) -> None:
        self._db = db
        self._ctx = ctx

    def customers(self, text: str = "", limit: int = 50) -> tuple[CustomerHit, ...]:
        """Active ones whose name, pinyin or phone holds all words; names beginning with the text first."""
        with self._db.read() as session:
            found = _hits(session, Customer, text, limit)
            owed = balances(session, PartyMove.customer_id, [one.id for one in found])
            return tuple(
                CustomerHit(
                    CustomerId(one.id), one.name, PriceGrade(one.grade), self._shown(one.phone), owed.get(one.id, ZERO)
                )
                for one in found
            )

    def customer(self, customer_id: CustomerId) -> CustomerDetail:
        with self._db.read() as session:
            row = _get(session, Customer, customer_id)
            owed = balances(session, PartyMove.customer_id, [row.id]).get(row.id, ZERO)
            facts = _common(row) | {"phone": self._shown(row.phone)}
            return CustomerDetail(id=customer_id, grade=PriceGrade(row.grade), balance=owed, **facts)

    def _shown(self, phone: str) -> str:
        """A customer's telephone as the one who works now may see it."""
        return phone if self._ctx.may(Right.SEE_PHONES) else masked_phone(phone)

    def save_customer(self, request: SaveCustomer) -> CustomerId:
        """Raises Stale, and UserError party_name_missing or party_name_taken."""
        with self._db.write() as session:
            row = _row(session, self._ctx, Customer, request.customer_id, request.version)
            before = None if request.customer_id is None else {"name": row.name, "grade": row.grade}
            if before is not None and request.phone.strip() == self._shown(row.phone):
                # What was shown masked comes back masked: it is not a new number.
                request = replace(request, phone=row.phone)
            _fill(session, row, request)
            row.grade = request.grade.value
            session.add(row)
            session.flush()
            after = {"name": row.name, "grade": row.grade}
            if before != after:
                audit.record(session, self._ctx, "save", "customer", row.id, before, after)
            return CustomerId(row.id)

    def suppliers(self, text: str = "", limit: int = 50) -> tuple[SupplierHit, ...]:
        """Like `customers`; the balance is what we owe."""
        with self._db.read() as session:
            found = _hits(session, Supplier, text, limit)
            owed = balances(session, PartyMove.supplier_id, [one.id for one in found])
            return tuple(SupplierHit(SupplierId(one.id), one.name, one.phone, -owed.get(one.id, ZERO)) for one in found)

    def supplier(self, supplier_id: SupplierId) -> SupplierDetail:
        with self._db.read() as session:
            row = _get(session, Supplier, supplier_id)
            owed = balances(session, PartyMove.supplier_id, [row.id]).get(row.id, ZERO)
            return SupplierDetail(id=supplier_id, balance=-owed, **_common(row))

    def save_supplier(self, request: SaveSupplier) -> SupplierId:
        """Raises Stale, and UserError party_name_missing or party_name_taken."""
        with self._db.write() as session:
            row = _row(session, self._ctx, Supplier, request.supplier_id, request.version)
            _fill(session, row, request)
            session.add(row)
            session.flush()
            return SupplierId(row.id)

    def warehouses(self) -> tuple[WarehouseInfo, ...]:
        """The default one first."""
        with self._db.read() as session:
            query = select(Warehouse).where(Warehouse.is_active).order_by(Warehouse.is_default.desc(), Warehouse.id)
            return tuple(WarehouseInfo(WarehouseId(one.id), one.name, one.is_default) for one in session.scalars(query))

    def add_warehouse(self, name: str) -> WarehouseId:
        """Raises UserError warehouse_name_missing, warehouse_name_taken."""
        with self._db.write() as session:
            return WarehouseId(_add_named(session, Warehouse, name, "warehouse"))

    def departments(self) -> tuple[DepartmentInfo, ...]:
        with self._db.read() as session:
            query = select(Department).where(Department.is_active).order_by(Department.id)
            return tuple(DepartmentInfo(one.id, one.name) for one in session.scalars(query))

    def add_department(self, name: str) -> int:
        """Raises UserError department_name_missing, department_name_taken."""
        with self._db.write() as session:
            return _add_named(session, Department, name, "department")

    def accounts(self) -> tuple[AccountInfo, ...]:
        with self._db.read() as session:
            query = select(SettlementAccount).where(SettlementAccount.is_active).order_by(SettlementAccount.id)
            return tuple(AccountInfo(one.id, one.name) for one in session.scalars(query))

    def add_account(self, name: str) -> int:
        """Raises UserError account_name_missing, account_name_taken."""
        with self._db.write() as session:
            return _add_named(session, SettlementAccount, name, "account")


def balances(session: Session, column: InstrumentedAttribute[Any], ids: Sequence[int]) -> dict[int, Decimal]:
    """Sum of the moves per party, yuan; plus = the party owes us. Parties without moves are left out."""
    found: dict[int, Decimal] = {}
    for part in chunks(ids):
        query = select(column, func.sum(PartyMove.amount)).where(column.in_(part)).group_by(column)
        found.update(session.execute(query).all())
    return found


def text_filter(column: Any, text: str) -> list[ColumnElement[bool]]:
    """Every word of the text stands somewhere in the column, in any order; % and _ are plain characters."""
    return [column.contains(word, autoescape=True) for word in split_words(text)]


def _hits(session: Session, entity: type[_P], text: str, limit: int) -> Sequence[_P]:
    begins = entity.search_text.startswith(fold(text.strip()), autoescape=True)
    query = select(entity).where(entity.is_active, *text_filter(entity.search_text, text))
    return session.scalars(query.order_by(begins.desc(), entity.id).limit(limit)).all()


def _get(session: Session, entity: type[_P], party_id: int) -> _P:
    row = session.get(entity, party_id)
    if row is None:
        raise UserError("party_unknown", id=party_id)
    return row


def _common(row: Customer | Supplier) -> dict[str, Any]:
    names = ("version", "name", "contact", "phone", "address", "remark", "is_active")
    return {name: getattr(row, name) for name in names}


def _row(session: Session, ctx: Context, entity: type[_P], party_id: int | None, version: int | None) -> _P:
    if party_id is None:
        return entity(created_at=ctx.clock.now())
    row = _get(session, entity, party_id)
    if row.version != version:
        raise Stale(entity="party", name=row.name)
    return row


def _fill(session: Session, row: Customer | Supplier, request: SaveCustomer | SaveSupplier) -> None:
    name = " ".join(request.name.split())
    if not name:
        raise UserError("party_name_missing", field="name")
    for field, limit in (("name", 100), ("contact", 60), ("phone", 40), ("address", 200)):
        if len(getattr(request, field)) > limit:
            raise UserError("text_too_long", field=field, limit=limit)
    entity = type(row)
    with session.no_autoflush:
        twin = session.scalar(select(entity.id).where(entity.name == name, entity.id != (row.id or 0)))
    if twin is not None:
        raise UserError("party_name_taken", field="name", name=name)
    row.name, row.contact, row.phone = name, request.contact.strip(), request.phone.strip()
    row.address, row.remark, row.is_active = request.address.strip(), request.remark, request.is_active
    row.search_text = search_key(name, row.phone, row.contact)


def _add_named(
    session: Session, entity: type[Warehouse] | type[Department] | type[SettlementAccount], name: str, kind: str
) -> int:
    wanted = " ".join(name.split())
    if not wanted:
        raise UserError(f"{kind}_name_missing", field="name")
    if len(wanted) > _NAME_LIMIT:
        raise UserError("text_too_long", field="name", limit=_NAME_LIMIT)
    if session.scalar(select(entity.id).where(entity.name == wanted)) is not None:
        raise UserError(f"{kind}_name_taken", field="name", name=wanted)
    row = entity(name=wanted)
    session.add(row)
    session.flush()
    return row.id
