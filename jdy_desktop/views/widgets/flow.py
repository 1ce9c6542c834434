"""Rows that wrap and panels that move below, so that no button is cut at 150 or 200 %.

``tool_row(search, combo, query, STRETCH, columns_button)`` is the 48 px filter or tool row of a page: what does not fit goes to
a second line. ``SideSplit(main, panel)`` keeps the panel right of the table and moves it below under 1200 logical px.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLayout, QLayoutItem, QWidget

from jdy_desktop.views import theme
from .base import STRETCH, Margins, Surface, _Stretch

NARROW = 1200  # logical px of the window


class FlowLayout(QLayout):
    """Left to right, then the next line; widgets after STRETCH stand at the right while everything fits in one line."""

    def __init__(self, parent: QWidget, *, spacing: int = 8, margins: Margins = (16, 8, 16, 8)) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._right_from: int | None = None
        self._gap, self._edges = spacing, margins
        theme.notifier().changed.connect(self._rescale)
        self._rescale()

    @Slot()
    def _rescale(self) -> None:
        self.setContentsMargins(*(theme.px(m) for m in self._edges))
        self.invalidate()

    def mark_right(self) -> None:
        """Widgets added from now on stand at the right."""
        self._right_from = len(self._items)

    # ---- QLayout
    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QSize:
        edges = self.contentsMargins()
        shown = self._shown()
        wide = sum(item.sizeHint().width() for item in shown) + theme.px(self._gap) * max(0, len(shown) - 1)
        high = max((item.sizeHint().height() for item in shown), default=0)
        return QSize(wide + edges.left() + edges.right(), high + edges.top() + edges.bottom())

    def minimumSize(self) -> QSize:
        edges = self.contentsMargins()
        shown = self._shown()
        return QSize(
            max((item.minimumSize().width() for item in shown), default=0) + edges.left() + edges.right(),
            max((item.sizeHint().height() for item in shown), default=0) + edges.top() + edges.bottom(),
        )

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _lines(self, room: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = [[]]
        used = 0
        for item in self._shown():
            wide = item.sizeHint().width()
            gap = theme.px(self._gap) if lines[-1] else 0
            if lines[-1] and used + gap + wide > room:
                lines.append([])
                used, gap = 0, 0
            lines[-1].append(item)
            used += gap + wide
        return lines

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        edges = self.contentsMargins()
        inner = rect.adjusted(edges.left(), edges.top(), -edges.right(), -edges.bottom())
        lines = self._lines(inner.width())
        right = set(map(id, self._items[self._right_from :])) if self._right_from is not None else set()
        top = inner.top()
        for number, line in enumerate(lines):
            high = max((item.sizeHint().height() for item in line), default=0)
            if move:
                self._place(line, QRect(inner.left(), top, inner.width(), high), right if len(lines) == 1 else set())
            top += high + (theme.px(self._gap) if number < len(lines) - 1 else 0)
        return top - rect.top() + edges.bottom()

    def _place(self, line: list[QLayoutItem], box: QRect, right: set[int]) -> None:
        gap, x = theme.px(self._gap), box.left()
        spare = box.width() - sum(item.sizeHint().width() for item in line) - gap * (len(line) - 1)
        for item in line:
            if id(item) in right and spare > 0:
                x += spare
                spare = 0
            size = item.sizeHint().boundedTo(QSize(box.width(), box.height()))
            item.setGeometry(QRect(QPoint(x, box.top() + (box.height() - size.height()) // 2), size))
            x += size.width() + gap


def flow(*items: QWidget | _Stretch | None, spacing: int = 8, margins: Margins = (0, 0, 0, 0)) -> QWidget:
    """A widget whose children wrap; STRETCH sends the rest to the right."""
    holder = QWidget()
    _add(FlowLayout(holder, spacing=spacing, margins=margins), items)
    return holder


def tool_row(*items: QWidget | _Stretch | None, edge: str = "", spacing: int = 8, surface: str = "page",
             margins: Margins = (16, 8, 16, 8), name: str = "") -> Surface:  # fmt: skip
    """Filter or tool row of a page, 48 px high while everything fits; ``edge="bottom"`` draws the line above the table."""
    holder = Surface(surface, edge=edge)
    holder.setObjectName(name)
    policy = holder.sizePolicy()
    policy.setHeightForWidth(True)
    policy.setVerticalPolicy(policy.Policy.Minimum)
    holder.setSizePolicy(policy)
    _add(FlowLayout(holder, spacing=spacing, margins=margins), items)
    return holder


def _add(layout: FlowLayout, items: tuple[QWidget | _Stretch | None, ...]) -> None:
    for item in items:
        if isinstance(item, _Stretch):
            layout.mark_right()
        elif item is not None:
            layout.addWidget(item)


class SideSplit(QWidget):
    """Main part and side panel: side by side, or the panel below when the window is narrower than 1200 logical px.

    ``SideSplit(left_widget, SidePanel())``; below, the panel takes the whole width and at most half the height.
    ``moved(below)`` when it changes its place.
    """

    moved = Signal(bool)

    def __init__(self, main: QWidget, panel: QWidget) -> None:
        super().__init__()
        self._panel = panel
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(main, 1)
        self._layout.addWidget(panel)
        theme.notifier().changed.connect(self._turn)

    @property
    def is_below(self) -> bool:
        """Whether the panel stands below."""
        return self._layout.direction() == QBoxLayout.Direction.TopToBottom

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn()

    @Slot()
    def _turn(self) -> None:
        below = self.window().width() * 100 / theme.scale() < NARROW
        self._panel.setProperty("below", below)
        if below == self.is_below:
            return
        self._layout.setDirection(QBoxLayout.Direction.TopToBottom if below else QBoxLayout.Direction.LeftToRight)
        fit = getattr(self._panel, "fit", None)
        if fit is not None:
            fit()
        self.moved.emit(below)


__all__ = ["STRETCH", "FlowLayout", "SideSplit", "flow", "tool_row"]
