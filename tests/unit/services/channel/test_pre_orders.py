"""The outbox against the practice market over real HTTP (manual 6; M121–M159; F2, F4, F17–F23)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from jdy_desktop.models.channel import Market, PreOrder, Shop
from jdy_desktop.models.documents import Document
from jdy_desktop.models.states import DocumentState, Logistics
from jdy_desktop.sandbox.server import PracticeMarket
from jdy_desktop.services.ali1688.client import Gateway
from jdy_desktop.services.channel.pre_orders import PreOrders, pause_after_restore
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.clock import FrozenClock
from tests.support.outbox import OLD_SHIRT, SHIRT, TAPE_23, TOWEL, Stall

CREATE = "alibaba.preOrder.create"
LIST = "alibaba.preOrder.getList"
pytestmark = pytest.mark.expect_log("ali1688.client: (throttled|answer to)", "outcome unknown", "sender died")


@pytest.fixture
def stall(book: Database, market: PracticeMarket, frozen_clock: FrozenClock) -> Iterator[Stall]:
    stall = Stall(book, market, frozen_clock)
    yield stall
    stall.gateway.close()


@pytest.mark.manual("M121", "M129", "M130", "M148")
def test_a_sale_of_matched_goods_becomes_a_code(stall: Stall) -> None:
    """880.88 + 10 = 890.88 is what the buyer's code asks for."""
    sku = stall.shirts()
    id = stall.sale([(sku, 14, Decimal("62.92"))], freight=Decimal(10))
    [event] = stall.work().uploaded
    [remote] = stall.remote
    code = stall.pre_orders.code(id)
    assert (code.upload_log, code.number, code.url) == ("上传成功", str(remote.number), remote.detail_url)
    assert (code.amount, code.amount_after_discount, code.freight) == (
        Decimal("890.88"), Decimal("880.88"), Decimal("10.00"),
    )  # fmt: skip
    assert (remote.total_fen, remote.post_fee_fen, remote.due_fen) == (88_088, 1_000, 89_088)
    assert [(str(line.sku["skuId"]), line.amount, line.price_fen) for line in remote.lines] == [(SHIRT[1], 14, 6_292)]
    assert remote.remark == f"#{stall.row(id).key} XH20190327001"
    assert (remote.market, remote.logistics, code.logistics) == ("dxc", 2, Logistics.EXPRESS)
    assert (event.pre_order_id, event.sale_number, event.amount) == (id, "XH20190327001", Decimal("890.88"))
    assert code.created_at is not None
    assert code.expires_at == code.created_at + timedelta(days=5)
    assert code.code_problem == ""


def test_no_freight_means_pick_up_and_the_name_stands_for_a_market_without_code(stall: Stall) -> None:
    with stall.book.write() as s:
        s.get_one(Market, 1).code = ""
    stall.sale([(stall.shirts(), 2, SHIRT[2])])
    stall.work()
    assert (stall.remote[0].logistics, stall.remote[0].market) == (1, "大象城")


def test_whole_discount_reaches_the_buyer_to_the_fen(stall: Stall) -> None:
    """3 × 64 − 0.01 = 191.99: 64 per piece is sent rounded, the total exactly."""
    stall.sale([(stall.shirts(), 3, SHIRT[2])], discount=Decimal("0.01"))
    stall.work()
    [remote] = stall.remote
    assert (remote.total_fen, remote.lines[0].price_fen) == (19_199, 6_400)


@pytest.mark.manual("M139", "M151", "M121")
def test_goods_without_offer_fail_with_the_manuals_text_and_no_call(stall: Stall) -> None:
    sku = stall.goods("sp19011", "高压绝缘胶带 23号")
    id = stall.sale([(sku, 12, Decimal(18))])
    [event] = stall.work().failed
    row = stall.pre_orders.code(id)
    assert row.upload_log == event.log == "第 [1] 行没有对应的offer,请先上传offer模板。"
    assert (row.advice, row.advice_params["sku_code"], row.advice_params["name"]) == (
        "no_offer", "sp19011", "高压绝缘胶带 23号",
    )  # fmt: skip
    assert stall.market.world.count(CREATE) == 0
    stall.offer(sku, TAPE_23[0])
    stall.pre_orders.upload_again(id)
    stall.work()
    assert stall.state(id) == "uploaded"


