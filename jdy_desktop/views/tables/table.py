"""DataTable: the list table of every page (look.md §4 Tables)."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFrame, QLineEdit, QTableView, QWidget

from jdy_desktop.services.machine.courtesy import window_works
from jdy_desktop.views import theme
from jdy_desktop.views.delegates import CellDelegate
from jdy_desktop.views.keys import SettingsStore
from .cells import CellPainter
from .columns import ColumnSettings
from .header import TableHeader
from .model import PagedTableModel, RowsModel
from .overlay import LoadingRows, NoteBand, show_cell_tip

Id = Hashable


class DataTable(QTableView):
    """List table over a RowsModel: ``DataTable(model, name="match_table", store=settings)``.

    Mouse and keys: click selects the row, the box ticks it (Shift+click a range, Space the current row), Ctrl+C copies the
    selected rows (all ticked ones when none is selected), Enter or a double click emits ``row_activated``, a link cell
    ``link_clicked``, the repair of a note row ``repair_clicked`` (Alt+Enter on the current row). Rows keep selection, ticks and
    scroll place by id when the model is reset. Columns: ``open_columns_dialog()``; order, width and what is hidden are
    remembered in ``store`` under ``table.<name>``. ``set_empty`` gives what is shown without rows, ``set_loading`` the grey bars.
    """

    row_activated = Signal(object)
    current_changed = Signal(object)
    selection_changed = Signal()
    link_clicked = Signal(object, str)
    repair_clicked = Signal(object)
    button_clicked = Signal(object, str)
    sort_requested = Signal(str, bool)
    editor_opened = Signal(object, object, str)

    def __init__(self, model: RowsModel[Any], *, name: str, store: SettingsStore | None = None, row_height: int = 36,
                 header_height: int = 36, text_px: int = 13, label: str = "列表", ring: bool = True) -> None:  # fmt: skip
        super().__init__()
        self._row_height, self._ring = row_height, ring
        self._hover = self._anchor = -1
        self._kept: tuple[list[Id], Id | None, int] = ([], None, 0)
        self._editor: QLineEdit | None = None
        self._editor_number = 0
        self._empty: QWidget | None = None
        self._loading = LoadingRows(self.viewport())
        self._heights_due = QTimer(self)
        self._heights_due.setSingleShot(True)
        self._heights_due.timeout.connect(self._apply_heights)
        self._band, self._least_rows = NoteBand(), 3
        self.setObjectName(name)
        self.setAccessibleName(label)
        self._header = header = TableHeader(self)
        header.row_height = header_height
        self.setHorizontalHeader(header)
        self._look()
        self._cells = CellPainter(self, text_px)
        self._delegate = CellDelegate(self, text_px)
        self.setItemDelegate(self._delegate)
        self._settings = ColumnSettings(self, header, model, store, name)
        self.setModel(model)
        self._connect(model)
        model.unread.connect(self._loading.tell_unread)
        self._settings.apply()
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def _look(self) -> None:
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(16)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )

    def _connect(self, model: RowsModel[Any]) -> None:
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._restore)
        model.dataChanged.connect(self._on_data_changed)
        model.rowsInserted.connect(self._on_data_changed)
        model.rowsRemoved.connect(self._on_data_changed)
        model.ticks_changed.connect(self._on_ticks)
        if isinstance(model, PagedTableModel):
            model.page_loaded.connect(self._on_data_changed)
        self._header.sort_clicked.connect(self._on_sort)
        self.selectionModel().currentRowChanged.connect(self._on_current)
        self.selectionModel().selectionChanged.connect(self.selection_changed)
        self._on_data_changed()

    # ---- questions
    def rows_model(self) -> RowsModel[Any]:
        """The model."""
        model = self.model()
        assert isinstance(model, RowsModel)
        return model

    def current_id(self) -> Id | None:
        """Id of the current row."""
        return self.rows_model().id_at(self.currentIndex().row())

    def selected_ids(self) -> list[Id]:
        """Ids of the selected rows, top down."""
        model = self.rows_model()
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [row_id for row in rows if (row_id := model.id_at(row)) is not None]

    def chosen_ids(self) -> list[Id]:
        """What an action works on: the ticked rows, else the selected ones."""
        return self.rows_model().ticked or self.selected_ids()

    def select_id(self, row_id: Id) -> bool:
        """Make a row current and visible; False when it is not in the list."""
        row = self.rows_model().row_of(row_id)
        if row < 0:
            return False
        column = max(self._first_column(), 0)
        self.setCurrentIndex(self.model().index(row, column))
        self.scrollTo(self.model().index(row, column))
        return True

    def edge_columns(self) -> tuple[int, int]:
        """Logical numbers of the leftmost and rightmost visible column."""
        header = self._header
        return header.logicalIndex(header._first()), header.logicalIndex(header._last())

    def _first_column(self) -> int:
        columns = self.rows_model().columns
        return next((i for i, c in enumerate(columns) if c.kind != "tick" and not self.isColumnHidden(i)), 0)

    # ---- looks
    def row_ground(self, row: int) -> str:
        """Token of a row's ground."""
        if self.rows_model().is_ticked(row) or self.selectionModel().isRowSelected(row, QModelIndex()):
            return "selected"
        return "hover" if row == self._hover else "page"

    def note_height(self, row: int) -> int:
        """Height in px of the note band below a row, 0 without one."""
        model = self.rows_model()
        if model.note is None:
            return 0
        return theme.height("note_row") if model.note_at(row) is not None else 0

    def set_empty(self, widget: QWidget | None) -> None:
        """What stands in the table while it has no rows (an EmptyState); replaces and deletes the one before."""
        if self._empty is not None and self._empty is not widget:
            self._empty.hide()
            self._empty.deleteLater()
        self._empty = widget
        if widget is not None:
            widget.setParent(self.viewport())
        self._place_overlays()

    def set_loading(self, on: bool, note: str = "") -> None:
        """Old rows stay; without rows grey bars come after 0.3 s and ``note`` after 1 s ("正在读取 30,000 行…")."""
        if on:
            self._loading.begin(note)
        else:
            self._loading.finish()
        self._place_overlays()

    def _place_overlays(self) -> None:
        none = self.model().rowCount() == 0
        self._loading.setGeometry(self.viewport().rect())
        self._loading.set_allowed(none)
        if self._empty is not None:
            self._empty.setGeometry(self.viewport().rect())
            self._empty.setVisible(none and not self._loading.is_active)

    def set_least_rows(self, rows: int) -> None:
        """How many rows are always seen; 3 unless told."""
        self._least_rows = rows
        self.setMinimumHeight(theme.px(self._header.row_height + rows * self._row_height))

    @Slot()
    def _restyle(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme.px(self._row_height))
        self._header.setFixedHeight(theme.px(self._header.row_height))
        self.set_least_rows(self._least_rows)
        self._settings.fit()
        self._heights_due.start(0)
        self.viewport().update()

    @Slot()
    def _on_data_changed(self, *_args: object) -> None:
        model = self.rows_model()
        if model.note is not None or model.tall is not None:
            self._heights_due.start(0)
        self._place_overlays()

    @Slot()
    def _on_ticks(self) -> None:
        self._header.viewport().update()

    @Slot()
    def _apply_heights(self) -> None:
        """Give rows with a note or a height of their own that height; only rows near the visible ones are asked."""
        model = self.rows_model()
        if model.note is None and model.tall is None:
            return
        first = max(0, self.rowAt(0))
        page = getattr(model, "PAGE", 200)
        for row in range(max(0, first - page), min(model.rowCount(), first + 2 * page)):
            value = model.row_at(row)
            if value is None:
                continue
            high = theme.px(model.tall(value) if model.tall else self._row_height) + self.note_height(row)
            if self.rowHeight(row) != high:
                self.setRowHeight(row, high)

    # ---- keeping the place
    @Slot()
    def _remember(self) -> None:
        self._kept = (self.selected_ids(), self.current_id(), self.verticalScrollBar().value())
        if not self.model().rowCount():
            self._cells.first_rows.begin()

    @Slot()
    def _restore(self) -> None:
        ids, current, scroll = self._kept
        model, selection = self.rows_model(), self.selectionModel()
        self._hover = -1
        # Qt lets the scroll bar come and go by a queued call: the rows would be painted without it first, then with it.
        self.doItemsLayout()
        QApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)
        flags = selection.SelectionFlag.Select | selection.SelectionFlag.Rows
        row = model.row_of(current) if current is not None else -1
        if row >= 0:
            selection.setCurrentIndex(model.index(row, self._first_column()), selection.SelectionFlag.NoUpdate)
        for row_id in ids:
            place = model.row_of(row_id)
            if place >= 0:
                selection.select(model.index(place, 0), flags)
        self.verticalScrollBar().setValue(scroll)
        self._on_data_changed()

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, now: QModelIndex, before: QModelIndex) -> None:
        self.current_changed.emit(self.current_id())
        self._update_rows(now.row(), before.row())  # ring, and the key on a note

    @Slot(str)
    def _on_sort(self, key: str) -> None:
        down = self._header.sort_key == key and not self._header.sort_descending
        self.set_sort(key, down)
        self.sort_requested.emit(key, down)

    def set_sort(self, key: str | None, descending: bool = False) -> None:
        """Show the sort mark; the page sorts its ids."""
        self._header.sort_key, self._header.sort_descending = key, descending
        self._header.viewport().update()

    def open_columns_dialog(self) -> None:
        """列设置."""
        from .columns_dialog import ColumnsDialog

        ColumnsDialog(self, self._settings).open()

    @property
    def column_settings(self) -> ColumnSettings:
        """Hide, order and width of the columns."""
        return self._settings

    # ---- copying
    def copy_rows(self) -> str:
        """Put the selected (else ticked) rows on the clipboard, tab separated as seen; returns the text."""
        model = self.rows_model()
        header = self._header
        order = [header.logicalIndex(v) for v in range(header.count())]
        shown = [c for c in order if not self.isColumnHidden(c) and model.columns[c].kind not in ("tick", "picture")]
        rows = [model.row_of(row_id) for row_id in (self.selected_ids() or model.ticked)]
        lines = ["\t".join(" ".join(model.cell_text(row, c).split()) for c in shown) for row in rows if row >= 0]
        text = "\n".join(lines)
        if text:
            QGuiApplication.clipboard().setText(text)
        return text

    # ---- keys and mouse
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, mods = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        row = self.currentIndex().row()
        model = self.rows_model()
        if key == Qt.Key.Key_C and mods == Qt.KeyboardModifier.ControlModifier:
            self.copy_rows()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and mods == Qt.KeyboardModifier.AltModifier and row >= 0:
            self.repair_clicked.emit(model.id_at(row))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not mods and row >= 0:
            self.row_activated.emit(model.id_at(row))
        elif key == Qt.Key.Key_Space and model.checkable and row >= 0:
            model.set_ticked([model.id_at(row)], not model.is_ticked(row))
            self._anchor = row
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            QWidget.keyPressEvent(self, event)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        index = self.indexAt(at)
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and self._special_click(event, at, index):
            return
        super().mousePressEvent(event)

    def _special_click(self, event: QMouseEvent, at: QPoint, index: QModelIndex) -> bool:
        model = self.rows_model()
        note = model.note_at(index.row())
        if note is not None and at.y() > self._band_rect(index.row()).top():
            self.selectRow(index.row())
            if self._band.link_rect(self._band_rect(index.row()), note, self._is_current(index.row())).contains(at):
                self.repair_clicked.emit(model.id_at(index.row()))
            return True
        column = model.columns[index.column()]
        if column.kind == "tick":
            self._tick_click(index.row(), shift=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            return True
        if column.kind == "link" and model.cell_text(index.row(), index.column()) and self._is_link(index):
            self.setCurrentIndex(index)
            self.link_clicked.emit(model.id_at(index.row()), column.key)
            return True
        return False

    def _is_link(self, index: QModelIndex) -> bool:
        """A link cell in another ink (e.g. 自动 in grey) is only a word."""
        column, value = self.rows_model().columns[index.column()], self.rows_model().row_at(index.row())
        return column.tone is None or value is None or column.tone(value) in (None, "link")

    def _tick_click(self, row: int, *, shift: bool) -> None:
        model = self.rows_model()
        first = self._anchor if shift and self._anchor >= 0 else row
        on = not model.is_ticked(row) if first == row else model.is_ticked(first)
        model.set_ticked([model.id_at(r) for r in range(min(first, row), max(first, row) + 1)], on)
        self._anchor = row
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        super().mouseDoubleClickEvent(event)
        if index.isValid() and not index.flags() & Qt.ItemFlag.ItemIsEditable and self._editor is None:
            if self.rows_model().columns[index.column()].kind not in ("tick", "link"):
                self.row_activated.emit(self.rows_model().id_at(index.row()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        index = self.indexAt(at)
        self._set_hover(index.row())
        over_link = False
        if index.isValid():
            note = self.rows_model().note_at(index.row())
            column = self.rows_model().columns[index.column()]
            band = self._band_rect(index.row())
            over_link = column.kind == "link" and self._is_link(index) and bool(index.data())
            if note is not None and band.contains(at):
                over_link = self._band.link_rect(band, note, self._is_current(index.row())).contains(at)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over_link else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hover(-1)
        super().leaveEvent(event)

    def _set_hover(self, row: int) -> None:
        if row != self._hover:
            self._update_rows(self._hover, row)
            self._hover = row

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # the window scales
        else:
            super().wheelEvent(event)

    # ---- editing
    def announce_editor(self, editor: QLineEdit, index: QModelIndex | QPersistentModelIndex) -> None:
        """Called by the delegate: tells the page that a cell is open for typing (to attach a PopupList)."""
        self._editor = editor
        self._editor_number = number = self._editor_number + 1
        editor.destroyed.connect(lambda: self._editor_gone(number))
        model = self.rows_model()
        self.editor_opened.emit(editor, model.id_at(index.row()), model.columns[index.column()].key)

    def _editor_gone(self, number: int) -> None:
        # A closed editor is deleted later, when the next cell may already be open.
        if number == self._editor_number:
            self._editor = None

    def finish_editor(self, editor: QWidget, *, commit: bool) -> None:
        """Close an open cell."""
        self._editor = None
        self._delegate.end(editor, commit=commit)

    def close_editor(self, *, commit: bool) -> None:
        """Close the cell in edit, if any."""
        if self._editor is not None and self._editor.isVisible():  # Esc hides it at once and deletes it later
            self.finish_editor(self._editor, commit=commit)

    def edit_cell(self, row_id: Id, key: str) -> bool:
        """Open a cell for typing; False when it is not editable or not there."""
        model = self.rows_model()
        row = model.row_of(row_id)
        column = next((i for i, c in enumerate(model.columns) if c.key == key), -1)
        index = model.index(row, column)
        if row < 0 or column < 0 or not model.flags(index) & Qt.ItemFlag.ItemIsEditable:
            return False
        self.setCurrentIndex(index)
        self.scrollTo(index)
        self.edit(index)
        return True

    def edit_next(self, *, back: bool = False) -> bool:
        """Open the next (or previous) editable cell in reading order; False at the end of the list."""
        model, header, here = self.rows_model(), self._header, self.currentIndex()
        order = [c for v in range(header.count()) if not self.isColumnHidden(c := header.logicalIndex(v))]
        step = -1 if back else 1
        place = here.row() * len(order) + (order.index(here.column()) if here.column() in order else 0)
        while 0 <= (place := place + step) < model.rowCount() * len(order):
            index = model.index(place // len(order), order[place % len(order)])
            if model.flags(index) & Qt.ItemFlag.ItemIsEditable:
                self.setCurrentIndex(index)
                self.edit(index)
                return True
        self.setFocus()
        return False

    def move_and_edit(self, rows: int) -> None:
        """Open the same column ``rows`` further down (or up)."""
        index = self.model().index(self.currentIndex().row() + rows, self.currentIndex().column())
        if index.isValid():
            self.setCurrentIndex(index)
            if index.flags() & Qt.ItemFlag.ItemIsEditable:
                self.edit(index)

    # ---- painting and sizes
    def _is_current(self, row: int) -> bool:
        return row == self.currentIndex().row()

    def _band_rect(self, row: int) -> QRect:
        high = self.note_height(row)
        bottom = self.rowViewportPosition(row) + self.rowHeight(row)
        return QRect(0, bottom - high, self.viewport().width(), high)

    def paintEvent(self, event: QPaintEvent) -> None:
        with window_works():
            painter = QPainter(self.viewport())
            self._cells.paint(painter, event.rect())
            if self._ring and self.hasFocus() and self.currentIndex().isValid():
                self._cells.paint_ring(painter, self.currentIndex().row())

    def paint_note(self, painter: QPainter, row: int) -> None:
        """Called by the painter of the cells, for a row that has a note."""
        note = self.rows_model().note_at(row)
        if note is not None:
            self._band.paint(painter, self._band_rect(row), note, self._is_current(row))

    def _update_rows(self, *rows: int) -> None:
        """Paint rows again, not all that are in sight."""
        for row in rows:
            if row >= 0:
                top, high = self.rowViewportPosition(row), self.rowHeight(row)
                self.viewport().update(0, top, self.viewport().width(), high)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._settings.fit()  # before Qt looks: it would show a bar below for columns that are too wide still
        super().resizeEvent(event)
        self._settings.fit()  # bars went that the width before had needed
        self._place_overlays()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            show_cell_tip(self, self.rows_model(), self._cells, event)
            return True
        return super().viewportEvent(event)
