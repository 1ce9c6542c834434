"""Manual 4.2.4–4.3.5: the list 商品匹配 in the real window, its search, its tools, matching by rule and by hand."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QListWidget, QWidget
from sqlalchemy import select

from jdy_desktop.models.catalog import Product
from jdy_desktop.models.channel import MatchHistory, Shop
from jdy_desktop.models.ids import ProductId
from jdy_desktop.models.states import DownloadMode
from jdy_desktop.services.errors import UserError
from jdy_desktop.views.dialogs.goods_picker import GoodsPicker
from jdy_desktop.views.pages.match_page import MatchPage
from jdy_desktop.views.widgets.base import Text
from jdy_desktop.views.widgets.buttons import IconButton, KeyButton
from jdy_desktop.views.widgets.fields import Field, FilterCombo
from tests.support.channel import add_offer, add_product, add_shop
from tests.support.match_desk import CTRL, NINE, MatchDesk, texts
from tests.support.program import Driver

OLD_NAME = "2018夏季新款宽松拼接撞色上衣女 时尚小猫刺绣打底棉T恤厂家直"
TEE, SPORT, BAG = "2019年夏季新款T恤大批发小猫图案", "休闲运动棉量大可批发", "大批发真皮女包"
SHELL, PET = "女跨境电商工艺品 外贸家居海洋系统创意海", "PET电气绝缘胶带3M1350FY-1黄色"
#: M78: the table of the manual.
WORKED = [
    ["已匹配", "sp32701", TEE, "sp32701_003", "香夹白L", "sp32701", OLD_NAME, "sp32701_003", "香夹白/L"],
    ["已匹配", "sp32701", TEE, "sp32701_002", "香夹白M", "sp32701", OLD_NAME, "sp32701_002", "香夹白/M"],
    ["已匹配", "sp32701", TEE, "sp32701_001", "香夹白S", "sp32701", OLD_NAME, "sp32701_001", "香夹白/S"],
    ["未匹配", "sp19005", PET, "", "1350FY-1", "", "", "", ""],
    ["已匹配", "sp32301", SPORT, "sp32301_001", "红色XS", "sp32301", SPORT, "sp32301_001", "红色/XS"],
    ["已匹配", "sp32301", SPORT, "sp32301_002", "绿色XS", "sp32301", SPORT, "sp32301_002", "绿色/XS"],
    ["已匹配", "sp32602", BAG, "sp32602_002", "红色", "sp32602", BAG, "sp32602_002", "红色"],
    ["已匹配", "sp32602", BAG, "sp32602_001", "黄色", "sp32602", BAG, "sp32602_001", "黄色"],
    ["已匹配", "", SHELL, "", "12*9*6", "492ZGD01ZWG", SHELL, "492ZGD01ZWG", "12*9*6"],
]


@pytest.fixture
def worked(desk: Driver) -> MatchDesk:
    """The manual's rows: goods made by hand, offers downloaded, matched by rule; the shell by hand; PET still open."""
    with desk.program.ready.db.write() as session:
        shop = add_shop(session)
        sizes = [("香夹白/L", "003"), ("香夹白/M", "002"), ("香夹白/S", "001")]
        tee = [(f"sp32701_{at}", name) for name, at in sizes]
        add_offer(session, shop, "588640312701", TEE, "sp32701", tee)
        add_product(session, "sp32701", OLD_NAME, tee)
        add_offer(session, shop, "588708880891", PET, "sp19005", [("", "1350FY-1")])
        add_product(session, "sp19005", "PET电气绝缘胶带 黄色", [("sp19005_001", "1350FY-1")])
        add_product(session, "sp19004", "PET电气绝缘胶带 透明", [("sp19004_001", "1350FT-1")])
        add_product(session, "sp19006", "PET电气绝缘胶带 整箱")
        for code, title, rows in (
            ("sp32301", SPORT, [("sp32301_001", "红色/XS"), ("sp32301_002", "绿色/XS")]),
            ("sp32602", BAG, [("sp32602_002", "红色"), ("sp32602_001", "黄色")]),
        ):
            add_offer(session, shop, f"58862884{code[2:]}", title, code, rows)
            add_product(session, code, title, rows)
        add_offer(session, shop, "588713349312", SHELL, "", [("", "12*9*6")])
        add_product(session, "492ZGD01ZWG", SHELL, [("492ZGD01ZWG", "12*9*6")])
    match = MatchDesk(desk)
    matching = desk.program.ready.matching
    matching.auto_match()
    shell = match.rows(SHELL)[0]
    matching.match(shell.id, matching.suggestions(shell.id)[0].sku_id)
    _ = match.page
    desk.idle()
    return match


