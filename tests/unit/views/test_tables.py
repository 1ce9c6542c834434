"""Item models, the list table, column settings, editable lines."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication, QPaintEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from jdy_desktop.views import theme
from jdy_desktop.views.tables.cells import wrap_lines
from jdy_desktop.views.tables.columns_dialog import ColumnsDialog
from jdy_desktop.views.tables.lines import GHOST, LinesModel, LinesTable
from jdy_desktop.views.tables.model import Column, Note, PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.feedback import EmptyState
from tests.unit.views.conftest import MemoryStore

pytestmark = pytest.mark.usefixtures("look")


@dataclass(frozen=True)
class Item:
    id: int
    code: str
    name: str
    price: str


COLUMNS: list[Column[Item]] = [
    Column("code", "货号", lambda r: r.code, 90, repeats=True, sort="code"),
    Column("name", "商品名称", lambda r: r.name, 200, stretch=True),
    Column("price", "零售价", lambda r: r.price, 90, kind="money"),
    Column("note", "备注", lambda r: "", 90, hidden=True),
    Column("act", "操作", lambda r: "支付", 60, kind="link", tone=lambda r: "hint" if r.id == 3 else None),
]


def item(number: int) -> Item:
    return Item(number, f"sp{number:06}", f"男士秋季衬衫量大可批发{number}", "890.88")


def rows_of(ids: Sequence[int]) -> dict[int, Item]:
    return {number: item(number) for number in ids}


def model_of(count: int, **kw: Any) -> PagedTableModel[Item]:
    model = PagedTableModel(COLUMNS, rows_of, **kw)
    model.set_ids(list(range(1, count + 1)))
    return model


def shown(qtbot: QtBot, table: QWidget, width: int = 900, height: int = 400) -> None:
    qtbot.addWidget(table)
    table.resize(width, height)
    table.show()
    table.activateWindow()
    qtbot.waitUntil(table.isActiveWindow)


def test_model_under_the_tester() -> None:
    model = PagedTableModel(COLUMNS, rows_of, checkable=True)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_ids(list(range(1, 301)))
    model.set_ticked([5, 299], True)
    model.refresh_rows([7, 250])
    model.set_ids([3, 1, 2])
    model.set_ids([])
    assert tester.model() is model


def test_model_under_the_tester_with_100_000_ids() -> None:
    """One column: the tester asks every role of every cell, which is what takes the time."""
    model = PagedTableModel(COLUMNS[:1], rows_of)
    model.set_ids(list(range(1, 100_001)))
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert tester.model() is model
    assert len(model._pages) <= model.KEEP
    began = time.perf_counter()
    bare = model_of(0)
    bare.set_ids(list(range(1, 100_001)))
    assert time.perf_counter() - began < 1
    assert bare.fetches == 0


def test_100_000_rows_are_shown_with_few_fetches(qtbot: QtBot) -> None:
    model = model_of(100_000)
    table = DataTable(model, name="items")
    shown(qtbot, table)
    table.scrollToBottom()
    qtbot.waitUntil(lambda: table.rowAt(table.viewport().height() - 1) == 99_999)
    table.grab()
    assert model.rowCount() == 100_000
    assert model.fetches < 10
    assert table.verticalScrollBar().maximum() >= 99_000 * 36  # a true scroll bar


class Paintings(QObject):
    """Areas of the rows that were painted, one after the other."""

    def __init__(self, table: DataTable) -> None:
        super().__init__(table)
        self.areas: list[QRect] = []
        table.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.areas.append(event.rect())
        return False

    def settled(self) -> list[QRect]:
        """What was painted since the last time, once nothing is left to be done."""
        for _ in range(10):
            QApplication.processEvents()
        found, self.areas = self.areas, []
        return found


def test_rows_that_come_are_painted_once_and_a_few_at_a_time(qtbot: QtBot) -> None:
    """Painting them takes longer than anything else the window does while a download runs: the first painting, which lays
    out header and bars, takes none, the next ones six each."""
    model = model_of(0)
    table = DataTable(model, name="items")
    shown(qtbot, table)
    paintings = Paintings(table)
    paintings.settled()
    wide = table.viewport().width()
    model.set_ids(list(range(1, 101)))
    areas = paintings.settled()
    assert table.viewport().width() < wide
    assert not table.horizontalScrollBar().isVisible()
    seen, above = table.viewport().rect(), 6 * 36
    assert areas == [seen, seen, seen.adjusted(0, above, 0, 0)]
    assert paintings.settled() == []


def test_pointer_and_arrow_paint_two_rows_not_all(qtbot: QtBot) -> None:
    table = DataTable(model_of(100), name="items")
    shown(qtbot, table)
    table.setFocus()
    table.selectRow(2)
    paintings = Paintings(table)
    paintings.settled()

    def is_hovered(row: int) -> bool:
        return table.row_ground(row) == "hover"

    here = [QRect(0, 36 * row, table.viewport().width(), 36) for row in range(10)]
    for row, area in ((5, here[5]), (6, here[5] | here[6])):
        QTest.mouseMove(table.viewport(), here[row].center())
        qtbot.waitUntil(partial(is_hovered, row))
        assert paintings.settled()[-1] == area
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert table.row_ground(3) == "selected"
    painted = paintings.settled()
    assert painted
    assert all((here[2] | here[3]).contains(area) for area in painted)


def test_data_never_raises(qtbot: QtBot, log_watch: Any) -> None:
    log_watch.expect("could not be fetched")
    failed: list[object] = []

    def broken(ids: Sequence[int]) -> dict[int, Item]:
        raise OSError("disk")

    model = PagedTableModel(COLUMNS, broken)
    model.fetch_failed.connect(failed.append)
    model.set_ids([1, 2])
    assert model.index(0, 0).data() == ""
    assert [type(e) for e in failed] == [OSError]


def test_a_getter_that_fails_leaves_a_gap(log_watch: Any) -> None:
    log_watch.expect("getter of column")
    columns: list[Column[Item]] = [Column("x", "x", lambda r: r.missing)]  # type: ignore[attr-defined]
    model = PagedTableModel(columns, rows_of)
    model.set_ids([1])
    assert model.index(0, 0).data() == ""


def test_ticks_are_kept_over_pages(qtbot: QtBot) -> None:
    model = model_of(20, checkable=True)
    table = DataTable(model, name="items")
    shown(qtbot, table)
    model.tick_all(True)
    assert model.tick_state() == Qt.CheckState.Checked
    model.set_ids(list(range(21, 41)))
    assert model.tick_state() == Qt.CheckState.Unchecked
    click(qtbot, table, 0, 0)
    assert model.tick_state() == Qt.CheckState.PartiallyChecked
    assert sorted(map(int, map(str, model.ticked))) == list(range(1, 22))
    assert table.chosen_ids() == model.ticked


def click(qtbot: QtBot, table: DataTable, row: int, column: int,
          modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:  # fmt: skip
    spot = table.visualRect(table.model().index(row, column)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, modifier, spot)


def test_shift_click_ticks_a_range_and_space_the_current_row(qtbot: QtBot) -> None:
    model = model_of(10, checkable=True)
    table = DataTable(model, name="items")
    shown(qtbot, table)
    click(qtbot, table, 1, 0)
    click(qtbot, table, 4, 0, Qt.KeyboardModifier.ShiftModifier)
    assert sorted(map(int, map(str, model.ticked))) == [2, 3, 4, 5]
    table.select_id(9)
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert 9 in model.ticked


def test_header_box_ticks_all(qtbot: QtBot) -> None:
    model = model_of(3, checkable=True)
    table = DataTable(model, name="items")
    shown(qtbot, table)
    header = table.horizontalHeader()
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 18))
    assert model.ticked == [1, 2, 3]
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 18))
    assert model.ticked == []


def test_selection_is_kept_by_id(qtbot: QtBot) -> None:
    model = model_of(50)
    table = DataTable(model, name="items")
    shown(qtbot, table)
    table.select_id(7)
    model.refresh([9, 8, 7])
    assert table.current_id() == 7
    assert table.selected_ids() == [7]
    assert table.currentIndex().row() == 2


def test_copy_takes_visible_columns_in_their_order(qtbot: QtBot) -> None:
    model = model_of(3, checkable=True)
    table = DataTable(model, name="items")
    shown(qtbot, table)
    table.select_id(2)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "sp000002\t男士秋季衬衫量大可批发2\t890.88\t支付"


def test_links_and_keys(qtbot: QtBot) -> None:
    model = model_of(3)
    table = DataTable(model, name="items")
    shown(qtbot, table)
    seen: list[object] = []
    table.link_clicked.connect(lambda row_id, key: seen.append((row_id, key)))
    table.row_activated.connect(seen.append)
    table.repair_clicked.connect(lambda row_id: seen.append(("repair", row_id)))
    click(qtbot, table, 1, 4)
    click(qtbot, table, 2, 4)  # grey = only a word
    table.select_id(1)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    qtbot.keyClick(table, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    assert seen == [(2, "act"), 1, ("repair", 1)]


def test_note_rows_have_their_band_and_link(qtbot: QtBot) -> None:
    model = PagedTableModel(COLUMNS, rows_of, note=lambda r: Note("bad", "还没有匹配。", repair="去商品匹配") if r.id == 2 else None,
                            tall=lambda r: 48 if r.id == 2 else 36)  # fmt: skip
    model.set_ids([1, 2, 3])
    table = DataTable(model, name="items")
    shown(qtbot, table)
    qtbot.waitUntil(lambda: table.rowHeight(1) == 48 + 34)
    assert table.rowHeight(0) == 36
    seen: list[object] = []
    table.repair_clicked.connect(seen.append)
    band = table._band_rect(1)
    note = model.note_at(1)
    assert note is not None
    link = table._band.link_rect(band, note, False)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=link.center())
    assert seen == [2]
    assert table.current_id() == 2


def test_repeated_values_and_groups() -> None:
    rows = {n: replace(item(n), code="sp32701" if n < 3 else "sp19005") for n in (1, 2, 3)}
    model = PagedTableModel(COLUMNS, lambda ids: rows, group=lambda r: r.code)
    model.set_ids([1, 2, 3])
    assert [model.is_repeat(r, 0) for r in range(3)] == [False, True, False]
    assert [model.ends_group(r) for r in range(3)] == [False, True, True]


def test_sort_click_tells_key_and_direction(qtbot: QtBot) -> None:
    table = DataTable(model_of(3), name="items")
    shown(qtbot, table)
    seen: list[tuple[str, bool]] = []
    table.sort_requested.connect(lambda key, down: seen.append((key, down)))
    for _ in range(2):
        qtbot.mouseClick(table.horizontalHeader().viewport(), Qt.MouseButton.LeftButton, pos=QPoint(30, 18))
    assert seen == [("code", False), ("code", True)]


# ---- columns
def test_column_settings_are_remembered(qtbot: QtBot, store: MemoryStore) -> None:
    table = DataTable(model_of(3, checkable=True), name="items", store=store)
    shown(qtbot, table)
    assert table.isColumnHidden(4)  # 备注 is hidden as shipped
    table.horizontalHeader().resizeSection(1, 133)
    table.column_settings.choose(["_tick", "price", "code", "name", "note", "act"], {"act"})
    again = DataTable(model_of(3, checkable=True), name="items", store=store)
    shown(qtbot, again)
    header = again.horizontalHeader()
    visible = [COLUMNS[header.logicalIndex(v) - 1].key for v in range(1, header.count())
               if not header.isSectionHidden(header.logicalIndex(v))]  # fmt: skip
    assert visible == ["price", "code", "name", "note"]
    assert header.sectionSize(1) == 133
    again.column_settings.reset()
    fresh = DataTable(model_of(3, checkable=True), name="items", store=store)
    qtbot.addWidget(fresh)
    assert fresh.isColumnHidden(4)
    assert fresh.horizontalHeader().visualIndex(1) == 1


def test_damaged_column_setting_does_not_keep_the_page_closed(qtbot: QtBot, store: MemoryStore) -> None:
    store.set("table.items", "{broken")
    table = DataTable(model_of(3), name="items", store=store)
    shown(qtbot, table)
    assert table.horizontalHeader().count() == 5


def test_columns_dialog(qtbot: QtBot, store: MemoryStore) -> None:
    table = DataTable(model_of(3), name="items", store=store)
    shown(qtbot, table, 1000, 700)
    table.open_columns_dialog()
    dialog = table.findChild(ColumnsDialog)
    assert dialog is not None
    dialog.list.setCurrentRow(0)
    dialog.move_current(1)
    dialog.list.item(3).setCheckState(Qt.CheckState.Checked)
    dialog.accept()
    assert not table.isColumnHidden(3)
    assert table.column_settings.order()[:2] == ["name", "code"]


@pytest.mark.parametrize("scale", [100, 150, 200])
def test_no_header_is_cut(qtbot: QtBot, scale: int) -> None:
    theme.set_scale(scale)
    table = DataTable(model_of(3, checkable=True), name="items")
    shown(qtbot, table, 700, 300)
    header = table._header
    for logical in range(1, header.count()):
        if not header.isSectionHidden(logical):
            assert header.sectionSize(logical) >= header.title_width(logical)


# ---- empty and loading
def test_empty_state_shows_only_without_rows(qtbot: QtBot) -> None:
    model = model_of(0)
    table = DataTable(model, name="items")
    shown(qtbot, table)
    empty = EmptyState("match", "还没有下载宝贝", "下载后，这里列出宝贝。")
    table.set_empty(empty)
    assert empty.isVisible()
    model.set_ids([1])
    assert not empty.isVisible()
    model.set_ids([])
    assert empty.isVisible()


def test_loading_shows_nothing_for_a_moment_then_bars(qtbot: QtBot) -> None:
    table = DataTable(model_of(0), name="items")
    shown(qtbot, table)
    table.set_loading(True, "正在读取 30,000 行…")
    assert not table._loading.isVisible()
    qtbot.waitUntil(lambda: table._loading.isVisible(), timeout=2000)
    table.set_loading(False)
    assert not table._loading.isVisible()


def test_old_rows_stay_while_new_ones_are_read(qtbot: QtBot) -> None:
    table = DataTable(model_of(3), name="items")
    shown(qtbot, table)
    table.set_loading(True)
    qtbot.wait(400)  # longer than the 0.3 s after which bars would come
    assert not table._loading.isVisible()
    table.set_loading(False)


# ---- lines
@dataclass(frozen=True)
class Line:
    id: int
    name: str
    count: str
    price: str


LINE_COLUMNS: list[Column[Line]] = [
    Column("goods", "商品", lambda r: r.name, 240, kind="goods", stretch=True, editable=lambda r: False),
    Column("count", "数量", lambda r: r.count, 90, kind="number", editable=lambda r: True),
    Column("price", "销售单价", lambda r: r.price, 90, kind="number", editable=lambda r: True),
]


def lines() -> tuple[LinesModel[Line], LinesTable]:
    model = LinesModel(LINE_COLUMNS, id_of=lambda r: r.id, ghost="扫下一个商品", ghost_key="goods")
    model.set_rows([Line(1, "男士秋季衬衫", "4", "64.00"), Line(2, "休闲运动棉", "1", "44.00")])
    return model, LinesTable(model, name="lines")


def editor_of(table: DataTable) -> QLineEdit:
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    return editor


def test_lines_model_under_the_tester() -> None:
    model, _table = lines()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_rows([*model.rows, Line(3, "大批发真皮女包", "1", "188.00")])
    model.replace(Line(2, "休闲运动棉", "2", "44.00"))
    model.set_rows([Line(9, "x", "1", "1")])
    assert tester.model() is model
    _table.deleteLater()


def test_enter_goes_through_the_editable_cells(qtbot: QtBot) -> None:
    model, table = lines()
    shown(qtbot, table)
    edits: list[tuple[object, str, str]] = []
    model.edited.connect(lambda row_id, key, text: edits.append((row_id, key, text)))
    table.activateWindow()
    table.setFocus()
    assert table.edit_cell(1, "count")
    qtbot.keyClicks(editor_of(table), "12")
    qtbot.keyClick(editor_of(table), Qt.Key.Key_Return)
    qtbot.keyClicks(editor_of(table), "60")
    qtbot.keyClick(editor_of(table), Qt.Key.Key_Return)
    qtbot.keyClick(editor_of(table), Qt.Key.Key_Return)
    qtbot.keyClick(editor_of(table), Qt.Key.Key_Return)
    assert edits[:2] == [(1, "count", "12"), (1, "price", "60")]
    assert table.current_id() == GHOST
    qtbot.keyClicks(editor_of(table), "sp32501")
    qtbot.keyClick(editor_of(table), Qt.Key.Key_Return)
    assert edits[-1] == (GHOST, "goods", "sp32501")


def test_escape_leaves_the_cell_alone(qtbot: QtBot) -> None:
    model, table = lines()
    shown(qtbot, table)
    edits: list[object] = []
    model.edited.connect(lambda *args: edits.append(args))
    table.setFocus()
    table.edit_cell(2, "count")
    qtbot.keyClicks(editor_of(table), "99")
    qtbot.keyClick(editor_of(table), Qt.Key.Key_Escape)
    assert edits == []


def test_an_open_cell_survives_a_recalculation(qtbot: QtBot) -> None:
    model, table = lines()
    shown(qtbot, table)
    table.setFocus()
    table.edit_cell(2, "price")
    editor = editor_of(table)
    qtbot.keyClicks(editor, "4")
    model.set_rows([replace(row, count="7") for row in model.rows])
    assert editor.text() == "4"
    assert table.model().index(0, 2).data() == "7"


def test_delete_asks_for_the_line_not_the_ghost(qtbot: QtBot) -> None:
    _model, table = lines()
    shown(qtbot, table)
    seen: list[object] = []
    table.delete_requested.connect(seen.append)
    table.select_id(2)
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    table.select_id(GHOST)
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert seen == [2]


def test_wrapped_text_ends_in_dots() -> None:
    font = QFont(theme.font(13))
    width = QFontMetrics(font).horizontalAdvance("十个字十个字十个字十")
    text = "商品[588708880891]的购买数量或者价格不满足最低限购限制。请改数量再上传，或者到店铺里看起订量是多少。"
    parts = wrap_lines(text, font, width, 2)
    assert len(parts) == 2
    assert parts[1].endswith("…")
    assert wrap_lines("上传成功", font, width, 2) == ["上传成功"]
