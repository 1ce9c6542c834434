"""预订单, the list (manual 6.3): the manual's own tables cell by cell, search, filters, notes with their repair."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from jdy_desktop.models.states import PayState, UploadState
from jdy_desktop.services.machine.context import SHANGHAI
from jdy_desktop.views.pages.pre_orders_page import PreOrdersPage
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import SearchField
from tests.support.clock import FrozenClock
from tests.support.pre_order_rows import FIRST, TABLE_1, TABLE_2, put_row, put_rows
from tests.support.program import Driver, running_program

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from jdy_desktop.sandbox.server import PracticeMarket

HEADERS = "店铺 预单日期 预单编号 原销售单号 客户 结算金额 备注 上传状态 上传日志 支付状态 操作".split()


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, market: PracticeMarket) -> Iterator[Driver]:
    """The evening the manual's rows were taken, a day before the oldest of the second table expire."""
    clock = FrozenClock(datetime(2019, 3, 25, 21, 30, tzinfo=SHANGHAI))
    with running_program(qtbot, tmp_path, market, clock=clock) as driver:
        yield driver


class Calls:
    """Stands for the window: remembers which page a repair asks for."""

    def __init__(self, desk: Driver, page: PreOrdersPage) -> None:
        self.desk, self.page, self.opened = desk, page, []  # type: tuple[Driver, PreOrdersPage, list[Any]]
        page._shell = self  # type: ignore[assignment]

    def open_page(self, page_id: str, **arguments: Any) -> None:
        self.opened.append((page_id, arguments))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.desk.program, name)


def _page(desk: Driver, **arguments: Any) -> PreOrdersPage:
    page = desk.open_page("pre_orders", **arguments)
    assert isinstance(page, PreOrdersPage)
    return page


def cells(page: PreOrdersPage) -> list[tuple[str, ...]]:
    model = page.table.rows_model()
    shown = [c for c in range(len(model.columns)) if not page.table.isColumnHidden(c)]
    return [tuple(model.cell_text(row, c) for c in shown) for row in range(model.rowCount())]


def numbers(page: PreOrdersPage) -> list[str]:
    return [row[3] for row in cells(page)]


