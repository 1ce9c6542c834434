"""查看: one receipt or payment, and the bills it settled."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.states import DocumentState
from jdy_desktop.services.book.payments import Allocation, PaymentView
from jdy_desktop.views.figures import minute, money
from jdy_desktop.views.tables.lines import LinesModel
from jdy_desktop.views.tables.model import Column
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.base import sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.panels import ValueRow


class PaymentViewDialog(DialogFrame):
    """`void_wanted()`, `statement_wanted()`; closing changes nothing."""

    void_wanted = Signal()
    statement_wanted = Signal()

    def __init__(self, window: QWidget, view: PaymentView, *, may_void: bool) -> None:
        is_customer = view.party.kind == "customer"
        is_void = view.state is DocumentState.VOIDED
        word = "收款单" if is_customer else "付款单"
        super().__init__(
            window, f"{word} {view.number}", subtitle="已作废" if is_void else "", width=520, name="payment_view_dialog"
        )
        settled = ZERO if is_void else sum((one.amount for one in view.allocations), ZERO)
        facts = [
            ("客户" if is_customer else "供应商", view.name), ("日期", f"{view.day:%Y-%m-%d}"), ("结算账户", view.account),
            ("金额", money(view.amount)), ("结清单据", money(settled)),
            ("预收" if is_customer else "预付", money(ZERO if is_void else view.amount - settled)),
            ("制单", f"{view.operator} {minute(view.created_at)}".strip()),
            ("备注", view.remark or "—"),
        ]  # fmt: skip
        for name, value in facts:
            self.body.addWidget(ValueRow(name, value, strong=name == "金额"))
        columns: list[Column[Allocation]] = [
            Column("number", "结清的单据", lambda a: a.number, width=200, stretch=True),
            Column("amount", "金额", lambda a: money(a.amount), width=140, kind="number", bold=True),
        ]
        self._model: LinesModel[Allocation] = LinesModel(columns, id_of=lambda one: one.document_id)
        self._model.set_rows(view.allocations)
        self.table = DataTable(self._model, name="payment_view_dialog.table", label="结清的单据")
        self.table.setVisible(bool(view.allocations))
        self.body.addWidget(sized(self.table, height=36 * (min(max(len(view.allocations), 1), 6) + 1) + 2))
        void = KeyButton("作废", kind="danger", name="payment_view_dialog.void_button")
        void.set_blocked("已经作废" if is_void else None if may_void else "作废要店主来做")
        void.clicked.connect(self.accept)
        void.clicked.connect(self.void_wanted)
        statement = KeyButton("对账单", kind="quiet", name="payment_view_dialog.statement_button")
        statement.clicked.connect(self.accept)
        statement.clicked.connect(self.statement_wanted)
        self.add_left(void)
        self.add_left(statement)
        self.add_button(
            KeyButton("关闭", "ok", kind="primary", name="payment_view_dialog.close_button2"), self.accept, default=True
        )