def _open_picker(match: MatchDesk) -> GoodsPicker:
    return match.desk.find(GoodsPicker, "goods_picker")


def _editor(match: MatchDesk) -> QLineEdit:
    return match.desk.find(Field, "match_page.table.editor")


def _select(match: MatchDesk, text: str) -> int:
    """Put the cursor on the 系统商品名称 cell of the first row found."""
    row = match.rows(text)[0]
    model = match.page.table.rows_model()
    place = model.row_of(row.id)
    match.page.table.setCurrentIndex(model.index(place, NINE.index("系统商品名称") + 1))
    match.page.table.setFocus()
    return int(row.id)


# ---- the list
@pytest.mark.manual("M75", "M76", "M77", "M78")
def test_the_manuals_rows_look_as_in_the_manual(worked: MatchDesk) -> None:
    model = worked.page.table.rows_model()
    visible = [c.title for n, c in enumerate(model.columns) if not worked.page.table.isColumnHidden(n) and c.title]
    assert visible == NINE
    assert worked.shown() == WORKED
    assert worked.counts() == ("8", "1")
    names = NINE.index("平台商品名称") + 1
    repeated = [model.is_repeat(row, names) for row in range(model.rowCount())]
    assert repeated == [False, True, True, False, False, True, False, True, False]
    assert [model.ends_group(row) for row in range(4)] == [False, False, True, True]


@pytest.mark.manual("M79", "M102", "M103")
def test_tools_carry_the_manuals_words(worked: MatchDesk) -> None:
    names = ("columns", "download", "auto", "unmatch", "delete", "query")
    found = [worked.desk.find(KeyButton, f"match_page.{name}_button").text() for name in names]
    assert found == ["列设置", "下载", "自动匹配", "删除商品匹配", "删除平台下载信息", "查询"]
    combos = [worked.desk.find(FilterCombo, f"match_page.{name}_combo").accessibleName() for name in ("state", "shop")]
    assert combos == ["匹配关系", "店铺"]


@pytest.mark.manual("M80")
def test_columns_are_chosen_and_remembered(worked: MatchDesk) -> None:
    desk, title = worked.desk, "货号"

    def hidden() -> bool:
        page = desk.open_page("match")
        place = next(n for n, c in enumerate(page.table.rows_model().columns) if c.title == title)
        return bool(page.table.isColumnHidden(place))

    desk.find(KeyButton, "match_page.columns_button").click()
    chosen = desk.find(QListWidget, "columns_dialog.list")
    chosen.findItems(title, Qt.MatchFlag.MatchExactly)[0].setCheckState(Qt.CheckState.Unchecked)
    desk.find(KeyButton, "columns_dialog.ok_button").click()
    assert hidden()
    assert desk.program.window is not None
    desk.program.window.close_page("match")
    assert hidden()
    desk.find(KeyButton, "match_page.columns_button").click()
    desk.find(KeyButton, "columns_dialog.reset_button").click()
    desk.find(KeyButton, "columns_dialog.ok_button").click()
    assert not hidden()


@pytest.mark.manual("M81")
def test_pages_of_twenty_and_jumping(desk: Driver) -> None:
    with desk.program.ready.db.write() as session:
        shop = add_shop(session)
        for number in range(45):
            add_offer(session, shop, f"{600 + number}", f"第{number}号", f"n{number}")
    match = MatchDesk(desk)
    pager = match.page.pager
    assert (pager.size, pager.pages, len(match.shown())) == (20, 3, 20)
    assert "共 45 条" in texts(pager)
    goto = desk.find(QLineEdit, "match_page.pager.goto_field")
    goto.setFocus()
    goto.selectAll()
    QTest.keyClicks(goto, "3")
    QTest.keyClick(goto, Qt.Key.Key_Return)
    assert len(match.shown()) == 5
    desk.find(IconButton, "match_page.pager.back_button").click()
    assert len(match.shown()) == 20
    assert match.shown()[0][2] == "第20号"
    desk.find(FilterCombo, "match_page.pager.size_combo").set_value(0)
    assert len(match.shown()) == 45


@pytest.mark.manual("M82")
def test_the_tab_opens_once_and_closes(worked: MatchDesk) -> None:
    window = worked.desk.program.window
    assert window is not None
    assert worked.desk.open_page("match") is worked.page
    assert window.open_ids.count("match") == 1
    worked.press(Qt.Key.Key_W, CTRL)
    assert "match" not in window.open_ids


