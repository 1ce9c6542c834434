"""Side panel of a sale: the goods in hand, what the customer owes, sums, the amount and 完成 (look/09)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from jdy_desktop.models.states import OfferStatus, PriceGrade
from jdy_desktop.services.machine.context import SHANGHAI, Clock
from jdy_desktop.services.queries.picker import SkuCard
from jdy_desktop.views import theme
from jdy_desktop.views.figures import money, plain
from jdy_desktop.views.pages.sale_form import SaleForm, SaleLine
from jdy_desktop.views.pictures import PictureStore
from jdy_desktop.views.texts import PRICE_LABELS, label
from jdy_desktop.views.widgets.base import STRETCH, ElidedText, Text, column, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton, LinkButton
from jdy_desktop.views.widgets.feedback import AmountLabel, Chip
from jdy_desktop.views.widgets.fields import Field, Tick
from jdy_desktop.views.widgets.panels import SidePanel, ValueRow


class GoodsCard(QWidget):
    """The goods of the current line: prices, stocks, minimum, 1688's tiers (W18, W20)."""

    last_price_wanted = Signal()

    def __init__(self, pictures: PictureStore, clock: Clock) -> None:
        super().__init__()
        self._pictures, self._clock = pictures, clock
        self._card: SkuCard | None = None
        self._picture = sized(QLabel(), width=56, height=56)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name, self._code = ElidedText("", "strong"), ElidedText("", "hint")
        self._state, self._shelf = Chip("", "mute", filled=False), Text("", "hint")
        # A widget of its own: a layout of hidden parts only would narrow the names above it.
        self._match = QWidget()
        row(self._state, self._shelf, STRETCH, spacing=6, parent=self._match)
        words = column(self._name, self._code, self._match, spacing=2)
        head = row(self._picture, words, spacing=12)
        head.setStretch(1, 1)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.px(16))
        self._grid.setVerticalSpacing(theme.px(8))
        self._rows = [ValueRow("", "") for _ in range(6)]
        for number, line in enumerate(self._rows):
            self._grid.addWidget(line, number % 3, number // 3)
        for number in range(2):
            self._grid.setColumnStretch(number, 1)
        self._tiers = ElidedText("", "hint")
        self._take = LinkButton("用最近售价", "last_price", name="sale_page.last_price_button")
        self._take.clicked.connect(self.last_price_wanted)
        column(head, self._grid, row(self._tiers, self._take), spacing=10, parent=self)
        pictures.arrived.connect(self._on_picture)
        self.show_line(None, PriceGrade.RETAIL)

    def show_line(self, line: SaleLine | None, grade: PriceGrade) -> None:
        self._card = line.card if line else None
        for part in (self._picture, self._match, *self._rows):
            part.setVisible(line is not None)
        self._take.hide()
        if line is None:
            self._name.setText("还没有商品")
            self._code.setText("扫码或打字，这里显示价格和库存")
            self._tiers.setText("")
            return
        card = line.card
        self._name.setText(card.product_name)
        self._code.setText(" · ".join(part for part in (card.code, card.sku_name) if part))
        self._show_match(card)
        self._show_picture()
        self._show_numbers(line, grade)

    def _show_match(self, card: SkuCard) -> None:
        self._state.set_state("已匹配" if card.offer else "未匹配")
        if card.offer is None:
            self._shelf.setText(f"在店铺 {card.other_shop}" if card.other_shop else "")
            return
        at = card.offer.downloaded_at.astimezone(SHANGHAI)
        when = f"{at:%H:%M}" if at.date() == self._clock.today() else f"{at:%m-%d}"
        self._shelf.setText(f"{label(card.offer.status)} · {when} 下载")
        self._shelf.set_role("hint" if card.offer.status is OfferStatus.ON_SHELF else "warn")

    def _show_numbers(self, line: SaleLine, grade: PriceGrade) -> None:
        card, unit, offer = line.card, line.card.unit, line.card.offer
        kinds = [PriceGrade.RETAIL, PriceGrade.WHOLESALE]
        if grade not in kinds:
            kinds[0] = grade
        values = [(PRICE_LABELS[kind], money(card.prices.get(kind)) or "—", "", kind is grade) for kind in kinds]
        values.append(("最近售价", money(card.last_price) or "—", "", False))
        minimum = offer.minimum_quantity if offer else None
        is_under = bool(minimum and line.quantity < minimum)
        short = line.quantity > card.stock + line.stored and not card.allow_negative
        values.append(("库存", f"{plain(card.stock)} {unit}", "bad" if short else "", short))
        values.append(("线上库存", f"{plain(offer.online_stock)} {unit}" if offer else "—", "", False))
        values.append(("起订量", f"{plain(minimum)} {unit}" if minimum else "—", "warn" if is_under else "", is_under))
        for place, (name, value, tone, strong) in zip(self._rows, values, strict=True):
            place.set_label(name)
            place.set_value(value, tone=tone, strong=strong)
        tiers = " · ".join(f"≥ {plain(start)} {unit} {money(price)}" for start, price in offer.tiers) if offer else ""
        self._tiers.setText(f"1688 价格  {tiers}" if tiers else "")
        self._take.setVisible(card.last_price is not None and card.last_price != line.price)
        day = f"{card.last_price_day:%Y-%m-%d} 卖给这个客户" if card.last_price_day else ""
        self._rows[2].setToolTip(day)

    def _show_picture(self) -> None:
        url = self._card.picture if self._card else ""
        found = self._pictures.pixmap(url, 56)
        self._picture.setPixmap(found if found is not None else theme.pixmap("goods", "hint", 32))

    def _on_picture(self, url: str) -> None:
        if self._card is not None and self._card.picture == url:
            self._show_picture()


class SaleSide(SidePanel):
    """`finish_button`, `freight_field`, `remark_field`, `create_tick`, `discount_button` are the page's to connect."""

    def __init__(self, pictures: PictureStore, clock: Clock) -> None:
        super().__init__(name="sale_page.side_panel")
        self.goods = GoodsCard(pictures, clock)
        self.add(self.goods)
        self.section()
        self._balance = self.add_row("上次欠款 + 本次", "0.00")
        self._after_all = self.add_row("累计欠款", "0.00", strong=True)
        self.remark_field = sized(Field(name="sale_page.remark_field", label="备注"), width=184)
        self.remark_field.setMaxLength(200)
        self.add(ValueRow("备注", control=self.remark_field))
        self.section()
        self._sum = self.add_row("合计", "0.00")
        self._tax = self.add_row("税额", "0.00")
        self._discount = self.add_row("优惠金额 F7", "0.00")
        self._after = self.add_row("优惠后金额", "0.00")
        self.freight_field = sized(Field(name="sale_page.freight_field", label="客户承担费用", right=True), width=96)
        self.add(ValueRow("客户承担费用", control=self.freight_field))
        self.stretch()
        self.amount = AmountLabel("0.00")
        self.amount.setObjectName("sale_page.settlement_amount")
        self.pay = QWidget()
        row(Text("结算金额", "label"), self.amount, parent=self.pay).setStretch(1, 1)
        self.add(self.pay)
        self.create_tick = Tick("创建 1688 预订单", checked=True, name="sale_page.create_tick")
        self._way = Text("", "label")
        tick_row = row(self.create_tick, self._way)
        tick_row.insertStretch(1)
        self.body.addLayout(tick_row)
        self.finish_button = KeyButton(
            "完成", "finish", kind="primary", size="finish", wide=True, name="sale_page.finish_button"
        )
        self.body.addWidget(self.finish_button)

    def show_form(self, form: SaleForm, *, has_channel: bool, has_tax: bool) -> None:
        totals = form.totals
        # A sale through 1688 is owed until the buyer has paid its code.
        self._balance.set_value(f"{money(form.balance)} + {money(totals.owed_amount)}")
        self._after_all.set_value(money(form.balance + totals.owed_amount))
        self._sum.set_label(f"合计 {plain(totals.quantity)} 件 · {len(form.lines)} 行")
        self._sum.set_value(money(totals.goods_amount))
        self._tax.setVisible(has_tax)
        self._tax.set_value(money(totals.tax))
        self._discount.set_value(money(totals.discount_amount))
        self._after.set_value(money(totals.amount_after_discount))
        self.amount.set_amount(money(totals.settlement_amount))
        self._way.setText(label(form.logistics))
        self.create_tick.setVisible(has_channel)
        self._way.setVisible(has_channel)
