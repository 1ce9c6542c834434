"""DateField with its calendar, and how dates may be typed."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCalendarWidget,
    QFrame,
    QVBoxLayout,
    QWidget,
)

from jdy_desktop.views import theme
from .buttons import IconButton
from .text_fields import Field


class _Calendar(QFrame):
    picked = Signal(QDate)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("surface", "popup")
        self.calendar = QCalendarWidget(self)
        self.calendar.setGridVisible(False)
        self.calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self.calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        box = QVBoxLayout(self)
        box.setContentsMargins(4, 4, 4, 4)
        box.addWidget(self.calendar)
        self.calendar.clicked.connect(self.picked)
        self.calendar.activated.connect(self.picked)


class DateField(Field):
    """ISO date with a calendar: ``DateField(date(2019, 3, 27))``; ``value()`` is None while the text is no date.

    ``date_changed(date)`` on a new valid date; ``hint`` stands in an empty field. ↑/↓ a day later/earlier; typing 0327 or
    327 means this year's 27 March.
    """

    date_changed = Signal(object)

    def __init__(
        self, value: date | None = None, *, name: str = "date_field", label: str = "日期", hint: str = ""
    ) -> None:
        super().__init__(name=name, label=label)
        self.setPlaceholderText(hint)
        self._last: date | None = value
        self._calendar: _Calendar | None = None
        self._opener = IconButton("calendar", "打开日历", side=26, name=f"{name}.calendar_button")
        self._opener.setParent(self)
        self._opener.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._opener.clicked.connect(self.open_calendar)
        self._restyle()
        theme.notifier().changed.connect(self._restyle)
        self.set_value(value)
        self.editingFinished.connect(self._commit)

    @Slot()
    def _restyle(self) -> None:
        self.setTextMargins(0, 0, theme.px(22), 0)
        self._place_opener()

    def _place_opener(self) -> None:
        side = theme.px(26)
        self._opener.setGeometry(self.width() - side - theme.px(4), (self.height() - side) // 2, side, side)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_opener()

    def value(self) -> date | None:
        """The date typed, None when it is empty or no date."""
        return parse_date(self.text(), self._last)

    def set_value(self, value: date | None) -> None:
        """Show a date without a signal."""
        self._last = value or self._last
        self.setText(value.isoformat() if value else "")
        self.setCursorPosition(0)

    def take(self) -> bool:
        """What is typed counts at once; False while it is no date."""
        if self.isModified():
            self._commit()
        return not self.isModified()

    @Slot()
    def _commit(self) -> None:
        found = self.value()
        if found is None:
            self.set_tone("bad" if self.text() else None, "日期写成 2019-03-27" if self.text() else "")
            return
        changed = found != self._last
        self.set_tone(None)
        self.set_value(found)
        if changed:
            self.date_changed.emit(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        found = self.value()
        if step and found:
            self.setText(date.fromordinal(found.toordinal() + step).isoformat())
            self._commit()
            return
        super().keyPressEvent(event)

    @Slot()
    def open_calendar(self) -> None:
        """Open the calendar below the field."""
        if self._calendar is None:
            self._calendar = _Calendar(self)
            self._calendar.picked.connect(self._picked)
        found = self.value()
        if found:
            self._calendar.calendar.setSelectedDate(QDate(found.year, found.month, found.day))
        self._calendar.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
        self._calendar.show()

    @Slot(QDate)
    def _picked(self, picked: QDate) -> None:
        if self._calendar:
            self._calendar.hide()
        self.setText(date(picked.year(), picked.month(), picked.day()).isoformat())
        self._commit()


def parse_date(text: str, near: date | None) -> date | None:
    """Read 2019-03-27, 2019/3/27, 20190327, 0327 or 3-27; the year of ``near`` is meant when none is written."""
    parts = text.strip().replace("/", "-").replace(".", "-").split("-")
    digits = "".join(parts)
    if not digits.isascii() or not digits.isdigit():
        return None
    if len(parts) == 1 and len(digits) == 8:
        parts = [digits[:4], digits[4:6], digits[6:]]
    elif len(parts) == 1 and len(digits) in (3, 4) and near:
        parts = [str(near.year), digits[:-2], digits[-2:]]
    elif len(parts) == 2 and near:
        parts = [str(near.year), *parts]
    if len(parts) != 3:
        return None
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None
