"""The lines of a document on the screen: how they are typed, and the scanner that may arrive in a cell."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from jdy_desktop.models.rules.rounding import NumberProblem
from jdy_desktop.views.entry.numbers import PROBLEMS, parse_number
from jdy_desktop.views.entry.scan import BurstGuard
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.tables.lines import GHOST, LinesModel, LinesTable


class EntryTable(LinesTable):
    """`typed(line_id, key, value)` carries a Decimal or text; `refused(sentence)` a number that cannot be one.

    Keys that belong to no cell go to the scan row (`stray(QKeyEvent)`); a scanner in an open cell is `scanned(code)`.
    """

    #: cells that hold words; all others hold numbers
    TEXTS = frozenset({"remark"})
    typed = Signal(object, str, object)
    refused = Signal(str)
    stray = Signal(object)
    scanned = Signal(str)
    editing_done = Signal()

    def __init__(self, model: LinesModel[Any], store: SettingsStore, *, name: str, label: str) -> None:
        super().__init__(model, name=name, store=store, label=label)
        self.once = False
        self._open_key: tuple[object, str] | None = None
        model.edited.connect(self._on_edited)
        self.editor_opened.connect(self._on_editor)

    def edit_once(self, line_id: object, key: str, text: str | None = None) -> bool:
        """Open one cell and come back to the scan row after Enter, instead of going on to the next cell."""
        if not self.edit_cell(line_id, key):
            return False
        self.once = True
        if text is not None and self._editor is not None:
            self._editor.setText(text)
            self._editor.selectAll()
        return True

    def edit_next(self, *, back: bool = False) -> bool:
        if self.once:
            self.once = False
            self.editing_done.emit()
            return True
        if super().edit_next(back=back):
            return True
        self.editing_done.emit()  # past the last cell: the scan row waits
        return False

    def _on_editor(self, editor: QLineEdit, line_id: object, key: str) -> None:
        self.once = False
        self._open_key = (line_id, key)
        guard = BurstGuard(editor)
        guard.scanned.connect(self._on_scan)

    def _on_scan(self, code: str) -> None:
        self.close_editor(commit=False)
        self.once = False
        self.scanned.emit(code)

    def _on_edited(self, line_id: object, key: str, text: str) -> None:
        if line_id == GHOST:
            return
        if key in self.TEXTS:
            self.typed.emit(line_id, key, text.strip())
            return
        number = parse_number(text, key)
        if isinstance(number, NumberProblem):
            self.refused.emit(PROBLEMS[number])
        else:
            self.typed.emit(line_id, key, number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        is_cell = index.isValid() and bool(index.flags() & Qt.ItemFlag.ItemIsEditable)
        plain_key = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if plain_key and event.text().isprintable() and event.text() and not is_cell:
            self.stray.emit(event)
        elif Qt.Key(event.key()) == Qt.Key.Key_Escape and plain_key:
            self.editing_done.emit()
        else:
            super().keyPressEvent(event)