@pytest.mark.manual("M140", "M152")
def test_below_minimum_names_the_goods_and_what_is_needed(stall: Stall) -> None:
    sku = stall.goods("sp18801", "加厚纯棉毛巾")
    stall.offer(sku, TOWEL[0], minimum=10)
    id = stall.sale([(sku, 2, TOWEL[2])])
    stall.work()
    row = stall.pre_orders.code(id)
    assert row.upload_log == "商品[58932516960]的购买数量不满足最低限购限制。"
    assert row.advice == "below_minimum"
    wanted = {"row": "1", "name": "加厚纯棉毛巾", "minimum": "10", "quantity": "2", "unit": "件"}
    assert wanted.items() <= row.advice_params.items()


@pytest.mark.manual("M138", "M141", "M153")
@pytest.mark.parametrize(
    ("goods", "pieces", "price", "advice"),
    [
        (OLD_SHIRT, 2, Decimal(69), "off_shelf"),
        (("588708880891", "", 0), 1, Decimal(9), "below_minimum_or_price"),
        (TAPE_23, 801, Decimal(18), "over_online_stock"),
    ],
)
def test_other_refusals_keep_the_sale_and_tell_what_to_do(
    stall: Stall, goods: tuple[str, str, object], pieces: int, price: Decimal, advice: str
) -> None:
    offer = stall.market.world.catalogue.keep(int(goods[0]))
    sku_id = str(offer["skuInfos"][0]["skuId"]) if offer["skuInfos"] else ""
    sku = stall.goods("sp1", "样品")
    stall.offer(sku, goods[0], sku_id)
    id = stall.sale([(sku, pieces, price)])
    stall.work()
    row = stall.row(id)
    assert (row.upload_state, row.advice) == ("failed", advice)
    assert goods[0] in row.upload_log
    with stall.book.read() as s:
        assert s.get_one(Document, row.sale_id).state == "saved"


@pytest.mark.manual("M154")
def test_a_refused_row_is_sent_again_and_others_are_not(stall: Stall) -> None:
    sku = stall.shirts()
    id = stall.sale([(sku, 1, SHIRT[2])])
    stall.work()
    assert stall.state(id) == "failed"
    sale_info = stall.market.world.catalogue.keep(int(SHIRT[0]))["saleInfo"]
    stall.market.world.set_offer(int(SHIRT[0]), saleInfo=sale_info | {"minOrderQuantity": 1})
    stall.pre_orders.upload_again(id)
    stall.work()
    assert stall.state(id) == "uploaded"
    with pytest.raises(UserError) as refused:
        stall.pre_orders.upload_again(id)
    assert refused.value.code == "pre_order_uploaded"
    assert len(stall.remote) == 1


@pytest.mark.manual("M121")
def test_fractions_and_missing_market_fail_here(stall: Stall) -> None:
    sku = stall.shirts()
    half = stall.sale([(sku, "2.5", SHIRT[2])])
    with stall.book.write() as s:
        s.get_one(Shop, 2).market_id = None
    homeless = stall.sale([(sku, 2, SHIRT[2])], shop=2)
    tape = stall.goods("t", "胶带")
    stall.offer(tape, "589100200004", shop=2)
    homeless2 = stall.sale([(tape, 2, Decimal(26))], shop=2)
    stall.work()
    assert [stall.row(one).advice for one in (half, homeless, homeless2)] == [
        "quantity_not_whole", "no_offer", "market_missing",
    ]  # fmt: skip
    assert stall.market.world.count(CREATE) == 0


# ---------------------------------------------------------------- unclear


