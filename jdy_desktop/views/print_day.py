"""日报 on paper, on a roll or a sheet; the same lines on each."""

from __future__ import annotations

from dataclasses import replace

from jdy_desktop.services.paper.day_form import PrintableDay
from jdy_desktop.views.print_parts import Pen
from jdy_desktop.views.print_roll import Receipt, Roll
from jdy_desktop.views.print_sheet import Sheet


def day_receipt(pen: Pen, roll: Roll, day: PrintableDay) -> Receipt:
    """Title, three blocks of words and values, who printed it and when."""
    paper, body = Receipt(pen, roll), roll.body
    paper.gap(4)
    paper.text(day.company, roll.title, bold=True)
    paper.text(f"{day.title} {day.day}", body, bold=True)
    for block in day.blocks:
        paper.rule()
        for pair in block:
            paper.pair(pair.word, pair.value, body, bold=pair.strong)
    paper.rule()
    paper.text(day.foot, body - 3)
    paper.gap(4)
    return paper


def sheet_as_roll(sheet: Sheet, roll: Roll) -> Roll:
    """A sheet is a wide roll whose letters have the size of the sheet's own forms."""
    size = round(sheet.body_mm * 1.2 * sheet.dpi / 25.4)
    return replace(
        roll,
        paper_mm=sheet.width_mm,
        printable_mm=min(sheet.width_mm - 2 * sheet.side_mm, 150),
        body=size,
        title=round(size * 1.6),
    )
