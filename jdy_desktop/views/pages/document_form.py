"""What stands on a document while it is typed: head, lines, and the request made of them. No widget, no arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from jdy_desktop.models.ids import CustomerId, DocumentId, SkuId, WarehouseId
from jdy_desktop.models.rules.pricing import grade_price
from jdy_desktop.models.states import DocumentKind, PriceGrade
from jdy_desktop.services.book.document_values import DocumentView, LineTotals, SaveDocument, SaveLine, Totals
from jdy_desktop.services.queries.picker import SkuCard
from jdy_desktop.services.queries.purchase_prices import PurchasePrices
from jdy_desktop.views.figures import money, plain
from jdy_desktop.views.pages.document_kinds import DocumentSpec
from jdy_desktop.views.pages.sale_form import ONE, ZERO
from jdy_desktop.views.pages.sale_form import _gone_card as gone_card


@dataclass(frozen=True, slots=True)
class DocLine:
    """One line. `discount_amount` wins over the rate. `left`: what may still be returned of `source_line_id`.

    `stored`: quantity in the saved document, already out of (or in) the stock shown. `trouble`: what saving said of it.
    """

    id: int
    card: SkuCard
    quantity: Decimal = ONE
    price: Decimal = ZERO
    by_hand: bool = False
    discount_rate: Decimal = ZERO
    discount_amount: Decimal | None = None
    tax_rate: Decimal | None = None
    remark: str = ""
    warehouse_id: WarehouseId | None = None
    source_line_id: int | None = None
    left: Decimal | None = None
    stored: Decimal = ZERO
    trouble: str = ""
    money: LineTotals | None = None

    @property
    def sku_id(self) -> SkuId:
        return self.card.sku_id


@dataclass
class DocForm:
    """A document in the making. `client_key` is made once, so saving twice stores it once (W33)."""

    spec: DocumentSpec
    client_key: str
    day: date
    party_id: int | None = None
    party: str = ""
    balance: Decimal = ZERO
    stored_owed: Decimal = ZERO
    warehouse_id: WarehouseId | None = None
    to_warehouse_id: WarehouseId | None = None
    category: str = ""
    remark: str = ""
    discount_rate: Decimal = ZERO
    discount_amount: Decimal | None = None
    paid: Decimal = ZERO
    account_id: int | None = None
    source_id: DocumentId | None = None
    source: str = ""
    document_id: DocumentId | None = None
    version: int | None = None
    number: str = ""
    lines: list[DocLine] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)
    bought: dict[int, PurchasePrices] = field(default_factory=dict)
    grade: PriceGrade = PriceGrade.RETAIL
    next_id: int = 1

    # ---- lines
    @property
    def is_empty(self) -> bool:
        """Nothing typed that would be missed; lines of a slip not taken yet do not count."""
        return not self.wanted()

    def wanted(self) -> list[DocLine]:
        """The lines that are saved: all but those of the slip of which nothing is returned."""
        return [one for one in self.lines if one.source_line_id is None or one.quantity]

    def line(self, line_id: object) -> DocLine | None:
        return next((one for one in self.lines if one.id == line_id), None)

    def line_of(self, sku_id: int) -> DocLine | None:
        """The last line of a SKU."""
        return next((one for one in reversed(self.lines) if one.sku_id == sku_id), None)

    def add(self, card: SkuCard, *, new_line: bool = False, quantity: Decimal = ONE, **values: Any) -> int:
        """A piece more: raises the line of the same SKU, or begins one (W19). The id of the line."""
        same = self.line_of(card.sku_id)
        if same is not None and not new_line:
            self.change(same.id, quantity=same.quantity + quantity)
            return same.id
        line = DocLine(self.next_id, card, quantity, **({"price": self.price_of(card)} | values))
        self.next_id += 1
        self.lines.append(line)
        return line.id

    def set_quantity(self, card: SkuCard, quantity: Decimal) -> int:
        """Exactly so many of a SKU, as the grid says; 0 takes its line away. The id of the line, 0 without one."""
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
        """A line of a slip stays and returns nothing."""
        if (line := self.line(line_id)) is not None and line.source_line_id is not None:
            self.change(line_id, quantity=ZERO)
            return
        self.lines = [one for one in self.lines if one.id != line_id]

    def mark(self, troubles: dict[int, str]) -> None:
        """What saving said of each row (from 1, of those saved)."""
        rows = {line.id: troubles[row] for row, line in enumerate(self.wanted(), 1) if row in troubles}
        self.lines = [replace(one, trouble=rows.get(one.id, "")) for one in self.lines]

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

    def set_cards(self, cards: Iterable[SkuCard]) -> None:
        fresh = {card.sku_id: card for card in cards}
        self.lines = [replace(one, card=fresh.get(one.sku_id, one.card)) for one in self.lines]

    def book_quantity(self, line: DocLine) -> Decimal:
        """盘点: what the book says lies in the warehouse of the line."""
        place = line.warehouse_id or self.warehouse_id or 0
        return line.card.stock_by_warehouse.get(place, ZERO)

    @property
    def owed_in_all(self) -> Decimal:
        """累计欠款 after this document, as the party's balance is shown."""
        return self.balance + self.spec.sign * (self.totals.owed_amount - self.stored_owed)

    # ---- out
    def request(self) -> SaveDocument:
        spec = self.spec
        customer = CustomerId(self.party_id) if spec.party == "customer" and self.party_id else None
        return SaveDocument(
            kind=spec.kind,
            client_key=self.client_key,
            day=self.day,
            document_id=self.document_id,
            version=self.version,
            customer_id=customer,
            supplier_id=self.party_id if spec.party == "supplier" else None,
            warehouse_id=self.warehouse_id,
            to_warehouse_id=self.to_warehouse_id if spec.is_transfer else None,
            category=self.category,
            remark=self.remark,
            discount_rate=self.discount_rate,
            discount_amount=self.discount_amount,
            paid_amount=self.paid,
            account_id=self.account_id if self.paid else None,
            source_id=self.source_id,
            lines=tuple(self._save_line(one) for one in self.wanted()),
        )

    def _save_line(self, line: DocLine) -> SaveLine:
        return SaveLine(
            sku_id=line.sku_id,
            quantity=line.quantity,
            price=line.price if self.spec.has_money else ZERO,
            warehouse_id=None if self.spec.is_transfer else line.warehouse_id,
            discount_rate=line.discount_rate,
            discount_amount=line.discount_amount,
            tax_rate=line.card.tax_rate if line.tax_rate is None else line.tax_rate,
            remark=line.remark,
            source_line_id=line.source_line_id,
            book_quantity=self.book_quantity(line) if self.spec.is_count and self.document_id is None else None,
        )

    def set_totals(self, totals: Totals) -> None:
        self.totals = totals
        by_id = dict(zip((one.id for one in self.wanted()), totals.lines, strict=False))
        self.lines = [replace(one, money=by_id.get(one.id)) for one in self.lines]

    def summary(self) -> str:
        """What the list of held documents shows: party, rows, amount."""
        who = self.party or self.spec.title
        count = f"{len(self.wanted())} 行 {plain(self.totals.quantity)} 件"
        return f"{who} · {count} · {money(self.totals.settlement_amount)}"


