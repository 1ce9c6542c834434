"""The list of 预订单 holds the manual's own two tables (6.3; M146–M157, M159)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from jdy_desktop.models.ids import ShopId
from jdy_desktop.models.rules.preorder_state import RowAction, plain_amount
from jdy_desktop.models.states import PayState, UploadState
from jdy_desktop.sandbox.server import PracticeMarket
from jdy_desktop.services.channel.outbox import UPLOADED_LOG
from jdy_desktop.services.machine.context import SHANGHAI
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.queries.pre_orders import PreOrderFilter, PreOrderList, PreOrderRow
from tests.support.clock import FrozenClock
from tests.support.outbox import Stall

NO_OFFER = "第 [1] 行没有对应的offer,请先上传offer模板。"
FEW = "商品[58932516960]的购买数量不满足最低限购限制。"
FEW_OR_CHEAP = "商品[588708880891]的购买数量或者价格不满足最低限购限制。"

# 店铺, 预单日期, 预单编号, 原销售单号, 客户, 结算金额, 上传状态, 上传日志 as the manual prints them, both tables in one.
ROWS = [
    ("02", "2019-03-27 21:00:14", "55070119811", "XH20190327001", "零售", "890.88", "已上传", UPLOADED_LOG),
    ("02", "2019-03-26 20:00:20", "54669249811", "XH20190326001", "零售", "24800", "已上传", UPLOADED_LOG),
    ("04", "2019-03-23 16:00:19", "54290997370", "XH20190323002", "零售", "13.92", "已上传", UPLOADED_LOG),
    ("02", "", "0", "XH20190321014", "零售", "216", "未上传", NO_OFFER),
    ("04", "2019-03-21 13:00:35", "53840017370", "XH20190321013", "零售", "11000", "已上传", UPLOADED_LOG),
    ("02", "2019-03-21 13:00:56", "54049369811", "XH20190321012", "零售", "210", "已上传", UPLOADED_LOG),
    ("02", "2019-03-21 13:00:57", "53900069811", "XH20190321011", "零售", "5002.2", "已上传", UPLOADED_LOG),
    ("02", "2019-03-21 12:00:59", "53929389811", "XH20190321010", "零售", "2238.8", "已上传", UPLOADED_LOG),
    ("02", "", "0", "XH20190321009", "零售", "656.8", "未上传", FEW),
    ("02", "", "0", "XH20190321008", "零售", "371.2", "未上传", FEW_OR_CHEAP),
    ("02", "2019-03-21 12:00:23", "53889759811", "XH20190321007", "零售", "70760", "已上传", UPLOADED_LOG),
    ("02", "", "0", "XH20190321006", "零售", "1415.2", "未上传", FEW_OR_CHEAP),
    ("04", "2019-03-21 11:00:06", "54187147370", "XH20190321004", "批发", "40136", "已上传", UPLOADED_LOG),
    ("04", "2019-03-21 11:00:15", "53968517370", "XH20190321003", "批发", "300", "已上传", UPLOADED_LOG),
    ("02", "2019-03-21 11:00:12", "53998469811", "XH20190321002", "零售", "255.92", "已上传", UPLOADED_LOG),
    ("04", "2019-03-21 11:00:47", "53038667370", "XH20190321001", "零售", "355.02", "已上传", UPLOADED_LOG),
]
MANUAL = [row[3] for row in ROWS]


@pytest.fixture
def stall(book: Database, market: PracticeMarket, frozen_clock: FrozenClock) -> Iterator[Stall]:
    """The manual's rows, entered in no order at all."""
    stall = Stall(book, market, frozen_clock)
    sku = stall.goods("sp", "样品")
    for shop, moment, remote, number, customer, amount, state, log in sorted(ROWS, key=lambda row: row[2:]):
        stall.clock.set(datetime.strptime(number[2:10], "%Y%m%d").replace(hour=12, tzinfo=SHANGHAI))
        id = stall.sale(
            [(sku, 1, Decimal(amount))], shop=1 if shop == "02" else 2, number=number,
            customer=1 if customer == "零售" else 2,
        )  # fmt: skip
        is_up = state == "已上传"
        made = datetime.strptime(moment, "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI) if moment else None
        stall.change(
            id, upload_state=UploadState.UPLOADED if is_up else UploadState.FAILED, number=remote if is_up else "",
            upload_log=log, remote_created_at=made,
        )  # fmt: skip
    stall.clock.set(datetime(2019, 3, 27, 21, 30, tzinfo=SHANGHAI))
    yield stall
    stall.gateway.close()


def shown(row: PreOrderRow) -> tuple[str, ...]:
    """The row as the page writes it."""
    moment = row.remote_created_at.astimezone(SHANGHAI) if row.remote_created_at else None
    state = "已上传" if row.upload_state is UploadState.UPLOADED else "未上传"
    return (
        row.shop[-2:], f"{moment:%Y-%m-%d %H:%M:%S}" if moment else "", row.number, row.sale_number, row.customer,
        plain_amount(row.settlement_amount), state, row.upload_log,
    )  # fmt: skip


def listed(stall: Stall, **wanted: object) -> list[PreOrderRow]:
    pre_orders = PreOrderList(stall.book, stall.ctx)
    ids = pre_orders.ids(PreOrderFilter(**wanted))  # type: ignore[arg-type]
    rows = pre_orders.rows(ids)
    return [rows[one] for one in ids]


@pytest.mark.manual("M146", "M148", "M150", "M151", "M152", "M153", "M157", "M159")
def test_the_manuals_tables_come_out_as_printed(stall: Stall) -> None:
    assert [shown(row) for row in listed(stall)] == ROWS


@pytest.mark.manual("M149", "M155", "M135")
def test_actions(stall: Stall) -> None:
    actions = {row.sale_number: row.action for row in listed(stall)}
    assert actions["XH20190327001"] is RowAction.PAY
    assert actions["XH20190321014"] is RowAction.UPLOAD
    assert actions["XH20190321001"] is RowAction.RECREATE  # six days old
    by_number = {row.sale_number: row for row in listed(stall)}
    stall.change(by_number["XH20190327001"].id, pay_state=PayState.PAID)
    stall.change(by_number["XH20190321014"].id, upload_state=UploadState.UNCLEAR)
    actions = {row.sale_number: row.action for row in listed(stall)}
    assert actions["XH20190327001"] is RowAction.NONE
    assert actions["XH20190321014"] is RowAction.CHECK


@pytest.mark.manual("M156")
@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({"text": "0327"}, ["XH20190327001"]),
        ({"text": "xh20190326"}, ["XH20190326001"]),
        ({"text": "批发"}, ["XH20190321004", "XH20190321003"]),
        ({"text": "004 批发"}, ["XH20190321004"]),
        ({"text": "100%"}, []),
        ({"first_day": date(2019, 3, 22), "last_day": date(2019, 3, 26)}, ["XH20190326001", "XH20190323002"]),
        ({"shop_id": ShopId(2), "text": "零售"}, ["XH20190323002", "XH20190321013", "XH20190321001"]),
        ({"upload": UploadState.FAILED}, ["XH20190321014", "XH20190321009", "XH20190321008", "XH20190321006"]),
        ({"upload": UploadState.UPLOADED, "shop_id": ShopId(1), "first_day": date(2019, 3, 26)}, MANUAL[:2]),
        ({"pay": PayState.PAID}, []),
        ({"pay": PayState.UNPAID}, MANUAL),
    ],
)
def test_search_and_filters_combine(stall: Stall, wanted: dict[str, object], numbers: list[str]) -> None:
    assert [row.sale_number for row in listed(stall, **wanted)] == numbers


