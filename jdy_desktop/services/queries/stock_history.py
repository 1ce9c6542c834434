"""库存流水: every move of one SKU, newest first, with what lay there after it and the document it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import Product, Sku
from jdy_desktop.models.documents import Document
from jdy_desktop.models.ids import DocumentId, SkuId, WarehouseId
from jdy_desktop.models.parties import Customer, Supplier, Warehouse
from jdy_desktop.models.states import DocumentKind, MoveKind
from jdy_desktop.models.stock import StockBalance, StockMove
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.rights import Right
from jdy_desktop.services.queries.words import all_ids, chunks


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Days are those of the documents, inclusive; `warehouse_id` None: all together."""

    sku_id: SkuId
    warehouse_id: int | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class MoveRow:
    """`quantity` and `cost` signed, plus = in; `after`: pieces after it, in the warehouse asked for or in all. Costs are None
    for whom may not see them."""

    id: int
    day: date
    at: datetime
    document_id: DocumentId
    document_kind: DocumentKind
    number: str
    is_void: bool
    party: str
    warehouse: str
    quantity: Decimal
    cost: Decimal | None
    after: Decimal


@dataclass(frozen=True, slots=True)
class SkuStock:
    """The head of the list: which SKU, and what lies where (warehouses that hold some)."""

    sku_id: SkuId
    code: str
    name: str
    places: tuple[tuple[WarehouseId, str, Decimal], ...]

    @property
    def quantity(self) -> Decimal:
        return sum((one for _, _, one in self.places), Decimal(0))


class StockHistory:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db, self._ctx = db, ctx

    @property
    def shows_cost(self) -> bool:
        return self._ctx.may(Right.SEE_COST)

    def head(self, sku_id: SkuId) -> SkuStock | None:
        """None when the SKU is gone."""
        with self._db.read() as session:
            connection = session.connection()
            names = select(Sku.code, Sku.name, Product.name.label("product")).join(
                Product, Product.id == Sku.product_id
            )
            found = connection.execute(names.where(Sku.id == sku_id)).first()
            if found is None:
                return None
            held = (
                select(Warehouse.id, Warehouse.name, StockBalance.quantity)
                .join(StockBalance, StockBalance.warehouse_id == Warehouse.id)
                .where(StockBalance.sku_id == sku_id, StockBalance.quantity != Decimal(0))
                .order_by(Warehouse.is_default.desc(), Warehouse.id)
            )
            places = tuple((WarehouseId(id), name, quantity) for id, name, quantity in connection.execute(held))
            return SkuStock(sku_id, found.code, f"{found.product} {found.name}".strip(), places)

    def ids(self, filter: HistoryFilter) -> list[int]:
        """Newest move first."""
        query = select(StockMove.id).where(StockMove.sku_id == filter.sku_id).order_by(StockMove.id.desc())
        if filter.warehouse_id is not None:
            query = query.where(StockMove.warehouse_id == filter.warehouse_id)
        if filter.first_day is not None:
            query = query.where(StockMove.day >= filter.first_day)
        if filter.last_day is not None:
            query = query.where(StockMove.day <= filter.last_day)
        with self._db.read() as session:
            return all_ids(session, query)

    def rows(self, ids: Sequence[int], filter: HistoryFilter) -> dict[int, MoveRow]:
        found: dict[int, MoveRow] = {}
        with self._db.read() as session:
            for part in chunks(ids):
                found |= _rows(session, part, filter)
        return found if self.shows_cost else {key: replace(row, cost=None) for key, row in found.items()}


def _rows(session: Session, ids: Sequence[int], filter: HistoryFilter) -> dict[int, MoveRow]:
    # The running sum is of all moves of the SKU, whichever days are looked at.
    after = func.sum(StockMove.quantity).over(order_by=StockMove.id).label("after")
    running = select(StockMove.id, after).where(StockMove.sku_id == filter.sku_id)
    if filter.warehouse_id is not None:
        running = running.where(StockMove.warehouse_id == filter.warehouse_id)
    sums = running.subquery("sums")
    moves: tuple[Any, ...] = (
        StockMove.id,
        StockMove.day,
        StockMove.at,
        StockMove.kind,
        StockMove.quantity,
        StockMove.cost,
    )
    query = (
        select(
            *moves,
            Document.id.label("document_id"),
            Document.kind.label("document_kind"),
            Document.number,
            func.coalesce(Customer.name, Supplier.name, "").label("party"),
            Warehouse.name.label("warehouse"),
            sums.c.after,
        )
        .join(Document, Document.id == StockMove.document_id)
        .join(Warehouse, Warehouse.id == StockMove.warehouse_id)
        .join(sums, sums.c.id == StockMove.id)
        .outerjoin(Customer, Customer.id == Document.customer_id)
        .outerjoin(Supplier, Supplier.id == Document.supplier_id)
        .where(StockMove.id.in_(ids))
    )
    return {
        row.id: MoveRow(
            id=row.id,
            day=row.day,
            at=row.at,
            document_id=DocumentId(row.document_id),
            document_kind=DocumentKind(row.document_kind),
            number=row.number,
            is_void=row.kind == MoveKind.VOID.value,
            party=row.party,
            warehouse=row.warehouse,
            quantity=row.quantity,
            cost=row.cost,
            after=row.after,
        )
        for row in session.connection().execute(query)
    }
