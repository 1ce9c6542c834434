"""核对 by the clerk: which pre-order of 1688 is the one whose answer was lost, or none of them (reliability F2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from jdy_desktop.services.channel.pre_order_values import Candidate
from jdy_desktop.views.figures import moment
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.tables.model import Column, PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.base import Text, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.feedback import NoteRow


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    candidate: Candidate


COLUMNS: list[Column[_Row]] = [
    Column("number", "预单编号", lambda r: r.candidate.number, width=130),
    Column("created", "创建时间", lambda r: moment(r.candidate.created_at), width=160),
    Column("amount", "金额", lambda r: f"{r.candidate.amount:.2f}", width=110, kind="money", bold=True),
    Column("remark", "备注", lambda r: r.candidate.remark, width=200, stretch=True),
]


class DecideDialog(DialogFrame):
    """`linked(number)`: it is this one. `none_fits()`: send again."""

    linked = Signal(str)
    none_fits = Signal()

    def __init__(self, window: QWidget, sale_number: str, found: Sequence[Candidate], store: SettingsStore) -> None:
        super().__init__(window, "核对预订单", width=680, subtitle=sale_number, name="decide_dialog")
        rows = {place: _Row(place, one) for place, one in enumerate(found)}
        model = PagedTableModel(COLUMNS, lambda ids: {one: rows[one] for one in ids})
        model.set_ids(list(rows))
        self.table = sized(DataTable(model, name="decide_dialog.table", store=store, label="1688 的预订单"), height=220)
        self._rows = rows
        words = "1688 上有很像的预订单，但不能确定是不是这一张。选“就是它”不会再发；选“都不是”会重新上传一张。"
        self.body.addWidget(Text(words, "label", wrap=True))
        self.body.addWidget(self.table)
        self.body.addWidget(NoteRow("warn", "选错“都不是”，客户可能会付两次。拿不准时先到 1688 后台看一眼。"))
        self.add_button(KeyButton("取消", "cancel", name="decide_dialog.cancel_button"), self.reject)
        self.add_button(KeyButton("都不是，重新上传", kind="danger", name="decide_dialog.none_button"), self._send)
        self.ok = KeyButton("就是它", "ok", kind="primary", name="decide_dialog.link_button")
        self.add_button(self.ok, self._link, default=True)
        self.table.row_activated.connect(self._link)
        if rows:
            self.table.select_id(0)
        self.ok.set_blocked(None if rows else "1688 上没有找到很像的预订单")

    def _link(self, *_row: object) -> None:
        chosen = self.table.current_id()
        if chosen is not None:
            self.linked.emit(str(self._rows[int(str(chosen))].candidate.number))
            self.accept()

    def _send(self) -> None:
        self.none_fits.emit()
        self.accept()
