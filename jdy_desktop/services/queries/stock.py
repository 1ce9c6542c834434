"""库存: quantity, cost and value per SKU and warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from jdy_desktop.models.account import AccountSet
from jdy_desktop.models.catalog import Category, Product, Sku, Unit
from jdy_desktop.models.channel import OfferSku
from jdy_desktop.models.ids import SkuId
from jdy_desktop.models.parties import Warehouse
from jdy_desktop.models.rules.rounding import ratio, times, to_amount, to_price
from jdy_desktop.models.stock import StockBalance
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.rights import Right
from jdy_desktop.services.queries.goods import category_branch, stock_condition
from jdy_desktop.services.queries.words import all_ids, all_words, chunks


@dataclass(frozen=True, slots=True)
class StockFilter:
    """`warehouse_id` None: all warehouses together, one row per SKU either way."""

    text: str = ""
    warehouse_id: int | None = None
    category_id: int | None = None
    stock: Literal["in", "none", "low", "negative"] | None = None


@dataclass(frozen=True, slots=True)
class StockRow:
    """`unit_cost` is the moving average (6 places), of the warehouse or of the company as the account set counts; it and
    `value` are None for whom may not see costs. `online_stock`: largest of its offers by the last download, None when it is
    not matched. `is_kept`: something of it has come or gone here. `places`: what lies where, for all warehouses together only."""

    sku_id: SkuId
    product_id: int
    code: str
    product_name: str
    sku_name: str
    category: str
    unit: str
    quantity: Decimal
    minimum_stock: Decimal
    unit_cost: Decimal | None
    value: Decimal | None
    online_stock: Decimal | None = None
    allow_negative: bool = False
    is_kept: bool = False
    places: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class StockSums:
    quantity: Decimal
    value: Decimal | None


class StockList:
    def __init__(self, db: Database, ctx: Context | None = None) -> None:
        """Without a context (checks, measurements) costs are given."""
        self._db = db
        self._ctx = ctx

    @property
    def shows_cost(self) -> bool:
        """Whether the one who works now may see what goods cost."""
        return self._ctx is None or self._ctx.may(Right.SEE_COST)

    def ids(self, filter: StockFilter) -> list[int]:
        """SKUs by code. Without a filter on stock also those that never moved."""
        with self._db.read() as session:
            held = _held(filter.warehouse_id)
            query = select(Sku.id).join(Product, Product.id == Sku.product_id)
            query = query.outerjoin(held, held.c.sku_id == Sku.id).where(*_conditions(filter, held))
            return all_ids(session, query.order_by(Sku.code_key))

    def rows(self, ids: Sequence[int], warehouse_id: int | None = None) -> dict[int, StockRow]:
        """Rows by SKU id, of one warehouse or of all together."""
        found: dict[int, StockRow] = {}
        with self._db.read() as session:
            per_warehouse = session.scalar(select(AccountSet.cost_per_warehouse)) or False
            for part in chunks(ids):
                found |= _rows(session, part, warehouse_id, whole_cost=warehouse_id is not None and not per_warehouse)
        if not self.shows_cost:
            return {key: replace(row, unit_cost=None, value=None) for key, row in found.items()}
        return found

    def sums(self, filter: StockFilter) -> StockSums:
        """Pieces and value of the whole filter."""
        with self._db.read() as session:
            per_warehouse = session.scalar(select(AccountSet.cost_per_warehouse)) or False
            is_sum = filter.warehouse_id is None or per_warehouse or not self.shows_cost
            found = _sums(session, filter) if is_sum else None
        if found is None:
            rows = self.rows(self.ids(filter), filter.warehouse_id).values()
            quantity = sum((row.quantity for row in rows), Decimal(0))
            return StockSums(quantity, sum((row.value or Decimal(0) for row in rows), Decimal(0)))
        return found if self.shows_cost else replace(found, value=None)


def _sums(session: Session, filter: StockFilter) -> StockSums:
    """By the database, where a SKU's value is what its moves add up to."""
    held = _held(filter.warehouse_id)
    query = select(func.sum(held.c.quantity), func.sum(held.c.cost)).select_from(Sku)
    query = query.join(Product, Product.id == Sku.product_id).outerjoin(held, held.c.sku_id == Sku.id)
    quantity, cost = session.connection().execute(query.where(*_conditions(filter, held))).one()
    return StockSums(quantity or Decimal(0), cost or Decimal(0))


