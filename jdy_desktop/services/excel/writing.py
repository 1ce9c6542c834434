"""Workbooks out: a table with a bold head. Text stays text whatever it looks like, so no cell of ours is ever a formula."""

from __future__ import annotations

import errno
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

from jdy_desktop.services.errors import DiskFull, LocalError
from jdy_desktop.services.machine.files import write_whole

CellValue: TypeAlias = str | int | Decimal | date | None

#: what a spreadsheet takes for the beginning of a formula, also after the file was turned into CSV.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NAME_REFUSED = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST = 32_767
_LONGEST_NAME = 31


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """`width` in characters; `number_format` as Excel writes it ("0.00", "#,##0.00"), for numbers only."""

    title: str
    width: int = 14
    number_format: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `above`: lines over the head of the table (whose, which days); the last bold rows may be `totals`."""

    title: str
    columns: Sequence[SheetColumn]
    rows: Iterable[Sequence[CellValue]]
    above: Sequence[str] = ()
    totals: Sequence[Sequence[CellValue]] = ()


def write_table(
    path: Path,
    title: str,
    columns: Sequence[SheetColumn | str],
    rows: Iterable[Sequence[CellValue]],
    *,
    above: Sequence[str] = (),
    totals: Sequence[Sequence[CellValue]] = (),
) -> None:
    """One sheet named `title`. The file appears whole or not at all. Raises LocalError("export_failed") or DiskFull."""
    named = [column if isinstance(column, SheetColumn) else SheetColumn(column) for column in columns]
    write_sheets(path, [Sheet(title, named, rows, above, totals)])


def write_sheets(path: Path, sheets: Sequence[Sheet]) -> None:
    """Several tables in one workbook; like `write_table`."""
    store(path, workbook_bytes(sheets))


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """The workbook as it would stand on the disk."""
    from openpyxl import Workbook

    book: Any = Workbook(write_only=True)
    try:
        for sheet in sheets:
            _add_sheet(book, sheet)
    except BaseException:  # a half-written sheet holds a file of its own until it is closed
        for half in book.worksheets:
            half.close()
            half._writer.cleanup()
        raise
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def store(path: Path, content: bytes) -> None:
    """Whole or not at all; an older file of that name stays when it fails. Raises LocalError("export_failed"), DiskFull."""
    try:
        write_whole(path, content)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(path=str(path)) from error
        raise LocalError("export_failed", path=path.name, reason=error.strerror or "") from error


def safe_cell(sheet: Any, value: CellValue, number_format: str = "") -> Any:
    """A cell of a write-only sheet. Text is stored as text, control characters left out, never a formula."""
    from openpyxl.cell import WriteOnlyCell

    cell: Any = WriteOnlyCell(sheet)
    if not isinstance(value, str):
        cell.value = value
        if number_format and isinstance(value, (int, Decimal)):
            cell.number_format = number_format
        elif isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
        return cell
    cell.value = _CONTROL.sub("", value)[:_LONGEST]
    cell.data_type = "s"  # never a formula, also when it begins with =
    if value.startswith(_FORMULA):
        cell.quotePrefix = True
    else:
        cell.number_format = "@"
    return cell


def sheet_name(title: str) -> str:
    """The title without the signs that Excel refuses in the name of a sheet, 31 characters at most."""
    return _NAME_REFUSED.sub(" ", title).strip(" '")[:_LONGEST_NAME] or "Sheet1"


def _add_sheet(book: Any, wanted: Sheet) -> None:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(sheet_name(wanted.title))
    sheet.freeze_panes = f"A{len(wanted.above) + 2}"
    for number, column in enumerate(wanted.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    for line in wanted.above:
        sheet.append([safe_cell(sheet, line)])
    sheet.append(_bold([safe_cell(sheet, column.title) for column in wanted.columns]))
    formats = [column.number_format for column in wanted.columns]
    for row in wanted.rows:
        sheet.append(_cells(sheet, row, formats))
    for row in wanted.totals:
        sheet.append(_bold(_cells(sheet, row, formats)))


def _cells(sheet: Any, row: Sequence[CellValue], formats: Sequence[str]) -> list[Any]:
    # Nothing is written for None: a cell of its own would cost as much as a full one.
    pairs = zip(row, formats, strict=True)
    return [None if value is None else safe_cell(sheet, value, form) for value, form in pairs]


def _bold(cells: list[Any]) -> list[Any]:
    from openpyxl.styles import Font

    for cell in cells:
        if cell is not None:
            cell.font = Font(bold=True)
    return cells