def test_a_title_with_markup_is_shown_as_text(desk: Driver) -> None:
    title = "儿童<b>纯棉</b><img src=x>两件套 & 裤"
    with desk.program.ready.db.write() as session:
        shop = add_shop(session)
        add_offer(session, shop, "1", title, "<i>7</i>")
        add_product(session, "c7", title)
    match = MatchDesk(desk)
    assert match.shown()[0][2] == title
    match.press(Qt.Key.Key_F4)
    dialog = _open_picker(match)
    label = next(one for one in dialog.findChildren(Text) if one.text() == title)
    assert label.textFormat() == Qt.TextFormat.PlainText
    match.press(Qt.Key.Key_Escape)


def test_an_empty_list_says_what_comes_first(desk: Driver) -> None:
    desk.authorize(0)
    match = MatchDesk(desk)
    words = texts(match.page)
    assert "还没有下载宝贝" in words
    assert "商品建档优先级：商品下载 > 商品匹配 > 商品发布" in words
    assert not desk.find(KeyButton, "match_page.auto_button").isEnabled()
    desk.find(KeyButton, "match_page.first_button").click()
    desk.find(KeyButton, "download_dialog.cancel_button").click()


# ---- search and filters
@pytest.mark.manual("M102")
@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("p3270", "sp32701"),  # 货号
        ("大批发小猫", "sp32701"),  # 平台商品名称
        ("32602_00", "sp32602"),  # 单品货号
        ("香夹白M", "sp32701"),  # 平台SKU名称
        ("92zgd01", "492ZGD01ZWG"),  # 系统商品代码, system SKU code; case does not count
        ("小猫刺绣", "sp32701"),  # 系统商品名称
        ("32301_0", "sp32301"),  # 系统SKU代码
        ("夹白/L", "sp32701"),  # 系统SKU名称
        ("红色 sp326", "sp32602"),  # words in any order
        ("zpnb", "sp32602"),  # initials of 真皮女包
    ],
)
def test_search_looks_into_eight_fields(worked: MatchDesk, word: str, code: str) -> None:
    worked.press(Qt.Key.Key_F, CTRL)
    worked.paste(word)
    worked.press(Qt.Key.Key_Return)
    assert {row[5] for row in worked.shown()} == {code}


@pytest.mark.manual("M102")
def test_a_pasted_link_finds_its_offer(worked: MatchDesk) -> None:
    worked.press(Qt.Key.Key_F, CTRL)
    worked.paste("https://detail.1688.com/offer/588708880891.html?spm=a26")
    worked.press(Qt.Key.Key_Return)
    assert [row[1] for row in worked.shown()] == ["sp19005"]


@pytest.mark.manual("M103")
def test_state_shop_and_words_together(worked: MatchDesk) -> None:
    desk = worked.desk
    with desk.program.ready.db.write() as session:
        second = add_shop(session, "奔腾照明", "benteng")
        add_offer(session, second, "700", f"{PET} 同款", "sp19005")
        shop_id = second.id
    worked.reload()
    worked.page.filters.show_shops(desk.program.ready.shops.rows())
    state, shop = desk.find(FilterCombo, "match_page.state_combo"), desk.find(FilterCombo, "match_page.shop_combo")
    assert [shop.itemText(n) for n in range(shop.count())] == ["全部店铺", "AOP对外测试账号02", "奔腾照明"]
    shop.set_value(None)
    worked.press(Qt.Key.Key_F, CTRL)
    worked.type("sp19005")
    state.set_value(False)
    desk.idle()
    assert len(worked.shown()) == 2
    shop.set_value(shop_id)
    desk.find(KeyButton, "match_page.query_button").click()
    desk.idle()
    assert [row[2] for row in worked.shown()] == [f"{PET} 同款"]
    state.set_value(True)
    desk.idle()
    assert worked.shown() == []
    assert "没有符合条件的行" in texts(worked.page)
    worked.page.table.setFocus()
    worked.press(Qt.Key.Key_Escape)
    assert len(worked.shown()) == 10


def test_opened_with_the_item_of_a_failed_pre_order(worked: MatchDesk) -> None:
    worked.desk.open_page("match", text="492ZGD01ZWG")
    assert [row[5] for row in worked.shown()] == ["492ZGD01ZWG"]
    assert worked.page.filters.search.text() == "492ZGD01ZWG"


