"""收款单 and 付款单: money apart from a document, settling bills oldest first or by choice (features W27, W28).

What a payment does not settle is an advance (预收 / 预付): it lowers the balance at once, and settles later bills when asked.
Void writes the reversed party move; the bills a voided payment settled are open again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from jdy_desktop.models.parties import Customer, SettlementAccount, Supplier
from jdy_desktop.models.rules.numbering import PAYMENT_PREFIX, RECEIPT_PREFIX, payment_number
from jdy_desktop.models.rules.rounding import LARGEST, ZERO, to_amount
from jdy_desktop.models.rules.settling import fits, oldest_first
from jdy_desktop.models.states import DocumentState
from jdy_desktop.services.book import audit, bills, opening_debts
from jdy_desktop.services.book.bills import ALLOCATION, DOCUMENT, PAYMENT, OpenBill, Party
from jdy_desktop.services.book.bulk import table_of, upsert
from jdy_desktop.services.book.document_writing import book_rules, check_day, next_counter
from jdy_desktop.services.book.number_checks import check_number
from jdy_desktop.services.errors import Stale, UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.rights import Right

__all__ = [
    "Allocation",
    "OpenBill",
    "OpenBills",
    "Party",
    "PaymentView",
    "Payments",
    "Preview",
    "SavePayment",
    "SavedPayment",
]

_REMARK_LIMIT, _PLACES = 200, 2
_PARTY = {"customer": table_of(Customer), "supplier": table_of(Supplier)}
_ACCOUNT = table_of(SettlementAccount)


@dataclass(frozen=True, slots=True)
class Allocation:
    """Part of a payment that settles a bill; minus for a return that is given back. `number`: of the bill, when read."""

    document_id: int
    amount: Decimal
    number: str = ""


@dataclass(frozen=True, slots=True)
class SavePayment:
    """A filled form. `client_key` is made once per form. `allocations` None: oldest bills first; (): all stays an advance.

    `uses_advances`: with None, older advances settle what they can before this money does.
    """

    client_key: str
    party: Party
    day: date
    amount: Decimal
    account_id: int | None
    remark: str = ""
    allocations: tuple[Allocation, ...] | None = None
    uses_advances: bool = True


@dataclass(frozen=True, slots=True)
class SavedPayment:
    """What is true after the commit, yuan. `settled` of bills by this payment, `advance` not; `balance` of the party."""

    id: int
    number: str
    version: int
    settled: Decimal
    advance: Decimal
    balance: Decimal
    already_saved: bool = False


@dataclass(frozen=True, slots=True)
class OpenBills:
    """What a form begins with: bills oldest first, the sum of advances, and the balance (bills less advances)."""

    bills: tuple[OpenBill, ...]
    advance: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A stored payment, as its paper needs it. `balance` of the party now."""

    id: int
    number: str
    state: DocumentState
    version: int
    day: date
    party: Party
    name: str
    account: str
    amount: Decimal
    remark: str
    operator: str
    created_at: datetime
    balance: Decimal
    allocations: tuple[Allocation, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a form would do, yuan: `parts` per bill, `settled` by this money, `advance` left of it, `balance` afterwards.

    `over`: by choice more is settled than there is money; `wrong`: bills of which too much (or the wrong sign) is chosen.
    """

    parts: dict[int, Decimal]
    settled: Decimal
    advance: Decimal
    balance: Decimal
    over: bool = False
    wrong: frozenset[int] = frozenset()


class Payments:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db, self._ctx = db, ctx

    def new_client_key(self) -> str:
        """A key for a form just opened; saving that form twice stores it once."""
        return self._ctx.random.token(18)

    @property
    def may_void(self) -> bool:
        """For views: whether the one who works now may take a payment back."""
        return self._ctx.may(Right.VOID_DOCUMENT)

    def open_bills(self, party: Party) -> OpenBills:
        with self._db.read() as session:
            connection = session.connection()
            found = bills.open_bills(connection, party)
            free = sum((one.free for one in bills.advances(connection, party)), ZERO)
            return OpenBills(tuple(found), free, bills.balance(connection, party))

    def preview(self, opened: OpenBills, amount: Decimal, chosen: Mapping[int, Decimal] | None) -> Preview:
        """While typing; pure, no database: call it on each key. `chosen` None: oldest bills first."""
        left = opened.balance - amount
        if chosen is None:
            listed = [one.as_bill() for one in opened.bills]
            parts = oldest_first(listed, opened.advance + amount)
            first = sum(oldest_first(listed, opened.advance).values(), ZERO)
            settled = max(ZERO, sum(parts.values(), ZERO) - first)
            return Preview(parts, settled, amount - settled, left)
        owed = {one.document_id: one.owed for one in opened.bills}
        parts = {bill: part for bill, part in chosen.items() if part}
        wrong = frozenset(bill for bill, part in parts.items() if not fits(owed.get(bill, ZERO), part))
        settled = sum(parts.values(), ZERO)
        return Preview(parts, settled, amount - settled, left, not 0 <= settled <= amount, wrong)

    def save(self, request: SavePayment) -> SavedPayment:
        """Store a receipt or payment with what it settles.

        Raises, and nothing is stored: BeforeStartPeriod, UserError with field (amount, account_id, allocations: row of the
        allocation from 1).
        """
        _check(request)
        with self._db.write() as session:
            return save_in(session, self._ctx, request)

    def void(self, payment_id: int, version: int) -> SavedPayment:
        """Take it back: reversed move, its bills are open again, the number stays used. Raises Stale, UserError, Refused."""
        self._ctx.require(Right.VOID_DOCUMENT)
        with self._db.write() as session:
            return _void(session, self._ctx, payment_id, version)

    def use_advances(self, party: Party) -> Decimal:
        """预收冲欠款: let advances settle open bills, oldest first both. How much was settled, yuan; 0: nothing to do."""
        with self._db.write() as session:
            return _use_advances(session, self._ctx, party)

    def payment(self, payment_id: int) -> PaymentView:
        """Raises UserError("payment_unknown")."""
        with self._db.read() as session:
            return _view(session.connection(), payment_id)

    def set_opening_debt(self, party: Party, amount: Decimal, day: date | None = None) -> None:
        """期初欠款: what the party owed (customer) or was owed (supplier) when the book began; minus: an advance; 0: nothing.

        One per party, dated on the first day of the book unless told. Raises BeforeStartPeriod, UserError; Refused for a 店员.
        """
        self._ctx.require(Right.ACCOUNT_SET)
        check_number(amount, "amount", None, _PLACES, least=-LARGEST)
        with self._db.write() as session:
            _check_party(session.connection(), party)
            opening_debts.change(session, self._ctx, party, to_amount(amount), day)

    def opening_debt(self, party: Party) -> Decimal:
        with self._db.read() as session:
            return opening_debts.stored(session.connection(), party)


def save_in(session: Session, ctx: Context, request: SavePayment) -> SavedPayment:
    """`Payments.save` inside a transaction that the caller holds; the form has been checked."""
    connection = session.connection()
    twin = _twin(connection, request.client_key)
    if twin is not None:
        return _saved(connection, twin, already=True)
    check_day(request.day, book_rules(connection))
    _check_known(connection, request)
    if request.allocations is None and request.uses_advances:
        _use_advances(session, ctx, request.party)
    payment_id = _insert(session, ctx, request, _parts(connection, request))
    return _saved(connection, payment_id)


def receive_for_document(
    session: Session,
    ctx: Context,
    *,
    document_id: int,
    party: Party,
    client_key: str,
    day: date,
    amount: Decimal,
    account_id: int | None,
    remark: str,
) -> None:
    """Money that came for one document from outside (1688), inside the caller's transaction. The same key again: nothing.

    What the document no longer asks (voided, or paid otherwise) becomes an advance. Never refused: the money is there.
    """
    connection = session.connection()
    if _twin(connection, client_key) is not None:
        return
    first = book_rules(connection).start_date
    part = max(ZERO, min(amount, bills.open_amount(connection, document_id)))
    request = SavePayment(client_key, party, max(day, first), amount, account_id, remark)
    _insert(session, ctx, request, {document_id: part} if part else {})


def _twin(connection: Connection, client_key: str) -> int | None:
    return connection.execute(select(PAYMENT.c.id).where(PAYMENT.c.client_key == client_key)).scalar()


def _insert(session: Session, ctx: Context, request: SavePayment, parts: dict[int, Decimal]) -> int:
    connection = session.connection()
    now, party = ctx.clock.now(), request.party
    row: dict[str, Any] = {
        "number": _take_number(connection, party, request.day),
        "state": DocumentState.SAVED.value,
        "day": request.day,
        "client_key": request.client_key,
        "customer_id": party.id if party.kind == "customer" else None,
        "supplier_id": party.id if party.kind == "supplier" else None,
        "account_id": request.account_id,
        "amount": to_amount(request.amount),
        "remark": request.remark.strip(),
        "operator": ctx.operator,
        "created_at": now,
        "version": 1,
    }
    connection.execute(PAYMENT.insert(), [row])
    payment_id: int = connection.execute(
        select(PAYMENT.c.id).where(PAYMENT.c.client_key == request.client_key)
    ).scalar_one()
    _write_parts(connection, payment_id, parts)
    bills.add_move(connection, party, -row["amount"], "payment", request.day, now, payment_id=payment_id)
    audit.record(session, ctx, "save", "payment", payment_id, None, _audit_values(row, parts))
    return payment_id


def _check(request: SavePayment) -> None:
    if not request.client_key:
        raise ValueError("a form needs its client_key")
    check_number(request.amount, "amount", None, _PLACES)
    if not request.amount:
        raise UserError("payment_amount_zero", field="amount")
    if request.account_id is None:
        raise UserError("account_missing", field="account_id")
    if len(request.remark) > _REMARK_LIMIT:
        raise UserError("text_too_long", field="remark", limit=_REMARK_LIMIT)
    for number, one in enumerate(request.allocations or (), 1):
        check_number(one.amount, "allocations", number, _PLACES, least=-LARGEST)


def _check_known(connection: Connection, request: SavePayment) -> None:
    party = request.party
    _check_party(connection, party)
    if connection.execute(select(_ACCOUNT.c.id).where(_ACCOUNT.c.id == request.account_id)).first() is None:
        raise UserError("account_unknown", field="account_id")


def _check_party(connection: Connection, party: Party) -> None:
    table = _PARTY[party.kind]
    if connection.execute(select(table.c.id).where(table.c.id == party.id)).first() is None:
        raise UserError(f"{party.kind}_unknown", field=party.column)


def _parts(connection: Connection, request: SavePayment) -> dict[int, Decimal]:
    """Bill → amount. By choice: each within its bill, together within the payment."""
    listed = bills.open_bills(connection, request.party)
    if request.allocations is None:
        return oldest_first([one.as_bill() for one in listed], to_amount(request.amount))
    owed = {one.document_id: one.owed for one in listed}
    parts: dict[int, Decimal] = {}
    for row, one in enumerate(request.allocations, 1):
        if not one.amount:
            continue
        left = owed.get(one.document_id, ZERO)
        if one.document_id in parts or not fits(left, one.amount):
            raise UserError("allocation_too_large", field="allocations", row=row, owed=left, number=one.number)
        parts[one.document_id] = to_amount(one.amount)
    total = sum(parts.values(), ZERO)
    if not 0 <= total <= request.amount:
        raise UserError("allocations_over_amount", field="allocations", total=total, amount=to_amount(request.amount))
    return parts


def _take_number(connection: Connection, party: Party, day: date) -> str:
    prefix = RECEIPT_PREFIX if party.kind == "customer" else PAYMENT_PREFIX
    return payment_number(prefix, day, next_counter(connection, prefix, day))


def _write_parts(connection: Connection, payment_id: int, parts: dict[int, Decimal]) -> None:
    rows = [{"payment_id": payment_id, "document_id": bill, "amount": part} for bill, part in parts.items()]
    upsert(connection, ALLOCATION, ["payment_id", "document_id"], rows)


def _audit_values(row: dict[str, Any], parts: dict[int, Decimal]) -> dict[str, Any]:
    names = ("number", "day", "customer_id", "supplier_id", "account_id", "amount")
    values = {name: row[name] for name in names if row[name] is not None}
    return values | {"bills": [[bill, part] for bill, part in parts.items()]}


def _use_advances(session: Session, ctx: Context, party: Party) -> Decimal:
    connection = session.connection()
    settled = ZERO
    for advance in bills.advances(connection, party):
        open_ = [one.as_bill() for one in bills.open_bills(connection, party)]
        parts = oldest_first(open_, advance.free)
        if not any(part > 0 for part in parts.values()):
            break
        settled += sum(parts.values(), ZERO)
        had = _parts_of(connection, advance.payment_id)
        _write_parts(connection, advance.payment_id, {bill: had.get(bill, ZERO) + part for bill, part in parts.items()})
        _touch(connection, advance.payment_id, {})
        after = {"number": advance.number, "bills": [[bill, part] for bill, part in parts.items()]}
        audit.record(session, ctx, "use_advance", "payment", advance.payment_id, None, after)
    return settled


def _parts_of(connection: Connection, payment_id: int) -> dict[int, Decimal]:
    query = select(ALLOCATION.c.document_id, ALLOCATION.c.amount).where(ALLOCATION.c.payment_id == payment_id)
    return {row.document_id: row.amount for row in connection.execute(query)}


def _touch(connection: Connection, payment_id: int, values: dict[str, Any]) -> None:
    newer = {"version": PAYMENT.c.version + 1, **values}
    connection.execute(update(PAYMENT).where(PAYMENT.c.id == payment_id).values(newer))


def _row(connection: Connection, payment_id: int) -> Any:
    row = connection.execute(select(PAYMENT).where(PAYMENT.c.id == payment_id)).first()
    if row is None:
        raise UserError("payment_unknown", id=payment_id)
    return row


def _party_of(row: Any) -> Party:
    kind: Literal["customer", "supplier"] = "customer" if row.customer_id is not None else "supplier"
    return Party(kind, row.customer_id if row.customer_id is not None else row.supplier_id)


def _void(session: Session, ctx: Context, payment_id: int, version: int) -> SavedPayment:
    connection = session.connection()
    row = _row(connection, payment_id)
    if row.version != version:
        raise Stale(entity="payment", number=row.number)
    if row.state == DocumentState.VOIDED.value:
        raise UserError("payment_voided", number=row.number)
    now = ctx.clock.now()
    _touch(connection, payment_id, {"state": DocumentState.VOIDED.value, "voided_at": now})
    bills.add_move(connection, _party_of(row), row.amount, "payment", row.day, now, payment_id=payment_id)
    before = {"number": row.number, "state": row.state, "amount": row.amount}
    audit.record(session, ctx, "void", "payment", payment_id, before, before | {"state": DocumentState.VOIDED.value})
    return _saved(connection, payment_id)


def _saved(connection: Connection, payment_id: int, *, already: bool = False) -> SavedPayment:
    row = _row(connection, payment_id)
    settled = sum(_parts_of(connection, payment_id).values(), ZERO)
    if row.state == DocumentState.VOIDED.value:
        settled = row.amount  # nothing of it is left to use
    owed = bills.balance(connection, _party_of(row))
    return SavedPayment(payment_id, row.number, row.version, settled, row.amount - settled, owed, already)


def _view(connection: Connection, payment_id: int) -> PaymentView:
    row = _row(connection, payment_id)
    party = _party_of(row)
    table = _PARTY[party.kind]
    name = connection.execute(select(table.c.name).where(table.c.id == party.id)).scalar_one()
    account = connection.execute(select(_ACCOUNT.c.name).where(_ACCOUNT.c.id == row.account_id)).scalar()
    parts = connection.execute(
        select(ALLOCATION.c.document_id, ALLOCATION.c.amount, DOCUMENT.c.number)
        .join(DOCUMENT, DOCUMENT.c.id == ALLOCATION.c.document_id)
        .where(ALLOCATION.c.payment_id == payment_id)
        .order_by(DOCUMENT.c.day, DOCUMENT.c.id)
    )
    return PaymentView(
        id=payment_id,
        number=row.number,
        state=DocumentState(row.state),
        version=row.version,
        day=row.day,
        party=party,
        name=name,
        account=account or "",
        amount=row.amount,
        remark=row.remark,
        operator=row.operator,
        created_at=row.created_at,
        balance=bills.balance(connection, party),
        allocations=tuple(Allocation(one[0], one[1], one[2]) for one in parts),
    )
