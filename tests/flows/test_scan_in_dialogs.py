"""A scanner while a dialog is open: no button is pressed by its Enter, and no piece is lost without a word."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from jdy_desktop.models.states import PriceGrade
from jdy_desktop.views import scanner
from jdy_desktop.views.dialogs.code_window import CodeWindow
from jdy_desktop.views.dialogs.product_dialog import ProductDialog
from jdy_desktop.views.dialogs.sku_editor import SkuEditor
from jdy_desktop.views.widgets.dialog import ConfirmDialog, DialogFrame
from jdy_desktop.views.widgets.fields import Field
from tests.support.program import Driver
from tests.support.sales import Counter

EAN, OTHER = "6901234567892", "6901234567908"


class Keyboard:
    """Keys as the machine sends them: into the window, wherever the focus is. `gap_s` lies between two of them."""

    def __init__(self, driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
        self.driver, self.now, self.gap_s = driver, 0.0, 0.005
        make = scanner.Burst.__init__

        def made(burst: scanner.Burst, _clock: object = None) -> None:
            make(burst, lambda: self.now)

        monkeypatch.setattr(scanner.Burst, "__init__", made)
        self.wrong: list[int] = []
        monkeypatch.setattr(scanner.Scanner, "wrong", lambda _self: self.wrong.append(1))

    def press(self, key: Qt.Key | str) -> None:
        window = self.driver.program.window
        assert window is not None
        self.now += self.gap_s
        sent: Any = key
        QTest.keyClick(window.windowHandle(), sent)

    def scan(self, code: str) -> None:
        self.gap_s = 0.005
        for letter in code:
            self.press(letter)
        self.press(Qt.Key.Key_Return)
        self.now += 1

    def type(self, text: str) -> None:
        """By hand, and Enter."""
        self.gap_s = 0.15
        for letter in text:
            self.press(letter)
        self.press(Qt.Key.Key_Return)


@pytest.fixture
def keyboard(desk: Driver, monkeypatch: pytest.MonkeyPatch) -> Keyboard:
    return Keyboard(desk, monkeypatch)


def _code_window(counter: Counter, code: str) -> CodeWindow:
    counter.scan(code)
    counter.type("4*")
    counter.settle()
    counter.key(Qt.Key.Key_F9)
    counter.driver.until(lambda: _shown(counter.driver))
    window = _shown(counter.driver)[0]
    counter.driver.until(lambda: window.state == "ready")
    counter.driver.idle()
    return window


def _shown(driver: Driver) -> list[CodeWindow]:
    assert driver.program.window is not None
    return [one for one in driver.program.window.findChildren(CodeWindow) if one.isVisible()]


def test_a_scan_on_the_code_window_is_the_first_piece_of_the_next_sale(desk: Driver, keyboard: Keyboard) -> None:
    counter = Counter(desk)
    window = _code_window(counter, "sp32501_001")
    keyboard.scan("sp32602_002")
    desk.until(lambda: not _shown(desk))
    counter.settle()
    assert counter.lines() == [("sp32602_002", "1")]
    assert counter.page.form.document_id is None

    # 已失效: the same, and no new pre-order is made of the old sale
    counter.key(Qt.Key.Key_F9)
    desk.until(lambda: _shown(desk))
    window = _shown(desk)[0]
    desk.until(lambda: window.state == "ready")
    assert window.view is not None
    late = window.view.expires_at
    desk.program.ready.pre_orders.server_now = lambda: late  # type: ignore[method-assign,assignment,return-value]
    window._on_tick()
    assert window.main_button.text() == "重新创建"
    before = len(desk.market.world.pre_orders)
    keyboard.scan("sp32501_001")
    desk.until(lambda: not _shown(desk))
    counter.settle()
    assert counter.lines() == [("sp32501_001", "1")]
    assert len(desk.market.world.pre_orders) == before
    assert keyboard.wrong == []


def test_a_question_is_not_answered_by_a_scan(desk: Driver, keyboard: Keyboard) -> None:
    counter = Counter(desk)
    counter.scan("sp32501_001")
    counter.settle()
    counter.page.dialogs.change_customer(desk.program.ready.parties.customers("批发")[0])
    dialog = desk.find(ConfirmDialog, "reprice_dialog")
    assert dialog.yes_button.hasFocus()
    keyboard.scan("sp32602_002")
    assert dialog.isVisible()
    assert keyboard.wrong == [1]
    # a hand on the same keys, and Enter, as before
    keyboard.type("sp32602_002")
    desk.until(lambda: desk.absent("reprice_dialog"))
    desk.idle()
    assert counter.page.form.lines[0].price == counter.sku("sp32501_001").prices[PriceGrade.WHOLESALE]


def test_the_field_for_bar_codes_takes_them_and_nothing_is_saved(desk: Driver, keyboard: Keyboard) -> None:
    page = desk.open_page("goods")
    page.open_with(new_code="sp70001")
    dialog = desk.find(ProductDialog, "product_dialog")
    desk.idle()
    codes = desk.find(Field, "product_dialog.barcodes_field")
    codes.setFocus()
    keyboard.scan(EAN)
    keyboard.scan(OTHER)
    assert codes.text() == f"{EAN} {OTHER}"
    price = desk.find(Field, "product_dialog.retail_field")
    price.setFocus()
    keyboard.gap_s = 0.15
    keyboard.press("6")
    keyboard.now += 1
    keyboard.scan(EAN)
    assert price.text() == "6"
    assert keyboard.wrong == [1]
    desk.idle()
    assert dialog.isVisible()
    assert desk.program.ready.picker.exact("sp70001") is None
    name = desk.find(Field, "product_dialog.name_field")
    name.setFocus()
    keyboard.type("a long name typed by hand")
    desk.until(lambda: desk.absent("product_dialog"))
    stored = desk.program.ready.picker.exact(OTHER)
    assert stored is not None
    assert stored.code == "sp70001"


def test_a_bar_code_in_the_cell_of_a_sku_and_none_in_its_price(desk: Driver, keyboard: Keyboard) -> None:
    page = desk.open_page("goods")
    page.open_with(new_code="sp70002")
    dialog = desk.find(ProductDialog, "product_dialog")
    dialog.has_variants.setChecked(True)
    editor = desk.find(SkuEditor, "sku_editor")
    editor.fields[0][1].setText("红色 蓝色")
    editor.generate()
    desk.idle()
    first = editor.rows[0].key
    assert editor.table.edit_cell(first, "barcodes")
    keyboard.scan(EAN)
    keyboard.press(Qt.Key.Key_Return)  # by hand: the cell is closed, the dialog stays
    assert editor.rows[0].barcodes == EAN
    editor.table.close_editor(commit=False)
    assert editor.table.edit_cell(first, "retail")
    keyboard.scan(EAN)
    editor.table.close_editor(commit=True)
    assert editor.rows[0].retail == ""
    assert dialog.isVisible()
    DialogFrame.reject(dialog)
