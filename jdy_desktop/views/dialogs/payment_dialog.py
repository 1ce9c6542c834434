"""收款 from a customer, 付款 to a supplier: amount, account, and which bills it settles (features W27, W28)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.rules.rounding import parse_decimal
from jdy_desktop.services.book.parties import AccountInfo
from jdy_desktop.services.book.payments import Allocation, OpenBill, OpenBills, Party, Payments, Preview, SavePayment
from jdy_desktop.services.errors import BeforeStartPeriod, UserError
from jdy_desktop.views.figures import money
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import KeyShortcut, SettingsStore
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.tables.lines import LinesModel
from jdy_desktop.views.tables.model import Column
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.texts import label, sentence
from jdy_desktop.views.widgets.base import STRETCH, Text, column, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.feedback import EmptyState, NoteRow
from jdy_desktop.views.widgets.fields import DateField, Field, FilterCombo, FormRow, SegmentedChoice

LAST_ACCOUNT = "payments.account"
_ZERO = Decimal(0)


class PaymentDialog(DialogFrame):
    """`saved(SavedPayment)`. Enter collects; Tab walks amount → account → date → remark → way of settling → bills."""

    saved = Signal(object)

    def __init__(
        self, window: QWidget, *, party: Party, name: str, opened: OpenBills, accounts: tuple[AccountInfo, ...],
        payments: Payments, runner: JobRunner, shell: Shell, store: SettingsStore, today: date,
    ) -> None:  # fmt: skip
        self._is_customer = party.kind == "customer"
        word = "收款" if self._is_customer else "付款"
        super().__init__(window, f"{word} — {name}", width=780, name="payment_dialog")
        self._party, self._opened, self._payments = party, opened, payments
        self._runner, self._shell, self._store = runner, shell, store
        self._key = payments.new_client_key()
        self._chosen: dict[int, Decimal] = {}
        self._shown = payments.preview(opened, _ZERO, None)
        self.amount = Field(name="payment_dialog.amount_field", label=f"{word}金额", right=True)
        self.account = FilterCombo(
            "结算账户",
            [(one.name, one.id) for one in accounts],
            name="payment_dialog.account_combo",
            inside=False,
            width=140,
        )
        self.day = sized(DateField(today, name="payment_dialog.date_field", label="日期"), width=128)
        self.remark = Field(name="payment_dialog.remark_field", label="备注")
        self.way = SegmentedChoice(
            [("先欠先还", True), ("自选单据", False)], name="payment_dialog.way_choice", label="结算方式"
        )
        self._model: LinesModel[OpenBill] = LinesModel(
            self._columns(), id_of=lambda bill: bill.document_id, number=False
        )
        self.table = DataTable(self._model, name="payment_dialog.table", label="未结单据")
        self._is_misread = False
        self._rest = Text("", "strong")
        self._note = NoteRow("bad", "")
        self._note.hide()
        self._lay_out(word)
        self._connect()
        self._choose_account()
        if opened.balance > 0:
            self.amount.setText(money(opened.balance))
        self.amount.selectAll()
        self._model.set_rows(opened.bills)
        self._show()

    def _lay_out(self, word: str) -> None:
        owed = self._opened.balance
        whose = "欠款" if self._is_customer else "应付"
        advance = "预收" if self._is_customer else "预付"
        facts = [Text(f"{whose} {money(owed)}", "strong")]
        if self._opened.advance:
            facts.append(Text(f"其中{advance} {money(self._opened.advance)}，先冲最早的单据", "label"))
        self._amount_row = FormRow(f"{word}金额（元）", self.amount, required=True)
        self._account_row = FormRow("结算账户", self.account, required=True)
        self._day_row = FormRow("日期", self.day, required=True)
        fields = row(self._amount_row, self._account_row, self._day_row, FormRow("备注", self.remark), spacing=16)
        fields.setStretch(0, 2)
        fields.setStretch(3, 3)
        tools = row(self.way, Text("自选时在“本次”列填金额，或按空格结清一行", "hint"), STRETCH, self._rest)
        count = max(3, min(len(self._opened.bills), 7))
        sized(self.table, height=36 * (count + 1) + 10)
        self.table.set_empty(EmptyState("check", f"没有未结的{whose}", f"这笔{word}会全部记为{advance}，以后再冲。"))
        self.body.addLayout(column(row(*facts, STRETCH, spacing=16), fields, tools, self.table, self._note, spacing=12))
        self.add_button(KeyButton("取消", "cancel", name="payment_dialog.cancel_button"), self.reject)
        self._ok = self.add_button(
            KeyButton(word, "ok", kind="primary", name="payment_dialog.save_button"), self._on_save, default=True
        )

    def _connect(self) -> None:
        self.amount.textEdited.connect(lambda _text: self._show())
        self.way.chosen.connect(self._on_way)
        self._model.edited.connect(self._on_edited)
        self.table.row_activated.connect(lambda _id: self._on_save())
        self.table.installEventFilter(self)
        KeyShortcut("save", self, self._on_save)
        KeyShortcut("finish", self, self._on_save)

    def _columns(self) -> list[Column[OpenBill]]:
        return [
            Column("day", "日期", lambda b: f"{b.day:%Y-%m-%d}", width=100),
            Column("kind", "单据", lambda b: label(b.kind), width=92),
            Column("number", "单号", lambda b: b.number, width=120, stretch=True),
            Column("amount", "金额", lambda b: money(b.amount), width=94, kind="number"),
            Column("settled", "已结", lambda b: money(b.settled), width=90, kind="number"),
            Column("owed", "未结", lambda b: money(b.owed), width=94, kind="number"),
            Column(
                "part", "本次", self._part, width=110, kind="number", bold=True, tone=self._tone,
                editable=lambda _b: not self.way.value(), edit_text=self._part,
            ),
        ]  # fmt: skip

    def _choose_account(self) -> None:
        known = self._store.get(LAST_ACCOUNT) or ""
        if known.isdigit():
            self.account.set_value(int(known))

    # ---- what it would do
    def _amount(self) -> Decimal | None:
        found = parse_decimal(self.amount.text(), places=2, minimum=_ZERO)
        return found if isinstance(found, Decimal) else None

    def _preview(self) -> Preview:
        return self._payments.preview(self._opened, self._amount() or _ZERO, None if self.way.value() else self._chosen)

    def _part(self, bill: OpenBill) -> str:
        part = self._shown.parts.get(bill.document_id)
        return money(part) if part else ""

    def _tone(self, bill: OpenBill) -> str | None:
        return "bad" if bill.document_id in self._shown.wrong else None

    @Slot()
    def _show(self) -> None:
        self._shown = self._preview()
        typed = self.amount.text().strip()
        self._amount_row.set_error("写成金额，例如 120.50" if typed and self._amount() is None else None)
        self._model.set_rows(self._opened.bills)
        shown, advance = self._shown, "预收" if self._is_customer else "预付"
        words = [f"结清 {money(shown.settled)}"]
        if shown.over:
            words = [f"自选合计 {money(shown.settled)}，金额不够"]
        elif shown.advance > 0:
            words.append(f"转{advance} {money(shown.advance)}")
        words.append(
            f"{'收' if self._is_customer else '付'}后{'欠款' if self._is_customer else '应付'} {money(shown.balance)}"
        )
        self._rest.set_role("bad" if shown.over or shown.wrong else "strong")
        self._rest.setText("　".join(words))

    @Slot(object)
    def _on_way(self, is_auto: object) -> None:
        if not is_auto:
            self._chosen = dict(self._shown.parts)
        self._show()
        if not is_auto and self._opened.bills:
            self.table.setFocus()
            self.table.select_id(self._opened.bills[0].document_id)

    @Slot(object, str, str)
    def _on_edited(self, bill_id: object, _key: str, text: str) -> None:
        bill = next((one for one in self._opened.bills if one.document_id == bill_id), None)
        found = parse_decimal(text or "0", places=2)
        self._is_misread = not isinstance(found, Decimal)
        self._note.setVisible(self._is_misread)
        if self._is_misread:
            self._note.set_note("bad", "本次写成金额，例如 120.50。这一格没有改。")
            self.refit()
        if bill is not None and isinstance(found, Decimal):
            # A return is given back: the minus sign need not be typed.
            self._chosen[bill.document_id] = -abs(found) if bill.owed < 0 else found
            self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.table and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Space:
                self.settle_current()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.reject()
                return True
        return super().eventFilter(watched, event)

    def settle_current(self) -> None:
        """Space: the current bill in full, or not at all."""
        bill = next((one for one in self._opened.bills if one.document_id == self.table.current_id()), None)
        if bill is not None and not self.way.value():
            has = self._chosen.get(bill.document_id) == bill.owed
            self._chosen[bill.document_id] = _ZERO if has else bill.owed
            self._show()

    # ---- saving
    @Slot()
    def _on_save(self) -> None:
        self._is_misread = False
        self.table.close_editor(commit=True)  # what stands in an open cell counts
        if self._is_misread:
            return
        amount, day = self._amount(), self.day.value()
        self._day_row.set_error(None if day else "写成日期，例如 2019-03-27")
        if amount is None or not amount:
            self._amount_row.set_error("填上金额，例如 120.50")
            self.amount.setFocus()
        if amount is None or not amount or day is None or not self._ok.isEnabled():
            self.refit()
            return
        chosen = None
        if not self.way.value():
            numbers = {one.document_id: one.number for one in self._opened.bills}
            chosen = tuple(Allocation(bill, part, numbers[bill]) for bill, part in self._chosen.items() if part)
        request = SavePayment(
            self._key, self._party, day, amount, self.account.value(), self.remark.text().strip(), allocations=chosen
        )
        self._ok.set_blocked("正在保存")
        self._runner.submit(
            lambda _job: self._payments.save(request),
            owner=self,
            on_done=self._on_saved,
            on_error=self._on_refused,
            on_end=lambda: self._ok.set_blocked(None),
        )

    def _on_saved(self, done: object) -> None:
        self._store.set(LAST_ACCOUNT, str(self.account.value()))
        self.saved.emit(done)
        self.accept()

    def _on_refused(self, error: BaseException) -> None:
        if isinstance(error, BeforeStartPeriod):
            self._day_row.set_error(sentence(error))
            self.day.setFocus()
        elif isinstance(error, UserError):
            self._note.set_note("bad", sentence(error))
            self._note.show()
        else:
            self._shell.tell_error(error)
        self.refit()
