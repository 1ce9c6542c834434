"""报表: sales by goods, customer and day, stock value, ageing of debts, money due from 1688.

Sums are made by the database over scaled integers, so that they are exact; only shares of whole discounts are worked out
line by line, with the rule that posting uses. Each figure equals the sum of the documents `behind.py` lists for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import Category, Product, Sku
from jdy_desktop.models.documents import Document, DocumentLine
from jdy_desktop.models.parties import Customer
from jdy_desktop.models.rules.periods import Period
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.models.stock import StockBalance, StockMove
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.rights import Right
from jdy_desktop.services.queries import behind, day_report, debts, money_due
from jdy_desktop.services.queries.report_values import (
    Behind,
    BehindRow,
    DayReport,
    DebtRow,
    DueRow,
    Measure,
    SalesRow,
    StockValueRow,
)
from jdy_desktop.services.queries.sale_facts import SALE_KINDS, counted, discount_shares, in_period
from jdy_desktop.services.queries.words import chunks

_NOTHING = Decimal("0.0000")


@dataclass(slots=True)
class _Tally:
    """Sums of one key while they are put together."""

    count: int = 0
    quantity: Decimal = _NOTHING
    amount: Decimal = ZERO
    tax: Decimal = ZERO
    cost: Decimal = _NOTHING


class Reports:
    """Each method is one short reading session; today comes from the clock."""

    def __init__(self, db: Database, ctx: Context) -> None:
        self._db, self._ctx = db, ctx

    def day(self, day: date, shop_id: int | None = None) -> DayReport:
        """日报 (look/18, W47), of one shop when wished; 0: what was sold without a shop."""
        with self._db.read() as session:
            found = day_report.day_report(session, day, self._ctx.clock.today(), shop_id)
        return found if self._sees_cost else replace(found, cost=None, best=self._shown(found.best))

    def by_goods(self, period: Period) -> tuple[SalesRow, ...]:
        """One row per SKU sold or taken back, the highest amount first."""
        with self._db.read() as session:
            return self._shown(goods_rows(session, period))

    def by_customer(self, period: Period) -> tuple[SalesRow, ...]:
        with self._db.read() as session:
            tallies = _by_document(session, period, Document.customer_id)
            names = dict(session.execute(select(Customer.id, Customer.name)).all())
        rows = (_row(key or 0, "", names.get(key, ""), tally) for key, tally in tallies.items())
        return self._shown(sorted(rows, key=lambda row: (-row.amount, row.name)))

    def by_day(self, period: Period) -> tuple[SalesRow, ...]:
        """Days on which something was sold, oldest first."""
        with self._db.read() as session:
            tallies = _by_document(session, period, Document.day)
        rows = (_row(day.toordinal(), "", day.isoformat(), tallies[day], day=day) for day in sorted(tallies))
        return self._shown(rows)

    def stock_value(self) -> tuple[StockValueRow, ...]:
        """What lies in all warehouses, most worth first. Raises Refused: it is all costs."""
        self._ctx.require(Right.SEE_COST)
        with self._db.read() as session:
            return _stock_value(session)

    def debts(self, *, of_customers: bool) -> tuple[DebtRow, ...]:
        """Who owes us (or whom we owe), by age today; most owed first."""
        with self._db.read() as session:
            return debts.debt_rows(session, self._ctx.clock.today(), of_customers=of_customers)

    def due(self) -> tuple[DueRow, ...]:
        """Paid at 1688 and not certain to be here yet, soonest first (M142–M144)."""
        with self._db.read() as session:
            return money_due.due_rows(session, self._ctx.clock.today())

    def behind(self, figure: Behind) -> tuple[BehindRow, ...]:
        """The documents a figure adds up. Raises Refused for profits, when who works now may not see costs."""
        if figure.measure is Measure.PROFIT:
            self._ctx.require(Right.SEE_COST)
        with self._db.read() as session:
            return behind.rows(session, figure, self._ctx.clock.today())

    @property
    def _sees_cost(self) -> bool:
        return self._ctx.may(Right.SEE_COST)

    def _shown(self, rows: Iterable[SalesRow]) -> tuple[SalesRow, ...]:
        return tuple(rows) if self._sees_cost else tuple(replace(row, cost=None) for row in rows)


def goods_rows(session: Session, period: Period, *conditions: ColumnElement[bool]) -> tuple[SalesRow, ...]:
    """See `Reports.by_goods`."""
    connection = session.connection()
    here = (Document.kind.in_(SALE_KINDS), counted(session), in_period(period), *conditions)
    tallies: dict[int, _Tally] = {}
    lines = (
        select(
            DocumentLine.sku_id,
            func.count(DocumentLine.document_id.distinct()),
            *(
                _signed(column)
                for column in (DocumentLine.quantity, DocumentLine.gross_amount, DocumentLine.tax_amount)
            ),
        )
        .join(Document, Document.id == DocumentLine.document_id)
        .where(*here)
        .group_by(DocumentLine.sku_id)
    )
    for sku_id, *sums in connection.execute(lines):
        tallies[sku_id] = _Tally(*sums)
    for _, sku_id, share in discount_shares(session, period, *conditions):
        tallies[sku_id].amount -= share
    moves = select(StockMove.sku_id, func.sum(StockMove.cost)).join(Document, Document.id == StockMove.document_id)
    for sku_id, cost in connection.execute(moves.where(*here).group_by(StockMove.sku_id)):
        tallies.setdefault(sku_id, _Tally()).cost = -cost
    facts = _goods_facts(session, list(tallies))
    rows = (_goods_row(facts[sku_id], tally) for sku_id, tally in tallies.items() if any(_numbers(tally)))
    return tuple(sorted(rows, key=lambda row: (-row.amount, row.code)))


def _numbers(tally: _Tally) -> tuple[Any, ...]:
    # A SKU that an edit took out of its only document leaves moves that are worth nothing.
    return tally.count, tally.quantity, tally.amount, tally.cost


def _goods_facts(session: Session, sku_ids: list[int]) -> dict[int, Any]:
    found = {}
    for part in chunks(sku_ids):
        query = (
            select(
                Sku.id,
                Sku.code,
                Sku.name,
                Sku.product_id,
                Product.name.label("product"),
                Category.name.label("group"),
                func.coalesce(func.nullif(Sku.picture, ""), Product.picture).label("picture"),
            )
            .join(Product, Product.id == Sku.product_id)
            .outerjoin(Category, Category.id == Product.category_id)
            .where(Sku.id.in_(part))
        )
        found.update({row.id: row for row in session.connection().execute(query)})
    return found


def _goods_row(facts: Any, tally: _Tally) -> SalesRow:
    name = f"{facts.product} {facts.name}".strip()
    return _row(
        facts.id, facts.code, name, tally, group=facts.product, product_id=facts.product_id, picture=facts.picture
    )


def _by_document(session: Session, period: Period, key: Any) -> dict[Any, _Tally]:
    """Sums per customer or day: heads, then their lines, then their moves."""
    connection, here = session.connection(), (Document.kind.in_(SALE_KINDS), counted(session), in_period(period))
    heads = select(key, func.count(), _signed(Document.amount_after_discount)).where(*here).group_by(key)
    tallies = {one: _Tally(count, amount=amount) for one, count, amount in connection.execute(heads)}
    lines = select(key, _signed(DocumentLine.quantity), _signed(DocumentLine.tax_amount)).join(
        Document, Document.id == DocumentLine.document_id
    )
    for one, quantity, tax in connection.execute(lines.where(*here).group_by(key)):
        tallies[one].quantity, tallies[one].tax = quantity, tax
    moves = select(key, func.sum(StockMove.cost)).join(Document, Document.id == StockMove.document_id)
    for one, cost in connection.execute(moves.where(*here).group_by(key)):
        tallies[one].cost = -cost
    return tallies


def _signed(column: Any) -> Any:
    """Sum in which a return counts minus; of the column's own type, so that it comes back as an exact Decimal."""
    return func.sum(case((Document.kind == DocumentKind.SALE_RETURN.value, -column), else_=column), type_=column.type)


