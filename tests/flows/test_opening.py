"""期初录入 (manual 5.3): by scanner, by hand, pasted from Excel; dated the start period; replacing asks."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from jdy_desktop.models.ids import SkuId
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.opening import OpeningLine, OpeningReport, OpeningStock
from jdy_desktop.services.book.products import SaveProduct, SaveSku
from jdy_desktop.views.dialogs.message_dialog import MessageDialog
from jdy_desktop.views.pages.opening_page import ENTERED, OpeningPage
from jdy_desktop.views.pages.opening_parts import RefusedDialog
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import ConfirmDialog, DialogFrame
from jdy_desktop.views.widgets.feedback import NoteRow
from tests.support.program import START, Driver

D = Decimal


def goods(desk: Driver, code: str, name: str, barcode: str = "") -> SkuId:
    products = desk.program.ready.products
    sku = SaveSku(prices={PriceGrade.RETAIL: Decimal(10)}, barcodes=(barcode,) if barcode else ())
    return products.product(products.save(SaveProduct(code=code, name=name, skus=(sku,)))).skus[0].id


@pytest.fixture
def page(desk: Driver) -> OpeningPage:
    goods(desk, "sp18801", "加厚纯棉毛巾", "6901234567892")
    goods(desk, "sp19011", "高压绝缘胶带 23号")
    goods(desk, "sp32602", "大批发真皮女包")
    page = desk.open_page("opening")
    assert isinstance(page, OpeningPage)
    return page


def scan(desk: Driver, page: OpeningPage, text: str) -> None:
    page.scan_field.setFocus()
    QTest.keyClicks(page.scan_field, text)
    QTest.keyClick(page.scan_field, Qt.Key.Key_Return)
    desk.idle()


def editor(desk: Driver, table: DataTable) -> QLineEdit:
    return desk.find(QLineEdit, f"{table.objectName()}.editor")


def type_cell(desk: Driver, page: OpeningPage, text: str) -> None:
    cell = editor(desk, page.lines)
    cell.setFocus()
    QTest.keyClick(cell, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(cell, text)
    QTest.keyClick(cell, Qt.Key.Key_Return)


def put(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def entered(page: OpeningPage) -> list[tuple[str, ...]]:
    model = page._model
    keys = ["goods", "quantity", "unit_cost", "amount"]
    columns = [next(i for i, c in enumerate(model.columns) if c.key == key) for key in keys]
    return [(entry.goods.code, *(model.cell_text(row, c) for c in columns[1:])) for row, entry in enumerate(model.rows)]


def stored(desk: Driver) -> list[tuple[str, Decimal, Decimal, Decimal, date]]:
    rows = desk.program.ready.opening.rows()
    return [(row.code, row.quantity, row.unit_cost, row.amount, row.day) for row in rows]


def save(desk: Driver, page: OpeningPage) -> None:
    QTest.keyClick(page, Qt.Key.Key_F9)
    desk.idle()


@pytest.mark.manual("M14", "M116", "M118")
def test_scan_count_and_save_with_keys_alone(desk: Driver, page: OpeningPage) -> None:
    scan(desk, page, "6901234567892")
    type_cell(desk, page, "120")
    type_cell(desk, page, "3.3333")
    assert desk.program.window is not None
    desk.until(page.scan_field.hasFocus)
    scan(desk, page, "sp19011")
    type_cell(desk, page, "12.5")
    type_cell(desk, page, "0")
    # 120 × 3.3333 = 399.996 → 400.00 once per line
    assert entered(page) == [("sp18801", "120", "3.3333", "400.00"), ("sp19011", "12.5", "0.00", "0.00")]
    save(desk, page)
    desk.until(lambda: len(stored(desk)) == 2)
    assert stored(desk) == [
        ("sp18801", Decimal(120), Decimal("3.3333"), Decimal(400), START),
        ("sp19011", Decimal("12.5"), Decimal(0), Decimal(0), START),
    ]
    desk.idle()
    assert page.face.value() == ENTERED
    model = page.stored.table.rows_model()
    desk.until(lambda: model.rowCount() == 2)
    assert [model.cell_text(row, model.columnCount() - 1) for row in range(2)] == ["2019-03-01", "2019-03-01"]
    assert not any(model.flags(model.index(0, c)) & Qt.ItemFlag.ItemIsEditable for c in range(model.columnCount()))


@pytest.mark.manual("M116")
def test_rows_of_excel_go_in_and_the_bad_ones_say_why(desk: Driver, page: OpeningPage) -> None:
    put(
        "商品代码\t数量\t单位成本\t仓库\r\n"
        "sp18801\t1,200\t¥3.5\t档口仓\r\n"
        "没有这个\t1\t1\r\n"
        "\r\n"
        "sp19011\t十二\t1\r\n"
        "sp32602\t2\t96\t东仓\r\n"
        "6901234567892\t5\t5\r\n"
        "SP19011\t8\t18\r\n"
    )
    QTest.keyClick(page.lines, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    desk.idle()
    assert entered(page) == [("sp18801", "1200", "3.50", "4200.00"), ("sp19011", "8", "18.00", "144.00")]
    row = desk.find(NoteRow, "opening_page.refused_row")
    row.repaired.emit()
    dialog = desk.find(RefusedDialog, "refused_dialog")
    model = dialog.table.rows_model()
    shown = [(model.cell_text(r, 0), model.cell_text(r, 2)) for r in range(model.rowCount())]
    assert shown == [
        ("3", "商品：没有找到"),
        ("5", "数量：要填数字"),
        ("6", "仓库：没有找到"),
        ("7", "商品：和上面的行重复"),
    ]
    desk.find(KeyButton, "refused_dialog.copy_button").click()
    assert QGuiApplication.clipboard().text().count("\n") == 3
    dialog.accept()
    save(desk, page)
    desk.until(lambda: len(stored(desk)) == 2)


@pytest.mark.manual("M118")
def test_replacing_asks_and_no_changes_nothing(desk: Driver, page: OpeningPage) -> None:
    put("sp18801\t10\t3\nsp19011\t5\t2")
    page.paste()
    desk.idle()
    save(desk, page)
    desk.until(lambda: len(stored(desk)) == 2)
    put("sp18801\t7\t4\nsp32602\t1\t96")
    page.show_face("enter")
    page.paste()
    desk.idle()
    save(desk, page)
    dialog = desk.find(ConfirmDialog, "confirm_dialog")
    dialog.no_button.click()
    desk.idle()
    assert [row[1] for row in stored(desk)] == [Decimal(10), Decimal(5)]
    save(desk, page)
    desk.find(ConfirmDialog, "confirm_dialog").yes_button.click()
    desk.until(lambda: len(stored(desk)) == 3)
    assert [(row[0], row[1], row[4]) for row in stored(desk)] == [
        ("sp18801", Decimal(7), START), ("sp19011", Decimal(5), START), ("sp32602", Decimal(1), START),
    ]  # fmt: skip


def test_what_is_added_while_a_save_runs_is_still_there_and_f9_twice_saves_once(
    desk: Driver, page: OpeningPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    go = threading.Event()
    real = OpeningStock.save

    def slow(self: OpeningStock, lines: tuple[OpeningLine, ...]) -> OpeningReport:
        calls.append(len(lines))
        go.wait(10)
        return real(self, lines)

    monkeypatch.setattr(OpeningStock, "save", slow)
    put("sp18801\t10\t3\nsp19011\t5\t2")
    page.paste()
    desk.idle()
    for _ in range(2):
        QTest.keyClick(page, Qt.Key.Key_F9)
    desk.until(lambda: calls)
    card = desk.program.ready.picker.exact("sp32602")
    assert card is not None
    page._on_found(desk.program.ready.picker.card(card.sku_id), False, True)
    page._on_edited(page._entries[0].key, "quantity", "12")
    QTest.keyClicks(editor(desk, page.lines), "4")
    go.set()
    desk.until(lambda: len(stored(desk)) == 2)
    desk.idle()
    assert calls == [2]
    assert [row[:2] for row in stored(desk)] == [("sp18801", D(10)), ("sp19011", D(5))]
    # changed since: still to be saved; the open cell goes on where it stood
    assert [row[:3] for row in entered(page)] == [("sp18801", "12", "3.00"), ("sp32602", "", "")]
    cell = editor(desk, page.lines)
    assert cell.text() == "4"
    QTest.keyClicks(cell, "0")
    QTest.keyClick(cell, Qt.Key.Key_Return)
    assert entered(page)[1][:2] == ("sp32602", "40")


@pytest.mark.expect_log("unexpected")
@pytest.mark.parametrize("name", ["replaces", "save"])
def test_after_a_fault_of_ours_f9_saves(
    desk: Driver, page: OpeningPage, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def bug(*_: object) -> None:
        raise KeyError("bug")

    put("sp18801\t10\t3")
    page.paste()
    desk.idle()
    with monkeypatch.context() as broken:
        broken.setattr(OpeningStock, name, bug)
        save(desk, page)
        desk.find(DialogFrame, "crash_dialog").reject()
    save(desk, page)
    desk.until(lambda: len(stored(desk)) == 1)


def test_undo_puts_back_what_was_taken_and_keeps_what_was_typed_since(desk: Driver, page: OpeningPage) -> None:
    put("sp18801\t10\t3\nsp19011\t5\t2")
    page.paste()
    desk.idle()
    page.lines.select_id(page._entries[0].key)
    desk.find(KeyButton, "opening_page.remove_button").click()
    scan(desk, page, "sp32602")
    type_cell(desk, page, "7")
    assert desk.program.window is not None
    page.lines.setFocus()
    desk.program.window._on_undo()
    assert [row[:2] for row in entered(page)] == [("sp18801", "10"), ("sp19011", "5"), ("sp32602", "7")]
    put("sp18801\t99\t3")
    page.paste()
    desk.idle()
    page._on_edited(page._entries[1].key, "quantity", "6")
    desk.program.window._on_undo()
    assert [row[:2] for row in entered(page)] == [("sp18801", "10"), ("sp19011", "6"), ("sp32602", "7")]


def test_a_line_without_cost_is_told_in_place_and_nothing_is_saved(desk: Driver, page: OpeningPage) -> None:
    scan(desk, page, "sp18801")
    type_cell(desk, page, "4")
    QTest.keyClick(editor(desk, page.lines), Qt.Key.Key_Escape)
    save(desk, page)
    note = page._model.note_at(0)
    assert note is not None
    assert note.sentence.startswith("还没有填单位成本")
    assert stored(desk) == []
    type_cell(desk, page, "-1")
    note = page._model.note_at(0)
    assert note is not None
    assert note.sentence == "不能小于 0，没有改动。"
    assert desk.program.window is not None
    assert desk.program.window.findChild(MessageDialog) is None


def test_a_scanner_in_the_quantity_cell_adds_goods(desk: Driver, page: OpeningPage) -> None:
    scan(desk, page, "sp18801")
    cell = editor(desk, page.lines)
    cell.setFocus()
    QTest.keyClicks(cell, "6901234567892")
    QTest.keyClick(cell, Qt.Key.Key_Return)
    desk.idle()
    assert [row[:2] for row in entered(page)] == [("sp18801", "")]


def test_stored_rows_are_changed_and_taken_back(desk: Driver, page: OpeningPage) -> None:
    put("sp18801\t10\t3\nsp19011\t5\t2")
    page.paste()
    desk.idle()
    save(desk, page)
    desk.until(lambda: page.stored.table.rows_model().rowCount() == 2)
    page.stored.table.select_id(page.stored.table.rows_model().id_at(0))
    page.stored.table.setFocus()
    QTest.keyClick(page.stored.table, Qt.Key.Key_Return)
    desk.idle()
    type_cell(desk, page, "11")
    assert entered(page) == [("sp18801", "11", "3.00", "33.00")]
    QTest.keyClick(editor(desk, page.lines), Qt.Key.Key_Escape)
    save(desk, page)
    desk.find(ConfirmDialog, "confirm_dialog").yes_button.click()
    desk.until(lambda: [row[1] for row in stored(desk)] == [Decimal(11), Decimal(5)])
    desk.idle()
    page.stored.table.select_id(page.stored.table.rows_model().id_at(1))
    page.stored.table.setFocus()
    QTest.keyClick(page.stored.table, Qt.Key.Key_Delete)
    desk.find(ConfirmDialog, "confirm_dialog").yes_button.click()
    desk.until(lambda: [row[0] for row in stored(desk)] == ["sp18801"])


def test_what_was_typed_comes_back_when_the_page_is_opened_again(desk: Driver, page: OpeningPage) -> None:
    put("sp18801\t10\t3")
    page.paste()
    desk.until(lambda: desk.program.ready.drafts.latest_autosave("opening"))
    assert desk.program.window is not None
    desk.program.window.close_page("opening")
    again = desk.open_page("opening")
    assert again is not page
    assert entered(again) == [("sp18801", "10", "3.00", "30.00")]
    save(desk, again)
    desk.until(lambda: len(stored(desk)) == 1)
    desk.until(lambda: desk.program.ready.drafts.latest_autosave("opening") is None)
