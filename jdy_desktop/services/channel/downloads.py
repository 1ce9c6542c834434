"""下载: offers of a shop come into the book (manual 4.2; M53–M74, M86, M87, F3–F9)."""

from __future__ import annotations

import json
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from jdy_desktop.models.channel import DownloadRun, Offer, Shop
from jdy_desktop.models.ids import OfferId, ShopId
from jdy_desktop.models.states import DownloadMode, DownloadRange, OfferStatus
from jdy_desktop.services.book import audit
from jdy_desktop.services.book.bulk import table_of
from jdy_desktop.services.channel.offer_store import AttributeClash, AttributeWatch, store_offers
from jdy_desktop.services.channel.page_pump import pages_in_order
from jdy_desktop.services.channel.shops import Shops
from jdy_desktop.services.errors import JdyError, JobCancelled, LocalError, UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext

if TYPE_CHECKING:
    from jdy_desktop.services.ali1688.client import Gateway
    from jdy_desktop.services.ali1688.values import Offer as RemoteOffer
    from jdy_desktop.services.ali1688.values import OfferPage
    from jdy_desktop.services.channel.offer_goods import Made

log = logging.getLogger(__name__)

PAGE_SIZE = 20
WORKERS = 8
#: Rows per write transaction: the till waits for the lock no longer than this takes.
MAX_ROWS = 200
# One SKU of created goods is about this many rows: SKU, two prices, two values, platform row, match, history.
_ROWS_PER_MADE_SKU = 8
# After each commit the lock is left free for a moment; without it the next page would win it back from a waiting sale.
# Too short for 取消 to wait for.
_BREATH_S = 0.0005
# How often a shop is walked through at most when offers moved between the pages meanwhile (F6).
_MAX_WALKS = 4

