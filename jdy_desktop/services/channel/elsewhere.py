"""Pre-orders that somebody made elsewhere, in the phone app say, for a shop of ours (M136): read, shown, never sent.

In lists they have negative ids, so that none can be taken for a row of the outbox.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from jdy_desktop.models.channel import PreOrder, RemotePreOrder, Shop
from jdy_desktop.models.ids import DocumentId, PreOrderId, PreOrderNumber, ShopId
from jdy_desktop.models.rules.logistics import default_logistics
from jdy_desktop.models.rules.preorder_state import LIFETIME, expires_at, is_expired
from jdy_desktop.models.states import PayState, UploadState
from jdy_desktop.services.channel.outbox import Outbox, Timing, may_send
from jdy_desktop.services.channel.pre_order_search import judge, key_of
from jdy_desktop.services.channel.pre_order_values import CodeView
from jdy_desktop.services.channel.server_time import Patience
from jdy_desktop.services.errors import LocalError, PlatformError, UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext

if TYPE_CHECKING:
    from jdy_desktop.services.ali1688 import values
    from jdy_desktop.services.ali1688.client import Gateway
    from jdy_desktop.services.channel.shop_tokens import TokenGiver

log = logging.getLogger(__name__)

_PAGES, _PAGE = 5, 20
_AGE = timedelta(days=30)
#: So many open ones that the pages did not hold are asked for by number.
_BY_NUMBER = 10


class Elsewhere:
    def __init__(self, db: Database, ctx: Context, shops: TokenGiver, gateway: Callable[[], Gateway]) -> None:
        self._db = db
        self._ctx = ctx
        self._shops = shops
        self._gateway = gateway
        self._outbox = Outbox(db, ctx, Timing())

    def refresh(self, job: JobContext) -> int:
        """Read the newest pre-orders of every shop 1688 lets us into; how many rows are new or changed.

        Raises LinkError and JobCancelled. A shop that 1688 refuses does not stop the others."""
        with self._db.read() as session:
            shops = sorted(may_send(session))
        changed = 0
        for shop_id in map(ShopId, shops):
            try:
                changed += self._refresh_shop(job, shop_id)
            except (PlatformError, LocalError) as exc:
                log.info("shop=%s not asked for pre-orders made elsewhere: %s", shop_id, exc)
        return changed

    def poll(self, job: JobContext, ids: Sequence[PreOrderId]) -> int:
        """Ask for the pay state of these by number; how many changed. Raises LinkError, PlatformError, LocalError."""
        changed = 0
        for id in ids:
            with self._db.read() as session:
                row = _get(session, id)
            shop_id, tokens = ShopId(row.shop_id), self._shops.tokens(ShopId(row.shop_id))
            job.check()
            answer = self._gateway().pre_orders(tokens, number=PreOrderNumber(row.number), job=Patience(job, self._ctx))
            changed += self._store(shop_id, [one for one in answer.orders if one.number == row.number])
        return changed

    def code(self, id: PreOrderId, now: datetime) -> CodeView:
        """As far as 1688 tells: no sale, no customer, and never made anew here. `now`: 1688's time."""
        with self._db.read() as session:
            row = _get(session, id)
            shop = session.get_one(Shop, row.shop_id).name
        pay = PayState(row.pay_state)
        past_due = is_expired(row.created_at, now, pay)
        problem = "paid" if pay is PayState.PAID else "expired" if past_due else "" if row.detail_url else "no_url"
        return CodeView(
            id=id,
            sale_id=DocumentId(0),
            sale_number="",
            shop_id=ShopId(row.shop_id),
            shop=shop,
            customer="",
            url=row.detail_url,
            number=row.number,
            amount=row.amount,
            amount_after_discount=row.amount - row.freight,
            freight=row.freight,
            logistics=default_logistics(row.freight),
            created_at=row.created_at,
            expires_at=expires_at(row.created_at) if row.created_at else None,
            upload_state=UploadState.UPLOADED,
            pay_state=pay,
            is_expired=past_due,
            shown_at=None,
            scanned_at=None,
            paid_at=None,
            upload_log="",
            advice="",
            is_newest=False,
            code_problem=problem,
        )

    # ------------------------------------------------------------ one shop

    def _refresh_shop(self, job: JobContext, shop_id: ShopId) -> int:
        listed = self._listed(job, shop_id)
        changed = self._store(shop_id, listed)
        return changed + self.poll(job, self._still_open(shop_id, {one.number for one in listed}))

    def _listed(self, job: JobContext, shop_id: ShopId) -> list[values.RemotePreOrder]:
        """What 1688's first pages hold and is not older than 30 days; each once."""
        gateway, tokens = self._gateway(), self._shops.tokens(shop_id)
        oldest = self._ctx.clock.now() - _AGE
        found: dict[str, values.RemotePreOrder] = {}
        for number in range(1, _PAGES + 1):
            job.check()
            answer = gateway.pre_orders(tokens, page_index=number, job=Patience(job, self._ctx))
            young = [one for one in answer.orders if one.created_at is None or one.created_at >= oldest]
            found.update((one.number, one) for one in young)
            if not young or len(answer.orders) + answer.bad < _PAGE:
                break
        return list(found.values())

    def _store(self, shop_id: ShopId, listed: Sequence[values.RemotePreOrder]) -> int:
        sought = self._sought(shop_id, listed)
        with self._db.write() as session:
            ours = _ours(session, shop_id, listed)
            known = {row.number: row for row in session.scalars(_rows(shop_id, (one.number for one in listed)))}
            for one in listed:
                if one.number in ours or one.number in sought:
                    continue
                row = known.get(one.number)
                if row is None:
                    row = RemotePreOrder(shop_id=shop_id, number=one.number, seen_at=self._ctx.clock.now())
                    session.add(row)
                _take_over(row, one)
            return len(session.new) + sum(session.is_modified(row) for row in session.dirty)

    def _sought(self, shop_id: ShopId, listed: Sequence[values.RemotePreOrder]) -> set[str]:
        """What may be one of ours without its key: the outbox has not made out yet where its answer went."""
        found: set[str] = set()
        for id in self._outbox.unclear_ids(shop_id):
            wanted = self._outbox.wanted(id)
            if wanted is not None:
                found.update(one.number for one in judge(wanted, listed, *self._outbox.known(shop_id, id)).orders)
        return found

    def _still_open(self, shop_id: ShopId, seen: set[str]) -> list[PreOrderId]:
        """Those that can still be paid and were on none of the pages."""
        wanted = (
            select(RemotePreOrder.id, RemotePreOrder.number)
            .where(
                RemotePreOrder.shop_id == shop_id,
                RemotePreOrder.pay_state != PayState.PAID,
                RemotePreOrder.created_at >= self._ctx.clock.now() - LIFETIME,
            )
            .order_by(RemotePreOrder.id.desc())
        )
        with self._db.read() as session:
            open_ones = [row.id for row in session.execute(wanted) if row.number not in seen]
        return [PreOrderId(-one) for one in open_ones[:_BY_NUMBER]]


