"""Amount and 完成 at the right of the bottom row where the side panel stands below the lines: always seen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.base import Text, row
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import AmountLabel
from jdy_desktop.views.widgets.flow import SideSplit


class FinishBar(QWidget):
    """Shows what the panel's `amount` and `button` show. `pressed` when its own button was; `watch` says where it stands."""

    pressed = Signal()

    def __init__(self, words: str, amount: AmountLabel | None, button: KeyButton, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._source, self._source_button = amount, button
        self._words, self.amount = Text(words, "hint"), AmountLabel("0.00", size=20, name=f"{name}.amount")
        self.button = KeyButton(button.text(), "finish", kind="primary", name=f"{name}.button")
        self.button.clicked.connect(self.pressed)
        row(self._words, self.amount, self.button, spacing=8, parent=self)
        for part in (self._words, self.amount):
            part.setVisible(amount is not None)
        self.hide()

    @Slot()
    def follow(self) -> None:
        """The same amount, words and state as in the panel."""
        if self._source is not None:
            self.amount.set_amount(self._source.amount())
        if self.button.text() != self._source_button.text():
            self.button.set_label(self._source_button.text())
        self.button.setEnabled(self._source_button.isEnabled())
        self.button.setToolTip(self._source_button.toolTip())
        self.updateGeometry()

    def watch(self, split: SideSplit, instead_of: Sequence[QWidget]) -> None:
        """Stand in for these parts while the panel is below."""

        def moved(below: bool) -> None:
            self.setVisible(below)
            for part in instead_of:
                part.setVisible(not below)

        split.moved.connect(moved)


class FoldKeeper(QObject):
    """Keeps the bottom row in sight while the panel is below: the lines take the room that head and row leave."""

    def __init__(self, split: SideSplit, head: QWidget, table: DataTable, foot: QWidget) -> None:
        super().__init__(split)
        self._split, self._head, self._table, self._foot = split, head, table, foot
        for part in (head, foot, split):
            part.installEventFilter(self)
        split.moved.connect(lambda _below: self._fit())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        if not self._split.is_below:
            self._table.set_least_rows(3)
            return
        room = self._view_height() - self._head.height() - self._foot.height()
        for rows in (3, 2, 1):
            self._table.set_least_rows(rows)
            if self._table.minimumHeight() <= room:
                return

    def _view_height(self) -> int:
        place = self._split.parentWidget()
        while place is not None and not isinstance(place, QAbstractScrollArea):
            place = place.parentWidget()
        return place.viewport().height() if place is not None else self._split.window().height()
