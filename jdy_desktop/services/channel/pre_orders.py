"""The outbox: pre-orders on their way to 1688 and what the buyers did with them (design §5, manual 6).

Never two 1688 pre-orders for one sale: a row is claimed and stored before it is sent once; an answer that does not
come makes it 待核对, which is looked up and not sent again before two empty look-ups (`outbox.py`, `pre_order_search.py`).
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NoReturn, TypeVar

from jdy_desktop.models.ids import PreOrderId, PreOrderNumber, ShopId
from jdy_desktop.models.states import PayState, UploadState
from jdy_desktop.services.channel import paid_sales
from jdy_desktop.services.channel import pre_order_desk as desk
from jdy_desktop.services.channel.elsewhere import Elsewhere
from jdy_desktop.services.channel.outbox import Claim, Due, OpenOrder, Outbox, Timing, may_send
from jdy_desktop.services.channel.pre_order_desk import pause_after_restore
from jdy_desktop.services.channel.pre_order_draft import NotSendable
from jdy_desktop.services.channel.pre_order_search import Found, Listing, Verdict, judge, read_listing
from jdy_desktop.services.channel.pre_order_values import Candidate, CodeView, Event, OutboxState, WorkReport
from jdy_desktop.services.channel.server_time import Patience, ServerTime
from jdy_desktop.services.errors import (
    BadAnswer,
    JdyError,
    JobCancelled,
    LinkError,
    LocalError,
    NoPermission,
    PlatformError,
    RateLimited,
    TokenExpired,
    UserError,
)
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext

if TYPE_CHECKING:
    from jdy_desktop.services.ali1688.client import Gateway
    from jdy_desktop.services.ali1688.values import PreOrderPage, RemotePreOrder
    from jdy_desktop.services.channel.shop_tokens import TokenGiver

__all__ = [
    "Candidate",
    "CodeView",
    "Event",
    "OutboxState",
    "PreOrders",
    "Timing",
    "WorkReport",
    "pause_after_restore",
]

log = logging.getLogger(__name__)

_T = TypeVar("_T", Due, OpenOrder)

#: So many open ones of a shop are asked for by number; more of them page by page.
_BY_NUMBER = 3
_OVER_POLL_S = 600.0


@dataclass
class _Round:
    """What one round did so far; becomes a WorkReport."""

    events: dict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    is_offline: bool = False

    def report(self) -> WorkReport:
        found = {name: tuple(events) for name, events in self.events.items()}
        return WorkReport(is_offline=self.is_offline, **found)


class _ShopWaits(Exception):
    """The rest of this shop's rows waits for its next turn."""


