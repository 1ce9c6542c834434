"""单据查询: every document of every kind; Enter opens it in its editor, 新增 begins any kind, copy and return from here."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.ids import DocumentId
from jdy_desktop.models.rules.periods import PeriodKind, period_of
from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.services.book.account_sets import AccountSets
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.services.queries.documents import DocumentFilter, DocumentList, DocumentRow, DocumentSums
from jdy_desktop.views.entry.actions import what_reverses
from jdy_desktop.views.figures import money, plain
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.pages.document_kinds import NEW_KINDS, RETURNS
from jdy_desktop.views.shell import PageFrame
from jdy_desktop.views.tables.feed import Feed
from jdy_desktop.views.tables.model import Column, PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.texts import label
from jdy_desktop.views.widgets.base import STRETCH, Surface, column, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import EmptyState
from jdy_desktop.views.widgets.fields import DateField, FilterCombo, SearchField
from jdy_desktop.views.widgets.flow import tool_row
from jdy_desktop.views.widgets.menu import MenuPopup
from jdy_desktop.views.widgets.pager import Pager

_FREE = {DocumentKind.TRANSFER, DocumentKind.COUNT, DocumentKind.OTHER_ISSUE}


def _amount(one: DocumentRow) -> str:
    return "" if one.kind in _FREE else money(one.settlement_amount)


def _paid(one: DocumentRow) -> str:
    return money(one.paid_amount) if one.paid_amount else ""


def _tone(one: DocumentRow) -> str | None:
    return "hint" if one.state is DocumentState.VOIDED else None


def _columns(*, needs_review: bool) -> list[Column[DocumentRow]]:
    def state(one: DocumentRow) -> str:
        waits = needs_review and one.state is DocumentState.SAVED
        return "未审核" if waits else label(one.state)

    def state_tone(one: DocumentRow) -> str:
        if one.state is DocumentState.VOIDED:
            return "bad"
        return "ok" if one.state is DocumentState.REVIEWED else "warn" if needs_review else "text2"

    return [
        Column("day", "单据日期", lambda d: f"{d.day:%Y-%m-%d}", width=96, tone=_tone),
        Column("kind", "单据", lambda d: label(d.kind), width=96, tone=_tone),
        Column("number", "单据编号", lambda d: d.number, width=148, kind="strong", tone=_tone),
        Column("party", "客户／供应商", lambda d: d.party or "", width=180, stretch=True, tone=_tone),
        Column("quantity", "数量", lambda d: plain(d.quantity), width=84, kind="number", tone=_tone),
        Column("amount", "金额", _amount, width=110, kind="number", tone=_tone, bold=True),
        Column("paid", "本次收付款", _paid, width=100, kind="number", tone=_tone),
        Column("remark", "备注", lambda d: d.remark, width=140, tone=_tone),
        Column("operator", "制单人", lambda d: d.operator, width=80, tone=lambda _d: "text2"),
        Column("reviewer", "审核人", lambda d: d.reviewer, width=80, tone=lambda _d: "text2", hidden=not needs_review),
        Column("state", "状态", state, width=76, tone=state_tone),
    ]


class DocumentsPage(QWidget):
    """The list; Enter opens a document in its editor, the buttons say what its state allows."""

    def __init__(
        self,
        *,
        document_list: DocumentList,
        documents: Documents,
        account_sets: AccountSets,
        frame: PageFrame,
    ) -> None:
        super().__init__()
        self.setObjectName("documents_page")
        self._documents, self._runner, self._shell, self._clock = documents, frame.runner, frame.shell, frame.clock
        self._info = account_sets.info()
        self._model: PagedTableModel[DocumentRow] = PagedTableModel(
            _columns(needs_review=self._info.needs_review), document_list.rows
        )
        self.table = DataTable(self._model, name="documents_page.table", store=frame.store, label="单据")
        self._pager = Pager(name="documents_page.pager", unit="张")
        self._feed = Feed(
            frame.runner, self._model, ids=document_list.ids, also=document_list.sums, areas={"documents", "parties"},
            pager=self._pager, parent=self,
        )  # fmt: skip
        layout = column(self._filters(), self._tools(), self.table, self._pager, spacing=0, parent=self)
        layout.setStretch(2, 1)
        self._connect()
        self.reload()

    # ---- building
    def _filters(self) -> QWidget:
        self.search = sized(
            SearchField("编号、客户、供应商、商品代码或备注", name="documents_page.search_field"), width=260
        )
        kinds: list[tuple[str, DocumentKind | None]] = [("全部", None), *((label(one), one) for one in NEW_KINDS)]
        self.kind = FilterCombo("单据", kinds, name="documents_page.kind_combo")
        states = [(label(one), one) for one in DocumentState if one is not DocumentState.DRAFT]
        self.state = FilterCombo("状态", [("全部", None), *states], name="documents_page.state_combo")
        periods = [("不限", None), *((label(one), one) for one in PeriodKind if one is not PeriodKind.OWN)]
        self.period = FilterCombo("日期", periods, name="documents_page.period_combo")
        self.first = sized(DateField(name="documents_page.first_field", label="开始日期", hint="开始"), width=120)
        self.last = sized(DateField(name="documents_page.last_field", label="结束日期", hint="结束"), width=120)
        return tool_row(self.search, self.kind, self.state, self.period, self.first, self.last, STRETCH)

    def _tools(self) -> QWidget:
        strip = Surface("page", edge="bottom", height=44)
        self.new_button = KeyButton("新增", "new", kind="primary", icon="plus", name="documents_page.new_button")
        self.open_button = KeyButton("打开", "edit", name="documents_page.open_button")
        self.copy_button = KeyButton("复制单据", icon="copy", name="documents_page.copy_button")
        self.return_button = KeyButton("退货", icon="return", name="documents_page.return_button")
        self.void_button = KeyButton("作废", "delete", kind="danger", name="documents_page.void_button")
        columns = KeyButton("列设置", icon="columns", kind="quiet", name="documents_page.columns_button")
        columns.clicked.connect(self.table.open_columns_dialog)
        row(
            self.new_button, self.open_button, self.copy_button, self.return_button, self.void_button, STRETCH, columns,
            margins=(16, 0, 16, 8), parent=strip,
        )  # fmt: skip
        return strip

    def _connect(self) -> None:
        self._feed.loaded.connect(self._on_loaded)
        self._feed.failed.connect(self._shell.tell_error)
        self.table.row_activated.connect(self.open_document)
        self.table.current_changed.connect(lambda _id: self._enable())
        self.search.searched.connect(lambda _text: self.reload())
        for combo in (self.kind, self.state):
            combo.changed.connect(lambda _value: self.reload())
        self.period.changed.connect(self._on_period)
        for field in (self.first, self.last):
            field.date_changed.connect(lambda _day: self.reload())
        self.new_button.clicked.connect(self.open_new_menu)
        self.open_button.clicked.connect(lambda: self.open_document(self.table.current_id()))
        self.copy_button.clicked.connect(self.copy_document)
        self.return_button.clicked.connect(self.return_document)
        self.void_button.clicked.connect(self.ask_void)
        KeyShortcut("refresh", self, self.reload)
        KeyShortcut("search", self, self.search.setFocus)
        KeyShortcut("new", self, self.open_new_menu)
        KeyShortcut("delete", self.table, self.ask_void)

    # ---- what the window uses
    def open_with(self, *, kind: DocumentKind | str | None = None, text: str | None = None) -> None:
        """Show the documents of a kind, or those that hold some words."""
        if kind is not None:
            self.kind.set_value(DocumentKind(kind))
        if text is not None:
            self.search.setText(text)
        self.reload()

    def activated(self) -> None:
        self.table.setFocus()

    # ---- the list
    def _filter(self) -> DocumentFilter:
        kind, state = self.kind.value(), self.state.value()
        return DocumentFilter(
            text=self.search.text().strip(),
            first_day=self.first.value(),
            last_day=self.last.value(),
            state=DocumentState(state) if state else None,
            kind=DocumentKind(kind) if kind else None,
        )

    @Slot()
    def reload(self) -> None:
        self._feed.show(self._filter())

    def _on_period(self, kind: Any) -> None:
        period = period_of(PeriodKind(kind), self._clock.today()) if kind else None
        days = (period.first, period.last) if period is not None else (None, None)
        for field, day in zip((self.first, self.last), days, strict=True):
            field.blockSignals(True)
            field.set_value(day)
            field.blockSignals(False)
        self.reload()

    def _on_loaded(self, ids: list[int], sums: DocumentSums) -> None:
        self._pager.set_sums([("数量合计", plain(sums.quantity), "")])
        if ids and self.table.current_id() is None:
            self.table.selectRow(0)
        self._enable()
        if ids:
            self.table.set_empty(None)
        elif self._feed.filter != DocumentFilter():
            clear = KeyButton("清除筛选", "clear_filter", name="documents_page.clear_button")
            clear.clicked.connect(self.clear)
            self.table.set_empty(EmptyState("search", "没有找到单据", "换个词，或清除筛选。", [clear], esc=clear))
        else:
            go = KeyButton("新增", "new", kind="primary", icon="plus", size="large", name="documents_page.first_button")
            go.clicked.connect(self.open_new_menu)
            self.table.set_empty(EmptyState("opening", "还没有单据", "开了销货单、购货单，都会列在这里。", [go]))

    @Slot()
    def clear(self) -> None:
        """清除筛选."""
        parts = (self.search, self.kind, self.state, self.period, self.first, self.last)
        for part in parts:
            part.blockSignals(True)
        self.search.clear()
        for combo in (self.kind, self.state, self.period):
            combo.setCurrentIndex(0)
        for field in (self.first, self.last):
            field.set_value(None)
        for part in parts:
            part.blockSignals(False)
        self.reload()

    def _current(self) -> DocumentRow | None:
        current = self.table.current_id()
        place = self._model.row_of(current) if current is not None else -1
        return self._model.row_at(place) if place >= 0 else None

    def _enable(self) -> None:
        current = self._current()
        none = "先选一张单据" if current is None else None
        is_void = current is not None and current.state is DocumentState.VOIDED
        may_return = current is not None and current.kind in RETURNS and not is_void
        self.open_button.set_blocked(none)
        self.copy_button.set_blocked(none)
        self.return_button.set_blocked(none or (None if may_return else "只有购货单和销货单能退货"))
        self.void_button.set_blocked(none or ("已经作废" if is_void else None))

    # ---- acts
    def open_document(self, document_id: Any) -> None:
        """Enter: the document in its own editor."""
        place = self._model.row_of(document_id) if document_id is not None else -1
        found = self._model.row_at(place) if place >= 0 else None
        if found is not None:
            self._shell.open_page(found.kind.value, document_id=found.id)

    @Slot()
    def open_new_menu(self) -> None:
        """新增: any kind."""
        items = [(label(kind), lambda page=kind.value: self._shell.open_page(page, new=True)) for kind in NEW_KINDS]
        MenuPopup(self.new_button, items, name="documents_page.new_menu").open()

    @Slot()
    def copy_document(self) -> None:
        current = self._current()
        if current is not None:
            self._shell.open_page(current.kind.value, copy_of=current.id)

    @Slot()
    def return_document(self) -> None:
        current = self._current()
        if current is not None and current.kind in RETURNS:
            self._shell.open_page(RETURNS[current.kind].value, return_of=current.id)

    @Slot()
    def ask_void(self) -> None:
        """作废: says first what it takes back."""
        current = self._current()
        if current is not None and current.state is not DocumentState.VOIDED:
            self._runner.submit(
                lambda _job: self._documents.document(current.id),
                owner=self,
                on_done=self._ask,
                on_error=self._shell.tell_error,
            )

    def _ask(self, document: Any) -> None:
        from jdy_desktop.views.widgets.dialog import ConfirmDialog

        dialog = ConfirmDialog(
            self, f"作废{label(document.kind)}", f"要作废 {document.number} 吗？", goes=what_reverses(document, self._info),
            stays="单据和编号都留着，只是不再算数；不能撤销。", yes="作废", name="void_dialog",
        )  # fmt: skip
        dialog.accepted.connect(lambda: self._void(document.id, document.version, document.number))
        dialog.open()

    def _void(self, document_id: DocumentId, version: int, number: str) -> None:
        self._runner.submit(
            lambda _job: self._documents.void(document_id, version),
            owner=self,
            on_done=lambda _done: self._shell.toast(f"{number} 已作废，库存和欠款恢复原样。"),
            on_error=self._shell.tell_error,
        )
