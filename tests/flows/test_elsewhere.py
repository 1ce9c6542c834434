"""A pre-order made on the phone stands in 预订单 after 刷新, and its code can be shown here (manual 6.1.2, M136)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from jdy_desktop.models.ids import OfferId, PlatformSkuId, ShopId
from jdy_desktop.models.states import Logistics
from jdy_desktop.services.ali1688.values import PreOrderDraft, PreOrderLine
from jdy_desktop.views.dialogs.code_window import CodeWindow
from jdy_desktop.views.pages.pre_orders_page import PreOrdersPage
from tests.support.outbox import SHIRT
from tests.support.program import Driver


def on_the_phone(desk: Driver, shop: ShopId) -> int:
    """Two shirts at 64 and 10 of freight, made at 1688 without this program."""
    lines = (PreOrderLine(OfferId(SHIRT[0]), PlatformSkuId(SHIRT[1]), 2, Decimal(64)),)
    draft = PreOrderDraft("dxc", Decimal(10), Decimal(128), "手机开的", Logistics.EXPRESS, lines)
    services = desk.program.ready
    return int(services.connection.gateway().create_pre_order(services.shops.tokens(shop), draft))


def cells(page: PreOrdersPage) -> list[tuple[str, ...]]:
    model = page.table.rows_model()
    shown = [c for c in range(len(model.columns)) if not page.table.isColumnHidden(c)]
    return [tuple(model.cell_text(row, c) for c in shown) for row in range(model.rowCount())]


def refresh(page: PreOrdersPage) -> None:
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_F5)


@pytest.mark.manual("M136", "M147")
def test_made_on_the_phone_it_shows_up_after_a_refresh_with_its_code(desk: Driver) -> None:
    shop = ShopId(desk.authorize())
    page = desk.open_page("pre_orders")
    assert isinstance(page, PreOrdersPage)
    number = on_the_phone(desk, shop)
    assert cells(page) == []
    refresh(page)
    desk.until(lambda: cells(page))
    [row] = cells(page)
    assert row[2:] == (str(number), "", "", "138", "手机开的", "已上传", "在别处创建", "未支付", "支付")
    page.table.select_id(page.table.rows_model().id_at(0))
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    window = desk.find(CodeWindow, "code_window")
    desk.until(lambda: window.qr is not None)
    assert window.qr is not None
    assert window.qr.text_read_back == desk.market.world.pre_orders[number].detail_url
    window.print_code()  # there is no sale to print
    desk.market.world.scan(number)
    desk.market.world.pay(number)
    window._on_poll()
    desk.until(lambda: window.view is not None and window.view.code_problem == "paid")
    window.reject()
    desk.idle()
    assert cells(page)[0][9:] == ("已支付", "")
