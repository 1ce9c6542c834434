"""预订单 (manual 6.2, 6.3; M142–M157): every pre-order, what 1688 said, whether it is paid, and the one next step of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.ids import PreOrderId, PreOrderNumber
from jdy_desktop.models.rules.preorder_state import RowAction
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.services.channel.pre_order_values import Candidate, CodeView, WorkReport
from jdy_desktop.services.channel.pre_orders import PreOrders
from jdy_desktop.services.channel.shops import Shops
from jdy_desktop.services.errors import LinkError
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.pre_orders import PreOrderFilter, PreOrderList, PreOrderRow, PreOrderSums
from jdy_desktop.views.dialogs.decide_dialog import DecideDialog
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.pages.lists import EscClears, begin_search, make_current
from jdy_desktop.views.pages.pre_order_pane import PreOrderPane
from jdy_desktop.views.pages.pre_order_parts import (
    FilterRow,
    Repair,
    columns,
    cure,
    note,
    nothing_found,
    nothing_yet,
    sums,
    tall,
)
from jdy_desktop.views.shell import PageFrame
from jdy_desktop.views.tables.feed import Feed
from jdy_desktop.views.tables.model import PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.base import Surface, column, row
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.pager import Pager

#: A code runs out without anything being written: rows are looked at again this often.
_EXPIRY_MS = 60_000
_DETAILS = "pre_orders_page.details"


class PreOrdersPage(QWidget):
    """The list; Enter takes the one next step of a row, which its state, or what 1688 refused, says."""

    def __init__(
        self,
        *,
        pre_order_list: PreOrderList,
        pre_orders: PreOrders,
        documents: Documents,
        shops: Shops,
        frame: PageFrame,
    ) -> None:
        super().__init__()
        self.setObjectName("pre_orders_page")
        self._pre_orders, self._documents, self._shops = pre_orders, documents, shops
        self._runner, self._shell, self._store, self._clock = frame.runner, frame.shell, frame.store, frame.clock
        self._wanted: PreOrderId | None = None
        self._work: dict[RowAction, Callable[[PreOrderRow], None]] = {
            RowAction.PAY: lambda row: self.open_code(row.id),
            RowAction.UPLOAD: self._upload,
            RowAction.CHECK: self._check,
            RowAction.RECREATE: self._recreate,
            RowAction.NONE: lambda row: self.open_code(row.id),
        }
        self._build(pre_order_list)
        self._connect()
        self._bind_keys()
        self._load_shops()
        self.query()

    def _build(self, pre_order_list: PreOrderList) -> None:
        self.filters = FilterRow()
        self._model = PagedTableModel(columns(self._pre_orders.server_now), pre_order_list.rows, note=note, tall=tall)
        self.table = DataTable(self._model, name="pre_orders_page.table", store=self._store, label="预订单")
        self.pager = Pager(size=20, name="pre_orders_page.pager")
        self.pane = PreOrderPane()
        self.pane.setVisible(self._store.get(_DETAILS) == "1")
        self._feed = Feed(
            self._runner,
            self._model,
            ids=pre_order_list.ids,
            also=pre_order_list.sums,
            areas={"pre_orders", "documents", "shops", "parties"},
            pager=self.pager,
            parent=self,
        )
        corner = Surface("page", edge="top", height=44)
        row(self.filters.details, margins=(0, 0, 16, 0), parent=corner)
        footer = row(self.pager, corner, spacing=0)
        footer.setStretch(0, 1)
        layout = column(self.filters.strip(), self.table, footer, self.pane, spacing=0, parent=self)
        layout.setStretch(1, 1)
        self.setFocusProxy(self.table)
        self._expiry = QTimer(self)
        self._expiry.setInterval(_EXPIRY_MS)
        self._expiry.timeout.connect(self._model.refresh)
        self._expiry.start()

    def _connect(self) -> None:
        filters = self.filters
        filters.search.searched.connect(self.query)
        for day in (filters.first, filters.last):
            day.editingFinished.connect(self._query_if_changed)
            day.date_changed.connect(self._query_if_changed)
        for combo in (filters.shop, filters.upload, filters.pay):
            combo.changed.connect(self.query)
        filters.query.clicked.connect(self.query)
        filters.refresh.clicked.connect(self.refresh)
        filters.details.clicked.connect(self.toggle_details)
        filters.columns.clicked.connect(self.table.open_columns_dialog)
        self._feed.loaded.connect(self._on_loaded)
        self._feed.failed.connect(self._shell.tell_error)
        self._feed.ended.connect(lambda: self.table.set_loading(False))
        self.table.row_activated.connect(self.go_on)
        self.table.link_clicked.connect(lambda row_id, _key: self._act(row_id))
        self.table.repair_clicked.connect(self._mend)
        self.table.current_changed.connect(self._show_details)
        EscClears(self.table, lambda: self._feed.filter not in (None, PreOrderFilter()), self.clear_filters)
        self._runner.data_changed.connect(self._on_data_changed)

    def _bind_keys(self) -> None:
        KeyShortcut("search", self, partial(begin_search, self.filters.search))
        KeyShortcut("refresh", self, self.refresh)
        KeyShortcut("details", self, self.toggle_details)
        KeyShortcut("verify_shop", self, self._verify_current)

    # ---- list
    def open_with(self, *, pre_order_id: PreOrderId | None = None, text: str | None = None) -> None:
        """Select a pre-order (all filters off), or search for a text."""
        if pre_order_id is None and text is None:
            return
        self.filters.clear()
        self.filters.search.setText(text or "")
        self._wanted = pre_order_id
        self.query()

    @Slot()
    def query(self) -> None:
        """查询: what the fields say."""
        self.table.set_loading(True, "正在读取…")
        self._feed.show(self.filters.filter())

    @Slot()
    def _query_if_changed(self) -> None:
        if self.filters.filter() != self._feed.filter:
            self.query()

    @Slot()
    def refresh(self) -> None:
        """刷新 (M147): ask 1688 and read the list again.

        What is due is sent or looked up, pay states of the rows shown are asked for, and what was made elsewhere (M136)."""
        self.query()
        shown = [self._model.row_at(place) for place in range(self._model.rowCount())]
        unpaid = [
            one.id
            for one in shown
            if one is not None and not one.is_elsewhere and one.action in (RowAction.PAY, RowAction.RECREATE)
        ]

        def work(job: JobContext) -> WorkReport:
            report = self._pre_orders.work(job)
            report = report if report.is_offline else self._pre_orders.poll(job, unpaid)
            if report.is_offline:
                return report
            try:
                self._pre_orders.elsewhere.refresh(job)
            except LinkError:
                return replace(report, is_offline=True)
            return report

        self._ask_1688(work)

    def _ask_1688(self, work: Callable[[JobContext], WorkReport]) -> None:
        def done(report: WorkReport) -> None:
            if report.is_offline:
                self._shell.toast("连不上 1688，列表是本机的；网络恢复后自动更新。")

        self._net(work, done)

    def _send_now(self, id: PreOrderId) -> None:
        """Without waiting for the outbox's next round."""
        self._ask_1688(lambda job: self._pre_orders.send(job, id))

    def _on_loaded(self, ids: Sequence[int], found: PreOrderSums) -> None:
        self.table.set_loading(False)
        self.pager.set_sums(sums(found))
        self.table.set_empty(None if ids else self._empty())
        if make_current(self._wanted, self._feed, self.pager, self.table):
            self._wanted = None
        self._show_details()

    def _empty(self) -> QWidget:
        words = self.filters.words()
        if words:
            clear = KeyButton("清除筛选", "clear_filter", name="pre_orders_page.clear_button")
            clear.clicked.connect(self.clear_filters)
            return nothing_found(words, clear)
        button = KeyButton(
            "新销货单", "new_sale", kind="primary", icon="sale", size="large", name="pre_orders_page.first_button"
        )
        button.clicked.connect(lambda: self._shell.open_page("sale", new=True))
        return nothing_yet(button)

    @Slot()
    def clear_filters(self) -> None:
        """清除筛选 Esc."""
        self.filters.clear()
        self.query()

    def _load_shops(self) -> None:
        self._runner.submit(
            lambda _job: self._shops.rows(),
            owner=self,
            key="shops",
            on_done=self.filters.show_shops,
            on_error=self._shell.tell_error,
        )

    @Slot(object)
    def _on_data_changed(self, areas: frozenset[str]) -> None:
        if "shops" in areas:
            self._load_shops()

    # ---- the one next step of a row
    def _row(self, row_id: Any) -> PreOrderRow | None:
        return self._model.row_at(self._model.row_of(row_id))

    def go_on(self, row_id: Any) -> None:
        """Enter: mend what the note row says, else 操作."""
        row = self._row(row_id)
        if row is not None and cure(row).repair is not Repair.NONE:
            self._mend(row_id)
        else:
            self._act(row_id)

    def _act(self, row_id: Any) -> None:
        row = self._row(row_id)
        if row is not None:
            self._work[row.action](row)

    def _mend(self, row_id: Any) -> None:
        row = self._row(row_id)
        if row is None:
            return
        found, facts = cure(row), row.advice_params
        line = int(facts["row"]) if facts.get("row", "").isdigit() else None
        if found.repair is Repair.MATCH:
            self._shell.open_page("match", text=facts.get("sku_code", ""), shop_id=row.shop_id)
        elif found.repair is Repair.LINE:
            self._shell.open_page("sale", document_id=row.sale_id, line=line, quantity=found.quantity)
        elif found.repair is Repair.SALE:
            self._shell.open_page("sale", document_id=row.sale_id)
        elif found.repair is Repair.MARKET:
            self._shell.open_page("shops", shop_id=row.shop_id, edit="market")
        elif found.repair is Repair.VERIFY:
            self._verify(row)
        elif found.repair is Repair.DECIDE:
            self._check(row)

    def open_code(self, pre_order_id: PreOrderId) -> None:
        """支付: the code again (M149, M155); a paid or expired one says so in its window."""
        from jdy_desktop.views.dialogs.code_window import open_code

        window = open_code(
            self,
            pre_order_id,
            pre_orders=self._pre_orders,
            documents=self._documents,
            runner=self._runner,
            shell=self._shell,
            clock=self._clock,
            store=self._store,
        )
        window.finished.connect(lambda _ok: self.table.setFocus(Qt.FocusReason.OtherFocusReason))

    def _desk(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """A write of this book, in turn with the clerk's own saves."""
        self._runner.submit(lambda _job: work(), owner=self, on_done=done, on_error=self._shell.tell_error)

    def _net(self, work: Callable[[JobContext], Any], done: Callable[[Any], None]) -> None:
        """A question to 1688, which nothing at the counter waits for."""
        self._runner.submit(work, owner=self, lane="net", on_done=done, on_error=self._shell.tell_error)

    def _upload(self, row: PreOrderRow) -> None:
        """上传 (M154); what is sent, and whether again, the outbox decides."""
        self._desk(partial(self._pre_orders.upload_again, row.id), lambda _none: self._send_now(row.id))

    def _recreate(self, row: PreOrderRow) -> None:
        def done(new_id: PreOrderId) -> None:
            self._wanted = new_id
            self._shell.toast(f"{row.sale_number} 已重新创建预订单，正在上传。")
            self.query()
            self._send_now(new_id)

        self._desk(partial(self._pre_orders.recreate, row.id), done)

    def _check(self, row: PreOrderRow) -> None:
        """核对: look it up now; when 1688 only has something like it, the clerk decides."""
        if row.advice == "ask":
            self._ask_clerk(row)
            return

        def done(report: WorkReport) -> None:
            if report.is_offline:
                self._shell.toast("连不上 1688，恢复后自动核对。")
            elif not report.uploaded:
                self._shell.toast(f"{row.sale_number} 已核对，1688 上还没有看到；一分钟后再核对一次，不会重复下单。")

        self._net(lambda job: self._pre_orders.look_up(job, row.id), done)

    def _ask_clerk(self, row: PreOrderRow) -> None:
        def show(found: tuple[Candidate, ...]) -> None:
            dialog = DecideDialog(self, row.sale_number, found, self._store)
            dialog.linked.connect(
                lambda number: self._desk(
                    partial(self._pre_orders.link, row.id, PreOrderNumber(number)), lambda _none: self.refresh()
                )
            )
            dialog.none_fits.connect(
                lambda: self._desk(partial(self._pre_orders.send_anyway, row.id), lambda _none: self._send_now(row.id))
            )
            dialog.open()

        self._net(lambda job: self._pre_orders.candidates(job, row.id), show)

    @Slot()
    def _verify_current(self) -> None:
        row = self._row(self.table.current_id())
        if row is not None:
            self._verify(row)

    def _verify(self, row: PreOrderRow) -> None:
        """店铺验权 of the row's shop; a login, when 1688 wants one, is on 店铺设置."""

        def done(result: Any) -> None:
            if result.needs_login:
                self._shell.open_page("shops", shop_id=row.shop_id)
                self._shell.toast("1688 要重新登录一次：在“店铺设置”点“店铺验权”。")
            else:
                self._shell.toast("验权成功，授权有效；排队的预订单继续上传。")
                self.refresh()

        self._net(lambda job: self._shops.verify(job, row.shop_id), done)

    # ---- details
    @Slot()
    def toggle_details(self) -> None:
        """详情: logistics, money and the steps of the current row (M142–M145)."""
        shown = self.pane.isHidden()
        self.pane.setVisible(shown)
        self._store.set(_DETAILS, "1" if shown else "0")
        self._show_details()

    @Slot()
    def _show_details(self, *_current: object) -> None:
        current = self.table.current_id()
        if self.pane.isHidden():
            return
        if current is None:
            self.pane.show_order(None)
            return
        wanted = PreOrderId(int(str(current)))

        def show(view: CodeView) -> None:
            if self.table.current_id() == view.id:
                self.pane.show_order(view)

        self._runner.submit(
            lambda _job: self._pre_orders.code(wanted),
            owner=self,
            key="details",
            on_done=show,
            on_error=lambda _gone: self.pane.show_order(None),
        )
