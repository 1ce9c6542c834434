"""A stall that lives through what random days bring: trade, a bad line, a full disk, the power going at any commit.

Everything is drawn from one seed, and the story keeps its own books in plain dictionaries. What the program's book says is
held against them, never the other way round (reliability G5). Sales reach a practice market over HTTP.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import and_, func, select

from jdy_desktop.models.channel import Offer, OfferSku, PreOrder
from jdy_desktop.models.documents import Document
from jdy_desktop.models.ids import PreOrderId, ShopId, SkuId
from jdy_desktop.models.parties import PartyMove, SettlementAccount
from jdy_desktop.models.states import DocumentKind, DocumentState, DownloadMode, DownloadRange, PayState, UploadState
from jdy_desktop.models.stock import StockBalance
from jdy_desktop.sandbox.server import PracticeMarket
from jdy_desktop.sandbox.world import BuyerRefused
from jdy_desktop.services.book.bills import Party
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.document_values import SavedDocument, SaveDocument, SaveLine
from jdy_desktop.services.book.parties import SaveSupplier
from jdy_desktop.services.book.payments import SavePayment
from jdy_desktop.services.bundle import Books, Services
from jdy_desktop.services.channel.downloads import DownloadRequest
from jdy_desktop.services.errors import JdyError, StockShort
from jdy_desktop.services.machine import backup
from jdy_desktop.services.machine.context import Context, SystemRandomness
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.folders import Folders
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.market_process import MarketInfo, use_market
from jdy_desktop.services.machine.settings import LocalSettings
from tests.support.clock import FrozenClock
from tests.support.program import callback_after_login, make_book

D = Decimal
K = DocumentKind
_IN = (K.PURCHASE, K.OTHER_RECEIPT, K.SALE_RETURN)
_LINE_FAULTS = ("answer_lost", "half_json", "garbage", "cut_before", "http_502", "throttle", "token_expired")
_ACTS = {
    "sell": 10, "buy": 4, "edit": 2, "void": 2, "bring_back": 1, "receive_money": 1, "work": 10, "buyer_pays": 3,
    "pass_time": 5, "press_upload": 2, "make_anew": 2, "bad_line": 5, "tokens_end": 1, "download": 1, "match": 1,
    "recompute": 1, "back_up": 1, "full_disk": 1, "power_goes": 4, "restart": 1,
}  # fmt: skip


class PowerCut(BaseException):
    """The program is gone; what is committed stays."""


class _Dice(SystemRandomness):
    """Keys of the story's own chance; no jitter."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice

    def key(self, length: int) -> str:
        return "".join(self._dice.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(length))

    def uniform(self, low: float, high: float) -> float:
        return (low + high) / 2


@dataclass
class Standing:
    """A document that stands in the story's own books."""

    request: SaveDocument
    saved: SavedDocument


