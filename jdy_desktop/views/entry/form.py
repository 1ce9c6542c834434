"""What stands on any document while it is typed: a head, lines of goods, and a draft of both. No widget, no arithmetic."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Generic, Self, TypeVar

from jdy_desktop.models.ids import DocumentId, ProductId, SkuId, WarehouseId
from jdy_desktop.models.states import DocumentKind, PriceGrade
from jdy_desktop.services.book.document_values import (
    DocumentView,
    LineTotals,
    LineView,
    SaveDocument,
    SaveLine,
    Totals,
)
from jdy_desktop.services.queries.picker import SkuCard
from jdy_desktop.views.figures import money, plain

ZERO = Decimal(0)
ONE = Decimal(1)

#: what is known of the goods, by SKU
Cards = Mapping[int, SkuCard]


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One line. `by_hand`: the clerk typed the price, so nothing else changes it without asking.

    `stored`: quantity of this line in the saved document, already out of (or in) the stock shown.
    `tax_rate`: percent, as typed or as the line was stored with; None: that of the goods.
    `trouble`: what the last try to save said of this line. `money` is filled in by the totals.
    """

    id: int
    card: SkuCard
    quantity: Decimal = ONE
    price: Decimal = ZERO
    by_hand: bool = False
    discount_rate: Decimal = ZERO
    tax_rate: Decimal | None = None
    remark: str = ""
    warehouse_id: WarehouseId | None = None
    stored: Decimal = ZERO
    trouble: str = ""
    money: LineTotals | None = None

    @property
    def sku_id(self) -> SkuId:
        return self.card.sku_id

    @property
    def rate_of_tax(self) -> Decimal | None:
        """Percent, that of the goods unless the line has its own; None: the account set's."""
        return self.card.tax_rate if self.tax_rate is None else self.tax_rate


Line = TypeVar("Line", bound=EntryLine)


