"""期初导入 (manual 5.3): a workbook is looked at, good rows go in, bad ones come back with their reasons; undone with one key."""

from __future__ import annotations

import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.opening import OpeningLine
from jdy_desktop.services.book.products import SaveProduct, SaveSku
from jdy_desktop.services.excel import reading
from jdy_desktop.views.dialogs.opening_import_dialog import OpeningImportDialog
from jdy_desktop.views.pages.opening_page import ENTERED, OpeningPage
from jdy_desktop.views.widgets.base import Text
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import ConfirmDialog
from jdy_desktop.views.widgets.feedback import NoteRow
from tests.support.program import START, Driver
from tests.unit.services.excel.workbooks import workbook

D = Decimal
HEAD = ("商品代码", "SKU编码", "仓库", "期初数量", "成本价", "备注")


@pytest.fixture
def page(desk: Driver) -> OpeningPage:
    products = desk.program.ready.products
    price = {PriceGrade.RETAIL: D(10)}
    for code in ("sp18801", "sp19011", "sp32602", "00123"):
        products.save(SaveProduct(code=code, name=f"商品{code}", skus=(SaveSku(prices=price),)))
    shirt = (SaveSku(("红色",), prices=price), SaveSku(("白色",), prices=price))
    products.save(SaveProduct(code="sp32501", name="衬衫", attributes=("颜色",), skus=shirt))
    page = desk.open_page("opening")
    assert isinstance(page, OpeningPage)
    return page


def stored(desk: Driver) -> list[tuple[str, Decimal, Decimal]]:
    rows = desk.program.ready.opening.rows()
    assert all(row.day == START for row in rows)
    return [(row.code, row.quantity, row.unit_cost) for row in rows]


def opened(desk: Driver) -> OpeningImportDialog:
    desk.find(KeyButton, "opening_page.import_button").click()
    return desk.find(OpeningImportDialog, "opening_import")


def read(desk: Driver, path: Path) -> OpeningImportDialog:
    dialog = opened(desk)
    dialog.read(path)
    desk.until(lambda: dialog.plan is not None)
    desk.idle()
    return dialog


def shown(table: Any, *columns: int) -> list[tuple[str, ...]]:
    model = table.rows_model()
    return [tuple(model.cell_text(row, column) for column in columns) for row in range(model.rowCount())]


def enter(desk: Driver) -> None:
    """To whatever has the focus, as a key press goes."""
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, Qt.Key.Key_Return)
    desk.idle()


GOOD = [
    ("sp18801", None, "档口仓", 120, 3.5, "x"),
    ("sp19011", None, None, "１，２００", "¥0.5", None),
    ("00123", None, "档口仓", 1.5, 0, None),
    ("sp32501", "sp32501_001", "档口仓", 10, 39.25, None),
]
BAD = [
    ("sp32602", None, "档口仓", -5, 31, None),
    ("sp3260Z", None, "档口仓", 5, "三十一", None),
    ("sp32501", "sp32501_009", "二楼仓", 5, 1, None),
]


