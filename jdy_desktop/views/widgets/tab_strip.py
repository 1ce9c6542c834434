"""Tabs of the open pages, with 新销货单 and help at the right end."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QTabBar, QToolButton, QWidget

from jdy_desktop.views import theme
from .base import STRETCH, Surface, row
from .buttons import IconButton, KeyButton


class _Tabs(QTabBar):
    """Tabs 34 px high; the chosen one stands on the page. Painted, because a bold tab needs a bold measure."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tab_strip.tabs")
        self.setAccessibleName("打开的页面")
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setMovable(True)
        self.setUsesScrollButtons(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        theme.notifier().changed.connect(self._restyle)

    @Slot()
    def _restyle(self) -> None:
        self.setFixedHeight(theme.height("tab_strip"))
        # The arrows of a full strip stand on its ground, not on the words of the tab below them.
        ground = f"QToolButton {{ background: {theme.color('window').name()}; border: none; margin-bottom: 1px; }}"
        for arrow in self.findChildren(QToolButton):
            arrow.setStyleSheet(ground)
        self.setTabText(0, self.tabText(0))  # lets QTabBar measure again
        self.updateGeometry()

    def _is_unsaved(self, index: int) -> bool:
        data = self.tabData(index)
        return bool(isinstance(data, tuple) and data[1])

    def tabSizeHint(self, index: int) -> QSize:
        words = QFontMetrics(theme.font(13, bold=True)).horizontalAdvance(self.tabText(index))
        dot = theme.px(15) if self._is_unsaved(index) else 0
        return QSize(words + dot + theme.px(15 + 8 + 16 + 10), theme.height("tab_strip"))

    def minimumTabSizeHint(self, index: int) -> QSize:
        """The name of a page, five characters at most, is never cut: 商品中心, 商品匹配 and 商品发布 would all read 商品…"""
        return QSize(min(self.tabSizeHint(index).width(), theme.px(116)), theme.height("tab_strip"))

    def close_rect(self, index: int) -> QRectF:
        """Where the × of a tab is."""
        box = self.tabRect(index)
        side = theme.px(16)
        return QRectF(
            box.right() - theme.px(10) - side, box.top() + theme.px(6) + (theme.px(34) - side) / 2, side, side
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton and index >= 0:
            self.tabCloseRequested.emit(index)
        elif index >= 0 and self.close_rect(index).adjusted(-4, -4, 4, 4).contains(event.position()):
            self.tabCloseRequested.emit(index)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bottom = self.height() - 1
        painter.setPen(theme.color("line"))
        painter.drawLine(0, bottom, self.width(), bottom)
        mouse = self.mapFromGlobal(self.cursor().pos())
        for index in range(self.count()):
            self._paint_tab(painter, index, mouse)

    def _paint_tab(self, painter: QPainter, index: int, mouse: QPoint) -> None:
        here, box = index == self.currentIndex(), self.tabRect(index)
        top = box.top() + theme.px(6)
        if here:
            corner = theme.radius("panel")
            shape = QRectF(box.left() + 0.5, top + 0.5, box.width() - 1, self.height() + corner)
            painter.setPen(theme.color("line"))
            painter.setBrush(theme.color("page"))
            painter.drawRoundedRect(shape, corner, corner)
        left = box.left() + theme.px(15)
        middle = top + theme.px(34) / 2
        if self._is_unsaved(index):
            side = theme.px(7)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("warn"))
            painter.drawEllipse(QRectF(left, middle - side / 2, side, side))
            left += theme.px(15)
        font = theme.font(13, bold=here)
        painter.setFont(font)
        painter.setPen(theme.color("text" if here or box.contains(mouse) else "text2"))
        close = self.close_rect(index)
        words = QRectF(left, top, close.left() - theme.px(4) - left, theme.px(34))
        shown = QFontMetrics(font).elidedText(self.tabText(index), Qt.TextElideMode.ElideRight, int(words.width()) + 1)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)
        if close.contains(mouse):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("hover"))
            painter.drawRoundedRect(close, theme.px(4), theme.px(4))
        painter.drawPixmap(close.topLeft(), theme.pixmap("close", "text2", 16))


class TabStrip(Surface):
    """Built by MainWindow: ``chosen(id)``, ``close_wanted(id)``; pages once each."""

    chosen = Signal(str)
    close_wanted = Signal(str)
    new_sale_wanted = Signal()
    help_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("window", edge="bottom", height=40)
        self.setObjectName("tab_strip")
        self.tabs = _Tabs()
        self.tabs.currentChanged.connect(self._on_current)
        self.tabs.tabCloseRequested.connect(self._on_close)
        self.new_sale = KeyButton("新销货单", "new_sale", kind="quiet", icon="sale", name="tab_strip.new_sale_button")
        self.help = IconButton("help", "帮助 F1", side=32, name="tab_strip.help_button")
        self.new_sale.clicked.connect(self.new_sale_wanted)
        self.help.clicked.connect(self.help_wanted)
        line = row(self.tabs, STRETCH, self.new_sale, self.help, spacing=0, margins=(8, 0, 12, 0), parent=self)
        line.setStretch(1, 0)
        line.setStretch(0, 1)
        self.tabs._restyle()

    def ids(self) -> list[str]:
        """Ids of the open pages, left to right."""
        return [self._id(index) for index in range(self.tabs.count())]

    def _id(self, index: int) -> str:
        data = self.tabs.tabData(index)
        return str(data[0]) if isinstance(data, tuple) else ""

    def _index(self, page_id: str) -> int:
        return self.ids().index(page_id) if page_id in self.ids() else -1

    def add(self, page_id: str, title: str) -> None:
        """Add a tab at the right (not chosen yet)."""
        self.tabs.blockSignals(True)
        index = self.tabs.addTab(title)
        self.tabs.setTabData(index, (page_id, False))
        self.tabs.blockSignals(False)

    def remove(self, page_id: str) -> None:
        """Take a tab away."""
        index = self._index(page_id)
        if index >= 0:
            self.tabs.removeTab(index)

    def choose(self, page_id: str) -> None:
        """Mark a tab without a signal."""
        self.tabs.blockSignals(True)
        self.tabs.setCurrentIndex(self._index(page_id))
        self.tabs.blockSignals(False)
        self.tabs.update()

    def set_title(self, page_id: str, title: str) -> None:
        """Words on the tab."""
        self.tabs.setTabText(self._index(page_id), title)

    def set_unsaved(self, page_id: str, unsaved: bool) -> None:
        """Dot before the title."""
        index = self._index(page_id)
        self.tabs.setTabData(index, (page_id, unsaved))
        self.tabs.setTabText(index, self.tabs.tabText(index))
        self.tabs.update()

    def is_unsaved(self, page_id: str) -> bool:
        """Whether the dot is shown."""
        return self.tabs._is_unsaved(self._index(page_id))

    def title(self, page_id: str) -> str:
        """Words on a tab."""
        return self.tabs.tabText(self._index(page_id))

    @Slot(int)
    def _on_current(self, index: int) -> None:
        if index >= 0:
            self.chosen.emit(self._id(index))

    @Slot(int)
    def _on_close(self, index: int) -> None:
        self.close_wanted.emit(self._id(index))


def stands_in(widget: QWidget | None, above: QWidget) -> bool:
    """Whether ``widget`` is ``above`` or below it."""
    return widget is not None and (widget is above or above.isAncestorOf(widget))
