"""Item models: columns as small specs, rows fetched by id in pages of 200 when painted (style.md §6).

``data()`` never raises, never computes and never queries other tables: it asks the column's getter for the text of a frozen
row. Painting reads the row itself through ``RowsModel.row_at``.
"""

from __future__ import annotations

import logging
from array import array
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPixmap

_log = logging.getLogger(__name__)
Row = TypeVar("Row")
Id = Hashable
Index = QModelIndex | QPersistentModelIndex
#: Number of a page, its ids, its rows.
Part = tuple[int, list[Id], Mapping[Any, Row]]
Align = Literal["left", "right", "center"]
# Asked for thrice per cell and painting: putting flags together anew each time costs a fifth of it.
_READ = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
_TICK = _READ | Qt.ItemFlag.ItemIsUserCheckable
_EDIT = _READ | Qt.ItemFlag.ItemIsEditable
# Qt asks nine times per cell and painting, mostly for what no cell has; to look a name up in Qt's namespaces each time doubles it.
_DISPLAY, _EDITED = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole
_ALIGNED, _CHECKED = Qt.ItemDataRole.TextAlignmentRole, Qt.ItemDataRole.CheckStateRole
_SPOKEN = Qt.ItemDataRole.AccessibleTextRole
_ANSWERED = frozenset((_DISPLAY, _EDITED, _ALIGNED, _CHECKED, _SPOKEN))
_SIDES: dict[Align, Qt.AlignmentFlag] = {
    "left": Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    "right": Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
    "center": Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter,
}
Kind = Literal["text", "strong", "number", "money", "state", "goods", "link", "hint", "wrap", "picture", "tick", "chip"]


def packed(ids: Sequence[Any]) -> Sequence[Any]:
    """Ids as a list keeps them: numbers in 8 bytes each, a quarter of what Python's own take."""
    if isinstance(ids, array):
        return ids
    try:
        return array("q", ids)
    except TypeError:  # ids that are words
        return list(ids)


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence below a row (look.md Note row): ``repair`` is the link at the right, ``key`` shown on the current row."""

    tone: str
    sentence: str
    bold: str = ""
    repair: str = ""
    key: str = "Enter"


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column. ``text`` gives the words of a cell; the rest says how they look and behave.

    ``kind``: text, strong (bold), number (right), money (decimal points in line), state (word of tokens.json), chip
    (``tone`` + text), goods (picture, name = text, code = ``second``), link (clickable: ``link_clicked``), hint (grey), wrap
    (two lines), picture, tick. ``bold`` and ``tone`` (a token such as ``bad``) change the ink. ``repeats``: a value equal to
    the one above in the same group is grey. ``sort``: key given to ``DataTable.sort_requested``. ``editable(row)``: the cell
    may be typed into; ``button``: the editor has a … button. ``width`` in px at 100 %; ``stretch`` takes the rest.
    ``hidden``: only shown after 列设置. ``fixed``: cannot be hidden.
    """

    key: str
    title: str
    text: Callable[[Row], str]
    width: int = 120
    align: Align | None = None
    kind: Kind = "text"
    sort: str | None = None
    second: Callable[[Row], str] | None = None
    picture: Callable[[Row], QPixmap | None] | None = None
    tone: Callable[[Row], str | None] | None = None
    bold: bool = False
    repeats: bool = False
    editable: Callable[[Row], bool] | None = None
    edit_text: Callable[[Row], str] | None = None
    placeholder: str = ""
    button: bool = False
    stretch: bool = False
    hidden: bool = False
    fixed: bool = False
    min_width: int = 48

    @property
    def alignment(self) -> Qt.AlignmentFlag:
        """Qt's flags: numbers right, words left."""
        return _SIDES[self.align or ("right" if self.kind in ("number", "money") else "left")]