@pytest.mark.manual("M14", "M116", "M117")
def test_choose_read_the_totals_enter(desk: Driver, page: OpeningPage, tmp_path: Path) -> None:
    """Goal C: four acts. The rows that cannot be used stay out, are told by row and column, and come back as a file."""
    path = workbook(tmp_path / "期初库存-三月.xlsx", [*GOOD, *BAD], head=HEAD)
    dialog = read(desk, path)
    assert {key: combo.currentText() for key, combo in dialog.choices.combos.items()} == {
        0: "商品代码", 1: "SKU代码", 2: "仓库", 3: "期初数量", 4: "期初单价", 5: "不导入",
    }  # fmt: skip
    assert shown(dialog.problems, 0, 1, 2, 3) == [
        ("6", "D　期初数量", "-5", "不能小于 0"),
        ("7", "A　商品代码", "sp3260Z", "没有这个商品"),
        ("7", "E　成本价", "三十一", "不是数字"),
        ("8", "B　SKU编码", "sp32501_009", "没有这个 SKU"),
        ("8", "C　仓库", "二楼仓", "没有这个仓库"),
    ]
    # 120 + 1200 + 1.5 + 10; 120 × 3.5 + 1200 × 0.5 + 0 + 10 × 39.25
    assert desk.find(Text, "opening_import.quantity_after").text() == "1,331.5"
    assert desk.find(Text, "opening_import.amount_after").text() == "1,412.50"
    assert dialog.import_button.text() == "导入 4 行"
    assert stored(desk) == []
    enter(desk)
    desk.until(lambda: len(stored(desk)) == 4)
    assert stored(desk) == [
        ("00123", D("1.5"), D(0)), ("sp18801", D(120), D("3.5")), ("sp19011", D(1200), D("0.5")),
        ("sp32501_001", D(10), D("39.25")),
    ]  # fmt: skip
    desk.idle()
    assert page.face.value() == ENTERED
    desk.find(NoteRow, "opening_page.left_out_row").repaired.emit()
    asked = desk.find(QFileDialog, "opening_page.bad_rows_dialog")
    target = tmp_path / "有错的行.xlsx"
    asked.fileSelected.emit(str(target))
    asked.close()
    desk.until(target.exists)
    desk.idle()
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(target)["Sheet1"].rows]
    assert rows[0] == [*HEAD, "原因"]
    assert [row[:6] for row in rows[1:]] == [list(row) for row in BAD]
    assert rows[1][6] == "期初数量：不能小于 0，改成 0 或正数。"
    assert "没有这个商品" in str(rows[2][6])
    assert "不是数字" in str(rows[2][6])


