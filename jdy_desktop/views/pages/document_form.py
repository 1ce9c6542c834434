"""What stands on a document while it is typed: head, lines, and the request made of them. No widget, no arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from jdy_desktop.models.ids import CustomerId, DocumentId, WarehouseId
from jdy_desktop.models.rules.pricing import grade_price
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.document_values import DocumentView, LineView, SaveDocument, SaveLine
from jdy_desktop.services.queries.picker import SkuCard
from jdy_desktop.services.queries.purchase_prices import PurchasePrices
from jdy_desktop.views.entry.form import ZERO, Cards, EntryForm, EntryLine
from jdy_desktop.views.pages.document_kinds import DocumentSpec


@dataclass(frozen=True, slots=True)
class DocLine(EntryLine):
    """`discount_amount` wins over the rate. `left`: what of the line `source_line_id` of the slip may still be returned."""

    discount_amount: Decimal | None = None
    source_line_id: int | None = None
    left: Decimal | None = None


@dataclass
class DocForm(EntryForm[DocLine]):
    """A document in the making. `stored_owed`: what its saved state already adds to the balance shown.

    `source`: number of the slip a return takes goods back from. `bought`: prices paid before, by SKU.
    """

    HEAD = (
        *EntryForm.HEAD, "party_id", "party", "warehouse_id", "to_warehouse_id", "category", "account_id", "source_id",
        "source",
    )  # fmt: skip
    HEAD_NUMBERS = (*EntryForm.HEAD_NUMBERS, "paid", "stored_owed")
    LINE = (*EntryForm.LINE, "source_line_id")
    LINE_NUMBERS = (*EntryForm.LINE_NUMBERS, "discount_amount", "left")

    spec: DocumentSpec = field(kw_only=True)
    party_id: int | None = None
    party: str = ""
    stored_owed: Decimal = ZERO
    to_warehouse_id: WarehouseId | None = None
    category: str = ""
    paid: Decimal = ZERO
    account_id: int | None = None
    source_id: DocumentId | None = None
    source: str = ""
    bought: dict[int, PurchasePrices] = field(default_factory=dict)

    def new_line(self, **values: Any) -> DocLine:
        return DocLine(**values)

    @property
    def title(self) -> str:
        return self.party or self.spec.title

    # ---- lines
    def wanted(self) -> list[DocLine]:
        """All but those of the slip of which nothing is returned."""
        return [one for one in self.lines if one.source_line_id is None or one.quantity]

    def remove(self, line_id: object) -> None:
        """A line of a slip stays and returns nothing."""
        if (line := self.line(line_id)) is not None and line.source_line_id is not None:
            self.change(line_id, quantity=ZERO)
        else:
            super().remove(line_id)

    def price_of(self, card: SkuCard) -> Decimal:
        """What is offered: paid last time, the retail price for a sale return, else nothing."""
        if self.spec.asks_bought_price:
            known = self.bought.get(card.sku_id)
            return known.last.price if known and known.last else ZERO
        if self.spec.kind is DocumentKind.SALE_RETURN:
            found = grade_price(card.prices, self.grade)
            return found.price if found else ZERO
        return ZERO

    def learn(self, sku_id: int, prices: PurchasePrices) -> None:
        """Prices paid before; lines whose price nobody typed take the last one."""
        self.bought[sku_id] = prices
        if prices.last is not None and self.spec.asks_bought_price:
            price = prices.last.price
            self.lines = [
                replace(one, price=price) if one.sku_id == sku_id and not one.by_hand else one for one in self.lines
            ]

    def book_quantity(self, line: DocLine) -> Decimal:
        """盘点: what the book says lies in the warehouse of the line."""
        place = line.warehouse_id or self.warehouse_id or 0
        return line.card.stock_by_warehouse.get(place, ZERO)

    @property
    def owed_in_all(self) -> Decimal:
        """累计欠款 after this document, as the party's balance is shown."""
        return self.balance + self.spec.sign * (self.totals.owed_amount - self.stored_owed)

    # ---- saved and stored
    def request(self) -> SaveDocument:
        spec = self.spec
        is_customer = spec.party == "customer"
        return self.request_of(
            spec.kind,
            customer_id=CustomerId(self.party_id) if is_customer and self.party_id else None,
            supplier_id=self.party_id if spec.party == "supplier" else None,
            to_warehouse_id=self.to_warehouse_id if spec.is_transfer else None,
            category=self.category,
            paid_amount=self.paid,
            account_id=self.account_id if self.paid else None,
            source_id=self.source_id,
        )

    def line_request(self, line: DocLine) -> SaveLine:
        return SaveLine(
            sku_id=line.sku_id,
            quantity=line.quantity,
            price=line.price if self.spec.has_money else ZERO,
            warehouse_id=None if self.spec.is_transfer else line.warehouse_id,
            discount_rate=line.discount_rate,
            discount_amount=line.discount_amount,
            tax_rate=line.rate_of_tax,
            remark=line.remark,
            source_line_id=line.source_line_id,
            book_quantity=self.book_quantity(line) if self.spec.is_count and self.document_id is None else None,
        )

    def of_stored(self, document: DocumentView, cards: Cards) -> DocForm:
        is_customer = self.spec.party == "customer"
        return replace(
            super().of_stored(document, cards),
            party_id=document.customer_id if is_customer else document.supplier_id,
            party=document.customer if is_customer else document.supplier,
            to_warehouse_id=document.to_warehouse_id,
            category=document.category,
            paid=document.paid_amount,
            account_id=document.account_id,
            source_id=document.source_id,
            source=document.source,
        )

    def stored_values(self, line: LineView) -> dict[str, Any]:
        return {"discount_amount": line.discount_amount or None, "source_line_id": line.source_line_id}


def copy_of(document: DocumentView, cards: Cards, base: DocForm, *, includes_tax: bool) -> DocForm:
    """A new document with the lines and the party of another one; its money paid, its number and its source are not taken.

    `includes_tax`: how prices are meant today."""
    form = base.of_stored(document, cards)
    form = replace(
        form, client_key=base.client_key, day=base.day, document_id=None, version=None, number="", source_id=None,
        source="", paid=ZERO, account_id=base.account_id, prices_include_tax=None,
    )  # fmt: skip
    form.lines = [
        replace(one, stored=ZERO, source_line_id=None, price=line.gross_price if includes_tax else line.net_price)
        for one, line in zip(form.lines, document.lines, strict=True)
    ]
    return form


def return_of(
    document: DocumentView, cards: Cards, left: dict[int, Decimal], base: DocForm, *, includes_tax: bool
) -> DocForm:
    """A return that starts from the lines of a slip; nothing of them is taken yet."""
    form = copy_of(document, cards, base, includes_tax=includes_tax)
    form = replace(form, source_id=document.id, source=document.number, discount_amount=None)
    form.lines = [
        replace(one, quantity=ZERO, source_line_id=line.id, left=left.get(line.id, ZERO), discount_amount=None)
        for one, line in zip(form.lines, document.lines, strict=True)
    ]
    form.remark = ""
    return form
