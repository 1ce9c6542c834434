"""商品中心 in the real window: what a download made, searching, 批量设置 with undo, deleting, the list for Excel."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from jdy_desktop.models.states import DocumentKind, DownloadMode
from jdy_desktop.services.book.documents import SaveDocument, SaveLine
from jdy_desktop.services.errors import StockShort
from jdy_desktop.services.queries.goods import GoodsFilter
from jdy_desktop.services.queries.matches import MatchFilter
from jdy_desktop.views.pages.goods_tree import CategoryTree
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import FilterCombo, SegmentedChoice
from jdy_desktop.views.widgets.menu import MenuPopup
from tests.support.goods_desk import CTRL, SHIRT, TEE, GoodsDesk, words
from tests.support.program import Driver

OLD_NAME = "2018夏季新款宽松拼接撞色上衣女 时尚小猫刺绣打底棉T恤厂家直"
NEW_TITLE = "2019年夏季新款T恤大批发小猫图案"
SHOP = "AOP对外测试账号02"


@pytest.fixture
def goods(desk: Driver) -> GoodsDesk:
    """The manual's shirt and T-shirt, downloaded with goods."""
    return GoodsDesk(desk, SHIRT, TEE)


# ---- what a download made
@pytest.mark.manual("M19", "M43", "M44", "M62", "M69", "M70")
def test_downloaded_goods_stand_in_the_list(goods: GoodsDesk) -> None:
    assert sorted(zip(goods.codes(), goods.column("商品名称"), goods.column("零售价"), strict=True)) == [
        ("sp32501", "男士秋季衬衫量大可批发", "66"),  # the largest of 64, 64, 66
        ("sp32701", OLD_NAME, "59"),
    ]
    assert dict(zip(goods.codes(), goods.column("批发价"), strict=True)) == {"sp32501": "39", "sp32701": "42"}
    assert set(goods.column("1688")) == {"已匹配"}
    hits = goods.desk.program.ready.picker.search("sp32501")
    assert [hit.code for hit in hits] == ["sp32501_001", "sp32501_002", "sp32501_003"]
    assert goods.desk.program.ready.picker.search("not in the goods centre") == ()


@pytest.mark.manual("M45", "M46", "M64", "M65", "M66", "M67", "M68", "M71", "M72", "M74")
def test_the_pane_tells_what_the_rules_made(goods: GoodsDesk) -> None:
    goods.select("sp32501")
    pane = goods.page.pane
    assert pane.card is not None
    assert (pane.code.text(), pane.name.text()) == ("sp32501", "男士秋季衬衫量大可批发")
    assert pane.category.value() == f"{SHOP} / 男式衬衫"
    assert (pane.kind.value(), pane.unit.value()) == ("普通", "件 / 件")
    assert (pane.retail.value(), pane.wholesale.value(), pane.negative.value()) == ("66.00", "39.00", "否")
    assert pane.skus.words() == [
        ("sp32501_001", "白色/S", "64.00", "0", "1000"),
        ("sp32501_002", "红色/S", "64.00", "0", "1000"),
        ("sp32501_003", "天蓝色/S", "66.00", "0", "1000"),
    ]
    assert "shirt_white" in pane.card.picture
    goods.desk.until(lambda: goods.page._pictures.pixmap(pane.card.picture, 96) is not None)  # type: ignore[union-attr]


@pytest.mark.manual("M64", "M65")
def test_the_tree_counts_and_filters(goods: GoodsDesk) -> None:
    goods.make("own1", "手工台灯")
    tree = goods.desk.find(CategoryTree, "goods_page.category_tree")
    assert tree.words() == [("全部商品", 3), (SHOP, 2), ("女式T恤", 1), ("男式衬衫", 1), ("未分类", 1)]
    tree.setFocus()
    goods.press(Qt.Key.Key_Down)
    assert sorted(goods.codes()) == ["sp32501", "sp32701"]
    goods.press(Qt.Key.Key_Down)
    assert goods.codes() == ["sp32701"]
    goods.press(Qt.Key.Key_Up)
    goods.press(Qt.Key.Key_Left)
    assert tree.words() == [("全部商品", 3), (SHOP, 2), ("未分类", 1)]
    goods.press(Qt.Key.Key_Down)
    assert goods.codes() == ["own1"]


