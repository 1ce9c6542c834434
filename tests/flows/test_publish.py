"""商品发布 through the real window (manual 4.4)."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget

from jdy_desktop.models.rules.publishing import PublishKey
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.opening import OpeningLine
from jdy_desktop.services.book.products import SaveProduct, SaveSku
from jdy_desktop.services.channel.publishing import BoundCategory
from jdy_desktop.views.main_window import GROUP_1688
from jdy_desktop.views.page_specs import page_specs
from jdy_desktop.views.pages.publish_page import PublishPage
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.choices import FilterCombo
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.text_fields import Field, SearchField
from tests.support.program import Driver
from tests.support.publishing import SIMPLE_ADD, TOWEL, picture

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


class Publishers:
    """Goods for the page, and what the clerk does on it."""

    def __init__(self, desk: Driver) -> None:
        self.desk, self.services = desk, desk.program.ready
        self.shop_id: Any = desk.authorize()
        self.page: PublishPage

    def goods(
        self,
        code: str,
        name: str,
        *,
        pictures: tuple[bytes, ...] = (picture(),),
        stock: str = "10",
        specification: str = "",
        skus: tuple[str, ...] = (),
        category: BoundCategory | None = TOWEL,
    ) -> PublishKey:
        folder: Path = self.desk.program.folders.goods_pictures
        folder.mkdir(exist_ok=True)
        names = []
        for place, data in enumerate(pictures):
            (folder / f"{code}{place}.jpg").write_bytes(data)
            names.append(f"own/{code}{place}.jpg")
        prices = {PriceGrade.WHOLESALE: Decimal("5.5"), PriceGrade.RETAIL: Decimal(8)}
        wanted = tuple(SaveSku(code=f"{code}_{one}", values=(one,), prices=prices) for one in skus)
        product = self.services.products.save(
            SaveProduct(
                code=code,
                name=name,
                specification=specification,
                picture=names[0] if names else "",
                pictures=tuple(names[1:5]),
                attributes=("颜色",) if skus else (),
                skus=wanted or (SaveSku(prices=prices),),
            )
        )
        sku = self.services.products.product(product).skus[0].id
        if Decimal(stock):
            warehouse = self.services.parties.warehouses()[0].id
            self.services.opening.save((OpeningLine(sku, warehouse, Decimal(stock), Decimal(3)),))
        key = PublishKey(product, self.shop_id)
        if category is not None:
            self.services.publishing.bind_category([key], category)
        return key

    def open(self) -> PublishPage:
        self.page = self.desk.open_page("publish")
        return self.page

    def shown(self) -> list[str]:
        """Codes in the list."""
        model = self.page.table.rows_model()
        return [model.row_at(place).code for place in range(model.rowCount())]  # type: ignore[union-attr]

    def choose(self, key: PublishKey) -> None:
        self.page.table.select_id(key.row_id)
        self.desk.until(lambda: self.page.pane.view is not None and self.page.pane.view.key == key)
        self.desk.idle()

    def row(self, key: PublishKey) -> Any:
        return self.services.publication_list.rows([key.row_id])[key.row_id]

    def state(self, key: PublishKey) -> str:
        return str(self.row(key).state.value)

    def click(self, name: str) -> None:
        QTest.mouseClick(self.desk.find(KeyButton, name), LEFT)

    def at_1688(self) -> list[Any]:
        return [one for _, one in self.desk.market.world.catalogue.simple_offers()]


def has_rows(box: QListWidget) -> bool:
    return box.count() >= 1


def shows(publishers: Publishers, codes: list[str]) -> bool:
    return publishers.shown() == codes


@pytest.fixture
def publishers(desk: Driver) -> Publishers:
    return Publishers(desk)


@pytest.mark.manual("M104")
def test_the_entry_is_the_last_of_its_group_and_said_to_be_rarely_used(publishers: Publishers) -> None:
    of_1688 = [one.id for one in page_specs(publishers.desk.program) if one.group == GROUP_1688]
    assert of_1688[-1] == "publish"
    publishers.open()
    assert "选看，目前很少用" in {one.text() for one in publishers.page.findChildren(type(publishers.page.band.words))}


@pytest.mark.manual("M111")
def test_the_order_of_preference_is_told_on_the_page(publishers: Publishers) -> None:
    page = publishers.open()
    assert page.band.words.isVisible()
    assert page.band.words.text() == "商品建档优先级：商品下载>商品匹配>商品发布"
    publishers.click("publish_page.download_link")
    assert publishers.desk.program.window.current_id == "match"  # type: ignore[union-attr]


@pytest.mark.manual("M112", "M110")
def test_from_the_list_to_a_private_offer_that_is_matched(publishers: Publishers) -> None:
    key = publishers.goods("mj001", "纯棉毛巾")
    page = publishers.open()
    publishers.choose(key)
    assert "有主图片" in page.pane.conditions.lines
    publishers.click("publish_page.publish_button")
    publishers.desk.until(lambda: publishers.state(key) == "published")
    publishers.desk.idle()
    [offer] = publishers.at_1688()
    assert (offer["subject"], offer["privateOffer"]) == ("纯棉毛巾", True)
    row = publishers.row(key)
    texts = {one.key: one.text(row) for one in page.table.rows_model().columns}
    assert (texts["state"], texts["private"], texts["offer_id"]) == ("已发布", "私密商品", str(offer["productID"]))
    assert page.pane.kind.value() == "私密商品 · 支持在线交易"
    [match] = [one for one in _matches(publishers) if one.offer_id == row.offer_id]
    assert (match.is_matched, match.sku_code) == (True, "mj001")


def _matches(publishers: Publishers) -> list[Any]:
    from jdy_desktop.services.queries.matches import MatchFilter

    found = publishers.services.match_list
    return list(found.rows(found.ids(MatchFilter())).values())


@pytest.mark.manual("M108")
def test_without_a_category_it_is_refused_with_a_jump_to_the_field(publishers: Publishers) -> None:
    key = publishers.goods("mj001", "纯棉毛巾", category=None)
    page = publishers.open()
    publishers.choose(key)
    publishers.click("publish_page.publish_button")
    publishers.desk.until(lambda: page.pane.bind.hasFocus())
    assert "还没有绑定类目，发布商品前必须要绑定类目" in page.pane.conditions.lines
    assert (publishers.state(key), publishers.at_1688()) == ("draft", [])
    QTest.keyClick(page.pane.bind, Key.Key_Space)
    publishers.desk.find(DialogFrame, "offer_category_dialog")
    search = publishers.desk.find(SearchField, "offer_category_dialog.search_field")
    publishers.desk.type(search, "衬衫")
    found = publishers.desk.find(QListWidget, "offer_category_dialog.found")
    publishers.desk.until(lambda: found.count() >= 1)
    assert found.item(0).text() == "服饰内衣 > 男装 > 男式衬衫"
    QTest.keyClick(search, Key.Key_Return)
    publishers.desk.until(lambda: publishers.row(key).category_name == "服饰内衣 > 男装 > 男式衬衫")


@pytest.mark.manual("M108")
def test_a_category_is_chosen_level_by_level_and_comes_first_the_next_time(publishers: Publishers) -> None:
    key = publishers.goods("mj001", "纯棉毛巾", category=None)
    page = publishers.open()
    publishers.choose(key)
    publishers.click("publish_page.category_button")
    levels = [publishers.desk.find(QListWidget, f"offer_category_dialog.level_{n}") for n in (1, 2, 3)]
    publishers.desk.until(lambda: levels[0].count() >= 1)
    levels[0].setFocus()
    for box in levels:
        publishers.desk.until(partial(has_rows, box))
        QTest.keyClick(box, Key.Key_Right) if box is not levels[0] else None
        box.setCurrentRow(0)
        publishers.desk.idle()
        box.setFocus()
    ok = publishers.desk.find(KeyButton, "offer_category_dialog.ok_button")
    assert ok.isEnabled()
    QTest.mouseClick(ok, LEFT)
    publishers.desk.until(lambda: publishers.row(key).category_name.count(" > ") == 2)
    publishers.desk.idle()
    assert page.pane.category.text() == publishers.row(key).category_name
    publishers.click("publish_page.category_button")
    recent = publishers.desk.find(QListWidget, "offer_category_dialog.recent")
    assert recent.item(0).text() == publishers.row(key).category_name
    QTest.keyClick(recent, Key.Key_Escape)


@pytest.mark.manual("M105", "M107")
def test_pictures_are_judged_where_the_clerk_sees_it(publishers: Publishers) -> None:
    none = publishers.goods("mj001", "没图的毛巾", pictures=())
    small = publishers.goods("mj002", "小图的毛巾", pictures=(picture(600, 600),))
    page = publishers.open()
    publishers.choose(none)
    assert any("没有主图片" in one for one in page.pane.conditions.lines)
    publishers.choose(small)
    assert any("600×600" in one and "不换也能发布" in one for one in page.pane.conditions.lines)
    publishers.click("publish_page.pane_publish_button")
    publishers.desk.until(lambda: publishers.state(small) == "published")


@pytest.mark.manual("M106")
def test_a_heavy_picture_is_shrunk_when_the_clerk_agrees(publishers: Publishers) -> None:
    heavy = publishers.goods("mj001", "大图的毛巾", pictures=(picture(size=2_200_000),))
    publishers.open()
    publishers.choose(heavy)
    publishers.click("publish_page.publish_button")
    publishers.click("publish_shrink_dialog.yes_button")
    publishers.desk.until(lambda: publishers.state(heavy) == "published")
    [sent] = publishers.desk.market.world.photos.values()
    assert len(sent) <= 2 * 1024 * 1024


@pytest.mark.manual("M110")
def test_goods_with_skus_warn_and_the_default_is_no(publishers: Publishers) -> None:
    key = publishers.goods("mj009", "两色毛巾", skus=("红色", "蓝色"))
    publishers.open()
    publishers.choose(key)
    publishers.click("publish_page.publish_button")
    dialog = publishers.desk.find(DialogFrame, "publish_skus_dialog")
    assert dialog._default is not None
    assert dialog._default.objectName() == "publish_skus_dialog.no_button"
    QTest.keyClick(dialog, Key.Key_Return)
    publishers.desk.idle()
    assert (publishers.state(key), publishers.at_1688()) == ("draft", [])
    publishers.click("publish_page.publish_button")
    publishers.click("publish_skus_dialog.yes_button")
    publishers.desk.until(lambda: publishers.state(key) == "published")
    assert publishers.at_1688()[0]["skuInfos"] == []


@pytest.mark.manual("M109")
@pytest.mark.parametrize(("text", "found"), [("B77", ["ZB77x"]), ("浴", ["mj2"]), ("70x1", ["mj3"]), ("zzz", [])])
def test_search_looks_into_code_name_and_specification(publishers: Publishers, text: str, found: list[str]) -> None:
    publishers.goods("ZB77x", "毛巾")
    publishers.goods("mj2", "大浴巾")
    publishers.goods("mj3", "方巾", specification="70x140cm")
    page = publishers.open()
    page.filters.search.setFocus()
    publishers.desk.type(page.filters.search, text)
    QTest.keyClick(page.filters.search, Key.Key_Return)
    publishers.desk.until(lambda: publishers.shown() == found)


@pytest.mark.manual("M109")
def test_filters_by_state_and_shop(publishers: Publishers) -> None:
    done = publishers.goods("mj1", "毛巾")
    publishers.goods("mj2", "浴巾")
    second = publishers.desk.authorize(1)
    page = publishers.open()
    publishers.desk.until(lambda: publishers.shown() == ["mj2", "mj2", "mj1", "mj1"])
    shop = publishers.desk.find(FilterCombo, "publish_page.shop_combo")
    shop.set_value(publishers.shop_id)
    publishers.desk.until(lambda: publishers.shown() == ["mj2", "mj1"])
    publishers.choose(done)
    publishers.click("publish_page.publish_button")
    publishers.desk.until(lambda: publishers.state(done) == "published")
    state = publishers.desk.find(FilterCombo, "publish_page.state_combo")
    for word, codes in (("published", ["mj1"]), ("draft", ["mj2"]), ("failed", [])):
        state.set_value(word)
        publishers.desk.until(partial(shows, publishers, codes))
    shop.set_value(second)
    state.set_value("published")
    publishers.desk.until(lambda: publishers.shown() == [])
    assert page.filters.filter().shop_id == second


def test_downloaded_goods_say_that_they_are_in_the_shop(publishers: Publishers) -> None:
    publishers.desk.download(publishers.shop_id)
    page = publishers.open()
    state = publishers.desk.find(FilterCombo, "publish_page.state_combo")
    state.set_value("draft")
    publishers.desk.until(lambda: publishers.shown() == [])
    state.set_value("店铺已有")
    publishers.desk.until(lambda: len(publishers.shown()) > 10)
    publishers.desk.idle()
    assert page.pane.state.text() == "店铺已有"


def test_1688s_words_and_our_advice_stand_beside_each_other(publishers: Publishers) -> None:
    key = publishers.goods("mj001", "纯棉毛巾")
    publishers.desk.market.world.faults.add("publish_refused")
    page = publishers.open()
    publishers.choose(key)
    publishers.click("publish_page.publish_button")
    publishers.desk.until(lambda: publishers.state(key) == "failed")
    publishers.desk.idle()
    assert page.pane.log.words.text() == "发布失败 您的店铺今天发布的商品数量已达上限"
    assert page.pane.log.advice.text().startswith("1688 今天不再收了")


def test_an_unclear_one_is_looked_up_and_the_clerk_decides(publishers: Publishers) -> None:
    key = publishers.goods("mj001", "纯棉毛巾")
    publishers.desk.market.world.faults.add("answer_lost", count=1, api=SIMPLE_ADD)
    page = publishers.open()
    publishers.choose(key)
    publishers.click("publish_page.publish_button")
    publishers.desk.until(lambda: publishers.state(key) == "unclear")
    publishers.desk.until(lambda: page.pane.look_up.isVisible())
    assert not page.pane.publish.isVisible()
    publishers.click("publish_page.look_up_button")
    field = publishers.desk.find(Field, "publish_decide_dialog.number_field")
    publishers.desk.type(field, "588713349312")
    publishers.click("publish_decide_dialog.link_button")
    dialog = publishers.desk.find(DialogFrame, "publish_decide_dialog")
    publishers.desk.until(lambda: "不像刚才发布的商品" in dialog.form.error())  # type: ignore[attr-defined]
    [offer] = publishers.at_1688()
    field.setText(f"https://detail.1688.com/offer/{offer['productID']}.html")
    publishers.click("publish_decide_dialog.link_button")
    publishers.desk.until(lambda: publishers.state(key) == "published")
    assert len(publishers.at_1688()) == 1


def test_several_are_published_as_a_job_that_can_be_cancelled(publishers: Publishers) -> None:
    keys = [publishers.goods(f"mj{n}", f"毛巾{n}") for n in range(4)]
    publishers.desk.market.world.faults.add("slow", seconds=0.3, api=SIMPLE_ADD)
    page = publishers.open()
    page.table.rows_model().set_ticked([one.row_id for one in keys], True)
    publishers.click("publish_page.publish_button")
    publishers.desk.until(page.progress.isVisible)
    publishers.desk.until(lambda: publishers.at_1688())
    publishers.click("publish_page.progress_band_cancel_button")
    publishers.desk.until(lambda: not page.progress.isVisible())
    publishers.desk.idle()
    states = sorted(publishers.state(one) for one in keys)
    assert "draft" in states
    assert states.count("published") == len(publishers.at_1688())
    assert set(states) == {"draft", "published"}


def test_what_could_not_be_published_is_told_with_its_reason(publishers: Publishers) -> None:
    keys = [publishers.goods("mj1", "毛巾"), publishers.goods("mj2", "没图的浴巾", pictures=())]
    page = publishers.open()
    page.table.rows_model().set_ticked([one.row_id for one in keys], True)
    publishers.click("publish_page.publish_button")
    dialog = publishers.desk.find(DialogFrame, "publish_report_dialog")
    assert dialog.words.text() == "已发布 1 个，1 个没有发布。"  # type: ignore[attr-defined]
    publishers.click("publish_report_dialog.ok_button")


def test_without_a_shop_the_page_says_what_to_do(desk: Driver) -> None:
    desk.open_page("publish")
    QTest.mouseClick(desk.find(KeyButton, "publish_page.shops_button"), LEFT)
    assert desk.program.window.current_id == "shops"  # type: ignore[union-attr]


def test_without_goods_the_page_leads_to_the_download(publishers: Publishers) -> None:
    publishers.open()
    assert publishers.desk.find(KeyButton, "publish_page.first_button").isVisible()


@pytest.mark.manual("M112")
def test_a_published_offer_can_be_sold_at_once(publishers: Publishers) -> None:
    """Traded online although private: a sale of the goods becomes a pre-order of the new offer."""
    from jdy_desktop.models.states import DocumentKind
    from jdy_desktop.services.book.documents import SaveDocument, SaveLine
    from jdy_desktop.services.machine.jobs import JobContext

    key = publishers.goods("mj001", "纯棉毛巾")
    job, services = JobContext(), publishers.services
    services.publishing.publish(job, key)
    sku = services.products.product(key.product_id).skus[0].id
    sale = SaveDocument(
        kind=DocumentKind.SALE,
        client_key=services.documents.new_client_key(),
        day=publishers.desk.program.ctx.clock.today(),
        customer_id=services.parties.customers()[0].id,
        warehouse_id=services.parties.warehouses()[0].id,
        shop_id=publishers.shop_id,
        makes_pre_order=True,
        lines=(SaveLine(sku_id=sku, quantity=Decimal(3), price=Decimal("5.5")),),
    )
    saved = services.documents.save(sale)
    assert saved.pre_order_id is not None
    services.pre_orders.send(job, saved.pre_order_id)
    [order] = publishers.desk.market.world.pre_orders.values()
    assert (order.lines[0].offer["subject"], order.lines[0].amount, order.due_fen) == ("纯棉毛巾", 3, 1650)


def test_a_published_one_that_1688_leaves_out_is_for_the_clerk_to_decide(publishers: Publishers) -> None:
    key = publishers.goods("mj001", "纯棉毛巾")
    page = publishers.open()
    publishers.choose(key)
    publishers.click("publish_page.publish_button")
    publishers.desk.until(lambda: publishers.state(key) == "published")
    publishers.desk.idle()
    publishers.click("publish_page.look_up_button")
    publishers.desk.idle()
    assert publishers.state(key) == "published"
    publishers.desk.market.world.catalogue.remove(int(publishers.row(key).offer_id))
    publishers.click("publish_page.look_up_button")
    publishers.desk.until(lambda: publishers.state(key) == "unclear")
    publishers.desk.idle()
    publishers.desk.find(DialogFrame, "publish_decide_dialog").reject()
    publishers.desk.idle()
    publishers.desk.until(lambda: page.pane.log.words.text() == "1688 的回答里没有这个宝贝")
