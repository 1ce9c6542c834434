"""The list of 预订单 (manual 6.3; M146–M157, M159), with those that somebody made elsewhere among them (M136)."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import case, false, func, or_, select
from sqlalchemy.orm import aliased

from jdy_desktop.models.channel import PreOrder, RemotePreOrder, Shop
from jdy_desktop.models.documents import Document
from jdy_desktop.models.ids import DocumentId, PreOrderId, ShopId
from jdy_desktop.models.parties import Customer
from jdy_desktop.models.rules.numbering import number_sort_key
from jdy_desktop.models.rules.preorder_state import RowAction, is_expired, row_action
from jdy_desktop.models.rules.search import split_words
from jdy_desktop.models.states import PayState, UploadState
from jdy_desktop.services.book.bulk import chunks
from jdy_desktop.services.machine.context import SHANGHAI, Context
from jdy_desktop.services.machine.db import Database

#: 预单编号 of a row that 1688 has no pre-order for (M150).
NO_NUMBER = "0"
#: 上传日志 of a row that was not uploaded from here (M136).
ELSEWHERE_LOG = "在别处创建"
_NOT_UPLOADED = (UploadState.WAITING, UploadState.UPLOADING, UploadState.UNCLEAR, UploadState.FAILED)


@dataclass(frozen=True, slots=True)
class PreOrderFilter:
    """`text`: words of sale number or customer, in any order. Days (inclusive) are those of the sale. Of one made
    elsewhere: words of number or remark, and the day it was made.

    `upload` UPLOADED or FAILED take the manual's two words: 已上传, and 未上传 for all that is not (M156)."""

    text: str = ""
    first_day: date | None = None
    last_day: date | None = None
    shop_id: ShopId | None = None
    upload: UploadState | None = None
    pay: PayState | None = None


@dataclass(frozen=True, slots=True)
class PreOrderRow:
    """One row. `number` is "0" and `remote_created_at` None while 1688 has none (M150). `advice` is a code of ours.

    Made elsewhere (M136): the id is negative, there is no sale and no customer."""

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

    @property
    def is_elsewhere(self) -> bool:
        return self.id < 0


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
        """Newest sale number first, whatever became of the row (M157); of one sale the newest generation first.

        Those made elsewhere stand at the head of their day."""
        wanted = _filtered(select(PreOrder.id, PreOrder.generation, Document.number), filter)
        with self._db.read() as session:
            connection = session.connection()  # rows by the thousand: a session would look after each
            found = [((number_sort_key(n), generation), id) for id, generation, n in connection.execute(wanted)]
            others = connection.execute(_elsewhere(select(RemotePreOrder.id, _made.label("made")), filter))
            found += [(_place(row.made), -row.id) for row in others]
        return [id for _, id in sorted(found, reverse=True)]

    def rows(self, ids: Sequence[int]) -> dict[int, PreOrderRow]:
        """The rows that still exist, by id."""
        now = self._ctx.clock.now()
        found: dict[int, PreOrderRow] = {}
        with self._db.read() as session:
            for some in chunks(list(ids)):
                for row in session.execute(_COLUMNS.where(PreOrder.id.in_(some))):
                    found[row.PreOrder.id] = _row(row, now)
                foreign = _ELSEWHERE_COLUMNS.where(RemotePreOrder.id.in_([-one for one in some if one < 0]))
                for order, shop in session.execute(foreign):
                    found[-order.id] = _elsewhere_row(order, shop, now)
        return found

    def sums(self, filter: PreOrderFilter) -> PreOrderSums:
        of_newest = func.sum(case((~_HAS_NEWER, Document.settlement_amount)))
        failed = func.count(case((PreOrder.upload_state == UploadState.FAILED, 1)))
        ours = select(func.count(), _unpaid(PreOrder), of_newest, failed)
        foreign = select(func.count(), _unpaid(RemotePreOrder), func.sum(RemotePreOrder.amount))
        with self._db.read() as session:
            connection = session.connection()
            one = connection.execute(_filtered(ours, filter)).one()
            other = connection.execute(_elsewhere(foreign, filter)).one()
        amount = (one[2] or Decimal(0)) + (other[2] or Decimal(0))
        return PreOrderSums(one[0] + other[0], one[1] + other[1], one[3], amount)


def _unpaid(entity: Any) -> Any:
    return func.count(case((entity.pay_state != PayState.PAID, 1)))


_OTHER = aliased(PreOrder)
_NEWEST: Any = (
    select(func.max(_OTHER.generation)).where(_OTHER.sale_id == PreOrder.sale_id).scalar_subquery().label("newest")
)
_HAS_NEWER: Any = (
    select(_OTHER.id).where(_OTHER.sale_id == PreOrder.sale_id, _OTHER.generation > PreOrder.generation).exists()
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
_ELSEWHERE_COLUMNS: Any = select(RemotePreOrder, Shop.name).join(Shop, Shop.id == RemotePreOrder.shop_id)
_made: Any = func.coalesce(RemotePreOrder.created_at, RemotePreOrder.seen_at)


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


def _elsewhere(wanted: Any, filter: PreOrderFilter) -> Any:
    """The same filter for those made elsewhere; one whose lost answer was found since is ours, and only ours."""
    wanted = wanted.where(RemotePreOrder.number.not_in(select(PreOrder.number)))
    for word in split_words(filter.text):
        wanted = wanted.where(
            or_(
                RemotePreOrder.number.startswith(word, autoescape=True),
                func.lower(RemotePreOrder.remark).contains(word, autoescape=True),
            )
        )
    if filter.first_day is not None:
        wanted = wanted.where(_made >= _midnight(filter.first_day))
    if filter.last_day is not None:
        wanted = wanted.where(_made < _midnight(filter.last_day + timedelta(days=1)))
    if filter.shop_id is not None:
        wanted = wanted.where(RemotePreOrder.shop_id == filter.shop_id)
    if filter.pay is not None:
        wanted = wanted.where(RemotePreOrder.pay_state == filter.pay)
    if filter.upload not in (None, UploadState.UPLOADED):
        wanted = wanted.where(false())
    return wanted


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _place(made: datetime) -> tuple[tuple[str, int, str], int]:
    """Where it stands among sale numbers: above all of its day, the newest first."""
    return (f"{made.astimezone(SHANGHAI):%Y%m%d}", sys.maxsize, made.isoformat()), 0


def _elsewhere_row(order: RemotePreOrder, shop: str, now: datetime) -> PreOrderRow:
    pay = PayState(order.pay_state)
    past_due = is_expired(order.created_at, now, pay)
    action = row_action(UploadState.UPLOADED, pay, past_due)
    return PreOrderRow(
        id=PreOrderId(-order.id),
        sale_id=DocumentId(0),
        shop_id=ShopId(order.shop_id),
        shop=shop,
        remote_created_at=order.created_at,
        number=order.number,
        sale_number="",
        customer="",
        settlement_amount=order.amount,
        remark=order.remark,
        upload_state=UploadState.UPLOADED,
        upload_log=ELSEWHERE_LOG,
        advice="",
        advice_params={},
        pay_state=pay,
        is_expired=past_due,
        action=RowAction.NONE if action is RowAction.RECREATE else action,
    )


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
