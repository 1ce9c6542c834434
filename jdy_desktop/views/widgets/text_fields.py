"""Field and SearchField: one-line inputs."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QLineEdit,
)

from jdy_desktop.views import keys, theme
from .base import repolish
from .scan_watch import take_codes


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

    def show_text(self, text: str) -> None:
        """Show what is known, unless the clerk is typing over it."""
        if not (self.hasFocus() and self.isModified()) and self.text() != text:
            self.setText(text)

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
        self._is_due = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(delay_ms)
        self._timer.timeout.connect(self._emit)
        self.textChanged.connect(self._later)
        self.returnPressed.connect(self._emit)
        take_codes(self)
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
        self._is_due = not self.isVisible()
        if not self._is_due:
            self.searched.emit(self.text().strip())

    def showEvent(self, event: QShowEvent) -> None:
        """What was typed just before the field was hidden is looked for now; a closing window asks for nothing more."""
        super().showEvent(event)
        if self._is_due:
            self._later()

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