# ---- by hand
@pytest.mark.manual("M100")
@pytest.mark.parametrize("way", ["button", "F4", "Space", "F4 in the list", "Space in the list"])
def test_the_cell_opens_the_picker(worked: MatchDesk, way: str) -> None:
    row_id = _select(worked, "sp19005")
    if "list" not in way:
        worked.press(Qt.Key.Key_Return)
        _editor(worked)
    if way == "button":
        worked.desk.find(IconButton, "match_page.table.editor_button").click()
    else:
        worked.press(Qt.Key.Key_F4 if "F4" in way else Qt.Key.Key_Space)
    dialog = _open_picker(worked)
    worked.desk.idle()
    assert f"为这个宝贝选择\n{PET}" in texts(dialog)
    assert "货号 sp19005   ·   平台SKU名称 1350FY-1   ·   单品货号 空" in texts(dialog)
    worked.press(Qt.Key.Key_Return)
    worked.desk.until(lambda: worked.counts() == ("9", "0"))
    assert worked.rows("sp19005")[0].id == row_id
    assert worked.rows("sp19005")[0].sku_code == "sp19005_001"


@pytest.mark.manual("M94")
def test_the_picker_lists_only_the_fitting_kind(worked: MatchDesk) -> None:
    _select(worked, "sp19005")
    worked.press(Qt.Key.Key_F4)
    dialog = _open_picker(worked)
    worked.desk.idle()
    worked.paste("PET电气")
    worked.desk.until(lambda: dialog.table.rows_model().rowCount() == 3)
    model = dialog.table.rows_model()
    codes = [model.cell_text(row, 3) for row in range(model.rowCount())]
    assert codes == ["", "sp19005_001", "sp19004_001"]
    assert [model.cell_text(row, 7) for row in (1, 2)] == ["商品代码 = 货号", "名称相近"]
    assert "此宝贝有 SKU，只列出有 SKU 的商品" in [one.accessibleName() for one in dialog.findChildren(QWidget)]
    worked.press(Qt.Key.Key_Down)
    worked.press(Qt.Key.Key_Return)
    assert worked.rows("sp19005 1350FT")[0].sku_code == "sp19004_001"


@pytest.mark.manual("M94")
def test_goods_of_the_other_kind_are_refused_in_words(worked: MatchDesk) -> None:
    _select(worked, "sp19005")
    worked.press(Qt.Key.Key_Return)
    worked.type("sp19006")  # goods without SKUs
    worked.press(Qt.Key.Key_Return)
    dialog = worked.desk.find(QWidget, "message_dialog")
    assert "有 SKU 的宝贝只能匹配有 SKU 的系统商品" in texts(dialog)
    assert worked.counts() == ("8", "1")
    worked.press(Qt.Key.Key_Return)
    services, row = worked.desk.program.ready, worked.rows("sp19005")[0]
    hit = services.picker.exact("sp19006")
    assert hit is not None
    with pytest.raises(UserError, match="kind_mismatch"):
        services.matching.match(row.id, hit.sku_id)


@pytest.mark.manual("M98", "M101")
def test_a_matched_row_is_matched_again_and_stays_so(worked: MatchDesk) -> None:
    desk = worked.desk
    row_id = _select(worked, "sp32301_001")
    worked.press(Qt.Key.Key_Return)
    worked.paste("真皮 黄色")
    worked.press(Qt.Key.Key_Return)
    desk.until(lambda: worked.rows("32301_001")[0].sku_code == "sp32602_001")
    with desk.program.ready.db.read() as session:
        last = session.scalars(select(MatchHistory).order_by(MatchHistory.id.desc()).limit(1)).one()
        assert (last.offer_sku_id, last.action, last.is_undone) == (row_id, "manual", False)
        assert last.before_sku_id is not None
        assert last.after_sku_id != last.before_sku_id
    worked.page.editing.close()
    worked.page.table.setFocus()
    worked.press(Qt.Key.Key_M, CTRL)
    assert worked.rows("32301_001")[0].sku_code == "sp32602_001"
    # Only after 删除商品匹配 the rule has its way again.
    worked.page.table.rows_model().set_ticked([row_id], True)
    desk.find(KeyButton, "match_page.unmatch_button").click()
    desk.find(KeyButton, "unmatch_dialog.yes_button").click()
    desk.idle()
    assert not worked.rows("32301_001")[0].is_matched
    worked.page.table.setFocus()
    worked.press(Qt.Key.Key_M, CTRL)
    assert worked.rows("32301_001")[0].sku_code == "sp32301_001"