def test_figures_below_the_list(stall: Stall) -> None:
    sums = PreOrderList(stall.book, stall.ctx).sums(PreOrderFilter())
    assert (sums.count, sums.unpaid, sums.failed) == (16, 16, 4)
    assert sums.amount == Decimal("158621.94")  # as drawn in look/15


def test_numbers_past_999_stay_in_order(stall: Stall) -> None:
    for number in ("XH20190327999", "XH201903271000"):
        stall.sale([(1, 1, Decimal(1))], number=number)
    assert [row.sale_number for row in listed(stall)][:3] == ["XH201903271000", "XH20190327999", "XH20190327001"]


def test_an_old_generation_stays_below_the_new_one_and_offers_nothing(stall: Stall) -> None:
    old = next(row for row in listed(stall) if row.sale_number == "XH20190321001")
    new = stall.pre_orders.recreate(old.id)
    rows = [row for row in listed(stall) if row.sale_number == "XH20190321001"]
    assert [(row.id, row.generation) for row in rows] == [(new, 2), (old.id, 1)]
    assert rows[1].action is RowAction.NONE
    assert PreOrderList(stall.book, stall.ctx).sums(PreOrderFilter()).amount == Decimal("158621.94")
    assert stall.clock.now() - (old.remote_created_at or stall.clock.now()) > timedelta(days=5)