@pytest.mark.parametrize("fault", ["answer_lost", "half_json", "garbage", "huge"])
def test_a_lost_answer_is_looked_up_not_sent_again(stall: Stall, fault: str) -> None:
    id = stall.sale([(stall.shirts(), 2, SHIRT[2])])
    stall.market.world.faults.add(fault, count=1, api=CREATE)
    report = stall.work()
    assert (stall.state(id), len(report.unclear), len(stall.remote)) == ("unclear", 1, 1)
    stall.work()
    with pytest.raises(UserError, match="pre_order_unclear"):
        stall.pre_orders.upload_again(id)
    stall.pass_time(seconds=31)
    [event] = stall.work().uploaded
    assert event.pre_order_id == id
    assert stall.pre_orders.code(id).number == str(stall.remote[0].number)
    assert stall.pre_orders.code(id).url
    assert len(stall.remote) == 1


@pytest.mark.parametrize("fault", ["cut_before", "http_502"])
def test_two_empty_look_ups_a_minute_apart_permit_a_second_sending(stall: Stall, fault: str) -> None:
    id = stall.sale([(stall.shirts(), 2, SHIRT[2])])
    key = stall.row(id).key
    stall.market.world.faults.add(fault, count=1, api=CREATE)
    stall.work()
    assert (stall.state(id), len(stall.remote)) == ("unclear", 0)
    # Pressing 核对 at once, or often, does not count.
    for _ in range(5):
        stall.pre_orders.look_up(JobContext(), id)
    stall.pass_time(seconds=31)
    for _ in range(5):
        stall.pre_orders.look_up(JobContext(), id)
    assert (stall.row(id).empty_lookups, stall.state(id)) == (1, "unclear")
    stall.pass_time(seconds=59)
    stall.pre_orders.look_up(JobContext(), id)
    assert stall.state(id) == "unclear"
    stall.pass_time(seconds=2)
    stall.pre_orders.look_up(JobContext(), id)
    assert stall.state(id) == "waiting"
    stall.work()
    assert stall.state(id) == "uploaded"
    assert [one.remark[1:11] for one in stall.remote] == [key]
    assert stall.row(id).attempt == 2


@pytest.mark.parametrize(("mode", "others"), [("prefix", 0), ("trim", 0), ("spaces", 0), ("lost", 0), ("lost", 1)])
def test_an_altered_remark_is_found_when_it_can_only_be_ours(stall: Stall, mode: str, others: int) -> None:
    """Without the remark only money and goods speak; two alike are a question for the clerk."""
    sku = stall.shirts()
    id = stall.sale([(sku, 2, SHIRT[2])])
    twin = stall.sale([(sku, 2, SHIRT[2])]) if others else None
    stall.market.world.faults.add("answer_lost", count=1 + others, api=CREATE)
    stall.market.world.faults.add("remark_altered", mode=mode)
    stall.work()
    stall.pass_time(seconds=11)
    stall.work()
    stall.pass_time(seconds=31)
    stall.work()
    if twin is None:
        assert (stall.state(id), stall.row(id).number) == ("uploaded", str(stall.remote[0].number))
        return
    assert [stall.state(one) for one in (id, twin)] == ["unclear", "unclear"]
    assert stall.row(id).advice == "ask"
    for _ in range(6):
        stall.pass_time(minutes=10)
        stall.work()
    assert len(stall.remote) == 2
    offered = stall.pre_orders.candidates(JobContext(), id)
    assert {one.number for one in offered} == {str(one.number) for one in stall.remote}
    stall.pre_orders.link(id, offered[0].number)
    with pytest.raises(UserError, match="pre_order_number_taken"):
        stall.pre_orders.link(twin, offered[0].number)
    stall.pre_orders.look_up(JobContext(), twin)
    assert stall.row(twin).number == offered[1].number


def test_somebody_elses_equal_order_is_not_taken(stall: Stall) -> None:
    """Made in the app, same goods and money, with a remark of its own: not ours, but a reason to ask."""
    id = stall.sale([(stall.shirts(), 2, SHIRT[2])])
    world = stall.market.world
    world.faults.add("cut_before", count=1, api=CREATE)
    stall.work()
    ours = stall.sale([(1, 2, SHIRT[2])])
    stall.pass_time(seconds=11)
    stall.work()
    world.pre_orders[int(stall.row(ours).number)].remark = "张三明天来拿"
    stall.change(ours, upload_state="failed", number="")
    stall.pass_time(seconds=31)
    stall.work()
    assert (stall.state(id), stall.row(id).advice) == ("unclear", "ask")
    stall.pre_orders.send_anyway(id)
    stall.work()
    assert stall.state(id) == "uploaded"


