"""The documents behind a figure of a report; their amounts add up to the figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import Sku
from jdy_desktop.models.documents import Document, DocumentLine
from jdy_desktop.models.parties import Customer, Supplier
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.rules.settling import age_column
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.queries import debts, money_due
from jdy_desktop.services.queries.account_flows import flow_rows
from jdy_desktop.services.queries.report_values import Behind, BehindRow, Measure, SaleFact, Way
from jdy_desktop.services.queries.sale_facts import (
    SALE_KINDS,
    SIGN,
    counted,
    discount_shares,
    in_period,
    of_shop,
    sale_facts,
    with_sku,
)
from jdy_desktop.services.queries.words import chunks


def rows(session: Session, figure: Behind, today: date) -> tuple[BehindRow, ...]:
    """Oldest first. Empty when the figure is made of nothing."""
    if figure.measure is Measure.CASH:
        return flow_rows(session, figure.period, figure.account_id)
    if figure.measure is Measure.DUE:
        return _due(session, figure, today)
    if figure.measure is Measure.DEBT:
        return _debt(session, figure, today)
    if figure.sku_id is not None or figure.product_id is not None:
        return _of_goods(session, figure)
    facts = sale_facts(session, figure.period, *_conditions(figure))
    amounts = ((fact, _amount(fact, figure)) for fact in facts if figure.hour in (None, fact.hour))
    return tuple(
        BehindRow(fact.id, fact.kind, fact.number, fact.day, fact.customer, amount)
        for fact, amount in amounts
        if amount is not None
    )


def _conditions(figure: Behind) -> list[ColumnElement[bool]]:
    shop = of_shop(figure.shop_id)
    if figure.customer_id is None:
        return shop
    # 0: sales without a customer, as the report's own row of them.
    return [
        *shop, Document.customer_id == figure.customer_id if figure.customer_id else Document.customer_id.is_(None)
    ]  # fmt: skip


def _amount(fact: SaleFact, figure: Behind) -> Decimal | None:
    """What a sale adds to the figure; None when it has no part in it."""
    if figure.measure is Measure.SETTLEMENT:
        return fact.settlement
    if figure.measure is Measure.GOODS:
        return fact.goods
    if figure.measure is Measure.PROFIT:
        # Not rounded: the sum is, once, as the figure was.
        return fact.goods - fact.tax - fact.cost
    if figure.way is Way.ACCOUNT:
        return fact.paid if fact.paid and fact.account_id == figure.account_id else None
    return fact.rest if fact.rest and fact.rest_way is figure.way else None


def _of_goods(session: Session, figure: Behind) -> tuple[BehindRow, ...]:
    """Sales of one SKU, or of all SKUs of a product, with the money of their lines only."""
    skus = [figure.sku_id] if figure.sku_id is not None else _skus(session, figure.product_id)
    shop = of_shop(figure.shop_id)
    here = (Document.kind.in_(SALE_KINDS), counted(session), in_period(figure.period), *shop)
    query = (
        select(
            Document.id,
            Document.kind,
            Document.number,
            Document.day,
            Customer.name,
            func.sum(DocumentLine.gross_amount),
        )
        .join(DocumentLine, DocumentLine.document_id == Document.id)
        .outerjoin(Customer, Customer.id == Document.customer_id)
        .where(*here, DocumentLine.sku_id.in_(skus))
        .group_by(Document.id, Document.kind, Document.number, Document.day, Customer.name)
        .order_by(Document.day, Document.id)
    )
    shares: dict[int, Decimal] = {}
    for document_id, sku_id, share in discount_shares(session, figure.period, with_sku(skus), *shop):
        if sku_id in skus:
            shares[document_id] = shares.get(document_id, ZERO) + share
    return tuple(
        BehindRow(id, DocumentKind(kind), number, day, name or "", SIGN[kind] * gross - shares.get(id, ZERO))
        for id, kind, number, day, name, gross in session.connection().execute(query)
    )


def _skus(session: Session, product_id: int | None) -> list[int]:
    return list(session.connection().execute(select(Sku.id).where(Sku.product_id == product_id)).scalars())


def _due(session: Session, figure: Behind, today: date) -> tuple[BehindRow, ...]:
    return tuple(
        BehindRow(
            row.sale_id, DocumentKind.SALE, row.number, row.paid_on, row.customer, row.amount, note=row.due.isoformat()
        )
        for row in money_due.due_rows(session, today, *of_shop(figure.shop_id))
        if figure.due_day in (None, row.due)
    )


def _debt(session: Session, figure: Behind, today: date) -> tuple[BehindRow, ...]:
    """Open bills of a party, or of all, with what is left of each."""
    of_customers = figure.supplier_id is None
    party = figure.customer_id if of_customers else figure.supplier_id
    left = {
        id: amount
        for account in debts.accounts(session, of_customers=of_customers, party_id=party or None).values()
        for id, day, amount in account.open_bills()
        if figure.bucket in (None, age_column((today - day).days))
    }
    found = _heads(session, list(left))
    made = (
        BehindRow(id, DocumentKind(one.kind), one.number, one.day, one.party, left[id], is_receipt=of_customers)
        for id, one in found.items()
    )
    return tuple(sorted(made, key=lambda row: (row.day, row.id)))


def _heads(session: Session, ids: Sequence[int]) -> dict[int, Any]:
    party = func.coalesce(Customer.name, Supplier.name, "").label("party")
    found = {}
    for part in chunks(ids):
        query = (
            select(Document.id, Document.kind, Document.number, Document.day, party)
            .outerjoin(Customer, Customer.id == Document.customer_id)
            .outerjoin(Supplier, Supplier.id == Document.supplier_id)
            .where(Document.id.in_(part))
        )
        found.update({row.id: row for row in session.connection().execute(query)})
    return found
