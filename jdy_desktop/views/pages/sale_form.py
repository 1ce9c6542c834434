"""What stands on a 销货单 while it is typed: head, lines, and the request made of them. No widget, no arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from jdy_desktop.models.ids import CustomerId, OfferSkuId, ShopId
from jdy_desktop.models.rules.logistics import default_logistics
from jdy_desktop.models.rules.pricing import grade_price
from jdy_desktop.models.states import DocumentKind, Logistics, PriceGrade
from jdy_desktop.services.book.document_values import DocumentView, LineView, SaveDocument, SaveLine
from jdy_desktop.services.book.parties import CustomerHit
from jdy_desktop.services.queries.picker import SkuCard
from jdy_desktop.views.entry.form import ZERO, Cards, EntryForm, EntryLine
from jdy_desktop.views.figures import money

HUNDRED = Decimal(100)
#: setting of this PC: "0" when a new sale makes no pre-order unless it is ticked
MAKES_PRE_ORDER = "sale.makes_pre_order"


@dataclass(frozen=True, slots=True)
class SaleLine(EntryLine):
    """`offer_sku_id`: the offer the clerk chose where a shop shows the goods more than once."""

    offer_sku_id: OfferSkuId | None = None


@dataclass
class SaleForm(EntryForm[SaleLine]):
    """A sale in the making. `logistics_by_hand`: the clerk chose the way of delivery, so the freight no longer does.

    `paid`, `account_id`: what was paid with a stored sale, and where it went; the form only carries them."""

    HEAD = (*EntryForm.HEAD, "shop_id", "logistics_by_hand", "makes_pre_order", "account_id")
    HEAD_NUMBERS = (*EntryForm.HEAD_NUMBERS, "freight", "paid")
    LINE = (*EntryForm.LINE, "offer_sku_id")

    customer_id: CustomerId | None = None
    customer: str = ""
    shop_id: ShopId | None = None
    logistics: Logistics = Logistics.SELF_PICKUP
    logistics_by_hand: bool = False
    freight: Decimal = ZERO
    makes_pre_order: bool = True
    paid: Decimal | None = None
    account_id: int | None = None

    def new_line(self, **values: Any) -> SaleLine:
        return SaleLine(**values)

    @property
    def title(self) -> str:
        return self.customer

    # ---- prices
    def price_of(self, card: SkuCard) -> Decimal:
        """By the customer's grade (M123)."""
        found = grade_price(card.prices, self.grade)
        return found.price if found else ZERO

    def would_reprice(self, grade: PriceGrade) -> int:
        """How many lines another grade gives another price: worth a question before it happens (M123)."""
        now, then = self.grade, grade
        count = 0
        for line in self.lines:
            old, new = grade_price(line.card.prices, now), grade_price(line.card.prices, then)
            count += bool(old and new and (old.price != new.price or line.price != new.price))
        return count

    def reprice(self) -> None:
        """Every line takes the price of the present grade."""
        self.lines = [
            replace(one, price=self.price_of(one.card) or one.price, by_hand=False, trouble="") for one in self.lines
        ]

    @property
    def floors(self) -> dict[int, Decimal]:
        """The lowest price of the goods, yuan by SKU; goods without a price have none."""
        return {one.sku_id: min(one.card.prices.values()) for one in self.lines if one.card.prices}

    def give_up_low_prices(self) -> None:
        """Prices under the lowest of their goods become those of the grade, with the reason at the line: an owner typed
        them into a bill that somebody else takes up."""
        for one in self.lines:
            priced = [price for price in one.card.prices.values() if price]
            if priced and one.price * (HUNDRED - one.discount_rate) < min(priced) * HUNDRED:
                price = self.price_of(one.card) or min(priced)
                words = f"店主给的价低于最低价，要店主登录才能用；已改回 {money(price)}。"
                self.change(one.id, price=price, discount_rate=ZERO, by_hand=False)
                self.lines = [replace(line, trouble=words) if line.id == one.id else line for line in self.lines]

    def take_lines(self, document: DocumentView, cards: Cards) -> None:
        """The goods of a stored sale, as many as there, at the present grade's prices; goods gone meanwhile are left out."""
        for line in document.lines:
            card = cards.get(line.sku_id)
            if card is not None:
                made = self.add(card, new_line=True, quantity=line.quantity)
                values: dict[str, Any] = {"warehouse_id": line.warehouse_id, "remark": line.remark}
                self.change(made, **values, price=self.price_of(card) or line.price)

    # ---- head
    def set_customer(self, hit: CustomerHit) -> None:
        """Who buys, at which grade, and what he owes; prices already on the lines stay."""
        self.customer_id, self.customer, self.grade, self.balance = hit.id, hit.name, hit.grade, hit.balance

    def set_freight(self, freight: Decimal) -> None:
        """客户承担费用; the way of delivery follows until the clerk chose one (M127)."""
        self.freight = freight
        if not self.logistics_by_hand:
            self.logistics = default_logistics(freight)

    # ---- saved and stored
    def request(self) -> SaveDocument:
        return self.request_of(
            DocumentKind.SALE,
            customer_id=self.customer_id,
            shop_id=self.shop_id,
            logistics=self.logistics,
            customer_freight=self.freight,
            makes_pre_order=self.makes_pre_order,
            paid_amount=self.paid,
            account_id=self.account_id,
        )

    def line_request(self, line: SaleLine) -> SaveLine:
        return SaveLine(
            sku_id=line.sku_id,
            quantity=line.quantity,
            price=line.price,
            warehouse_id=line.warehouse_id,
            discount_rate=line.discount_rate,
            tax_rate=line.rate_of_tax,
            remark=line.remark,
            offer_sku_id=line.offer_sku_id,
        )

    def of_stored(self, document: DocumentView, cards: Cards) -> SaleForm:
        usual = default_logistics(document.customer_freight)
        return replace(
            super().of_stored(document, cards),
            customer_id=document.customer_id,
            customer=document.customer,
            shop_id=document.shop_id,
            logistics=document.logistics or usual,
            logistics_by_hand=document.logistics is not usual,
            freight=document.customer_freight,
            makes_pre_order=document.makes_pre_order,
            paid=document.paid_amount,
            account_id=document.account_id,
        )

    def stored_values(self, line: LineView) -> dict[str, Any]:
        return {"offer_sku_id": line.offer_sku_id}

    # ---- drafts
    def payload(self) -> dict[str, Any]:
        # The customer's name and grade are read anew when the draft is taken up.
        return super().payload() | {"customer_id": self.customer_id, "logistics": self.logistics.value}

    def resumed(self, payload: Mapping[str, Any], cards: Cards) -> SaleForm:
        form = super().resumed(payload, cards)
        form.shop_id = form.shop_id or self.shop_id
        form.logistics = Logistics(payload["logistics"])
        return form
