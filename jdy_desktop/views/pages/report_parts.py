"""What the parts of 报表 share: money as words, tiles, the bar with the period."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.rules.periods import Period, PeriodKind, ordered, period_of
from jdy_desktop.services.queries.report_values import Behind, Way, WayLine
from jdy_desktop.views import theme
from jdy_desktop.views.texts import label
from jdy_desktop.views.widgets.base import Surface, named, row, sized
from jdy_desktop.views.widgets.fields import DateField, FilterCombo

#: Colours of the accounts, in their order.
_ACCOUNT_TOKENS = ("ok", "warn", "mute", "ok_line", "warn_line")
_WAY_TOKENS = {Way.CHANNEL_PAID: "accent", Way.CHANNEL_WAITING: "brand", Way.OWED: "scan"}


def yuan(amount: Decimal) -> str:
    """¥1,234.50, the sign in front of the mark."""
    return f"{'-' if amount < 0 else ''}¥{abs(amount):,.2f}"


def percent(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.1f}%"


def way_name(line: WayLine) -> str:
    """The account's own name, else the word for the way."""
    return line.name or label(line.way)


def way_token(line: WayLine, place: int) -> str:
    """Colour of a way of payment; accounts take theirs in order."""
    return _WAY_TOKENS.get(line.way) or _ACCOUNT_TOKENS[place % len(_ACCOUNT_TOKENS)]


class Tile(QWidget):
    """A figure that leads to its documents: Enter, Space or a click tells `followed(behind)`."""

    followed = Signal(object)

    def __init__(self, title: str, *, name: str, size: int = 20, edge: bool = True) -> None:
        super().__init__()
        named(self, name, title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._title, self._size, self._edge = title, size, edge
        self.figure, self.note, self.tone = "", "", ""
        self.behind: Behind | None = None
        self._hover = False
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    @Slot()
    def _restyle(self) -> None:
        self.setFixedHeight(theme.px(96))
        self.update()

    def show_figure(self, figure: str, note: str, behind: Behind | None, tone: str = "") -> None:
        """`tone` colours the small line below."""
        self.figure, self.note, self.behind, self.tone = figure, note, behind, tone
        self.setAccessibleDescription(f"{figure} {note}")
        self.setToolTip("回车看单据" if behind is not None else "")
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(150), theme.px(96))

    def _follow(self) -> None:
        if self.behind is not None:
            self.followed.emit(self.behind)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._follow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._follow()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: object) -> None:
        self._hover = True
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._hover = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._hover and self.behind is not None:
            painter.fillRect(self.rect(), theme.color("hover"))
        left = theme.px(20)
        lines = (
            (self._title, 13, False, "text2", 12, 20),
            (self.figure, self._size, True, "text", 32, 36),
            (self.note, 12, False, self.tone or "text2", 68, 18),
        )
        for words, size, bold, token, top, high in lines:
            font = theme.font(size, bold=bold)
            painter.setFont(font)
            painter.setPen(theme.color(token))
            room = self.width() - left - theme.px(8)
            shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, room)
            box = QRectF(left, theme.px(top), room, theme.px(high))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), shown)
        if self._edge:
            painter.setPen(theme.color("line"))
            painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())
        if self.hasFocus():
            painter.setPen(QPen(theme.color("link"), theme.px(2)))
            painter.drawRect(self.rect().adjusted(2, 2, -3, -3))
        painter.end()

    def focusInEvent(self, event: object) -> None:
        self.update()

    def focusOutEvent(self, event: object) -> None:
        self.update()


class PeriodBar(QWidget):
    """今天 / 昨天 / 本周 / 本月 / 自定 with its two days; `changed()` when another period is meant."""

    changed = Signal()

    def __init__(self, today: Callable[[], date], *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._today = today
        self.kind = FilterCombo("期间", [(label(kind), kind) for kind in PeriodKind], name=f"{name}.kind_combo")
        self.kind.set_value(PeriodKind.MONTH)
        now = period_of(PeriodKind.MONTH, today())
        self.first = sized(DateField(now.first, name=f"{name}.first_field", label="开始日期"), width=132)
        self.last = sized(DateField(now.last, name=f"{name}.last_field", label="结束日期"), width=132)
        row(self.kind, self.first, self.last, parent=self)
        self.kind.changed.connect(self._on_kind)
        for day in (self.first, self.last):
            day.date_changed.connect(self._on_day)

    def period(self) -> Period:
        """What the two days say."""
        today = self._today()
        return ordered(self.first.value() or today, self.last.value() or today)

    def set_period(self, period: Period) -> None:
        """Show other days, as 自定; no signal."""
        self.kind.set_value(PeriodKind.OWN)
        self.first.set_value(period.first)
        self.last.set_value(period.last)

    def renew(self) -> bool:
        """Past midnight 今天 is another day; whether the period has become another one."""
        kind, before = PeriodKind(self.kind.value()), self.period()
        if kind is not PeriodKind.OWN:
            self._show(period_of(kind, self._today()))
        return self.period() != before

    def _show(self, period: Period) -> None:
        self.first.set_value(period.first)
        self.last.set_value(period.last)

    @Slot()
    def _on_kind(self) -> None:
        kind = PeriodKind(self.kind.value())
        if kind is PeriodKind.OWN:
            self.first.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._show(period_of(kind, self._today()))
        self.changed.emit()

    @Slot()
    def _on_day(self) -> None:
        self.kind.blockSignals(True)
        self.kind.set_value(PeriodKind.OWN)
        self.kind.blockSignals(False)
        self.changed.emit()


class Card(Surface):
    """White box with an edge, as the parts of the day report stand in."""

    def __init__(self, name: str = "") -> None:
        super().__init__("card")
        if name:
            self.setObjectName(name)