class Story:
    """`act()` does the next thing; `check()` compares; `end_well()` lets the line heal and everything settle."""

    def __init__(self, folder: Path, market: PracticeMarket, seed: int) -> None:
        self.dice = random.Random(seed)
        self.market, self.world = market, market.world
        self.clock = FrozenClock()
        self.ctx = Context(clock=self.clock, random=_Dice(self.dice), operator="王姐")
        self.folders = Folders(folder)
        self.folders.make()
        self.settings = LocalSettings(self.folders.settings_file)
        use_market(self.settings, _info(market))
        self.path = make_book(self.folders, self.ctx)
        self.told = Counter[str]()
        self.done = Counter[str]()
        self.log: list[str] = []
        #: writes until the power goes; None: it stays.
        self.writes_left: int | None = None
        self._cuts_before = True
        self.standing: list[Standing] = []
        #: sale → (customer, what it asks), also after it was voided: its code may still be paid.
        self.asked: dict[int, tuple[int, Decimal]] = {}
        self.stock: dict[int, Decimal] = defaultdict(Decimal)
        self.debts: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
        self.services: Services = self._open()
        self.shop = self._authorize()
        services = self.services
        services.shops.set_market(self.shop, services.shops.markets("四季青服装市场")[0].id)
        services.downloads.run(JobContext(), DownloadRequest(self.shop, DownloadMode.CREATE, DownloadRange.ALL))
        services.matching.auto_match()
        self.skus = self._goods()
        with services.db.read() as session:
            self.cash = session.scalar(select(SettlementAccount.id).where(SettlementAccount.name == "现金"))
        self.customers = [one.id for one in services.parties.customers()][:2]
        self.supplier = services.parties.save_supplier(SaveSupplier(name="海宁工厂"))
        for sku in self.skus:
            self._save(self._request(K.OTHER_RECEIPT, [(sku, 30, D(5))]))

    # ---------------------------------------------------------------- the program

    def _open(self) -> Services:
        return Books(self.ctx, self.settings, self.folders, lambda _areas: None).open(self.path).services

    def restart(self) -> None:
        """The program ends, as it is, and is started again."""
        self.writes_left = None
        self.close()
        self.services = self._open()

    def close(self) -> None:
        self.services.connection.gateway().close()
        self.services.db.close()

    def _authorize(self, shop_id: ShopId | None = None) -> ShopId:
        request = self.services.shops.begin(shop_id)
        address = callback_after_login(self.market, request.url, 0)
        return self.services.shops.finish(JobContext(), address, request).shop_id

    def _goods(self) -> list[SkuId]:
        """Goods with one offer each, so that no choice is asked: six that 1688 sells by the piece, two of any kind."""
        easy = func.min(Offer.minimum_quantity) <= 1, func.min(OfferSku.online_stock) >= 5
        query = (
            select(OfferSku.sku_id, and_(*easy))
            .join(Offer, Offer.id == OfferSku.offer_pk)
            .where(OfferSku.sku_id.is_not(None))
            .group_by(OfferSku.sku_id)
            .having(func.count() == 1)
            .order_by(OfferSku.sku_id)
        )
        with self.services.db.read() as session:
            found = [(SkuId(sku), is_easy) for sku, is_easy in session.execute(query) if sku]
        by_the_piece = self.dice.sample([sku for sku, is_easy in found if is_easy], 6)
        return by_the_piece + self.dice.sample([sku for sku, _easy in found if sku not in by_the_piece], 2)

    def under_power(self, write: Callable[[Database], Any]) -> Callable[[Database], Any]:
        """`Database.write` under which the power may go just before a commit or just after it."""

        @contextmanager
        def cut(db: Database) -> Iterator[Any]:
            with write(db) as session:
                yield session
                self._may_go(before=True)
            self._may_go(before=False)

        return cut

    def _may_go(self, *, before: bool) -> None:
        if self.writes_left is None:
            return
        if before:
            self.writes_left -= 1
        if self.writes_left <= 0 and before is self._cuts_before:
            self.writes_left = None
            raise PowerCut

    # ---------------------------------------------------------------- acts

    def act(self) -> None:
        name = self.dice.choices(list(_ACTS), list(_ACTS.values()))[0]
        self.log.append(name)
        try:
            getattr(self, name)()
        except PowerCut:
            self.done["power cut"] += 1
            self.restart()
        except JdyError as error:
            self.told[error.code] += 1
        else:
            self.done[name] += 1

    def sell(self) -> None:
        if self.dice.random() < 0.8:
            self.sell_through_1688()
        else:
            self._sell(paid_amount=D(self.dice.choice((0, 5))), account_id=self.cash)

    def sell_through_1688(self) -> None:
        self._sell(shop_id=self.shop, makes_pre_order=True, customer_freight=D(self.dice.choice((0, 8))))

    def _sell(self, **more: Any) -> None:
        lines = self._lines(many=25 if self.dice.random() < 0.1 else 3)
        self._save(self._request(K.SALE, lines, customer_id=self.dice.choice(self.customers), **more))

    def buy(self) -> None:
        paid = D(self.dice.choice((0, 20)))
        self._save(
            self._request(
                K.PURCHASE, self._lines(many=20), supplier_id=self.supplier, paid_amount=paid, account_id=self.cash
            )
        )

    def bring_back(self) -> None:
        self._save(self._request(K.SALE_RETURN, self._lines(many=2), customer_id=self.dice.choice(self.customers)))

    def edit(self) -> None:
        """Other lines, through the version the clerk has on screen."""
        one = self._any_standing()
        changed = replace(
            one.request,
            lines=self._save_lines(self._lines(many=4)),
            document_id=one.saved.id,
            version=one.saved.version,
        )
        before = one.saved.version
        try:
            one_saved = self.services.documents.save(changed)
        except PowerCut:
            self.restart()
            view = self.services.documents.document(one.saved.id)
            if view.version == before:
                return
            one_saved = replace(one.saved, version=view.version)
        self._count(one.request, -1)
        one.request, one.saved = changed, one_saved
        self._count(changed, +1)
        self._note(one)

    def void(self) -> None:
        one = self._any_standing()
        try:
            self.services.documents.void(one.saved.id, one.saved.version)
        except PowerCut:
            self.restart()
            if self.services.documents.document(one.saved.id).state is not DocumentState.VOIDED:
                return
        self.standing.remove(one)
        self._count(one.request, -1)

    def receive_money(self) -> None:
        party, amount = Party("customer", self.dice.choice(self.customers)), D(self.dice.randint(1, 30))
        request = SavePayment(self.services.payments.new_client_key(), party, self.clock.today(), amount, self.cash)
        try:
            self.services.payments.save(request)
        except PowerCut:
            # The clerk does not know either, and presses the key again.
            self.restart()
            self.services.payments.save(request)
        self.debts["customer", party.id] -= amount

    def work(self) -> None:
        self.services.pre_orders.work(JobContext())

    def buyer_pays(self) -> None:
        """Somebody who has the code in front of him pays."""
        shown = [one.number for one in self.world.pre_orders.values() if one.paid is None]
        if shown:
            try:
                self.world.pay(self.dice.choice(shown))
            except BuyerRefused:
                self.told["buyer refused"] += 1

    def pass_time(self) -> None:
        self._pass(self.dice.choice((5, 31, 61, 600, 3 * 3600, 11 * 3600, 3 * 86_400)))

    def _pass(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)
        self.world.advance(seconds=seconds)

    def press_upload(self) -> None:
        if rows := self._pre_orders(UploadState.FAILED, UploadState.WAITING):
            self.services.pre_orders.upload_again(self.dice.choice(rows))

    def make_anew(self) -> None:
        if rows := self._pre_orders(UploadState.UPLOADED):
            self.services.pre_orders.recreate(self.dice.choice(rows))

    def bad_line(self) -> None:
        name = self.dice.choice(_LINE_FAULTS)
        self.world.faults.add(name, count=self.dice.randint(1, 3), skip=self.dice.randint(0, 2))
        if self.dice.random() < 0.3:
            self.world.faults.add("list_lag", count=4, seconds=20)

    def tokens_end(self) -> None:
        self.world.expire_access_tokens()
        if self.dice.random() < 0.3:
            self._authorize(self.shop)

    def download(self) -> None:
        mode = self.dice.choice((DownloadMode.CREATE, DownloadMode.INFO_ONLY))
        self.services.downloads.run(JobContext(), DownloadRequest(self.shop, mode, DownloadRange.ALL))

    def match(self) -> None:
        self.services.matching.auto_match()

    def recompute(self) -> None:
        self.services.cost_recompute.run(JobContext())

    def back_up(self) -> None:
        made = backup.back_up_now(self.path, self.folders.backups, self.ctx)
        backup.check_file(made.path)

    def full_disk(self) -> None:
        """No page more for this file until the program is started again; what is refused is refused whole."""
        raw = self.services.db.engine.raw_connection()
        try:
            cursor = raw.cursor()
            pages = cursor.execute("PRAGMA page_count").fetchone()[0]
            cursor.execute(f"PRAGMA max_page_count = {pages}")
        finally:
            raw.close()
        try:
            for _ in range(6):
                with suppress(StockShort):
                    self.sell()
        finally:
            self.restart()

    def power_goes(self) -> None:
        """Soon: at one of the next commits, before it or after it."""
        self.cut_at(self.dice.randint(1, 4), before=self.dice.random() < 0.5)

    def cut_at(self, write: int, *, before: bool) -> None:
        """The power goes at so many writes from now."""
        self.writes_left, self._cuts_before = write, before

    # ---------------------------------------------------------------- its own books

    def _lines(self, many: int) -> list[tuple[SkuId, int, Decimal]]:
        count = self.dice.randint(1, 3)
        return [
            (self.dice.choice(self.skus), self.dice.randint(1, many), D(self.dice.randint(100, 9000)) / 100)
            for _ in range(count)
        ]

    def _save_lines(self, lines: list[tuple[SkuId, int, Decimal]]) -> tuple[SaveLine, ...]:
        return tuple(SaveLine(sku, D(pieces), price) for sku, pieces, price in lines)

    def _request(self, kind: DocumentKind, lines: list[tuple[SkuId, int, Decimal]], **more: Any) -> SaveDocument:
        key = self.services.documents.new_client_key()
        return SaveDocument(kind, key, self.clock.today(), self._save_lines(lines), **more)

    def _save(self, request: SaveDocument) -> None:
        try:
            saved = self.services.documents.save(request)
        except PowerCut:
            # 已保存 was never shown: the form is still there as a draft, and the clerk presses 完成 again.
            self.restart()
            saved = self.services.documents.save(self.again(request))
        self.standing.append(Standing(request, saved))
        self._count(request, +1)
        self._note(self.standing[-1])

    def again(self, request: SaveDocument) -> SaveDocument:
        """The same form, as its draft kept it."""
        return request

    def _note(self, one: Standing) -> None:
        if one.request.kind is K.SALE:
            self.asked[one.saved.id] = (one.request.customer_id or 0, _total(one.request))

    def _count(self, request: SaveDocument, sign: int) -> None:
        total = _total(request)
        for line in request.lines:
            self.stock[line.sku_id] += sign * (1 if request.kind in _IN else -1) * line.quantity
        if request.customer_id is not None:
            owed = total - (request.paid_amount or D(0)) if request.kind is K.SALE else -total
            self.debts["customer", request.customer_id] += sign * owed
        elif request.kind is K.PURCHASE:
            self.debts["supplier", request.supplier_id or 0] -= sign * (total - (request.paid_amount or D(0)))

    def _any_standing(self) -> Standing:
        return self.dice.choice(self.standing[-12:])

    def _pre_orders(self, *states: UploadState) -> list[PreOrderId]:
        with self.services.db.read() as session:
            found = session.scalars(select(PreOrder.id).where(PreOrder.upload_state.in_(states)).order_by(PreOrder.id))
            return [PreOrderId(one) for one in found]

    # ---------------------------------------------------------------- held against the program's

    def check(self) -> None:
        """Stock, debts and what stands are what the story did; the book agrees with itself."""
        db = self.services.db
        assert check_book(db, JobContext()).problems == ()
        with db.read() as session:
            pieces = session.execute(
                select(StockBalance.sku_id, func.sum(StockBalance.quantity)).group_by(StockBalance.sku_id)
            )
            assert _nonzero(dict(pieces.all())) == _nonzero(self.stock)
            moves = session.execute(
                select(PartyMove.customer_id, PartyMove.supplier_id, func.sum(PartyMove.amount)).group_by(
                    PartyMove.customer_id, PartyMove.supplier_id
                )
            )
            owed = {("customer", one) if one else ("supplier", two): amount for one, two, amount in moves}
            paid = session.scalars(select(PreOrder.sale_id).where(PreOrder.pay_state == PayState.PAID)).all()
            stands = session.scalar(select(func.count()).where(Document.state != DocumentState.VOIDED))
        wanted = defaultdict(Decimal, self.debts)
        for sale in paid:
            customer, amount = self.asked[sale]
            wanted["customer", customer] -= amount
        assert _nonzero(owed) == _nonzero(wanted)
        assert stands == len(self.standing)

    def end_well(self) -> None:
        """The line heals; in a while everything is settled, and 1688 and the book tell the same."""
        self.writes_left = None
        self.world.faults.clear()
        self._authorize(self.shop)
        pre_orders = self.services.pre_orders
        for _ in range(60):
            pre_orders.work(JobContext())
            if pre_orders.waiting().count == 0:
                break
            self._pass(61)
        assert pre_orders.waiting().count == 0, "still on the way"
        pre_orders.poll(JobContext(), self._pre_orders(UploadState.UPLOADED))
        self.check()
        self._check_1688()

    def _check_1688(self) -> None:
        with self.services.db.read() as session:
            rows = session.scalars(select(PreOrder)).all()
            session.expunge_all()
        remote = {one.remark[1:11]: one for one in self.world.pre_orders.values()}
        assert len(remote) == len(self.world.pre_orders), "two codes for one sale"
        uploaded = {row.key: row for row in rows if row.upload_state == UploadState.UPLOADED}
        assert set(remote) == set(uploaded), "a code nobody knows of, or one that is not there"
        for key, row in uploaded.items():
            there = remote[key]
            assert (str(there.number), D(there.due_fen) / 100) == (row.number, self.asked[row.sale_id][1])
            assert (there.paid is not None) == (row.pay_state == PayState.PAID)
        paid = Counter(row.sale_id for row in rows if row.pay_state == PayState.PAID)
        assert max(paid.values(), default=0) <= 1, "paid twice"


def _total(request: SaveDocument) -> Decimal:
    """Of whole pieces at prices of two places nothing is rounded."""
    return sum((line.quantity * line.price for line in request.lines), D(0)) + request.customer_freight


def _nonzero(amounts: Any) -> dict[Any, Decimal]:
    return {key: amount for key, amount in amounts.items() if amount}


def _info(market: PracticeMarket) -> MarketInfo:
    ready = market.ready
    names = ("gateway", "auth", "images", "app_key", "app_secret")
    return MarketInfo(**{name: ready[name] for name in names}, accounts=())
