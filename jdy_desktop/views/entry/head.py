"""What stands at the top of every document: date, number, the scan row, and one sentence below it."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QHBoxLayout, QWidget

from jdy_desktop.views.widgets.base import Surface, column, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import NoteRow
from jdy_desktop.views.widgets.fields import DateField, Field, SearchField


class EntryHead(Surface):
    """Only the widgets; the page connects them. A kind makes its own fields and hands them to `lay_out`."""

    def __init__(self, page: str, today: date, *, words: str, hint: str, widths: tuple[int, int]) -> None:
        """`words`, `hint`: in the scan row. `widths` of date and number, px at 100 %."""
        super().__init__("page")
        self.day = sized(DateField(today, name=f"{page}.date_field", label="单据日期"), width=widths[0])
        self.number = sized(Field(name=f"{page}.number_field", label="单据编号"), width=widths[1])
        self.number.setEnabled(False)
        self.scan = SearchField(
            words, action=None, hint=hint, icon="scan", size="large", delay_ms=90, name=f"{page}.scan_field"
        )
        self.scan.setAccessibleName("扫码或搜索商品")
        self.matrix = KeyButton("颜色尺码", "matrix", icon="grid", size="large", name=f"{page}.matrix_button")
        self.note = NoteRow("bad", "", boxed=True)
        self.note.setObjectName(f"{page}.note")
        self.note.hide()

    def lay_out(self, fields: QWidget, *buttons: QWidget) -> None:
        """The fields above; below them the scan row with 颜色尺码 and a kind's own buttons."""
        scan_row: QHBoxLayout = row(self.scan, self.matrix, *buttons)
        scan_row.setStretch(0, 1)
        column(fields, scan_row, self.note, spacing=8, margins=(16, 8, 16, 8), parent=self)

    def show_day(self, day: date) -> None:
        """Unless another one is being typed."""
        if not self.day.isModified() and self.day.value() != day:
            self.day.set_value(day)
