"""The pane beside 客户 and 供应商: who it is, what is owed and since when, and what can be done about it (W26, W27)."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.parties import CustomerDetail, SupplierDetail
from jdy_desktop.services.book.payments import OpenBill, OpenBills
from jdy_desktop.views.figures import money
from jdy_desktop.views.pages.current_pane import CurrentPane
from jdy_desktop.views.tables.lines import LinesModel
from jdy_desktop.views.tables.model import Column
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.texts import label
from jdy_desktop.views.widgets.base import STRETCH, Rule, Text, column, named, row, sized
from jdy_desktop.views.widgets.buttons import IconButton, KeyButton
from jdy_desktop.views.widgets.feedback import AmountLabel, EmptyState
from jdy_desktop.views.widgets.menu import MenuPopup
from jdy_desktop.views.widgets.panels import ValueRow

_WIDTH, _MOST_ROWS = 340, 12
Detail = CustomerDetail | SupplierDetail


class PartyPane(CurrentPane):
    """`show_party(detail, opened)`, `show_none()`. `acted(what)`: receive, statement, opening, advance, edit, toggle;
    `bill_opened(OpenBill)`: Enter or a double click on an open bill; `slip_wanted(OpenBill)`: 欠款单."""

    acted = Signal(str)
    bill_opened = Signal(object)
    slip_wanted = Signal(object)

    def __init__(self, name: str, *, is_customer: bool, word: str, icon: str) -> None:
        none = EmptyState(icon, f"没有选中{word}", f"在左边选一个{word}，这里显示往来和未结的单据。")
        super().__init__(f"{name}.pane", none, width=_WIDTH)
        self._name, self._is_customer = name, is_customer
        self.detail: Detail | None = None
        self.opened: OpenBills | None = None
        self.lay_out(self._head(), self._buttons(), Rule(), *self._facts(), Rule(), self._bills())

    def _head(self) -> QWidget:
        self.title = named(Text("", "dialog_title", wrap=True, selectable=True), f"{self._name}.pane_title", "名称")
        self._state = Text("", "hint")
        self.amount = AmountLabel("0.00", size=28)
        self.amount.setObjectName(f"{self._name}.pane_balance")
        self._owed = Text("欠款" if self._is_customer else "应付", "label")
        money_row = row(self._owed, STRETCH, self.amount)
        holder = QWidget()
        column(self.title, self._state, money_row, spacing=2, parent=holder)
        return holder

    def _buttons(self) -> QWidget:
        word = "收款" if self._is_customer else "付款"
        self.receive = KeyButton(word, "receive", icon="wallet", size="small", name=f"{self._name}.receive_button")
        statement = KeyButton("对账单", "statement", size="small", name=f"{self._name}.statement_button")
        self._more = IconButton("more", "更多", side=30, framed=True, name=f"{self._name}.more_button")
        self.receive.clicked.connect(lambda: self.acted.emit("receive"))
        statement.clicked.connect(lambda: self.acted.emit("statement"))
        self._more.clicked.connect(self._open_menu)
        holder = QWidget()
        row(self.receive, statement, self._more, STRETCH, margins=(0, 0, 0, 2), parent=holder)
        return holder

    def _facts(self) -> list[QWidget]:
        self.advance = ValueRow("预收" if self._is_customer else "预付")
        self.opening = ValueRow("期初欠款")
        self.contact, self.phone = ValueRow("联系人"), ValueRow("电话")
        self.address, self.remark = ValueRow("地址"), ValueRow("备注")
        return [self.advance, self.opening, self.contact, self.phone, self.address, self.remark]

    def _bills(self) -> QWidget:
        columns: list[Column[OpenBill]] = [
            Column("day", "日期", lambda b: f"{b.day:%Y-%m-%d}", width=100, kind="hint"),
            Column("number", "未结单据", lambda b: b.number, width=120, stretch=True),
            Column("owed", "未结", lambda b: money(b.owed), width=84, kind="number", bold=True),
        ]
        self._model: LinesModel[OpenBill] = LinesModel(columns, id_of=lambda bill: bill.document_id, number=False)
        self.bills = DataTable(self._model, name=f"{self._name}.bills_table", label="未结单据", text_px=12)
        self.bills.row_activated.connect(self._on_bill)
        self._bills_head = Text("", "strong")
        self._slip = KeyButton("欠款单", icon="print", kind="quiet", size="small", name=f"{self._name}.slip_button")
        self._slip.clicked.connect(self._on_slip)
        holder = QWidget()
        column(row(self._bills_head, STRETCH, self._slip), self.bills, spacing=4, parent=holder)
        self._slip.setVisible(self._is_customer)
        return holder

    # ---- content
    def show_none(self) -> None:
        """Nothing is selected."""
        self.detail = self.opened = None
        super().show_none()

    def show_party(self, detail: Detail, opened: OpenBills, opening_debt: object, today: date) -> None:
        """Show a party with what is open."""
        is_new = self.detail is None or self.detail.id != detail.id
        self.detail, self.opened = detail, opened
        self.title.setText(detail.name)
        grade = label(detail.grade) if isinstance(detail, CustomerDetail) else "供应商"
        self._state.setText(grade if detail.is_active else f"{grade} · 停用")
        is_credit = opened.balance < 0
        self._owed.setText(
            ("预收余额" if self._is_customer else "预付余额") if is_credit else "欠款" if self._is_customer else "应付"
        )
        self.amount.set_amount(money(abs(opened.balance)))
        self.advance.set_value(money(opened.advance))
        self.opening.set_value(money(opening_debt))  # type: ignore[arg-type]
        for line, words in ((self.contact, detail.contact), (self.phone, detail.phone),
                            (self.address, detail.address), (self.remark, detail.remark)):  # fmt: skip
            line.set_value(words or "—")
        self._show_bills(opened, today)
        self.show_content(from_top=is_new)

    def _show_bills(self, opened: OpenBills, today: date) -> None:
        count = len(opened.bills)
        oldest = next((one for one in opened.bills if one.owed > 0), None)
        age = f"，最早 {(today - oldest.day).days} 天" if oldest and oldest.day < today else ""
        self._bills_head.setText(f"{count} 张未结{age}" if count else "没有未结的单据")
        self._model.set_rows(opened.bills)
        self.bills.setVisible(bool(count))
        self._slip.setVisible(self._is_customer and bool(count))
        sized(self.bills, height=36 * (min(count, _MOST_ROWS) + 1) + 2)

    def current_bill(self) -> OpenBill | None:
        """The bill chosen, else the only one, else the newest sale."""
        rows = self._model.rows
        chosen = next((one for one in rows if one.document_id == self.bills.current_id()), None)
        return chosen or next((one for one in reversed(rows) if one.kind is DocumentKind.SALE), None)

    def _on_bill(self, bill_id: object) -> None:
        bill = next((one for one in self._model.rows if one.document_id == bill_id), None)
        if bill is not None:
            self.bill_opened.emit(bill)

    @Slot()
    def _on_slip(self) -> None:
        bill = self.current_bill()
        if bill is not None:
            self.slip_wanted.emit(bill)

    @Slot()
    def _open_menu(self) -> None:
        if self.detail is None or self.opened is None:
            return
        lines = [("编辑", "edit"), ("期初欠款", "opening"), ("收付款记录", "payments")]
        if self.opened.advance and self.opened.bills:
            lines.insert(0, ("用预收冲欠款" if self._is_customer else "用预付冲应付", "advance"))
        lines.append(("停用" if self.detail.is_active else "恢复使用", "toggle"))
        items = [(words, lambda what=what: self.acted.emit(what)) for words, what in lines]
        MenuPopup(self._more, items, name=f"{self._name}.more_menu").open()
