"""Toast and NoticeCard: what stands over a page for some seconds."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from jdy_desktop.views import keys, theme
from .base import STRETCH, IconLabel, Text, column, layout_of, parent_of, row
from .buttons import IconButton, LinkButton
from .chips import TONE_ICON


class _Floating(QWidget):
    """Painted strip that stands over its parent and follows its size."""

    gone = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        parent.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.place()
        return False

    def place(self) -> None:
        """Move to the corner that belongs to this kind."""

    @Slot()
    def dismiss(self) -> None:
        """Take it away."""
        self._timer.stop()
        self.hide()
        self.gone.emit()


class Toast(_Floating):
    """Dark strip, bottom centre, 5 s, only for what has succeeded: ``toast.tell("已匹配 11 行", undo=self._undo)``.

    What can be taken back can be as long as the strip offers it, not a moment longer.
    """

    def __init__(self, parent: QWidget, *, seconds: float = 5.0, bottom: int = 60) -> None:
        super().__init__(parent)
        self._seconds, self._bottom, self._text = seconds, bottom, ""
        self._undo: Callable[[], None] | None = None
        self.setObjectName("toast")
        self.setMouseTracking(True)
        self.hide()

    def tell(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """Show ``text``; with ``undo`` the link 撤销 and its key stand behind it. Replaces the one before."""
        self._text = text
        self._offer(undo)
        self.show()
        self.raise_()
        self._timer.start(int(self._seconds * 1000))

    def text(self) -> str:
        """The words shown."""
        return self._text

    def take_back(self) -> bool:
        """Do what 撤销 promises; False when the strip offers nothing."""
        undo = self._undo
        if undo is None:
            return False
        self.dismiss()
        undo()
        return True

    def withdraw(self) -> None:
        """The words stay, 撤销 does not: its page or its operator is gone."""
        if self._undo is not None:
            self._offer(None)

    @Slot()
    def dismiss(self) -> None:
        self._undo = None
        super().dismiss()

    def _offer(self, undo: Callable[[], None] | None) -> None:
        self._undo = undo
        self.setAccessibleName(f"{self._text} {self._link()}".strip())
        self.place()
        self.update()

    def _link(self) -> str:
        return f"撤销 {keys.current().hint('undo')}" if self._undo else ""

    def _link_x(self) -> int:
        """Where the link begins; behind it the whole strip is the link."""
        return theme.px(42 + 10) + QFontMetrics(theme.font(13)).horizontalAdvance(self._text)

    def _is_link(self, event: QMouseEvent) -> bool:
        return self._undo is not None and event.position().x() >= self._link_x()

    def place(self) -> None:
        metrics = QFontMetrics(theme.font(13))
        link = metrics.horizontalAdvance(self._link()) + theme.px(10) if self._undo else 0
        width = theme.px(16 + 16 + 10 + 16) + metrics.horizontalAdvance(self._text) + link
        parent = parent_of(self)
        high = theme.px(40)
        self.setGeometry((parent.width() - width) // 2, parent.height() - theme.px(self._bottom) - high, width, high)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.setCursor(Qt.CursorShape.PointingHandCursor if self._is_link(event) else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the link takes back; beside it only words without an offer go away, a slip of the hand undoes nothing."""
        if self._is_link(event):
            self.take_back()
        elif self._undo is None:
            self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("text"))
        painter.drawRoundedRect(QRectF(self.rect()), theme.radius("panel"), theme.radius("panel"))
        side = theme.px(16)
        painter.drawPixmap(theme.px(16), (self.height() - side) // 2, theme.pixmap("check", "page", 16))
        painter.setFont(theme.font(13))
        painter.setPen(theme.color("page"))
        whole, middle = QRectF(self.rect()), int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(whole.translated(theme.px(42), 0), middle, self._text)
        painter.setPen(theme.color("toast_link"))
        painter.drawText(whole.translated(self._link_x(), 0), middle, self._link())


class NoticeCard(_Floating):
    """Card at the bottom right, 10 s: paid, saved, or failed in the background. ``acted`` = its link was clicked."""

    acted = Signal()

    def __init__(self, parent: QWidget, tone: str, title: str, text: str, *, link: str = "", action: str | None = None,
                 icon: str = "", seconds: float = 10.0) -> None:  # fmt: skip
        super().__init__(parent)
        self.setObjectName("notice_card")
        self.setAccessibleName(f"{title} {text}")
        self._link = LinkButton(link, action, name="notice_link_button")
        if not link:
            self._link.hide()
        self._link.clicked.connect(self.acted)
        self._link.clicked.connect(self.dismiss)
        close = IconButton("close", "关闭", side=24, name="notice_close_button")
        close.clicked.connect(self.dismiss)
        words = column(Text(title, "strong"), Text(text, "hint", wrap=True), self._link, spacing=2)
        mark = column(IconLabel(icon or TONE_ICON[tone], tone, 18), STRETCH, margins=(0, 2, 0, 0))
        line = row(mark, words, column(close, STRETCH), spacing=12, margins=(18, 12, 12, 12), parent=self)
        line.setStretch(1, 1)
        self.setAutoFillBackground(False)
        self._timer.start(int(seconds * 1000))
        self.place()
        self.show()
        self.raise_()

    def place(self) -> None:
        parent = parent_of(self)
        width = theme.px(344)
        high = max(theme.px(64), layout_of(self).totalHeightForWidth(width) if layout_of(self).hasHeightForWidth() else
                   layout_of(self).sizeHint().height())  # fmt: skip
        self.setGeometry(parent.width() - width - theme.px(24), parent.height() - high - theme.px(60), width, high)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color("line_strong"))
        painter.setBrush(theme.color("raised"))
        corner = theme.radius("panel")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), corner, corner)
