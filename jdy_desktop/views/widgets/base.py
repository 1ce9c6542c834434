"""Layouts, surfaces and labels whose measures follow the scale.

``row(a, b, spacing=8, margins=(16, 0, 16, 0))`` and ``column(...)`` build boxes from widgets, layouts, ``STRETCH`` and plain
numbers (px at 100 %). ``Surface("page", edge="bottom", height=48)`` is a coloured strip. ``Text("…", "hint")`` is a label.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from PySide6.QtCore import QObject, QSize, Qt, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from jdy_desktop.views import theme

Margins = tuple[int, int, int, int]
W = TypeVar("W", bound=QWidget)


class _Stretch:
    pass


STRETCH: Final = _Stretch()
Item = QWidget | QLayout | _Stretch | int | None


def parent_of(widget: QWidget) -> QWidget:
    """Parent of a widget that is never without one."""
    found = widget.parentWidget()
    assert found is not None
    return found


def layout_of(widget: QWidget) -> QLayout:
    """Layout of a widget that is never without one."""
    found = widget.layout()
    assert found is not None
    return found


class _LayoutScaler(QObject):
    """Keeps margins, spacing and gaps of one layout at the present scale."""

    def __init__(self, layout: QBoxLayout, margins: Margins, spacing: int) -> None:
        super().__init__(layout)
        self._layout, self._margins, self._spacing = layout, margins, spacing
        self.gaps: list[tuple[QSpacerItem, int]] = []
        self.apply()
        theme.notifier().changed.connect(self.apply)

    @Slot()
    def apply(self) -> None:
        self._layout.setContentsMargins(*(theme.px(m) for m in self._margins))
        self._layout.setSpacing(theme.px(self._spacing))
        horizontal = self._layout.direction() in (QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.RightToLeft)
        for gap, size in self.gaps:
            wide, high = (theme.px(size), 0) if horizontal else (0, theme.px(size))
            gap.changeSize(wide, high, QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._layout.invalidate()


def _fill(layout: QBoxLayout, items: Sequence[Item], margins: Margins, spacing: int) -> None:
    scaler = _LayoutScaler(layout, margins, spacing)
    for item in items:
        if item is None:
            continue
        if isinstance(item, _Stretch):
            layout.addStretch(1)
        elif isinstance(item, int):
            gap = QSpacerItem(0, 0)
            scaler.gaps.append((gap, item))
            layout.addItem(gap)
        elif isinstance(item, QWidget):
            add_widget(layout, item)
        else:
            layout.addLayout(item)
    scaler.apply()


def add_widget(layout: QBoxLayout, widget: QWidget) -> None:
    """Add to a box; in a column a widget of fixed width stands at the left instead of narrowing or centring the column."""
    layout.addWidget(widget)
    fixed = (
        widget.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Fixed
        or widget.minimumWidth() == widget.maximumWidth()
    )
    if fixed and layout.direction() == QBoxLayout.Direction.TopToBottom:
        layout.setAlignment(widget, Qt.AlignmentFlag.AlignLeft)


def row(*items: Item, spacing: int = 8, margins: Margins = (0, 0, 0, 0), parent: QWidget | None = None) -> QHBoxLayout:
    """Horizontal box; items are widgets, layouts, STRETCH, or a number = gap in px at 100 %."""
    layout = QHBoxLayout() if parent is None else QHBoxLayout(parent)
    _fill(layout, items, margins, spacing)
    return layout


def column(
    *items: Item, spacing: int = 8, margins: Margins = (0, 0, 0, 0), parent: QWidget | None = None
) -> QVBoxLayout:
    """Vertical box; see :func:`row`."""
    layout = QVBoxLayout() if parent is None else QVBoxLayout(parent)
    _fill(layout, items, margins, spacing)
    return layout


class _Sizer(QObject):
    def __init__(self, widget: QWidget, width: float | None, height: float | None, min_width: float | None) -> None:
        super().__init__(widget)
        self._widget, self._sizes = widget, (width, height, min_width)
        self.apply()
        theme.notifier().changed.connect(self.apply)

    @Slot()
    def apply(self) -> None:
        width, height, min_width = self._sizes
        if width is not None:
            self._widget.setFixedWidth(theme.px(width))
        if height is not None:
            self._widget.setFixedHeight(theme.px(height))
        if min_width is not None:
            self._widget.setMinimumWidth(theme.px(min_width))


def sized(widget: W, *, width: float | None = None, height: float | None = None, min_width: float | None = None) -> W:
    """Give ``widget`` fixed measures (px at 100 %) that follow the scale; returns the widget."""
    _Sizer(widget, width, height, min_width)
    return widget


def named(widget: W, object_name: str, accessible: str = "") -> W:
    """Set objectName (snake_case) and the Chinese accessible name; returns the widget."""
    widget.setObjectName(object_name)
    if accessible:
        widget.setAccessibleName(accessible)
    return widget


def repolish(widget: QWidget) -> None:
    """Let the style sheet look at changed dynamic properties."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


class Surface(QFrame):
    """Coloured area: ``page window subtle raised card window_card subtle_card popup dialog``; ``edge`` draws one 1 px line."""

    def __init__(
        self, surface: str = "page", *, edge: str = "", height: float | None = None, width: float | None = None,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setProperty("surface", surface)
        self.setProperty("edge", edge)
        if height is not None or width is not None:
            sized(self, height=height, width=width)


class Rule(Surface):
    """1 px line across (or down) its place."""

    def __init__(self, *, vertical: bool = False, length: float | None = None) -> None:
        super().__init__("rule")
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)
        if length is not None:
            sized(self, height=length if vertical else None, width=None if vertical else length)


class Text(QLabel):
    """Plain-text label in one of the roles of the style sheet.

    Roles: ``body label caption hint strong line section dialog_title page_title bad warn ok link``. Text from outside is never
    read as rich text. ``selectable=True`` lets the clerk copy it.
    """

    def __init__(self, text: str = "", role: str = "body", *, wrap: bool = False, selectable: bool = False) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setWordWrap(wrap)
        if selectable:
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def set_role(self, role: str) -> None:
        """Change the look."""
        self.setProperty("role", role)
        repolish(self)


class ElidedText(Text):
    """One line that is cut with … when there is no room; the whole text is the tooltip then."""

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(24), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tip()

    def setText(self, text: str) -> None:
        super().setText(text)
        self._tip()

    def _tip(self) -> None:
        cut = QFontMetrics(self.font()).horizontalAdvance(self.text()) > self.width()
        self.setToolTip(self.text() if cut else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), shown)


class IconLabel(QLabel):
    """An icon in a token colour that follows theme and scale."""

    def __init__(self, name: str, token: str = "text2", size: float = 16) -> None:
        super().__init__()
        self._look = (name, token, size)
        self._show()
        theme.notifier().changed.connect(self._show)

    def set_icon(self, name: str, token: str) -> None:
        """Show another icon or colour."""
        self._look = (name, token, self._look[2])
        self._show()

    @Slot()
    def _show(self) -> None:
        self.setPixmap(theme.pixmap(*self._look))
        self.setFixedSize(theme.px(self._look[2]), theme.px(self._look[2]))


class VScroll(QScrollArea):
    """Vertical scroll area with a page ground; ``VScroll(content_widget)``. Ctrl + wheel is left to the window."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)
        # setWidget lets the content paint the window's grey over the card or page it stands on.
        content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    def wheelEvent(self, event: object) -> None:
        from PySide6.QtGui import QWheelEvent

        assert isinstance(event, QWheelEvent)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        else:
            super().wheelEvent(event)
