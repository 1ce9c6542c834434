"""Inputs: SearchField, Field, FilterCombo, DateField, Tick, Switch, SegmentedChoice, FormRow, ScanField."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QDate, QPoint, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCalendarWidget,
    QCheckBox,
    QComboBox,
    QFrame,
    QLineEdit,
    QSizePolicy,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from jdy_desktop.views import keys, theme
from .base import IconLabel, Text, column, repolish, row, sized
from .buttons import IconButton


class Field(QLineEdit):
    """One-line input, 32 px; ``set_tone("bad", "早于启用期间 2019-03-01")`` marks it (None clears)."""

    def __init__(self, text: str = "", *, placeholder: str = "", name: str = "", label: str = "", size: str = "",
                 right: bool = False) -> None:  # fmt: skip
        super().__init__(text)
        self.setPlaceholderText(placeholder)
        self.setObjectName(name)
        self.setAccessibleName(label or placeholder)
        if size:
            self.setProperty("form", size)
        if right:
            self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def set_tone(self, tone: str | None, tip: str = "") -> None:
        """``warn`` or ``bad`` edge with the reason as tooltip; None = normal."""
        self.setProperty("tone", tone or "")
        self.setToolTip(tip)
        repolish(self)


class SearchField(Field):
    """Search with icon and key hint; ``searched(str)`` comes 150 ms after the last key, at once on Enter; Esc clears."""

    searched = Signal(str)

    def __init__(self, placeholder: str = "搜索关键字", *, action: str | None = "search", hint: str = "",
                 icon: str = "search", name: str = "search_field", size: str = "", delay_ms: int = 150) -> None:  # fmt: skip
        super().__init__(placeholder=placeholder, name=name, size=size)
        self._icon, self._action_id, self._fixed_hint = icon, action, hint
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(delay_ms)
        self._timer.timeout.connect(self._emit)
        self.textChanged.connect(self._later)
        self.returnPressed.connect(self._emit)
        self._restyle()
        theme.notifier().changed.connect(self._restyle)
        keys.current().changed.connect(self._restyle)

    @Slot()
    def _restyle(self) -> None:
        self.setTextMargins(
            theme.px(22 if self.property("form") != "large" else 28), 0, self._hint_width() + theme.px(4), 0
        )
        self.update()

    def _hint(self) -> str:
        return self._fixed_hint or (keys.current().hint(self._action_id) if self._action_id else "")

    def _hint_width(self) -> int:
        return QFontMetrics(theme.font(12)).horizontalAdvance(self._hint())

    @Slot()
    def _later(self) -> None:
        self._timer.start()

    @Slot()
    def _emit(self) -> None:
        self._timer.stop()
        self.searched.emit(self.text().strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        side = theme.px(20 if self.property("form") == "large" else 16)
        token = "link" if self._icon == "scan" else "text2"
        painter.drawPixmap(theme.px(11), (self.height() - side) // 2,
                           theme.pixmap(self._icon, token, 20 if self.property("form") == "large" else 16))  # fmt: skip
        painter.setFont(theme.font(12))
        painter.setPen(theme.color("hint"))
        box = self.rect().adjusted(0, 0, -theme.px(11), 0)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), self._hint())


class FilterCombo(QComboBox):
    """Drop-down with a label in front: ``FilterCombo("匹配", [("全部", None), ("已匹配", True)])``.

    ``value()`` is the data of the chosen line; ``changed(object)`` tells a new one. ``inside=True`` writes the label inside the
    box (匹配 全部), otherwise put it beside with ``labelled``. Typing jumps; the wheel does not change the choice by accident.
    """

    changed = Signal(object)

    def __init__(self, label: str, options: Sequence[tuple[str, Any]], *, name: str = "", inside: bool = True,
                 width: float | None = None) -> None:  # fmt: skip
        super().__init__()
        self._label = label if inside else ""
        self.setAccessibleName(label)
        self.setObjectName(name)
        self.setItemDelegate(QStyledItemDelegate(self))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.set_options(options)
        self.currentIndexChanged.connect(self._tell)
        if width is not None:
            sized(self, width=width)

    def set_options(self, options: Sequence[tuple[str, Any]]) -> None:
        """Replace the lines; keeps the chosen value when it is still there, without a signal."""
        old = self.value()
        self.blockSignals(True)
        self.clear()
        for text, value in options:
            self.addItem(text, value)
        self.set_value(old)
        if self.currentIndex() < 0 and self.count():
            self.setCurrentIndex(0)
        self.blockSignals(False)
        self.update()

    def value(self) -> Any:
        """Data of the chosen line, None without one."""
        return self.currentData()

    def set_value(self, value: Any) -> None:
        """Choose the line whose data equals ``value``; nothing happens when there is none."""
        for index in range(self.count()):
            if self.itemData(index) == value:
                self.setCurrentIndex(index)
                return

    @Slot()
    def _tell(self) -> None:
        self.changed.emit(self.value())

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        if self._label:
            hint.setWidth(hint.width() + QFontMetrics(theme.font(13)).horizontalAdvance(self._label) + theme.px(12))
        return QSize(max(hint.width(), theme.px(88)), theme.height("control"))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint() if self._label else QSize(theme.px(64), theme.height("control"))

    def wheelEvent(self, event: Any) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        from PySide6.QtWidgets import QStyle, QStyleOptionComboBox, QStylePainter

        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        box = self.rect().adjusted(theme.px(11), 0, -theme.px(30), 0)
        painter.setFont(theme.font(13))
        if self._label:
            painter.setPen(theme.color("text2"))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), self._label)
            box.setLeft(box.left() + QFontMetrics(painter.font()).horizontalAdvance(self._label) + theme.px(12))
        painter.setPen(theme.color("text" if self.isEnabled() else "off"))
        shown = QFontMetrics(painter.font()).elidedText(self.currentText(), Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), shown)


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

    ``date_changed(date)`` on a new valid date. ↑/↓ a day later/earlier; typing 0327 or 327 means this year's 27 March.
    """

    date_changed = Signal(object)

    def __init__(self, value: date | None = None, *, name: str = "date_field", label: str = "日期") -> None:
        super().__init__(name=name, label=label)
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


