"""What stands on a 销货单 while it is typed: head, lines, and the request made of them. No widget, no arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from jdy_desktop.models.ids import CustomerId, DocumentId, OfferSkuId, ShopId, SkuId, WarehouseId
from jdy_desktop.models.rules.logistics import default_logistics
from jdy_desktop.models.rules.pricing import grade_price
from jdy_desktop.models.states import DocumentKind, Logistics, PriceGrade
from jdy_desktop.services.book.document_values import (
    DocumentView,
    LineTotals,
    LineView,
    SaveDocument,
    SaveLine,
    TaxRules,
    Totals,
)
from jdy_desktop.services.queries.picker import SkuCard
from jdy_desktop.views.figures import money, plain

ZERO = Decimal(0)
ONE, HUNDRED = Decimal(1), Decimal(100)
#: setting of this PC: "0" when a new sale makes no pre-order unless it is ticked
MAKES_PRE_ORDER = "sale.makes_pre_order"


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One line. `by_hand`: the clerk typed the price, so another customer does not change it without asking.

    `stored`: quantity of this line in the saved document, which is already out of the stock shown.
    `tax_rate`: of a stored line, which keeps the rate it was sold at; None: of the goods.
    `trouble`: what the last try to save said of this line. `money` is filled in by the totals.
    """

    id: int
    card: SkuCard
    quantity: Decimal = ONE
    price: Decimal = ZERO
    by_hand: bool = False
    discount_rate: Decimal = ZERO
    remark: str = ""
    warehouse_id: WarehouseId | None = None
    offer_sku_id: OfferSkuId | None = None
    stored: Decimal = ZERO
    trouble: str = ""
    money: LineTotals | None = None
    tax_rate: Decimal | None = None

    @property
    def sku_id(self) -> SkuId:
        return self.card.sku_id