@pytest.mark.manual("M118")
def test_the_same_file_changes_nothing_and_a_later_one_asks(desk: Driver, page: OpeningPage, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", GOOD, head=HEAD)
    read(desk, path)
    enter(desk)
    desk.until(lambda: len(stored(desk)) == 4)
    desk.idle()
    before = stored(desk)
    dialog = read(desk, path)
    assert dialog.plan is not None
    assert (len(dialog.plan.lines), dialog.plan.unchanged) == (0, 4)
    assert not dialog.import_button.isEnabled()
    enter(desk)
    assert stored(desk) == before
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    later = workbook(tmp_path / "b.xlsx", [("sp18801", None, None, 7, 4, None)], head=HEAD)
    dialog = read(desk, later)
    enter(desk)
    desk.find(ConfirmDialog, "replace_dialog").no_button.click()
    desk.idle()
    assert stored(desk) == before
    dialog.import_button.click()
    desk.find(ConfirmDialog, "replace_dialog").yes_button.click()
    desk.until(lambda: ("sp18801", D(7), D(4)) in stored(desk))
    assert len(stored(desk)) == 4


def test_undo_puts_back_what_was_there(desk: Driver, page: OpeningPage, tmp_path: Path) -> None:
    read(desk, workbook(tmp_path / "a.xlsx", [("sp18801", None, None, 10, 3, None)], head=HEAD))
    enter(desk)
    desk.until(lambda: len(stored(desk)) == 1)
    desk.idle()
    read(desk, workbook(tmp_path / "b.xlsx", GOOD, head=HEAD))
    enter(desk)
    desk.find(ConfirmDialog, "replace_dialog").yes_button.click()
    desk.until(lambda: len(stored(desk)) == 4)
    desk.idle()
    QTest.keyClick(page.stored.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.until(lambda: stored(desk) == [("sp18801", D(10), D(3))])


def test_columns_that_are_not_known_are_chosen_by_hand(desk: Driver, page: OpeningPage, tmp_path: Path) -> None:
    rows = [("sp18801", 5, 2.5)]
    dialog = opened(desk)
    dialog.read(workbook(tmp_path / "a.xlsx", rows, head=("货", "几件", "多少钱")))
    desk.until(lambda: dialog.choices.combos)
    desk.idle()
    assert dialog.plan is None
    assert dialog.trouble.isVisible()
    for place, key in enumerate(("product_code", "quantity", "unit_cost")):
        dialog.choices.combos[place].set_value(key)
        desk.idle()
    desk.until(lambda: dialog.plan is not None)
    desk.idle()
    dialog.import_button.click()
    desk.until(lambda: stored(desk) == [("sp18801", D(5), D("2.5"))])


def test_a_refused_file_says_why_and_another_can_be_chosen(desk: Driver, page: OpeningPage, tmp_path: Path) -> None:
    dialog = opened(desk)
    fake = tmp_path / "期初.xlsx"
    fake.write_text("商品代码,数量\nsp18801,5\n", encoding="utf-8")
    dialog.read(fake)
    desk.until(dialog.drop.trouble.isVisible)
    assert "CSV" in dialog.drop.trouble.text()
    desk.idle()
    dialog.read(workbook(tmp_path / "a.xlsx", GOOD, head=HEAD))
    desk.until(lambda: dialog.plan is not None)
    desk.idle()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert stored(desk) == []


def test_a_reading_that_is_cancelled_holds_nobody_up(
    desk: Driver, page: OpeningPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader is busy with one big sheet and hears nothing: another file can be chosen all the same."""
    path = workbook(tmp_path / "a.xlsx", GOOD, head=HEAD)
    began, go, real = threading.Event(), threading.Event(), reading._read

    def busy(*told: Any) -> Any:
        if began.is_set():
            return real(*told)
        began.set()
        go.wait(10)
        return real(*told)

    monkeypatch.setattr(reading, "_read", busy)
    dialog = opened(desk)
    dialog.read(path)
    desk.until(began.is_set)
    assert dialog.band.isVisible()
    desk.find(KeyButton, "opening_import.band_cancel_button").click()
    assert not dialog.band.isVisible()
    assert dialog.drop.choose.isEnabled()
    dialog.read(path)
    desk.until(lambda: dialog.plan is not None)
    plan = dialog.plan
    go.set()
    desk.idle()
    assert dialog.plan is plan, "what was cancelled comes no more"


@pytest.mark.manual("M116", "M117")
def test_both_ways_stand_on_the_page_and_the_template_imports_itself(
    desk: Driver, page: OpeningPage, tmp_path: Path
) -> None:
    page.show_face(ENTERED)
    for name in ("opening_page.new_button", "opening_page.import_button"):
        assert desk.find(KeyButton, name).isEnabled()
    desk.find(KeyButton, "opening_page.template_button").click()
    asked = desk.find(QFileDialog, "opening_page.template_dialog")
    target = tmp_path / "模板.xlsx"
    asked.fileSelected.emit(str(target))
    asked.close()
    desk.until(target.exists)
    desk.idle()
    book = openpyxl.load_workbook(target)
    sheet: Any = book["期初库存"]
    assert [cell.value for cell in sheet[1]] == ["商品代码", "SKU代码", "仓库", "期初数量", "期初单价"]
    sheet.append(["sp32501", "sp32501_002", "档口仓", 35, 39])
    book.save(target)
    assert desk.program.window is not None
    desk.program.window.activateWindow()  # no window manager does it after the file dialog
    dropped(desk, page, target)
    dialog = desk.find(OpeningImportDialog, "opening_import")
    desk.until(lambda: dialog.plan is not None)
    desk.idle()
    enter(desk)
    desk.until(lambda: stored(desk) == [("sp32501_002", D(35), D(39))])


def dropped(desk: Driver, target: QWidget, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    actions, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(target, QDragEnterEvent(QPointF(50, 50).toPoint(), actions, data, buttons, keys))
    QApplication.sendEvent(target, QDropEvent(QPointF(50, 50), actions, data, buttons, keys))


def test_an_opening_entered_meanwhile_is_looked_at_again(desk: Driver, page: OpeningPage, tmp_path: Path) -> None:
    """The totals seen are not those that would be stored: nothing goes in, the new totals stand there, Enter goes on."""
    dialog = read(desk, workbook(tmp_path / "a.xlsx", [("sp18801", 10, 2)], head=("货号", "数量", "成本价")))
    services = desk.program.ready
    sku = services.picker.exact("sp18801")
    assert sku is not None
    place = services.parties.warehouses()[0].id
    services.opening.save([OpeningLine(sku.sku_id, place, D(7), D(3))])
    before = dialog.plan
    dialog.ask_import()
    desk.until(lambda: dialog.plan is not before and dialog.plan is not None)
    desk.idle()
    assert stored(desk) == [("sp18801", D(7), D(3))]
    assert "重新核对" in dialog.trouble.text()
    assert dialog.plan is not None
    assert dialog.plan.replaced == 1
    dialog.ask_import()
    desk.find(ConfirmDialog, "replace_dialog").accept()
    desk.until(lambda: stored(desk) == [("sp18801", D(10), D(2))])
