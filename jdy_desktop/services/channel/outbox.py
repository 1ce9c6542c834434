"""The outbox in the database: each step of a pre-order's way to 1688 is one committed transaction (design §5.2).

待上传 WAITING → 上传中 UPLOADING (claimed, with a lease) → 已上传 UPLOADED / 未上传 FAILED / 待核对 UNCLEAR.
Nothing here talks to 1688; `pre_orders.py` does, between two of these steps. Whatever a step finds changed meanwhile
(another counter was faster, the lease ran out) it leaves alone. Times named `server_…` are 1688's.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session, aliased

from jdy_desktop.models.channel import PreOrder, Shop
from jdy_desktop.models.documents import Document
from jdy_desktop.models.ids import PreOrderId, PreOrderNumber, ShopId
from jdy_desktop.models.parties import Customer
from jdy_desktop.models.rules.preorder_state import expires_at, had_last_word
from jdy_desktop.models.states import PayState, UploadState
from jdy_desktop.services.ali1688.values import PreOrderDraft, RemotePreOrder
from jdy_desktop.services.book import audit
from jdy_desktop.services.channel import paid_sales
from jdy_desktop.services.channel.pre_order_draft import NotSendable, body_hash, compose, refusal_advice
from jdy_desktop.services.channel.pre_order_search import Wanted
from jdy_desktop.services.channel.pre_order_values import Event
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database

log = logging.getLogger(__name__)

#: 上传日志 of an uploaded row, the manual's words (M148).
UPLOADED_LOG = "上传成功"

_ORDER = (PayState.UNPAID, PayState.SCANNED, PayState.PAID)
#: A PC clock that was set back must not keep rows waiting: what is due later than this is due now.
_FAR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. Changed by tests only; the reasons stand in reliability §6.4.

    `quiet_s`: wait after an unclear sending before looking; `between_s`: between the two empty look-ups that permit a
    second sending; `lease_s`: nobody else may touch a row being sent; `start_s`: a sending must begin within this time
    of its claim, so that it ends inside the lease."""

    quiet_s: float = 30
    between_s: float = 60
    lease_s: float = 180
    start_s: float = 60
    poll_s: float = 60
    backoff_s: tuple[float, ...] = (10, 20, 40, 80, 120)


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that this sender, and nobody else, may send once. `attempt` tells a late answer from a current one."""

    id: PreOrderId
    shop_id: ShopId
    attempt: int
    draft: PreOrderDraft


@dataclass(frozen=True, slots=True)
class Due:
    """A row with something to do."""

    id: PreOrderId
    shop_id: ShopId


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An uploaded row that is not paid. `is_over`: 1688 lets nobody pay it any more, asked once more to be sure."""

    id: PreOrderId
    shop_id: ShopId
    number: str
    lacks_url: bool
    is_over: bool


