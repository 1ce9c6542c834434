"""One account set in a list: its name, and below it since when and when it was last open."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from jdy_desktop.services.machine.context import SHANGHAI
from jdy_desktop.services.machine.known_books import KnownBook
from jdy_desktop.views import theme
from .buttons import _ButtonBase

_V = int(Qt.AlignmentFlag.AlignVCenter)


def opened_words(book: KnownBook, now: datetime) -> str:
    """昨天 21:40 用过; the day when it is longer ago."""
    if book.opened_at is None:
        return "还没有在这个版本里打开过"
    then, today = book.opened_at.astimezone(SHANGHAI), now.astimezone(SHANGHAI).date()
    days = (today - then.date()).days
    day = {0: "今天 ", 1: "昨天 "}.get(days, f"{then:%Y-%m-%d} ")
    return f"{day}{then:%H:%M} 用过"


def facts_words(book: KnownBook, now: datetime) -> str:
    """启用期间 2019-03-01 · 昨天 21:40 用过; what is wrong with it comes first."""
    if book.size is None:
        return "文件不在原来的位置"
    if book.is_practice:
        return f"带练习市场，不连 1688 · {opened_words(book, now)}"
    start = f"启用期间 {book.start_date.isoformat()} · " if book.start_date else ""
    return f"{start}{opened_words(book, now)}"


def place_words(book: KnownBook) -> str:
    """3.4 MB · the folder and file; the file alone would not tell two sticks apart."""
    size = "" if book.size is None else f"{book.size / 1_048_576:.1f} MB · "
    return f"{size}{book.path}"


class BookTile(_ButtonBase):
    """A checkable line of 60 px (78 with `more`); the list around it keeps one checked. `opened`: pressed twice."""

    opened = Signal()

    def __init__(self, book: KnownBook, words: str, *, name: str, more: str = "", tick: bool = False) -> None:
        super().__init__()
        self.book, self._words, self._more, self._tick = book, words, more, tick
        self.setCheckable(True)
        self.setObjectName(name)
        self.setAccessibleName(f"{book.company} {words}")
        self.setToolTip(str(book.path))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(300), theme.px(78 if self._more else 60))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(160), self.sizeHint().height())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.opened.emit()

    def keyPressEvent(self, event: object) -> None:
        """Enter opens; the arrows are the list's."""
        assert isinstance(event, QKeyEvent)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here = self.isChecked()
        if here or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selected" if here else "hover"))
            painter.drawRoundedRect(QRectF(self.rect()), theme.radius("control"), theme.radius("control"))
        middle = self.height() // 2
        painter.drawPixmap(
            theme.px(13), middle - theme.px(10), theme.pixmap("account_set", "link" if here else "text2", 20)
        )
        left, room = theme.px(46), self.width() - theme.px(46 + (40 if self._tick else 12))
        lines = [(-20, 13, here, "text", self.book.company), (0, 12, False, "hint", self._words)]
        if self._more:
            lines = [(line[0] - 9, *line[1:]) for line in lines] + [(9, 12, False, "hint", self._more)]
        for top, size, bold, token, words in lines:
            font = theme.font(size, bold=bold)
            painter.setFont(font)
            painter.setPen(theme.color(token))
            cut = Qt.TextElideMode.ElideMiddle if words == self._more else Qt.TextElideMode.ElideRight
            shown = QFontMetrics(font).elidedText(words, cut, room)
            painter.drawText(QRectF(left, middle + theme.px(top), room, theme.px(20)), _V, shown)
        if self._tick:
            painter.drawPixmap(self.width() - theme.px(28), middle - theme.px(8), theme.pixmap("check", "link", 16))