@pytest.mark.manual("M48", "M86", "M87")
def test_a_title_changed_on_1688_is_told_and_renames_nothing(goods: GoodsDesk) -> None:
    goods.select("sp32701")
    card = goods.desk.find(QWidget, "goods_page.match_card")
    assert "平台商品名称和系统里的名称相同" in words(card)
    goods.desk.market.world.set_offer(int(TEE), subject=NEW_TITLE)
    goods.download(TEE, mode=DownloadMode.INFO_ONLY)
    goods.desk.until(lambda: NEW_TITLE in words(card))
    assert goods.page.pane.match.state.text() == "已匹配 3 / 3"
    assert f"平台商品名称现在是 <b>{NEW_TITLE}</b>，系统里的名称不会跟着改。" in words(card)
    assert goods.page.pane.name.text() == OLD_NAME
    assert OLD_NAME in goods.column("商品名称")


def test_markup_in_titles_is_shown_as_text(goods: GoodsDesk) -> None:
    title = "<b>粗</b><img src='file:///etc/passwd'>上衣 & 裤"
    goods.make("html1", title)
    goods.select("html1")
    assert goods.column("商品名称")[0] == title
    assert goods.page.pane.name.text() == title
    assert goods.page.pane.name.textFormat() == Qt.TextFormat.PlainText
    goods.desk.market.world.set_offer(int(TEE), subject=title)
    goods.download(TEE, mode=DownloadMode.INFO_ONLY)
    goods.select("sp32701")
    goods.desk.until(lambda: "&lt;img" in goods.page.pane.match.words.text())
    assert "<img" not in goods.page.pane.match.words.text()


# ---- searching
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("批发 男士", {"sp32501"}),
        ("nsqj", {"sp32501"}),
        ("nanshi", {"sp32501"}),
        ("SP32501_002", {"sp32501"}),
        ("6901234567892", {"own1"}),
        ("天蓝色", {"sp32501"}),
        ("sp32", {"sp32501", "sp32701"}),
        ("100%", set()),
        ("_0__", set()),
    ],
)
def test_search_by_words_pinyin_codes_and_barcodes(goods: GoodsDesk, text: str, found: set[str]) -> None:
    goods.make("own1", "手工台灯", barcode="6901234567892")
    goods.search(text)
    assert set(goods.codes()) == found


def test_nothing_found_says_what_was_asked_and_esc_takes_it_back(goods: GoodsDesk) -> None:
    goods.search("没有这样的货")
    assert goods.codes() == []
    clear = goods.desk.find(KeyButton, "goods_page.clear_button")
    assert "没有这样的货" in words(clear.parentWidget() or clear)
    clear.click()
    goods.desk.idle()
    assert len(goods.codes()) == 2


def test_filters_by_match_and_stock_and_the_sum(goods: GoodsDesk) -> None:
    own = goods.make("own1", "手工台灯")
    goods.stock_up(own, "12.5")
    assert "库存合计\n12.5" in words(goods.page.pager)
    match = goods.desk.find(FilterCombo, "goods_page.match_combo")
    match.set_value("unmatched")
    goods.desk.idle()
    assert goods.codes() == ["own1"]
    match.set_value(None)
    stock = goods.desk.find(FilterCombo, "goods_page.stock_combo")
    stock.set_value("none")
    goods.desk.idle()
    assert sorted(goods.codes()) == ["sp32501", "sp32701"]
    assert "库存合计\n0" in words(goods.page.pager)


# ---- 批量设置
@pytest.mark.manual("M119", "M120")
def test_a_hundred_goods_may_go_negative_and_back(desk: Driver) -> None:
    goods = GoodsDesk(desk)
    goods.page.pager._size.set_value(100)
    goods.make_many({f"b{number:03}": f"商品{number}" for number in range(100)})
    already = goods.product_id("b007")
    with goods.told():
        desk.program.ready.products.set_allow_negative([already], True)
    goods.page.table.rows_model().tick_all(True)
    desk.find(KeyButton, "goods_page.batch_button").click()
    dialog = desk.find(QWidget, "batch_dialog")
    assert "100 个商品" in words(dialog)
    assert "是否允许负库存" in words(dialog)
    assert desk.find(SegmentedChoice, "batch_dialog.allow_negative").value() is True
    goods.press(Qt.Key.Key_Return)
    listed = desk.program.ready.goods_list
    flags = [row.allow_negative for row in listed.rows(listed.ids(GoodsFilter())).values()]
    assert flags == [True] * 100
    assert "99 个商品" in goods.toast()
    _sell(desk, already, "3")  # nothing in stock, allowed
    goods.focus()
    goods.press(Qt.Key.Key_Z, CTRL)
    flags = [row.allow_negative for row in listed.rows(listed.ids(GoodsFilter())).values()]
    assert flags.count(True) == 1  # the one that was so before stays so
    with pytest.raises(StockShort):
        _sell(desk, goods.product_id("b008"), "3")