class Outbox:
    def __init__(self, db: Database, ctx: Context, timing: Timing) -> None:
        self._db = db
        self._ctx = ctx
        self.timing = timing

    # ------------------------------------------------------------ what is due

    def due(self, state: UploadState) -> list[Due]:
        """Rows in `state` whose time has come, oldest first."""
        now = self._ctx.clock.now()
        wanted = (
            select(PreOrder.id, PreOrder.shop_id, PreOrder.next_try_at)
            .where(PreOrder.upload_state == state)
            .order_by(PreOrder.created_at, PreOrder.id)
        )
        with self._db.read() as session:
            rows = session.execute(wanted).all()
        return [
            Due(PreOrderId(row.id), ShopId(row.shop_id))
            for row in rows
            if row.next_try_at is None or row.next_try_at <= now or row.next_try_at > now + _FAR
        ]

    def open_orders(self, now: datetime) -> list[OpenOrder]:
        """Uploaded, not paid, and still worth asking: until one answer came an hour after the expiry."""
        wanted = (
            select(PreOrder)
            .where(PreOrder.upload_state == UploadState.UPLOADED, PreOrder.pay_state != PayState.PAID)
            .order_by(PreOrder.id.desc())
        )
        found = []
        with self._db.read() as session:
            for row in session.scalars(wanted):
                end = expires_at(row.remote_created_at) if row.remote_created_at else None
                if had_last_word(row.remote_created_at, row.polled_at):
                    continue
                found.append(
                    OpenOrder(
                        PreOrderId(row.id),
                        ShopId(row.shop_id),
                        row.number,
                        lacks_url=not row.detail_url,
                        is_over=end is not None and now >= end,
                    )
                )
        return found

    def event(self, id: PreOrderId) -> Event:
        with self._db.read() as session:
            return _event(session, session.get_one(PreOrder, id))

    # ------------------------------------------------------------ sending

    def claim(self, id: PreOrderId, server_now: datetime) -> Claim | None:
        """Take the row for one sending, everything about it stored first. None: not now (taken, changed, shop busy).

        Raises NotSendable after the row was marked 未上传: nothing will be sent."""
        refusal: NotSendable | None = None
        with self._db.write() as session:
            order = session.get(PreOrder, id)
            if order is None or order.upload_state != UploadState.WAITING:
                return None
            try:
                draft = compose(session, order)
            except NotSendable as exc:
                refusal = exc
                _fail(order, exc.text, exc.advice, exc.facts)
            else:
                attempt = order.attempt + 1
                if not self._take(session, order, attempt, draft, server_now):
                    return None
                return Claim(id, ShopId(order.shop_id), attempt, draft)
        raise refusal

    def _take(
        self, session: Session, order: PreOrder, attempt: int, draft: PreOrderDraft, server_now: datetime
    ) -> bool:
        """One sender per row and per shop, decided by the database."""
        other = aliased(PreOrder)
        busy = exists().where(
            other.shop_id == order.shop_id, other.upload_state == UploadState.UPLOADING, other.lease_until > server_now
        )
        done: Any = session.execute(
            update(PreOrder)
            .where(
                PreOrder.id == order.id,
                PreOrder.upload_state == UploadState.WAITING,
                PreOrder.version == order.version,
                ~busy,
            )
            .values(
                upload_state=UploadState.UPLOADING,
                version=PreOrder.version + 1,
                attempt=attempt,
                body_hash=body_hash(draft),
                market_name=draft.market_name,
                sent_at=server_now,
                lease_until=server_now + timedelta(seconds=self.timing.lease_s),
                next_try_at=None,
                empty_lookups=0,
                last_lookup_at=None,
            )
            .execution_options(synchronize_session=False)
        )
        return bool(done.rowcount == 1)

    def uploaded(self, claim: Claim, number: PreOrderNumber) -> bool:
        """1688 took it. False: the row has another number already (never overwritten)."""
        with self._db.write() as session:
            return self._link(session, session.get_one(PreOrder, claim.id), number)

    def refused(self, claim: Claim, text: str, advice: str = "") -> None:
        """1688 said no; its words stand in 上传日志 unchanged (M138–M141)."""
        with self._db.write() as session:
            order = _in_hand(session, claim)
            if order is not None:
                code, facts = refusal_advice(session, order, text)
                _fail(order, text, advice or code, facts)

    def put_back(self, claim: Claim, advice: str, text: str, pause_s: float) -> None:
        """Nothing was made at 1688: the row waits for its next turn."""
        with self._db.write() as session:
            order = _in_hand(session, claim)
            if order is not None:
                order.upload_state = UploadState.WAITING
                order.lease_until = None
                order.next_try_at = self._ctx.clock.now() + timedelta(seconds=pause_s)
                _say(order, text, advice)

    def unclear(self, claim: Claim, reason: str) -> None:
        """Perhaps made, perhaps not: 待核对."""
        with self._db.write() as session:
            order = _in_hand(session, claim)
            if order is not None:
                self._to_unclear(order, reason)

    def reap(self, server_now: datetime) -> int:
        """Senders that died: 上传中 with an ended lease becomes 待核对. How many."""
        with self._db.read() as session:
            if not session.scalar(select(func.count()).where(*_dead(server_now))):
                return 0
        with self._db.write() as session:
            dead = list(session.scalars(select(PreOrder).where(*_dead(server_now))))
            for order in dead:
                log.warning("sender died, looking up pre_order=%s attempt=%s", order.id, order.attempt)
                self._to_unclear(order, "sender_died")
            return len(dead)

    def _to_unclear(self, order: PreOrder, reason: str) -> None:
        order.upload_state = UploadState.UNCLEAR
        order.lease_until = None
        order.empty_lookups = 0
        order.last_lookup_at = None
        order.next_try_at = self._ctx.clock.now() + timedelta(seconds=self.timing.quiet_s)
        _say(order, "", "checking", {"reason": reason})

    # ------------------------------------------------------------ looking up

    def wanted(self, id: PreOrderId) -> Wanted | None:
        """What to look for; None when the row is not 待核对 any more."""
        with self._db.read() as session:
            order = session.get(PreOrder, id)
            if order is None or order.upload_state != UploadState.UNCLEAR:
                return None
            sale = session.get_one(Document, order.sale_id)
            sent_at = min(order.sent_at or order.created_at, order.created_at)
            try:
                draft = compose(session, order)
                lines = tuple((one.offer_id, one.platform_sku_id, one.quantity) for one in draft.lines)
                total, freight = draft.total, draft.freight
            except NotSendable:
                lines, total, freight = (), sale.amount_after_discount, sale.customer_freight
            return Wanted(order.key, sale.number, sent_at, total, freight, lines)

    def unclear_ids(self, shop_id: ShopId) -> list[PreOrderId]:
        with self._db.read() as session:
            wanted = select(PreOrder.id).where(
                PreOrder.shop_id == shop_id, PreOrder.upload_state == UploadState.UNCLEAR
            )
            return [PreOrderId(one) for one in session.scalars(wanted)]

    def known(self, shop_id: ShopId, but: PreOrderId) -> tuple[set[str], set[str]]:
        """(numbers, keys) of the shop's other rows: what cannot be the wanted one."""
        with self._db.read() as session:
            rows = session.execute(
                select(PreOrder.number, PreOrder.key).where(PreOrder.shop_id == shop_id, PreOrder.id != but)
            ).all()
        return {row.number for row in rows if row.number}, {row.key for row in rows}

    def found(self, id: PreOrderId, remote: RemotePreOrder, others: tuple[str, ...] = ()) -> bool:
        """The look-up found it. `others`: further ones of 1688 with the same key, which the clerk must know of."""
        with self._db.write() as session:
            order = session.get_one(PreOrder, id)
            if order.upload_state == UploadState.UPLOADED or not self._link(session, order, remote.number):
                return False
            if others:
                log.error("several pre-orders with one key pre_order=%s numbers=%s", id, (remote.number, *others))
                _say(order, order.upload_log, "made_twice", {"numbers": "、".join(others)})
            return True

    def not_found(self, id: PreOrderId, server_now: datetime) -> None:
        """A complete look-up found nothing. The second one, `between_s` after the first, permits another sending."""
        with self._db.write() as session:
            order = session.get_one(PreOrder, id)
            if order.upload_state != UploadState.UNCLEAR:
                return
            now, timing = self._ctx.clock.now(), self.timing
            if order.sent_at and server_now < order.sent_at + timedelta(seconds=timing.quiet_s):
                return
            last = order.last_lookup_at
            if last is not None and server_now < last + timedelta(seconds=timing.between_s):
                return
            order.empty_lookups += 1
            order.last_lookup_at = server_now
            order.next_try_at = now + timedelta(seconds=timing.between_s)
            if order.empty_lookups >= 2:
                order.upload_state = UploadState.WAITING
                order.next_try_at = now
                _say(order, "", "")
                log.info("not at 1688 after two look-ups, sending again pre_order=%s", id)

    def ask(self, id: PreOrderId, numbers: tuple[str, ...]) -> None:
        """Something like it is there, not surely ours: the clerk decides (`link`, `send_anyway`)."""
        with self._db.write() as session:
            order = session.get_one(PreOrder, id)
            if order.upload_state == UploadState.UNCLEAR:
                order.empty_lookups = 0
                order.last_lookup_at = None
                order.next_try_at = self._ctx.clock.now() + timedelta(seconds=self.timing.between_s * 5)
                _say(order, order.upload_log, "ask", {"numbers": "、".join(numbers)})

    def postpone_lookup(self, id: PreOrderId, pause_s: float) -> None:
        with self._db.write() as session:
            order = session.get_one(PreOrder, id)
            if order.upload_state == UploadState.UNCLEAR:
                order.next_try_at = self._ctx.clock.now() + timedelta(seconds=pause_s)

    # ------------------------------------------------------------ pay states

    def store_remote(self, id: PreOrderId, remote: RemotePreOrder, server_now: datetime) -> PayState | None:
        """Take over what 1688 says; the new pay state when it changed, else None. Never goes back (paid stays paid)."""
        with self._db.read() as session:
            order = session.get(PreOrder, id)
            if order is None or order.number != remote.number or not _says_more(order, remote, server_now):
                return None
        with self._db.write() as session:
            order = session.get_one(PreOrder, id)
            order.polled_at = server_now
            order.detail_url = remote.detail_url or order.detail_url
            order.remote_created_at = remote.created_at or order.remote_created_at
            order.formal_order_id = remote.biz_order_id or order.formal_order_id
            before, after = PayState(order.pay_state), remote.pay_state
            if _ORDER.index(after) <= _ORDER.index(before):
                return None
            order.pay_state = after
            order.scanned_at = order.scanned_at or server_now
            if after is PayState.PAID:
                order.paid_at = server_now
                audit.record(
                    session, self._ctx, "pre_order_paid", "pre_order", id, None,
                    {"number": order.number, "formal_order": order.formal_order_id},
                )  # fmt: skip
                paid_sales.receive(session, self._ctx, order, server_now, remote.amount)
            return after

    def note_gone(self, id: PreOrderId, server_now: datetime) -> None:
        """1688 no longer lists an expired one: that is its last word, it is not asked for again."""
        with self._db.write() as session:
            session.get_one(PreOrder, id).polled_at = server_now + timedelta(hours=1)

    # ------------------------------------------------------------ the clerk's decisions

    def link(self, id: PreOrderId, number: PreOrderNumber) -> None:
        """The clerk says: that one of 1688 is ours. Raises UserError when the row is not 待核对 or the number is taken."""
        with self._db.write() as session:
            order = _unclear(session, id)
            if session.scalar(select(PreOrder.id).where(PreOrder.number == number, PreOrder.id != id)):
                raise UserError("pre_order_number_taken", number=number)
            self._link(session, order, number)

    def send_anyway(self, id: PreOrderId) -> None:
        """The clerk says: none of them is ours. Sent again as after two empty look-ups."""
        with self._db.write() as session:
            order = _unclear(session, id)
            audit.record(session, self._ctx, "pre_order_sent_anyway", "pre_order", id, None, {"key": order.key})
            order.upload_state = UploadState.WAITING
            order.next_try_at = self._ctx.clock.now()
            _say(order, "", "")

    def _link(self, session: Session, order: PreOrder, number: PreOrderNumber) -> bool:
        if order.number:
            if order.number != number:
                log.error("second pre-order for one sale pre_order=%s has=%s new=%s", order.id, order.number, number)
            return False
        order.number = number
        order.upload_state = UploadState.UPLOADED
        order.lease_until = order.next_try_at = None
        _say(order, UPLOADED_LOG, "")
        audit.record(session, self._ctx, "pre_order_uploaded", "pre_order", order.id, None, {"number": number})
        log.info("uploaded pre_order=%s number=%s attempt=%s", order.id, number, order.attempt)
        return True