@dataclass
class SaleForm:
    """A sale in the making. `client_key` is made once, so pressing F9 twice stores it once (W33)."""

    client_key: str
    day: date
    customer_id: CustomerId | None = None
    customer: str = ""
    grade: PriceGrade = PriceGrade.RETAIL
    balance: Decimal = ZERO
    shop_id: ShopId | None = None
    logistics: Logistics = Logistics.SELF_PICKUP
    logistics_by_hand: bool = False
    remark: str = ""
    discount_rate: Decimal = ZERO
    discount_amount: Decimal | None = None
    freight: Decimal = ZERO
    makes_pre_order: bool = True
    document_id: DocumentId | None = None
    version: int | None = None
    number: str = ""
    warehouse_id: WarehouseId | None = None
    lines: list[SaleLine] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)
    _next_id: int = 1

    # ---- lines
    @property
    def is_empty(self) -> bool:
        return not self.lines

    def line(self, line_id: object) -> SaleLine | None:
        return next((one for one in self.lines if one.id == line_id), None)

    def row_of(self, line_id: object) -> int:
        """From 1, as shown; 0 when it is not there."""
        return next((row for row, one in enumerate(self.lines, 1) if one.id == line_id), 0)

    def add(self, card: SkuCard, *, new_line: bool = False, quantity: Decimal = ONE) -> int:
        """A piece more: raises the line of the same SKU, or begins one (W19). The id of the line."""
        same = next((one for one in reversed(self.lines) if one.sku_id == card.sku_id), None)
        if same is not None and not new_line:
            self.change(same.id, quantity=same.quantity + quantity)
            return same.id
        line = SaleLine(self._next_id, card, quantity, self.price_of(card))
        self._next_id += 1
        self.lines.append(line)
        return line.id

    def set_quantity(self, card: SkuCard, quantity: Decimal) -> int:
        """Exactly so many of a SKU, as the matrix says; 0 takes its line away. The id of the line, 0 without one."""
        same = next((one for one in self.lines if one.sku_id == card.sku_id), None)
        if same is None:
            return self.add(card, quantity=quantity) if quantity else 0
        if not quantity:
            self.remove(same.id)
            return 0
        self.change(same.id, quantity=quantity)
        return same.id

    def change(self, line_id: object, **values: Any) -> None:
        self.lines = [replace(one, trouble="", **values) if one.id == line_id else one for one in self.lines]

    def remove(self, line_id: object) -> None:
        self.lines = [one for one in self.lines if one.id != line_id]

    def mark(self, troubles: dict[int, str]) -> None:
        """What saving said of each row (from 1)."""
        self.lines = [replace(one, trouble=troubles.get(row, "")) for row, one in enumerate(self.lines, 1)]

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

    def take_lines(self, document: DocumentView, cards: dict[int, SkuCard]) -> None:
        """The goods of a stored sale, as many as there, at the present grade's prices; goods gone meanwhile are left out."""
        for line in document.lines:
            card = cards.get(line.sku_id)
            if card is not None:
                made = self.add(card, new_line=True, quantity=line.quantity)
                values: dict[str, Any] = {"warehouse_id": line.warehouse_id, "remark": line.remark}
                self.change(made, **values, price=self.price_of(card) or line.price)

    # ---- head
    def set_freight(self, freight: Decimal) -> None:
        """客户承担费用; the way of delivery follows until the clerk chose one (M127)."""
        self.freight = freight
        if not self.logistics_by_hand:
            self.logistics = default_logistics(freight)

    def set_cards(self, cards: Iterable[SkuCard]) -> None:
        """Facts read anew (other shop or customer); prices stay as they are."""
        fresh = {card.sku_id: card for card in cards}
        self.lines = [replace(one, card=fresh.get(one.sku_id, one.card)) for one in self.lines]

    # ---- out
    def request(self) -> SaveDocument:
        return SaveDocument(
            kind=DocumentKind.SALE,
            client_key=self.client_key,
            day=self.day,
            document_id=self.document_id,
            version=self.version,
            customer_id=self.customer_id,
            shop_id=self.shop_id,
            warehouse_id=self.warehouse_id,
            logistics=self.logistics,
            remark=self.remark,
            discount_rate=self.discount_rate,
            discount_amount=self.discount_amount,
            customer_freight=self.freight,
            makes_pre_order=self.makes_pre_order,
            lines=tuple(_save_line(one) for one in self.lines),
        )

    def set_totals(self, totals: Totals) -> None:
        self.totals = totals
        self.lines = [
            replace(one, money=totals.lines[number]) if number < len(totals.lines) else one
            for number, one in enumerate(self.lines)
        ]

    def payload(self) -> dict[str, Any]:
        """As JSON for the draft; numbers as text so that nothing is rounded."""
        return {
            "client_key": self.client_key,
            "day": self.day.isoformat(),
            "customer_id": self.customer_id,
            "shop_id": self.shop_id,
            "logistics": self.logistics.value,
            "logistics_by_hand": self.logistics_by_hand,
            "remark": self.remark,
            "discount_rate": str(self.discount_rate),
            "discount_amount": None if self.discount_amount is None else str(self.discount_amount),
            "freight": str(self.freight),
            "makes_pre_order": self.makes_pre_order,
            "document_id": self.document_id,
            "version": self.version,
            "number": self.number,
            "lines": [
                {
                    "sku_id": one.sku_id,
                    "quantity": str(one.quantity),
                    "price": str(one.price),
                    "by_hand": one.by_hand,
                    "discount_rate": str(one.discount_rate),
                    "remark": one.remark,
                    "warehouse_id": one.warehouse_id,
                    "offer_sku_id": one.offer_sku_id,
                    "stored": str(one.stored),
                    "tax_rate": None if one.tax_rate is None else str(one.tax_rate),
                }
                for one in self.lines
            ],
        }

    def summary(self) -> str:
        """What the list of held bills shows: customer, rows, amount."""
        return f"{self.customer} · {len(self.lines)} 行 {plain(self.totals.quantity)} 件 · {money(self.totals.settlement_amount)}"


