"""The pane beside a list: what is known of the current row, or that none is current."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.views import theme
from jdy_desktop.views.widgets.base import Item, Surface, VScroll, column
from jdy_desktop.views.widgets.feedback import EmptyState
from jdy_desktop.views.widgets.panels import fit_beside


class CurrentPane(Surface):
    """A kind makes its parts and hands them to `lay_out`; it begins with `none`. `show_content` when there is a row."""

    def __init__(self, name: str, none: EmptyState, *, width: int) -> None:
        """`width` px at 100 %, where there is room beside the list."""
        super().__init__("subtle", edge="left")
        self.setObjectName(name)
        self._none, self._width = none, width

    def lay_out(self, *parts: Item, spacing: int = 6) -> None:
        """The parts below each other, scrolled where they are higher than the window."""
        content = QWidget()
        content.setAutoFillBackground(False)
        inner = column(*parts, spacing=spacing, margins=(16, 16, 16, 16), parent=content)
        inner.addStretch(1)
        self._scroll = VScroll(content)
        column(self._scroll, self._none, spacing=0, parent=self)
        theme.notifier().changed.connect(self.fit)
        self.fit()
        self.show_none()

    @Slot()
    def fit(self) -> None:
        """SideSplit calls it when the pane moves."""
        fit_beside(self, self._width)

    def show_none(self) -> None:
        """Nothing is selected."""
        self._scroll.hide()
        self._none.show()

    def show_content(self, *, from_top: bool) -> None:
        """`from_top`: another row than before, so read from its beginning."""
        if from_top:
            self._scroll.verticalScrollBar().setValue(0)
        self._none.hide()
        self._scroll.show()