def _get(session: Session, id: PreOrderId) -> RemotePreOrder:
    """Raises UserError("pre_order_unknown")."""
    row = session.get(RemotePreOrder, -id)
    if row is None:
        raise UserError("pre_order_unknown")
    session.expunge(row)
    return row


def _rows(shop_id: ShopId, numbers: Iterable[str]) -> Select[RemotePreOrder]:
    return select(RemotePreOrder).where(RemotePreOrder.shop_id == shop_id, RemotePreOrder.number.in_(list(numbers)))


def _ours(session: Session, shop_id: ShopId, listed: Sequence[values.RemotePreOrder]) -> set[str]:
    """Numbers among these that we made: linked already, or with our key in front of the remark.

    A key is stored before its row is sent, so a row that is on its way right now is known here too."""
    keys = {one.number: key_of(one.remark) for one in listed}
    wanted = select(PreOrder.number, PreOrder.key).where(
        PreOrder.shop_id == shop_id, or_(PreOrder.number.in_(list(keys)), PreOrder.key.in_(set(keys.values())))
    )
    mine = session.execute(wanted).all()
    numbers, our_keys = {row.number for row in mine}, {row.key for row in mine}
    return {number for number, key in keys.items() if number in numbers or key in our_keys}


def _take_over(row: RemotePreOrder, told: values.RemotePreOrder) -> None:
    """What 1688 says now; paid stays paid."""
    row.created_at = told.created_at or row.created_at
    row.amount = told.amount
    row.freight = told.freight
    row.remark = told.remark
    row.detail_url = told.detail_url or row.detail_url or ""
    if row.pay_state != PayState.PAID:
        row.pay_state = told.pay_state
