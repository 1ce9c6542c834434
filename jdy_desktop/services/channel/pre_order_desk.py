"""What the clerk does with pre-orders, without the network: show, upload again, make anew, and the restored backup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from jdy_desktop.models.account import NumberSeries, Setting
from jdy_desktop.models.channel import PreOrder, Shop
from jdy_desktop.models.documents import Document
from jdy_desktop.models.ids import DocumentId, PreOrderId, ShopId
from jdy_desktop.models.parties import Customer
from jdy_desktop.models.rules.logistics import default_logistics
from jdy_desktop.models.rules.numbering import PREFIXES
from jdy_desktop.models.rules.preorder_state import expires_at, is_expired
from jdy_desktop.models.states import DocumentKind, DocumentState, Logistics, PayState, UploadState
from jdy_desktop.services.book import audit
from jdy_desktop.services.book.sale_channel import KEY_LENGTH, RESTORED, doubtful_since, restored_at
from jdy_desktop.services.channel import publish_store
from jdy_desktop.services.channel.outbox import OpenOrder
from jdy_desktop.services.channel.pre_order_draft import why_it_rests
from jdy_desktop.services.channel.pre_order_values import CodeView, OutboxState
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database

_CHECKED = "outbox.restored_checked"
#: older than any pre-order, and far enough from the first instant there is to subtract from
_BEFORE_1688 = datetime(1970, 1, 1, tzinfo=UTC)
_SALE = re.compile(rf"{PREFIXES[DocumentKind.SALE]}(\d{{8}})(\d{{3,6}})(?!\d)", re.ASCII)
_ON_THE_WAY = (UploadState.WAITING, UploadState.UPLOADING, UploadState.UNCLEAR)


def get(session: Session, id: PreOrderId) -> PreOrder:
    """Raises UserError("pre_order_unknown")."""
    order = session.get(PreOrder, id)
    if order is None:
        raise UserError("pre_order_unknown")
    return order


def _newest_generation(session: Session, sale_id: int) -> int:
    return session.scalar(select(func.max(PreOrder.generation)).where(PreOrder.sale_id == sale_id)) or 0


def code(db: Database, id: PreOrderId, now: datetime) -> CodeView:
    """`now`: 1688's time, by which the expiry counts."""
    with db.read() as session:
        order = get(session, id)
        sale = session.get_one(Document, order.sale_id)
        customer = session.get(Customer, sale.customer_id) if sale.customer_id else None
        upload, pay = UploadState(order.upload_state), PayState(order.pay_state)
        past_due = is_expired(order.remote_created_at, now, pay)
        return CodeView(
            id=PreOrderId(order.id),
            sale_id=DocumentId(sale.id),
            sale_number=sale.number,
            shop_id=ShopId(order.shop_id),
            shop=session.get_one(Shop, order.shop_id).name,
            customer=customer.name if customer else "",
            url=order.detail_url,
            number=order.number,
            amount=sale.settlement_amount,
            amount_after_discount=sale.amount_after_discount,
            freight=sale.customer_freight,
            logistics=Logistics(sale.logistics) if sale.logistics else default_logistics(sale.customer_freight),
            created_at=order.remote_created_at,
            expires_at=expires_at(order.remote_created_at) if order.remote_created_at else None,
            upload_state=upload,
            pay_state=pay,
            is_expired=past_due,
            shown_at=order.shown_at,
            scanned_at=order.scanned_at,
            paid_at=order.paid_at,
            upload_log=order.upload_log,
            advice=order.advice,
            advice_params=json.loads(order.advice_params),
            generation=order.generation,
            is_newest=order.generation == _newest_generation(session, order.sale_id),
            code_problem=_code_problem(upload, pay, past_due, order.detail_url),
        )


def _code_problem(upload: UploadState, pay: PayState, past_due: bool, url: str) -> str:
    if upload is not UploadState.UPLOADED:
        return "not_uploaded"
    if pay is PayState.PAID:
        return "paid"
    if past_due:
        return "expired"
    return "" if url else "no_url"


def mark_shown(db: Database, ctx: Context, id: PreOrderId) -> None:
    with db.write() as session:
        order = get(session, id)
        if order.shown_at is None and order.upload_state == UploadState.UPLOADED:
            order.shown_at = ctx.clock.now()


