"""库存: how much of which SKU lies where, beside what it cost (M20)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.services.book.parties import Parties, WarehouseInfo
from jdy_desktop.services.book.recompute import CostRecompute, RecomputeReport
from jdy_desktop.services.machine.jobs import Progress
from jdy_desktop.services.queries.stock import StockFilter, StockList, StockRow, StockSums
from jdy_desktop.services.queries.stock_history import SkuStock, StockHistory
from jdy_desktop.views.figures import grouped, plain
from jdy_desktop.views.jobs import JobHandle
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.shell import PageFrame
from jdy_desktop.views.tables.feed import Feed
from jdy_desktop.views.tables.model import Column, Note, PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.base import STRETCH, column, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import EmptyState
from jdy_desktop.views.widgets.fields import FilterCombo, SearchField
from jdy_desktop.views.widgets.flow import tool_row
from jdy_desktop.views.widgets.menu import MenuPopup
from jdy_desktop.views.widgets.pager import Pager


def _money(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _stock_tone(stock: StockRow) -> str | None:
    if stock.quantity < 0:
        return "warn"
    if not stock.quantity:
        return "hint"
    return "warn" if stock.minimum_stock and stock.quantity < stock.minimum_stock else None


def _online_text(stock: StockRow) -> str:
    return "" if stock.online_stock is None else plain(stock.online_stock)


def _online_tone(stock: StockRow) -> str | None:
    """More on 1688 than here: an order may come that cannot be filled."""
    here = max(stock.quantity, Decimal(0))
    return "warn" if stock.is_kept and stock.online_stock is not None and stock.online_stock > here else None


def _places(stock: StockRow) -> str:
    return " · ".join(f"{name} {plain(quantity)}" for name, quantity in stock.places)


def negative_note(stock: StockRow) -> Note | None:
    """Why stock is below zero, in one sentence (W46)."""
    if stock.quantity >= 0:
        return None
    short = f"卖出的比入库的多 {plain(-stock.quantity)} {stock.unit}"
    if stock.allow_negative:
        return Note("warn", f"{short}，这个商品允许负库存；补录购货单后，库存和成本会自动补上。", "负库存：", "看流水")
    return Note("warn", f"{short}，商品已改为不允许负库存；补录购货单或盘点后再卖。", "负库存：", "看流水")


COLUMNS: list[Column[StockRow]] = [
    Column("code", "SKU代码", lambda s: s.code, width=128, kind="strong"),
    Column("name", "商品名称", lambda s: s.product_name, width=180, stretch=True),
    Column("sku", "属性", lambda s: s.sku_name, width=92),
    Column("category", "商品类别", lambda s: s.category, width=92),
    Column("unit", "单位", lambda s: s.unit, width=48, align="center"),
    Column("quantity", "库存", lambda s: plain(s.quantity), width=76, kind="number", tone=_stock_tone, bold=True),
    Column("online", "1688 库存", _online_text, width=92, kind="number", tone=_online_tone),
    Column("places", "各仓库存", _places, width=136, kind="hint"),
    Column("minimum", "最低库存", lambda s: plain(s.minimum_stock) if s.minimum_stock else "", width=84, kind="number"),
    Column("cost", "单位成本", lambda s: _money(s.unit_cost), width=96, kind="number"),
    Column("value", "库存金额", lambda s: _money(s.value), width=110, kind="number"),
]


def _columns(stock_list: StockList) -> list[Column[StockRow]]:
    """Costs are the owner's."""
    return [one for one in COLUMNS if stock_list.shows_cost or one.key not in ("cost", "value")]


