"""Makes the editors of the cells of a DataTable and reads them; painting is done in ``tables.cells``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from . import theme
from .widgets.buttons import IconButton
from .widgets.fields import Field

if TYPE_CHECKING:
    from .tables.table import DataTable

Index = QModelIndex | QPersistentModelIndex


class CellDelegate(QStyledItemDelegate):
    """Editors for one DataTable: Enter and Tab go to the next cell, ↑ ↓ to the neighbour, F4 presses the … button."""

    def __init__(self, table: DataTable, text_px: int) -> None:
        super().__init__(table)
        self._table = table
        self._text_px = text_px

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(80), theme.px(36))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        column = self._table.rows_model().columns[index.column()]
        editor = Field(size="cell", name=f"{self._table.objectName()}.editor", label=column.title)
        editor.setParent(parent)
        editor.setAlignment(column.alignment)
        editor.setFont(theme.font(self._text_px, bold=column.bold))
        if column.button:
            button = IconButton(
                "more", "选择 F4", side=24, framed=True, name=f"{self._table.objectName()}.editor_button"
            )
            button.setParent(editor)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row_id, key = self._table.rows_model().id_at(index.row()), column.key
            button.clicked.connect(lambda: self._table.button_clicked.emit(row_id, key))
            editor.setTextMargins(0, 0, theme.px(34), 0)
            editor.setProperty("cell_button", button)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, Field) and not editor.property("opened"):
            editor.setProperty("opened", True)
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole) or ""))
            editor.selectAll()
            self._table.announce_editor(editor, index)

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        if isinstance(editor, Field):
            model.setData(index, editor.text(), Qt.ItemDataRole.EditRole)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        rect = option.rect.adjusted(0, 0, 0, -self._table.note_height(index.row()))
        high = min(rect.height() - theme.px(4), theme.px(36))
        editor.setGeometry(QRect(rect.left(), rect.top() + (rect.height() - high) // 2, rect.width(), high))
        button = editor.property("cell_button")
        if isinstance(button, QWidget):
            button.setGeometry(rect.width() - theme.px(38), (high - theme.px(24)) // 2, theme.px(34), theme.px(24))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and isinstance(watched, Field):
            key = Qt.Key(event.key())
            plain = not event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
            if plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                back = key == Qt.Key.Key_Backtab or bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._table.finish_editor(watched, commit=True)
                self._table.edit_next(back=back)
                return True
            if key == Qt.Key.Key_F4 and watched.property("cell_button") is not None:
                watched.property("cell_button").click()
                return True
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and plain:
                self._table.finish_editor(watched, commit=True)
                self._table.move_and_edit(1 if key == Qt.Key.Key_Down else -1)
                return True
        return super().eventFilter(watched, event)

    def end(self, editor: QWidget, *, commit: bool) -> None:
        """Close an editor, with or without taking over its text."""
        if commit:
            self.commitData.emit(editor)
        self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)
