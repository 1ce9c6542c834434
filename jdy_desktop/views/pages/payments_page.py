"""收付款: every receipt and payment, what it settled and what is left of it; void (features W27, W28)."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.states import DocumentState
from jdy_desktop.services.book.parties import AccountInfo
from jdy_desktop.services.book.payments import Party, PaymentView
from jdy_desktop.services.queries.payments import PaymentFilter, PaymentList, PaymentRow, PaymentSums
from jdy_desktop.views.figures import grouped, money
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.pages.lists import make_current
from jdy_desktop.views.pages.party_actions import MoneyServices, PartyActions
from jdy_desktop.views.shell import PageFrame
from jdy_desktop.views.tables.feed import Feed
from jdy_desktop.views.tables.model import Column, PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.base import STRETCH, Surface, column, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import EmptyState
from jdy_desktop.views.widgets.fields import DateField, FilterCombo, SearchField
from jdy_desktop.views.widgets.flow import tool_row
from jdy_desktop.views.widgets.pager import Pager


def _kind(one: PaymentRow) -> str:
    return "收款单" if one.side == "customer" else "付款单"


def _left(one: PaymentRow) -> str:
    return money(one.advance) if one.advance else ""


COLUMNS: list[Column[PaymentRow]] = [
    Column("day", "日期", lambda p: f"{p.day:%Y-%m-%d}", width=104),
    Column("number", "单号", lambda p: p.number, width=136, kind="strong"),
    Column("kind", "单据", _kind, width=80),
    Column("party", "客户／供应商", lambda p: p.party, width=160, stretch=True),
    Column("account", "结算账户", lambda p: p.account, width=100),
    Column("amount", "金额", lambda p: money(p.amount), width=120, kind="number", bold=True),
    Column("settled", "结清单据", lambda p: money(p.settled), width=110, kind="number"),
    Column("advance", "预收／预付", _left, width=110, kind="number", tone=lambda p: "warn" if p.advance else None),
    Column("remark", "备注", lambda p: p.remark, width=184),
    Column("operator", "制单人", lambda p: p.operator, width=80, hidden=True),
    Column("state", "状态", lambda p: "已作废" if p.state is DocumentState.VOIDED else "有效", width=72, kind="hint"),
]
_SIDES = [("全部", None), ("收款单", "customer"), ("付款单", "supplier")]
_SHOWN = [("有效", (False, False)), ("有预收预付", (True, False)), ("连已作废", (False, True))]


class PaymentsPage(QWidget):
    """The list; a payment is made and seen in dialogs, voided only by the owner."""

    def __init__(
        self,
        money_services: MoneyServices,
        *,
        payment_list: PaymentList,
        frame: PageFrame,
    ) -> None:
        super().__init__()
        self.setObjectName("payments_page")
        self._services, self._list, self._runner, self._shell = money_services, payment_list, frame.runner, frame.shell
        self._party_id: int | None = None
        self._wanted: int | None = None
        self.actions_ = PartyActions(self, money_services, runner=frame.runner, shell=frame.shell, store=frame.store)
        self._model: PagedTableModel[PaymentRow] = PagedTableModel(COLUMNS, payment_list.rows)
        self.table = DataTable(self._model, name="payments_page.table", store=frame.store, label="收付款")
        self._pager = Pager(name="payments_page.pager", unit="张")
        self._feed = Feed(
            frame.runner, self._model, ids=payment_list.ids, also=payment_list.sums, areas={"payments", "parties"},
            pager=self._pager, parent=self,
        )  # fmt: skip
        layout = column(self._filters(), self._tools(), self.table, self._pager, spacing=0, parent=self)
        layout.setStretch(2, 1)
        self._connect()
        frame.runner.submit(
            lambda _job: money_services.parties.accounts(),
            owner=self,
            on_done=self._offer_accounts,
            on_error=frame.shell.tell_error,
        )
        self.reload()

    def _connect(self) -> None:
        self._feed.loaded.connect(self._on_loaded)
        self._feed.failed.connect(self._shell.tell_error)
        self.table.row_activated.connect(self.show_payment)
        self.table.current_changed.connect(lambda _id: self._enable())
        KeyShortcut("refresh", self, self.reload)
        KeyShortcut("search", self, self.search.setFocus)
        KeyShortcut("receive", self, lambda: self.begin("customer"))
        KeyShortcut("delete", self.table, self.ask_void)

    def _filters(self) -> QWidget:
        self.search = sized(SearchField("单号、名称、拼音或备注", name="payments_page.search_field"), width=240)
        self.search.searched.connect(lambda _text: self.reload())
        self.side = FilterCombo("单据", _SIDES, name="payments_page.side_combo")
        self.account = FilterCombo("结算账户", [("全部", None)], name="payments_page.account_combo")
        self.shown = FilterCombo("状态", _SHOWN, name="payments_page.state_combo")
        for combo in (self.side, self.account, self.shown):
            combo.changed.connect(lambda _value: self.reload())
        self.first = sized(DateField(name="payments_page.first_field", label="开始日期", hint="开始"), width=120)
        self.last = sized(DateField(name="payments_page.last_field", label="结束日期", hint="结束"), width=120)
        for field in (self.first, self.last):
            field.date_changed.connect(lambda _day: self.reload())
            field.textChanged.connect(lambda text: None if text else self.reload())
        return tool_row(self.search, self.side, self.account, self.shown, self.first, self.last, STRETCH)

    def _tools(self) -> QWidget:
        strip = Surface("page", edge="bottom", height=44)
        receive = KeyButton("收款", "receive", kind="primary", icon="plus", name="payments_page.receive_button")
        receive.clicked.connect(lambda: self.begin("customer"))
        pay = KeyButton("付款", icon="plus", name="payments_page.pay_button")
        pay.clicked.connect(lambda: self.begin("supplier"))
        self._open = KeyButton("查看", "edit", name="payments_page.open_button")
        self._open.clicked.connect(lambda: self.show_payment(self.table.current_id()))
        self._void = KeyButton("作废", "delete", kind="danger", name="payments_page.void_button")
        self._void.clicked.connect(self.ask_void)
        accounts = KeyButton("结算账户", icon="wallet", kind="quiet", name="payments_page.accounts_button")
        accounts.clicked.connect(self.show_accounts)
        columns = KeyButton("列设置", icon="columns", kind="quiet", name="payments_page.columns_button")
        columns.clicked.connect(self.table.open_columns_dialog)
        row(receive, pay, self._open, self._void, STRETCH, accounts, columns, margins=(16, 0, 16, 8), parent=strip)
        return strip

    def open_with(self, *, payment_id: int | None = None, party_id: int | None = None, side: str | None = None) -> None:
        """Show one payment (all filters off), or those of one party."""
        if payment_id is None and party_id is None:
            return
        self._clear_fields()
        self._wanted, self._party_id = payment_id, party_id
        if side is not None:
            self.side.set_value(side)
        if payment_id is not None:
            self.shown.set_value((False, True))
        self.reload()

    def _offer_accounts(self, found: tuple[AccountInfo, ...]) -> None:
        self.account.set_options([("全部", None), *((one.name, one.id) for one in found)])

    def _filter(self) -> PaymentFilter:
        with_advance, with_voided = self.shown.value()
        side: Any = self.side.value()
        return PaymentFilter(
            text=self.search.text().strip(), side=str(side) if side else None,  # type: ignore[arg-type]
            first_day=self.first.value(), last_day=self.last.value(), account_id=self.account.value(),
            party_id=self._party_id, with_advance=with_advance, with_voided=with_voided,
        )  # fmt: skip

    @Slot()
    def reload(self) -> None:
        self._feed.show(self._filter())

    def _on_loaded(self, ids: list[int], sums: PaymentSums) -> None:
        self._pager.set_sums([("收款合计", grouped(sums.received), ""), ("付款合计", grouped(sums.paid), "")])
        if make_current(self._wanted, self._feed, self._pager, self.table):
            self._wanted = None
        self._enable()
        if ids:
            self.table.set_empty(None)
        elif self._feed.filter != PaymentFilter():
            clear = KeyButton("清除筛选", "clear_filter", name="payments_page.clear_button")
            clear.clicked.connect(self.clear)
            self.table.set_empty(EmptyState("search", "没有找到收付款", "换个词，或清除筛选。", [clear], esc=clear))
        else:
            go = KeyButton(
                "收款", "receive", kind="primary", icon="plus", size="large", name="payments_page.first_button"
            )
            go.clicked.connect(lambda: self.begin("customer"))
            words = "客户还欠款、给供应商付款，都记在这里。开单当时收的钱记在单据上。"
            self.table.set_empty(EmptyState("wallet", "还没有收付款单", words, [go]))

    def _clear_fields(self) -> None:
        self._party_id = None
        for part in (self.search, self.side, self.account, self.shown, self.first, self.last):
            part.blockSignals(True)
        self.search.clear()
        for combo in (self.side, self.account, self.shown):
            combo.setCurrentIndex(0)
        for field in (self.first, self.last):
            field.set_value(None)
        for part in (self.search, self.side, self.account, self.shown, self.first, self.last):
            part.blockSignals(False)

    @Slot()
    def clear(self) -> None:
        """清除筛选."""
        self._clear_fields()
        self.reload()

    # ---- acts
    @Slot()
    def show_accounts(self) -> None:
        """结算账户: which there are, and one more."""
        from jdy_desktop.views.dialogs.accounts_dialog import AccountsDialog

        dialog = AccountsDialog(self, self._services.parties, self._runner, self._shell)
        dialog.added.connect(self._offer_accounts)
        dialog.open()

    def _current(self) -> PaymentRow | None:
        current = self.table.current_id()
        place = self._model.row_of(current) if current is not None else -1
        return self._model.row_at(place) if place >= 0 else None

    @Slot()
    def _enable(self) -> None:
        current = self._current()
        self._open.set_blocked(None if current else "先选一张收付款单")
        is_void = current is not None and current.state is DocumentState.VOIDED
        may = self._services.payments.may_void
        reason = None if may else "作废要店主来做"
        self._void.set_blocked("先选一张收付款单" if current is None else "已经作废" if is_void else reason)

    def begin(self, side: str) -> None:
        """Ask whose money it is, then open the form."""
        from jdy_desktop.views.dialogs.party_pick_dialog import PartyPickDialog

        is_customer = side == "customer"
        dialog = PartyPickDialog(self, parties=self._services.parties, is_customer=is_customer, runner=self._runner)
        dialog.chosen.connect(lambda one: self.actions_.collect(Party("customer" if is_customer else "supplier", one)))
        dialog.open()

    def show_payment(self, payment_id: Any) -> None:
        """查看: what it settled."""
        if payment_id is not None:
            self._runner.submit(
                lambda _job: self._services.payments.payment(payment_id),
                owner=self, on_done=self._open_view, on_error=self._shell.tell_error,
            )  # fmt: skip

    def _open_view(self, view: PaymentView) -> None:
        from jdy_desktop.views.dialogs.payment_view_dialog import PaymentViewDialog

        dialog = PaymentViewDialog(self, view, may_void=self._services.payments.may_void)
        dialog.void_wanted.connect(lambda: self._ask(view.id, view.version, view.number, money(view.amount)))
        dialog.statement_wanted.connect(lambda: self.actions_.show_statement(view.party))
        dialog.open()

    @Slot()
    def ask_void(self) -> None:
        current = self._current()
        if current is not None and self._void.isEnabled():
            self._ask(current.id, current.version, current.number, money(current.amount))

    def _ask(self, payment_id: int, version: int, number: str, amount: str) -> None:
        from jdy_desktop.views.widgets.dialog import ConfirmDialog

        dialog = ConfirmDialog(
            self, "作废收付款单", f"要作废 {number} 吗？",
            goes=f"这 {amount} 元不再算数，它结清的单据重新变成未结；不能撤销。",
            stays="单号留着不再用，列表里选“连已作废”还能看到它。", yes="作废", name="void_dialog",
        )  # fmt: skip
        dialog.accepted.connect(lambda: self._do_void(payment_id, version, number))
        dialog.open()

    def _do_void(self, payment_id: int, version: int, number: str) -> None:
        self._runner.submit(
            lambda _job: self._services.payments.void(payment_id, version),
            owner=self,
            on_done=lambda _done: self._shell.toast(f"{number} 已作废，欠款恢复原样"),
            on_error=self._shell.tell_error,
        )