def _row(id: int, code: str, name: str, tally: _Tally, **more: Any) -> SalesRow:
    values = {"group": "", "day": None} | more
    return SalesRow(
        id=id,
        code=code,
        name=name,
        count=tally.count,
        quantity=tally.quantity,
        amount=tally.amount,
        tax=tally.tax,
        cost=tally.cost,
        **values,
    )


def _stock_value(session: Session) -> tuple[StockValueRow, ...]:
    quantity, cost = func.sum(StockBalance.quantity), func.sum(StockBalance.cost)
    held = (
        select(StockBalance.sku_id, quantity.label("quantity"), cost.label("cost"))
        .group_by(StockBalance.sku_id)
        .subquery()
    )
    query = (
        select(
            Sku.id,
            Sku.code,
            Sku.name,
            Product.name.label("product"),
            Category.name.label("category"),
            held.c.quantity,
            held.c.cost,
        )
        .join(held, held.c.sku_id == Sku.id)
        .join(Product, Product.id == Sku.product_id)
        .outerjoin(Category, Category.id == Product.category_id)
        .where((held.c.quantity != _NOTHING) | (held.c.cost != _NOTHING))
        .order_by(held.c.cost.desc(), Sku.code_key)
    )
    return tuple(
        StockValueRow(row.id, row.code, f"{row.product} {row.name}".strip(), row.category or "", row.quantity, row.cost)
        for row in session.connection().execute(query)
    )
