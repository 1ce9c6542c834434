"""F7 折扣抹零: 优惠率 or 优惠金额 for the whole sale, 抹零 by one key; what the buyer will pay stands below."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.rules.pricing import rounding_off
from jdy_desktop.models.rules.rounding import parse_decimal
from jdy_desktop.services.book.document_values import SaveDocument, TaxRules, Totals
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.views.entry.desk import Surroundings
from jdy_desktop.views.figures import money, plain
from jdy_desktop.views.pages.sale_form import SaleForm
from jdy_desktop.views.widgets.base import row
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.feedback import AmountLabel
from jdy_desktop.views.widgets.fields import Field, FormRow
from jdy_desktop.views.widgets.panels import ValueRow

_ZERO = Decimal(0)


class DiscountDialog(DialogFrame):
    """`chosen(rate, amount)`: percent, or an amount that wins over it (None)."""

    chosen = Signal(object, object)

    def __init__(self, host: QWidget, documents: Documents, form: SaleForm, around: Surroundings | None) -> None:
        super().__init__(host, "折扣抹零", width=480, name="discount_dialog")
        self._documents, self._request, self._floors = documents, form.request(), form.floors
        self._rules = around.rules if around else TaxRules()
        self._rate, self._amount = form.discount_rate, form.discount_amount
        self.amount_field = Field(name="discount_dialog.amount_field", label="优惠金额", size="large", right=True)
        self.rate_field = Field(name="discount_dialog.rate_field", label="优惠率", size="large", right=True)
        self._amount_row, self._rate_row = (
            FormRow("优惠金额（元）", self.amount_field),
            FormRow("优惠率（%）", self.rate_field),
        )
        fields = row(self._amount_row, self._rate_row, spacing=16)
        self.body.addLayout(fields)
        tools = row(spacing=8)
        for words, unit, name in (
            ("抹去分", Decimal("0.1"), "fen"),
            ("抹去角分", Decimal(1), "jiao"),
            ("抹到十元", Decimal(10), "ten"),
        ):
            button = KeyButton(words, name=f"discount_dialog.{name}_button", size="small")
            button.clicked.connect(lambda _on=False, one=unit: self._round_off(one))
            tools.addWidget(button)
        clear = KeyButton("不优惠", kind="quiet", size="small", name="discount_dialog.clear_button")
        clear.clicked.connect(self._clear)
        tools.addStretch(1)
        tools.addWidget(clear)
        self.body.addLayout(tools)
        self._goods, self._after = ValueRow("合计", ""), ValueRow("优惠后金额", "", strong=True)
        self.body.addWidget(self._goods)
        self.body.addWidget(self._after)
        self._pay = AmountLabel("0.00", size=28)
        self._pay.setObjectName("discount_dialog.amount")
        self.body.addWidget(ValueRow("结算金额", control=self._pay))
        self.add_button(KeyButton("取消", "cancel", name="discount_dialog.cancel_button"), self.reject)
        self.add_button(
            KeyButton("确定", "ok", kind="primary", name="discount_dialog.ok_button"), self.accept, default=True
        )
        self.amount_field.textEdited.connect(self._on_amount)
        self.rate_field.textEdited.connect(self._on_rate)
        self._show()
        self.amount_field.selectAll()

    # ---- typing
    @Slot(str)
    def _on_amount(self, text: str) -> None:
        number = parse_decimal(text or "0", places=2, minimum=_ZERO)
        ok = isinstance(number, Decimal)
        self._amount_row.set_error(None if ok else "写成金额，例如 1.80")
        if isinstance(number, Decimal):
            self._amount, self._rate = number or None, _ZERO
            self._show(keep=self.amount_field)

    @Slot(str)
    def _on_rate(self, text: str) -> None:
        number = parse_decimal(text or "0", places=4, minimum=_ZERO, maximum=Decimal(100))
        ok = isinstance(number, Decimal)
        self._rate_row.set_error(None if ok else "0 到 100 之间")
        if isinstance(number, Decimal):
            self._amount, self._rate = None, number
            self._show(keep=self.rate_field)

    def _round_off(self, unit: Decimal) -> None:
        """抹零: what the buyer pays becomes a whole multiple of `unit`; the rest is 优惠金额."""
        totals = self._totals()
        self._amount = rounding_off(totals.goods_amount, totals.discount_amount, totals.customer_freight, unit)
        self._rate = _ZERO
        self._show()

    @Slot()
    def _clear(self) -> None:
        self._amount, self._rate = None, _ZERO
        self._show()

    # ---- showing
    def _totals(self) -> Totals:
        return self._documents.totals(self._asked(), self._rules)

    def _asked(self) -> SaveDocument:
        return replace(self._request, discount_rate=self._rate, discount_amount=self._amount)

    def _show(self, keep: Field | None = None) -> None:
        totals = self._totals()
        if keep is not self.amount_field:
            self.amount_field.setText(money(totals.discount_amount) if totals.discount_amount else "")
        if keep is not self.rate_field:
            self.rate_field.setText(plain(totals.discount_rate) if totals.discount_rate else "")
        self._goods.set_value(money(totals.goods_amount))
        self._after.set_value(money(totals.amount_after_discount))
        self._pay.set_amount(money(totals.settlement_amount))
        too_much = totals.amount_after_discount < 0
        # A line sold too low says so itself; here it is the discount that is typed.
        too_low = self._documents.low_row(self._asked(), totals, self._rules, self._floors) == 0
        words = "优惠比合计还多" if too_much else "低于最低价，要店主登录" if too_low else None
        self._amount_row.set_error(words)
        self.refit()

    def accept(self) -> None:
        if self._amount_row.error() or self._rate_row.error():
            return
        self.chosen.emit(self._rate, self._amount)
        super().accept()
