"""PopupList: suggestions under a field or a cell in edit (look.md §4 Popup under a cell)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QLineEdit, QWidget

from jdy_desktop.views import theme
from .base import parent_of
from .feedback import paint_chip

_V = int(Qt.AlignmentFlag.AlignVCenter)
MAX_ROWS = 8


@dataclass(frozen=True, slots=True)
class PopupItem:
    """One line: ``value`` is handed back; ``code`` bold, ``title`` beside it, ``detail`` below.

    At the right stands ``chip`` (in ``chip_tone``) or the words ``right``.
    """

    value: Any
    title: str
    code: str = ""
    detail: str = ""
    chip: str = ""
    chip_tone: str = "mute"
    right: str = ""
    picture: QPixmap | None = None
    rule_above: bool = False


class PopupList(QWidget):
    """``popup = PopupList(window, hints=("Enter 选定",), esc="Esc 取消"); popup.attach(line_edit); popup.show_items(items)``.

    The focus stays in the field: ↑ ↓ move, Enter or Tab picks (``picked(value)``), Esc closes (``dismissed``); every other key goes
    to the field. With ``first_chosen=True`` the first line is chosen at once. Order is the caller's and does not change while
    typing. At most 8 lines; flips up near the bottom. Detaches itself when the field goes. Lines that were made for other words
    than those in the field now are shown but not taken: Enter then goes to the field, which looks the words up itself.
    """

    picked = Signal(object)
    dismissed = Signal()

    def __init__(self, window: QWidget, *, hints: Sequence[str] = ("Enter 选定",), esc: str = "Esc 取消", min_width: int = 280,
                 first_chosen: bool = True, name: str = "popup_list") -> None:  # fmt: skip
        super().__init__(window.window())
        self.setObjectName(name)
        self.setAccessibleName("建议")
        self._hints, self._esc, self._min_width, self._first = list(hints), esc, min_width, first_chosen
        self._items: list[PopupItem] = []
        self._current = -1
        self._field: QLineEdit | None = None
        self._is_outdated = False
        self.setMouseTracking(True)
        theme.notifier().changed.connect(self.close_popup)
        self.hide()

    def attach(self, field: QLineEdit) -> None:
        """Belong to another field (e.g. the cell just opened)."""
        if self._field is not None:
            self._field.removeEventFilter(self)
            self._field.destroyed.disconnect(self._on_field_gone)
            self._field.textEdited.disconnect(self._on_typed)
        self._field = field
        field.installEventFilter(self)
        field.destroyed.connect(self._on_field_gone)
        field.textEdited.connect(self._on_typed)

    def _on_typed(self) -> None:
        self._is_outdated = True

    def _on_field_gone(self) -> None:
        self._field = None
        self.close_popup()

    @property
    def items(self) -> list[PopupItem]:
        """Lines shown."""
        return self._items

    @property
    def current(self) -> PopupItem | None:
        """The chosen line, None while none is."""
        return self._items[self._current] if self.isVisible() and 0 <= self._current < len(self._items) else None

    def show_items(self, items: Sequence[PopupItem], *, first: bool | None = None) -> None:
        """Show lines under the field; none hides the list. The chosen value stays chosen when it is still there.

        ``first``: whether these lines begin with the first one chosen; None = as the list was made, False = none is."""
        before = self.current
        self._is_outdated = False
        self._items = list(items)[:MAX_ROWS]
        if not self._items or self._field is None:
            self.close_popup()
            return
        values = [item.value for item in self._items]
        start = 0 if (self._first if first is None else first) else -1
        keeps = first is not False and before is not None and before.value in values
        self._current = values.index(before.value) if before is not None and keeps else start
        self._place()
        self.show()
        self.raise_()
        self.update()

    def close_popup(self) -> None:
        """Hide without a signal."""
        self._current = -1
        self.hide()

    def _row_height(self) -> int:
        return theme.px(44 if any(item.detail for item in self._items) else 36)

    def _place(self) -> None:
        field = self._field
        assert field is not None
        parent = parent_of(self)
        corner = field.mapTo(parent, QPoint(0, 0))
        width = max(field.width(), theme.px(self._min_width), self._content_width())
        high = self._row_height() * len(self._items) + (theme.px(32) if self._hints or self._esc else 0) + 2
        x = max(theme.px(8), min(corner.x(), parent.width() - width - theme.px(8)))
        below = corner.y() + field.height() + theme.px(3)
        y = below if below + high <= parent.height() else max(0, corner.y() - high - theme.px(3))
        self.setGeometry(x, y, width, high)

    def _content_width(self) -> int:
        bold, plain, small = (QFontMetrics(f) for f in (theme.font(13, bold=True), theme.font(13), theme.font(12)))
        widest = 0
        for item in self._items:
            code = bold.horizontalAdvance(item.code) + theme.px(14) if item.code else 0
            words = max(code + plain.horizontalAdvance(item.title), small.horizontalAdvance(item.detail))
            right = small.horizontalAdvance(item.chip or item.right) + (theme.px(32) if item.chip or item.right else 0)
            widest = max(widest, words + right + theme.px(24) + (theme.px(38) if item.picture is not None else 0))
        hints = small.horizontalAdvance("    ".join(self._hints) + self._esc) + theme.px(48)
        return min(max(widest, hints), theme.px(560))

    # ---- keys and mouse
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self._field or not self.isVisible():
            return False
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        if event.type() in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            self.close_popup()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            self._current = max(0, min(len(self._items) - 1, self._current + step))
            self._is_outdated = False  # chosen by hand among the lines that are seen
            self.update()
            return True
        enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if enter and plain and self.current is not None and not self._is_outdated:
            self._pick(self._current)
            return True
        if key == Qt.Key.Key_Escape:
            self.close_popup()
            self.dismissed.emit()
            return True
        return False

    def _pick(self, number: int) -> None:
        value = self._items[number].value
        self.close_popup()
        self.picked.emit(value)

    def _row_at(self, y: float) -> int:
        number = int(y) // self._row_height()
        return number if number < len(self._items) else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        number = self._row_at(event.position().y())
        if number >= 0 and number != self._current:
            self._current = number
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._row_at(event.position().y())
        if number >= 0:
            self._pick(number)

    # ---- painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        corner = theme.radius("panel")
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(theme.color("line_strong"))
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(frame, corner, corner)
        high = self._row_height()
        for number, item in enumerate(self._items):
            self._paint_item(painter, QRect(1, 1 + number * high, self.width() - 2, high), item, number)
        if self._hints or self._esc:
            self._paint_hints(painter, QRect(1, 1 + len(self._items) * high, self.width() - 2, theme.px(32)))

    def _paint_item(self, painter: QPainter, box: QRect, item: PopupItem, number: int) -> None:
        if number == self._current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selected"))
            corner = theme.radius("panel") - 1 if number == 0 else 0
            painter.drawRoundedRect(box, corner, corner)
        if item.rule_above:
            painter.setPen(theme.color("line"))
            painter.drawLine(box.topLeft(), box.topRight())
        left, right = box.left() + theme.px(12), box.right() - theme.px(12)
        if item.picture is not None:
            side = theme.px(30)
            painter.drawPixmap(QRect(left, box.center().y() - side // 2, side, side), item.picture)
            left += side + theme.px(8)
        small = QFontMetrics(theme.font(12))
        if item.chip:
            wide = small.horizontalAdvance(item.chip) + theme.px(16)
            paint_chip(
                painter,
                QRectF(right - wide, box.top(), wide + 1, box.height()),
                item.chip,
                item.chip_tone,
                "",
                filled=True,
            )
            right -= wide + theme.px(8)
        elif item.right:
            wide = small.horizontalAdvance(item.right)
            painter.setFont(theme.font(12))
            painter.setPen(theme.color("hint"))
            painter.drawText(QRect(right - wide, box.top(), wide + 1, box.height()), _V, item.right)
            right -= wide + theme.px(8)
        self._paint_words(painter, QRect(left, box.top(), right - left, box.height()), item)

    def _paint_words(self, painter: QPainter, box: QRect, item: PopupItem) -> None:
        line = theme.px(20)
        upper = QRect(box.left(), box.center().y() - line + 1, box.width(), line) if item.detail else QRect(box)
        left = upper.left()
        painter.setPen(theme.color("text"))
        if item.code:
            painter.setFont(theme.font(13, bold=True))
            painter.drawText(upper, _V, item.code)
            left += QFontMetrics(painter.font()).horizontalAdvance(item.code) + theme.px(14)
        painter.setFont(theme.font(13))
        rest = QRect(left, upper.top(), upper.right() - left, upper.height())
        cut = QFontMetrics(painter.font()).elidedText(item.title, Qt.TextElideMode.ElideRight, rest.width())
        painter.drawText(rest, _V, cut)
        if item.detail:
            painter.setFont(theme.font(12))
            painter.setPen(theme.color("text2"))
            lower = QRect(box.left(), box.center().y() + 1, box.width(), line - theme.px(2))
            cut = QFontMetrics(painter.font()).elidedText(item.detail, Qt.TextElideMode.ElideRight, lower.width())
            painter.drawText(lower, _V, cut)

    def _paint_hints(self, painter: QPainter, box: QRect) -> None:
        painter.setPen(theme.color("line"))
        painter.drawLine(box.topLeft(), box.topRight())
        painter.setFont(theme.font(12))
        painter.setPen(theme.color("text2"))
        inner = box.adjusted(theme.px(12), 0, -theme.px(12), 0)
        painter.drawText(inner, _V, "    ".join(self._hints))
        painter.drawText(inner, _V | int(Qt.AlignmentFlag.AlignRight), self._esc)
