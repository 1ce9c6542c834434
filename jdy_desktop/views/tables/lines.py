"""Editable lines of a document or of opening stock: LinesModel + LinesTable."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from jdy_desktop.views.keys import SettingsStore
from .model import Column, Id, Index, Note, Row, RowsModel
from .table import DataTable

GHOST = "__next__"


class LinesModel(RowsModel[Row]):
    """Rows held by the page, each with an id of its own.

    ``LinesModel(COLUMNS, id_of=lambda line: line.id, ghost="扫下一个商品", ghost_key="goods")``. The model never changes a row:
    typing emits ``edited(row_id, key, text)``; the page asks its service and calls ``replace``/``set_rows``. Below the rows stands
    one empty line with the ``ghost`` words in column ``ghost_key``; typing there emits ``edited(GHOST, key, text)``.
    """

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        *,
        id_of: Callable[[Row], Id],
        ghost: str = "",
        ghost_key: str = "",
        number: bool = True,
        note: Callable[[Row], Note | None] | None = None,
        parent: QObject | None = None,
    ) -> None:
        """``number``: a first column # with the line's number."""
        first: list[Column[Row]] = (
            [Column("_number", "#", lambda _row: "", width=44, kind="hint", align="center", fixed=True)]
            if number
            else []
        )
        super().__init__([*first, *columns], parent=parent)
        self._rows: list[Row] = []
        self._id_of, self._ghost, self._ghost_key = id_of, ghost, ghost_key
        self.note = note

    @property
    def rows(self) -> list[Row]:
        """The rows, in order."""
        return list(self._rows)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows. Changes nothing on screen but what differs, so an open cell survives a recalculation."""
        new = list(rows)
        if [self._id_of(r) for r in new] == [self._id_of(r) for r in self._rows]:
            self._rows = new
            self._repaint()
        elif len(new) > len(self._rows) and [self._id_of(r) for r in new[: len(self._rows)]] == [
            self._id_of(r) for r in self._rows
        ]:
            # The empty line becomes the new row and another empty one is added below, so that the cursor stays on the new row.
            start = len(self._rows) + (1 if self._ghost else 0)
            self.beginInsertRows(QModelIndex(), start, start + len(new) - len(self._rows) - 1)
            self._rows = new
            self.endInsertRows()
            self._repaint()
        else:
            self.beginResetModel()
            self._rows = new
            self.endResetModel()

    def replace(self, row: Row) -> None:
        """Show another value of one row (same id)."""
        place = self.row_of(self._id_of(row))
        if 0 <= place < len(self._rows):
            self._rows[place] = row
            self.dataChanged.emit(self.index(place, 0), self.index(place, self.columnCount() - 1))

    def is_ghost(self, row: int) -> bool:
        """Whether this is the empty line below."""
        return bool(self._ghost) and row == len(self._rows)

    def row_at(self, row: int) -> Row | None:
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def id_at(self, row: int) -> Hashable | None:
        if self.is_ghost(row):
            return GHOST
        return self._id_of(self._rows[row]) if 0 <= row < len(self._rows) else None

    def row_of(self, row_id: Hashable) -> int:
        if row_id == GHOST:
            return len(self._rows) if self._ghost else -1
        return next((place for place, row in enumerate(self._rows) if self._id_of(row) == row_id), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows) + (1 if self._ghost else 0)

    def cell_text(self, row: int, column: int) -> str:
        key = self.columns[column].key
        if key == "_number":
            return str(row + 1)
        if self.is_ghost(row):
            return self._ghost if key == self._ghost_key else ""
        return super().cell_text(row, column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        result = super().flags(index)
        if index.isValid() and self.is_ghost(index.row()):
            column = self.columns[index.column()]
            if column.key == self._ghost_key and column.editable is not None:
                result |= Qt.ItemFlag.ItemIsEditable
        return result

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.EditRole and index.isValid() and self.is_ghost(index.row()):
            return ""
        return super().data(index, role)


class LinesTable(DataTable):
    """DataTable for documents: rows 44, header 32, 14 px. ``LinesTable(model, name="sale_lines", store=settings)``.

    Typing opens the current cell, Enter or Tab goes to the next editable cell (over the last one into the ghost line),
    ↑ ↓ to the same cell of the neighbour, Esc leaves the cell unchanged; Del emits ``delete_requested(row_id)``.
    """

    delete_requested = Signal(object)

    def __init__(self, model: LinesModel[Any], *, name: str, store: SettingsStore | None = None, label: str = "单据行",
                 row_height: int = 44) -> None:  # fmt: skip
        super().__init__(
            model, name=name, store=store, row_height=row_height, header_height=32, text_px=14, label=label
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, row = Qt.Key(event.key()), self.currentIndex().row()
        model = self.rows_model()
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key == Qt.Key.Key_Delete and plain and row >= 0 and model.row_at(row) is not None:
            self.delete_requested.emit(model.id_at(row))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain and row >= 0:
            if (
                not self.edit_cell(model.id_at(row), model.columns[self.currentIndex().column()].key)
                and not self.edit_next()
            ):
                self.row_activated.emit(model.id_at(row))
        else:
            super().keyPressEvent(event)
