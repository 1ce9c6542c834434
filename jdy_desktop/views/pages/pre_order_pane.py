"""The detail pane of 预订单: what the buyer pays, how far the code is, how the goods go and when the money comes (M142–M145)."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices

from jdy_desktop.models.rules.logistics import GUARANTEE_DAYS, expected_money_date
from jdy_desktop.models.states import Logistics, UploadState
from jdy_desktop.services.channel.pre_order_values import CodeView
from jdy_desktop.views.figures import moment, money
from jdy_desktop.views.texts import label
from jdy_desktop.views.widgets.base import STRETCH, Rule, Surface, Text, column, named, row, sized
from jdy_desktop.views.widgets.buttons import LinkButton
from jdy_desktop.views.widgets.fields import DateField
from jdy_desktop.views.widgets.panels import ValueRow

GUARANTEED_TRADE = "https://cs.jdy.com/article/1556025411239"
PICKUP = "自提：无须填写物流单号。自提是担保交易，不再是即时到账。"
PICKUP_MONEY = f"买家确认收货后，资金到账；没有确认收货也没有退货的，从卖家发货起第 {GUARANTEE_DAYS} 天到账。"
EXPRESS = "快递：发货后在 1688 后台填写物流单号。"
EXPRESS_MONEY = f"买家确认收货，资金立即到账；没有确认的，发货后 {GUARANTEE_DAYS} 日自动到账。"


_FACTS = (
    ("customer", "客户"),
    ("goods", "优惠后金额"),
    ("freight", "客户承担费用"),
    ("amount", "结算金额"),
    ("logistics", "物流方式"),
)
_STEPS = (
    ("number", "预单编号"),
    ("state", "状态"),
    ("created", "创建"),
    ("shown", "出示"),
    ("scanned", "扫码"),
    ("paid", "支付"),
    ("expires", "过期"),
)


class PreOrderPane(Surface):
    """Below the list, because its eleven columns need the whole width. `show_order(view)` or `show_order(None)`."""

    def __init__(self) -> None:
        super().__init__("subtle", edge="top")
        self.setObjectName("pre_orders_page.pane")
        self._title = named(Text("", "section"), "pre_orders_page.pane_title", "销货单号")
        self._rows = {key: ValueRow(words, strong=key == "amount") for key, words in (*_FACTS, *_STEPS)}
        facts = column(self._title, *(self._rows[key] for key, _ in _FACTS), STRETCH, spacing=4)
        steps = column(*(self._rows[key] for key, _ in _STEPS), STRETCH, spacing=4)
        self.way = named(Text("", "body", wrap=True), "pre_orders_page.logistics_text", "物流说明")
        self.money = named(Text("", "body", wrap=True), "pre_orders_page.money_text", "到账说明")
        self.shipped = sized(DateField(name="pre_orders_page.shipped_field", label="发货日期"), width=128)
        self.shipped.setToolTip("只用来推算到账日期，不保存")
        self.arrival = ValueRow("最晚到账")
        self.arrival.setObjectName("pre_orders_page.arrival_row")
        link = LinkButton("担保交易流程", icon="external", name="pre_orders_page.guarantee_link")
        link.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(GUARANTEED_TRADE)))
        days = row(Text("发货日期", "label"), self.shipped, 8, self.arrival, STRETCH, link)
        words = column(self.way, self.money, days, STRETCH, spacing=6)
        whole = row(
            facts,
            Rule(vertical=True),
            steps,
            Rule(vertical=True),
            words,
            spacing=16,
            margins=(16, 10, 16, 10),
            parent=self,
        )
        for place, share in ((0, 2), (2, 2), (4, 5)):
            whole.setStretch(place, share)
        self.shipped.textChanged.connect(self._show_arrival)
        self.show_order(None)

    def show_order(self, view: CodeView | None) -> None:
        """Facts of one pre-order; None clears the pane."""
        self._title.setText((view.sale_number or "在别处创建的预订单") if view else "没有选中预订单")
        for line in (*self._rows.values(), self.way, self.money, self.shipped, self.arrival):
            line.setEnabled(view is not None)
        if view is None:
            for line in self._rows.values():
                line.set_value("")
            self.way.setText("")
            self.money.setText("")
            return
        is_pickup = view.logistics is Logistics.SELF_PICKUP
        for key, text in {
            "customer": view.customer,
            "number": view.number or "0",
            "goods": money(view.amount_after_discount),
            "freight": money(view.freight),
            "amount": money(view.amount),
            "state": _state(view),
            "created": moment(view.created_at) or "—",
            "shown": moment(view.shown_at) or "—",
            "scanned": moment(view.scanned_at) or "—",
            "paid": moment(view.paid_at) or "—",
            "expires": moment(view.expires_at) or "—",
            "logistics": label(view.logistics),
        }.items():
            self._rows[key].set_value(text)
        self.way.setText(PICKUP if is_pickup else EXPRESS)
        self.money.setText(PICKUP_MONEY if is_pickup else EXPRESS_MONEY)
        self._show_arrival()

    def value(self, key: str) -> str:
        """Text of a row: customer, number, goods, freight, amount, state, created …"""
        return self._rows[key].value()

    @Slot()
    def _show_arrival(self) -> None:
        shipped: date | None = self.shipped.value()
        day = expected_money_date(shipped)
        self.arrival.set_value(day.isoformat() if day else "填发货日期推算")


def _state(view: CodeView) -> str:
    if view.upload_state is not UploadState.UPLOADED:
        return label(view.upload_state)
    return "已过期" if view.is_expired else label(view.pay_state)