class Tick(QCheckBox):
    """Check box; ``Tick("创建 1688 预订单", checked=True, name="create_tick")``."""

    def __init__(self, label: str, *, checked: bool = False, name: str = "") -> None:
        super().__init__(label)
        self.setChecked(checked)
        self.setObjectName(name)
        self.setAccessibleName(label)


class Switch(QCheckBox):
    """A check box drawn as a switch (36 × 20), for settings that take effect at once."""

    def __init__(self, label: str, *, checked: bool = False, name: str = "") -> None:
        super().__init__()
        self.setChecked(checked)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(42), theme.px(26))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = theme.px(3)
        if not self.isEnabled():
            painter.setOpacity(0.5)
        painter.drawPixmap(edge, edge, theme.control_pixmap("switch_on" if self.isChecked() else "switch_off", 36, 20))
        if self.hasFocus():
            pen = painter.pen()
            pen.setColor(theme.color("link"))
            pen.setWidth(2)
            painter.setPen(pen)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.px(12), theme.px(12))


class SegmentedChoice(QWidget):
    """Two or three words side by side, one chosen: ``SegmentedChoice([("自提", "self"), ("快递", "express")])``.

    ``chosen(object)`` on a change by hand; ← → change it too.
    """

    chosen = Signal(object)

    def __init__(
        self, options: Sequence[tuple[str, Any]], *, name: str = "", label: str = "", tick: bool = True
    ) -> None:
        super().__init__()
        self._options = list(options)
        self._index = 0
        self._tick = tick
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self._restyle)

    @Slot()
    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def value(self) -> Any:
        """Data of the chosen word."""
        return self._options[self._index][1]

    def set_value(self, value: Any) -> None:
        """Choose without a signal."""
        for index, (_text, data) in enumerate(self._options):
            if data == value:
                self._index = index
        self.update()

    def set_options(self, options: Sequence[tuple[str, Any]]) -> None:
        """Replace the words (e.g. with a count in them); the chosen place stays."""
        self._options = list(options)
        self._index = min(self._index, len(self._options) - 1)
        self._restyle()

    def _widths(self) -> list[int]:
        metrics = QFontMetrics(theme.font(13, bold=True))
        tick = theme.px(20) if self._tick else 0
        return [
            metrics.horizontalAdvance(text) + theme.px(28) + (tick if number == self._index else 0)
            for number, (text, _data) in enumerate(self._options)
        ]

    def sizeHint(self) -> QSize:
        return QSize(sum(self._widths()), theme.height("control"))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = 0
        for index, width in enumerate(self._widths()):
            if left <= event.position().x() < left + width:
                self._choose(index)
            left += width

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step:
            self._choose(max(0, min(len(self._options) - 1, self._index + step)))
        elif event.key() == Qt.Key.Key_Space:
            self._choose((self._index + 1) % len(self._options))
        else:
            super().keyPressEvent(event)

    def _choose(self, index: int) -> None:
        if index != self._index and self.isEnabled():
            self._index = index
            self.update()
            self.chosen.emit(self.value())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        from PySide6.QtGui import QPainterPath, QPen

        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = 2 if self.hasFocus() else 1
        frame = QRectF(self.rect()).adjusted(ring / 2, ring / 2, -ring / 2, -ring / 2)
        path = QPainterPath()
        path.addRoundedRect(frame, theme.radius("control"), theme.radius("control"))
        painter.setClipPath(path)
        painter.fillRect(self.rect(), theme.color("field"))
        left = 0
        for index, ((text, _data), width) in enumerate(zip(self._options, self._widths(), strict=True)):
            self._paint_part(painter, QRectF(left, 0, width, self.height()), text, index)
            left += width
        painter.setClipping(False)
        painter.setPen(QPen(theme.color("link" if self.hasFocus() else "control"), ring))
        painter.drawPath(path)

    def _paint_part(self, painter: QPainter, box: QRectF, text: str, index: int) -> None:
        chosen = index == self._index
        if chosen:
            painter.fillRect(box, theme.color("selected"))
        if index:
            painter.setPen(theme.color("line_strong"))
            painter.drawLine(box.topLeft(), box.bottomLeft())
        font = theme.font(13, bold=chosen)
        width = QFontMetrics(font).horizontalAdvance(text)
        tick = theme.px(20) if chosen and self._tick else 0
        x = box.left() + (box.width() - width - tick) / 2
        if tick:
            painter.drawPixmap(int(x), (self.height() - theme.px(16)) // 2, theme.pixmap("check", "link", 16))
        painter.setFont(font)
        painter.setPen(theme.color("link" if chosen else "text2" if self.isEnabled() else "off"))
        painter.drawText(QRectF(x + tick, 0, width + 2, self.height()), int(Qt.AlignmentFlag.AlignVCenter), text)


class FormRow(QWidget):
    """Label above (or left of) a control, with a place for one sentence of trouble: ``FormRow("公司名称", field, required=True)``.

    ``set_error("早于启用期间 2019-03-01")`` shows it in red below with an icon, ``set_error(None)`` hides it.
    """

    def __init__(self, label: str, control: QWidget, *, required: bool = False, hint: str = "", left: bool = False,
                 label_width: float = 88) -> None:  # fmt: skip
        super().__init__()
        self.control = control
        self._star = Text("*", "bad")
        self._star.setVisible(required)
        head = sized(Text(label, "label"), height=18)
        head.setBuddy(control)
        if not control.accessibleName():
            control.setAccessibleName(label)
        self._error = Text("", "bad", wrap=True)
        self._error_icon = IconLabel("error", "bad", 14)
        self._hint = Text(hint, "hint", wrap=True)
        self._hint.setVisible(bool(hint))
        error_row = row(self._error_icon, self._error, spacing=6)
        error_row.setStretch(1, 1)
        below = column(control, self._hint, error_row, spacing=4)
        words = row(head, self._star, spacing=4)
        words.addStretch(1)
        if left:
            holder = sized(QWidget(), width=label_width)
            holder.setLayout(words)
            whole = row(holder, spacing=0, parent=self)
            whole.addLayout(below, 1)
            whole.setAlignment(holder, Qt.AlignmentFlag.AlignTop)
            words.setContentsMargins(0, theme.px(6), 0, 0)
        else:
            column(words, below, spacing=0, parent=self)
        self.set_error(None)

    def set_error(self, sentence: str | None) -> None:
        """Show or hide the sentence; the control's edge turns red with it."""
        self._error.setText(sentence or "")
        self._error.setVisible(bool(sentence))
        self._error_icon.setVisible(bool(sentence))
        self.control.setProperty("tone", "bad" if sentence else "")
        repolish(self.control)

    def error(self) -> str:
        """The sentence shown, empty when none."""
        return self._error.text()


def labelled(label: str, control: QWidget, *, spacing: int = 8) -> QWidget:
    """``匹配关系 [全部 v]``: label in front of a control in a filter row."""
    holder = QWidget()
    text = Text(label, "label")
    text.setBuddy(control)
    if not control.accessibleName():
        control.setAccessibleName(label)
    row(text, control, spacing=spacing, parent=holder)
    return holder
