"""The list of 预订单 (manual 6.3; M146–M157, M159)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from jdy_desktop.models.channel import PreOrder, Shop
from jdy_desktop.models.documents import Document
from jdy_desktop.models.ids import DocumentId, PreOrderId, ShopId
from jdy_desktop.models.parties import Customer
from jdy_desktop.models.rules.numbering import number_sort_key
from jdy_desktop.models.rules.preorder_state import RowAction, is_expired, row_action
from jdy_desktop.models.rules.search import split_words
from jdy_desktop.models.states import PayState, UploadState
from jdy_desktop.services.book.bulk import chunks
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database

#: 预单编号 of a row that 1688 has no pre-order for (M150).
NO_NUMBER = "0"
_NOT_UPLOADED = (UploadState.WAITING, UploadState.UPLOADING, UploadState.UNCLEAR, UploadState.FAILED)


@dataclass(frozen=True, slots=True)
class PreOrderFilter:
    """`text`: words of sale number or customer, in any order. Days (inclusive) are those of the sale.

    `upload` UPLOADED or FAILED take the manual's two words: 已上传, and 未上传 for all that is not (M156)."""

    text: str = ""
    first_day: date | None = None
    last_day: date | None = None
    shop_id: ShopId | None = None
    upload: UploadState | None = None
    pay: PayState | None = None


@dataclass(frozen=True, slots=True)
class PreOrderRow:
    """One row. `number` is "0" and `remote_created_at` None while 1688 has none (M150). `advice` is a code of ours."""

    id: PreOrderId
    sale_id: DocumentId
    shop_id: ShopId
    shop: str
    remote_created_at: datetime | None
    number: str
    sale_number: str
    customer: str
    settlement_amount: Decimal
    remark: str
    upload_state: UploadState
    upload_log: str
    advice: str
    advice_params: Mapping[str, str]
    pay_state: PayState
    is_expired: bool
    action: RowAction
    generation: int = 1
    is_newest: bool = True


@dataclass(frozen=True, slots=True)
class PreOrderSums:
    """Counts under the list (look/15); `amount` of all rows of the filter, old generations not counted twice."""

    count: int = 0
    unpaid: int = 0
    failed: int = 0
    amount: Decimal = field(default=Decimal(0))


class PreOrderList:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db = db
        self._ctx = ctx

    def ids(self, filter: PreOrderFilter) -> list[int]:
        """Newest sale number first, whatever became of the row (M157); of one sale the newest generation first."""
        wanted = _filtered(select(PreOrder.id, PreOrder.generation, Document.number), filter)
        with self._db.read() as session:
            found = list(session.execute(wanted))
        found.sort(key=lambda row: (number_sort_key(row.number), row.generation), reverse=True)
        return [row.id for row in found]

    def rows(self, ids: Sequence[int]) -> dict[int, PreOrderRow]:
        """The rows that still exist, by id."""
        now = self._ctx.clock.now()
        found: dict[int, PreOrderRow] = {}
        with self._db.read() as session:
            for some in chunks(list(ids)):
                for row in session.execute(_COLUMNS.where(PreOrder.id.in_(some))):
                    found[row.PreOrder.id] = _row(row, now)
        return found

    def sums(self, filter: PreOrderFilter) -> PreOrderSums:
        columns = select(
            PreOrder.upload_state, PreOrder.pay_state, PreOrder.generation, _NEWEST, Document.settlement_amount
        )
        with self._db.read() as session:
            rows = session.execute(_filtered(columns, filter)).all()
        return PreOrderSums(
            count=len(rows),
            unpaid=sum(row.pay_state != PayState.PAID for row in rows),
            failed=sum(row.upload_state == UploadState.FAILED for row in rows),
            amount=sum((row.settlement_amount for row in rows if row.generation == row.newest), Decimal(0)),
        )


_OTHER = aliased(PreOrder)
_NEWEST: Any = (
    select(func.max(_OTHER.generation)).where(_OTHER.sale_id == PreOrder.sale_id).scalar_subquery().label("newest")
)
_COLUMNS: Any = (
    select(
        PreOrder,
        _NEWEST,
        Document.number.label("sale_number"),
        Document.settlement_amount,
        Document.remark,
        Shop.name.label("shop"),
        Customer.name.label("customer"),
    )
    .join(Document, Document.id == PreOrder.sale_id)
    .join(Shop, Shop.id == PreOrder.shop_id)
    .outerjoin(Customer, Customer.id == Document.customer_id)
)


def _filtered(wanted: Any, filter: PreOrderFilter) -> Any:
    wanted = (
        wanted.select_from(PreOrder)
        .join(Document, Document.id == PreOrder.sale_id)
        .outerjoin(Customer, Customer.id == Document.customer_id)
    )
    for word in split_words(filter.text):
        wanted = wanted.where(
            or_(
                func.lower(Document.number).contains(word, autoescape=True),
                PreOrder.number.startswith(word, autoescape=True),
                Customer.search_text.contains(word, autoescape=True),
                func.lower(Customer.name).contains(word, autoescape=True),
            )
        )
    if filter.first_day is not None:
        wanted = wanted.where(Document.day >= filter.first_day)
    if filter.last_day is not None:
        wanted = wanted.where(Document.day <= filter.last_day)
    if filter.shop_id is not None:
        wanted = wanted.where(PreOrder.shop_id == filter.shop_id)
    if filter.pay is not None:
        wanted = wanted.where(PreOrder.pay_state == filter.pay)
    if filter.upload is UploadState.FAILED:
        wanted = wanted.where(PreOrder.upload_state.in_(_NOT_UPLOADED))
    elif filter.upload is not None:
        wanted = wanted.where(PreOrder.upload_state == filter.upload)
    return wanted


def _row(row: Any, now: datetime) -> PreOrderRow:
    order: PreOrder = row.PreOrder
    upload, pay = UploadState(order.upload_state), PayState(order.pay_state)
    past_due = is_expired(order.remote_created_at, now, pay)
    is_newest = order.generation == row.newest
    action = row_action(upload, pay, past_due)
    if not is_newest and action is not RowAction.PAY:
        action = RowAction.NONE
    return PreOrderRow(
        id=PreOrderId(order.id),
        sale_id=DocumentId(order.sale_id),
        shop_id=ShopId(order.shop_id),
        shop=row.shop,
        remote_created_at=order.remote_created_at,
        number=order.number or NO_NUMBER,
        sale_number=row.sale_number,
        customer=row.customer or "",
        settlement_amount=row.settlement_amount,
        remark=row.remark,
        upload_state=upload,
        upload_log=order.upload_log,
        advice=order.advice,
        advice_params=json.loads(order.advice_params),
        pay_state=pay,
        is_expired=past_due,
        action=action,
        generation=order.generation,
        is_newest=is_newest,
    )