_RUN = table_of(DownloadRun)
_PROGRESS = (
    update(_RUN).where(_RUN.c.id == bindparam("run")).values(next_page=bindparam("page"), counts=bindparam("so_far"))
)


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """`offer_ids` only with range SOME. ALL brings the offers on shelf (M58)."""

    shop_id: ShopId
    mode: DownloadMode
    range: DownloadRange
    offer_ids: tuple[OfferId, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeClash:
    """货号 was taken: the goods got another code, nothing was merged (F7)."""

    offer_id: str
    title: str
    wanted: str
    code: str


@dataclass(frozen=True, slots=True)
class DownloadReport:
    """What a download did, in offers.

    `offers` came in = `added` + `updated` + `unchanged`; for `created` of them goods were made, `linked` found theirs.
    `failed` names the offers that could not be read or made, with the reason; `unknown_ids` were asked for but 1688
    does not know them; `missed` is how many more 1688 counts than came (F6), 0 when all is well. `clashes` and
    `code_clashes` are warnings: nothing was lost.
    """

    run_id: int
    offers: int
    created: int
    linked: int
    added: int
    updated: int
    unchanged: int
    failed: tuple[tuple[str, str], ...]
    unknown_ids: tuple[str, ...]
    clashes: tuple[AttributeClash, ...]
    code_clashes: tuple[CodeClash, ...]
    missed: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class DownloadRunInfo:
    """A download that ended early and can go on where it stopped."""

    run_id: int
    request: DownloadRequest
    next_page: int
    offers: int
    started_at: datetime


@dataclass(slots=True)
class _Counts:
    """What stands in `download_run.counts`; survives a power cut together with the page it belongs to."""

    created: int = 0
    linked: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    total: int = 0
    walk: int = 1
    total_at_start: int = 0
    has_moved: bool = False
    match_batch: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    clashes: list[AttributeClash] = field(default_factory=list)
    code_clashes: list[CodeClash] = field(default_factory=list)

    @property
    def offers(self) -> int:
        return self.added + self.updated + self.unchanged

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> _Counts:
        raw: dict[str, Any] = json.loads(text)
        raw["clashes"] = [AttributeClash(**one) for one in raw.get("clashes", ())]
        raw["code_clashes"] = [CodeClash(**one) for one in raw.get("code_clashes", ())]
        return cls(**raw)


class Downloads:
    """One download per shop at a time; several threads fetch, the caller's thread writes."""

    def __init__(
        self, db: Database, ctx: Context, shops: Shops, gateway: Callable[[], Gateway], *, workers: int = WORKERS
    ) -> None:
        self._db = db
        self._ctx = ctx
        self._shops = shops
        self._gateway = gateway
        self._workers = workers
        self._running: set[ShopId] = set()
        self._running_lock = threading.Lock()

    def run(self, job: JobContext, request: DownloadRequest, resume_id: int | None = None) -> DownloadReport:
        """Fetch and store. Progress counts offers (note "offers"); 取消 takes effect between pages.

        `resume_id` goes on with a run of `unfinished`, whose own request counts. On TokenExpired, LinkError,
        RateLimited and JobCancelled what was stored stays and the run can be resumed. Raises
        UserError("download_running"), UserError("offer_ids_missing")."""
        with self._running_lock:
            if request.shop_id in self._running:
                raise UserError("download_running")
            self._running.add(request.shop_id)
        try:
            return self._run(job, request, resume_id)
        finally:
            with self._running_lock:
                self._running.discard(request.shop_id)

    def unfinished(self, shop_id: ShopId) -> DownloadRunInfo | None:
        """The last download of the shop if it stopped before its end (取消, cut, power lost); None while it runs."""
        if shop_id in self._running:
            return None
        with self._db.read() as session:
            run = session.scalar(
                select(DownloadRun).where(DownloadRun.shop_id == shop_id).order_by(DownloadRun.id.desc()).limit(1)
            )
            if run is None or run.state == "done":
                return None
            offers = _Counts.from_json(run.counts).offers
            return DownloadRunInfo(run.id, _request(run), run.next_page, offers, run.started_at)

    def _run(self, job: JobContext, request: DownloadRequest, resume_id: int | None) -> DownloadReport:
        if request.range is DownloadRange.SOME and not request.offer_ids:
            raise UserError("offer_ids_missing", field="offer_ids")
        writer = _Writer(self._db, self._ctx, request, resume_id)
        log.info("download begins run=%s shop=%s page=%s", writer.run_id, request.shop_id, writer.next_page)
        try:
            while True:
                for number, page, has_next in self._pages(job, writer):
                    writer.add(number, page, has_next)
                    job.step(writer.counts.offers, max(writer.counts.total, writer.counts.offers), "offers")
                writer.flush()
                if not writer.wants_another_walk():
                    break
        except (JdyError, JobCancelled) as exc:
            writer.pause(exc)
            raise
        report = writer.finish()
        job.step(report.offers, report.offers, "offers")
        return report

    def _pages(self, job: JobContext, writer: _Writer) -> Iterator[tuple[int, OfferPage, bool]]:
        tokens, gateway, request = self._shops.tokens(writer.request.shop_id), self._gateway(), writer.request
        if request.range is DownloadRange.ALL:
            return pages_in_order(
                lambda number, inner: gateway.offer_page(tokens, number, inner),
                job,
                first=writer.next_page,
                page_size=PAGE_SIZE,
                workers=self._workers,
            )
        ids = request.offer_ids

        def batch(number: int, inner: JobContext) -> OfferPage:
            return gateway.offers_by_ids(tokens, ids[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], inner)

        last = math.ceil(len(ids) / PAGE_SIZE)
        return pages_in_order(batch, job, first=writer.next_page, workers=self._workers, last=last)


class _Writer:
    """Stores pages in their order; run row, counts and offers change in the same transaction."""

    def __init__(self, db: Database, ctx: Context, request: DownloadRequest, resume_id: int | None) -> None:
        self._db = db
        self._ctx = ctx
        with db.write() as session:
            run = _resumed(session, request, resume_id) if resume_id else _started(session, request, ctx.clock.now())
            shop = session.get_one(Shop, run.shop_id)
            self.request = _request(run)
            self.run_id = run.id
            self.next_page = run.next_page
            self.counts = _Counts.from_json(run.counts)
            self._shop_name = shop.name
            self._watch = AttributeWatch(session)
            self._seen = _seen(session, run) if resume_id else set()
        self._offers: list[RemoteOffer] = []
        self._rows = 0
        self._page_after = self.next_page

    @property
    def _creates(self) -> bool:
        return self.request.mode is DownloadMode.CREATE

    def add(self, number: int, page: OfferPage, has_next: bool) -> None:
        """Take a page; written at once unless the next one is here already and both fit into one transaction."""
        counts = self.counts
        if self.request.range is DownloadRange.ALL:
            counts.total = page.total
            if number == 1:
                counts.total_at_start, counts.has_moved = page.total, False
            # An offer that left the shelf pulls all later ones one place forward: one of them slips past us unseen.
            counts.has_moved |= page.total != counts.total_at_start
        for bad in page.bad:
            log.warning("offer not readable offer=%s field=%s", bad.offer_id, bad.reason)
            counts.failed[bad.offer_id or f"page {number}"] = bad.reason
        for offer in page.offers:
            if counts.walk > 1 and offer.offer_id in self._seen:
                continue
            if self.request.range is DownloadRange.ALL and offer.status is not OfferStatus.ON_SHELF:
                self._seen.add(offer.offer_id)
                continue
            rows = self._rows_of(offer)
            if self._offers and self._rows + rows > MAX_ROWS:
                self.flush()
            self._offers.append(offer)
            self._rows += rows
        self._page_after = number + 1
        if not has_next or not self._offers:
            self.flush()

    def flush(self) -> None:
        """One transaction: what was collected, how far we are, and what was counted."""
        if not self._offers and self._page_after == self.next_page:
            return
        offers, self._offers, self._rows = self._offers, [], 0
        with self._db.write() as session:
            self._store(session, offers)
            values = {"run": self.run_id, "page": self._page_after, "so_far": self.counts.to_json()}
            session.connection().execute(_PROGRESS, values)
        self.next_page = self._page_after
        time.sleep(_BREATH_S)

    def wants_another_walk(self) -> bool:
        """Offers came or went while we read, or 1688 counts more than came: begin again at page 1 (F6)."""
        counts = self.counts
        if counts.walk >= _MAX_WALKS or not (counts.has_moved or self._missed()):
            return False
        log.info("download run=%s: offers moved, missing %s, walking again", self.run_id, self._missed())
        counts.walk += 1
        self._page_after = 1
        self.flush()
        return True

    def pause(self, exc: BaseException) -> None:
        """Keep the run so that it can be resumed; the error goes on to the clerk."""
        log.info("download stops run=%s page=%s: %s", self.run_id, self.next_page, type(exc).__name__)
        try:
            with self._db.write() as session:
                session.execute(update(DownloadRun).where(DownloadRun.id == self.run_id).values(state="paused"))
        except LocalError as second:
            # A run that still reads "running" can be resumed as well; the first error is the one to tell.
            log.warning("run=%s not marked as paused: %s", self.run_id, second)

    def finish(self) -> DownloadReport:
        counts, known = self.counts, self._seen | set(self.counts.failed)
        unknown = tuple(one for one in self.request.offer_ids if one not in known)
        with self._db.write() as session:
            values = {"state": "done", "finished_at": self._ctx.clock.now(), "counts": counts.to_json()}
            session.execute(update(DownloadRun).where(DownloadRun.id == self.run_id).values(values))
            done = {
                **{name: getattr(counts, name) for name in ("created", "linked", "added", "updated", "unchanged")},
                "mode": self.request.mode,
                "range": self.request.range,
                "failed": len(counts.failed),
            }
            audit.record(session, self._ctx, "download", "shop", self.request.shop_id, None, done)
        log.info("download done run=%s offers=%s", self.run_id, counts.offers)
        return DownloadReport(
            run_id=self.run_id,
            offers=counts.offers,
            created=counts.created,
            linked=counts.linked,
            added=counts.added,
            updated=counts.updated,
            unchanged=counts.unchanged,
            failed=tuple(counts.failed.items()),
            unknown_ids=unknown,
            clashes=tuple(counts.clashes),
            code_clashes=tuple(counts.code_clashes),
            missed=self._missed(),
            is_complete=not counts.failed and not unknown and self._missed() == 0,
        )

    def _rows_of(self, offer: RemoteOffer) -> int:
        return 1 + max(len(offer.skus), 1) * (_ROWS_PER_MADE_SKU if self._creates else 1)

    def _missed(self) -> int:
        """Offers that 1688 counted on its last page beyond those that came, readable or not."""
        return max(self.counts.total - len(self._seen | set(self.counts.failed)), 0)

    def _store(self, session: Session, offers: list[RemoteOffer]) -> None:
        if not offers:
            return
        stored = store_offers(session.connection(), self.request.shop_id, offers, self._ctx.clock.now())
        counts, new = self.counts, stored.pks.keys() - self._seen
        counts.added += len(stored.added & new)
        counts.updated += len(stored.updated & new)
        counts.unchanged += len(stored.unchanged & new)
        self._seen |= stored.pks.keys()
        for offer in offers:
            if offer.offer_id not in stored.unchanged:
                counts.clashes += self._watch.look(offer)
        if self._creates:
            self._make_goods(session, [stored.pks[str(one.offer_id)] for one in offers])

    def _make_goods(self, session: Session, pks: list[int]) -> None:
        from jdy_desktop.services.channel.offer_goods import GoodsMaker

        maker = GoodsMaker(session, self._ctx, self._shop_name, self.counts.match_batch or None)
        self.counts.match_batch = maker.batch
        for made in maker.make(pks):
            self._count_made(made)

    def _count_made(self, made: Made) -> None:
        counts = self.counts
        if made.outcome == "failed":
            counts.failed[made.offer_id] = made.reason
        elif made.outcome == "linked":
            counts.linked += 1
        else:
            counts.created += 1
            if made.code != made.wanted:
                counts.code_clashes.append(CodeClash(made.offer_id, made.title, made.wanted, made.code))


def _started(session: Session, request: DownloadRequest, now: datetime) -> DownloadRun:
    run = DownloadRun(
        shop_id=request.shop_id,
        mode=request.mode,
        range=request.range,
        offer_ids=json.dumps(list(dict.fromkeys(request.offer_ids))),
        next_page=1,
        state="running",
        counts=_Counts().to_json(),
        started_at=now,
    )
    session.add(run)
    session.flush()
    return run


def _resumed(session: Session, request: DownloadRequest, resume_id: int) -> DownloadRun:
    run = session.get(DownloadRun, resume_id)
    if run is None or run.shop_id != request.shop_id or run.state == "done":
        raise UserError("download_not_resumable")
    run.state = "running"
    return run


def _seen(session: Session, run: DownloadRun) -> set[str]:
    """Offers that this run has stored before it stopped."""
    wanted = select(Offer.offer_id).where(Offer.shop_id == run.shop_id, Offer.downloaded_at >= run.started_at)
    return set(session.scalars(wanted))


def _request(run: DownloadRun) -> DownloadRequest:
    return DownloadRequest(
        ShopId(run.shop_id),
        DownloadMode(run.mode),
        DownloadRange(run.range),
        tuple(OfferId(one) for one in json.loads(run.offer_ids)),
    )
