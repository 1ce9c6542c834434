"""Things a table shows over itself: the note band below a row, the grey bars while rows are read, the tip of a cut cell."""

from __future__ import annotations

import html
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QTableView, QToolTip, QWidget

from jdy_desktop.views import theme
from jdy_desktop.views.widgets.base import parent_of
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import EmptyState
from .cells import CellPainter
from .model import Note, RowsModel

_ICON = {"warn": "warning", "bad": "error", "info": "info", "ok": "paid"}
_V = int(Qt.AlignmentFlag.AlignVCenter)


class NoteBand:
    """Paints a Note across the whole width and knows where its repair link stands."""

    def paint(self, painter: QPainter, rect: QRect, note: Note, current: bool) -> None:
        """Paint into ``rect``; the key is only shown on the current row."""
        painter.save()
        painter.fillRect(rect, theme.color(f"{note.tone}_bg"))
        painter.setPen(theme.color(f"{note.tone}_line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        side = theme.px(16)
        painter.drawPixmap(
            theme.px(16), rect.center().y() - side // 2 + 1, theme.pixmap(_ICON.get(note.tone, "info"), note.tone, 16)
        )
        link = self.link_rect(rect, note, current)
        left = theme.px(40)
        painter.setPen(theme.color("text"))
        if note.bold:
            painter.setFont(theme.font(13, bold=True))
            painter.drawText(QRect(left, rect.top(), rect.width(), rect.height()), _V, note.bold)
            left += QFontMetrics(painter.font()).horizontalAdvance(note.bold)
        painter.setFont(theme.font(13))
        room = (link.left() if note.repair else rect.right()) - theme.px(12) - left
        shown = QFontMetrics(painter.font()).elidedText(note.sentence, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(left, rect.top(), rect.width(), rect.height()), _V, shown)
        if note.repair:
            painter.setPen(theme.color("link"))
            painter.drawText(link, _V, note.repair)
            if current and note.key:
                self._key(painter, rect, note.key)
        painter.restore()

    def _key_width(self, key: str) -> int:
        return QFontMetrics(theme.font(12)).horizontalAdvance(key) + theme.px(12)

    def _key(self, painter: QPainter, rect: QRect, key: str) -> None:
        wide, high = self._key_width(key), theme.px(18)
        box = QRectF(rect.right() - theme.px(16) - wide + 0.5, rect.center().y() - high // 2 + 0.5, wide, high)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color("line_strong"))
        painter.setBrush(theme.color("page"))
        painter.drawRoundedRect(box, theme.radius("cell"), theme.radius("cell"))
        painter.setFont(theme.font(12))
        painter.setPen(theme.color("text2"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), key)

    def link_rect(self, rect: QRect, note: Note, current: bool) -> QRect:
        """Where the repair link is; empty without one. The place for the key is always kept, so nothing moves."""
        if not note.repair:
            return QRect()
        wide = QFontMetrics(theme.font(13)).horizontalAdvance(note.repair)
        key = self._key_width(note.key) + theme.px(8) if note.key else 0
        return QRect(rect.right() - theme.px(16) - key - wide, rect.top(), wide + 2, rect.height())


class LoadingRows(QWidget):
    """Nothing for 0.3 s, then grey bars in the shape of rows, after 1 s a sentence."""

    SHOW_AFTER_MS, TELL_AFTER_MS = 300, 1000

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.is_active = False
        self._note, self._began, self._allowed = "", 0.0, True
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self.hide()

    def begin(self, note: str) -> None:
        """Reading has begun."""
        if not self.is_active:
            self._began = time.monotonic()
        self.is_active, self._note = True, note
        self._timer.start(self.SHOW_AFTER_MS)

    def finish(self) -> None:
        """Rows are there (or the error is told)."""
        self.is_active = False
        self._timer.stop()
        self.hide()

    def set_allowed(self, allowed: bool) -> None:
        """Old rows stay while new ones are fetched: bars only over an empty table."""
        self._allowed = allowed
        if not allowed:
            self.hide()

    def tell_unread(self, again: Callable[[], None]) -> None:
        """Nothing could be read: say so where the rows would be. Old rows stay in sight; the reason is told elsewhere."""
        table: Any = parent_of(parent_of(self))
        retry = KeyButton("重试", icon="refresh", name=f"{table.objectName()}.retry_button")

        def ask_again() -> None:
            table.set_empty(None)
            again()

        retry.clicked.connect(ask_again)
        table.set_loading(False)
        table.set_empty(
            EmptyState("error", "列表没有读出来", "账套里的东西没有变。按“重试”再读一次。", [retry], tone="bad")
        )

    def _tick(self) -> None:
        if self.is_active and self._allowed:
            self.show()
            self.raise_()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("page"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        step, x = theme.px(36), theme.px(16)
        rows = min(8, self.height() // step - 1)
        for number in range(max(rows, 1)):
            top = number * step
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("mute_bg"))
            for left, wide in ((0.0, 0.10), (0.15, 0.28 + 0.05 * (number % 3)), (0.75, 0.14)):
                bar = QRectF(x + self.width() * left, top + step / 2 - 5, self.width() * wide, theme.px(10))
                painter.drawRoundedRect(bar, theme.px(5), theme.px(5))
            painter.setPen(theme.color("line"))
            painter.drawLine(0, top + step - 1, self.width(), top + step - 1)
        if self._note and time.monotonic() - self._began >= self.TELL_AFTER_MS / 1000:
            painter.setFont(theme.font(12))
            painter.setPen(theme.color("text2"))
            painter.drawText(QRect(x, rows * step, self.width(), step), _V, self._note)


def show_cell_tip(table: QTableView, model: RowsModel[Any], cells: CellPainter, event: QHelpEvent) -> None:
    """Whole text of a cut cell; escaped, because names from outside must not become rich text."""
    index = table.indexAt(event.pos())
    if not index.isValid():
        QToolTip.hideText()
        return
    text = model.cell_text(index.row(), index.column())
    room = cells.inner_width(index.column())
    if model.columns[index.column()].kind == "goods":
        room -= theme.px(40)
    wide = QFontMetrics(theme.font(cells.text_px)).horizontalAdvance(text) > room
    QToolTip.showText(event.globalPos(), f"<p>{html.escape(text)}</p>" if wide and text else "", table)
