"""What can be done about the debts of one party: collect or pay, statement, opening debt, advances, 欠款单.

Shared by 客户, 供应商 and 收付款, so that each opens the same dialogs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.account_sets import AccountSets
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.services.book.parties import AccountInfo, Parties, SaveCustomer, SaveSupplier
from jdy_desktop.services.book.payments import OpenBill, OpenBills, Party, Payments, SavedPayment
from jdy_desktop.services.machine.context import Clock
from jdy_desktop.services.queries.statements import StatementRow, Statements
from jdy_desktop.views.figures import money
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.shell import Shell


@dataclass(frozen=True, slots=True)
class MoneyServices:
    """What the pages about debts are handed together."""

    payments: Payments
    parties: Parties
    statements: Statements
    documents: Documents
    account_sets: AccountSets
    clock: Clock


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """Everything the pane shows, read together."""

    detail: Any
    opened: OpenBills
    opening_debt: Decimal


class PartyActions(QObject):
    """`changed()` after something was stored."""

    changed = Signal()

    def __init__(
        self, page: QWidget, services: MoneyServices, *, runner: JobRunner, shell: Shell, store: SettingsStore
    ) -> None:
        super().__init__(page)
        self._page, self.services = page, services
        self._runner, self._shell, self._store = runner, shell, store

    @property
    def today(self) -> date:
        return self.services.clock.today()

    def facts(self, party: Party) -> PartyFacts:
        """On a worker: who it is and what is open."""
        parties, payments = self.services.parties, self.services.payments
        detail: Any = parties.customer(party.id) if party.kind == "customer" else parties.supplier(party.id)  # type: ignore[arg-type]
        return PartyFacts(detail, payments.open_bills(party), payments.opening_debt(party))

    def collect(self, party: Party) -> None:
        """收款 or 付款: read what is open now, then ask."""

        def read() -> tuple[PartyFacts, tuple[AccountInfo, ...]]:
            return self.facts(party), self.services.parties.accounts()

        self._run(read, lambda found: self._open_payment(party, *found))

    def _open_payment(self, party: Party, facts: PartyFacts, accounts: tuple[AccountInfo, ...]) -> None:
        from jdy_desktop.views.dialogs.payment_dialog import PaymentDialog

        dialog = PaymentDialog(
            self._page, party=party, name=facts.detail.name, opened=facts.opened, accounts=accounts,
            payments=self.services.payments, runner=self._runner, shell=self._shell, store=self._store, today=self.today,
        )  # fmt: skip
        dialog.saved.connect(lambda done: self._on_paid(party, done))
        dialog.open()

    def _on_paid(self, party: Party, done: SavedPayment) -> None:
        is_customer = party.kind == "customer"
        if done.balance >= 0:
            rest = "还欠" if is_customer else "还应付"
        else:
            rest = "预收余额" if is_customer else "预付余额"
        undo = (lambda: self._void(done)) if self.services.payments.may_void else None
        self._shell.toast(
            f"{'收款单' if is_customer else '付款单'} {done.number} 已保存，{rest} {money(abs(done.balance))}",
            undo=undo,
        )
        self.changed.emit()

    def _void(self, done: SavedPayment) -> None:
        self._run(
            lambda: self.services.payments.void(done.id, done.version),
            lambda _voided: self._shell.toast(f"{done.number} 已作废，欠款恢复原样"),
        )

    def use_advances(self, party: Party) -> None:
        self._run(
            lambda: self.services.payments.use_advances(party),
            lambda settled: self._shell.toast(f"冲了 {money(settled)} 元" if settled else "没有可以冲的单据"),
        )

    def set_opening_debt(self, party: Party) -> None:
        def read() -> tuple[str, Decimal, date]:
            facts = self.facts(party)
            return facts.detail.name, facts.opening_debt, self.services.account_sets.info().start_date

        self._run(read, lambda found: self._open_opening(party, *found))

    def _open_opening(self, party: Party, name: str, amount: Decimal, start: date) -> None:
        from jdy_desktop.views.dialogs.opening_debt_dialog import OpeningDebtDialog

        dialog = OpeningDebtDialog(
            self._page, party=party, name=name, amount=amount, start=start, payments=self.services.payments,
            runner=self._runner, shell=self._shell,
        )  # fmt: skip
        dialog.saved.connect(lambda: self._shell.toast("期初欠款已保存"))
        dialog.saved.connect(self.changed)
        dialog.open()

    def toggle(self, party: Party, detail: Any) -> None:
        """停用 or 恢复使用: an inactive one is not offered in documents; what it owes stays."""
        names = ("name", "contact", "phone", "address", "remark", "is_active", "version")
        common = {one: getattr(detail, one) for one in names}
        parties = self.services.parties
        is_on = not detail.is_active
        word = "恢复使用" if is_on else "停用"

        def save() -> object:
            if party.kind == "customer":
                known = SaveCustomer(grade=detail.grade, customer_id=detail.id, **common)
                return parties.save_customer(replace(known, is_active=is_on))
            return parties.save_supplier(replace(SaveSupplier(supplier_id=detail.id, **common), is_active=is_on))

        self._run(save, lambda _id: self._shell.toast(f"{detail.name} 已{word}"))

    def show_statement(self, party: Party) -> None:
        """对账单, of this month at first."""
        from jdy_desktop.views.dialogs.statement_dialog import StatementDialog

        def opened(start: date) -> None:
            dialog = StatementDialog(
                self._page, party=party, statements=self.services.statements, runner=self._runner, shell=self._shell,
                store=self._store, today=self.today, start=start,
            )  # fmt: skip
            dialog.record_wanted.connect(self._open_record)
            dialog.open()

        self._run(lambda: self.services.account_sets.info().start_date, opened)

    def _open_record(self, row: StatementRow) -> None:
        self._open_document(row.kind, row.record_id)

    def print_slip(self, bill: OpenBill) -> None:
        """欠款单: the sale with what is owed and a line to sign; no money is entered (W31)."""
        from jdy_desktop.services.paper.forms import printable_sale
        from jdy_desktop.views.dialogs.code_print import put_on_paper

        def read() -> Any:
            document = self.services.documents.document(bill.document_id)  # type: ignore[arg-type]
            company = self.services.account_sets.info().company
            return printable_sale(document, company, title="欠款单", owed=bill.owed)

        self._run(read, lambda sale: put_on_paper(self._page, sale, self._shell, self._store, lambda: None))

    def open_bill(self, bill: OpenBill) -> None:
        """The document behind a bill."""
        self._open_document(bill.kind, bill.document_id)

    def _open_document(self, kind: DocumentKind | None, record_id: int) -> None:
        from jdy_desktop.views.dialogs.behind_dialog import open_document

        if kind is not DocumentKind.OPENING_DEBT:
            open_document(self._shell, kind, record_id)

    def _run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._runner.submit(lambda _job: work(), owner=self._page, on_done=done, on_error=self._shell.tell_error)
