"""What goods cost when they were bought: last time, last time here, and the lowest of 90 days (W21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from jdy_desktop.models.account import AccountSet
from jdy_desktop.models.documents import Document, DocumentLine
from jdy_desktop.models.parties import Supplier
from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.rights import Right

LOWEST_DAYS = 90


@dataclass(frozen=True, slots=True)
class Bought:
    """One price paid, with or without tax as the account set counts now, and to whom."""

    price: Decimal
    day: date
    supplier: str


@dataclass(frozen=True, slots=True)
class PurchasePrices:
    """`last` of this supplier when there is one, else of any; None: never bought."""

    last: Bought | None = None
    lowest: Bought | None = None
    recent: tuple[Bought, ...] = ()


class BoughtPrices:
    """What was paid is a cost: who may not see costs is told of no price, and types what is on the slip in his hand."""

    def __init__(self, db: Database, ctx: Context) -> None:
        self._db, self._ctx = db, ctx

    @property
    def may_see(self) -> bool:
        """Whether the operator is told of prices paid before (Right.SEE_COST)."""
        return self._ctx.may(Right.SEE_COST)

    def of(self, sku_id: int, supplier_id: int | None = None, *, limit: int = 10) -> PurchasePrices:
        """Prices of purchases that were not voided; `recent`: the last `limit`, newest first."""
        if not self.may_see:
            return PurchasePrices()
        with self._db.read() as session:
            connection = session.connection()
            recent = [_bought(row) for row in connection.execute(_query(sku_id).limit(limit))]
            here = None
            if supplier_id is not None:
                mine = _query(sku_id).where(Document.supplier_id == supplier_id).limit(1)
                here = connection.execute(mine).first()
            since = self._ctx.clock.today() - timedelta(days=LOWEST_DAYS)
            late = connection.execute(_query(sku_id).where(Document.day >= since)).all()
            lowest = min((_bought(row) for row in late), key=lambda one: one.price, default=None)
            last = _bought(here) if here is not None else next(iter(recent), None)
            return PurchasePrices(last, lowest, tuple(recent))

    def last_of(self, sku_ids: Sequence[int], supplier_id: int | None = None) -> dict[int, Decimal]:
        """The last price of each SKU; those never bought are left out."""
        found = {}
        for sku_id in dict.fromkeys(sku_ids):
            last = self.of(sku_id, supplier_id, limit=1).last
            if last is not None:
                found[sku_id] = last.price
        return found


def _query(sku_id: int) -> Any:
    columns = (
        DocumentLine.net_price,
        DocumentLine.gross_price,
        AccountSet.prices_include_tax,
        Document.day,
        Supplier.name,
    )
    return (
        select(*columns)
        .select_from(DocumentLine)
        .join(Document, Document.id == DocumentLine.document_id)
        .join(Supplier, Supplier.id == Document.supplier_id)
        .join(AccountSet, AccountSet.id == 1)
        .where(
            DocumentLine.sku_id == sku_id,
            Document.kind == DocumentKind.PURCHASE.value,
            Document.state != DocumentState.VOIDED.value,
        )
        .order_by(Document.day.desc(), DocumentLine.id.desc())
    )


def _bought(row: Any) -> Bought:
    net, gross, is_gross, day, supplier = row
    return Bought(gross if is_gross else net, day, supplier)
