"""收付款: the list of receipts and payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from jdy_desktop.models.money import Payment, PaymentAllocation
from jdy_desktop.models.parties import Customer, SettlementAccount, Supplier
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.rules.search import split_words
from jdy_desktop.models.states import DocumentState
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.queries.words import all_ids, chunks

Side = Literal["customer", "supplier"]


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """`text`: number, party (name, pinyin, phone), remark. Days inclusive. `side`: 收款单 of customers or 付款单."""

    text: str = ""
    side: Side | None = None
    first_day: date | None = None
    last_day: date | None = None
    account_id: int | None = None
    party_id: int | None = None
    with_advance: bool = False
    with_voided: bool = False


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """`settled`: of bills; `advance`: what is left for later ones. Both 0 when voided."""

    id: int
    number: str
    day: date
    state: DocumentState
    version: int
    side: Side
    party_id: int
    party: str
    account: str
    amount: Decimal
    settled: Decimal
    remark: str
    operator: str

    @property
    def advance(self) -> Decimal:
        return self.amount - self.settled if self.state is not DocumentState.VOIDED else ZERO


@dataclass(frozen=True, slots=True)
class PaymentSums:
    """Foot of the list, yuan; voided ones are not counted."""

    count: int
    received: Decimal
    paid: Decimal


_SETTLED = (
    select(func.sum(PaymentAllocation.amount))
    .where(PaymentAllocation.payment_id == Payment.id, Payment.state != DocumentState.VOIDED.value)
    .correlate(Payment)
    .scalar_subquery()
)


class PaymentList:
    def __init__(self, db: Database) -> None:
        self._db = db

    def ids(self, filter: PaymentFilter) -> list[int]:
        """Newest day first, then newest entry."""
        with self._db.read() as session:
            query = select(Payment.id).where(*_conditions(filter)).order_by(Payment.day.desc(), Payment.id.desc())
            return all_ids(session, query)

    def rows(self, ids: Sequence[int]) -> dict[int, PaymentRow]:
        names = (
            Customer.name.label("customer"),
            Supplier.name.label("supplier"),
            SettlementAccount.name.label("account"),
        )
        query = (
            select(*Payment.__table__.c, *names, _SETTLED.label("settled"))
            .outerjoin(Customer, Customer.id == Payment.customer_id)
            .outerjoin(Supplier, Supplier.id == Payment.supplier_id)
            .outerjoin(SettlementAccount, SettlementAccount.id == Payment.account_id)
        )
        found: dict[int, PaymentRow] = {}
        with self._db.read() as session:
            for part in chunks(ids):
                for row in session.connection().execute(query.where(Payment.id.in_(part))):
                    found[row.id] = PaymentRow(
                        id=row.id,
                        number=row.number,
                        day=row.day,
                        state=DocumentState(row.state),
                        version=row.version,
                        side="customer" if row.customer_id is not None else "supplier",
                        party_id=row.customer_id if row.customer_id is not None else row.supplier_id,
                        party=row.customer or row.supplier or "",
                        account=row.account or "",
                        amount=row.amount,
                        settled=row.settled or ZERO,
                        remark=row.remark,
                        operator=row.operator,
                    )
        return found

    def sums(self, filter: PaymentFilter) -> PaymentSums:
        """What came in and what went out under this filter."""
        received = func.sum(case((Payment.customer_id.is_not(None), Payment.amount)))
        paid = func.sum(case((Payment.supplier_id.is_not(None), Payment.amount)))
        conditions = [*_conditions(filter), Payment.state != DocumentState.VOIDED.value]
        with self._db.read() as session:
            row = session.connection().execute(select(func.count(), received, paid).where(*conditions)).one()
            return PaymentSums(row[0], row[1] or ZERO, row[2] or ZERO)


def _conditions(wanted: PaymentFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [_has_word(word) for word in split_words(wanted.text)]
    if wanted.side is not None:
        conditions.append((Payment.customer_id if wanted.side == "customer" else Payment.supplier_id).is_not(None))
    if wanted.first_day is not None:
        conditions.append(Payment.day >= wanted.first_day)
    if wanted.last_day is not None:
        conditions.append(Payment.day <= wanted.last_day)
    if wanted.account_id is not None:
        conditions.append(Payment.account_id == wanted.account_id)
    if wanted.party_id is not None:
        conditions.append(func.coalesce(Payment.customer_id, Payment.supplier_id) == wanted.party_id)
    if wanted.with_advance:
        conditions.append(
            and_(Payment.amount > func.coalesce(_SETTLED, 0), Payment.state != DocumentState.VOIDED.value)
        )
    if not wanted.with_voided:
        conditions.append(Payment.state != DocumentState.VOIDED.value)
    return conditions


def _has_word(word: str) -> ColumnElement[bool]:
    party = [
        column.in_(select(entity.id).where(entity.search_text.contains(word, autoescape=True)))
        for column, entity in ((Payment.customer_id, Customer), (Payment.supplier_id, Supplier))
    ]
    own = [one.icontains(word, autoescape=True) for one in (Payment.number, Payment.remark)]
    return or_(*own, *party)
