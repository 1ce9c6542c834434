"""点钱交班 (F12 on the day report): what should lie in the drawer, what does, and the difference (W47)."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.rules.rounding import ZERO, parse_decimal
from jdy_desktop.services.queries.report_values import DayReport
from jdy_desktop.views.figures import grouped
from jdy_desktop.views.widgets.base import Rule, Text, row
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.fields import Field, FormRow
from jdy_desktop.views.widgets.panels import ValueRow


class CashDialog(DialogFrame):
    """`saved(start, counted, expected, remark)` when the clerk confirms."""

    saved = Signal(object, object, object, str)

    def __init__(self, host: QWidget, report: DayReport) -> None:
        super().__init__(host, "点钱交班", width=480, name="cash_dialog", subtitle=report.day.isoformat())
        self._report = report
        before = report.counted
        self.start = Field(name="cash_dialog.start_field", label="备用金", size="large", right=True)
        self.counted = Field(name="cash_dialog.counted_field", label="实点现金", size="large", right=True)
        self.remark = Field(name="cash_dialog.remark_field", label="备注")
        self.start.setText(f"{before.start if before else report.start_cash:.2f}")
        self.counted.setText(f"{before.counted:.2f}" if before else "")
        self.remark.setText(before.remark if before else "")
        self._start_row, self._counted_row = (
            FormRow("备用金（元）", self.start),
            FormRow("实点现金（元）", self.counted),
        )
        self.body.addLayout(row(self._start_row, self._counted_row, spacing=16))
        for words, amount in drawer_lines(report)[1:]:
            self.body.addWidget(ValueRow(words, grouped(amount)))
        self.body.addWidget(Rule())
        self.expected = ValueRow("应有现金", "", strong=True)
        self.difference = ValueRow("差额", "", strong=True)
        self.body.addWidget(self.expected)
        self.body.addWidget(self.difference)
        self.body.addWidget(FormRow("备注", self.remark))
        self.add_left(Text("可以再点一次，每次都有记录。", "hint"))
        self.add_button(KeyButton("取消", "cancel", name="cash_dialog.cancel_button"), self.reject)
        self.save_button = KeyButton("保存", "ok", kind="primary", name="cash_dialog.save_button")
        self.add_button(self.save_button, self._save, default=True)
        self.start.textChanged.connect(self._show)
        self.counted.textChanged.connect(self._show)
        self._show()

    def open(self) -> None:
        super().open()
        self.counted.setFocus()
        self.counted.selectAll()

    def _amounts(self) -> tuple[Decimal | None, Decimal | None]:
        typed = (parse_decimal(field.text(), places=2, minimum=ZERO) for field in (self.start, self.counted))
        start, counted = (one if isinstance(one, Decimal) else None for one in typed)
        return start, counted

    def expected_amount(self, start: Decimal) -> Decimal:
        return start + self._report.cash_flow.net

    @Slot()
    def _show(self) -> None:
        start, counted = self._amounts()
        self._start_row.set_error(None if start is not None else "写成金额，例如 500")
        wrong = counted is None and self.counted.text().strip()
        self._counted_row.set_error("写成金额，例如 6740" if wrong else None)
        self.expected.set_value(grouped(self.expected_amount(start)) if start is not None else "")
        if start is None or counted is None:
            self.difference.set_value("")
            return
        gap = counted - self.expected_amount(start)
        words = "相符" if not gap else f"{'多' if gap > 0 else '少'} {grouped(abs(gap))}"
        self.difference.set_value(words, tone="ok" if not gap else "bad")

    def _save(self) -> None:
        start, counted = self._amounts()
        if start is None or counted is None:
            if not self.counted.text().strip():
                self._counted_row.set_error("数一数抽屉里的现金，填在这里")
            self.counted.setFocus()
            return
        self.accept()
        self.saved.emit(start, counted, self.expected_amount(start), self.remark.text().strip())


def drawer_lines(report: DayReport) -> list[tuple[str, Decimal]]:
    """How the expected cash comes about, lines of nothing left out; the first is 备用金."""
    flow = report.cash_flow
    parts = (
        ("销售收现", flow.sales),
        ("退货付现", flow.returns),
        ("收欠款", flow.receipts),
        ("付供应商", flow.payments + flow.purchases),
    )
    return [("备用金", report.start_cash), *((words, amount) for words, amount in parts if amount)]
