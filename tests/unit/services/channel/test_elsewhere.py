"""Pre-orders that somebody made elsewhere, against the practice market over real HTTP (manual 6.1.2, M136)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from jdy_desktop.models.channel import RemotePreOrder, Shop
from jdy_desktop.models.ids import OfferId, PlatformSkuId, PreOrderNumber, ShopId
from jdy_desktop.models.rules.preorder_state import RowAction
from jdy_desktop.models.states import Logistics, PayState, UploadState
from jdy_desktop.sandbox.server import PracticeMarket
from jdy_desktop.services.ali1688.values import PreOrderDraft, PreOrderLine
from jdy_desktop.services.errors import LinkError, UserError
from jdy_desktop.services.machine.context import SHANGHAI
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.pre_orders import PreOrderFilter, PreOrderList, PreOrderRow, PreOrderSums
from tests.support.clock import FrozenClock
from tests.support.outbox import SHIRT, Stall

CREATE, LIST = "alibaba.preOrder.create", "alibaba.preOrder.getList"
pytestmark = [
    pytest.mark.manual("M136"),
    pytest.mark.expect_log("ali1688.client: (throttled|answer to)", "outcome unknown"),
]


@pytest.fixture
def stall(book: Database, market: PracticeMarket, frozen_clock: FrozenClock) -> Iterator[Stall]:
    """Two shops; the PC's clock shows the market's time."""
    frozen_clock.set(market.world.now())
    stall = Stall(book, market, frozen_clock)
    yield stall
    stall.gateway.close()


def on_the_phone(stall: Stall, remark: str = "阿姨订的", pieces: int = 2, shop: int = 1) -> PreOrderNumber:
    """Somebody makes a pre-order at 1688 without this program: pieces × 64 and 10 of freight."""
    lines = (PreOrderLine(OfferId(SHIRT[0]), PlatformSkuId(SHIRT[1]), pieces, Decimal(64)),)
    draft = PreOrderDraft("dxc", Decimal(10), Decimal(64 * pieces), remark, Logistics.EXPRESS, lines)
    return stall.gateway.create_pre_order(stall.tokens(ShopId(shop)), draft)


def refresh(stall: Stall) -> int:
    return stall.pre_orders.elsewhere.refresh(JobContext())


def listed(stall: Stall, **wanted: object) -> list[PreOrderRow]:
    pre_orders = PreOrderList(stall.book, stall.ctx)
    ids = pre_orders.ids(PreOrderFilter(**wanted))  # type: ignore[arg-type]
    rows = pre_orders.rows(ids)
    return [rows[one] for one in ids]


def stored(stall: Stall) -> int:
    with stall.book.read() as s:
        return s.query(RemotePreOrder).count()


def test_it_is_listed_after_a_refresh_with_its_code(stall: Stall) -> None:
    number = on_the_phone(stall)
    assert listed(stall) == []
    assert refresh(stall) == 1
    [row] = listed(stall)
    assert row.id < 0
    assert row.is_elsewhere
    assert (row.number, row.sale_number, row.customer, row.remark) == (number, "", "", "阿姨订的")
    assert (row.settlement_amount, row.upload_state, row.upload_log) == (
        Decimal("138.00"), UploadState.UPLOADED, "在别处创建",
    )  # fmt: skip
    assert (row.pay_state, row.action, row.shop) == (PayState.UNPAID, RowAction.PAY, "AOP对外测试账号02")
    code = stall.pre_orders.code(row.id)
    assert (code.url, code.code_problem) == (stall.remote[0].detail_url, "")
    assert (code.amount, code.amount_after_discount, code.freight, code.logistics) == (
        Decimal("138.00"), Decimal("128.00"), Decimal("10.00"), Logistics.EXPRESS,
    )  # fmt: skip
    assert code.expires_at == stall.remote[0].made.replace(microsecond=code.expires_at.microsecond) + timedelta(days=5)  # type: ignore[union-attr]
    stall.pre_orders.mark_shown(row.id)
    assert refresh(stall) == 0


def test_paid_is_told_by_a_refresh_and_by_the_code_on_screen(stall: Stall) -> None:
    first, second = int(on_the_phone(stall)), int(on_the_phone(stall, "二"))
    assert refresh(stall) == 2
    rows = {int(row.number): row for row in listed(stall)}
    stall.market.world.scan(first)
    assert refresh(stall) == 1
    assert listed(stall, pay=PayState.SCANNED)[0].id == rows[first].id
    stall.market.world.pay(second)
    stall.pre_orders.poll(JobContext(), [rows[second].id])
    paid = listed(stall, pay=PayState.PAID)
    assert [(row.id, row.action) for row in paid] == [(rows[second].id, RowAction.NONE)]
    assert stall.pre_orders.code(rows[second].id).code_problem == "paid"


def test_ours_are_not_listed_twice(stall: Stall) -> None:
    """Uploaded ones, and one whose answer was lost: its key keeps it from being taken for somebody else's."""
    sku = stall.shirts()
    uploaded = stall.sale([(sku, 2, Decimal(64))])
    stall.work()
    stall.market.world.faults.add("answer_lost", count=1, api=CREATE)
    lost = stall.sale([(sku, 3, Decimal(64))])
    stall.work()
    assert stall.state(lost) == UploadState.UNCLEAR
    assert len(stall.remote) == 2
    theirs = on_the_phone(stall)
    assert refresh(stall) == 1
    assert {row.number for row in listed(stall)} == {stall.row(uploaded).number, "0", theirs}
    stall.work_until_quiet()
    assert len(listed(stall)) == 3


