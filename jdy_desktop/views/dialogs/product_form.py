"""What the product form and the SKU editor share: drafts of SKUs, reading numbers, and who shows which error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from jdy_desktop.models.rules.rounding import NumberProblem, parse_decimal
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.product_values import SaveSku, SkuDetail
from jdy_desktop.services.errors import UserError
from jdy_desktop.views.figures import plain

PRICE_PLACES, STOCK_PLACES = 6, 4
_PROBLEMS = {
    NumberProblem.NOT_A_NUMBER: "not_a_number",
    NumberProblem.TOO_MANY_PLACES: "too_many_places",
    NumberProblem.TOO_SMALL: "number_negative",
    NumberProblem.TOO_LARGE: "number_too_large",
}


def read_number(text: str, field: str, *, places: int, row: int | None = None) -> Decimal | None:
    """The number in a field that takes no negative ones; None when empty. Raises UserError naming the field."""
    value = parse_decimal(text, places=places, minimum=Decimal(0))
    if isinstance(value, Decimal):
        return value
    if value is NumberProblem.EMPTY:
        return None
    raise UserError(_PROBLEMS[value], field=field, row=row, places=places, text=text)


def read_barcodes(text: str) -> tuple[str, ...]:
    """Barcodes with blanks or commas between."""
    return tuple(text.replace(",", " ").replace("，", " ").replace("、", " ").split())


@dataclass(frozen=True, slots=True)
class SkuDraft:
    """A SKU as it stands in the editor; numbers are still the clerk's text. `key` is its identity on the screen.

    The five prices are named like their PriceGrade.
    """

    key: int
    values: tuple[str, ...] = ()
    code: str = ""
    retail: str = ""
    wholesale: str = ""
    vip: str = ""
    discount1: str = ""
    discount2: str = ""
    barcodes: str = ""
    minimum: str = ""
    stored: SkuDetail | None = None

    @property
    def stock(self) -> str:
        return plain(self.stored.stock) if self.stored is not None else ""

    def with_text(self, key: str, text: str) -> SkuDraft:
        """With another code, price (the grade's word), barcodes or minimum."""
        changes: dict[str, Any] = {key: text.strip()}
        return replace(self, **changes)

    def to_save(self, row: int | None = None) -> SaveSku:
        """As the service takes it. Raises UserError with field and row."""
        prices: dict[PriceGrade, Decimal] = {}
        for grade in PriceGrade:
            price = read_number(getattr(self, grade.value), f"price_{grade.value}", places=PRICE_PLACES, row=row)
            if price is not None:
                prices[grade] = price
        return SaveSku(
            values=self.values,
            sku_id=self.stored.id if self.stored is not None else None,
            code=self.code.strip(),
            prices=prices,
            barcodes=read_barcodes(self.barcodes),
            minimum_stock=read_number(self.minimum, "minimum_stock", places=STOCK_PLACES, row=row) or Decimal(0),
            picture=self.stored.picture if self.stored is not None else "",
        )


def drafts_of(skus: Iterable[SkuDetail]) -> list[SkuDraft]:
    """Stored SKUs that are not resting, as drafts."""
    return [
        SkuDraft(
            key=number,
            values=one.values,
            code=one.code,
            **{grade.value: plain(one.prices.get(grade)) for grade in PriceGrade},
            barcodes=" ".join(one.barcodes),
            minimum=plain(one.minimum_stock) if one.minimum_stock else "",
            stored=one,
        )
        for number, one in enumerate((one for one in skus if one.is_active), 1)
    ]