def test_a_list_that_cannot_be_read_whole_proves_nothing(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> None:
    id = stall.sale([(stall.shirts(), 2, SHIRT[2])])
    stall.market.world.faults.add("cut_before", count=1, api=CREATE)
    stall.work()
    stall.market.world.faults.add("http_502", api=LIST)
    for _ in range(4):
        stall.pass_time(seconds=121)
        stall.work()
    assert (stall.state(id), stall.row(id).empty_lookups) == ("unclear", 0)
    stall.market.world.faults.clear()
    stall.work_until_quiet(seconds=61)
    assert len(stall.remote) == 1


def test_a_dead_sender_is_noticed_after_its_lease(stall: Stall) -> None:
    id = stall.sale([(stall.shirts(), 2, SHIRT[2])])

    class PowerCut(BaseException):
        pass

    class Dying(Gateway):
        def create_pre_order(self, *args: object, **more: object) -> object:  # type: ignore[override]
            super().create_pre_order(*args, **more)  # type: ignore[arg-type]
            raise PowerCut

    gateway = Dying(stall.settings, stall.ctx, backoff_s=())
    with pytest.raises(PowerCut):
        stall.another_counter(gateway=gateway).work(JobContext())
    gateway.close()
    assert (stall.state(id), len(stall.remote)) == ("uploading", 1)
    row = stall.row(id)
    assert row.sent_at is not None
    assert len(row.body_hash) == 64
    # While the lease runs nobody sends anything of this shop.
    second = stall.sale([(1, 3, SHIRT[2])])
    stall.work()
    assert (stall.state(id), stall.state(second)) == ("uploading", "waiting")
    stall.pass_time(seconds=181)
    stall.work()
    assert (stall.state(id), stall.state(second)) == ("unclear", "uploaded")
    stall.pass_time(seconds=31)
    stall.work()
    assert stall.state(id) == "uploaded"
    assert len(stall.remote) == 2


# ---------------------------------------------------------------- waiting


def test_throttling_and_being_offline_wait_without_harm(stall: Stall) -> None:
    sku = stall.shirts()
    ids = [stall.sale([(sku, 2, SHIRT[2])]) for _ in range(3)]
    stall.market.world.faults.add("throttle", count=1, api=CREATE)
    report = stall.work()
    assert not report.is_offline
    assert stall.row(ids[0]).advice == "rate_limited"
    assert stall.row(ids[0]).next_try_at == stall.clock.now() + timedelta(seconds=10)
    stall.work()
    assert [stall.state(one) for one in ids] == ["waiting"] * 3
    assert stall.market.world.count(CREATE) == 1
    stall.pass_time(seconds=11)
    stall.work()
    assert [stall.state(one) for one in ids] == ["uploaded"] * 3
    late = stall.sale([(sku, 2, SHIRT[2])])
    stall.market.stop()
    assert stall.work().is_offline
    assert stall.state(late) == "waiting"
    assert stall.pre_orders.waiting().count == 1
    stall.market.start()
    stall.pass_time(minutes=3)
    stall.work()
    assert stall.state(late) == "uploaded"


def test_a_bad_row_does_not_hold_up_the_next(stall: Stall) -> None:
    sku = stall.shirts()
    bad = stall.sale([(stall.goods("x", "没有匹配"), 1, Decimal(1))])
    few = stall.sale([(sku, 1, SHIRT[2])])
    good = stall.sale([(sku, 2, SHIRT[2])])
    report = stall.work()
    assert [stall.state(one) for one in (bad, few, good)] == ["failed", "failed", "uploaded"]
    assert [one.pre_order_id for one in report.failed] == [bad, few]


def test_an_expired_authorization_stops_one_shop_only(stall: Stall) -> None:
    first = stall.sale([(stall.shirts(), 2, SHIRT[2])])
    tape = stall.goods("t", "胶带")
    stall.offer(tape, "589100200004", shop=2)
    second = stall.sale([(tape, 2, Decimal(26))], shop=2)
    with stall.book.write() as s:
        s.get_one(Shop, 1).is_revoked = True
    stall.work()
    assert (stall.state(first), stall.row(first).advice) == ("waiting", "token_expired")
    assert stall.state(second) == "uploaded"
    with stall.book.write() as s:
        s.get_one(Shop, 1).is_revoked = False
    stall.work()
    assert stall.state(first) == "uploaded"


def test_many_counters_at_once_send_each_sale_once(stall: Stall) -> None:
    sku = stall.shirts()
    ids = [stall.sale([(sku, 2, SHIRT[2])]) for _ in range(12)]
    counters = [stall.another_counter() for _ in range(4)]
    start = threading.Barrier(4)

    def work(counter: PreOrders) -> None:
        start.wait()
        for _ in range(12):
            counter.work(JobContext())

    threads = [threading.Thread(target=work, args=(one,)) for one in counters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stall.work()
    assert [stall.state(one) for one in ids] == ["uploaded"] * 12
    assert len(stall.remote) == 12
    assert {one.remark[1:11] for one in stall.remote} == {stall.row(one).key for one in ids}


def test_a_voided_sale_is_not_sent(stall: Stall) -> None:
    id = stall.sale([(stall.shirts(), 2, SHIRT[2])])
    with stall.book.write() as s:
        s.get_one(Document, s.get_one(PreOrder, id).sale_id).state = DocumentState.VOIDED
    stall.work()
    assert (stall.state(id), stall.row(id).advice, stall.remote) == ("failed", "sale_voided", [])
    with pytest.raises(UserError, match="sale_voided"):
        stall.pre_orders.upload_again(id)


# ---------------------------------------------------------------- pay states


@pytest.mark.manual("M147", "M134", "M155")
def test_scanned_and_paid_are_heard_of_within_a_minute(stall: Stall) -> None:
    id = stall.sale([(stall.shirts(), 2, SHIRT[2])])
    stall.work()
    world, number = stall.market.world, stall.remote[0].number
    world.scan(number)
    assert stall.work().scanned == ()
    [seen] = stall.pre_orders.poll(JobContext(), [id]).scanned
    assert seen.pre_order_id == id
    assert stall.pre_orders.code(id).pay_state == "scanned"
    world.pay(number)
    stall.pass_time(seconds=61)
    [paid] = stall.work().paid
    code = stall.pre_orders.code(id)
    assert (paid.pre_order_id, code.pay_state, code.code_problem) == (id, "paid", "paid")
    assert code.paid_at is not None
    calls = world.count(LIST)
    stall.pass_time(minutes=5)
    stall.work()
    assert world.count(LIST) == calls


def test_many_open_ones_are_asked_for_by_page(stall: Stall) -> None:
    sku = stall.shirts()
    ids = [stall.sale([(sku, 2, SHIRT[2])]) for _ in range(30)]
    stall.work()
    world = stall.market.world
    for order in stall.remote[::3]:
        world.pay(order.number)
    stall.pass_time(seconds=61)
    calls = world.count(LIST)
    assert len(stall.work().paid) == 10
    assert world.count(LIST) - calls == 2
    assert sum(stall.row(one).pay_state == "paid" for one in ids) == 10


@pytest.mark.manual("M135")
def test_five_days_after_the_servers_creation_a_new_one_may_be_made(stall: Stall) -> None:
    id = stall.sale([(stall.shirts(), 2, SHIRT[2])])
    stall.work()
    old = stall.row(id)
    stall.pass_time(days=4, hours=23, minutes=59)
    assert not stall.pre_orders.code(id).is_expired
    with pytest.raises(UserError, match="pre_order_still_valid"):
        stall.pre_orders.recreate(id)
    stall.pass_time(minutes=1, seconds=2)
    assert stall.pre_orders.code(id).code_problem == "expired"
    new = stall.pre_orders.recreate(id)
    with pytest.raises(UserError, match="pre_order_replaced"):
        stall.pre_orders.recreate(id)
    stall.work()
    fresh, kept = stall.row(new), stall.row(id)
    assert (fresh.upload_state, fresh.generation, kept.generation) == ("uploaded", 2, 1)
    assert fresh.key != old.key
    assert (kept.key, kept.number) == (old.key, old.number)
    assert stall.pre_orders.code(new).code_problem == ""
    with stall.book.read() as s:
        assert s.query(Document).count() == 1


@pytest.mark.manual("M135")
def test_a_wrong_pc_clock_does_not_expire_a_code(stall: Stall) -> None:
    """F18: five days count by 1688's clock. The PC's is put six days ahead."""
    id = stall.sale([(stall.shirts(), 2, SHIRT[2])])
    stall.work()
    stall.clock.set(stall.clock.now() + timedelta(days=6))
    stall.pre_orders.poll(JobContext(), [id])
    assert not stall.pre_orders.code(id).is_expired


def test_an_old_code_paid_meanwhile_is_not_made_anew(stall: Stall) -> None:
    id = stall.sale([(stall.shirts(), 2, SHIRT[2])])
    stall.work()
    stall.market.world.pay(stall.remote[0].number)
    stall.pass_time(days=6)  # this PC was off
    new = stall.pre_orders.recreate(id)
    stall.work()
    assert (stall.state(new), stall.row(new).advice, len(stall.remote)) == ("failed", "former_paid", 1)
    assert stall.row(id).pay_state == "paid"


@pytest.mark.parametrize("is_listed", [True, False])
def test_an_expired_code_is_not_asked_for_for_ever(stall: Stall, is_listed: bool) -> None:
    stall.sale([(stall.shirts(), 2, SHIRT[2])])
    stall.work()
    stall.pass_time(days=5, seconds=5)
    if not is_listed:
        stall.market.world.pre_orders.clear()
    for _ in range(10):
        stall.work()
        stall.pass_time(minutes=11)
    calls = stall.market.world.count(LIST)
    stall.work()
    stall.pass_time(minutes=11)
    stall.work()
    assert stall.market.world.count(LIST) == calls


def test_showing_is_kept(stall: Stall) -> None:
    id = stall.sale([(stall.shirts(), 2, SHIRT[2])])
    stall.pre_orders.mark_shown(id)
    assert stall.pre_orders.code(id).shown_at is None
    stall.work()
    stall.pre_orders.mark_shown(id)
    assert stall.pre_orders.code(id).shown_at == stall.clock.now()


# ---------------------------------------------------------------- a restored backup


def test_after_a_restore_1688_is_asked_before_anything_is_sent(stall: Stall) -> None:
    """F22: one waiting row was uploaded after the backup, one was not; sale 009 was made after it."""
    sku = stall.shirts()
    gone, kept = (stall.sale([(sku, pieces, SHIRT[2])]) for pieces in (2, 3))
    later = stall.sale([(sku, 4, SHIRT[2])], number="XH20190327009")
    stall.change(kept, next_try_at=stall.clock.now() + timedelta(minutes=20))
    stall.work()
    number = stall.row(gone).number
    with stall.book.write() as s:  # back to the backup
        row = s.get_one(PreOrder, gone)
        row.upload_state, row.number, row.detail_url = "waiting", "", ""
        lost = s.get_one(PreOrder, later)
        s.delete(lost)
        s.flush()
        s.delete(s.get_one(Document, lost.sale_id))
    assert pause_after_restore(stall.book, stall.ctx) == 2
    assert {stall.state(one) for one in (gone, kept)} == {"unclear"}
    stall.work_until_quiet(seconds=61)
    assert stall.row(gone).number == number
    assert stall.state(kept) == "uploaded"
    assert len(stall.remote) == 3
    from jdy_desktop.models.account import NumberSeries

    with stall.book.read() as s:
        assert s.get_one(NumberSeries, ("XH", stall.clock.today())).last == 9


@pytest.mark.manual("M149")
def test_counts_for_the_frame(stall: Stall) -> None:
    sku = stall.shirts()
    stall.sale([(sku, 1, SHIRT[2])])
    stall.work()
    stall.sale([(sku, 2, SHIRT[2])])
    seen = stall.pre_orders.waiting()
    assert (seen.count, seen.failed, seen.oldest_at) == (1, 1, stall.clock.now())
