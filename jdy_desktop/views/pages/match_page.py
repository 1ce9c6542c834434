"""商品匹配 (manual 4.2, 4.3; M52–M103): downloaded offers and the goods they are, matched by rule, by offer, or one by one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.ids import OfferSkuId, ShopId
from jdy_desktop.models.states import DownloadMode, DownloadRange
from jdy_desktop.services.channel.downloads import DownloadReport, DownloadRequest, Downloads
from jdy_desktop.services.channel.matching import AutoMatchReport, DeleteOffersReport, Matching
from jdy_desktop.services.channel.shops import ShopRow, Shops
from jdy_desktop.services.machine.jobs import Progress
from jdy_desktop.services.queries.matches import MatchFilter, MatchList
from jdy_desktop.services.queries.picker import SkuPicker
from jdy_desktop.views import keys
from jdy_desktop.views.dialogs.download_dialog import DownloadDialog
from jdy_desktop.views.dialogs.download_report import DownloadReportDialog, findings, summary
from jdy_desktop.views.keys import KeyShortcut, SettingsStore
from jdy_desktop.views.pages.lists import begin_search, turn_to
from jdy_desktop.views.pages.match_download import DownloadWatch, Task
from jdy_desktop.views.pages.match_editing import MatchEditing
from jdy_desktop.views.pages.match_parts import (
    COLUMNS,
    GOODS_CELL,
    REASONS,
    FilterRow,
    ToolRow,
    nothing_found,
    nothing_yet,
)
from jdy_desktop.views.shell import PageFrame
from jdy_desktop.views.tables.feed import Feed
from jdy_desktop.views.tables.model import PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.base import column
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import ConfirmDialog
from jdy_desktop.views.widgets.feedback import NoteRow, ProgressBand
from jdy_desktop.views.widgets.pager import Pager

#: Rows of 19 columns from five tables: a quarter of the usual page keeps scrolling through 30,000 of them smooth.
ROWS_PER_READ = 50


class MatchPage(QWidget):
    """The list, its tools and what they do; matching by hand is in MatchEditing, running downloads in DownloadWatch."""

    def __init__(
        self,
        *,
        match_list: MatchList,
        matching: Matching,
        downloads: Downloads,
        shops: Shops,
        picker: SkuPicker,
        frame: PageFrame,
    ) -> None:
        super().__init__()
        self.setObjectName("match_page")
        self._list, self._matching, self._downloads, self._shops = match_list, matching, downloads, shops
        self._runner, self._shell = frame.runner, frame.shell
        self._shop_rows: Sequence[ShopRow] = ()
        self._next_id: OfferSkuId | None = None
        self._wanted_shop: ShopId | None = None
        self._wants_next = self._is_matching = self._wants_all_of_shop = False
        self._last: tuple[Task, DownloadReport] | None = None
        self._build(match_list, frame.store)
        self.editing = MatchEditing(
            self,
            table=self.table,
            model=self._model,
            matching=matching,
            match_list=match_list,
            picker=picker,
            pictures=frame.pictures,
            runner=frame.runner,
            shell=frame.shell,
            filter=lambda: self._feed.filter or MatchFilter(),
        )
        self._watch = DownloadWatch.of(frame.runner, frame.shell, downloads)
        self._connect()
        self._bind_keys()
        self._show_download()
        self._load_shops()

    def _build(self, match_list: MatchList, store: SettingsStore) -> None:
        self.filters, self.tools = FilterRow(), ToolRow()
        self.band = ProgressBand(name="match_page.download_band")
        self.result = NoteRow("warn", "", repair="查看", boxed=False)
        self.result.setObjectName("match_page.download_result")
        self.result.hide()
        self._model = PagedTableModel(COLUMNS, match_list.rows, checkable=True, group=lambda row: row.offer_pk)
        self._model.PAGE = ROWS_PER_READ
        self.table = DataTable(self._model, name="match_page.table", store=store, label="商品匹配")
        self.pager = Pager(size=20, name="match_page.pager")
        self._feed = Feed(
            self._runner,
            self._model,
            ids=match_list.ids,
            also=match_list.counts,
            areas={"matches", "offers", "goods", "shops"},
            pager=self.pager,
            parent=self,
        )
        parts = (self.filters.strip, self.tools.strip, self.band, self.result, self.table, self.pager)
        layout = column(*parts, spacing=0, parent=self)
        layout.setStretch(parts.index(self.table), 1)
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        filters, tools = self.filters, self.tools
        filters.search.searched.connect(self.query)
        filters.state.changed.connect(self.query)
        filters.shop.changed.connect(self.query)
        filters.query.clicked.connect(self.query)
        tools.download.clicked.connect(self.ask_download)
        tools.auto.clicked.connect(self.auto_match)
        tools.unmatch.clicked.connect(self.ask_unmatch)
        tools.delete.clicked.connect(self.ask_delete)
        tools.undo.clicked.connect(self.undo)
        tools.columns.clicked.connect(self.table.open_columns_dialog)
        self._model.ticks_changed.connect(lambda: tools.show_ticked(len(self._model.ticked)))
        self._feed.loaded.connect(self._on_loaded)
        self._feed.failed.connect(self._shell.tell_error)
        self._feed.ended.connect(lambda: self.table.set_loading(False))
        self.table.row_activated.connect(self.editing.open)
        self.table.clicked.connect(self._on_clicked)
        self.table.current_changed.connect(self._show_hints)
        self.table.installEventFilter(self)
        self.editing.matched.connect(self._go_on)
        self.editing.undo_wanted.connect(self.undo)
        self.band.cancelled.connect(self._watch.cancel)
        self.result.repaired.connect(self._show_report)
        self._watch.began.connect(self._show_download)
        self._watch.ended.connect(self._show_download)
        self._watch.moved.connect(self._on_progress)
        self._watch.done.connect(self._on_downloaded)
        self._runner.data_changed.connect(self._on_data_changed)

    def _bind_keys(self) -> None:
        KeyShortcut("search", self, partial(begin_search, self.filters.search))
        KeyShortcut("refresh", self, self.query)
        KeyShortcut("download", self, self.ask_download)
        KeyShortcut("auto_match", self, self.auto_match)
        KeyShortcut("undo", self, self.undo)
        KeyShortcut("picker", self, self._pick_for_current)
        KeyShortcut("accept_offer", self, self.editing.accept_offer)
        KeyShortcut("delete", self.table, self.ask_unmatch)

    # ---- list
    def open_with(
        self, *, download_all: ShopId | None = None, text: str | None = None, shop_id: ShopId | None = None
    ) -> None:
        """`download_all`: 店铺授权 option 2, everything of this shop at once (M26). `text`: search (a failed pre-order's item)."""
        if text is not None:
            self.filters.state.set_value(None)
            self.filters.search.setText(text)
        self._wanted_shop = download_all or shop_id
        self._wants_all_of_shop = download_all is not None
        # A shop authorized a moment ago is not in the list of shops yet.
        self._load_shops()
        if download_all is None:
            self.query()

    @Slot()
    def query(self) -> None:
        """查询: what the fields say, from the first page."""
        self.table.set_loading(True, "正在读取…")
        self._feed.show(self.filters.filter())

    def _on_loaded(self, ids: Sequence[int], counts: tuple[int, int]) -> None:
        self.table.set_loading(False)
        self.filters.show_counts(*counts)
        filter = self._feed.filter
        is_filtered = bool(filter.text) or filter.is_matched is not None or filter.shop_id is not None
        has_rows = bool(ids) or sum(counts) > 0
        self.tools.show_rows(has_rows or self._is_narrow(filter))
        self.table.set_empty(None if ids else self._empty(filter, is_filtered))
        if self._wants_next:
            self._wants_next = False
            self._open_next()
        elif ids and self.table.current_id() is None:
            self._make_current(0)
        self._show_hints()

    def _is_narrow(self, filter: MatchFilter) -> bool:
        """Whether a search or a shop of several hides rows; one shop alone hides none."""
        return bool(filter.text) or (filter.shop_id is not None and len(self._shop_rows) > 1)

    def _empty(self, filter: MatchFilter, is_filtered: bool) -> QWidget:
        if self._is_narrow(filter) or filter.is_matched is not None:
            clear = KeyButton("清除筛选", "clear_filter", name="match_page.clear_button")
            clear.clicked.connect(self.filters.clear)
            return nothing_found(filter, self._shop_name(filter.shop_id), clear)
        button = KeyButton(
            "下载", "download", kind="primary", icon="download", size="large", name="match_page.first_button"
        )
        button.clicked.connect(self.ask_download)
        return nothing_yet(button)

    def _make_current(self, place: int) -> None:
        column_number = next(n for n, one in enumerate(self._model.columns) if one.key == GOODS_CELL)
        # The cell is far to the right: a list just opened shows its first columns all the same.
        bar = self.table.horizontalScrollBar()
        at = bar.value()
        self.table.setCurrentIndex(self._model.index(place, column_number))
        bar.setValue(at)

    @Slot()
    def _show_hints(self) -> None:
        """Keys of this list; for an open row also why the automatic match left it (F8)."""
        self._tell_hints("")
        current = self.table.current_id()
        row = self._model.row_at(self._model.row_of(current)) if current is not None else None
        if row is None or row.is_matched:
            return
        self._runner.submit(
            lambda _job: self._matching.reason(row.id),
            owner=self,
            key="reason",
            on_done=lambda reason: self._tell_hints(REASONS.get(reason, "")),
            on_error=lambda _error: None,  # the row went meanwhile: there is nothing to explain any more
        )

    def _tell_hints(self, reason: str) -> None:
        hint = keys.current().hint
        hints = [f"{hint('picker')} 选择商品", "Enter 匹配并到下一行"]
        self.pager.set_hints([f"未匹配：{reason}", *hints] if reason else [*hints, f"{hint('copy')} 复制所选行"])

    def _on_clicked(self, index: Any) -> None:
        """One click opens the cell of a row that has to be matched; a matched one takes two."""
        row = self._model.row_at(index.row())
        is_goods = self._model.columns[index.column()].key == GOODS_CELL
        if row is not None and is_goods and not row.is_matched and not self.editing.is_open:
            self.editing.open(row.id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Space on the 系统商品名称 cell opens the picker (M100); elsewhere it ticks the row, Esc clears the filters."""
        if watched is self.table and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            index = self.table.currentIndex()
            is_goods = index.isValid() and self._model.columns[index.column()].key == GOODS_CELL
            if event.key() == Qt.Key.Key_Space and is_goods and not event.modifiers():
                self._pick_for_current()
                return True
            if event.key() == Qt.Key.Key_Escape and not self._feed.ids:
                self.filters.clear()
                return True
        return super().eventFilter(watched, event)

    # ---- matching by hand
    @Slot()
    def _pick_for_current(self) -> None:
        current = self.table.current_id()
        if current is not None:
            self.editing.open_picker(OfferSkuId(int(str(current))))

    @Slot(object)
    def _go_on(self, next_id: OfferSkuId | None) -> None:
        """After a match: the next open row, as soon as the list has been read again."""
        self._next_id, self._wants_next = next_id, True
        self._feed.reload()

    def _open_next(self) -> None:
        next_id, self._next_id = self._next_id, None
        if next_id is None:
            self.table.setFocus()
            return
        if self._model.row_of(next_id) < 0:
            turn_to(next_id, self._feed, self.pager)
        self.editing.open(next_id)

    # ---- by rule
    @Slot()
    def auto_match(self) -> None:
        """自动匹配 of the shop in the filter, or of all; asks nothing, as Ctrl+Z takes it back (M93–M99)."""
        if self._is_matching or not self.tools.auto.isEnabled():
            return
        shop_id = self.filters.shop.value()
        self._is_matching = True
        self.editing.close()
        if self.tools.auto.hasFocus():
            # Disabled, it would hand the focus to 撤销, and the next Enter would take back what was just matched.
            self.table.setFocus()
        self.tools.auto.set_blocked("正在匹配")
        # Short write transactions beside the counter's own: a sale is not kept waiting.
        self._runner.submit(
            lambda job: self._matching.auto_match(shop_id, job),
            owner=self,
            lane="net",
            on_done=self._on_auto_matched,
            on_error=self._shell.tell_error,
            on_end=self._auto_match_over,
        )

    def _auto_match_over(self) -> None:
        self._is_matching = False
        self.tools.auto.set_blocked(None)

    def _on_auto_matched(self, report: AutoMatchReport) -> None:
        words = f"匹配了 {report.matched:,} 行，还有 {report.left:,} 行未匹配"
        if report.ambiguous:
            words += f"，其中 {report.ambiguous:,} 行货号重复，有多个候选，要手动选"
        self._shell.toast(words, self.undo if report.matched else None)
        self._feed.reload()

    @Slot()
    def undo(self) -> None:
        """撤销: the last act of matching, whichever it was."""

        def done(count: int) -> None:
            self._shell.toast(f"已撤销，{count:,} 行恢复原样" if count else "没有可以撤销的匹配")
            self._feed.reload()

        self._runner.submit(
            lambda _job: self._matching.undo_last(), owner=self, on_done=done, on_error=self._shell.tell_error
        )

    # ---- deleting
    def _ticked(self) -> list[OfferSkuId]:
        return [OfferSkuId(int(str(one))) for one in self._model.ticked]

    @Slot()
    def ask_unmatch(self) -> None:
        """删除商品匹配 of the ticked rows, over all pages (M83, M84)."""
        ids = self._ticked()
        if not ids:
            return
        dialog = ConfirmDialog(
            self,
            "删除商品匹配",
            f"要删除 {len(ids):,} 行的匹配关系吗？",
            goes=f"这 {len(ids):,} 行会变成“未匹配”，按 {keys.current().hint('undo')} 可以撤销。",
            stays="已经创建在商品中心的商品会保留，1688 宝贝的信息也会保留。",
            yes=f"删除 {len(ids):,} 行",
            name="unmatch_dialog",
        )
        dialog.accepted.connect(lambda: self._unmatch(ids))
        dialog.open()

    def _unmatch(self, ids: list[OfferSkuId]) -> None:
        def done(count: int) -> None:
            self._model.set_ticked(ids, False)
            self._feed.reload()
            self._shell.toast(f"{count:,} 行变成未匹配，商品中心的商品没有动", self.undo if count else None)

        self._runner.submit(
            lambda _job: self._matching.unmatch(ids), owner=self, on_done=done, on_error=self._shell.tell_error
        )

    @Slot()
    def ask_delete(self) -> None:
        """删除平台下载信息 of the ticked rows (M85)."""
        ids = self._ticked()
        if not ids:
            return
        dialog = ConfirmDialog(
            self,
            "删除平台下载信息",
            f"要删除 {len(ids):,} 行平台信息吗？",
            goes=f"这 {len(ids):,} 行会从商品匹配里消失，匹配关系也一起删除；不能撤销，需要时可以重新下载。",
            stays="已经创建在商品中心的商品会保留。",
            yes=f"删除 {len(ids):,} 行",
            name="delete_dialog",
        )
        dialog.accepted.connect(lambda: self._delete(ids))
        dialog.open()

    def _delete(self, ids: list[OfferSkuId]) -> None:
        def done(report: DeleteOffersReport) -> None:
            self._model.set_ticked(ids, False)
            self._feed.reload()
            kept = f"，商品中心的 {report.kept_goods:,} 个商品保留" if report.kept_goods else ""
            self._shell.toast(f"删除了 {report.rows:,} 行平台信息{kept}")

        self._runner.submit(
            lambda _job: self._matching.delete_offers(ids), owner=self, on_done=done, on_error=self._shell.tell_error
        )

    # ---- downloads
    @Slot(object)
    def _on_data_changed(self, areas: frozenset[str]) -> None:
        if "shops" in areas:
            self._load_shops()

    def _load_shops(self) -> None:
        def done(rows: Sequence[ShopRow]) -> None:
            self._shop_rows = rows
            self.filters.show_shops(rows)
            wanted, self._wanted_shop = self._wanted_shop, None
            if wanted is not None:
                self.filters.shop.set_value(wanted)
            if wanted is not None and self._wants_all_of_shop:
                self._wants_all_of_shop = False
                self._start(DownloadRequest(wanted, DownloadMode.CREATE, DownloadRange.ALL), None)
            if self._feed.filter != self.filters.filter():
                self.query()

        self._runner.submit(
            lambda _job: self._shops.rows(), owner=self, key="shops", on_done=done, on_error=self._shell.tell_error
        )

    def _shop_name(self, shop_id: ShopId | None) -> str:
        return next((one.name for one in self._shop_rows if one.id == shop_id), "")

    @Slot()
    def ask_download(self) -> None:
        """下载: choose shop, way and range; without a shop the way to one (M55)."""
        if not self._shop_rows:
            self._shell.open_page("shops")
            return
        shop_id = self.filters.shop.value() or self._shop_rows[0].id
        dialog = DownloadDialog(self, self._shop_rows, self._downloads, self._runner, shop_id=shop_id)
        dialog.wanted.connect(self._start)
        dialog.open()

    @Slot(object, object)
    def _start(self, request: DownloadRequest, resume_id: int | None) -> None:
        self.result.hide()
        self._watch.start(Task(self._shop_name(request.shop_id), request, resume_id))

    @Slot()
    def _show_download(self) -> None:
        """The band while a download runs, also one begun before this tab was opened."""
        task = self._watch.task
        if task is None:
            self.band.finish()
            return
        behind = f"（后面还有 {self._watch.waiting} 个）" if self._watch.waiting else ""
        self.band.begin(f"正在下载 {task.shop_name}{behind}", unit="个宝贝")
        self._on_progress(self._watch.progress)

    @Slot(object)
    def _on_progress(self, progress: Progress) -> None:
        self.band.step(progress.done, progress.total)

    @Slot(object, object)
    def _on_downloaded(self, task: Task, report: DownloadReport) -> None:
        self._last = (task, report)
        self._feed.reload()
        words, found = summary(report, task.request.mode), findings(report)
        if not found:
            self._shell.toast(words)
            return
        count = sum(len(one.lines) for one in found)
        self.result.set_note("warn", f"{words}。", bold=f"有 {count} 处要看一眼  ", repair="查看")
        self.result.show()
        if self.isVisible() and not self.editing.is_open:
            self._show_report()
        else:
            self._shell.notice(
                "warn",
                f"{task.shop_name}：下载完成，有 {count} 处要看一眼",
                words,
                link="查看",
                on_link=self._show_report,
            )

    @Slot()
    def _show_report(self) -> None:
        if self._last is not None:
            task, report = self._last
            self.result.hide()
            DownloadReportDialog(self, task.shop_name, report, task.request.mode).open()
