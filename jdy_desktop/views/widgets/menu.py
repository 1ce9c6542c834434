"""A short menu under a button, inside the window: ↑ ↓ Enter or a click chooses, Esc or a click elsewhere closes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from jdy_desktop.views import theme
from .base import Surface, column

_ROW, _MOST = 32, 10


class MenuPopup(Surface):
    """``MenuPopup(button, [("复制商品代码", slot), …], name="page.more_menu").open()``; deletes itself when closed."""

    def __init__(self, anchor: QWidget, items: Sequence[tuple[str, Callable[[], object]]], *, name: str) -> None:
        super().__init__("popup", parent=anchor.window())
        self.setObjectName(name)
        self._anchor, self._items = anchor, list(items)
        self.list = _List(self, [words for words, _slot in items], anchor.accessibleName())
        column(self.list, spacing=0, margins=(4, 4, 4, 4), parent=self)
        self.hide()

    def words(self) -> list[str]:
        """The lines."""
        return [words for words, _slot in self._items]

    def open(self) -> None:
        """Show it below its button, above it where there is no room."""
        metrics = QFontMetrics(theme.font(13))
        wide = max(metrics.horizontalAdvance(words) for words in self.words()) + theme.px(60)
        high = theme.px(_ROW) * min(len(self._items), _MOST) + theme.px(10)
        window = self.parentWidget()
        assert window is not None
        at = self._anchor.mapTo(window, QPoint(0, self._anchor.height() + theme.px(4)))
        left = max(0, min(at.x(), window.width() - wide - theme.px(8)))
        top = at.y() if at.y() + high <= window.height() else at.y() - high - self._anchor.height() - theme.px(8)
        self.setGeometry(left, top, wide, high)
        self.show()
        self.raise_()
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def choose(self, row: int) -> None:
        """Do what a line says."""
        slot = self._items[row][1]
        self.close_menu()
        slot()

    def close_menu(self) -> None:
        """Take it away; the button has the focus again."""
        if self.isVisible():
            had_focus = self.list.hasFocus()
            self.hide()
            if had_focus:
                self._anchor.setFocus(Qt.FocusReason.PopupFocusReason)
            self.deleteLater()


class _List(QListWidget):
    def __init__(self, menu: MenuPopup, lines: Sequence[str], label: str) -> None:
        super().__init__()
        self._menu = menu
        self.setAccessibleName(label)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QListWidget { background: transparent; border: 0; }")
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Painter(self))
        for words in lines:
            item = QListWidgetItem(words)
            item.setSizeHint(QSize(0, theme.px(_ROW)))
            self.addItem(item)
        self.setCurrentRow(0)
        self.itemEntered.connect(self.setCurrentItem)
        self.itemClicked.connect(lambda item: menu.choose(self.row(item)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._menu.choose(self.currentRow())
        elif event.key() == Qt.Key.Key_Escape:
            self._menu.close_menu()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._menu.close_menu()


class _Painter(QStyledItemDelegate):
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selected"))
            painter.drawRoundedRect(QRectF(option.rect), theme.radius("cell"), theme.radius("cell"))
        painter.setFont(theme.font(13))
        painter.setPen(theme.color("text"))
        box = option.rect.adjusted(theme.px(12), 0, -theme.px(12), 0)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), str(index.data()))
        painter.restore()
