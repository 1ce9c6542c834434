"""Head of a sale: customer, shop, date, number, way of delivery, and the scan row below (look/09)."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from jdy_desktop.models.ids import ShopId
from jdy_desktop.models.states import Logistics
from jdy_desktop.services.book.parties import Parties
from jdy_desktop.services.channel.shops import ShopRow
from jdy_desktop.views.entry.head import EntryHead
from jdy_desktop.views.entry.party_field import CustomerField
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.pages.sale_form import SaleForm
from jdy_desktop.views.texts import label
from jdy_desktop.views.widgets.base import STRETCH, sized
from jdy_desktop.views.widgets.fields import FilterCombo, FormRow, SegmentedChoice
from jdy_desktop.views.widgets.flow import flow

NO_SHOP = "请选择店铺"


class SaleHead(EntryHead):
    """Only the widgets; the page connects them."""

    def __init__(self, parties: Parties, runner: JobRunner, today: date) -> None:
        super().__init__(
            "sale_page",
            today,
            words="扫码，或输入 代码 / 名称 / 拼音首字母 / 粘贴 1688 链接",
            hint="F2  ·  12* 改数量  ·  / 改单价",
            widths=(120, 132),
        )
        self.customer = sized(CustomerField(parties, runner), width=224)
        self.shop = FilterCombo("店铺", [(NO_SHOP, None)], inside=False, width=188, name="sale_page.shop_combo")
        self.logistics = SegmentedChoice(
            [(label(one), one) for one in Logistics], name="sale_page.logistics_choice", label="物流方式"
        )
        self.shop_row = FormRow("店铺", self.shop)
        head = flow(
            FormRow("客户 F3", self.customer),
            self.shop_row,
            FormRow("单据日期", self.day),
            FormRow("单据编号", self.number),
            FormRow("物流方式", self.logistics),
            STRETCH,
            spacing=12,
        )
        self.lay_out(head)

    def set_shops(self, shops: tuple[ShopRow, ...], *, visible: bool) -> None:
        """With one shop there is nothing to choose (M128)."""
        lines: list[tuple[str, ShopId | None]] = [(one.name, one.id) for one in shops]
        if len(shops) != 1:
            lines.insert(0, (NO_SHOP if shops else "还没有店铺", None))
        self.shop.set_options(lines)
        self.shop_row.setVisible(visible)

    def show_form(self, form: SaleForm) -> None:
        self.shop.blockSignals(True)
        self.shop.set_value(form.shop_id)
        self.shop.blockSignals(False)
        self.show_day(form.day)
        self.number.setText(form.number)
        self.logistics.set_value(form.logistics)

    def set_read_only(self, on: bool) -> None:
        parts: list[QWidget] = [self.customer, self.shop, self.day, self.logistics, self.scan, self.matrix]
        for one in parts:
            one.setEnabled(not on)