def test_suggestions_tell_their_reason_and_ctrl_z_takes_back(worked: MatchDesk) -> None:
    _select(worked, "sp19005")
    worked.press(Qt.Key.Key_Return)
    shown = [(item.code, item.chip, item.chip_tone) for item in worked.popup().items]
    assert shown == [("sp19005_001", "商品代码 = 货号", "ok"), ("sp19004_001", "名称相近", "mute")]
    assert "库存 0 件" in worked.popup().items[0].detail
    worked.press(Qt.Key.Key_Return)
    assert worked.counts() == ("9", "0")
    assert "匹配了 1 行" in worked.toast()
    worked.press(Qt.Key.Key_Z, CTRL)
    worked.desk.until(lambda: worked.counts() == ("8", "1"))


def test_the_row_in_hand_says_why_it_is_open(worked: MatchDesk) -> None:
    _select(worked, "sp19005")
    worked.desk.until(lambda: "未匹配：1688 上没有填货号" in texts(worked.page.pager))
    _select(worked, "sp32301_001")
    worked.desk.until(lambda: "未匹配：" not in texts(worked.page.pager))


def test_leaving_the_cell_changes_nothing(worked: MatchDesk) -> None:
    _select(worked, "sp32301_001")
    worked.press(Qt.Key.Key_Return)
    worked.type("sp19005")
    worked.press(Qt.Key.Key_Escape)
    assert not worked.page.editing.is_open
    assert worked.counts() == ("8", "1")
    assert worked.rows("32301_001")[0].sku_code == "sp32301_001"


def test_enter_before_the_suggestions_does_not_skip_or_guess(worked: MatchDesk) -> None:
    _select(worked, "sp19005")
    table = worked.page.table
    QTest.keyClick(table, Qt.Key.Key_Return)  # opens the cell; the list of suggestions is still being looked for
    QTest.keyClick(_editor(worked), Qt.Key.Key_Return)
    worked.desk.idle()
    # Two goods could be meant: nothing was taken, the clerk still stands in the cell and sees them.
    assert worked.counts() == ("8", "1")
    assert worked.page.editing.is_open
    assert [item.code for item in worked.popup().items] == ["sp19005_001", "sp19004_001"]


def test_a_list_read_again_leaves_the_cell_under_the_hand(worked: MatchDesk) -> None:
    desk = worked.desk
    _select(worked, "sp19005")
    worked.press(Qt.Key.Key_Return)
    worked.type("PET")
    with desk.program.ready.db.write() as session:
        shop = session.scalars(select(Shop)).one()
        add_offer(session, shop, "9", "正在下载的宝贝", "n9")
    desk.until(lambda: len(worked.shown()) == 10)
    desk.idle()
    assert worked.page.editing.is_open
    assert _editor(worked).text() == "PET"
    assert [item.code for item in worked.popup().items] == ["sp19005_001", "sp19004_001"]
    worked.press(Qt.Key.Key_Return)
    assert worked.rows("sp19005_001")[0].is_matched


def test_one_click_opens_the_cell_of_an_open_row(worked: MatchDesk) -> None:
    table = worked.page.table
    model = table.rows_model()
    place = model.row_of(worked.rows("sp19005")[0].id)
    rect = table.visualRect(model.index(place, NINE.index("系统商品名称") + 1))
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=rect.center() - QPoint(20, 0))
    worked.desk.idle()
    assert worked.page.editing.is_open
    worked.press(Qt.Key.Key_Escape)


# ---- deleting
@pytest.mark.manual("M83", "M84")
def test_deleting_matches_covers_the_ticked_rows_of_all_pages(worked: MatchDesk) -> None:
    desk, page = worked.desk, worked.page
    desk.find(FilterCombo, "match_page.pager.size_combo")
    pager = page.pager
    button = desk.find(KeyButton, "match_page.unmatch_button")
    assert not button.isEnabled()
    assert "勾选" in button.toolTip()
    with desk.program.ready.db.write() as session:
        shop = session.scalars(select(Shop)).one()
        for number in range(20):
            add_offer(session, shop, f"{800 + number}", f"第{number}号", f"n{number}")
    worked.reload()
    goods = worked.product_ids()
    model = page.table.rows_model()
    for row in (0, 6):
        _tick(worked, row)
    pager.go(2)
    desk.idle()
    _tick(worked, 0)
    pager.go(1)
    desk.idle()
    assert [model.is_ticked(row) for row in (0, 1, 6)] == [True, False, True]
    assert "已勾选 3 行" in [one.accessibleName() for one in page.findChildren(QWidget) if one.isVisible()]
    button.click()
    words = texts(desk.find(QWidget, "unmatch_dialog"))
    assert "要删除 3 行的匹配关系吗？" in words
    assert "会变成“未匹配”" in words
    assert "商品中心的商品会保留" in words
    worked.press(Qt.Key.Key_Return)  # the safe answer is the default
    assert worked.counts()[0] == "8"
    button.click()
    desk.find(KeyButton, "unmatch_dialog.yes_button").click()
    desk.idle()
    assert worked.counts() == ("6", "23")
    states = [row[0] for row in worked.shown()[:9]]
    assert states == ["未匹配", "已匹配", "已匹配", "未匹配", "已匹配", "已匹配", "未匹配", "已匹配", "已匹配"]
    assert worked.product_ids() == goods
    assert model.ticked == []
    worked.page.table.setFocus()
    worked.press(Qt.Key.Key_Z, CTRL)
    desk.until(lambda: worked.counts() == ("8", "21"))