def _sell(desk: Driver, product_id: int, quantity: str) -> None:
    services = desk.program.ready
    sku = services.products.product(product_id).skus[0].id  # type: ignore[arg-type]
    customer = next(one.id for one in services.parties.customers())
    request = SaveDocument(
        kind=DocumentKind.SALE,
        client_key=services.documents.new_client_key(),
        day=desk.program.ctx.clock.today(),
        customer_id=customer,
        lines=(SaveLine(sku, Decimal(quantity), Decimal(10)),),
    )
    services.documents.save(request)
    desk.idle()


# ---- deleting
@pytest.mark.manual("M63")
def test_deleting_goods_frees_their_matches(goods: GoodsDesk) -> None:
    goods.select("sp32501")
    goods.press(Qt.Key.Key_Space)
    goods.press(Qt.Key.Key_Delete)
    dialog = goods.desk.find(QWidget, "delete_dialog")
    assert "要删除 1 个商品吗？" in words(dialog)
    assert "3 行商品匹配变成“未匹配”" in words(dialog)
    goods.press(Qt.Key.Key_Return)  # the safe answer
    assert goods.desk.absent("delete_dialog")
    assert len(goods.codes()) == 2
    goods.press(Qt.Key.Key_Delete)
    goods.desk.find(KeyButton, "delete_dialog.yes_button").click()
    goods.desk.until(lambda: goods.codes() == ["sp32701"])
    listed = goods.desk.program.ready.match_list
    rows = [row for row in listed.rows(listed.ids(MatchFilter())).values() if row.item_number == "sp32501"]
    assert [(row.is_matched, row.title, row.product_code) for row in rows] == [
        (False, "男士秋季衬衫量大可批发", "")
    ] * 3
    goods.desk.idle()
    assert goods.page.table.rows_model().ticked == []


def test_goods_with_documents_stay_and_are_named(goods: GoodsDesk) -> None:
    goods.stock_up(goods.product_id("sp32501"), "5")
    goods.page.table.rows_model().tick_all(True)
    goods.focus()
    goods.press(Qt.Key.Key_Delete)
    dialog = goods.desk.find(QWidget, "delete_dialog")
    assert "要删除 1 个商品吗？" in words(dialog)
    assert "sp32501" in words(dialog)
    goods.desk.find(KeyButton, "delete_dialog.yes_button").click()
    goods.desk.until(lambda: goods.codes() == ["sp32501"])
    goods.page.table.rows_model().tick_all(True)
    goods.focus()
    goods.press(Qt.Key.Key_Delete)
    assert "都不能删除" in words(goods.desk.find(QWidget, "message_dialog"))
    assert goods.desk.absent("delete_dialog")


def test_delete_waits_for_ticks(goods: GoodsDesk) -> None:
    assert not goods.desk.find(KeyButton, "goods_page.delete_button").isEnabled()
    goods.press(Qt.Key.Key_Delete)
    assert goods.desk.absent("delete_dialog")


# ---- from here to other pages
def test_selling_asks_which_sku(goods: GoodsDesk) -> None:
    goods.select("sp32501")
    goods.desk.find(KeyButton, "goods_page.sale_button").click()
    menu = goods.desk.find(MenuPopup, "goods_page.sale_menu")
    assert [line.split("\u3000")[0] for line in menu.words()] == ["白色/S", "红色/S", "天蓝色/S"]
    goods.press(Qt.Key.Key_Down)
    goods.press(Qt.Key.Key_Return)
    window = goods.desk.program.window
    assert window is not None
    assert window.current_id == "sale"