@dataclass
class EntryForm(ABC, Generic[Line]):
    """A document in the making. `client_key` is made once, so saving twice stores it once (W33).

    `balance`: what the party owed before this document. `prices_include_tax`: as those of the stored document; None: as the
    account set says. `day_by_hand`: the clerk chose the day, so no midnight changes it. `left_out`: codes of goods whose lines a
    draft kept in vain. A kind says how its lines are made
    (`new_line`), what goods cost (`price_of`), what is sent to be saved (`request`), and which fields a draft keeps (`HEAD`,
    `LINE`; numbers apart, as text).
    """

    HEAD: ClassVar[tuple[str, ...]] = (
        "client_key", "remark", "document_id", "version", "number", "prices_include_tax", "day_by_hand",
    )  # fmt: skip
    HEAD_NUMBERS: ClassVar[tuple[str, ...]] = ("discount_rate", "discount_amount")
    LINE: ClassVar[tuple[str, ...]] = ("by_hand", "remark", "warehouse_id")
    LINE_NUMBERS: ClassVar[tuple[str, ...]] = ("quantity", "price", "discount_rate", "tax_rate", "stored")

    client_key: str
    day: date
    balance: Decimal = ZERO
    grade: PriceGrade = PriceGrade.RETAIL
    warehouse_id: WarehouseId | None = None
    remark: str = ""
    discount_rate: Decimal = ZERO
    discount_amount: Decimal | None = None
    document_id: DocumentId | None = None
    version: int | None = None
    number: str = ""
    prices_include_tax: bool | None = None
    day_by_hand: bool = False
    left_out: tuple[str, ...] = ()
    lines: list[Line] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)
    next_id: int = 1

    # ---- what each kind says
    @abstractmethod
    def new_line(self, **values: Any) -> Line:
        """A line of the kind's own; `values` are its fields."""

    @abstractmethod
    def price_of(self, card: SkuCard) -> Decimal:
        """What is offered as the price of goods, yuan."""

    @abstractmethod
    def request(self) -> SaveDocument:
        """What is sent to be saved, and counted while typing."""

    @abstractmethod
    def line_request(self, line: Line) -> SaveLine:
        """A line of it."""

    @property
    @abstractmethod
    def title(self) -> str:
        """Whose document it is, for the list of those put aside."""

    # ---- lines
    @property
    def is_empty(self) -> bool:
        """Nothing typed that would be missed."""
        return not self.wanted()

    def wanted(self) -> list[Line]:
        """The lines that are saved; their order is that of the rows a refused document complains of."""
        return self.lines

    def line(self, line_id: object) -> Line | None:
        return next((one for one in self.lines if one.id == line_id), None)

    def line_of(self, sku_id: int) -> Line | None:
        """The last line of a SKU."""
        return next((one for one in reversed(self.lines) if one.sku_id == sku_id), None)

    def append(self, card: SkuCard, **values: Any) -> Line:
        """A line more at the end, whatever stands above it."""
        line = self.new_line(id=self.next_id, card=card, **values)
        self.next_id += 1
        self.lines.append(line)
        return line

    def add(self, card: SkuCard, *, new_line: bool = False, quantity: Decimal = ONE, **values: Any) -> int:
        """A piece more: raises the line of the same SKU, or begins one (W19). The id of the line."""
        same = self.line_of(card.sku_id)
        if same is not None and not new_line:
            self.change(same.id, quantity=same.quantity + quantity)
            return same.id
        return self.append(card, **({"quantity": quantity, "price": self.price_of(card)} | values)).id

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
        """Other values for a line; what saving said of it is forgotten."""
        self.lines = [replace(one, trouble="", **values) if one.id == line_id else one for one in self.lines]

    def remove(self, line_id: object) -> None:
        self.lines = [one for one in self.lines if one.id != line_id]

    def mark(self, troubles: Mapping[int, str]) -> None:
        """What saving said of each row (from 1, of those saved)."""
        words = {line.id: troubles[row] for row, line in enumerate(self.wanted(), 1) if row in troubles}
        self.lines = [replace(one, trouble=words.get(one.id, "")) for one in self.lines]

    def set_cards(self, cards: Iterable[SkuCard]) -> None:
        """Facts read anew; prices stay as they are."""
        fresh = {card.sku_id: card for card in cards}
        self.lines = [replace(one, card=fresh.get(one.sku_id, one.card)) for one in self.lines]

    def set_totals(self, totals: Totals) -> None:
        """What was computed of `request()`, line by line."""
        self.totals = totals
        by_id = dict(zip((one.id for one in self.wanted()), totals.lines, strict=False))
        self.lines = [replace(one, money=by_id.get(one.id)) for one in self.lines]

    # ---- saved and stored
    def request_of(self, kind: DocumentKind, **more: Any) -> SaveDocument:
        """The request with what every kind has; `more`: what this one adds."""
        return SaveDocument(
            kind=kind,
            client_key=self.client_key,
            day=self.day,
            document_id=self.document_id,
            version=self.version,
            warehouse_id=self.warehouse_id,
            remark=self.remark,
            discount_rate=self.discount_rate,
            discount_amount=self.discount_amount,
            prices_include_tax=self.prices_include_tax,
            lines=tuple(self.line_request(one) for one in self.wanted()),
            **more,
        )

    def of_stored(self, document: DocumentView, cards: Cards) -> Self:
        """This form with a stored document on it, for correcting or reading."""
        form = replace(
            self,
            client_key=document.client_key,
            day=document.day,
            warehouse_id=document.warehouse_id or self.warehouse_id,
            remark=document.remark,
            discount_amount=document.discount_amount or None,
            document_id=document.id,
            version=document.version,
            number=document.number,
            prices_include_tax=document.prices_include_tax,
            lines=[],
        )
        for line in document.lines:
            form.append(
                cards.get(line.sku_id) or gone_card(line),
                quantity=line.quantity,
                price=line.price,
                by_hand=True,
                discount_rate=line.discount_rate,
                tax_rate=line.tax_rate if document.computes_tax else None,
                remark=line.remark,
                warehouse_id=line.warehouse_id,
                stored=line.quantity,
                **self.stored_values(line),
            )
        return form

    def stored_values(self, _line: LineView) -> dict[str, Any]:
        """What a line of this kind has besides."""
        return {}

    # ---- drafts
    def summary(self) -> str:
        """What the list of held documents shows: party, rows, pieces, amount."""
        count = f"{len(self.wanted())} 行 {plain(self.totals.quantity)} 件"
        return f"{self.title} · {count} · {money(self.totals.settlement_amount)}"

    def payload(self) -> dict[str, Any]:
        """As JSON for the draft; numbers as text so that nothing is rounded."""
        return {
            "day": self.day.isoformat(),
            **{name: getattr(self, name) for name in self.HEAD},
            **{name: _text(getattr(self, name)) for name in self.HEAD_NUMBERS},
            "lines": [
                {"sku_id": one.sku_id, "code": one.card.code}
                | {name: getattr(one, name) for name in self.LINE}
                | {name: _text(getattr(one, name)) for name in self.LINE_NUMBERS}
                for one in self.lines
            ],
        }

    def resumed(self, payload: Mapping[str, Any], cards: Cards) -> Self:
        """This form with what a draft kept. Goods deleted meanwhile have no card: their lines are left out.

        So are lines whose goods have another code now: a book gives the ids of deleted goods again."""
        values: dict[str, Any] = {name: payload[name] for name in self.HEAD if name in payload}
        values |= {name: _number(payload[name]) for name in self.HEAD_NUMBERS if name in payload}
        form = replace(self, day=date.fromisoformat(payload["day"]), lines=[], **values)
        for one in payload.get("lines", ()):
            card = cards.get(one["sku_id"])
            if card is None or one.get("code", card.code) != card.code:
                form.left_out = (*form.left_out, one.get("code", ""))
            else:
                kept = {name: one[name] for name in self.LINE if name in one}
                form.append(card, **kept, **{name: _number(one[name]) for name in self.LINE_NUMBERS if name in one})
        return form


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def gone_card(line: LineView) -> SkuCard:
    """Goods that were deleted after the document was stored: what the document itself tells of them."""
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
