"""What all papers are painted with: black text in dots, codes in whole dots, nothing grey and no ground (look/22, look/23).

A `Pen` counts in dots of the printer. Text is always painted as text: a title with HTML in it stays what it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPaintDevice, QPainter, QPen

FAMILIES = ["Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "Source Han Sans SC", "sans-serif"]
BLACK = QColor(0, 0, 0)
QUIET = 4

_BREAKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_ALIGN = {
    "left": Qt.AlignmentFlag.AlignLeft,
    "center": Qt.AlignmentFlag.AlignHCenter,
    "right": Qt.AlignmentFlag.AlignRight,
}


def one_line(text: str) -> str:
    """Blanks and line ends as single blanks: a name from 1688 must not open a new line on a form."""
    return _BREAKS.sub(" ", text).strip()


class Pen:
    """Measures on `device` before painting begins, paints with `painter` afterwards. Sizes and places in dots."""

    def __init__(self, device: QPaintDevice, dots_per_mm: float) -> None:
        self._device = device
        self.dots_per_mm = dots_per_mm
        self.painter: QPainter | None = None

    def mm(self, millimetres: float) -> int:
        return round(millimetres * self.dots_per_mm)

    def font(self, size: int, bold: bool = False) -> QFont:
        font = QFont(FAMILIES)
        font.setPixelSize(size)
        font.setBold(bold)
        font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
        return font

    def metrics(self, size: int, bold: bool = False) -> QFontMetrics:
        return QFontMetrics(self.font(size, bold), self._device)

    def width(self, text: str, size: int, bold: bool = False) -> int:
        return self.metrics(size, bold).horizontalAdvance(text)

    def fitting(self, text: str, width: int, size: int, bold: bool = False) -> int:
        """The largest size up to `size` at which an amount stands whole on its line."""
        while size > 8 and self.width(text, size, bold) > width:
            size -= 1
        return size

    def wrap(self, text: str, width: int, size: int, bold: bool = False, most: int = 2) -> list[str]:
        """At most `most` lines that fit, broken anywhere; the last ends in … when something is left."""
        metrics, left = self.metrics(size, bold), one_line(text)
        lines: list[str] = []
        while left:
            if len(lines) == most - 1:
                lines.append(metrics.elidedText(left, Qt.TextElideMode.ElideRight, width))
                break
            count = len(left)
            while count > 1 and metrics.horizontalAdvance(left[:count]) > width:
                count -= 1
            lines.append(left[:count].rstrip())
            left = left[count:].lstrip()
        return lines or [""]

    # ------------------------------------------------------------ painting

    def _brush(self) -> QPainter:
        assert self.painter is not None, "measure first, paint afterwards"
        return self.painter

    def text(self, box: QRect, text: str, size: int, *, bold: bool = False, align: str = "left") -> None:
        """One line in the middle of `box`; what is too long ends in …"""
        painter = self._brush()
        shown = self.metrics(size, bold).elidedText(one_line(text), Qt.TextElideMode.ElideRight, box.width())
        painter.setPen(BLACK)
        painter.setFont(self.font(size, bold))
        flags = _ALIGN[align] | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip
        painter.drawText(box, int(flags), shown)

    def line(self, x1: int, y1: int, x2: int, y2: int, width: int = 1, dashed: bool = False) -> None:
        painter, pen = self._brush(), QPen(BLACK, width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if dashed:
            pen.setDashPattern([4.0, 3.0])
        painter.setPen(pen)
        painter.drawLine(x1, y1, x2, y2)

    def fill(self, x: int, y: int, width: int, height: int) -> None:
        self._brush().fillRect(x, y, width, height, BLACK)

    def qr(self, x: int, y: int, matrix: Sequence[Sequence[bool]], module: int) -> None:
        """The modules as rectangles of whole dots: sharp on every printer, no picture that could be smeared."""
        for row, modules in enumerate(matrix):
            start = None
            for column, black in enumerate([*modules, False]):
                if black and start is None:
                    start = column
                elif not black and start is not None:
                    self.fill(x + start * module, y + row * module, (column - start) * module, module)
                    start = None

    def bars(self, x: int, y: int, modules: Sequence[bool], module: int, height: int) -> None:
        for column, black in enumerate(modules):
            if black:
                self.fill(x + column * module, y, module, height)


def module_size(matrix: Sequence[object], most: int) -> int:
    """Whole dots per module so that the code with its quiet zone is at most `most` dots wide."""
    return max(1, most // (len(matrix) + 2 * QUIET))
