"""Status bar: shops, outbox, backup age; right: start period, scale, clock (look.md §5)."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from jdy_desktop.views import theme
from .base import STRETCH, Surface, named, row
from .buttons import _ButtonBase

_ICONS = {
    "shops": ("shield_check", "shield_expired"),
    "outbox": ("cloud_check", "cloud_up"),
    "backup": ("backup", "backup"),
}
_LEFT = ("shops", "outbox", "backup")
_RIGHT = ("period", "scale", "clock")
_NAMES = {"shops": "店铺", "outbox": "待上传", "backup": "备份", "period": "启用期间", "scale": "字号", "clock": "时间"}


class StatusItem(_ButtonBase):
    """Icon and words; clicking opens the page that can mend it."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key, self._tone = key, "ok"
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        named(self, f"status_bar.{key}_item", _NAMES[key])

    def show_text(self, text: str, tone: str, tip: str) -> None:
        """Change words, colour and tooltip (the exact time)."""
        self._tone = tone
        self.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(f"{_NAMES[self._key]} {text}")
        self.updateGeometry()
        self.update()

    def _icon(self) -> str:
        good, bad = _ICONS.get(self._key, ("", ""))
        return bad if self._tone == "bad" else good

    def sizeHint(self) -> QSize:
        words = QFontMetrics(theme.font(12)).horizontalAdvance(self.text())
        return QSize(words + (theme.px(19) if self._icon() else 0) + 1, theme.px(26))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        left = 0
        if self._icon():
            # A backup that is there is nothing to look at: only what is wrong with it has a colour.
            is_calm = self._key == "backup" and self._tone == "ok"
            token = "text2" if is_calm else self._tone
            side = theme.px(14)
            painter.drawPixmap(0, (self.height() - side) // 2, theme.pixmap(self._icon(), token, 14))
            left = theme.px(19)
        painter.setFont(theme.font(12))
        painter.setPen(theme.color("bad" if self._tone == "bad" else "text2"))
        painter.drawText(self.rect().adjusted(left, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), self.text())


class StatusBar(Surface):
    """Built by MainWindow: ``set_text(key, text, tone, tip)``; ``clicked(key)``."""

    clicked = Signal(str)

    def __init__(self) -> None:
        super().__init__("window", edge="top", height=28)
        self.setObjectName("status_bar")
        self.items = {key: StatusItem(key) for key in (*_LEFT, *_RIGHT)}
        left = [self.items[key] for key in _LEFT]
        right = [self.items[key] for key in _RIGHT]
        row(*left, STRETCH, *right, spacing=20, margins=(13, 0, 12, 0), parent=self)
        for key, item in self.items.items():
            item.clicked.connect(lambda _checked=False, k=key: self.clicked.emit(k))
            item.hide()

    def _fit(self) -> None:
        """Without room for everything the scale goes first, then the start period."""
        room = self.width() - theme.px(25)
        for key in ("scale", "period"):
            self.items[key].setVisible(bool(self.items[key].text()))
        for key in ("scale", "period"):
            shown = [item for item in self.items.values() if not item.isHidden()]
            if sum(item.sizeHint().width() + theme.px(20) for item in shown) > room:
                self.items[key].hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def set_text(self, key: str, text: str, tone: str = "ok", tip: str = "") -> None:
        """``key``: shops outbox backup period scale clock; empty text hides the item; tone bad turns it red, warn its icon amber."""
        self.items[key].show_text(text, tone, tip)
        self.items[key].setVisible(bool(text))
        self._fit()