def waiting(db: Database) -> OutboxState:
    """Rows of voided sales count for nothing: they will not be sent."""
    wanted = (
        select(PreOrder.upload_state, func.count(), func.min(PreOrder.created_at))
        .join(Document, Document.id == PreOrder.sale_id)
        .where(PreOrder.upload_state != UploadState.UPLOADED, Document.state != DocumentState.VOIDED)
        .group_by(PreOrder.upload_state)
    )
    with db.read() as session:
        counts = {UploadState(state): (count, oldest) for state, count, oldest in session.execute(wanted)}
    moving = [counts[state] for state in _ON_THE_WAY if state in counts]
    return OutboxState(
        count=sum(count for count, _ in moving),
        oldest_at=min((oldest for _, oldest in moving), default=None),
        failed=counts.get(UploadState.FAILED, (0, None))[0],
        unclear=counts.get(UploadState.UNCLEAR, (0, None))[0],
    )


def upload_again(db: Database, ctx: Context, id: PreOrderId) -> None:
    """A refused row waits for its turn again; one that waits already is due at once.

    Raises UserError: pre_order_unclear (look it up), pre_order_uploaded, pre_order_sending, sale_voided,
    sale_unreviewed."""
    with db.write() as session:
        order = get(session, id)
        state = UploadState(order.upload_state)
        if state is UploadState.UPLOADED:
            raise UserError("pre_order_uploaded", number=order.number)
        if state in (UploadState.UNCLEAR, UploadState.UPLOADING):
            raise UserError("pre_order_unclear" if state is UploadState.UNCLEAR else "pre_order_sending")
        resting = why_it_rests(session, session.get_one(Document, order.sale_id))
        if resting is not None:
            raise UserError(resting)
        if order.generation != _newest_generation(session, order.sale_id):
            raise UserError("pre_order_replaced")
        restored = restored_at(session.connection())
        if restored is not None and order.created_at < restored:
            # It may have been uploaded after the backup was made: ask 1688 first (F22).
            _to_unclear(order, ctx)
        else:
            order.upload_state = UploadState.WAITING
            order.next_try_at = ctx.clock.now()
        order.upload_log, order.advice, order.advice_params = "", "", "{}"


def recreate(db: Database, ctx: Context, id: PreOrderId, now: datetime) -> PreOrderId:
    """A new generation with a new key. `now`: 1688's time. Raises UserError: pre_order_still_valid, pre_order_paid,
    pre_order_replaced (made anew already), pre_order_not_uploaded (上传 or 核对 is the way then), sale_voided, sale_unreviewed."""
    with db.write() as session:
        order = get(session, id)
        sale = session.get_one(Document, order.sale_id)
        pay = PayState(order.pay_state)
        if _is_paid(session, order.sale_id):
            raise UserError("pre_order_paid")
        resting = why_it_rests(session, sale)
        if resting is not None:
            raise UserError(resting)
        if order.upload_state != UploadState.UPLOADED:
            raise UserError("pre_order_not_uploaded")
        if order.generation != _newest_generation(session, order.sale_id):
            raise UserError("pre_order_replaced")
        if pay is not PayState.SCANNED and not is_expired(order.remote_created_at, now, pay):
            raise UserError("pre_order_still_valid")
        fresh = PreOrder(
            sale_id=order.sale_id,
            shop_id=order.shop_id,
            generation=order.generation + 1,
            key=ctx.random.key(KEY_LENGTH),
            upload_state=UploadState.WAITING,
            pay_state=PayState.UNPAID,
            market_name=order.market_name,
            created_at=ctx.clock.now(),
            next_try_at=ctx.clock.now(),
        )
        fresh.sent_at = doubtful_since(session.connection(), order.sale_id)
        if fresh.sent_at is not None:
            # It may have been made anew after the backup was made: ask 1688 first (F22).
            _to_unclear(fresh, ctx)
        session.add(fresh)
        session.flush()
        audit.record(
            session, ctx, "pre_order_recreated", "pre_order", fresh.id,
            {"number": order.number, "key": order.key}, {"key": fresh.key},
        )  # fmt: skip
        return PreOrderId(fresh.id)


def _is_paid(session: Session, sale_id: int) -> bool:
    """Through whichever of its codes."""
    paid = (PreOrder.sale_id == sale_id, PreOrder.pay_state == PayState.PAID)
    return session.scalar(select(PreOrder.id).where(*paid).limit(1)) is not None


