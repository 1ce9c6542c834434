"""对账单 through the real window: periods, order of one day, paper, workbook, picture (W29, W30)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.payments import SavePayment
from jdy_desktop.views.dialogs.statement_dialog import StatementDialog
from jdy_desktop.views.widgets.buttons import KeyButton
from tests.support.debts import Debts
from tests.support.program import Driver

D = Decimal
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def debts(desk: Driver) -> Debts:
    """Today a receipt of 400 is entered before the day's bill of 150: the statement turns them round."""
    made = Debts(desk)
    payments = made.services.payments
    cash = made.services.parties.accounts()[0].id
    payments.save(SavePayment(payments.new_client_key(), made.zhang, made.today, D(400), cash, "=1+1"))
    made.bill("15", made.today)
    made.bill("2", made.today, DocumentKind.SALE_RETURN)
    return made


def opened(desk: Driver, debts: Debts) -> StatementDialog:
    page = desk.open_page("customers", party_id=debts.zhang.id)
    desk.until(lambda: page.pane.detail is not None and page.pane.detail.name == "张老板")
    window = desk.program.window
    assert window is not None
    window.activateWindow()
    page.table.setFocus()
    desk.until(page.table.hasFocus)
    QTest.keyClick(page.table, Qt.Key.Key_B, CTRL)
    dialog = desk.find(StatementDialog, "statement_dialog")
    dialog.period.set_value("all")
    desk.until(lambda: dialog.statement is not None and len(dialog.statement.rows) == 5)
    return dialog


def cells(dialog: StatementDialog) -> list[tuple[str, ...]]:
    model = dialog.table.rows_model()
    return [tuple(model.cell_text(row, one) for one in (1, 4, 5, 6)) for row in range(model.rowCount())]


ROWS = [
    ("销货单", "300.00", "", "300.00"),
    ("销货单", "500.00", "", "800.00"),
    ("销货单", "150.00", "", "950.00"),
    ("销货退货单", "-20.00", "", "930.00"),
    ("收款单", "", "400.00", "530.00"),
]


def test_bills_of_a_day_stand_before_its_receipts(desk: Driver, debts: Debts) -> None:
    dialog = opened(desk, debts)
    assert cells(dialog) == ROWS
    said = "\n".join(one.text() for one in dialog.findChildren(QLabel))
    assert "期初 0.00" in said
    assert "期末欠款 530.00" in said
    assert "5 行　应收增加 930.00　收款 400.00" in said


def test_a_period_begins_with_what_was_owed_before(desk: Driver, debts: Debts) -> None:
    dialog = opened(desk, debts)
    for field in (dialog.first, dialog.last):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, debts.today.isoformat())
        QTest.keyClick(field, Qt.Key.Key_Return)
    desk.until(lambda: dialog.statement is not None and len(dialog.statement.rows) == 3)
    assert dialog.period.value() == "own"
    assert dialog.statement is not None
    assert (dialog.statement.opening, dialog.statement.closing) == (D(800), D(530))


def test_enter_opens_the_document_of_a_row(desk: Driver, debts: Debts) -> None:
    dialog = opened(desk, debts)
    dialog.table.setFocus()
    dialog.table.selectRow(0)
    QTest.keyClick(dialog.table, Qt.Key.Key_Return)
    desk.until(lambda: desk.absent("statement_dialog"))
    window = desk.program.window
    assert window is not None
    page = desk.open_page("sale")
    desk.until(lambda: page.form.number == debts.old.number)


def test_as_a_workbook_without_formulas(desk: Driver, debts: Debts, tmp_path: Path) -> None:
    dialog = opened(desk, debts)
    desk.find(KeyButton, "statement_dialog.export_button").click()
    chooser = desk.find(QFileDialog, "statement_dialog.xlsx_dialog")
    path = tmp_path / "对账单.xlsx"
    chooser.fileSelected.emit(str(path))
    chooser.reject()
    desk.until(path.exists)
    desk.idle()
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert str(rows[1][0]).startswith("张老板")
    assert rows[3] == ("日期", "单据", "单号", "备注", "应收增加", "收款", "欠款余额")
    assert [row[1] for row in rows[5:10]] == [row[0] for row in ROWS]
    assert [row[6] for row in rows[5:10]] == [300, 800, 950, 930, 530]
    assert rows[-1][4:] == (930, 400, 530)
    assert rows[9][3] == "现金 · =1+1"
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert dialog.isVisible()


def test_as_a_picture_on_the_clipboard_and_in_a_file(desk: Driver, debts: Debts, tmp_path: Path) -> None:
    dialog = opened(desk, debts)
    dialog.table.setFocus()
    QGuiApplication.clipboard().clear()
    QTest.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_C, CTRL)
    desk.until(lambda: not QGuiApplication.clipboard().image().isNull())
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.isNull()) == (1260, False)
    assert image.pixelColor(2, 2).lightness() == 255
    desk.find(KeyButton, "statement_dialog.picture_button").click()
    chooser = desk.find(QFileDialog, "statement_dialog.png_dialog")
    path = tmp_path / "对账单.png"
    chooser.fileSelected.emit(str(path))
    chooser.reject()
    desk.until(path.exists)
    desk.idle()
    assert QImage(str(path)).size() == image.size()


def test_on_paper_page_after_page(desk: Driver, debts: Debts, tmp_path: Path) -> None:
    """70 more sales of 10 yuan: three pages, the balance carried over, money and signature on the last."""
    for _ in range(70):
        debts.bill("1", debts.today)
    page = desk.open_page("customers", party_id=debts.zhang.id)
    page.actions_.show_statement(debts.zhang)
    dialog = desk.find(StatementDialog, "statement_dialog")
    dialog.period.set_value("all")
    desk.until(lambda: dialog.statement is not None and len(dialog.statement.rows) == 75)
    path = tmp_path / "a.pdf"
    dialog.save_pdf(path)
    # A PDF names some signs by their radicals; figures and most words read as they are.
    pages = [" ".join(one.extract_text().split()) for one in PdfReader(path).pages]
    assert [f"第 {number}" in text and "共 3" in text for number, text in enumerate(pages, 1)] == [True] * 3
    assert ["签字" in text for text in pages] == [False, False, True]
    assert "承前" in pages[1]
    # 530 + 700
    assert "1230.00" in pages[2]
    assert "壹仟贰佰叁拾元整" in pages[2]
