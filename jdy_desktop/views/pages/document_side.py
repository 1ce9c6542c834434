"""Side panel of a document: the goods in hand, sums and discounts, what is paid and owed, and 保存 (look/17)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from jdy_desktop.models.rules.rounding import NumberProblem
from jdy_desktop.services.book.parties import AccountInfo
from jdy_desktop.services.queries.purchase_prices import Bought
from jdy_desktop.views import theme
from jdy_desktop.views.entry.numbers import PROBLEMS, parse_number
from jdy_desktop.views.entry.refusals import Stuck
from jdy_desktop.views.figures import money, plain
from jdy_desktop.views.pages.document_form import DocForm, DocLine
from jdy_desktop.views.pages.document_kinds import DocumentSpec
from jdy_desktop.views.pictures import PictureStore
from jdy_desktop.views.widgets.base import ElidedText, Text, column, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import AmountLabel
from jdy_desktop.views.widgets.fields import Field, FilterCombo
from jdy_desktop.views.widgets.panels import SidePanel, ValueRow


class DocGoods(QWidget):
    """The goods of the current line: stock, and what was paid before (W21)."""

    def __init__(self, spec: DocumentSpec, pictures: PictureStore, *, sees_cost: bool) -> None:
        super().__init__()
        self._spec, self._pictures, self._url = spec, pictures, ""
        self._has_prices = spec.asks_bought_price and sees_cost
        self._picture = sized(QLabel(), width=56, height=56)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name, self._code = ElidedText("", "strong"), ElidedText("", "hint")
        head = row(self._picture, column(self._name, self._code, spacing=2), spacing=12)
        head.setStretch(1, 1)
        self._stock, self._last = ValueRow("现有库存"), ValueRow("上次购货单价")
        self._lowest = ValueRow("90 天最低")
        self._prices = (self._last, self._lowest)
        column(head, self._stock, *self._prices, spacing=8, parent=self)
        pictures.arrived.connect(self._on_picture)

    def show_line(self, form: DocForm, line: DocLine | None) -> None:
        bought = form.bought.get(line.sku_id) if line else None
        for part in (self._picture, self._stock):
            part.setVisible(line is not None)
        for place in self._prices:
            place.setVisible(line is not None and self._has_prices)
        if line is None:
            self._name.setText("还没有商品")
            self._code.setText("扫码、打字，或按 Ctrl+V 从 Excel 粘贴")
            return
        card = line.card
        self._name.setText(card.product_name)
        self._code.setText(" · ".join(part for part in (card.code, card.sku_name) if part))
        self._stock.set_value(f"{plain(card.stock)} {card.unit}")
        self._last.set_value(_paid(bought.last if bought else None))
        self._lowest.set_value(_paid(bought.lowest if bought else None))
        self._url = card.picture
        self._on_picture(card.picture)

    def _on_picture(self, url: str) -> None:
        if url == self._url:
            found = self._pictures.pixmap(url, 56)
            self._picture.setPixmap(found if found is not None else theme.pixmap("goods", "hint", 32))


def _paid(one: Bought | None) -> str:
    return "—" if one is None else f"{money(one.price)}  {one.day:%m-%d}"


class DocSide(SidePanel):
    """`changed(name, value)` for discount_rate, discount_amount, paid; `refused(problem)`; the rest is the page's to connect."""

    changed = Signal(str, object)
    refused = Signal(object)

    def __init__(self, spec: DocumentSpec, pictures: PictureStore, *, sees_cost: bool = True) -> None:
        super().__init__(name=f"{spec.page_id}_page.side_panel")
        self._spec, self._page = spec, f"{spec.page_id}_page"
        self.goods = DocGoods(spec, pictures, sees_cost=sees_cost)
        self.add(self.goods)
        self.section()
        self._sum = self.add_row("合计", "0.00")
        self._tax = self.add_row("税额", "0.00")
        self.fields: dict[str, Field] = {}
        money_rows: list[QWidget] = [
            self._number("discount_rate", "优惠率(%)"),
            self._number("discount_amount", "优惠金额"),
        ]
        self._after = ValueRow("优惠后金额", strong=True)
        self.account = FilterCombo(
            "结算账户", [("请选择", None)], inside=False, width=112, name=f"{self._page}.account_combo"
        )
        money_rows += [
            self._after,
            self._number("paid", spec.pay or "本次付款"),
            ValueRow("结算账户", control=self.account),
        ]
        for one in money_rows:
            self.add(one).setVisible(spec.has_discount)
        self.remark_field = sized(Field(name=f"{self._page}.remark_field", label="备注"), width=184)
        self.remark_field.setMaxLength(200)
        self.add(ValueRow("备注", control=self.remark_field))
        self.stretch()
        self.owed = AmountLabel("0.00")
        self.owed.setObjectName(f"{self._page}.owed_amount")
        words = "本次欠款" if spec.has_discount else "合计"
        self.owed_row = QWidget()
        row(Text(words, "label"), self.owed, parent=self.owed_row).setStretch(1, 1)
        self.add(self.owed_row).setVisible(spec.has_money)
        self._in_all = ValueRow("累计欠款")
        self.add(self._in_all).setVisible(spec.has_discount)
        self.save_button = KeyButton(
            "保存", "finish", kind="primary", size="finish", wide=True, name=f"{self._page}.save_button"
        )
        self.body.addWidget(self.save_button)

    def _number(self, name: str, words: str) -> ValueRow:
        field = sized(Field(name=f"{self._page}.{name}_field", label=words, right=True), width=96)
        field.editingFinished.connect(lambda: self._leave(name))
        self.fields[name] = field
        return ValueRow(words, control=field)

    def take(self, name: str) -> NumberProblem | None:
        """What stands in a field when it was typed; why it cannot be a number."""
        field = self.fields[name]
        if not field.isModified():
            return None
        number = parse_number(field.text().strip() or "0", "discount" if name == "discount_rate" else name)
        if isinstance(number, NumberProblem):
            return number
        field.setModified(False)
        self.changed.emit(name, number)
        return None

    def _leave(self, name: str) -> None:
        """The focus leaves the field: what is no number goes back to the one before."""
        if problem := self.take(name):
            self.fields[name].setModified(False)
            self.refused.emit(problem)

    def take_all(self) -> Stuck | None:
        """A field the focus has not left yet counts too; the first whose text is no number."""
        stuck = [Stuck(self.fields[name], PROBLEMS[problem]) for name in self.fields if (problem := self.take(name))]
        return stuck[0] if stuck else None

    def set_accounts(self, accounts: Sequence[AccountInfo]) -> None:
        self.account.set_options([("请选择", None), *((one.name, one.id) for one in accounts)])

    def show_form(self, form: DocForm, *, has_tax: bool) -> None:
        totals = form.totals
        self._sum.set_label(f"合计 {plain(totals.quantity)} 件 · {len(form.wanted())} 行")
        self._sum.set_value(money(totals.goods_amount) if self._spec.has_money else "")
        self._tax.setVisible(has_tax and self._spec.has_discount)
        self._tax.set_value(money(totals.tax))
        self._after.set_value(money(totals.amount_after_discount))
        self.account.blockSignals(True)
        self.account.set_value(form.account_id)
        self.account.blockSignals(False)
        values = {
            "discount_rate": plain(totals.discount_rate),
            "discount_amount": money(totals.discount_amount),
            "paid": money(form.paid),
        }
        for name, text in values.items():
            self.fields[name].show_text(text)
        self.remark_field.show_text(form.remark)
        self.owed.set_amount(money(totals.owed_amount if self._spec.has_discount else totals.goods_amount))
        self._in_all.set_value(money(form.owed_in_all))

    def set_read_only(self, on: bool) -> None:
        for one in (*self.fields.values(), self.account, self.remark_field):
            one.setEnabled(not on)
