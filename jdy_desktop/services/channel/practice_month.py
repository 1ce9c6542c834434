"""填入示例业务: a month of trade for a practice book, so that lists and plots are full on the first day.

Only a practice book that holds no documents yet takes it. Goods come from recorded answers of the practice market, by the
way of a download; documents and payments by the way of the pages, one day in a transaction. Cancelled or cut off, what is
written is whole days, and the next call goes on there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from jdy_desktop.models.account import AccountSet, Setting
from jdy_desktop.models.channel import PreOrder
from jdy_desktop.models.documents import Document, DocumentLine
from jdy_desktop.models.ids import WarehouseId
from jdy_desktop.models.parties import Warehouse
from jdy_desktop.models.states import PayState, UploadState
from jdy_desktop.services.ali1688.config import GatewaySettings
from jdy_desktop.services.book.account_sets import PRACTICE_MONTH, AccountSets
from jdy_desktop.services.book.bulk import table_of, upsert
from jdy_desktop.services.book.document_values import SavedDocument
from jdy_desktop.services.book.opening import OpeningLine, OpeningStock
from jdy_desktop.services.book.parties import Parties
from jdy_desktop.services.book.practice_plan import DAYS, Sold, Story, Way, month_story
from jdy_desktop.services.book.practice_writing import Cast, DayWriter, StoryClock, moment_of
from jdy_desktop.services.book.sale_channel import live_pre_order
from jdy_desktop.services.channel import paid_sales, practice_stall
from jdy_desktop.services.channel.practice_stall import Stall
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.rights import Right

_UPLOADED_LOG = "上传成功"
_SECOND = "后仓"
_MARKET_TRIES = 40
_FIRST_NUMBER = 53_800_017_370


@dataclass(frozen=True, slots=True)
class PracticeState:
    """`refusal`: code why nothing can be filled in, "" when it can. `days` are written of `total`.

    `is_wanted`: the wizard was asked for it and nothing is written yet.
    """

    is_practice: bool
    refusal: str
    days: int
    total: int = DAYS
    is_wanted: bool = False


@dataclass(frozen=True, slots=True)
class PracticeReport:
    """What was written by this call."""

    days: int
    documents: int
    first: date
    last: date


class PracticeMonth:
    market_wait_s = 0.25

    def __init__(self, db: Database, ctx: Context, gateway: Callable[[], GatewaySettings]) -> None:
        """`gateway`: only for the addresses of pictures; nothing is called."""
        self._db, self._ctx, self._gateway = db, ctx, gateway

    def state(self) -> PracticeState:
        with self._db.read() as session:
            return _state(session)

    def fill(self, job: JobContext) -> PracticeReport:
        """Write what is missing of the month that ends yesterday; steps are days.

        Raises UserError practice_only, practice_not_empty, practice_filled, and Refused; JobCancelled between days.
        """
        self._ctx.require(Right.ACCOUNT_SET)
        with self._db.read() as session:
            found = _state(session)
            progress = _progress(session)
        _refuse(found)
        first = progress[0] if progress else self._ctx.clock.today() - timedelta(days=DAYS)
        job.step(found.days, DAYS, "days")
        cast, story = self._prepare(first, self._addresses(job), is_begun=progress is not None)
        written = 0
        for number in range(found.days, DAYS):
            job.step(number, DAYS, "days")
            written += self._write_day(cast, story, first, number)
        job.step(DAYS, DAYS, "days")
        return PracticeReport(DAYS - found.days, written, first, first + timedelta(days=DAYS - 1))

    # ---- before the first day
    def _addresses(self, job: JobContext) -> GatewaySettings:
        """Where pictures are; the practice market of a book just made is still starting, and stays away in a test."""
        for _ in range(_MARKET_TRIES):
            try:
                return self._gateway()
            except UserError:
                job.sleep(self.market_wait_s)
        return GatewaySettings(app_key="0", app_secret="0")

    def _prepare(self, first: date, addresses: GatewaySettings, *, is_begun: bool) -> tuple[Cast, Story]:
        """Goods, people and opening stock; each step finds what an earlier call left."""
        self._begin(first)
        ctx = Context(clock=StoryClock(moment_of(first, 7 * 60)), random=self._ctx.random, seat=self._ctx.seat)
        stall = practice_stall.build(self._db, ctx, addresses)
        parties = Parties(self._db, ctx)
        main = next(one.id for one in parties.warehouses() if one.is_default)
        cast = Cast(
            skus=[one.sku_id for one in stall.goods],
            customers=stall.customers,
            suppliers=stall.suppliers,
            accounts={one.name: one.id for one in parties.accounts()},
            warehouse=main,
            second_warehouse=self._second_warehouse(parties),
            shop=stall.shop,
        )
        story = month_story([one.ware for one in stall.goods], stall.buyers, len(stall.suppliers))
        if not is_begun or not self._has_opening():
            self._open(ctx, stall, story, main)
        return cast, story

    def _begin(self, first: date) -> None:
        """The book starts on the first day of the story at the latest, with the 1688 module on."""
        sets = AccountSets(self._db, self._ctx)
        answers = sets.controls().answers
        if answers.start_date > first:
            sets.change_controls(replace(answers, start_date=first))
        sets.set_channel_enabled(True)
        with self._db.write() as session:
            if _progress(session) is None:
                _keep_progress(session, first, 0)

    def _second_warehouse(self, parties: Parties) -> WarehouseId:
        with self._db.read() as session:
            known = session.scalar(select(Warehouse.id).where(Warehouse.name == _SECOND))
        return WarehouseId(known) if known is not None else parties.add_warehouse(_SECOND)

    def _has_opening(self) -> bool:
        with self._db.read() as session:
            return session.scalar(select(Document.id).limit(1)) is not None

    def _open(self, ctx: Context, stall: Stall, story: Story, place: WarehouseId) -> None:
        lines = [
            OpeningLine(one.sku_id, place, Decimal(pieces), one.ware.cost)
            for one, pieces in zip(stall.goods, story.opening, strict=True)
        ]
        OpeningStock(self._db, ctx).save(lines)

    # ---- a day
    def _write_day(self, cast: Cast, story: Story, first: date, number: int) -> int:
        day = first + timedelta(days=number)
        with self._db.write() as session:
            writer = DayWriter(session, self._ctx, cast, number, day, self._on_channel_sale)
            writer.write(story.days[number])
            _keep_progress(session, first, number + 1)
            return writer.documents

    def _on_channel_sale(self, session: Session, saved: SavedDocument, event: Sold, made: datetime) -> None:
        """What 1688 would have answered to this sale."""
        live = live_pre_order(session.connection(), saved.id)
        assert live is not None
        order = session.get_one(PreOrder, live.id)
        if event.way is Way.CHANNEL_WAITING:
            return
        order.next_try_at, order.attempt, order.sent_at = None, 1, made
        if event.way is Way.CHANNEL_FAILED:
            _refused(session, order)
            return
        order.upload_state, order.upload_log = UploadState.UPLOADED, _UPLOADED_LOG
        order.number = str(_FIRST_NUMBER + order.id * 1_000_081)
        order.remote_created_at = order.shown_at = made + timedelta(seconds=2)
        if event.way is Way.CHANNEL_PAID:
            order.pay_state = PayState.PAID
            order.paid_at = order.scanned_at = made + timedelta(minutes=event.paid_after)
            order.formal_order_id = f"{order.number}01"
            session.flush()
            paid_sales.receive(session, _at(self._ctx, order.paid_at), order, order.paid_at)


def _at(ctx: Context, moment: datetime) -> Context:
    return Context(clock=StoryClock(moment), random=ctx.random, seat=ctx.seat)


def _refused(session: Session, order: PreOrder) -> None:
    """1688's own words (manual 6.3), and the advice that the outbox would give."""
    from jdy_desktop.services.channel.pre_order_draft import refusal_advice

    offer_id = _offer_of(session, order.sale_id)
    text = f"商品[{offer_id}]的购买数量不满足最低限购限制。"
    advice, facts = refusal_advice(session, order, text)
    order.upload_state, order.upload_log = UploadState.FAILED, text
    order.advice, order.advice_params = advice, json.dumps(dict(facts), ensure_ascii=False)


