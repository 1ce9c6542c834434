"""Whose money is it? A customer or supplier by name, pinyin or phone; those who owe are seen at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from jdy_desktop.services.book.parties import CustomerHit, Parties, SupplierHit
from jdy_desktop.views.figures import money
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.tables.lines import LinesModel
from jdy_desktop.views.tables.model import Column
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.texts import label
from jdy_desktop.views.widgets.base import Text, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.feedback import EmptyState
from jdy_desktop.views.widgets.fields import SearchField

_MOST = 50
Hit = CustomerHit | SupplierHit


def _columns(owed: str) -> list[Column[Hit]]:
    return [
        Column("name", "名称", lambda h: h.name, width=180, kind="strong", stretch=True),
        Column("grade", "等级", lambda h: label(h.grade) if isinstance(h, CustomerHit) else "供应商", width=100),
        Column("phone", "电话", lambda h: h.phone, width=130),
        Column("balance", owed, lambda h: money(h.balance) if h.balance else "", width=110, kind="number", bold=True),
    ]


class PartyPickDialog(DialogFrame):
    """`chosen(id)`. Typing searches, ↑ ↓ choose, Enter takes."""

    chosen = Signal(int)

    def __init__(self, window: QWidget, *, parties: Parties, is_customer: bool, runner: JobRunner) -> None:
        word = "客户" if is_customer else "供应商"
        super().__init__(window, f"{'收款' if is_customer else '付款'}：选{word}", width=600, name="party_pick_dialog")
        self._parties, self._is_customer, self._runner = parties, is_customer, runner
        self.search = SearchField("名称、拼音首字母或电话", name="party_pick_dialog.search_field", delay_ms=60)
        self._model: LinesModel[Hit] = LinesModel(
            _columns("欠款" if is_customer else "应付"), id_of=lambda hit: hit.id, number=False
        )
        self.table = DataTable(self._model, name="party_pick_dialog.table", label=word)
        self.table.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.body.addWidget(self.search)
        self.body.addWidget(sized(self.table, height=36 * 8 + 2))
        self.add_left(Text("打字查找  ·  ↑ ↓ 选  ·  Enter 选定", "hint"))
        self.add_button(KeyButton("取消", "cancel", name="party_pick_dialog.cancel_button"), self.reject)
        self._ok = self.add_button(
            KeyButton("下一步", "ok", kind="primary", name="party_pick_dialog.ok_button"), self._take, default=True
        )
        self.search.searched.connect(self._look)
        self.search.installEventFilter(self)
        self.table.row_activated.connect(lambda _id: self._take())
        self._look("")

    @Slot(str)
    def _look(self, text: str) -> None:
        def work() -> tuple[Any, ...]:
            return self._parties.customers(text, _MOST) if self._is_customer else self._parties.suppliers(text, _MOST)

        self._runner.submit(
            lambda _job: work(), owner=self, key="parties", on_done=self._show, on_error=lambda _e: None
        )

    def _show(self, hits: tuple[Hit, ...]) -> None:
        # Those who owe come first; among them the order of the search stays.
        rows = sorted(hits, key=lambda hit: hit.balance <= Decimal(0)) if not self.search.text().strip() else list(hits)
        self._model.set_rows(rows)
        word = "客户" if self._is_customer else "供应商"
        self.table.set_empty(None if rows else EmptyState("search", f"没有找到{word}", "换个词再找。"))
        if rows:
            self.table.selectRow(0)
        self._ok.set_blocked(None if rows else f"没有{word}")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
                QApplication.sendEvent(self.table, event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._enter()
                return True
        return super().eventFilter(watched, event)

    def _enter(self) -> None:
        """Faster than the list: what would stand first in it is taken."""
        text = self.search.text().strip()

        def work() -> tuple[Any, ...]:
            return self._parties.customers(text, _MOST) if self._is_customer else self._parties.suppliers(text, _MOST)

        def done(hits: tuple[Hit, ...]) -> None:
            if self.table.current_id() not in {hit.id for hit in hits}:
                self._show(hits)
            self._take()

        # A key of its own: the search that is still on its way must not swallow the choice.
        self._runner.submit(lambda _job: work(), owner=self, key="take", on_done=done, on_error=lambda _e: None)

    @Slot()
    def _take(self) -> None:
        current = self.table.current_id()
        if isinstance(current, int):
            self.accept()
            self.chosen.emit(current)
