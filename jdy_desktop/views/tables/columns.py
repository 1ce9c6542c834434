"""Which columns a table shows, in which order and how wide; remembered in the injected store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSignalBlocker, Slot
from PySide6.QtWidgets import QHeaderView

from jdy_desktop.views import theme
from jdy_desktop.views.keys import SettingsStore
from .header import TableHeader
from .model import RowsModel

if TYPE_CHECKING:
    from .table import DataTable


class ColumnSettings(QObject):
    """Order, hidden columns and widths (px at 100 %) of one table, as JSON under ``table.<name>``."""

    def __init__(self, table: DataTable, header: TableHeader, model: RowsModel[Any], store: SettingsStore | None,
                 name: str) -> None:  # fmt: skip
        super().__init__(table)
        self._table, self._header, self._model, self._store = table, header, model, store
        self._key = f"table.{name}"
        self._busy = False
        saved = self._read()
        self._order: list[str] = saved.get("order", [])
        self._hidden: set[str] = set(saved["hidden"]) if "hidden" in saved else self._default_hidden()
        self._widths: dict[str, int] = saved.get("widths", {})
        header.sectionResized.connect(self._on_resized)
        header.sectionMoved.connect(self._on_moved)

    def _read(self) -> dict[str, Any]:
        text = self._store.get(self._key) if self._store else None
        try:
            found = json.loads(text or "{}")
        except ValueError:  # a damaged setting must not keep a page from opening
            return {}
        return found if isinstance(found, dict) else {}

    def _default_hidden(self) -> set[str]:
        return {column.key for column in self._model.columns if column.hidden}

    def _save(self) -> None:
        if self._store:
            value = {"order": self.order(), "hidden": sorted(self._hidden), "widths": self._widths}
            self._store.set(self._key, json.dumps(value, ensure_ascii=False, sort_keys=True))

    # ---- what the dialog needs
    def order(self) -> list[str]:
        """Keys in the order shown, also hidden ones; columns unknown to the saved order come where their spec stands."""
        known = [column.key for column in self._model.columns]
        result = [key for key in self._order if key in known]
        for place, key in enumerate(known):
            if key not in result:
                result.insert(place, key)
        return result

    def is_hidden(self, key: str) -> bool:
        """Whether a column is left out."""
        return key in self._hidden

    def choose(self, order: list[str], hidden: set[str]) -> None:
        """Take over a choice of the dialog."""
        fixed = {column.key for column in self._model.columns if column.fixed}
        self._order, self._hidden = list(order), set(hidden) - fixed
        self.apply()
        self._save()

    def hide_by_default(self, keys: set[str]) -> None:
        """Other columns for a wider or narrower window, as long as the clerk chose none himself."""
        if "hidden" not in self._read() and keys != self._hidden:
            self._hidden = set(keys)
            self.apply()

    def reset(self) -> None:
        """恢复默认: order, width and columns as shipped."""
        self._order, self._hidden, self._widths = [], self._default_hidden(), {}
        self.apply()
        self._save()

    # ---- header
    def apply(self) -> None:
        """Put order and hidden columns on the header, then widths."""
        self._busy = True
        places = {column.key: number for number, column in enumerate(self._model.columns)}
        for visual, key in enumerate(self.order()):
            self._header.moveSection(self._header.visualIndex(places[key]), visual)
        for number, column in enumerate(self._model.columns):
            self._table.setColumnHidden(number, column.key in self._hidden)
            if column.kind == "tick":
                self._header.setSectionResizeMode(number, QHeaderView.ResizeMode.Fixed)
        self._busy = False
        self.fit()

    def fit(self) -> None:
        """Widths as chosen; what is left goes to the stretching columns, else to the last one. Titles are never cut."""
        if self._header.count() != len(self._model.columns):
            return
        self._busy = True
        shown = [n for n, c in enumerate(self._model.columns) if not self._header.isSectionHidden(n)]
        widths = {n: self._width(n) for n in shown}
        rest = self._table.viewport().width() - sum(widths.values())
        if rest > 0 and shown:
            takers = [n for n in shown if self._model.columns[n].stretch]
            takers = takers or [max(shown, key=self._header.visualIndex)]
            for number, taker in enumerate(takers):
                widths[taker] += rest // len(takers) + (rest % len(takers) if number == 0 else 0)
        if any(self._header.sectionSize(number) != width for number, width in widths.items()):
            self._resize(widths)
        self._busy = False

    def _resize(self, widths: dict[int, int]) -> None:
        """At once: told column by column, Qt paints all rows now and again when its timer has run."""
        with QSignalBlocker(self._header):
            for number, width in widths.items():
                self._header.resizeSection(number, width)
        self._table.updateGeometries()
        self._table.viewport().update()

    def _width(self, number: int) -> int:
        column = self._model.columns[number]
        if column.kind == "tick":
            return theme.px(column.width)
        if column.key in self._widths:
            return theme.px(self._widths[column.key])
        return max(theme.px(column.width), self._header.title_width(number))

    @Slot(int, int, int)
    def _on_resized(self, number: int, _old: int, new: int) -> None:
        if self._busy or new == 0:
            return
        self._widths[self._model.columns[number].key] = round(new * 100 / theme.scale())
        self._save()

    @Slot(int, int, int)
    def _on_moved(self, *_places: int) -> None:
        if self._busy:
            return
        self._order = [self._model.columns[self._header.logicalIndex(v)].key for v in range(self._header.count())]
        if "_tick" in self._order and self._order[0] != "_tick":  # the boxes stay at the left edge
            self._order.remove("_tick")
            self._order.insert(0, "_tick")
            self.apply()
        self._save()