def _dead(server_now: datetime) -> tuple[Any, ...]:
    return (PreOrder.upload_state == UploadState.UPLOADING, PreOrder.lease_until <= server_now)


def _in_hand(session: Session, claim: Claim) -> PreOrder | None:
    """The row while this sending is still the current one; else another counter has gone on with it."""
    order = session.get_one(PreOrder, claim.id)
    if order.upload_state == UploadState.UPLOADING and order.attempt == claim.attempt:
        return order
    log.warning("late answer left alone pre_order=%s attempt=%s state=%s", claim.id, claim.attempt, order.upload_state)
    return None


def _unclear(session: Session, id: PreOrderId) -> PreOrder:
    order = session.get(PreOrder, id)
    if order is None or order.upload_state != UploadState.UNCLEAR:
        raise UserError("pre_order_changed")
    return order


def _fail(order: PreOrder, text: str, advice: str, facts: Mapping[str, str]) -> None:
    order.upload_state = UploadState.FAILED
    order.lease_until = order.next_try_at = None
    _say(order, text, advice, facts)


def _say(order: PreOrder, text: str, advice: str, facts: Mapping[str, str] | None = None) -> None:
    order.upload_log = text
    order.advice = advice
    order.advice_params = json.dumps(dict(facts or {}), ensure_ascii=False)


def _says_more(order: PreOrder, remote: RemotePreOrder, server_now: datetime) -> bool:
    """Whether storing is worth a commit; a poll that tells nothing new must not redraw every list each minute."""
    end = expires_at(order.remote_created_at) if order.remote_created_at else None
    is_last_word = end is not None and server_now > end
    return (
        is_last_word
        or bool(remote.detail_url and remote.detail_url != order.detail_url)
        or (remote.created_at is not None and remote.created_at != order.remote_created_at)
        or _ORDER.index(remote.pay_state) > _ORDER.index(PayState(order.pay_state))
    )


def _event(session: Session, order: PreOrder) -> Event:
    sale = session.get_one(Document, order.sale_id)
    customer = session.get(Customer, sale.customer_id) if sale.customer_id else None
    return Event(
        PreOrderId(order.id), sale.number, customer.name if customer else "", sale.settlement_amount, order.upload_log
    )


def may_send(session: Session) -> set[int]:
    """Shops whose tokens 1688 is expected to take."""
    return set(session.scalars(select(Shop.id).where(Shop.sealed_tokens.is_not(None), Shop.is_revoked.is_(False))))