def _tick(match: MatchDesk, row: int) -> None:
    table = match.page.table
    rect = table.visualRect(table.rows_model().index(row, 0))
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())


@pytest.mark.manual("M83", "M85")
def test_deleting_platform_information_keeps_the_goods(worked: MatchDesk) -> None:
    desk, goods = worked.desk, worked.product_ids()
    for row in range(3):
        _tick(worked, row)
    desk.find(KeyButton, "match_page.delete_button").click()
    words = texts(desk.find(QWidget, "delete_dialog"))
    assert "要删除 3 行平台信息吗？" in words
    assert "匹配关系也一起删除" in words
    assert "已经创建在商品中心的商品会保留" in words
    desk.find(KeyButton, "delete_dialog.yes_button").click()
    desk.idle()
    assert worked.shown() == WORKED[3:]
    assert worked.product_ids() == goods
    assert "商品中心的 1 个商品保留" in worked.toast()


@pytest.mark.manual("M63")
def test_goods_deleted_in_the_goods_centre_leave_the_platform_columns(worked: MatchDesk) -> None:
    services = worked.desk.program.ready
    with services.db.read() as session:
        product_id = session.scalars(select(Product.id).where(Product.code == "sp32301")).one()
    assert services.products.delete([ProductId(product_id)]).deleted == 1
    worked.desk.until(lambda: worked.counts() == ("6", "3"))
    rows = [row for row in worked.shown() if row[1] == "sp32301"]
    assert rows == [["未匹配", *WORKED[4][1:5], "", "", "", ""], ["未匹配", *WORKED[5][1:5], "", "", "", ""]]


# ---- by rule
@pytest.mark.manual("M93", "M96", "M97", "M99")
def test_auto_match_reports_and_leaves_the_rest(desk: Driver) -> None:
    with desk.program.ready.db.write() as session:
        add_product(session, "sp18801", "毛巾")  # rule 2
        add_product(
            session, "sp32501", "衬衫", [("own_1", "白色/S"), ("own_2", "红色/S")]
        )  # rule 3: only 货号 is equal
    match = MatchDesk(desk)
    shop_id = match.shop(mode=DownloadMode.INFO_ONLY)
    page = match.page
    total = len(match.rows())
    assert match.counts() == ("0", str(total))
    page.table.setFocus()
    desk.find(KeyButton, "match_page.auto_button").click()
    desk.until(lambda: match.counts()[0] != "0")
    assert [row.item_number for row in match.rows(matched=True)] == ["sp18801"]
    assert match.toast().startswith(f"匹配了 1 行，还有 {total - 1} 行未匹配")
    assert shop_id == page.filters.shop.value()
    assert isinstance(page, MatchPage)
    assert desk.find(QAbstractButton, "match_page.auto_button").isEnabled()


def test_the_key_after_auto_match_does_not_take_it_back(desk: Driver) -> None:
    """The button is disabled while it works: its focus must not fall on 撤销, which Enter would press."""
    with desk.program.ready.db.write() as session:
        add_product(session, "sp18801", "毛巾")
    match = MatchDesk(desk)
    match.shop(mode=DownloadMode.INFO_ONLY)
    page = match.page
    assert match.counts()[0] == "0"
    button = desk.find(KeyButton, "match_page.auto_button")
    button.setFocus()
    button.click()
    desk.until(lambda: match.counts()[0] == "1")
    desk.idle()
    assert page.table.hasFocus()
    assert not desk.find(KeyButton, "match_page.undo_button").hasFocus()