_HEAD = ("client_key", "party_id", "party", "warehouse_id", "to_warehouse_id", "category", "remark", "account_id",
         "source_id", "source", "document_id", "version", "number")  # fmt: skip
_HEAD_NUMBERS = ("discount_rate", "discount_amount", "paid", "stored_owed")
_LINE = ("by_hand", "remark", "warehouse_id", "source_line_id")
_LINE_NUMBERS = ("quantity", "price", "discount_rate", "discount_amount", "tax_rate", "left", "stored")


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def payload_of(form: DocForm) -> dict[str, Any]:
    """As JSON for the draft; numbers as text so that nothing is rounded."""
    return {
        "day": form.day.isoformat(),
        **{name: getattr(form, name) for name in _HEAD},
        **{name: _text(getattr(form, name)) for name in _HEAD_NUMBERS},
        "lines": [
            {"sku_id": one.sku_id}
            | {name: getattr(one, name) for name in _LINE}
            | {name: _text(getattr(one, name)) for name in _LINE_NUMBERS}
            for one in form.lines
        ],
    }


def from_payload(payload: dict[str, Any], cards: dict[int, SkuCard], base: DocForm) -> DocForm:
    """The form of a draft. Goods deleted meanwhile have no card: their lines are left out."""
    head = {name: payload[name] for name in _HEAD if name in payload}
    numbers: dict[str, Any] = {name: _number(payload[name]) for name in _HEAD_NUMBERS if name in payload}
    form = replace(base, day=date.fromisoformat(payload["day"]), lines=[], **head, **numbers)
    for one in payload.get("lines", []):
        card = cards.get(one["sku_id"])
        if card is not None:
            values = {name: one[name] for name in _LINE if name in one}
            values |= {name: _number(one[name]) for name in _LINE_NUMBERS if name in one}
            form.lines.append(DocLine(form.next_id, card, **values))
            form.next_id += 1
    return form


def from_document(document: DocumentView, cards: dict[int, SkuCard], base: DocForm) -> DocForm:
    """The form of a stored document, for correcting or reading."""
    is_customer = base.spec.party == "customer"
    form = replace(
        base,
        client_key=document.client_key,
        day=document.day,
        party_id=document.customer_id if is_customer else document.supplier_id,
        party=document.customer if is_customer else document.supplier,
        warehouse_id=document.warehouse_id or base.warehouse_id,
        to_warehouse_id=document.to_warehouse_id,
        category=document.category,
        remark=document.remark,
        discount_amount=document.discount_amount or None,
        paid=document.paid_amount,
        account_id=document.account_id,
        source_id=document.source_id,
        source=document.source,
        document_id=document.id,
        version=document.version,
        number=document.number,
        lines=[],
    )
    for line in document.lines:
        card = cards.get(line.sku_id) or gone_card(line)
        form.lines.append(
            DocLine(
                form.next_id, card, line.quantity, line.price, True, line.discount_rate,
                line.discount_amount if line.discount_amount else None,
                line.tax_rate if document.computes_tax else None, line.remark, line.warehouse_id,
                line.source_line_id, stored=line.quantity,
            )
        )  # fmt: skip
        form.next_id += 1
    return form


def copy_of(document: DocumentView, cards: dict[int, SkuCard], base: DocForm) -> DocForm:
    """A new document with the lines and the party of another one; its money paid, its number and its source are not taken."""
    form = from_document(document, cards, base)
    form = replace(
        form, client_key=base.client_key, day=base.day, document_id=None, version=None, number="", source_id=None,
        source="", paid=ZERO, account_id=base.account_id,
    )  # fmt: skip
    form.lines = [replace(one, stored=ZERO, source_line_id=None) for one in form.lines]
    return form


def return_of(document: DocumentView, cards: dict[int, SkuCard], left: dict[int, Decimal], base: DocForm) -> DocForm:
    """A return that starts from the lines of a slip; nothing of them is taken yet."""
    form = replace(copy_of(document, cards, base), source_id=document.id, source=document.number, discount_amount=None)
    form.lines = [
        replace(one, quantity=ZERO, source_line_id=line.id, left=left.get(line.id, ZERO), discount_amount=None)
        for one, line in zip(form.lines, document.lines, strict=True)
    ]
    form.remark = ""
    return form