@pytest.mark.parametrize("mode", ["prefix", "trim", "spaces", "lost"])
def test_a_lost_one_is_not_taken_for_somebody_elses_when_its_remark_comes_back_altered(stall: Stall, mode: str) -> None:
    stall.market.world.faults.add("answer_lost", count=1, api=CREATE)
    lost = stall.sale([(stall.shirts(), 3, Decimal(64))])
    stall.work()
    theirs = on_the_phone(stall)
    stall.market.world.faults.add("remark_altered", mode=mode)
    assert refresh(stall) == 1
    assert {row.number for row in listed(stall)} == {"0", theirs}
    stall.work_until_quiet()
    assert {row.number for row in listed(stall)} == {stall.row(lost).number, theirs}


def test_one_that_turns_out_to_be_ours_leaves_the_list_of_the_others(stall: Stall) -> None:
    number = on_the_phone(stall)
    refresh(stall)
    id = stall.sale([(stall.shirts(), 2, Decimal(64))])
    stall.change(id, upload_state=UploadState.UPLOADED, number=number)
    assert [(row.id, row.number) for row in listed(stall)] == [(id, number)]
    assert PreOrderList(stall.book, stall.ctx).sums(PreOrderFilter()).count == 1


def test_the_list_filters_sums_and_sorts_them_with_ours(stall: Stall) -> None:
    today = stall.clock.now().astimezone(SHANGHAI).date()
    sku = stall.shirts()
    for counter in (1, 2):
        stall.sale([(sku, 1, Decimal(100))], number=f"XH{today:%Y%m%d}{counter:03d}")
    stall.sale([(sku, 1, Decimal(100))], number=f"XH{today - timedelta(days=1):%Y%m%d}001")
    theirs = on_the_phone(stall)
    others = on_the_phone(stall, "一店_转", shop=1)
    refresh(stall)
    assert [row.sale_number or row.number for row in listed(stall)] == [
        others, theirs, f"XH{today:%Y%m%d}002", f"XH{today:%Y%m%d}001", f"XH{today - timedelta(days=1):%Y%m%d}001",
    ]  # fmt: skip
    sums = PreOrderList(stall.book, stall.ctx).sums(PreOrderFilter())
    assert sums == PreOrderSums(count=5, unpaid=5, failed=0, amount=Decimal("576.00"))
    for wanted, numbers in (
        ({"text": "阿姨"}, [theirs]),
        ({"text": "店_"}, [others]),
        ({"text": theirs[:11]}, [theirs]),
        ({"text": "零售 阿姨"}, []),
        ({"shop_id": ShopId(2)}, []),
        ({"upload": UploadState.UPLOADED}, [others, theirs]),
        ({"first_day": today, "last_day": today, "text": "阿姨"}, [theirs]),
        ({"last_day": today - timedelta(days=1), "text": "阿姨"}, []),
        ({"first_day": today + timedelta(days=1)}, []),
    ):
        assert [row.number for row in listed(stall, **wanted)] == numbers, wanted
    assert theirs not in [row.number for row in listed(stall, upload=UploadState.FAILED)]


def test_old_ones_stay_away_and_expired_ones_offer_nothing(stall: Stall) -> None:
    on_the_phone(stall, "上个月")
    stall.pass_time(days=26)
    on_the_phone(stall, "上周")
    stall.pass_time(days=5, minutes=1)
    assert refresh(stall) == 1
    [row] = listed(stall)
    assert (row.remark, row.is_expired, row.action) == ("上周", True, RowAction.NONE)
    code = stall.pre_orders.code(row.id)
    assert (code.code_problem, code.is_newest) == ("expired", False)
    with pytest.raises(UserError, match="pre_order_unknown"):
        stall.pre_orders.recreate(row.id)


def test_five_pages_are_read_and_an_open_one_behind_them_is_asked_for_by_number(stall: Stall) -> None:
    stall.market.world.set_stock(int(SHIRT[0]), 100_000)
    behind = int(on_the_phone(stall, "早上的"))
    assert refresh(stall) == 1
    for _ in range(100):
        on_the_phone(stall)
    before = stall.market.world.count(LIST)
    stall.market.world.pay(behind)
    assert refresh(stall) == 101
    asked = stall.market.world.count(LIST) - before
    assert asked == 5 + 1 + 1  # pages of the first shop, the one by number, the empty page of the second
    assert [row.number for row in listed(stall, pay=PayState.PAID)] == [str(behind)]


def test_a_shop_without_access_is_left_alone_and_does_not_stop_the_other(stall: Stall) -> None:
    on_the_phone(stall)
    with stall.book.write() as s:
        s.get_one(Shop, 2).sealed_tokens = None
    assert refresh(stall) == 1
    with stall.book.write() as s:
        s.get_one(Shop, 1).is_revoked = True
    on_the_phone(stall)
    assert refresh(stall) == 0
    assert stored(stall) == 1


def test_no_network_is_told_and_keeps_what_is_known(stall: Stall) -> None:
    on_the_phone(stall)
    refresh(stall)
    stall.market.world.faults.add("cut_before", api=LIST)
    with pytest.raises(LinkError):
        refresh(stall)
    assert len(listed(stall)) == 1


def test_a_forgotten_shop_takes_them_along(stall: Stall) -> None:
    on_the_phone(stall)
    refresh(stall)
    with stall.book.write() as s:
        s.delete(s.get_one(Shop, 1))
    assert stored(stall) == 0