def test_more_menu_copies_the_code(goods: GoodsDesk) -> None:
    goods.select("sp32701")
    goods.desk.find(QWidget, "goods_page.more_button").click()  # type: ignore[attr-defined]
    menu = goods.desk.find(MenuPopup, "goods_page.more_menu")
    assert menu.words() == ["复制商品代码", "在商品匹配里看", "改为允许负库存"]
    goods.press(Qt.Key.Key_Return)
    assert goods.desk.absent("goods_page.more_menu")
    assert QGuiApplication.clipboard().text() == "sp32701"


def test_before_the_first_goods_the_page_leads_to_the_download(desk: Driver) -> None:
    goods = GoodsDesk(desk)
    assert goods.codes() == []
    desk.find(KeyButton, "goods_page.first_button").click()
    desk.idle()
    window = desk.program.window
    assert window is not None
    assert window.current_id == "match"


def test_ctrl_f_and_ctrl_n_belong_to_the_page(goods: GoodsDesk) -> None:
    goods.press(Qt.Key.Key_F, CTRL)
    assert QApplication.focusWidget() is goods.page.tools.search
    goods.press(Qt.Key.Key_N, CTRL)
    assert goods.desk.find(QWidget, "product_dialog").accessibleName() == "新增商品"
    goods.press(Qt.Key.Key_Escape)
    assert goods.desk.absent("product_dialog")


# ---- the list for Excel
def _sheet(path: Path) -> list[dict[str, object]]:
    from openpyxl import load_workbook

    rows = list(load_workbook(path).worksheets[0].iter_rows(values_only=True))
    return [dict(zip((str(one) for one in rows[0]), row, strict=True)) for row in rows[1:]]


@pytest.mark.manual("M47", "M48")
def test_the_code_list_goes_to_excel_and_follows_new_titles(goods: GoodsDesk, tmp_path: Path) -> None:
    goods.desk.find(KeyButton, "goods_page.export_button").click()
    menu = goods.desk.find(MenuPopup, "goods_page.files_menu")
    menu.choose(menu.words().index("导出货号–商品列表…"))
    dialog = goods.desk.find(QFileDialog, "goods_page.export_dialog")
    first = tmp_path / "first.xlsx"
    dialog.fileSelected.emit(str(first))
    dialog.reject()
    goods.desk.until(first.exists)
    goods.desk.idle()
    before = [row for row in _sheet(first) if row["商品代码"] == "sp32501"]
    assert [row["SKU代码"] for row in before] == ["sp32501_001", "sp32501_002", "sp32501_003"]
    assert {(row["货号"], row["平台商品名称"], row["offerid"]) for row in before} == {
        ("sp32501", "男士秋季衬衫量大可批发", SHIRT)
    }
    assert [row["零售价"] for row in before] == [64, 64, 66]
    goods.desk.market.world.set_offer(int(SHIRT), subject="男士衬衫 2020")
    goods.download(SHIRT, mode=DownloadMode.INFO_ONLY)
    second = tmp_path / "second.xlsx"
    goods.page.files.export(second, GoodsFilter("sp32501"))
    goods.desk.until(second.exists)
    goods.desk.idle()
    after = _sheet(second)
    assert {(row["货号"], row["商品名称"], row["平台商品名称"]) for row in after} == {
        ("sp32501", "男士秋季衬衫量大可批发", "男士衬衫 2020")
    }
    assert "second.xlsx" in goods.toast()


def test_a_title_is_never_a_formula_in_excel(goods: GoodsDesk, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    evil = ['=HYPERLINK("http://x","y")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)"]
    for number, name in enumerate(evil):
        goods.make(f"=f{number}", name)
    path = tmp_path / "evil.xlsx"
    goods.page.files.export(path, GoodsFilter("=f"))
    goods.desk.until(path.exists)
    goods.desk.idle()
    cells = [cell for row in load_workbook(path).worksheets[0].iter_rows(min_row=2) for cell in row[:2]]
    assert {cell.value for cell in cells} == {*evil, "=f0", "=f1", "=f2", "=f3"}
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)


def test_export_into_a_folder_that_is_not_there_is_told(goods: GoodsDesk, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    goods.page.files.export(blocked / "list.xlsx", GoodsFilter())
    goods.desk.until(lambda: not goods.desk.absent("message_dialog"))
    assert "没有导出到 list.xlsx" in words(goods.desk.find(QWidget, "message_dialog"))
    QTest.keyClick(goods.desk.find(QWidget, "message_dialog"), Qt.Key.Key_Escape)
