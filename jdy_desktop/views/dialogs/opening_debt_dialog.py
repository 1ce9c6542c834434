"""期初欠款: what a customer owed us, or we owed a supplier, when the book began."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.rules.rounding import parse_decimal
from jdy_desktop.services.book.payments import Party, Payments
from jdy_desktop.services.errors import UserError
from jdy_desktop.views.figures import money
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.texts import sentence
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.fields import Field, FormRow


class OpeningDebtDialog(DialogFrame):
    """`saved()`. The amount replaces the one entered before; receipts that no longer fit become advances."""

    saved = Signal()

    def __init__(
        self, window: QWidget, *, party: Party, name: str, amount: Decimal, start: date, payments: Payments,
        runner: JobRunner, shell: Shell,
    ) -> None:  # fmt: skip
        super().__init__(window, f"期初欠款 — {name}", width=480, name="opening_debt_dialog")
        self._party, self._payments, self._runner, self._shell = party, payments, runner, shell
        is_customer = party.kind == "customer"
        self.amount = Field(
            money(amount) if amount else "", name="opening_debt_dialog.amount_field", size="large", right=True
        )
        words = "客户欠我们多少；我们收过预收款就填负数。" if is_customer else "我们欠供应商多少；付过预付款就填负数。"
        self._row = FormRow(
            "期初欠款（元）" if is_customer else "期初应付（元）",
            self.amount,
            hint=f"{words}记在 {start}，启用期间的第一天。",
        )
        self.body.addWidget(self._row)
        self.add_button(KeyButton("取消", "cancel", name="opening_debt_dialog.cancel_button"), self.reject)
        self._ok = self.add_button(
            KeyButton("保存", "ok", kind="primary", name="opening_debt_dialog.save_button"), self._on_save, default=True
        )
        self.amount.selectAll()

    @Slot()
    def _on_save(self) -> None:
        amount = parse_decimal(self.amount.text() or "0", places=2)
        if not isinstance(amount, Decimal):
            self._row.set_error("写成金额，例如 1200.50")
            self.refit()
            return
        self._ok.set_blocked("正在保存")
        self._runner.submit(
            lambda _job: self._payments.set_opening_debt(self._party, amount),
            owner=self,
            on_done=self._on_saved,
            on_error=self._on_refused,
            on_end=lambda: self._ok.set_blocked(None),
        )

    def _on_saved(self, _nothing: object) -> None:
        self.saved.emit()
        self.accept()

    def _on_refused(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self._row.set_error(sentence(error))
            self.refit()
        else:
            self._shell.tell_error(error)
