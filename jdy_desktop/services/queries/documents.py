"""Lists of documents: of one kind, or all of them together (单据查询)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from jdy_desktop.models.catalog import Sku
from jdy_desktop.models.channel import PreOrder, Shop
from jdy_desktop.models.documents import Document, DocumentLine
from jdy_desktop.models.ids import DocumentId
from jdy_desktop.models.parties import Customer, Supplier
from jdy_desktop.models.rules.search import split_words
from jdy_desktop.models.states import DocumentKind, DocumentState, PayState, UploadState
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.rights import Right
from jdy_desktop.services.queries.search_index import called_once, has_word, how_many
from jdy_desktop.services.queries.words import all_ids, chunks

#: a receipt that a count wrote stands at the average cost
_AT_AVERAGE = and_(Document.kind == DocumentKind.OTHER_RECEIPT.value, Document.source_id.is_not(None))
_NOT_LISTED = (DocumentKind.OPENING.value, DocumentKind.OPENING_DEBT.value)
#: Gathering so many lines takes as long as looking at those of one document.
LINES_PER_DOCUMENT = 3
_PIECES = (
    select(func.sum(DocumentLine.quantity))
    .where(DocumentLine.document_id == Document.id)
    .correlate(Document)
    .scalar_subquery()
    .label("pieces")
)


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """`text`: number, remark, party, and goods by what they are called now or were on that day. Days inclusive."""

    text: str = ""
    first_day: date | None = None
    last_day: date | None = None
    state: DocumentState | None = None
    party_id: int | None = None
    shop_id: int | None = None
    with_voided: bool = True
    kind: DocumentKind | None = None


@dataclass(frozen=True, slots=True)
class DocumentRow:
    id: DocumentId
    number: str
    day: date
    state: DocumentState
    party: str
    shop: str
    quantity: Decimal
    goods_amount: Decimal
    amount_after_discount: Decimal
    settlement_amount: Decimal
    paid_amount: Decimal
    remark: str
    operator: str
    reviewer: str
    upload_state: UploadState | None
    pay_state: PayState | None
    pre_order_number: str
    kind: DocumentKind = DocumentKind.SALE


@dataclass(frozen=True, slots=True)
class DocumentSums:
    """Voided documents are not counted."""

    count: int
    quantity: Decimal
    settlement_amount: Decimal
    paid_amount: Decimal


class DocumentList:
    def __init__(self, db: Database, kind: DocumentKind | None = None, *, ctx: Context | None = None) -> None:
        """`kind` None: every kind that is a document on paper (not the opening, which has its own page).

        A 店员 sees what a count wrote without its money: it is the average cost."""
        self._db = db
        self._kind = kind
        self._ctx = ctx

    def _sees_cost(self) -> bool:
        return self._ctx is None or self._ctx.may(Right.SEE_COST)

    def ids(self, filter: DocumentFilter) -> list[int]:
        """Newest day first, then newest number."""
        with self._db.read() as session:
            query = select(Document.id).where(*self._conditions(session, filter))
            order = (Document.day.desc(), func.length(Document.number).desc(), Document.number.desc())
            return all_ids(session, query.order_by(*order))

    def rows(self, ids: Sequence[int]) -> dict[int, DocumentRow]:
        found: dict[int, DocumentRow] = {}
        with self._db.read() as session:
            for part in chunks(ids):
                found |= _rows(session, part, with_cost=self._sees_cost())
        return found

    def sums(self, filter: DocumentFilter) -> DocumentSums:
        """Foot of the list; voided documents are not counted."""
        amount: Any = Document.settlement_amount
        if not self._sees_cost():
            amount = case((_AT_AVERAGE, None), else_=amount)
        with self._db.read() as session:
            conditions = [*self._conditions(session, filter), Document.state != DocumentState.VOIDED.value]
            # One pass: looking for words costs more than adding up.
            found = select(_PIECES, amount.label("amount"), Document.paid_amount).where(*conditions).subquery()
            quantity, settled = (
                func.sum(found.c.pieces),
                func.sum(found.c.amount, type_=Document.settlement_amount.type),
            )
            sums = select(func.count(), quantity, settled, func.sum(found.c.paid_amount)).select_from(found)
            count, *totals = session.connection().execute(sums).one()
        return DocumentSums(count, *(one or Decimal(0) for one in totals))

    def _conditions(self, session: Session, wanted: DocumentFilter) -> list[ColumnElement[bool]]:
        kind = self._kind or wanted.kind
        conditions: list[ColumnElement[bool]] = [
            Document.kind.not_in(_NOT_LISTED) if kind is None else Document.kind == kind.value
        ]
        if wanted.first_day is not None:
            conditions.append(Document.day >= wanted.first_day)
        if wanted.last_day is not None:
            conditions.append(Document.day <= wanted.last_day)
        words = [_has_word(word, _is_common(session, word, conditions)) for word in split_words(wanted.text)]
        if wanted.state is not None:
            conditions.append(Document.state == wanted.state.value)
        elif not wanted.with_voided:
            conditions.append(Document.state != DocumentState.VOIDED.value)
        if wanted.party_id is not None:
            conditions.append(func.coalesce(Document.customer_id, Document.supplier_id) == wanted.party_id)
        if wanted.shop_id is not None:
            conditions.append(Document.shop_id == wanted.shop_id)
        return conditions + words


def _is_common(session: Session, word: str, conditions: Sequence[ColumnElement[bool]]) -> bool:
    """Whether looking at the lines of each document of these conditions is quicker than gathering all lines with the word."""
    hits = how_many(session, Sku.search_text, word)
    if not hits:
        return False
    lines = select(func.max(DocumentLine.id)).scalar_subquery()
    skus = select(func.max(Sku.id)).scalar_subquery()
    documents = select(func.count()).select_from(Document).where(*conditions).scalar_subquery()
    n_lines, n_skus, n_documents = session.connection().execute(select(lines, skus, documents)).one()
    return bool(hits * (n_lines or 0) > LINES_PER_DOCUMENT * n_documents * n_skus)


def _has_word(word: str, is_common: bool) -> ColumnElement[bool]:
    """Number, remark, party (name, pinyin, phone) or goods of a line (as found today, or code and names as on that day)."""
    party = [
        column.in_(select(entity.id).where(entity.search_text.contains(word, autoescape=True)))
        for column, entity in ((Document.customer_id, Customer), (Document.supplier_id, Supplier))
    ]
    sku_id: Any = DocumentLine.sku_id
    if is_common:
        sku_id += 0  # else SQLite begins with the goods here too, once per document
    as_written = (DocumentLine.sku_code, DocumentLine.product_name, DocumentLine.sku_name)
    now, then = has_word(Sku.search_text, word, sku_id), called_once(word, sku_id, as_written)
    if is_common:
        goods: list[ColumnElement[bool]] = [exists().where(DocumentLine.document_id == Document.id, or_(now, then))]
    else:
        goods = [Document.id.in_(select(DocumentLine.document_id).where(one)) for one in (now, then)]
    own = [one.icontains(word, autoescape=True) for one in (Document.number, Document.remark)]
    return or_(*party, *goods, *own)


def _rows(session: Session, ids: Sequence[int], *, with_cost: bool) -> dict[int, DocumentRow]:
    connection = session.connection()
    newer = aliased(PreOrder)
    newest = ~select(newer.id).where(newer.sale_id == PreOrder.sale_id, newer.generation > PreOrder.generation).exists()
    party = func.coalesce(Customer.name, Supplier.name, "").label("party")
    outbox: tuple[Any, ...] = (PreOrder.upload_state, PreOrder.pay_state, PreOrder.number.label("pre_order_number"))
    query = (
        select(*Document.__table__.c, party, Shop.name.label("shop"), _PIECES, *outbox)
        .outerjoin(Customer, Customer.id == Document.customer_id)
        .outerjoin(Supplier, Supplier.id == Document.supplier_id)
        .outerjoin(Shop, Shop.id == Document.shop_id)
        .outerjoin(PreOrder, (PreOrder.sale_id == Document.id) & newest)
        .where(Document.id.in_(ids))
    )
    found = {
        row.id: DocumentRow(
            id=DocumentId(row.id),
            number=row.number,
            day=row.day,
            state=DocumentState(row.state),
            party=row.party,
            shop=row.shop or "",
            quantity=row.pieces or Decimal(0),
            goods_amount=row.goods_amount,
            amount_after_discount=row.amount_after_discount,
            settlement_amount=row.settlement_amount,
            paid_amount=row.paid_amount,
            remark=row.remark,
            operator=row.operator,
            reviewer=row.reviewer,
            upload_state=UploadState(row.upload_state) if row.upload_state else None,
            pay_state=PayState(row.pay_state) if row.pay_state else None,
            pre_order_number=row.pre_order_number or "",
            kind=DocumentKind(row.kind),
        )
        for row in connection.execute(query)
    }
    if with_cost:
        return found
    hidden = connection.execute(select(Document.id).where(Document.id.in_(ids), _AT_AVERAGE)).scalars()
    nothing: dict[str, Any] = dict.fromkeys(("goods_amount", "amount_after_discount", "settlement_amount"), Decimal(0))
    return found | {one: replace(found[one], **nothing) for one in hidden}
