"""Feeds a list: runs its query beside the window, keeps the pager true, and follows what changes in the book."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from jdy_desktop.services.errors import JdyError
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.tables.model import PagedTableModel, packed
from jdy_desktop.views.widgets.pager import Pager


class Feed(QObject):
    """`Feed(runner, model, ids=list.ids, areas={"goods", "stock"}, pager=pager, parent=page)`; `feed.show(filter)`.

    The answer of an outdated search is dropped; ticks, selection and scroll place stay by id. `loaded(ids, extra)` comes
    after the rows are in the model; `failed(error)` when ids or rows could not be read; `ended()` after either, also when
    only the crash window tells why. `also(filter)` runs on the same worker; its result (sums, counts) is the `extra`."""

    loaded = Signal(object, object)
    failed = Signal(object)
    ended = Signal()

    def __init__(
        self,
        runner: JobRunner,
        model: PagedTableModel[Any],
        *,
        ids: Callable[[Any], list[int]],
        areas: set[str],
        pager: Pager | None = None,
        also: Callable[[Any], Any] | None = None,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._runner, self._model, self._pager = runner, model, pager
        self._query, self._also, self._areas = ids, also, areas
        self._filter: Any = None
        self._ids: Sequence[int] = ()
        self._asked, self._was_read = 0, False
        runner.data_changed.connect(self._on_changed)
        model.fetch_failed.connect(self.failed)
        if pager is not None:
            pager.page_changed.connect(self._turn_page)

    @property
    def ids(self) -> Sequence[int]:
        """All ids of the filter in force, over all pages."""
        return self._ids

    @property
    def filter(self) -> Any:
        """The filter last asked for."""
        return self._filter

    def show(self, filter: Any) -> None:
        """Show what fits `filter`, from the first page."""
        changed = filter != self._filter
        self._filter = filter
        self._run(keep_page=not changed)

    def reload(self) -> None:
        """Ask again with the same filter; the page shown stays."""
        if self._filter is not None:
            self._run(keep_page=True)

    def _run(self, *, keep_page: bool) -> None:
        wanted, query, also, model = self._filter, self._query, self._also, self._model
        pages = (model.pages_in_view() if keep_page else []) or [0]
        start, stop = self._pager.cut(keep_page=keep_page) if self._pager is not None else (0, None)

        def job(_ctx: JobContext) -> tuple[Sequence[int], Any, list[Any]]:
            ids = packed(query(wanted))
            return ids, also(wanted) if also else None, _rows_in_view(model, ids[start:stop], pages)

        self._asked += 1
        self._was_read = False
        self._runner.submit(
            job,
            owner=self,
            key="ids",
            on_done=lambda answer: self._take(*answer, keep_page),
            on_error=self.failed.emit,
            on_end=partial(self._end, self._asked),
        )

    def _end(self, number: int) -> None:
        if number == self._asked:
            if not self._was_read:
                self._model.unread.emit(self.reload)
            self.ended.emit()

    def _take(self, ids: Sequence[int], extra: Any, ready: list[Any], keep_page: bool) -> None:
        self._ids, self._was_read = ids, True
        if self._pager is not None:
            self._pager.set_total(len(ids), keep_page=keep_page)
        self._model.refresh(self._part(), ready)
        self.loaded.emit(ids, extra)

    def _part(self) -> Sequence[int]:
        return self._ids if self._pager is None else self._pager.part(self._ids)

    @Slot()
    def _turn_page(self) -> None:
        self._model.set_ids(self._part())

    @Slot(object)
    def _on_changed(self, areas: frozenset[str]) -> None:
        if areas & self._areas:
            self.reload()


def _rows_in_view(model: PagedTableModel[Any], ids: Sequence[int], pages: Sequence[int]) -> list[Any]:
    """On the worker: painting must not wait for the database."""
    try:
        return model.fetch_ready(ids, pages)
    except JdyError:
        return []  # painting fetches them itself then, and tells what is wrong