def _offer_of(session: Session, sale_id: int) -> str:
    from jdy_desktop.models.channel import Offer, OfferSku

    query = (
        select(Offer.offer_id)
        .join(OfferSku, OfferSku.offer_pk == Offer.id)
        .join(DocumentLine, DocumentLine.offer_sku_id == OfferSku.id)
        .where(DocumentLine.document_id == sale_id)
    )
    return session.scalars(query.limit(1)).one()


def _state(session: Session) -> PracticeState:
    account = session.get(AccountSet, 1)
    if account is None or not account.is_practice:
        return PracticeState(is_practice=False, refusal="practice_only", days=0)
    progress = _progress(session)
    if progress is not None:
        days = progress[1]
        return PracticeState(is_practice=True, refusal="practice_filled" if days == DAYS else "", days=days)
    is_used = session.scalar(select(Document.id).limit(1)) is not None
    is_wanted = session.scalar(select(Setting.key).where(Setting.key == PRACTICE_MONTH)) is not None
    refusal = "practice_not_empty" if is_used else ""
    return PracticeState(is_practice=True, refusal=refusal, days=0, is_wanted=is_wanted and not is_used)


def _refuse(state: PracticeState) -> None:
    if state.refusal == "practice_only":
        raise UserError("practice_only")
    if state.refusal == "practice_not_empty":
        raise UserError("practice_not_empty")
    if state.refusal == "practice_filled":
        raise UserError("practice_filled")


def _progress(session: Session) -> tuple[date, int] | None:
    """First day and days written, None before anything was."""
    text = session.scalar(select(Setting.value).where(Setting.key == PRACTICE_MONTH))
    values: dict[str, Any] = json.loads(text or "{}")
    if "first" not in values:
        return None
    return date.fromisoformat(values["first"]), int(values["days"])


def _keep_progress(session: Session, first: date, days: int) -> None:
    value = json.dumps({"first": first.isoformat(), "days": days})
    upsert(session.connection(), table_of(Setting), ["key"], [{"key": PRACTICE_MONTH, "value": value}])


__all__ = ["PracticeMonth", "PracticeReport", "PracticeState"]
