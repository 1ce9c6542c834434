"""Chip and the coloured grounds of bands."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from jdy_desktop.views import theme

Tone = Literal["ok", "warn", "bad", "info", "scan", "mute"]
TONE_ICON = {"ok": "paid", "warn": "warning", "bad": "error", "info": "info", "scan": "lock", "mute": "info"}


def paint_chip(
    painter: QPainter, box: QRectF, text: str, tone: str, icon: str, *, filled: bool, size: int = 0
) -> float:
    """Paint a chip or a quiet state at the left of ``box``, vertically centred; returns its width in px."""
    icon_px = 14 if filled else 15
    font = theme.font(size or (12 if filled else 13))
    metrics = QFontMetrics(font)
    pad = theme.px(8) if filled else 0
    icon_width = theme.px(icon_px + 4) if icon else 0
    width = min(box.width(), metrics.horizontalAdvance(text) + icon_width + 2 * pad)
    middle = box.center().y()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if filled:
        high = theme.px(22)
        painter.setPen(theme.color(f"{tone}_line"))
        painter.setBrush(theme.color(f"{tone}_bg"))
        shape = QRectF(box.left() + 0.5, round(middle - high / 2) + 0.5, width - 1, high - 1)
        painter.drawRoundedRect(shape, theme.radius("chip"), theme.radius("chip"))
    x = box.left() + pad
    if icon:
        painter.drawPixmap(round(x), round(middle - theme.px(icon_px) / 2), theme.pixmap(icon, tone, icon_px))
        x += icon_width
    painter.setFont(font)
    painter.setPen(theme.color(tone))
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(box.left() + width - pad - x) + 2)
    painter.drawText(QRectF(x, box.top(), width, box.height()), int(Qt.AlignmentFlag.AlignVCenter), shown)
    painter.restore()
    return width


class Chip(QWidget):
    """Icon + word: ``Chip.state("未匹配")`` takes the look of tokens.json; ``Chip("已勾选 3 行", "info")`` is free."""

    def __init__(self, text: str, tone: str = "mute", *, icon: str = "", filled: bool = True) -> None:
        super().__init__()
        self._look = (text, tone, icon, filled)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        theme.notifier().changed.connect(self._restyle)

    @classmethod
    def state(cls, word: str) -> Chip:
        """The chip of a state word."""
        look = theme.state_look(word)
        return cls(look.word, look.tone, icon=look.icon, filled=look.filled)

    def set_state(self, word: str) -> None:
        """Change to another state word."""
        look = theme.state_look(word)
        self.set_look(look.word, look.tone, icon=look.icon, filled=look.filled)

    def set_look(self, text: str, tone: str, *, icon: str = "", filled: bool = True) -> None:
        """Change words and colour."""
        self._look = (text, tone, icon, filled)
        self.setAccessibleName(text)
        self._restyle()

    def text(self) -> str:
        """The words."""
        return self._look[0]

    @Slot()
    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        text, _tone, icon, filled = self._look
        words = QFontMetrics(theme.font(12 if filled else 13)).horizontalAdvance(text)
        icon_width = theme.px(18 if filled else 19) if icon else 0
        return QSize(words + icon_width + (theme.px(16) if filled else 0) + 1, theme.px(22))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        text, tone, icon, filled = self._look
        paint_chip(QPainter(self), QRectF(self.rect()), text, tone, icon, filled=filled)


class ToneBand(QWidget):
    """Area filled with ``<tone>_bg``; ``edges`` says which 1 px lines: "all", "bottom" or "both"."""

    def __init__(self, tone: str, *, edges: str = "bottom") -> None:
        super().__init__()
        self._tone, self._edges = tone, edges
        theme.notifier().changed.connect(self.update)

    def set_tone(self, tone: str) -> None:
        """Change the colour."""
        self._tone = tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground, line = theme.color(f"{self._tone}_bg"), theme.color(f"{self._tone}_line")
        if self._edges == "all":
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(line)
            painter.setBrush(ground)
            corner = theme.radius("control")
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), corner, corner)
            return
        painter.fillRect(self.rect(), ground)
        painter.setPen(line)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        if self._edges == "both":
            painter.drawLine(0, 0, self.width(), 0)
