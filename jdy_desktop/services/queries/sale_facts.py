"""The sales and returns of a period, one by one, with what they brought, cost and how they are paid."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from jdy_desktop.models.account import AccountSet
from jdy_desktop.models.channel import PreOrder
from jdy_desktop.models.documents import Document, DocumentLine
from jdy_desktop.models.ids import DocumentId
from jdy_desktop.models.parties import Customer
from jdy_desktop.models.rules.periods import Period
from jdy_desktop.models.rules.pricing import spread
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.states import DocumentKind, DocumentState, PayState
from jdy_desktop.models.stock import StockMove
from jdy_desktop.services.machine.context import SHANGHAI
from jdy_desktop.services.queries.report_values import SaleFact, Way
from jdy_desktop.services.queries.words import chunks

SALE_KINDS = (DocumentKind.SALE.value, DocumentKind.SALE_RETURN.value)
SIGN = {DocumentKind.SALE.value: 1, DocumentKind.SALE_RETURN.value: -1}
_NOTHING = Decimal("0.0000")


def counted(session: Session) -> ColumnElement[bool]:
    """Documents that count: saved ones, or only reviewed ones where somebody must review (control question 2)."""
    if session.scalar(select(AccountSet.needs_review)):
        return Document.state == DocumentState.REVIEWED.value
    return Document.state.in_((DocumentState.SAVED.value, DocumentState.REVIEWED.value))


def in_period(period: Period) -> ColumnElement[bool]:
    return and_(Document.day >= period.first, Document.day <= period.last)


def of_shop(shop_id: int | None) -> list[ColumnElement[bool]]:
    """Conditions: None any shop, 0 sales of no shop."""
    if shop_id is None:
        return []
    return [Document.shop_id == shop_id if shop_id else Document.shop_id.is_(None)]


def telling_pre_order() -> ColumnElement[bool]:
    """Of several pre-orders of one sale the one that tells how it is paid: a paid one, else the newest."""
    other = aliased(PreOrder)
    is_paid, is_other_paid = (one.pay_state == PayState.PAID.value for one in (PreOrder, other))
    tells_more = or_(
        and_(is_other_paid, ~is_paid), and_(is_other_paid == is_paid, other.generation > PreOrder.generation)
    )
    return ~select(other.id).where(other.sale_id == PreOrder.sale_id, tells_more).exists()


def of_lines(column: Any) -> Any:
    """Sum of a column over the lines of the document."""
    return select(func.sum(column)).where(DocumentLine.document_id == Document.id).scalar_subquery()


def of_moves() -> Any:
    """What the goods of the document are booked out at, yuan; minus for goods that came back."""
    return select(func.sum(StockMove.cost)).where(StockMove.document_id == Document.id).scalar_subquery()


def sale_facts(session: Session, period: Period, *conditions: ColumnElement[bool]) -> list[SaleFact]:
    """Oldest first; within a day in the order they were made."""
    head = (Document.id, Document.kind, Document.number, Document.day, Document.created_at, Document.customer_id)
    money = (Document.settlement_amount, Document.amount_after_discount, Document.paid_amount, Document.account_id)
    query = (
        select(
            *head,
            Customer.name.label("customer"),
            *money,
            of_lines(DocumentLine.tax_amount).label("tax"),
            of_lines(DocumentLine.quantity).label("pieces"),
            of_moves().label("moved"),
            PreOrder.pay_state,
        )
        .outerjoin(Customer, Customer.id == Document.customer_id)
        .outerjoin(PreOrder, (PreOrder.sale_id == Document.id) & telling_pre_order())
        .where(Document.kind.in_(SALE_KINDS), counted(session), in_period(period), *conditions)
        .order_by(Document.day, Document.id)
    )
    return [_fact(row) for row in session.connection().execute(query)]


def _fact(row: Any) -> SaleFact:
    sign = SIGN[row.kind]
    return SaleFact(
        id=DocumentId(row.id),
        kind=DocumentKind(row.kind),
        number=row.number,
        day=row.day,
        created_at=row.created_at,
        hour=row.created_at.astimezone(SHANGHAI).hour,
        customer_id=row.customer_id,
        customer=row.customer or "",
        settlement=sign * row.settlement_amount,
        goods=sign * row.amount_after_discount,
        tax=sign * (row.tax or ZERO),
        pieces=sign * (row.pieces or _NOTHING),
        cost=-(row.moved or _NOTHING),
        paid=sign * row.paid_amount,
        account_id=row.account_id,
        rest_way=rest_way(row.pay_state),
    )


def rest_way(pay_state: str | None) -> Way:
    """How what was not paid into an account is paid."""
    if pay_state is None:
        return Way.OWED
    return Way.CHANNEL_PAID if pay_state == PayState.PAID.value else Way.CHANNEL_WAITING


def discount_shares(
    session: Session, period: Period, *conditions: ColumnElement[bool]
) -> Iterator[tuple[int, int, Decimal]]:
    """(document, SKU, share of 整单优惠) of the sales of a period, signed; the shares of a document add up exactly.

    Only documents with such a discount are read line by line: they are few."""
    query = (
        select(
            DocumentLine.document_id,
            Document.kind,
            Document.discount_amount,
            DocumentLine.sku_id,
            DocumentLine.gross_amount,
        )
        .join(Document, Document.id == DocumentLine.document_id)
        .where(
            Document.discount_amount != ZERO,
            Document.kind.in_(SALE_KINDS),
            counted(session),
            in_period(period),
            *conditions,
        )
        .order_by(DocumentLine.document_id, DocumentLine.position)
    )
    found: dict[int, list[Any]] = {}
    for row in session.connection().execute(query):
        found.setdefault(row.document_id, []).append(row)
    for document_id, rows in found.items():
        shares = spread(rows[0].discount_amount, [row.gross_amount for row in rows])
        for row, share in zip(rows, shares, strict=True):
            yield document_id, row.sku_id, SIGN[row.kind] * share


def with_sku(sku_ids: list[int]) -> ColumnElement[bool]:
    """Documents in which one of these SKUs stands."""
    parts = [
        Document.id.in_(select(DocumentLine.document_id).where(DocumentLine.sku_id.in_(part)))
        for part in chunks(sku_ids)
    ]
    return or_(*parts)