class PreOrders:
    """Thread-safe; several rounds (and several PCs on one book) may run at once: the database decides who sends."""

    def __init__(
        self,
        db: Database,
        ctx: Context,
        shops: TokenGiver,
        gateway: Callable[[], Gateway],
        *,
        timing: Timing | None = None,
    ) -> None:
        self._db = db
        self._ctx = ctx
        self._shops = shops
        self._gateway = gateway
        self._time = ServerTime(ctx)
        self.timing = timing or Timing()
        self._outbox = Outbox(db, ctx, self.timing)
        self.elsewhere = Elsewhere(db, ctx, shops, gateway)
        self._pauses: dict[ShopId, tuple[int, float]] = {}
        self._polled: dict[PreOrderId, float] = {}
        self._has_caught_up = False

    # ------------------------------------------------------------ rounds

    def work(self, job: JobContext) -> WorkReport:
        """Send what is due, look up what is unclear, ask for pay states. One bad row never stops the others.

        Raises JobCancelled, and UserError when this PC's 1688 settings are missing (only when there is something to do).
        """
        done = _Round()
        if not self._has_caught_up:
            paid_sales.catch_up(self._db, self._ctx)
            self._has_caught_up = True
        with self._db.read() as session:
            shops = may_send(session)
        waiting = self._outbox.due(UploadState.WAITING)
        desk.tell_waiting(self._db, [one.id for one in waiting if one.shop_id not in shops], "token_expired")
        waiting = [one for one in waiting if one.shop_id in shops]
        unclear = [one for one in self._outbox.due(UploadState.UNCLEAR) if one.shop_id in shops]
        open_orders = [one for one in self._due_polls() if one.shop_id in shops]
        restored = desk.restored_and_unchecked(self._db)
        if not (waiting or unclear or open_orders or restored or self._outbox.due(UploadState.UPLOADING)):
            return done.report()
        try:
            server_now = self._time.now(self._gateway(), job)
        except (LinkError, RateLimited, BadAnswer) as exc:
            log.info("1688 does not tell the time, nothing sent: %s", exc)
            return WorkReport(is_offline=isinstance(exc, LinkError))
        if restored and not self._counters_raised(job, shops, restored):
            return WorkReport(is_offline=True)
        self._outbox.reap(server_now)
        self._each_shop(done, unclear, lambda shop, rows: self._look_up_shop(job, shop, rows, done))
        self._each_shop(done, waiting, lambda shop, rows: self._send_shop(job, rows, done))
        self._each_shop(done, open_orders, lambda shop, rows: self._poll_shop(job, shop, rows, done))
        return done.report()

    def send(self, job: JobContext, id: PreOrderId) -> WorkReport:
        """Send one row now, whatever pause its shop has. Nothing happens when it is not 待上传."""
        done = _Round()
        self._time.now(self._gateway(), job)
        due = self._shop_of(id)
        self._pauses.pop(due.shop_id, None)
        self._each_shop(done, [due], lambda _shop, rows: self._send_shop(job, rows, done))
        return done.report()

    def look_up(self, job: JobContext, id: PreOrderId) -> WorkReport:
        """核对 one row now. An empty one counts only when it comes late enough, however often the key is pressed."""
        done = _Round()
        self._outbox.reap(self._time.now(self._gateway(), job))
        due = self._shop_of(id)
        self._pauses.pop(due.shop_id, None)
        self._each_shop(done, [due], lambda shop, rows: self._look_up_shop(job, shop, rows, done))
        return done.report()

    def poll(self, job: JobContext, ids: Sequence[PreOrderId]) -> WorkReport:
        """Ask for the pay state of these now (every 5 s while a code is on screen); negative ids were made elsewhere."""
        done = _Round()
        self.elsewhere.poll(job, [one for one in ids if one < 0])
        wanted = [one for one in self._outbox.open_orders(self.server_now()) if one.id in set(ids)]
        if wanted:
            self._time.now(self._gateway(), job)
            self._each_shop(done, wanted, lambda shop, rows: self._poll_shop(job, shop, rows, done))
        return done.report()

    def server_now(self) -> datetime:
        """1688's time as far as known: expiry counts by it, not by this PC's clock (F18)."""
        return self._time.estimate()

    # ------------------------------------------------------------ the clerk's decisions

    def candidates(self, job: JobContext, id: PreOrderId) -> tuple[Candidate, ...]:
        """What 1688 has that may be this 待核对 row's; for the clerk to choose from. Raises LinkError, PlatformError."""
        shop_id = self._shop_of(id).shop_id
        verdict = self._judge(id, shop_id, self._listing(job, shop_id, [id]))
        return tuple(
            Candidate(one.number, one.created_at, one.total + one.freight, one.remark)
            for one in (verdict.orders if verdict else ())
        )

    def link(self, id: PreOrderId, number: PreOrderNumber) -> None:
        """The clerk says which one of 1688 it is. Raises UserError(pre_order_changed, pre_order_number_taken)."""
        self._outbox.link(id, number)

    def send_anyway(self, id: PreOrderId) -> None:
        """The clerk says that none of 1688's is ours. Raises UserError(pre_order_changed)."""
        self._outbox.send_anyway(id)

    def upload_again(self, id: PreOrderId) -> None:
        """上传 (M154). Raises UserError: pre_order_unclear, pre_order_uploaded, pre_order_sending, sale_voided …"""
        desk.upload_again(self._db, self._ctx, id)

    def recreate(self, id: PreOrderId) -> PreOrderId:
        """重新创建 from the same sale: a new row with a new key, the old one is kept (M135, F23). Raises UserError."""
        return desk.recreate(self._db, self._ctx, id, self.server_now())

    def code(self, id: PreOrderId) -> CodeView:
        if id < 0:
            return self.elsewhere.code(id, self.server_now())
        return desk.code(self._db, id, self.server_now())

    def mark_shown(self, id: PreOrderId) -> None:
        """The code was on a screen or on paper: from now on a buyer may hold it."""
        if id > 0:
            desk.mark_shown(self._db, self._ctx, id)

    def waiting(self) -> OutboxState:
        return desk.waiting(self._db)

    def after_restore(self) -> int:
        """F22: nothing of an old backup is sent before 1688 was asked. How many rows."""
        return pause_after_restore(self._db, self._ctx)

    def _shop_of(self, id: PreOrderId) -> Due:
        with self._db.read() as session:
            return Due(id, ShopId(desk.get(session, id).shop_id))

    def _counters_raised(self, job: JobContext, shops: Iterable[int], since: datetime) -> bool:
        """After a restore, before anything is sent: sale numbers that 1688 knows are not given again (F22)."""
        remarks: list[str] = []
        try:
            for shop_id in shops:
                listing = read_listing(self._pages(job, ShopId(shop_id)), since)
                remarks += [one.remark for one in listing.orders]
        except (LinkError, PlatformError, LocalError) as exc:
            log.warning("restored book not compared with 1688 yet: %s", exc)
            return False
        raised = desk.raise_counters(self._db, remarks)
        log.info("restored book compared with 1688, counters raised=%s", raised)
        return True

    # ------------------------------------------------------------ sending

    def _send_shop(self, job: JobContext, rows: Iterable[Due], done: _Round) -> None:
        for row in rows:
            job.check()
            self._send_one(job, row, done)

    def _send_one(self, job: JobContext, row: Due, done: _Round) -> None:
        gateway = self._gateway()
        if not self._former_is_unpaid(job, gateway, row):
            done.events["failed"].append(self._outbox.event(row.id))
            return
        try:
            claim = self._outbox.claim(row.id, self._time.now(gateway, job))
        except NotSendable:
            done.events["failed"].append(self._outbox.event(row.id))
            return
        if claim is not None:
            self._carry_out(job, gateway, claim, done)

    def _carry_out(self, job: JobContext, gateway: Gateway, claim: Claim, done: _Round) -> None:
        """The one sending of a claimed row, and its answer stored. Raises _ShopWaits when the shop must pause."""
        tokens = self._shops.tokens(claim.shop_id)
        patience = Patience(job, self._ctx, self.timing.start_s)
        try:
            number = gateway.create_pre_order(tokens, claim.draft, patience)
        except JobCancelled:
            self._outbox.put_back(claim, "", "", 0)
            raise
        except BadAnswer as exc:
            self._now_unclear(claim, exc, done)
        except LinkError as exc:
            done.is_offline = True
            if not exc.outcome_unknown:
                self._put_back_and_wait(claim, exc, "")
            self._now_unclear(claim, exc, done)
            self._pause_shop(claim.shop_id, exc)
            raise _ShopWaits from exc
        except (RateLimited, LocalError) as exc:
            self._put_back_and_wait(claim, exc, "")
        except (TokenExpired, NoPermission) as exc:
            self._put_back_and_wait(claim, exc, exc.their_text)
        except PlatformError as exc:
            if exc.code == "signature_refused":
                self._put_back_and_wait(claim, exc, exc.their_text)
            self._now_refused(claim, exc.their_text or exc.their_code, "", done)
        except UserError as exc:
            self._now_refused(claim, "", exc.code, done)
        else:
            self._now_uploaded(job, gateway, claim, number, done)

    def _now_uploaded(
        self, job: JobContext, gateway: Gateway, claim: Claim, number: PreOrderNumber, done: _Round
    ) -> None:
        self._pauses.pop(claim.shop_id, None)
        self._outbox.uploaded(claim, number)
        self._fetch_url(job, gateway, OpenOrder(claim.id, claim.shop_id, number, lacks_url=True, is_over=False), done)
        done.events["uploaded"].append(self._outbox.event(claim.id))

    def _fetch_url(self, job: JobContext, gateway: Gateway, order: OpenOrder, done: _Round) -> None:
        """The code's address comes with the list, not with the answer. When it fails, the next poll brings it."""
        try:
            self._poll_number(job, gateway, order, done)
        except (LinkError, PlatformError, LocalError) as exc:
            log.info("code address not fetched yet pre_order=%s: %s", order.id, exc)

    def _now_unclear(self, claim: Claim, exc: JdyError, done: _Round) -> None:
        log.warning("outcome unknown pre_order=%s attempt=%s: %s", claim.id, claim.attempt, exc)
        self._outbox.unclear(claim, exc.code)
        done.events["unclear"].append(self._outbox.event(claim.id))

    def _now_refused(self, claim: Claim, text: str, advice: str, done: _Round) -> None:
        log.info("refused pre_order=%s: %s %s", claim.id, text, advice)
        self._outbox.refused(claim, text, advice)
        done.events["failed"].append(self._outbox.event(claim.id))

    def _put_back_and_wait(self, claim: Claim, exc: JdyError, text: str) -> NoReturn:
        """Nothing was made. The row waits, and so does its shop."""
        pause_s = self._pause_shop(claim.shop_id, exc)
        self._outbox.put_back(claim, exc.code, text, pause_s)
        raise _ShopWaits from exc

    def _former_is_unpaid(self, job: JobContext, gateway: Gateway, row: Due) -> bool:
        """Before a further generation is sent: an earlier one may have been paid while this PC was off."""
        formers = desk.formers_open(self._db, row.id)
        for former in formers:
            self._poll_number(job, gateway, former, _Round())
        return not (formers and desk.fail_when_paid(self._db, row.id))

    # ------------------------------------------------------------ looking up

    def _look_up_shop(self, job: JobContext, shop_id: ShopId, rows: Sequence[Due], done: _Round) -> None:
        try:
            listing = self._listing(job, shop_id, [row.id for row in rows])
        except (LinkError, PlatformError, LocalError) as exc:
            pause_s = self._pause_shop(shop_id, exc)
            for row in rows:
                self._outbox.postpone_lookup(row.id, pause_s)
            raise
        for row in rows:
            job.check()
            self._decide(job, row, listing, done)

    def _listing(self, job: JobContext, shop_id: ShopId, ids: Sequence[PreOrderId]) -> Listing:
        wanted = [one for one in map(self._outbox.wanted, ids) if one is not None]
        if not wanted:
            return Listing((), is_complete=False)
        return read_listing(self._pages(job, shop_id), min(one.sent_at for one in wanted))

    def _pages(self, job: JobContext, shop_id: ShopId) -> Callable[[int], PreOrderPage]:
        gateway, tokens = self._gateway(), self._shops.tokens(shop_id)

        def page(number: int) -> PreOrderPage:
            job.check()
            return gateway.pre_orders(tokens, page_index=number, job=Patience(job, self._ctx))

        return page

    def _judge(self, id: PreOrderId, shop_id: ShopId, listing: Listing) -> Verdict | None:
        wanted = self._outbox.wanted(id)
        if wanted is None:
            return None
        return judge(wanted, listing.orders, *self._outbox.known(shop_id, id))

    def _decide(self, job: JobContext, row: Due, listing: Listing, done: _Round) -> None:
        verdict = self._judge(row.id, row.shop_id, listing)
        if verdict is None:
            return
        numbers = tuple(one.number for one in verdict.orders)
        if verdict.found is Found.ALIKE and self._has_rival(row, verdict.orders[0], listing):
            verdict = Verdict(Found.ASK, verdict.orders)
        if verdict.found in (Found.KEY, Found.ALIKE):
            remote = verdict.orders[0]
            if self._outbox.found(row.id, remote, numbers[1:]):
                self._outbox.store_remote(row.id, remote, self.server_now())
                done.events["uploaded"].append(self._outbox.event(row.id))
        elif verdict.found is Found.ASK:
            self._outbox.ask(row.id, numbers)
        elif listing.is_complete:
            self._outbox.not_found(row.id, self._time.now(self._gateway(), job))
        else:
            self._outbox.postpone_lookup(row.id, self.timing.backoff_s[0])

    def _has_rival(self, row: Due, remote: RemotePreOrder, listing: Listing) -> bool:
        """Whether another 待核对 row of the shop could claim the same one: then nobody gets it unasked."""
        rivals = [one for one in self._outbox.unclear_ids(row.shop_id) if one != row.id]
        verdicts = (self._judge(one, row.shop_id, listing) for one in rivals)
        return any(one is not None and remote in one.orders for one in verdicts)

    # ------------------------------------------------------------ pay states

    def _due_polls(self) -> list[OpenOrder]:
        """Open rows whose last question is long enough ago."""
        now = self._ctx.clock.monotonic()
        due = []
        for one in self._outbox.open_orders(self.server_now()):
            wait_s = _OVER_POLL_S if one.is_over else self.timing.poll_s / (4 if one.lacks_url else 1)
            if now - self._polled.get(one.id, -_OVER_POLL_S * 2) >= wait_s:
                due.append(one)
        return due

    def _poll_shop(self, job: JobContext, shop_id: ShopId, rows: Sequence[OpenOrder], done: _Round) -> None:
        """A few are asked one by one; many together, page by page, never with more calls than one by one."""
        gateway, tokens = self._gateway(), self._shops.tokens(shop_id)
        left = {one.number: one for one in rows}
        pages = iter(range(1, len(rows) // 2 + 1 if len(rows) > _BY_NUMBER else 1))
        for number in pages:
            job.check()
            answer = gateway.pre_orders(tokens, page_index=number, job=Patience(job, self._ctx))
            for remote in answer.orders:
                if remote.number in left:
                    self._heard(left.pop(remote.number), remote, done)
            if answer.is_empty or not left:
                break
        for one in list(left.values())[: max(_BY_NUMBER, len(rows) // 2)]:
            job.check()
            self._poll_number(job, gateway, one, done)
        self._pauses.pop(shop_id, None)

    def _poll_number(self, job: JobContext, gateway: Gateway, order: OpenOrder, done: _Round) -> None:
        self._polled[order.id] = self._ctx.clock.monotonic()
        tokens = self._shops.tokens(order.shop_id)
        answer = gateway.pre_orders(tokens, number=PreOrderNumber(order.number), job=Patience(job, self._ctx))
        mine = next((one for one in answer.orders if one.number == order.number), None)
        if mine is not None:
            self._heard(order, mine, done)
        elif order.is_over and not answer.bad:
            self._outbox.note_gone(order.id, self.server_now())

    def _heard(self, order: OpenOrder, remote: RemotePreOrder, done: _Round) -> None:
        self._polled[order.id] = self._ctx.clock.monotonic()
        change = self._outbox.store_remote(order.id, remote, self.server_now())
        if change is not None:
            done.events["paid" if change is PayState.PAID else "scanned"].append(self._outbox.event(order.id))

    # ------------------------------------------------------------ shops that must pause

    def _each_shop(self, done: _Round, rows: Iterable[_T], act: Callable[[ShopId, list[_T]], None]) -> None:
        """Shop by shop; one that cannot go on now waits, the others do not wait for it."""
        by_shop: dict[ShopId, list[_T]] = defaultdict(list)
        for row in rows:
            by_shop[row.shop_id].append(row)
        for shop_id, mine in by_shop.items():
            if self._ctx.clock.monotonic() < self._pauses.get(shop_id, (0, 0.0))[1]:
                continue
            try:
                act(shop_id, mine)
            except _ShopWaits:
                continue
            except (LinkError, PlatformError, LocalError) as exc:
                done.is_offline = done.is_offline or isinstance(exc, LinkError)
                self._pause_shop(shop_id, exc)

    def _pause_shop(self, shop_id: ShopId, exc: JdyError) -> float:
        """Longer each time, with jitter so that the counters of a stall do not come back together (F4)."""
        times, _ = self._pauses.get(shop_id, (0, 0.0))
        steps = self.timing.backoff_s
        pause_s = steps[min(times, len(steps) - 1)] * self._ctx.random.uniform(0.8, 1.2)
        self._pauses[shop_id] = (times + 1, self._ctx.clock.monotonic() + pause_s)
        log.info("shop=%s pauses %.0f s: %s", shop_id, pause_s, exc)
        return pause_s
