"""ChoiceCard: a large radio choice with a small heading, the words of the choice and its consequence."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from jdy_desktop.views import theme

_V = int(Qt.AlignmentFlag.AlignVCenter)


class ChoiceCard(QAbstractButton):
    """`ChoiceCard("选项 1", "先不下载", "不会创建商品。")`; put several into one exclusive QButtonGroup. ↑ ↓ move, Space chooses."""

    def __init__(self, heading: str, text: str, consequence: str, *, name: str) -> None:
        super().__init__()
        self._heading, self._consequence = heading, consequence
        self.setText(text)
        self.setCheckable(True)
        self.setObjectName(name)
        self.setAccessibleName(f"{heading} {text}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(480), theme.px(88))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marked = self.isChecked() or self.hasFocus()
        edge = theme.px(2) if marked else 1
        painter.setPen(QPen(theme.color("link" if marked else "line_strong"), edge))
        painter.setBrush(theme.color("selected" if self.isChecked() else "hover" if self.underMouse() else "page"))
        corner = theme.radius("panel")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(edge / 2, edge / 2, -edge / 2, -edge / 2), corner, corner)
        dot = theme.control_pixmap("radio_on" if self.isChecked() else "radio_off", 16, 16)
        painter.drawPixmap(theme.px(17), theme.px(20), dot)
        left, width = theme.px(45), self.width() - theme.px(61)
        for top, size, bold, token, words in (
            (14, 13, False, "text2", self._heading),
            (33, 14, True, "text", self.text()),
            (54, 12, False, "text2", self._consequence),
        ):
            painter.setFont(theme.font(size, bold=bold))
            painter.setPen(theme.color(token))
            painter.drawText(QRectF(left, theme.px(top), width, theme.px(20)), _V, words)