def from_payload(payload: dict[str, Any], cards: dict[int, SkuCard], base: SaleForm) -> SaleForm:
    """The form of a draft. Goods deleted meanwhile have no card: their lines are left out."""
    amount = payload.get("discount_amount")
    form = replace(
        base,
        client_key=payload.get("client_key") or base.client_key,
        day=date.fromisoformat(payload["day"]),
        shop_id=_id(payload, "shop_id", base.shop_id),
        logistics=Logistics(payload["logistics"]),
        logistics_by_hand=bool(payload.get("logistics_by_hand")),
        remark=payload.get("remark", ""),
        discount_rate=Decimal(payload.get("discount_rate", "0")),
        discount_amount=None if amount is None else Decimal(amount),
        freight=Decimal(payload.get("freight", "0")),
        makes_pre_order=bool(payload.get("makes_pre_order", True)),
        document_id=_id(payload, "document_id", None),
        version=payload.get("version"),
        number=payload.get("number", ""),
        lines=[],
    )
    for number, one in enumerate(payload.get("lines", []), 1):
        card = cards.get(one["sku_id"])
        if card is not None:
            form.lines.append(
                SaleLine(
                    number,
                    card,
                    Decimal(one["quantity"]),
                    Decimal(one["price"]),
                    bool(one.get("by_hand")),
                    Decimal(one.get("discount_rate", "0")),
                    one.get("remark", ""),
                    one.get("warehouse_id"),
                    one.get("offer_sku_id"),
                    Decimal(one.get("stored", "0")),
                    tax_rate=None if one.get("tax_rate") is None else Decimal(one["tax_rate"]),
                )
            )
    form._next_id = len(payload.get("lines", [])) + 1
    return form


def from_document(document: DocumentView, cards: dict[int, SkuCard], base: SaleForm) -> SaleForm:
    """The form of a stored sale, for correcting or reading."""
    form = replace(
        base,
        client_key=document.client_key,
        day=document.day,
        customer_id=document.customer_id,
        customer=document.customer,
        shop_id=document.shop_id,
        logistics=document.logistics or default_logistics(document.customer_freight),
        logistics_by_hand=document.logistics is not default_logistics(document.customer_freight),
        remark=document.remark,
        discount_rate=ZERO,
        discount_amount=document.discount_amount or None,
        freight=document.customer_freight,
        makes_pre_order=document.makes_pre_order,
        document_id=document.id,
        version=document.version,
        number=document.number,
        warehouse_id=document.warehouse_id,
        lines=[],
    )
    for number, line in enumerate(document.lines, 1):
        card = cards.get(line.sku_id) or _gone_card(line)
        form.lines.append(
            SaleLine(
                number, card, line.quantity, line.price, True, line.discount_rate, line.remark, line.warehouse_id,
                line.offer_sku_id, line.quantity, tax_rate=line.tax_rate if document.computes_tax else None,
            )
        )  # fmt: skip
    form._next_id = len(document.lines) + 1
    return form


def tax_columns(rules: TaxRules) -> bool:
    """Whether tax is shown at all (control question 3)."""
    return rules.computes_tax


def _save_line(line: SaleLine) -> SaveLine:
    return SaveLine(
        sku_id=line.sku_id,
        quantity=line.quantity,
        price=line.price,
        warehouse_id=line.warehouse_id,
        discount_rate=line.discount_rate,
        tax_rate=line.card.tax_rate if line.tax_rate is None else line.tax_rate,
        remark=line.remark,
        offer_sku_id=line.offer_sku_id,
    )


def _id(payload: dict[str, Any], key: str, default: Any) -> Any:
    value = payload.get(key)
    return default if value is None else value


def _gone_card(line: LineView) -> SkuCard:
    """Goods that were deleted after the sale: what the document itself tells of them."""
    from jdy_desktop.models.ids import ProductId

    return SkuCard(
        sku_id=line.sku_id,
        product_id=ProductId(line.product_id),
        code=line.sku_code,
        product_name=line.product_name,
        sku_name=line.sku_name,
        unit=line.unit,
        picture=line.picture,
        prices={},
        tax_rate=None,
        last_price=None,
        last_price_day=None,
        stock=ZERO,
        stock_by_warehouse={},
        allow_negative=False,
        offer=None,
        other_shop=None,
    )
