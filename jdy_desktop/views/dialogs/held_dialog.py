"""取单 (Shift+F6): the bills put aside, newest first; its number takes one up again (W32, goal E)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from jdy_desktop.services.book.drafts import DraftRow
from jdy_desktop.views import scanner
from jdy_desktop.views.figures import day_and_minute
from jdy_desktop.views.tables.lines import LinesModel
from jdy_desktop.views.tables.model import Column
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.base import Text, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import ConfirmDialog, DialogFrame
from jdy_desktop.views.widgets.feedback import EmptyState


def _customer(row: DraftRow) -> str:
    return row.summary.split(" · ")[0]


def _content(row: DraftRow) -> str:
    parts = row.summary.split(" · ")
    return parts[1] if len(parts) > 1 else ""


def _amount(row: DraftRow) -> str:
    parts = row.summary.split(" · ")
    return parts[2] if len(parts) > 2 else ""


COLUMNS: list[Column[DraftRow]] = [
    Column("customer", "客户", _customer, 140, kind="strong"),
    Column("content", "内容", _content, 120),
    Column("amount", "金额", _amount, 100, kind="number"),
    Column("at", "挂单时间", lambda r: day_and_minute(r.updated_at), 100),
    Column("note", "备注", lambda r: r.note, 140, stretch=True),
]


class HeldDialog(DialogFrame):
    """`chosen(draft_id)`; `discarded(draft_id)` after the clerk has said yes: nobody types a thrown away bill again."""

    chosen = Signal(int)
    discarded = Signal(int)

    def __init__(self, host: QWidget, rows: Sequence[DraftRow]) -> None:
        super().__init__(host, "取单", width=720, height=440, padding=0, name="held_dialog")
        self._rows = list(rows)
        self._model: LinesModel[DraftRow] = LinesModel(COLUMNS, id_of=lambda row: row.id)
        self._model.set_rows(self._rows)
        self.table = DataTable(self._model, name="held_dialog.table", row_height=40, label="挂单")
        self.table.row_activated.connect(lambda row_id: self._take(int(str(row_id))))
        self.table.set_empty(EmptyState("hold", "没有挂单", "开单时按 F6，可以先放一边接待下一位客户。"))
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(sized(self.table, height=320))
        self.add_left(Text("数字键直接取  ·  Enter 取选中的  ·  Del 删除", "hint"))
        self.add_button(KeyButton("关闭", "cancel", name="held_dialog.cancel_button"), self.reject)
        self.add_button(
            KeyButton("取单", "ok", kind="primary", name="held_dialog.ok_button"), self._take_current, default=True
        )
        self._number, self._burst = 0, scanner.Burst()
        self._waits = QTimer(self)
        self._waits.setSingleShot(True)
        self._waits.setInterval(int(2_000 * scanner.GAP_S))
        self._waits.timeout.connect(self._take_number)
        self.table.installEventFilter(self)
        if self._rows:
            self.table.select_id(self._rows[0].id)

    def _take_current(self) -> None:
        current = self.table.current_id()
        if current is not None:
            self._take(int(str(current)))

    def _take(self, draft_id: int) -> None:
        self._waits.stop()
        self.accept()
        self.chosen.emit(draft_id)

    @Slot()
    def _take_number(self) -> None:
        self._take(self._rows[self._number - 1].id)

    def _ask_discard(self, draft_id: int) -> None:
        row = next((one for one in self._rows if one.id == draft_id), None)
        if row is None:
            return
        ask = ConfirmDialog(
            self, "删除挂单", f"要删除 {day_and_minute(row.updated_at)} 挂的这张单吗？", goes=f"{row.summary}。删除后找不回来。",
            yes="删除挂单", name="discard_held_dialog",
        )  # fmt: skip
        ask.accepted.connect(lambda: self.discarded.emit(draft_id))
        ask.open()

    def drop(self, draft_id: int) -> None:
        """This one was deleted."""
        self._rows = [row for row in self._rows if row.id != draft_id]
        self._model.set_rows(self._rows)

    def eventFilter(self, watched: object, event: object) -> bool:
        if watched is self.table and isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress:
            number = event.text()
            is_first = bool(number) and self._burst.add(number)
            self._waits.stop()
            if number.isdigit() and 0 < int(number) <= len(self._rows):
                if is_first:  # and taken when none follows at once: a scanned code begins with a digit too
                    self._number = int(number)
                    self._waits.start()
                return True
            current = self.table.current_id()
            if event.key() == Qt.Key.Key_Delete and current is not None:
                self._ask_discard(int(str(current)))
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.reject()
                return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]