class StockPage(QWidget):
    """The list; Enter shows what moved a SKU. Costs are computed anew as a job that can be cancelled."""

    def __init__(
        self,
        *,
        stock_list: StockList,
        history: StockHistory,
        recompute: CostRecompute,
        parties: Parties,
        frame: PageFrame,
    ) -> None:
        super().__init__()
        self.setObjectName("stock_page")
        self._stock, self._history, self._recompute = stock_list, history, recompute
        self._runner, self._shell, self._frame = frame.runner, frame.shell, frame
        self._work: JobHandle | None = None
        self._model = PagedTableModel(_columns(stock_list), self._rows, note=negative_note)
        self.table = DataTable(self._model, name="stock_page.table", store=frame.store, label="库存")
        self._pager = Pager(name="stock_page.pager")
        self._feed = Feed(
            frame.runner,
            self._model,
            ids=stock_list.ids,
            also=stock_list.sums,
            areas={"stock", "goods", "parties"},
            pager=self._pager,
            parent=self,
        )
        self._feed.loaded.connect(self._on_loaded)
        self._feed.failed.connect(frame.shell.tell_error)
        self.table.row_activated.connect(self.show_history)
        self.table.repair_clicked.connect(self.show_history)
        layout = column(self._tools(), self.table, self._pager, spacing=0, parent=self)
        layout.setStretch(1, 1)
        KeyShortcut("refresh", self, self.reload)
        KeyShortcut("search", self, self.search.setFocus)
        frame.runner.submit(
            lambda _job: parties.warehouses(),
            owner=self,
            on_done=self._offer_warehouses,
            on_error=frame.shell.tell_error,
        )
        self.reload()

    def _rows(self, ids: Sequence[Any]) -> dict[int, StockRow]:
        return self._stock.rows(ids, self._feed.filter.warehouse_id)

    def _tools(self) -> QWidget:
        self.search = sized(SearchField(name="stock_page.search_field"), width=300)
        self.search.searched.connect(lambda _text: self.reload())
        self.warehouse = FilterCombo("仓库", [("全部", None)], name="stock_page.warehouse_combo")
        self.warehouse.changed.connect(lambda _w: self.reload())
        kinds = [("全部", None), ("有库存", "in"), ("无库存", "none"), ("低于最低库存", "low"), ("负库存", "negative")]
        self.stock = FilterCombo("库存", kinds, name="stock_page.stock_combo")
        self.stock.changed.connect(lambda _s: self.reload())
        columns = KeyButton("列设置", icon="columns", kind="quiet", name="stock_page.columns_button")
        columns.clicked.connect(self.table.open_columns_dialog)
        refresh = KeyButton("刷新", "refresh", icon="refresh", name="stock_page.refresh_button")
        refresh.clicked.connect(self.reload)
        moves = KeyButton("流水", "query", icon="stock", name="stock_page.history_button")
        moves.setToolTip("这个商品的每一笔出入库")
        moves.clicked.connect(lambda: self.show_history(self.table.current_id()))
        self.cost_button = KeyButton("重算成本", kind="quiet", name="stock_page.recompute_button")
        self.cost_button.setToolTip("按单据日期重新计算每一笔出库的成本")
        self.cost_button.clicked.connect(self._on_recompute)
        # Only ever hidden here: shown before it has a parent it would flash up as a window of its own.
        if not self._stock.shows_cost:
            self.cost_button.hide()
        new = KeyButton("入库／盘点", icon="plus", name="stock_page.new_button")
        new.clicked.connect(lambda: self._open_new_menu(new))
        right = (new, moves, self.cost_button, refresh, columns)
        return tool_row(self.search, self.warehouse, self.stock, STRETCH, *right, edge="bottom")

    def _open_new_menu(self, button: KeyButton) -> None:
        """Documents that change stock without a purchase or a sale."""
        kinds = (
            ("其他入库单", "other_receipt"),
            ("其他出库单", "other_issue"),
            ("调拨单", "transfer"),
            ("盘点单", "count"),
        )
        items = [(words, lambda page=page: self._shell.open_page(page, new=True)) for words, page in kinds]
        MenuPopup(button, items, name="stock_page.new_menu").open()

    # ---- what lies behind a figure
    def open_with(self, *, sku_id: int | None = None, text: str | None = None) -> None:
        """Show the moves of a SKU, or search for a text."""
        if text is not None:
            self.search.setText(text)
            self.reload()
        if sku_id is not None:
            self.show_history(sku_id)

    def show_history(self, sku_id: Any) -> None:
        """Enter: every document that moved this SKU."""
        if sku_id is None:
            return
        warehouse_id = self.warehouse.value()

        def show(head: SkuStock | None) -> None:
            if head is not None:
                from jdy_desktop.views.dialogs.moves_dialog import MovesDialog

                MovesDialog(self, head, warehouse_id, self._history, self._frame).open()

        self._runner.submit(
            lambda _job: self._history.head(sku_id),
            owner=self,
            key="history",
            on_done=show,
            on_error=self._shell.tell_error,
        )

    # ---- costs
    @Slot()
    def _on_recompute(self) -> None:
        """Start, or stop what was started: it can go on later."""
        if self._work is not None and self._work.is_running:
            self._work.cancel()
            return
        from jdy_desktop.views.widgets.dialog import ConfirmDialog

        dialog = ConfirmDialog(
            self,
            "重算成本",
            "按单据日期重新计算全部出库成本吗？",
            goes="补录、改过的购货单会算进之后的出库，毛利和库存金额可能变化；每一处变化都留在操作记录里。",
            stays="数量、售价、欠款不变。可以随时停下，下次接着算。",
            yes="开始重算",
            danger=False,
        )
        dialog.accepted.connect(self._start_recompute)
        dialog.open()

    def _start_recompute(self) -> None:
        self.cost_button.set_label("停止重算")
        self._work = self._runner.submit(
            self._recompute.run,
            owner=self,
            lane="net",  # long: the clerk's saves must not wait behind it
            on_done=self._on_recomputed,
            on_progress=self._on_progress,
            on_error=self._shell.tell_error,
            on_end=lambda: self.cost_button.set_label("重算成本"),
        )

    def _on_progress(self, progress: Progress) -> None:
        share = f" {progress.done * 100 // progress.total}%" if progress.total else ""
        words = "读取" if progress.note == "read" else "重算"
        self.cost_button.set_label(f"停止{words}{share}")

    def _on_recomputed(self, report: RecomputeReport) -> None:
        if not report.moves:
            self._shell.toast("成本都对，没有变化。")
            return
        sign = "增加" if report.difference >= 0 else "减少"
        change = grouped(abs(report.difference))
        self._shell.toast(f"{report.skus} 个 SKU 的 {report.moves} 笔成本已更正，库存金额{sign} {change} 元。")

    def _offer_warehouses(self, found: tuple[WarehouseInfo, ...]) -> None:
        self.warehouse.set_options([("全部", None), *((one.name, one.id) for one in found)])
        place = next(number for number, one in enumerate(self._model.columns) if one.key == "places")
        self.table.setColumnHidden(place, len(found) < 2)

    @Slot()
    def reload(self) -> None:
        self._feed.show(
            StockFilter(self.search.text().strip(), warehouse_id=self.warehouse.value(), stock=self.stock.value())
        )

    def _on_loaded(self, ids: list[int], sums: StockSums) -> None:
        value = [] if sums.value is None else [("金额合计", grouped(sums.value), "")]
        self._pager.set_sums([("库存合计", plain(sums.quantity), ""), *value])
        if ids:
            self.table.set_empty(None)
        elif self._feed.filter != StockFilter():
            clear = KeyButton("清除筛选", "clear_filter", name="stock_page.clear_button")
            clear.clicked.connect(self._clear)
            self.table.set_empty(EmptyState("search", "没有找到", "换个词，或清除筛选。", [clear], esc=clear))
        else:
            go = KeyButton("期初录入", kind="primary", icon="opening", size="large", name="stock_page.opening_button")
            go.clicked.connect(lambda: self._shell.open_page("opening"))
            self.table.set_empty(
                EmptyState("stock", "还没有库存", "先有商品，再录期初，这里就能看到数量和成本。", [go])
            )

    def _clear(self) -> None:
        self.search.clear()
        self.warehouse.setCurrentIndex(0)
        self.stock.setCurrentIndex(0)
        self.reload()
