"""Whatever the clerk does with a sale or its pre-order, 1688 never gets a second live one, and none that nobody approved."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from jdy_desktop.models.account import AccountSet, NumberSeries
from jdy_desktop.models.catalog import Product
from jdy_desktop.models.channel import PreOrder
from jdy_desktop.models.documents import Document
from jdy_desktop.models.ids import CustomerId, OfferSkuId, PreOrderId, ShopId, SkuId, WarehouseId
from jdy_desktop.models.states import DocumentKind, Role, UploadState
from jdy_desktop.sandbox.server import PracticeMarket
from jdy_desktop.services.book.document_values import SavedDocument, SaveDocument, SaveLine
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.services.bundle import Books
from jdy_desktop.services.channel.matching import Matching
from jdy_desktop.services.channel.pre_orders import pause_after_restore
from jdy_desktop.services.errors import LocalError, Refused, UserError
from jdy_desktop.services.machine import backup
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.folders import Folders
from jdy_desktop.services.machine.settings import LocalSettings
from tests.support.clock import FrozenClock
from tests.support.outbox import BAG, SHIRT, TAPE_23, Stall


@pytest.fixture
def stall(book: Database, market: PracticeMarket, frozen_clock: FrozenClock) -> Iterator[Stall]:
    stall = Stall(book, market, frozen_clock)
    yield stall
    stall.gateway.close()


class Desk:
    """A stall where somebody reviews what was sold; its documents go through the service."""

    def __init__(self, stall: Stall) -> None:
        self.stall = stall
        self.documents = Documents(stall.book, stall.ctx)
        self.sku, self.tape = SkuId(stall.shirts()), SkuId(stall.goods("t1", "绝缘胶带"))
        with stall.book.write() as session:
            session.get_one(AccountSet, 1).needs_review = True
            session.execute(update(Product).values(allow_negative=True))

    def sell(self, sku: SkuId | None = None, offer_sku: OfferSkuId | None = None) -> SavedDocument:
        line = SaveLine(sku or self.sku, Decimal(2), Decimal(188), offer_sku_id=offer_sku)
        return self.documents.save(
            SaveDocument(
                kind=DocumentKind.SALE, client_key=self.documents.new_client_key(), day=self.stall.clock.today(),
                lines=(line,), customer_id=CustomerId(1), warehouse_id=WarehouseId(1), shop_id=ShopId(1),
                makes_pre_order=True,
            )
        )  # fmt: skip

    def orders(self) -> list[PreOrderId]:
        with self.stall.book.read() as session:
            return [PreOrderId(one) for one in session.scalars(select(PreOrder.id).order_by(PreOrder.id))]


# ---------------------------------------------------------------- what was not reviewed


def test_a_sale_whose_review_was_taken_back_is_not_uploaded_by_hand(stall: Stall) -> None:
    desk = Desk(stall)
    sale = desk.sell()
    reviewed = desk.documents.review(sale.id, sale.version)
    back = desk.documents.unreview(sale.id, reviewed.version)
    [id] = desk.orders()
    assert (stall.state(id), stall.row(id).advice) == ("failed", "sale_unreviewed")
    with pytest.raises(UserError, match="sale_unreviewed"):
        stall.pre_orders.upload_again(id)
    stall.work()
    assert (stall.state(id), stall.remote) == ("failed", [])
    desk.documents.review(sale.id, back.version)
    stall.work()
    assert (stall.state(id), len(stall.remote)) == ("uploaded", 1)


def test_a_waiting_row_of_a_sale_nobody_reviewed_is_held_back_before_it_is_sent(stall: Stall) -> None:
    """However it came to wait: what is about to be sent is asked once more."""
    Desk(stall)
    id = stall.sale([(1, 2, SHIRT[2])])
    stall.work()
    assert (stall.state(id), stall.row(id).advice, stall.remote) == ("failed", "sale_unreviewed", [])
    with stall.book.write() as session:
        session.get_one(AccountSet, 1).needs_review = False
    stall.pre_orders.upload_again(id)
    stall.work()
    assert stall.state(id) == "uploaded"


# ---------------------------------------------------------------- what a restored book does not know


def restore(stall: Stall, *forgotten: PreOrderId) -> None:
    """The book as it was before these rows were made, a minute ago, and not written to since."""
    with stall.book.write() as session:
        for id in forgotten:
            session.delete(session.get_one(PreOrder, id))
    stall.pass_time(minutes=1)
    pause_after_restore(stall.book, stall.ctx)
    stall.pass_time(minutes=1)


@pytest.mark.parametrize("was_made", [True, False])
def test_a_code_made_anew_after_the_backup_is_found_not_made_again(stall: Stall, was_made: bool) -> None:
    id = stall.sale([(stall.shirts(), 2, SHIRT[2])])
    stall.work()
    stall.pass_time(days=6)
    lost = stall.pre_orders.recreate(id)
    if was_made:
        stall.work()
    number = stall.row(lost).number
    restore(stall, lost)
    again = stall.pre_orders.recreate(id)
    stall.work()
    assert len(stall.remote) == 1 + was_made
    assert (stall.state(again), stall.row(again).number) == ("uploaded" if was_made else "unclear", number)
    stall.work_until_quiet(seconds=61)
    assert (stall.state(again), len(stall.remote)) == ("uploaded", 2)
    # What is sold from now on is known here, and goes without asking.
    fresh = stall.sale([(1, 3, SHIRT[2])])
    stall.work()
    assert stall.state(fresh) == "uploaded"


@pytest.mark.parametrize("had_row", [True, False])
def test_a_sale_reviewed_after_the_backup_is_looked_up_when_it_is_reviewed_again(stall: Stall, had_row: bool) -> None:
    desk = Desk(stall)
    sale = desk.sell()
    saved = sale.version
    if had_row:
        saved = desk.documents.unreview(sale.id, desk.documents.review(sale.id, saved).version).version
    reviewed = desk.documents.review(sale.id, saved)
    stall.work()
    [id] = desk.orders()
    number = stall.row(id).number
    assert number
    stall.change(id, upload_state=UploadState.FAILED, number="", detail_url="", sent_at=None, advice="sale_unreviewed")
    back = desk.documents.unreview(sale.id, reviewed.version)
    restore(stall, *(() if had_row else (id,)))
    desk.documents.review(sale.id, back.version)
    [id] = desk.orders()
    assert stall.state(id) == "unclear"
    stall.work_until_quiet(seconds=61)
    assert (stall.row(id).number, len(stall.remote)) == (number, 1)


def test_a_backup_that_is_picked_like_a_book_is_restored_whatever_it_is_called(stall: Stall, tmp_path: Path) -> None:
    """Its waiting sale was uploaded since."""
    id = stall.sale([(stall.shirts(), 2, SHIRT[2])])
    assert stall.book.path is not None
    saved = backup.back_up(stall.book.path, tmp_path / "账套-20190327-100000.jdy").path
    stall.work()
    renamed = saved.rename(tmp_path / "我的账套.jdy")
    books = Books(stall.ctx, LocalSettings(tmp_path / "settings.json"), Folders(tmp_path / "pc"), lambda _areas: None)
    with pytest.raises(LocalError, match="book_is_backup"):
        books.open(renamed)
    stall.ctx.seat.take("小李", Role.CLERK, 5)
    with pytest.raises(Refused):
        books.choose(renamed)
    stall.ctx.seat.free()
    assert books.choose(stall.book.path) == stall.book.path
    restored = books.choose(renamed)
    assert restored == tmp_path / "pc" / "books" / "我的账套.jdy"
    opened = books.open(restored)
    try:
        assert opened.services.pre_orders.code(id).upload_state == "unclear"
    finally:
        opened.services.db.close()
    # What is made of the restored one is a backup again.
    again = backup.back_up(restored, tmp_path / "again.jdy").path
    with pytest.raises(LocalError, match="book_is_backup"):
        books.open(again)


# ---------------------------------------------------------------- a match that was put right


@pytest.mark.parametrize("when", ["before the review", "before the sending"])
def test_a_match_put_right_counts_for_sales_that_are_not_sent_yet(stall: Stall, when: str) -> None:
    """The tape was matched to the offer of the bag when it was sold."""
    desk = Desk(stall)
    right, wrong = OfferSkuId(stall.offer(None, TAPE_23[0])), OfferSkuId(stall.offer(desk.tape, BAG[0]))
    sale = desk.sell(desk.tape)
    if when == "before the sending":
        desk.documents.review(sale.id, sale.version)
    matching = Matching(stall.book, stall.ctx)
    matching.match(right, desk.tape)
    matching.match(wrong, SkuId(stall.goods("b1", "真皮女包")))
    if when == "before the review":
        desk.documents.review(sale.id, sale.version)
    stall.work()
    assert sent_through(stall) == [TAPE_23[0]]


def test_a_choice_among_offers_that_still_match_is_kept(stall: Stall) -> None:
    """The control: of two offers for one tape the one chosen at the sale is sold through."""
    desk = Desk(stall)
    stall.offer(desk.tape, BAG[0])
    sale = desk.sell(desk.tape, OfferSkuId(stall.offer(desk.tape, TAPE_23[0])))
    desk.documents.review(sale.id, sale.version)
    stall.work()
    assert sent_through(stall) == [TAPE_23[0]]


def sent_through(stall: Stall) -> list[str]:
    [remote] = stall.remote
    return [str(line.offer["productID"]) for line in remote.lines]


def test_a_restored_book_without_a_document_is_compared_with_1688_too(stall: Stall) -> None:
    """All sales were made after the backup, more than a page of them: none of their numbers is given again."""
    sku = stall.shirts()
    lost = [stall.sale([(sku, 2, SHIRT[2])]) for _ in range(21)]
    stall.work()
    with stall.book.write() as session:
        sales = [session.get_one(PreOrder, id).sale_id for id in lost]
        session.execute(delete(PreOrder))
        for id in sales:
            session.delete(session.get_one(Document, id))
    restore(stall)
    stall.work()
    with stall.book.read() as session:
        assert session.get_one(NumberSeries, ("XH", stall.clock.today())).last == 21
