"""FigureRows: short lists of the day report whose every line leads to its documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from jdy_desktop.services.queries.report_values import Behind
from jdy_desktop.views import theme
from jdy_desktop.views.pictures import PictureStore
from jdy_desktop.views.widgets.base import named

_HIGH = 36
_MARGIN = 16
_PICTURE = 28


@dataclass(frozen=True, slots=True)
class FigureRow:
    """`strong` stands before `name`, `picture` (its address) before both.

    `cells`: (words, bold), right-aligned from the right edge in `widths`."""

    name: str
    cells: tuple[tuple[str, bool], ...]
    behind: Behind | None
    strong: str = ""
    token: str = ""
    picture: str = ""


class FigureRows(QWidget):
    """↑ ↓ between lines, Enter or a click tells `followed(behind)`. `widths`: px of the cells at 100 %, left to right."""

    followed = Signal(object)

    def __init__(
        self, widths: Sequence[int], *, name: str, label: str, pictures: PictureStore | None = None
    ) -> None:  # fmt: skip
        super().__init__()
        self._pictures = pictures
        if pictures is not None:
            pictures.arrived.connect(lambda _address: self.update())
        named(self, name, label)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._widths = widths
        self.rows: tuple[FigureRow, ...] = ()
        self.current = 0
        theme.notifier().changed.connect(self._restyle)

    def set_rows(self, rows: Sequence[FigureRow]) -> None:
        """Show other lines; the current one keeps its place."""
        self.rows = tuple(rows)
        self.current = min(self.current, max(len(self.rows) - 1, 0))
        self._restyle()

    @Slot()
    def _restyle(self) -> None:
        self.setMinimumHeight(theme.px(_HIGH) * max(len(self.rows), 1))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(240), theme.px(_HIGH) * max(len(self.rows), 1))

    def _go(self, place: int) -> None:
        self.current = min(max(place, 0), max(len(self.rows) - 1, 0))
        if self.rows:
            row = self.rows[self.current]
            self.setAccessibleDescription(" ".join((row.strong, row.name, *(words for words, _ in row.cells))))
        self.update()

    def follow(self) -> None:
        """The documents of the current line."""
        behind = self.rows[self.current].behind if self.rows else None
        if behind is not None:
            self.followed.emit(behind)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._go(self.current + (1 if key == Qt.Key.Key_Down else -1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.follow()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = int(event.position().y()) // theme.px(_HIGH)
        if place < len(self.rows):
            self._go(place)
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.follow()

    def focusInEvent(self, event: object) -> None:
        self.update()

    def focusOutEvent(self, event: object) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        high = theme.px(_HIGH)
        for place, row in enumerate(self.rows):
            box = QRectF(0, place * high, self.width(), high)
            if self.hasFocus() and place == self.current:
                painter.fillRect(box, theme.color("selected"))
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(box.topLeft(), box.topRight())
            self._paint_row(painter, box, row)
        painter.end()

    def _paint_row(self, painter: QPainter, box: QRectF, row: FigureRow) -> None:
        left, right = theme.px(_MARGIN), self.width() - theme.px(_MARGIN)
        for (words, bold), width in reversed(list(zip(row.cells, self._widths, strict=True))):
            wide = theme.px(width)
            self._words(painter, QRectF(right - wide, box.top(), wide, box.height()), words, bold, to_right=True)
            right -= wide
        if row.token:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(row.token))
            side = theme.px(10)
            painter.drawRoundedRect(QRectF(left, box.center().y() - side / 2, side, side), 2, 2)
            left += theme.px(18)
        if self._pictures is not None and row.strong:
            side = theme.px(_PICTURE)
            found = self._pictures.pixmap(row.picture, _PICTURE)
            frame = QRectF(left, box.center().y() - side / 2, side, side)
            if found is not None:
                painter.drawPixmap(frame.toRect(), found)
            else:
                painter.fillRect(frame, theme.color("hover"))
            left += side + theme.px(14)
        if row.strong:
            width = QFontMetrics(theme.font(13, bold=True)).horizontalAdvance(row.strong)
            self._words(painter, QRectF(left, box.top(), width + 2, box.height()), row.strong, True)
            left += width + theme.px(12)
        self._words(painter, QRectF(left, box.top(), max(right - left, 1), box.height()), row.name, False)

    @staticmethod
    def _words(painter: QPainter, box: QRectF, words: str, bold: bool, *, to_right: bool = False) -> None:
        font = theme.font(13, bold=bold)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, int(box.width()))
        side = Qt.AlignmentFlag.AlignRight if to_right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter), shown)
