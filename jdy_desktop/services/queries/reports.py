"""报表: sales by goods, customer and day, stock value, ageing of debts, money due from 1688.

Sums are made by the database over scaled integers, so that they are exact; only shares of whole discounts are worked out
line by line, with the rule that posting uses. Each figure equals the sum of the documents `behind.py` lists for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import Category, Product, Sku
from jdy_desktop.models.documents import Document
from jdy_desktop.models.parties import Customer
from jdy_desktop.models.rules.periods import Period
from jdy_desktop.models.stock import StockBalance
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
from jdy_desktop.services.queries.sales_sums import by_document, goods_rows, sales_row

_NOTHING = Decimal("0.0000")


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
            tallies = by_document(session, period, Document.customer_id)
            names = dict(session.execute(select(Customer.id, Customer.name)).all())
        rows = (sales_row(key or 0, "", names.get(key, ""), tally) for key, tally in tallies.items())
        return self._shown(sorted(rows, key=lambda row: (-row.amount, row.name)))

    def by_day(self, period: Period) -> tuple[SalesRow, ...]:
        """Days on which something was sold, oldest first."""
        with self._db.read() as session:
            tallies = by_document(session, period, Document.day)
        rows = (sales_row(day.toordinal(), "", day.isoformat(), tallies[day], day=day) for day in sorted(tallies))
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
