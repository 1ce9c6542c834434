"""Parts of the code window: the white card with the code, the state in its place, the four steps."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from jdy_desktop.views import theme
from jdy_desktop.views.dialogs.code_states import CodeState, Look
from jdy_desktop.views.figures import time_of_day
from jdy_desktop.views.widgets.base import STRETCH, Text, column, row, sized
from jdy_desktop.views.widgets.feedback import Chip

CARD = 400


class QrCard(QWidget):
    """White in both themes, modules of whole pixels: what is shown is the picture that was read back."""

    def __init__(self, side: int = CARD) -> None:
        super().__init__()
        self._side, self._room = side, 0
        self._picture: QPixmap | None = None
        self._is_dim = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setObjectName("code_window.qr_card")
        self.setAccessibleName("预订单二维码")
        theme.notifier().changed.connect(self.updateGeometry)

    def set_picture(self, png: bytes | None, *, dim: bool = False) -> None:
        """`dim`: scanned already, nobody else is to scan it."""
        self._picture, self._is_dim = None, dim
        if png is not None:
            loaded = QPixmap()
            loaded.loadFromData(png, "PNG")
            self._picture = loaded
        self.updateGeometry()
        self.update()

    def picture(self) -> QPixmap | None:
        return self._picture

    def set_room(self, room: int) -> None:
        """Pixels there are on the screen, in either direction: the card is no larger, whatever the scale."""
        self._room = room
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        wide = self._picture.width() if self._picture else 0
        side = theme.px(self._side)
        side = max(min(side, self._room or side), wide + theme.px(4))
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color("line_strong"))
        painter.setBrush(theme.color("on_accent"))
        corner = theme.radius("panel")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), corner, corner)
        if self._picture is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self._is_dim:
            painter.setOpacity(0.25)
        wide = self._picture.width() / self._picture.devicePixelRatio()
        painter.drawPixmap(QPointF((self.width() - wide) // 2, (self.height() - wide) // 2), self._picture)


class StatePart(QWidget):
    """State at the top left, sentence in the middle: the same place in every state (look/11)."""

    def __init__(self) -> None:
        super().__init__()
        self.chip = Chip("", "mute")
        self.chip.setObjectName("code_window.state_chip")
        self._icon = _Disc()
        self._bar = sized(QProgressBar(), width=240, height=6)
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self.title = Text("", "section")
        self.quote = Text("", "bad", wrap=True, selectable=True)
        self.lines = Text("", "label", wrap=True)
        for words in (self.title, self.quote, self.lines):
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title.setObjectName("code_window.state_title")
        self.quote.setObjectName("code_window.upload_log")
        column(
            row(self.chip, STRETCH),
            STRETCH,
            row(STRETCH, self._icon, STRETCH),
            row(STRETCH, self._bar, STRETCH),
            self.title,
            self.quote,
            self.lines,
            STRETCH,
            spacing=12,
            parent=self,
        )

    def show_look(self, look: Look, state: CodeState) -> None:
        self.chip.set_look(look.chip, look.tone, icon=look.icon)
        self._icon.set_look(look.icon, look.tone)
        self._icon.setVisible(state is not CodeState.CREATING)
        self._bar.setVisible(state is CodeState.CREATING)
        self.title.setText(look.title)
        self.quote.setText(look.quote)
        self.quote.setVisible(bool(look.quote))
        self.lines.setText("\n".join(line for line in look.lines if line))


class _Disc(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._look = ("info", "info")
        sized(self, width=64, height=64)

    def set_look(self, icon: str, tone: str) -> None:
        self._look = (icon, tone)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        icon, tone = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(f"{tone}_bg"))
        painter.drawEllipse(self.rect())
        side = theme.px(30)
        painter.drawPixmap((self.width() - side) // 2, (self.height() - side) // 2, theme.pixmap(icon, tone, 30))


class Steps(QWidget):
    """已创建 → 已出示 → 已扫码 → 已支付, each with its time."""

    WORDS = ("已创建", "已出示", "已扫码", "已支付")

    def __init__(self) -> None:
        super().__init__()
        self._times: tuple[datetime | None, ...] = (None,) * 4
        self._done = 0
        sized(self, height=72)
        self.setObjectName("code_window.steps")

    def set_times(self, times: tuple[datetime | None, ...], done: int) -> None:
        """`done`: so many steps are behind us (a paid one counts as scanned even when nobody saw it)."""
        self._times, self._done = times, done
        self.setAccessibleName(" → ".join(self.WORDS[:done]) or "还没有创建")
        self.update()

    def done(self) -> int:
        return self._done

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        step = self.width() / len(self.WORDS)
        radius, top = theme.px(12), theme.px(13)
        for number in range(1, len(self.WORDS)):
            painter.setPen(QPen(theme.color("accent" if number < self._done else "line_strong"), theme.px(2)))
            left, right = (number - 0.5) * step + radius + theme.px(10), (number + 0.5) * step - radius - theme.px(10)
            painter.drawLine(QPointF(left, top), QPointF(right, top))
        for number, word in enumerate(self.WORDS):
            self._paint_step(painter, QPointF((number + 0.5) * step, top), word, number, radius, step)

    def _paint_step(self, painter: QPainter, middle: QPointF, word: str, number: int, radius: int, step: float) -> None:
        is_done = number < self._done
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent" if is_done else "mute_bg"))
        painter.drawEllipse(middle, radius, radius)
        if is_done:
            side = theme.px(14)
            spot = QPointF(middle.x() - side / 2, middle.y() - side / 2)
            painter.drawPixmap(spot, theme.pixmap("check", "on_accent", 14))
        is_now = number == self._done - 1
        painter.setFont(theme.font(13, bold=is_now))
        painter.setPen(theme.color("text" if is_done else "text2"))
        high = QFontMetrics(painter.font()).height()
        box = QRectF(middle.x() - step / 2, middle.y() + radius + theme.px(4), step, high)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), word)
        painter.setFont(theme.font(12))
        painter.setPen(theme.color("hint"))
        painter.drawText(
            box.translated(0, high),
            int(Qt.AlignmentFlag.AlignCenter),
            time_of_day(self._times[number]) if is_done else "",
        )
