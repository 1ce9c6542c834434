"""对账单 as a workbook: the same table as on paper, with numbers that can be added up (features W30)."""

from __future__ import annotations

from pathlib import Path

from jdy_desktop.services.excel.writing import SheetColumn, write_table
from jdy_desktop.services.paper.statements import column_titles, kind_word, printable_statement, remark_of
from jdy_desktop.services.queries.statements import Statement

_WIDTHS = (12, 12, 20, 30, 14, 14, 14)
_MONEY = "0.00"


def write_statement(path: Path, statement: Statement) -> None:
    """The file appears whole or not at all. Raises LocalError("export_failed"), DiskFull."""
    words = printable_statement(statement)
    titles = column_titles(statement.side)
    columns = [
        SheetColumn(title, width, _MONEY if place > 3 else "")
        for place, (title, width) in enumerate(zip(titles, _WIDTHS, strict=True))
    ]
    opening = (statement.first_day, "期初", "", "", None, None, statement.opening)
    rows = [
        (
            row.day,
            kind_word(row, statement.side),
            row.number,
            remark_of(row),
            row.added or None,
            row.paid or None,
            row.balance,
        )
        for row in statement.rows
    ]
    above = (f"{words.company} {words.title}", f"{words.party} {words.phone}".strip(), words.period)
    totals = [("合计", "", "", words.closing_word, statement.added, statement.paid, statement.closing)]
    write_table(path, words.title, columns, [opening, *rows], above=above, totals=totals)