def _held(warehouse_id: int | None, ids: Sequence[int] | None = None) -> Any:
    """Pieces and cost per SKU; of `ids` only, where a page is read: SQLite would add up all goods first."""
    quantity, cost = func.sum(StockBalance.quantity).label("quantity"), func.sum(StockBalance.cost).label("cost")
    query = select(StockBalance.sku_id, quantity, cost).group_by(StockBalance.sku_id)
    if warehouse_id is not None:
        query = query.where(StockBalance.warehouse_id == warehouse_id)
    if ids is not None:
        query = query.where(StockBalance.sku_id.in_(ids))
    return query.subquery("held")


def _conditions(wanted: StockFilter, held: Any) -> list[ColumnElement[bool]]:
    # A SKU taken out of its product shows as long as there is stock of it.
    conditions = [or_(Sku.is_active, func.coalesce(held.c.quantity, 0) != 0), *all_words(wanted.text, Sku.search_text)]
    if wanted.category_id is not None:
        conditions.append(Product.category_id.in_(category_branch(wanted.category_id)))
    if wanted.stock == "negative":
        conditions.append(held.c.quantity < 0)
    elif wanted.stock is not None:
        conditions.append(stock_condition(wanted.stock, held.c.quantity, Sku.minimum_stock))
    return conditions


def _rows(session: Session, ids: Sequence[int], warehouse_id: int | None, *, whole_cost: bool) -> dict[int, StockRow]:
    """`whole_cost`: the account set keeps one average for the company, which holds in each warehouse (M9)."""
    connection = session.connection()
    held, company = _held(warehouse_id, ids), _held(None, ids)
    company = company.alias("company")
    columns = (Sku.id, Sku.product_id, Sku.code, Sku.name.label("sku_name"), Sku.minimum_stock, Product.allow_negative)
    online, places = _online(session, ids), _places(session, ids) if warehouse_id is None else {}
    named = (Product.name.label("product_name"), Category.name.label("category"), Unit.name.label("unit"))
    query = (
        select(*columns, *named, held.c.quantity, held.c.cost, company.c.quantity, company.c.cost)
        .join(Product, Product.id == Sku.product_id)
        .join(Unit, Unit.id == Product.unit_id)
        .outerjoin(Category, Category.id == Product.category_id)
        .outerjoin(held, held.c.sku_id == Sku.id)
        .outerjoin(company, company.c.sku_id == Sku.id)
        .where(Sku.id.in_(ids))
    )
    found = {}
    for row in connection.execute(query):
        quantity, cost, all_quantity, all_cost = (value or Decimal(0) for value in row[-4:])
        if whole_cost:
            average = to_price(ratio(all_cost, all_quantity)) if all_quantity else Decimal(0)
            value = to_amount(times(average, quantity))
        else:
            average, value = (to_price(ratio(cost, quantity)) if quantity else Decimal(0)), cost
        found[row.id] = StockRow(
            sku_id=SkuId(row.id),
            product_id=row.product_id,
            code=row.code,
            product_name=row.product_name,
            sku_name=row.sku_name,
            category=row.category or "",
            unit=row.unit,
            quantity=quantity,
            minimum_stock=row.minimum_stock,
            unit_cost=average,
            value=value,
            online_stock=online.get(row.id),
            allow_negative=row.allow_negative,
            is_kept=row[-2] is not None,
            places=places.get(row.id, ()),
        )
    return found


def _online(session: Session, ids: Sequence[int]) -> dict[int, Decimal]:
    """Of several offers of a SKU the largest, as when goods are picked for a sale; gone ones do not count."""
    query = select(OfferSku.sku_id, func.max(OfferSku.online_stock)).where(OfferSku.sku_id.in_(ids), ~OfferSku.is_gone)
    rows: Any = session.connection().execute(query.group_by(OfferSku.sku_id))
    return dict(rows.all())


def _places(session: Session, ids: Sequence[int]) -> dict[int, tuple[tuple[str, Decimal], ...]]:
    query = (
        select(StockBalance.sku_id, Warehouse.name, StockBalance.quantity)
        .join(Warehouse, Warehouse.id == StockBalance.warehouse_id)
        .where(StockBalance.sku_id.in_(ids), StockBalance.quantity != Decimal(0))
        .order_by(StockBalance.sku_id, Warehouse.is_default.desc(), Warehouse.id)
    )
    found: dict[int, tuple[tuple[str, Decimal], ...]] = {}
    for sku_id, name, quantity in session.connection().execute(query):
        found[sku_id] = (*found.get(sku_id, ()), (name, quantity))
    return found
