"""预订单 against the practice market (manual 6.1–6.3): paid by itself, repaired and uploaded again, expired and made anew."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from jdy_desktop.models.ids import OfferSkuId, PreOrderId, ShopId, SkuId
from jdy_desktop.models.states import DocumentKind, PayState, UploadState
from jdy_desktop.services.book.documents import SaveDocument, SaveLine
from jdy_desktop.services.book.opening import OpeningLine
from jdy_desktop.services.queries.picker import SkuHit
from jdy_desktop.views.dialogs.code_window import CodeWindow
from jdy_desktop.views.dialogs.decide_dialog import DecideDialog
from jdy_desktop.views.pages.match_page import MatchPage
from jdy_desktop.views.pages.pre_orders_page import PreOrdersPage
from jdy_desktop.views.pages.sale_page import SalePage
from jdy_desktop.views.widgets.buttons import KeyButton
from tests.support.program import Driver

SHIRT, TOWEL = "sp32501_001", "sp18801"
TOWEL_OFFER = 58932516960


class Seller:
    """Sales saved through the service, as the sale page saves them."""

    def __init__(self, desk: Driver) -> None:
        self.desk = desk
        self.services = desk.program.ready
        self.shop = ShopId(desk.authorize())
        desk.download(int(self.shop))
        house = self.services.parties.warehouses()[0].id
        self.house = house
        for code in (SHIRT, TOWEL):
            self.services.opening.save((OpeningLine(self.goods(code).sku_id, house, Decimal(500), Decimal(1)),))

    def goods(self, code: str) -> SkuHit:
        hit = self.services.picker.exact(code)
        assert hit is not None, code
        return hit

    def sell(self, code: str, pieces: int, price: str = "30") -> PreOrderId:
        documents = self.services.documents
        customer = next(one.id for one in self.services.parties.customers() if one.name == "零售")
        line = SaveLine(SkuId(self.goods(code).sku_id), Decimal(pieces), Decimal(price), warehouse_id=self.house)
        request = SaveDocument(
            kind=DocumentKind.SALE, client_key=documents.new_client_key(), day=self.desk.program.ctx.clock.today(),
            customer_id=customer, shop_id=self.shop, warehouse_id=self.house, makes_pre_order=True, lines=(line,),
        )  # fmt: skip
        saved = documents.save(request)
        assert saved.pre_order_id is not None
        return saved.pre_order_id

    def row(self, id: PreOrderId) -> Any:
        return self.services.pre_order_list.rows([id])[id]


@pytest.fixture
def seller(desk: Driver) -> Seller:
    return Seller(desk)


def _page(desk: Driver, **arguments: Any) -> PreOrdersPage:
    page = desk.open_page("pre_orders", **arguments)
    assert isinstance(page, PreOrdersPage)
    return page


def shown(page: PreOrdersPage, id: PreOrderId, key: str) -> str:
    model = page.table.rows_model()
    return model.cell_text(model.row_of(id), next(i for i, c in enumerate(model.columns) if c.key == key))


def enter(page: PreOrdersPage, id: PreOrderId) -> None:
    page.table.select_id(id)
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Return)


@pytest.mark.manual("M147", "M149", "M155")
def test_the_code_is_shown_again_and_the_payment_turns_the_row_by_itself(desk: Driver, seller: Seller) -> None:
    id = seller.sell(SHIRT, 2)
    page = _page(desk, pre_order_id=id)
    desk.until(lambda: shown(page, id, "upload") == "已上传")
    assert (shown(page, id, "log"), shown(page, id, "action")) == ("上传成功", "支付")
    enter(page, id)
    window = desk.find(CodeWindow, "code_window")
    assert window.view is None or window.view.id == id
    window.reject()
    number = int(seller.row(id).number)
    desk.market.world.scan(number)
    desk.market.world.pay(number)
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_F5)
    desk.until(lambda: shown(page, id, "pay") == "已支付")
    assert shown(page, id, "action") == ""


@pytest.mark.manual("M140", "M152", "M154")
def test_below_the_minimum_leads_to_the_line_and_up_again(desk: Driver, seller: Seller) -> None:
    id = seller.sell(TOWEL, 2)
    page = _page(desk, pre_order_id=id)
    desk.until(lambda: shown(page, id, "upload") == "未上传")
    note = page.table.rows_model().note_at(page.table.rows_model().row_of(id))
    assert note is not None
    assert note.repair.startswith("改成 10 ")
    enter(page, id)
    desk.idle()
    assert desk.program.window is not None
    sale = desk.program.window.findChild(SalePage)
    assert sale is not None
    desk.until(lambda: sale.form.number == seller.row(id).sale_number)
    cell = desk.find(QLineEdit, "sale_page.lines.editor")
    assert cell.text() == "10"
    QTest.keyClick(cell, Qt.Key.Key_Return)
    QTest.keyClick(sale, Qt.Key.Key_F9)
    desk.until(lambda: seller.row(id).upload_state is UploadState.UPLOADED)
    [remote] = desk.market.world.pre_orders.values()
    assert [line.amount for line in remote.lines] == [10]


@pytest.mark.manual("M138", "M154")
def test_a_refused_one_goes_up_when_the_owner_has_mended_1688(desk: Driver, seller: Seller) -> None:
    info = desk.market.world.catalogue.keep(TOWEL_OFFER)["saleInfo"]
    id = seller.sell(TOWEL, 2)
    page = _page(desk, pre_order_id=id)
    desk.until(lambda: shown(page, id, "upload") == "未上传")
    assert shown(page, id, "log") == f"商品[{TOWEL_OFFER}]的购买数量不满足最低限购限制。"
    desk.market.world.set_offer(TOWEL_OFFER, saleInfo=info | {"minOrderQuantity": 1})
    page.table.link_clicked.emit(id, "action")
    desk.until(lambda: shown(page, id, "upload") == "已上传")
    assert len(desk.market.world.pre_orders) == 1


@pytest.mark.manual("M139", "M151")
def test_unmatched_goods_lead_to_matching_with_the_item_filled_in(desk: Driver, seller: Seller) -> None:
    matches = [
        OfferSkuId(one) for one in seller.services.match_list.ids(_all_matches()) if _sku_code(seller, one) == SHIRT
    ]
    seller.services.matching.unmatch(matches)
    id = seller.sell(SHIRT, 2)
    page = _page(desk, pre_order_id=id)
    desk.until(lambda: shown(page, id, "upload") == "未上传")
    assert shown(page, id, "log") == "第 [1] 行没有对应的offer,请先上传offer模板。"
    enter(page, id)
    desk.idle()
    assert desk.program.window is not None
    match = desk.program.window.findChild(MatchPage)
    assert match is not None
    assert match.filters.search.text() == SHIRT


@pytest.mark.manual("M135")
def test_after_five_days_it_is_expired_and_made_anew(desk: Driver, seller: Seller) -> None:
    id = seller.sell(SHIRT, 2)
    page = _page(desk, pre_order_id=id)
    desk.until(lambda: shown(page, id, "upload") == "已上传")
    _age(seller, id, days=5)
    page.query()
    desk.until(lambda: shown(page, id, "action") == "重新创建")
    assert shown(page, id, "pay").startswith("已过期")
    enter(page, id)
    desk.until(lambda: page.table.rows_model().rowCount() == 2)
    desk.until(lambda: len(desk.market.world.pre_orders) == 2)
    new = next(one for one in page._feed.ids if one != id)
    desk.until(lambda: shown(page, PreOrderId(new), "upload") == "已上传")
    assert shown(page, id, "action") in ("", "支付")
    assert seller.row(PreOrderId(new)).generation == 2


def test_an_unclear_one_that_looks_alike_is_decided_by_the_clerk(desk: Driver, seller: Seller) -> None:
    id = seller.sell(SHIRT, 2)
    page = _page(desk, pre_order_id=id)
    desk.until(lambda: shown(page, id, "upload") == "已上传")
    number = seller.row(id).number
    _forget(seller, id)
    page.query()
    desk.until(lambda: shown(page, id, "upload") == "待核对")
    note = page.table.rows_model().note_at(page.table.rows_model().row_of(id))
    assert note is not None
    assert (note.tone, note.repair) == ("warn", "核对")
    enter(page, id)
    dialog = desk.find(DecideDialog, "decide_dialog")
    assert [one.candidate.number for one in dialog._rows.values()] == [number]
    desk.find(KeyButton, "decide_dialog.link_button").click()
    desk.until(lambda: shown(page, id, "upload") == "已上传")
    assert seller.row(id).number == number
    assert len(desk.market.world.pre_orders) == 1


def _all_matches() -> Any:
    from jdy_desktop.services.queries.matches import MatchFilter

    return MatchFilter()


def _sku_code(seller: Seller, id: int) -> str:
    return str(seller.services.match_list.rows([id])[id].sku_code)


def _age(seller: Seller, id: PreOrderId, *, days: int) -> None:
    from datetime import timedelta

    from jdy_desktop.models.channel import PreOrder

    with seller.services.db.write() as s:
        order = s.get_one(PreOrder, id)
        assert order.remote_created_at is not None
        order.remote_created_at -= timedelta(days=days, seconds=1)


def _forget(seller: Seller, id: PreOrderId) -> None:
    """As after a lost answer, with a remark that the platform changed beyond recognition."""
    from datetime import timedelta

    from jdy_desktop.models.channel import PreOrder

    with seller.services.db.write() as s:
        order = s.get_one(PreOrder, id)
        order.upload_state, order.number, order.detail_url = UploadState.UNCLEAR, "", ""
        order.pay_state, order.remote_created_at = PayState.UNPAID, None
        order.advice, order.advice_params, order.upload_log = "ask", '{"numbers": "1"}', ""
        order.next_try_at = seller.desk.program.ctx.clock.now() + timedelta(hours=1)
