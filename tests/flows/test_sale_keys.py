"""The counter's keys: how many presses a sale takes, bursts of a scanner, input methods, held bills (features §4)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from jdy_desktop.app import make_program
from jdy_desktop.views.dialogs.code_window import CodeWindow
from jdy_desktop.views.dialogs.held_dialog import HeldDialog
from jdy_desktop.views.dialogs.matrix_dialog import MatrixDialog
from jdy_desktop.views.widgets.dialog import ConfirmDialog, DialogFrame
from tests.support.program import Driver, end, running_program
from tests.support.sales import Counter

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from jdy_desktop.sandbox.server import PracticeMarket

Key = Qt.Key


@pytest.fixture
def counter(desk: Driver) -> Counter:
    return Counter(desk)


class Presses:
    """Counts what is pressed; waits between presses for what a clerk would see, never for time."""

    def __init__(self, counter: Counter) -> None:
        self.counter, self.count = counter, 0

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.count += 1
        self.counter.key(key, modifier)
        self.counter.settle()

    def type(self, text: str) -> None:
        self.count += len(text)
        self.counter.type(text)

    def suggestions(self) -> None:
        popup = self.counter.page.scan.popup
        self.counter.driver.until(popup.isVisible)


def _code(counter: Counter) -> CodeWindow:
    window = counter.page.window()
    counter.driver.until(lambda: window.findChild(CodeWindow) is not None)
    found = window.findChild(CodeWindow)
    assert found is not None
    counter.driver.until(lambda: found.state == "ready")
    return found


def _customer(presses: Presses, initials: str) -> None:
    page = presses.counter.page
    presses.key(Key.Key_F3)
    presses.type(initials)
    presses.key(Key.Key_Return)
    presses.counter.driver.until(lambda: page.form.customer == "批发")
    presses.counter.settle()


def test_goal_a_three_scans_and_fifteen_keys(counter: Counter) -> None:
    presses = Presses(counter)
    _customer(presses, "pf")
    for code, quantity in (("sp32501_001", "12"), ("sp32701_002", "20"), ("sp32602_002", "15")):
        counter.scan(code)
        presses.type(f"{quantity}*")
    presses.key(Key.Key_F9)
    window = _code(counter)
    assert presses.count <= 15
    assert counter.lines() == [("sp32501_001", "12.0000"), ("sp32701_002", "20.0000"), ("sp32602_002", "15.0000")]
    # 批发价 = the lowest tier of each: 39, 42 and 152.
    assert window.view is not None
    assert window.view.amount == Decimal("3588.00")


def test_goal_a_hands_only_in_32_keys(counter: Counter) -> None:
    presses = Presses(counter)
    _customer(presses, "pfk"[:2])
    for initials, quantity in (("jhcm", "20"), ("zxwx", "30"), ("gyjy", "12")):
        presses.type(initials)
        presses.suggestions()
        presses.key(Key.Key_Return)
        presses.type(quantity)
        presses.key(Key.Key_Return)
    assert [code for code, _ in counter.lines()] == ["sp18801", "sp18810", "sp19011"]
    assert [quantity for _, quantity in counter.lines()] == ["20.0000", "30.0000", "12.0000"]
    presses.key(Key.Key_F9)
    _code(counter)
    assert presses.count <= 32


def test_walk_in_three_scans_and_one_key(counter: Counter) -> None:
    presses = Presses(counter)
    for code in ("sp32602_001", "sp32602_002", "sp19011"):
        counter.scan(code)
    presses.key(Key.Key_F9)
    assert _code(counter).view is not None
    assert presses.count == 1


def test_goal_a2_one_style_by_the_grid(counter: Counter) -> None:
    presses = Presses(counter)
    presses.type("zbcm")
    presses.suggestions()
    presses.key(Key.Key_Return)
    window = counter.page.window()
    counter.driver.until(lambda: window.findChild(MatrixDialog) is not None)
    dialog = window.findChild(MatrixDialog)
    assert dialog is not None
    assert len(dialog.cells) == 12
    for _cell in dialog.cells:
        presses.type("3")
        presses.key(Key.Key_Return)
    presses.key(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    presses.key(Key.Key_F9)
    _code(counter)
    assert presses.count <= 31
    assert [Decimal(quantity) for _, quantity in counter.lines()] == [Decimal(3)] * 12


def test_two_equal_pieces_scanned_fast_are_two(counter: Counter) -> None:
    for _ in range(2):
        counter.scan("sp32501_001")
    counter.settle()
    assert counter.sold() == [("sp32501_001", 2)]


def test_a_burst_of_two_hundred_scans_loses_and_doubles_nothing(counter: Counter) -> None:
    codes = [f"sp3250{n}_001" for n in (1,)] + ["sp32701_001", "sp32701_002", "sp32602_001"]
    for number in range(200):
        counter.scan(codes[number % 4])
    counter.settle()
    assert sorted(counter.sold()) == sorted((code, Decimal(50)) for code in codes)
    assert QApplication.focusWidget() is counter.page.head.scan
    assert counter.page.head.scan.text() == ""


def test_quantity_typed_while_the_scan_is_looked_up_goes_to_that_scan(counter: Counter) -> None:
    counter.scan("sp32501_001")
    counter.scan("sp32602_002")
    counter.type("7*")
    counter.settle()
    assert counter.sold() == [("sp32501_001", 1), ("sp32602_002", 7)]


def test_shift_enter_begins_a_new_line(counter: Counter) -> None:
    counter.scan("sp32501_001")
    counter.type("sp32501_001")
    counter.key(Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    counter.settle()
    assert counter.sold() == [("sp32501_001", 1)] * 2


def test_price_by_the_slash_key(counter: Counter) -> None:
    counter.scan("sp32501_001")
    counter.type("59.5/")
    counter.settle()
    assert counter.page.form.lines[0].price == Decimal("59.5")


def test_an_unknown_code_is_told_and_adds_nothing(counter: Counter) -> None:
    counter.scan("6901234567892")
    counter.settle()
    assert counter.lines() == []
    assert counter.page.head.note.isVisible()
    assert "6901234567892" in counter.page.head.note.accessibleName()
    counter.page.head.note.repaired.emit()
    form = counter.driver.find(QWidget, "product_dialog")
    counter.driver.until(lambda: any(field.text() == "6901234567892" for field in form.findChildren(QLineEdit)))
    assert isinstance(form, DialogFrame)
    form.reject()


def test_unknown_codes_stay_told_while_the_scanner_goes_on(counter: Counter) -> None:
    """A clerk scans a pile without looking up: what was not added must still stand there at the end."""
    note = counter.page.head.note
    for code in ("6901234567892", "sp32602_001", "6909999999990", "sp32602_002"):
        counter.scan(code)
    counter.type("2*")
    counter.settle()
    assert note.isVisible()
    assert "6901234567892、6909999999990：" in note.accessibleName()
    assert counter.sold() == [("sp32602_001", 1), ("sp32602_002", 2)]
    counter.type("2*")
    counter.key(Key.Key_F9)
    _code(counter)
    assert not note.isVisible()
    counter.page.window().findChild(CodeWindow).accept()  # type: ignore[union-attr]
    counter.settle()
    counter.scan("6905555555550")
    counter.settle()
    assert "6901234567892" not in note.accessibleName()


def test_committed_text_of_an_input_method(counter: Counter) -> None:
    field = counter.page.head.scan
    for text in ("sp32501_001\n", "４＊"):
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(field, event)
        counter.settle()
    assert counter.sold() == [("sp32501_001", 4)]


def test_scanner_digits_do_not_stay_in_a_quantity(counter: Counter) -> None:
    counter.scan("sp32501_001")
    counter.settle()
    counter.type("*")
    counter.settle()
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor is not counter.page.head.scan
    counter.scan("sp32602_002")
    counter.settle()
    assert counter.sold() == [("sp32501_001", 1), ("sp32602_002", 1)]


def test_words_in_any_order_and_a_pasted_link(counter: Counter) -> None:
    field = counter.page.head.scan
    field.setText("")
    field.insert("女包 真皮")
    counter.driver.until(
        lambda: {item.code for item in counter.page.scan.popup.items} >= {"sp32602_001", "sp32602_002"}
    )
    counter.key(Key.Key_Escape)
    field.clear()
    field.insert("https://detail.1688.com/offer/588720100011.html")
    counter.key(Key.Key_Return)
    counter.settle()
    assert [code for code, _ in counter.lines()] == ["sp19011"]


def test_goal_e_held_and_resumed_after_a_restart(qtbot: QtBot, tmp_path: Path, market: PracticeMarket) -> None:
    with running_program(qtbot, tmp_path, market) as driver:
        counter = Counter(driver)
        counter.scan("sp32501_001")
        counter.type("4*")
        counter.settle()
        counter.key(Key.Key_F6)
        counter.settle()
        assert counter.lines() == []
        folders, ctx = driver.program.folders, driver.program.ctx
    program = make_program(folders, ctx)
    again = Driver(program, market, qtbot)
    try:
        program.start()
        again.until(lambda: program.services is not None)
        again.idle()
        page = again.open_page("sale")
        again.until(lambda: page.desk.around is not None)
        again.idle()
        counter.driver, counter.page = again, page
        assert program.window is not None
        program.window.activateWindow()
        page.focus_scan()
        again.until(lambda: QApplication.focusWidget() is page.head.scan)
        counter.key(Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        again.until(lambda: program.window is not None and program.window.findChild(HeldDialog) is not None)
        counter.key(Key.Key_1)
        again.until(lambda: bool(page.form.lines))
        counter.settle()
        assert counter.sold() == [("sp32501_001", 4)]
    finally:
        end(program)


def test_del_in_the_held_bills_asks_and_takes_the_one_it_asked_about(desk: Driver) -> None:
    counter = Counter(desk)
    for code in ("sp32501_001", "sp32602_002"):
        counter.scan(code)
        counter.settle()
        counter.key(Key.Key_F6)
        counter.settle()
    drafts = desk.program.ready.drafts
    newer, older = drafts.held("sale")
    counter.key(Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    dialog = desk.find(HeldDialog, "held_dialog")
    counter.key(Key.Key_Delete)
    desk.find(ConfirmDialog, "discard_held_dialog")
    counter.key(Key.Key_Return)  # the safe answer
    desk.until(lambda: desk.absent("discard_held_dialog"))
    desk.idle()
    assert [one.id for one in drafts.held("sale")] == [newer.id, older.id]
    counter.key(Key.Key_Delete)
    ask = desk.find(ConfirmDialog, "discard_held_dialog")
    ask.yes_button.click()
    dialog.table.select_id(older.id)  # moved on before the answer came
    desk.idle()
    assert [one.id for one in drafts.held("sale")] == [older.id]
    assert [dialog.table.rows_model().id_at(row) for row in range(dialog.table.rows_model().rowCount())] == [older.id]
    # a scanner's digits choose nothing
    dialog._burst.clock = lambda: 0.0
    QTest.keyClicks(dialog.table, "1901234561")
    assert not dialog._waits.isActive()
    assert dialog.isVisible()
    dialog.reject()


def test_an_unfinished_sale_comes_back_after_a_restart(qtbot: QtBot, tmp_path: Path, market: PracticeMarket) -> None:
    with running_program(qtbot, tmp_path, market) as driver:
        counter = Counter(driver)
        counter.scan("sp32501_001")
        counter.type("4*")
        counter.settle()
        driver.until(lambda: counter.page.findChild(QWidget, "sale_page.draft_label") is not None)
        driver.until(lambda: not counter.page.desk.is_dirty)
        folders, ctx = driver.program.folders, driver.program.ctx
    program = make_program(folders, ctx)
    again = Driver(program, market, qtbot)
    try:
        program.start()
        again.until(lambda: program.services is not None)
        page = again.open_page("sale")
        again.until(lambda: bool(page.form.lines))
        again.idle()
        assert [(one.card.code, one.quantity) for one in page.form.lines] == [("sp32501_001", Decimal(4))]
    finally:
        end(program)