def press(page: PreOrdersPage, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    page.table.setFocus()
    QTest.keyClick(page.table, key, modifier)


@pytest.mark.manual("M146", "M148", "M149", "M150", "M151", "M152", "M153", "M157", "M159")
@pytest.mark.parametrize("table", [TABLE_1, TABLE_2], ids=["first table", "second table"])
def test_the_manuals_tables_are_shown_as_printed(desk: Driver, table: list[tuple[str, ...]]) -> None:
    put_rows(desk.program.ready.db, table)
    page = _page(desk)
    titles = [column.title for column in page.table.rows_model().columns if not column.hidden]
    assert titles == HEADERS
    assert cells(page) == table


@pytest.mark.manual("M149", "M135")
def test_what_each_state_offers(desk: Driver) -> None:
    db = desk.program.ready.db
    old = (FIRST, "2019-03-20 21:29:59", "5", "XH20190320001", "零售", "10", "", "已上传", "上传成功", "", "")
    put_row(db, old)
    put_row(db, (*TABLE_1[0][:2], "6", "XH20190327002", *TABLE_1[0][4:]), pay_state=PayState.PAID)
    put_row(db, (*TABLE_1[0][:2], "7", "XH20190327003", *TABLE_1[0][4:]), pay_state=PayState.SCANNED)
    put_row(
        db, (FIRST, "", "0", "XH20190327004", "零售", "1", "", "未上传", "", "", ""), upload_state=UploadState.WAITING
    )
    put_row(
        db, (FIRST, "", "0", "XH20190327005", "零售", "1", "", "未上传", "", "", ""),
        upload_state=UploadState.UNCLEAR, advice="checking",
    )  # fmt: skip
    shown = {row[3]: (row[7], row[9], row[10]) for row in cells(_page(desk))}
    assert shown == {
        "XH20190320001": ("已上传", "已过期(预订单)", "重新创建"),
        "XH20190327002": ("已上传", "已支付", ""),
        "XH20190327003": ("已上传", "已扫码", "支付"),
        "XH20190327004": ("待上传", "未支付", "自动"),
        "XH20190327005": ("待核对", "未支付", "核对"),
    }


@pytest.mark.manual("M151", "M152", "M153", "M139", "M140")
def test_a_failed_row_tells_what_to_do_and_enter_does_it(desk: Driver) -> None:
    ids = put_rows(desk.program.ready.db, TABLE_2)
    page = _page(desk)
    model = page.table.rows_model()
    calls = Calls(desk, page)
    notes = {}
    for number, row_id in ids.items():
        note = model.note_at(model.row_of(row_id))
        if note is not None:
            notes[number] = (note.sentence, note.repair)
    assert notes == {
        "XH20190321014": ("sp19011 高压绝缘胶带 23号 还没有匹配 1688 的宝贝。", "去商品匹配"),
        "XH20190321009": ("sp32602 大批发真皮女包 红色：1688 起订量 2 个，本单 1 个。", "改成 2 个再上传"),
        "XH20190321008": ("sp32701 香夹白/S：1688 起订量 3 件，本单 2 件，价格没有问题。", "改成 3 件再上传"),
        "XH20190321006": ("1688 没有接受，原因见上传日志。销货单没有丢，改好后点“上传”。", "打开销货单"),
    }
    for number in ids:
        if number in notes:
            page.table.select_id(ids[number])
            press(page, Qt.Key.Key_Return)
    opened = [(name, {key: str(value) for key, value in given.items()}) for name, given in calls.opened]
    shop = str(page._model.row_at(0).shop_id)  # type: ignore[union-attr]
    by_number = {page._model.row_at(row).sale_number: page._model.row_at(row) for row in range(10)}  # type: ignore[union-attr]
    sale = {number: str(row.sale_id) for number, row in by_number.items() if row}
    assert ("match", {"text": "sp19011", "shop_id": shop}) in opened
    assert ("sale", {"document_id": sale["XH20190321009"], "line": "1", "quantity": "2"}) in opened
    assert ("sale", {"document_id": sale["XH20190321008"], "line": "2", "quantity": "3"}) in opened
    assert ("sale", {"document_id": sale["XH20190321006"]}) in opened


@pytest.mark.manual("M138", "M141")
@pytest.mark.parametrize(
    ("advice", "facts", "sentence", "repair"),
    [
        (
            "off_shelf", {"row": "1", "sku_code": "sp1", "name": "衬衫"},
            "sp1 衬衫 在 1688 已下架。在 1688 后台重新上架再上传，或改用别的商品。", "修改这一行",
        ),
        (
            "over_online_stock",
            {"row": "1", "sku_code": "sp1", "name": "衬衫", "unit": "件", "online_stock": "20", "quantity": "21"},
            "sp1 衬衫：1688 线上只有 20 件库存不够，本单 21 件。减少数量，或在 1688 后台调大库存。", "改成 20 件再上传",
        ),
        (
            "over_online_stock",
            {"row": "1", "sku_code": "sp1", "name": "衬衫", "unit": "件", "online_stock": "30", "quantity": "21"},
            "sp1 衬衫：1688 线上只有 30 件库存不够，本单 21 件。减少数量，或在 1688 后台调大库存。", "修改数量",
        ),
        (
            "below_minimum_or_price",
            {"row": "1", "sku_code": "sp1", "name": "衬衫", "unit": "件", "minimum": "2", "quantity": "5"},
            "sp1 衬衫：数量 5 件够了，单价低于 1688 的限制。改单价，或在 1688 后台改。", "修改这一行",
        ),
        ("market_missing", {"shop": "一店"}, "店铺“一店”还没有选市场，1688 要求必填，没有发出去。", "选择市场"),
        ("sale_voided", {}, "销货单已作废，不会上传到 1688。", ""),
    ],
)  # fmt: skip
def test_other_failures(desk: Driver, advice: str, facts: dict[str, str], sentence: str, repair: str) -> None:
    row = (FIRST, "", "0", "XH20190327004", "零售", "1", "", "未上传", "他们的话", "", "")
    put_row(desk.program.ready.db, row, advice=advice, facts=facts)
    page = _page(desk)
    note = page.table.rows_model().note_at(0)
    assert note is not None
    assert (note.sentence, note.repair) == (sentence, repair)
    assert cells(page)[0][8] == "他们的话"


@pytest.mark.manual("M156")
def test_search_and_filters_combine_and_an_empty_list_says_which_are_on(desk: Driver) -> None:
    put_rows(desk.program.ready.db, TABLE_1[1:] + TABLE_2[2:3] + [TABLE_1[0]])
    page = _page(desk)
    assert len(numbers(page)) == 13
    filters = page.filters
    search = desk.find(SearchField, "pre_orders_page.search_field")
    search.setFocus()
    search.insert("0321 批发")
    QTest.keyClick(search, Qt.Key.Key_Return)
    desk.until(lambda: numbers(page) == ["XH20190321004", "XH20190321003"])
    filters.upload.set_value(UploadState.FAILED)
    desk.find(KeyButton, "pre_orders_page.query_button").click()
    desk.until(lambda: numbers(page) == [])
    assert "搜索“0321 批发”，上传状态“未上传”" in filters.words()
    page.table.setFocus()
    press(page, Qt.Key.Key_Escape)
    desk.until(lambda: len(numbers(page)) == 13)
    for day, text in ((filters.first, "2019-03-22"), (filters.last, "2019-03-26")):
        day.setFocus()
        day.setText(text)
        QTest.keyClick(day, Qt.Key.Key_Return)
    desk.until(lambda: numbers(page) == ["XH20190326001", "XH20190323002"])
    filters.shop.set_value(next(row.id for row in desk.program.ready.shops.rows() if row.name == FIRST))
    filters.pay.set_value(PayState.UNPAID)
    page.query()
    desk.until(lambda: numbers(page) == ["XH20190326001"])


@pytest.mark.manual("M142", "M143", "M144", "M145")
def test_details_tell_how_goods_go_and_when_money_comes(desk: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    from PySide6.QtGui import QDesktopServices

    ids = put_rows(desk.program.ready.db, TABLE_1[:1])
    page = _page(desk, pre_order_id=ids["XH20190327001"])
    press(page, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    desk.until(lambda: page.pane.isVisible() and page.pane.value("amount") == "890.88")
    assert page.pane.value("logistics") == "自提"
    assert "无须填写物流单号" in page.pane.way.text()
    assert "不再是即时到账" in page.pane.way.text()
    assert "第 10 天到账" in page.pane.money.text()
    page.pane.shipped.setText("2019-03-28")
    assert page.pane.arrival.value() == "2019-04-07"
    links: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: links.append(url.toString()))
    desk.find(KeyButton, "pre_orders_page.guarantee_link").click()
    assert links == ["https://cs.jdy.com/article/1556025411239"]


@pytest.mark.manual("M135")
@pytest.mark.parametrize(
    ("made", "left", "action"),
    [
        ("2019-03-25 21:30:00", "5 天 0 小时 0 分", "支付"),
        ("2019-03-20 21:30:30", "0 分", "支付"),
        ("2019-03-20 21:31:00", "1 分", "支付"),
        ("2019-03-20 21:30:00", "已过期", "重新创建"),
    ],
)
def test_the_time_left_to_pay(desk: Driver, made: str, left: str, action: str) -> None:
    id = put_row(desk.program.ready.db, (FIRST, made, *TABLE_1[0][2:]))
    page = _page(desk)
    model = page.table.rows_model()
    assert model.cell_text(model.row_of(id), len(model.columns) - 1) == left
    assert cells(page)[0][10] == action


def test_opening_with_a_pre_order_selects_it_on_its_page(desk: Driver) -> None:
    db = desk.program.ready.db
    rows = [(FIRST, "", "0", f"XH201903220{n:02d}", "零售", "1", "", "未上传", "x", "", "") for n in range(30)]
    ids = put_rows(db, rows)
    page = _page(desk, pre_order_id=ids["XH20190322003"])
    assert page.pager.page == 2
    assert page.table.current_id() == ids["XH20190322003"]
