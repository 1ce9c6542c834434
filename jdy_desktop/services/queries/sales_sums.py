"""Sales added up by goods, and by customer or day: what 报表 and 日报 are made of."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import Category, Product, Sku
from jdy_desktop.models.documents import Document, DocumentLine
from jdy_desktop.models.rules.periods import Period
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.models.stock import StockMove
from jdy_desktop.services.queries.report_values import SalesRow
from jdy_desktop.services.queries.sale_facts import SALE_KINDS, counted, discount_shares, in_period
from jdy_desktop.services.queries.words import chunks

_NOTHING = Decimal("0.0000")


@dataclass(slots=True)
class Tally:
    """Sums of one key while they are put together."""

    count: int = 0
    quantity: Decimal = _NOTHING
    amount: Decimal = ZERO
    tax: Decimal = ZERO
    cost: Decimal = _NOTHING


def goods_rows(session: Session, period: Period, *conditions: ColumnElement[bool]) -> tuple[SalesRow, ...]:
    """One row per SKU sold or taken back, the highest amount first."""
    connection = session.connection()
    here = (Document.kind.in_(SALE_KINDS), counted(session), in_period(period), *conditions)
    tallies: dict[int, Tally] = {}
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
        tallies[sku_id] = Tally(*sums)
    for _, sku_id, share in discount_shares(session, period, *conditions):
        tallies[sku_id].amount -= share
    moves = select(StockMove.sku_id, func.sum(StockMove.cost)).join(Document, Document.id == StockMove.document_id)
    for sku_id, cost in connection.execute(moves.where(*here).group_by(StockMove.sku_id)):
        tallies.setdefault(sku_id, Tally()).cost = -cost
    facts = _goods_facts(session, list(tallies))
    rows = (_goods_row(facts[sku_id], tally) for sku_id, tally in tallies.items() if any(_numbers(tally)))
    return tuple(sorted(rows, key=lambda row: (-row.amount, row.code)))


def _numbers(tally: Tally) -> tuple[Any, ...]:
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


def _goods_row(facts: Any, tally: Tally) -> SalesRow:
    name = f"{facts.product} {facts.name}".strip()
    return sales_row(
        facts.id, facts.code, name, tally, group=facts.product, product_id=facts.product_id, picture=facts.picture
    )


def by_document(session: Session, period: Period, key: Any) -> dict[Any, Tally]:
    """Sums per customer or day: heads, then their lines, then their moves."""
    connection, here = session.connection(), (Document.kind.in_(SALE_KINDS), counted(session), in_period(period))
    heads = select(key, func.count(), _signed(Document.amount_after_discount)).where(*here).group_by(key)
    tallies = {one: Tally(count, amount=amount) for one, count, amount in connection.execute(heads)}
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


def sales_row(id: int, code: str, name: str, tally: Tally, **more: Any) -> SalesRow:
    """The sums of one key as a row of a report; `more`: fields that only some reports fill."""
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