class RowsModel(QAbstractTableModel, Generic[Row]):
    """What the table and its painter need to know of any model with rows and column specs."""

    edited = Signal(object, str, str)
    ticks_changed = Signal()
    #: The rows could not be read, whatever the reason; carries what asks for them again.
    unread = Signal(object)

    def __init__(
        self, columns: Sequence[Column[Row]], *, checkable: bool = False, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        tick: list[Column[Row]] = (
            [Column("_tick", "", lambda _row: "", width=40, kind="tick", fixed=True)] if checkable else []
        )
        self.columns: list[Column[Row]] = [*tick, *columns]
        self.checkable = checkable
        self._ticked: dict[Id, None] = {}
        self.note: Callable[[Row], Note | None] | None = None
        self.group: Callable[[Row], Hashable] | None = None
        self.tall: Callable[[Row], int] | None = None

    def set_title(self, key: str, title: str) -> None:
        """Another title over a column: what stands in it follows the document shown."""
        place = next(place for place, column in enumerate(self.columns) if column.key == key)
        if self.columns[place].title != title:
            self.columns[place] = replace(self.columns[place], title=title)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, place, place)

    # ---- to be answered by the models
    def row_at(self, row: int) -> Row | None:
        """The row value, None when it is not known (gone, or the fetch failed)."""
        return None

    def id_at(self, row: int) -> Id | None:
        """Id of a row."""
        return None

    def row_of(self, row_id: Id) -> int:
        """Place of an id, -1 when it is not in the list."""
        return -1

    def section_at(self, row: int) -> str | None:
        """Words of a row that is a grey line across all columns, None for a row of cells."""
        return None

    # ---- ticks
    @property
    def ticked(self) -> list[Id]:
        """Ids ticked, in the order they were ticked; kept over pages and filters until cleared."""
        return list(self._ticked)

    def is_ticked(self, row: int) -> bool:
        """Whether the row's box is ticked."""
        return self.id_at(row) in self._ticked

    def set_ticked(self, ids: Iterable[Id], on: bool) -> None:
        """Tick or untick ids (they need not be in the list now)."""
        for row_id in ids:
            if on:
                self._ticked[row_id] = None
            else:
                self._ticked.pop(row_id, None)
        self._repaint()
        self.ticks_changed.emit()

    def clear_ticks(self) -> None:
        """Untick everything, also on other pages."""
        self.set_ticked(self.ticked, False)

    def tick_state(self) -> Qt.CheckState:
        """State of the header box: all, none or some of the rows in the list."""
        listed = sum(1 for row in range(self.rowCount()) if self.id_at(row) in self._ticked) if self._ticked else 0
        if not listed:
            return Qt.CheckState.Unchecked
        return Qt.CheckState.Checked if listed == self.rowCount() else Qt.CheckState.PartiallyChecked

    def tick_all(self, on: bool) -> None:
        """The header box: every row of the list."""
        self.set_ticked([self.id_at(row) for row in range(self.rowCount())], on)

    def _repaint(self) -> None:
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    # ---- looks
    def cell_text(self, row: int, column: int) -> str:
        """Words of a cell, empty when the row is not known or its getter failed."""
        value = self.row_at(row)
        if value is None:
            return ""
        try:
            return self.columns[column].text(value)
        except Exception:
            _log.exception("getter of column %s failed", self.columns[column].key)
            return ""

    def note_at(self, row: int) -> Note | None:
        """Note below a row."""
        value = self.row_at(row) if self.note else None
        return self.note(value) if self.note and value is not None else None

    def is_repeat(self, row: int, column: int) -> bool:
        """Whether the cell says the same as the one above in its group, so it is painted grey."""
        return (
            self.columns[column].repeats
            and row > 0
            and self.same_group(row - 1, row)
            and self.cell_text(row, column) == self.cell_text(row - 1, column)
        )

    def same_group(self, above: int, below: int) -> bool:
        """Whether two neighbours belong together (same offer)."""
        if self.group is None:
            return False
        one, two = self.row_at(above), self.row_at(below)
        return one is not None and two is not None and self.group(one) == self.group(two)

    def ends_group(self, row: int) -> bool:
        """Whether a stronger line follows below the row."""
        return self.group is not None and (row + 1 >= self.rowCount() or not self.same_group(row, row + 1))

    # ---- Qt
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        column = self.columns[index.column()]
        if column.kind == "tick":
            return _TICK
        value = self.row_at(index.row()) if column.editable else None
        return _EDIT if column.editable and value is not None and column.editable(value) else _READ

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in _ANSWERED or not index.isValid():
            return None
        row, place = index.row(), index.column()
        column = self.columns[place]
        if role == _DISPLAY:
            return self.cell_text(row, place)
        if role == _ALIGNED:
            return int(column.alignment)
        if role == _CHECKED:
            if column.kind != "tick":
                return None
            return Qt.CheckState.Checked if self.is_ticked(row) else Qt.CheckState.Unchecked
        if role == _SPOKEN:
            return f"{column.title} {self.cell_text(row, place)}".strip()
        value = self.row_at(row) if column.edit_text is not None else None
        return self.cell_text(row, place) if value is None or column.edit_text is None else column.edit_text(value)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if not index.isValid():
            return False
        row_id = self.id_at(index.row())
        if role == Qt.ItemDataRole.CheckStateRole and self.columns[index.column()].kind == "tick":
            self.set_ticked([row_id], Qt.CheckState(value) == Qt.CheckState.Checked)
            return True
        if role == Qt.ItemDataRole.EditRole and self.flags(index) & Qt.ItemFlag.ItemIsEditable:
            self.edited.emit(row_id, self.columns[index.column()].key, str(value))
            return True
        return False

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(self.columns[section].alignment)
        return None