def formers_open(db: Database, id: PreOrderId) -> list[OpenOrder]:
    """The generations before this one that 1688 has; each could have been paid meanwhile."""
    with db.read() as session:
        order = session.get(PreOrder, id)
        if order is None or order.generation == 1:
            return []
        formers = session.scalars(
            select(PreOrder)
            .where(PreOrder.sale_id == order.sale_id, PreOrder.generation < order.generation, PreOrder.number != "")
            .order_by(PreOrder.generation)
        )
        return [
            OpenOrder(PreOrderId(one.id), ShopId(one.shop_id), one.number, lacks_url=False, is_over=True)
            for one in formers
        ]


def fail_when_paid(db: Database, id: PreOrderId) -> bool:
    """An old code was paid after all: the new one is not sent."""
    with db.write() as session:
        order = get(session, id)
        paid = (PreOrder.sale_id == order.sale_id, PreOrder.pay_state == PayState.PAID)
        former = session.scalar(select(PreOrder).where(*paid, PreOrder.generation < order.generation).limit(1))
        if former is None or order.upload_state != UploadState.WAITING:
            return False
        order.upload_state = UploadState.FAILED
        order.next_try_at = None
        order.advice = "former_paid"
        order.advice_params = json.dumps({"number": former.number})
        return True


# ---------------------------------------------------------------- a restored backup (F22)


def pause_after_restore(db: Database, ctx: Context) -> int:
    """What waited in the backup may be at 1688 by now: nothing is sent before it was looked up. How many pre-orders."""
    with db.write() as session:
        orders = list(
            session.scalars(
                select(PreOrder).where(
                    PreOrder.upload_state.in_((UploadState.WAITING, UploadState.UPLOADING, UploadState.UNCLEAR))
                )
            )
        )
        for order in orders:
            _to_unclear(order, ctx)
        publish_store.doubt_after_restore(session, ctx)
        session.merge(Setting(key=RESTORED, value=ctx.clock.now().isoformat()))
        checked = session.get(Setting, _CHECKED)
        if checked is not None:
            session.delete(checked)
        return len(orders)


def _to_unclear(order: PreOrder, ctx: Context) -> None:
    order.upload_state = UploadState.UNCLEAR
    order.sent_at = order.sent_at or order.created_at
    order.lease_until = order.last_lookup_at = None
    order.empty_lookups = 0
    order.next_try_at = ctx.clock.now()
    order.advice, order.advice_params = "checking", json.dumps({"reason": "restored"})


def restored_and_unchecked(db: Database) -> datetime | None:
    """Since when 1688 must be searched for sale numbers given after the backup was made; None when that is done."""
    with db.read() as session:
        if restored_at(session.connection()) is None or session.get(Setting, _CHECKED) is not None:
            return None
        newest = session.scalar(select(func.max(Document.created_at)))
        return newest or _BEFORE_1688


def raise_counters(db: Database, remarks: Iterable[str]) -> int:
    """No sale number that 1688 knows is given again: counters are raised above those in the remarks. How many were."""
    highest: dict[date, int] = {}
    for remark in remarks:
        for day_text, counter in _SALE.findall(remark):
            try:
                day = date(int(day_text[:4]), int(day_text[4:6]), int(day_text[6:]))
            except ValueError:
                continue
            highest[day] = max(highest.get(day, 0), int(counter))
    raised = 0
    with db.write() as session:
        for day, last in highest.items():
            series = session.get(NumberSeries, (PREFIXES[DocumentKind.SALE], day))
            if series is None:
                session.add(NumberSeries(prefix=PREFIXES[DocumentKind.SALE], day=day, last=last))
            elif series.last < last:
                series.last = last
            else:
                continue
            raised += 1
        session.merge(Setting(key=_CHECKED, value="1"))
    return raised


def tell_waiting(db: Database, ids: Iterable[PreOrderId], advice: str) -> None:
    """Why these rows wait, for their list; writes only what changes."""
    wanted = list(ids)
    if not wanted:
        return
    stale: Any = (PreOrder.id.in_(wanted), PreOrder.upload_state == UploadState.WAITING, PreOrder.advice != advice)
    with db.read() as session:
        if not session.scalar(select(func.count()).where(*stale)):
            return
    with db.write() as session:
        session.execute(
            update(PreOrder)
            .where(*stale)
            .values(advice=advice, advice_params="{}", version=PreOrder.version + 1)
            .execution_options(synchronize_session=False)
        )
