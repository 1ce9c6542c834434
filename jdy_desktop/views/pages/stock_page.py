"""库存: how much of which SKU lies where, beside what it cost (M20)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.services.book.parties import Parties, WarehouseInfo
from jdy_desktop.services.queries.stock import StockFilter, StockList, StockRow, StockSums
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import KeyShortcut, SettingsStore
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.tables.feed import Feed
from jdy_desktop.views.tables.model import Column, PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.base import STRETCH, Surface, column, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import EmptyState
from jdy_desktop.views.widgets.fields import FilterCombo, SearchField
from jdy_desktop.views.widgets.pager import Pager


def _plain(value: Any) -> str:
    return f"{value.normalize():f}"


def _money(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _stock_tone(stock: StockRow) -> str | None:
    if stock.quantity < 0:
        return "bad"
    if not stock.quantity:
        return "hint"
    return "warn" if stock.minimum_stock and stock.quantity < stock.minimum_stock else None


COLUMNS: list[Column[StockRow]] = [
    Column("code", "SKU代码", lambda s: s.code, width=150, kind="strong"),
    Column("name", "商品名称", lambda s: s.product_name, width=300, stretch=True),
    Column("sku", "属性", lambda s: s.sku_name, width=110),
    Column("category", "商品类别", lambda s: s.category, width=120),
    Column("unit", "单位", lambda s: s.unit, width=56, align="center"),
    Column("quantity", "库存", lambda s: _plain(s.quantity), width=90, kind="number", tone=_stock_tone, bold=True),
    Column("minimum", "最低库存", lambda s: _plain(s.minimum_stock) if s.minimum_stock else "", width=84, kind="number"),
    Column("cost", "单位成本", lambda s: _money(s.unit_cost), width=96, kind="number"),
    Column("value", "库存金额", lambda s: _money(s.value), width=120, kind="number"),
]


def _columns(stock_list: StockList) -> list[Column[StockRow]]:
    """Costs are the owner's."""
    return [one for one in COLUMNS if stock_list.shows_cost or one.key not in ("cost", "value")]


class StockPage(QWidget):
    def __init__(
        self, *, stock_list: StockList, parties: Parties, runner: JobRunner, shell: Shell, store: SettingsStore
    ) -> None:
        super().__init__()
        self.setObjectName("stock_page")
        self._stock, self._runner, self._shell = stock_list, runner, shell
        self._model = PagedTableModel(_columns(stock_list), self._rows)
        self.table = DataTable(self._model, name="stock_page.table", store=store, label="库存")
        self._pager = Pager(name="stock_page.pager")
        self._feed = Feed(
            runner,
            self._model,
            ids=stock_list.ids,
            also=stock_list.sums,
            areas={"stock", "goods", "parties"},
            pager=self._pager,
            parent=self,
        )
        self._feed.loaded.connect(self._on_loaded)
        self._feed.failed.connect(shell.tell_error)
        layout = column(self._tools(), self.table, self._pager, spacing=0, parent=self)
        layout.setStretch(1, 1)
        KeyShortcut("refresh", self, self.reload)
        KeyShortcut("search", self, self.search.setFocus)
        runner.submit(
            lambda _job: parties.warehouses(), owner=self, on_done=self._offer_warehouses, on_error=shell.tell_error
        )
        self.reload()

    def _rows(self, ids: Sequence[Any]) -> dict[int, StockRow]:
        return self._stock.rows(ids, self.warehouse.value())

    def _tools(self) -> QWidget:
        strip = Surface("page", edge="bottom", height=49)
        self.search = sized(SearchField(name="stock_page.search_field"), width=300)
        self.search.searched.connect(lambda _text: self.reload())
        self.warehouse = FilterCombo("仓库", [("全部", None)], name="stock_page.warehouse_combo")
        self.warehouse.changed.connect(lambda _w: self.reload())
        kinds = [("全部", None), ("有库存", "in"), ("无库存", "none"), ("低于最低库存", "low")]
        self.stock = FilterCombo("库存", kinds, name="stock_page.stock_combo")
        self.stock.changed.connect(lambda _s: self.reload())
        columns = KeyButton("列设置", icon="columns", kind="quiet", name="stock_page.columns_button")
        columns.clicked.connect(self.table.open_columns_dialog)
        refresh = KeyButton("刷新", "refresh", icon="refresh", name="stock_page.refresh_button")
        refresh.clicked.connect(self.reload)
        row(self.search, self.warehouse, self.stock, STRETCH, refresh, columns, margins=(16, 0, 16, 0), parent=strip)
        return strip

    def _offer_warehouses(self, found: tuple[WarehouseInfo, ...]) -> None:
        self.warehouse.set_options([("全部", None), *((one.name, one.id) for one in found)])

    @Slot()
    def reload(self) -> None:
        self._feed.show(
            StockFilter(self.search.text().strip(), warehouse_id=self.warehouse.value(), stock=self.stock.value())
        )

    def _on_loaded(self, ids: list[int], sums: StockSums) -> None:
        value = [] if sums.value is None else [("金额合计", f"{sums.value:,.2f}", "")]
        self._pager.set_sums([("库存合计", _plain(sums.quantity), ""), *value])
        if ids:
            self.table.set_empty(None)
        elif self._feed.filter != StockFilter():
            clear = KeyButton("清除筛选", "clear_filter", name="stock_page.clear_button")
            clear.clicked.connect(self._clear)
            self.table.set_empty(EmptyState("search", "没有找到", "换个词，或清除筛选。", [clear], esc=clear))
        else:
            go = KeyButton("期初录入", kind="primary", icon="opening", size="large", name="stock_page.opening_button")
            go.clicked.connect(lambda: self._shell.open_page("opening"))
            self.table.set_empty(EmptyState("stock", "还没有库存", "先有商品，再录期初，这里就能看到数量和成本。", [go]))

    def _clear(self) -> None:
        self.search.clear()
        self.warehouse.setCurrentIndex(0)
        self.stock.setCurrentIndex(0)
        self.reload()
