"""From a printable value to paper or PDF (design §5.5, F17). What the papers look like: `print_roll`, `print_sheet`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from jdy_desktop.services.errors import LocalError, PrinterMissing
from jdy_desktop.services.paper.day_form import PrintableDay
from jdy_desktop.services.paper.form_kinds import SALE, FormKind
from jdy_desktop.services.paper.forms import PrintableCode, PrintableSale, pages
from jdy_desktop.services.paper.statements import PrintableStatement
from jdy_desktop.views.print_day import day_receipt, sheet_as_roll
from jdy_desktop.views.print_parts import Pen
from jdy_desktop.views.print_roll import ROLL_58, ROLL_80, Receipt, Roll, code_receipt, sale_receipt
from jdy_desktop.views.print_sheet import A4, FORM_241, Sheet, SheetPainter
from jdy_desktop.views.print_statement import StatementPainter, parts_of

_ROLL_DPI = 203


class Paper(StrEnum):
    """58 and 80 mm rolls, the 241 × 140 mm form, A4. The value is kept in the settings of this PC."""

    ROLL_58 = "roll_58"
    ROLL_80 = "roll_80"
    FORM_241 = "form_241"
    A4 = "a4"


_ROLLS = {Paper.ROLL_58: ROLL_58, Paper.ROLL_80: ROLL_80}
_SHEETS = {Paper.FORM_241: FORM_241, Paper.A4: A4}


def printers() -> tuple[str, ...]:
    """Names of the printers this PC knows, the default one first."""
    names = list(QPrinterInfo.availablePrinterNames())
    default = QPrinterInfo.defaultPrinterName()
    return tuple(sorted(names, key=lambda name: (name != default, name)))


def print_sale(sale: PrintableSale, paper: Paper, to: Path | str) -> int:
    """Print a sale with its code. `to`: a path makes a PDF, a name (or "" for the default) goes to that printer.

    How many pages. Raises PrinterMissing, LocalError(print_failed); nothing of the sale changes then."""
    if paper in _ROLLS:
        return _print_roll(_ROLLS[paper], to, lambda pen, roll: sale_receipt(pen, roll, sale))
    sheet = _SHEETS[paper]
    parts = pages(sale.lines, sheet.rows)

    def page(painter: SheetPainter, number: int) -> None:
        painter.sale(sale, parts[number], number * sheet.rows + 1, number + 1, len(parts))

    return _print_sheets(sheet, to, len(parts), page, sale.form)


def print_day(day: PrintableDay, paper: Paper, to: Path | str) -> int:
    """Print a day report; `to` as in `print_sale`. Long ones go on over two forms of 140 mm."""
    if paper in _ROLLS:
        return _print_roll(_ROLLS[paper], to, lambda pen, roll: day_receipt(pen, roll, day))
    sheet = _SHEETS[paper]
    printer = _printer(to, sheet.dpi)
    pen = Pen(printer, sheet.dpi / 25.4)
    receipt = day_receipt(pen, sheet_as_roll(sheet, ROLL_80), day)
    forms = -(-receipt.height // pen.mm(sheet.height_mm))
    _set_page(printer, sheet.width_mm, sheet.height_mm * forms)
    _paint(printer, pen, to, [receipt.paint])
    return 1


def print_code(code: PrintableCode, paper: Paper, to: Path | str) -> int:
    """Print the code alone; the same as `print_sale` otherwise."""
    if paper in _ROLLS:
        return _print_roll(_ROLLS[paper], to, lambda pen, roll: code_receipt(pen, roll, code))
    return _print_sheets(_SHEETS[paper], to, 1, lambda painter, _number: painter.code(code))


def print_statement(statement: PrintableStatement, to: Path | str) -> int:
    """对账单 on A4; otherwise the same as `print_sale`."""
    parts = parts_of(statement)
    printer = _printer(to, A4.dpi)
    _set_page(printer, A4.width_mm, A4.height_mm)
    pen = Pen(printer, A4.dpi / 25.4)
    painter = StatementPainter(pen)

    def page(number: int) -> None:
        rows, carried = parts[number]
        painter.page(statement, rows, number + 1, len(parts), carried)

    _paint(printer, pen, to, [lambda one=number: page(one) for number in range(len(parts))])  # type: ignore[misc]
    return len(parts)


def print_code_to_pdf(code: PrintableCode, path: Path, paper: Paper = Paper.ROLL_80) -> int:
    """The code as a PDF, on 80 mm unless told otherwise: for saving, and for a PC without a printer."""
    return print_code(code, paper, path)


def _print_roll(roll: Roll, to: Path | str, make: Callable[[Pen, Roll], Receipt]) -> int:
    printer = _printer(to, _ROLL_DPI)
    pen = Pen(printer, _ROLL_DPI / 25.4)
    receipt = make(pen, roll)
    # Whole millimetres upwards: the last line must not fall off a driver that rounds down.
    _set_page(printer, roll.paper_mm, float(int(receipt.height / pen.dots_per_mm) + 1))
    _paint(printer, pen, to, [receipt.paint])
    return 1


def _print_sheets(
    sheet: Sheet, to: Path | str, count: int, page: Callable[[SheetPainter, int], None], form: FormKind = SALE
) -> int:
    printer = _printer(to, sheet.dpi)
    _set_page(printer, sheet.width_mm, sheet.height_mm)
    pen = Pen(printer, sheet.dpi / 25.4)
    painter = SheetPainter(pen, sheet, form)
    _paint(printer, pen, to, [lambda one=number: page(painter, one) for number in range(count)])  # type: ignore[misc]
    return count


def _printer(to: Path | str, dpi: int) -> QPrinter:
    if isinstance(to, Path):
        try:
            _part(to).touch()
        except OSError as exc:
            raise LocalError("print_failed", name=str(to), reason=exc.strerror or "") from exc
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(_part(to)))
    else:
        name = to or QPrinterInfo.defaultPrinterName()
        info = QPrinterInfo.printerInfo(name) if name else QPrinterInfo()
        if info.isNull():
            raise PrinterMissing(name=name)
        printer = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    printer.setResolution(dpi)
    printer.setFullPage(True)
    return printer


def _set_page(printer: QPrinter, width_mm: float, height_mm: float) -> None:
    size = QPageSize(
        QSizeF(width_mm, height_mm),
        QPageSize.Unit.Millimeter,
        f"{width_mm:g}x{height_mm:g}mm",
        QPageSize.SizeMatchPolicy.ExactMatch,
    )
    printer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
    printer.setFullPage(True)


def _paint(printer: QPrinter, pen: Pen, to: Path | str, steps: list[Callable[[], None]]) -> None:
    """All pages, or an error; a PDF appears under its name only when it is whole."""
    painter = QPainter()
    if not painter.begin(printer):
        raise LocalError("print_failed", name=str(to))
    try:
        painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
        # The printer may have another resolution than was asked for: we go on counting in our own dots.
        wanted = pen.dots_per_mm * 25.4
        if printer.resolution() != wanted:
            painter.scale(printer.logicalDpiX() / wanted, printer.logicalDpiY() / wanted)
        pen.painter = painter
        for number, step in enumerate(steps):
            if number and not printer.newPage():
                raise LocalError("print_failed", name=str(to))
            step()
    finally:
        pen.painter = None
        is_done = painter.end()
        if isinstance(to, Path) and sys.exc_info()[0] is not None:
            _part(to).unlink(missing_ok=True)
    if not is_done or printer.printerState() == QPrinter.PrinterState.Error:
        raise LocalError("print_failed", name=str(to))
    if isinstance(to, Path):
        try:
            os.replace(_part(to), to)
        except OSError as exc:
            raise LocalError("print_failed", name=str(to), reason=exc.strerror or "") from exc


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")
