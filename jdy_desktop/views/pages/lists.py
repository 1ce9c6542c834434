"""What every page with one list does the same way: the search key, the way back to a row, Esc, the choice of a shop."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from jdy_desktop.models.ids import ShopId
from jdy_desktop.services.channel.shops import ShopRow
from jdy_desktop.views.tables.feed import Feed
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.pager import Pager


def begin_search(field: QLineEdit) -> None:
    """Ctrl+F: what stands in the field is typed over."""
    field.setFocus(Qt.FocusReason.ShortcutFocusReason)
    field.selectAll()


def turn_to(row_id: int, feed: Feed, pager: Pager) -> bool:
    """Show the page that holds a row; False when the filter leaves it out."""
    ids = list(feed.ids)
    if row_id not in ids:
        return False
    if pager.size:
        pager.go(ids.index(row_id) // pager.size + 1)
    return True


def make_current(wanted: int | None, feed: Feed, pager: Pager, table: DataTable) -> bool:
    """After reading: the row another page asked for, else the first one when none is current. Whether it was there."""
    if wanted is not None and turn_to(wanted, feed, pager):
        return table.select_id(wanted)
    if feed.ids and table.current_id() is None:
        table.selectRow(0)
    return False


class EscClears(QObject):
    """Esc in a list takes its filters away, as long as there are any."""

    def __init__(self, table: DataTable, is_filtered: Callable[[], bool], clear: Callable[[], None]) -> None:
        super().__init__(table)
        self._table, self._is_filtered, self._clear = table, is_filtered, clear
        table.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_press = watched is self._table and event.type() == QEvent.Type.KeyPress
        if is_press and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self._is_filtered():
            self._clear()
            return True
        return super().eventFilter(watched, event)


def shop_choices(shops: Sequence[ShopRow]) -> list[tuple[str, ShopId | None]]:
    """What a filter offers: one shop needs no choice (M54)."""
    choices: list[tuple[str, ShopId | None]] = [(shop.name, shop.id) for shop in shops]
    return choices if len(choices) == 1 else [("全部店铺", None), *choices]