class PagedTableModel(RowsModel[Row]):
    """Rows of one filter: ordered ids, and ``fetch(ids) -> {id: row}`` for 200 of them when they are painted.

    ``model = PagedTableModel(COLUMNS, service.rows)``; ``model.set_ids(ids)`` for a new filter; ``model.refresh(ids)`` after
    ``data_changed`` (keeps what is selected, by id, through DataTable). ``fetch`` is one indexed query (milliseconds): a Feed
    calls it on its worker for the rows in view, scrolling calls it on the main thread. A JdyError there is logged, shown as
    blank rows and told by ``fetch_failed``.
    """

    PAGE = 200
    KEEP = 20
    fetch_failed = Signal(object)
    page_loaded = Signal(int, int)

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        fetch: Callable[[Sequence[Any]], Mapping[Any, Row]],
        *,
        checkable: bool = False,
        note: Callable[[Row], Note | None] | None = None,
        group: Callable[[Row], Hashable] | None = None,
        tall: Callable[[Row], int] | None = None,
        parent: QObject | None = None,
    ) -> None:
        """``note``: sentence below a row. ``group``: rows of one offer. ``tall``: row height in px at 100 % when not 36."""
        super().__init__(columns, checkable=checkable, parent=parent)
        self.note, self.group, self.tall = note, group, tall
        self._fetch = fetch
        self._ids = packed(())
        self._places: dict[Id, int] | None = None
        self._pages: OrderedDict[int, Mapping[Any, Row]] = OrderedDict()
        self.fetches = 0

    @property
    def ids(self) -> Sequence[Any]:
        """Ids in the order shown."""
        return self._ids

    def set_ids(self, ids: Sequence[Id], ready: Sequence[Part[Row]] = ()) -> None:
        """Show another list; ticks stay. `ready`: rows fetched beforehand, as `fetch_ready` made them."""
        self.beginResetModel()
        self._ids = packed(ids)
        self._places = None
        self._pages.clear()
        self._pages.update(self._fitting(ready))
        self.endResetModel()
        self.ticks_changed.emit()

    def refresh(self, ids: Sequence[Id] | None = None, ready: Sequence[Part[Row]] = ()) -> None:
        """Read rows again; with the same ids in the same order nothing moves under the hand."""
        if ids is None or packed(ids) == self._ids:
            self._read_again(self._fitting(ready))
        else:
            self.set_ids(ids, ready)

    def pages_in_view(self) -> list[int]:
        """Numbers of the pages looked at last. No view shows rows of more than two."""
        return list(self._pages)[-2:]

    def fetch_ready(self, ids: Sequence[Id], pages: Iterable[int]) -> list[Part[Row]]:
        """The rows of some pages of `ids`, for `refresh`. Any thread: it looks at nothing of the model."""
        parts = [(number, list(ids[number * self.PAGE : (number + 1) * self.PAGE])) for number in pages]
        return [(number, part, self._fetch(part)) for number, part in parts if part]

    def _fitting(self, ready: Sequence[Part[Row]]) -> dict[int, Mapping[Any, Row]]:
        """What was fetched for the very ids that stand there now."""
        here = self._ids
        return {
            number: rows
            for number, part, rows in ready
            if list(here[number * self.PAGE : (number + 1) * self.PAGE]) == part
        }

    def _read_again(self, ready: Mapping[int, Mapping[Any, Row]]) -> None:
        """Paint only what reads differently now: while offers come in, most changes are not in sight.

        Pages out of view are fetched when they are painted next."""
        seen = [(number, self._pages[number]) for number in self.pages_in_view()]
        self._pages.clear()
        for number, old in seen:
            new = self._pages[number] = ready[number] if number in ready else self._load(number)
            start = number * self.PAGE
            part = self._ids[start : start + self.PAGE]
            rows = [start + place for place, one in enumerate(part) if old.get(one) != new.get(one)]
            if rows:
                self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[-1], self.columnCount() - 1))

    def refresh_rows(self, row_ids: Iterable[Id]) -> None:
        """Read some rows again."""
        for row_id in row_ids:
            row = self.row_of(row_id)
            if row >= 0:
                self._pages.pop(row // self.PAGE, None)
                self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))

    def tick_state(self) -> Qt.CheckState:
        """Painted with the header: over 30,000 rows it must not ask row by row."""
        listed = sum(map(self._ticked.__contains__, self._ids)) if self._ticked else 0
        if not listed:
            return Qt.CheckState.Unchecked
        return Qt.CheckState.Checked if listed == len(self._ids) else Qt.CheckState.PartiallyChecked

    def tick_all(self, on: bool) -> None:
        self.set_ticked(self._ids, on)

    def id_at(self, row: int) -> Id | None:
        return self._ids[row] if 0 <= row < len(self._ids) else None

    def row_of(self, row_id: Id) -> int:
        if self._places is None:
            self._places = {one: place for place, one in enumerate(self._ids)}
        return self._places.get(row_id, -1)

    def row_at(self, row: int) -> Row | None:
        if not 0 <= row < len(self._ids):
            return None
        number = row // self.PAGE
        page = self._pages.get(number)
        if page is None:
            page = self._load(number)
        elif len(self._pages) > 1:
            self._pages.move_to_end(number)
        return page.get(self._ids[row])

    def _load(self, number: int) -> Mapping[Any, Row]:
        start = number * self.PAGE
        page: Mapping[Any, Row]
        try:
            page = self._fetch(list(self._ids[start : start + self.PAGE]))
        except Exception as error:
            _log.warning("rows %d.. could not be fetched: %r", start, error)
            page = {}
            self.fetch_failed.emit(error)
        self.fetches += 1
        self._pages[number] = page
        while len(self._pages) > self.KEEP:
            self._pages.popitem(last=False)
        self.page_loaded.emit(start, min(start + self.PAGE, len(self._ids)))
        return page

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._ids)
