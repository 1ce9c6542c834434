"""库存流水 of one SKU: every move with what lay there after it; Enter opens the document behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.services.queries.stock_history import HistoryFilter, MoveRow, SkuStock, StockHistory
from jdy_desktop.views.dialogs.behind_dialog import open_document
from jdy_desktop.views.figures import day_and_minute, grouped, plain, signed
from jdy_desktop.views.shell import PageFrame
from jdy_desktop.views.tables.feed import Feed
from jdy_desktop.views.tables.model import Column, PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.texts import label
from jdy_desktop.views.widgets.base import STRETCH, Text, named, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.feedback import EmptyState
from jdy_desktop.views.widgets.fields import DateField, FilterCombo


def _kind(move: MoveRow) -> str:
    return label(move.document_kind) + ("（冲回）" if move.is_void else "")


def _cost(move: MoveRow) -> str:
    return "" if move.cost is None else grouped(move.cost)


COLUMNS: list[Column[MoveRow]] = [
    Column("day", "日期", lambda m: m.day.isoformat(), width=100),
    Column("at", "记账时间", lambda m: day_and_minute(m.at), width=104, kind="hint"),
    Column("kind", "单据", _kind, width=140),
    Column("number", "单号", lambda m: m.number, width=150, kind="strong"),
    Column("party", "客户或供应商", lambda m: m.party, width=130, stretch=True),
    Column("warehouse", "仓库", lambda m: m.warehouse, width=90),
    Column("quantity", "出入库", lambda m: signed(m.quantity), width=84, kind="number", bold=True),
    Column("cost", "成本", _cost, width=104, kind="number"),
    Column(
        "after",
        "结存",
        lambda m: plain(m.after),
        width=84,
        kind="number",
        tone=lambda m: "warn" if m.after < 0 else None,
    ),
]


class MovesDialog(DialogFrame):
    """What moved one SKU, `head`. `warehouse_id` None: all warehouses."""

    def __init__(
        self, host: QWidget, head: SkuStock, warehouse_id: int | None, history: StockHistory, frame: PageFrame
    ) -> None:
        super().__init__(
            host, "库存流水", width=1040, height=620, padding=0, name="moves_dialog", subtitle=_subtitle(head)
        )
        self._head, self._history, self._frame = head, history, frame
        self._fill_body(warehouse_id)
        self._feed.loaded.connect(self._on_loaded)
        self._feed.failed.connect(frame.shell.tell_error)
        self.table.row_activated.connect(self._open_document)
        self.warehouse.changed.connect(lambda _one: self._reload())
        for day in (self.first, self.last):
            day.date_changed.connect(lambda _day: self._reload())
            day.editingFinished.connect(self._reload_if_cleared)
        self.add_left(named(Text(self._where(), "strong"), "moves_dialog.places", "现在库存"))
        self.add_button(KeyButton("关闭", "cancel", name="moves_dialog.cancel_button"), self.reject)
        self.open_button = KeyButton("打开单据", "ok", kind="primary", name="moves_dialog.open_button")
        self.add_button(self.open_button, lambda: self._open_document(self.table.current_id()), default=True)
        self._reload()

    def _fill_body(self, warehouse_id: int | None) -> None:
        columns = [one for one in COLUMNS if self._history.shows_cost or one.key != "cost"]
        self._model = PagedTableModel(columns, self._rows)
        self.table = DataTable(self._model, name="moves_dialog.table", store=self._frame.store, label="库存流水")
        self._feed = Feed(
            self._frame.runner, self._model, ids=self._history.ids, areas={"stock", "documents"}, parent=self
        )
        places = [("全部", None), *((name, id) for id, name, _ in self._head.places)]
        self.warehouse = FilterCombo("仓库", places, name="moves_dialog.warehouse_combo")
        self.warehouse.set_value(warehouse_id)
        self.first = sized(DateField(name="moves_dialog.first_field", label="开始日期", hint="开始"), width=132)
        self.last = sized(DateField(name="moves_dialog.last_field", label="结束日期", hint="结束"), width=132)
        days = (Text("日期", "label"), self.first, Text("至", "label"), self.last)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addLayout(row(self.warehouse, *days, STRETCH, margins=(20, 12, 20, 0)))
        self.body.addWidget(self.table, 1)

    def open(self) -> None:
        super().open()
        self.table.setFocus()

    def _filter(self) -> HistoryFilter:
        return HistoryFilter(self._head.sku_id, self.warehouse.value(), self.first.value(), self.last.value())

    def _rows(self, ids: Sequence[Any]) -> dict[int, MoveRow]:
        return self._history.rows(ids, self._feed.filter)

    def _reload(self) -> None:
        self._feed.show(self._filter())

    @Slot()
    def _reload_if_cleared(self) -> None:
        if self._filter() != self._feed.filter:
            self._reload()

    def _on_loaded(self, ids: Sequence[int], _extra: object) -> None:
        nothing = EmptyState("stock", "没有出入库", "这段时间、这个仓库里没有动过这个商品。")
        self.table.set_empty(None if ids else nothing)
        self.open_button.set_blocked(None if ids else "没有单据")
        if ids and self.table.current_id() is None:
            self.table.select_id(ids[0])

    def _where(self) -> str:
        if not self._head.places:
            return "现在没有库存"
        parts = [f"{name} {plain(quantity)}" for _, name, quantity in self._head.places]
        return f"现在库存 {plain(self._head.quantity)}" + (f"（{' · '.join(parts)}）" if len(parts) > 1 else "")

    def _open_document(self, move_id: Any) -> None:
        move = self._model.row_at(self._model.row_of(move_id)) if move_id is not None else None
        if move is not None:
            self.accept()
            open_document(self._frame.shell, move.document_kind, move.document_id)


def _subtitle(head: SkuStock) -> str:
    return f"{head.code}  {head.name}"
