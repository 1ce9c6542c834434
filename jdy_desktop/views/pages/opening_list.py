"""已录入: the openings stored so far, dated the start period (manual 5.3; M14, M118)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.services.book.opening import OpeningRow, OpeningStock
from jdy_desktop.views.figures import grouped, money, plain
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import KeyShortcut, SettingsStore
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.tables.feed import Feed
from jdy_desktop.views.tables.model import Column, PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.base import STRETCH, column, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import ConfirmDialog
from jdy_desktop.views.widgets.feedback import EmptyState
from jdy_desktop.views.widgets.fields import SearchField
from jdy_desktop.views.widgets.flow import tool_row
from jdy_desktop.views.widgets.pager import Pager


@dataclass(frozen=True, slots=True)
class Sums:
    """Over all rows of the filter; `amount` in yuan."""

    quantity: Decimal
    amount: Decimal


class EnteredRows:
    """Stored openings as a list of ids and rows; the ids say which SKU and warehouse."""

    def __init__(self, opening: OpeningStock) -> None:
        self._opening = opening
        self._rows: dict[int, OpeningRow] = {}

    def ids(self, text: str) -> list[int]:
        rows = {row.sku_id << 16 | row.warehouse_id: row for row in self._opening.rows(text)}
        self._rows = rows
        return list(rows)

    def rows(self, ids: Sequence[int]) -> dict[int, OpeningRow]:
        return {one: self._rows[one] for one in ids if one in self._rows}

    def sums(self, _text: str) -> Sums:
        """Of the rows read last, by the same worker just before."""
        rows = self._rows.values()
        return Sums(sum((r.quantity for r in rows), Decimal(0)), sum((r.amount for r in rows), Decimal(0)))


ENTERED_COLUMNS: list[Column[OpeningRow]] = [
    Column("code", "商品代码", lambda r: r.code, width=130),
    Column("name", "商品名称", lambda r: r.product_name, width=260, stretch=True),
    Column("spec", "属性", lambda r: r.sku_name, width=120),
    Column("unit", "单位", lambda r: r.unit, width=56, align="center"),
    Column("warehouse", "仓库", lambda r: r.warehouse, width=120),
    Column("quantity", "数量", lambda r: plain(r.quantity), width=100, kind="number", bold=True),
    Column("unit_cost", "单位成本", lambda r: money(r.unit_cost), width=110, kind="number"),
    Column("amount", "金额", lambda r: money(r.amount), width=120, kind="number"),
    Column("day", "期初日期", lambda r: r.day.isoformat(), width=104, tone=lambda _r: "hint"),
]


class EnteredPanel(QWidget):
    """The list with search; what is to be done with its rows, the page does."""

    counted = Signal(int)
    new_wanted = Signal()
    change_wanted = Signal(object)
    take_back_wanted = Signal(object)

    def __init__(self, opening: OpeningStock, runner: JobRunner, shell: Shell, store: SettingsStore, day: date) -> None:
        super().__init__()
        self._day = day
        entered = EnteredRows(opening)
        self.search = sized(SearchField("代码 / 名称 / 拼音首字母", name="opening_page.search_field"), width=264)
        self._model = PagedTableModel(ENTERED_COLUMNS, entered.rows)
        self.table = DataTable(self._model, name="opening_page.table", store=store, label="已录入的期初")
        self.pager = Pager(size=50, name="opening_page.pager")
        self._feed = Feed(
            runner, self._model, ids=entered.ids, also=entered.sums, areas={"stock", "documents", "goods"},
            pager=self.pager, parent=self,
        )  # fmt: skip
        layout = column(self._tools(), self.table, self.pager, spacing=0, parent=self)
        layout.setStretch(1, 1)
        self.search.searched.connect(self._feed.show)
        self._feed.loaded.connect(self._on_loaded)
        self._feed.failed.connect(shell.tell_error)
        self.table.row_activated.connect(self._change)
        KeyShortcut("delete", self.table, self.ask_take_back)
        KeyShortcut("refresh", self, self.reload)

    def _tools(self) -> QWidget:
        new = KeyButton("新增", "goods", kind="primary", icon="plus", name="opening_page.new_button")
        change = KeyButton("修改", "edit", icon="edit", name="opening_page.change_button")
        take_back = KeyButton("删除期初", "delete", icon="trash", name="opening_page.delete_button")
        refresh = KeyButton("刷新", "refresh", icon="refresh", name="opening_page.refresh_button")
        columns = KeyButton("列设置", kind="quiet", icon="columns", name="opening_page.columns_button")
        new.clicked.connect(self.new_wanted)
        change.clicked.connect(lambda: self._change(self.table.current_id()))
        take_back.clicked.connect(self.ask_take_back)
        refresh.clicked.connect(self.reload)
        columns.clicked.connect(self.table.open_columns_dialog)
        return tool_row(self.search, STRETCH, new, change, take_back, refresh, columns, edge="bottom")

    @Slot()
    def reload(self) -> None:
        """刷新 F5."""
        self._feed.show(self.search.text().strip())

    def _on_loaded(self, ids: Sequence[int], sums: Sums) -> None:
        text = self.search.text().strip()
        if not text:
            self.counted.emit(len(ids))
        self.pager.set_sums([("数量", plain(sums.quantity), ""), ("金额", grouped(sums.amount), "")])
        if ids:
            self.table.set_empty(None)
            if self.table.current_id() is None:
                self.table.select_id(self._model.id_at(0))
        elif text:
            clear = KeyButton("清除筛选", "clear_filter", name="opening_page.clear_filter_button")
            clear.clicked.connect(self._clear)
            self.table.set_empty(
                EmptyState("search", "没有找到", f"按“{text}”没有找到已录入的期初。", [clear], esc=clear)
            )
        else:
            button = KeyButton(
                "新增", "goods", kind="primary", icon="plus", size="large", name="opening_page.first_button"
            )
            button.clicked.connect(self.new_wanted)
            words = f"按 {self._day.isoformat()}（启用期间）盘点的数量和成本录入，以后的库存从这里算起。"
            self.table.set_empty(EmptyState("opening", "还没有期初", words, [button]))

    @Slot()
    def _clear(self) -> None:
        self.search.clear()
        self.reload()

    def _change(self, row_id: Any) -> None:
        stored = self._model.row_at(self._model.row_of(row_id))
        if stored is not None:
            self.change_wanted.emit(stored)

    @Slot()
    def ask_take_back(self) -> None:
        """删除期初 of the selected rows."""
        found = [self._model.row_at(self._model.row_of(one)) for one in self.table.selected_ids()]
        rows: list[OpeningRow] = [one for one in found if one is not None]
        if not rows:
            return
        dialog = ConfirmDialog(
            self, "删除期初", f"要删除选中的 {len(rows):,} 行期初吗？", goes="这些商品的期初数量和成本会取消，库存随之减少。",
            stays="商品和其他单据不动；库存不够扣的会拒绝，什么都不改。", yes=f"删除 {len(rows):,} 行",
        )  # fmt: skip
        dialog.accepted.connect(lambda: self.take_back_wanted.emit(rows))
        dialog.open()
