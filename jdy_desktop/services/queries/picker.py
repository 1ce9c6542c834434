"""The goods picker of a document: search while typing, scan, and the card beside the line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from jdy_desktop.models.ids import CustomerId, OfferId, OfferSkuId, ProductId, ShopId, SkuId
from jdy_desktop.models.states import OfferStatus, PriceGrade
from jdy_desktop.services.machine.db import Database


@dataclass(frozen=True, slots=True)
class SkuHit:
    """`price` of the grade asked for (None: none kept); `online_stock` by the last download, None when unmatched."""

    sku_id: SkuId
    product_id: ProductId
    code: str
    product_name: str
    sku_name: str
    unit: str
    picture: str
    price: Decimal | None
    stock: Decimal
    online_stock: Decimal | None
    is_matched: bool


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """The offer a SKU is sold through in a shop, as last downloaded. `tiers`: (from quantity, price), ascending.

    `n_offers` > 1: the clerk has to choose once; `offer_sku_id` is the remembered or the first one.
    """

    offer_sku_id: OfferSkuId
    offer_id: OfferId
    title: str
    status: OfferStatus
    online_stock: Decimal
    minimum_quantity: Decimal
    tiers: tuple[tuple[Decimal, Decimal], ...]
    downloaded_at: datetime
    n_offers: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class SkuCard:
    """All a line needs to know of its goods. `last_price`: what this customer paid last (W20), with its day.

    `other_shop`: name of the shop that has the goods when the chosen one has not.
    """

    sku_id: SkuId
    product_id: ProductId
    code: str
    product_name: str
    sku_name: str
    unit: str
    picture: str
    prices: Mapping[PriceGrade, Decimal]
    tax_rate: Decimal | None
    last_price: Decimal | None
    last_price_day: date | None
    stock: Decimal
    stock_by_warehouse: Mapping[int, Decimal]
    allow_negative: bool
    offer: OfferFacts | None
    other_shop: str | None


class SkuPicker:
    def __init__(self, db: Database) -> None:
        self._db = db

    def search(
        self,
        text: str,
        *,
        grade: PriceGrade = PriceGrade.RETAIL,
        shop_id: ShopId | None = None,
        has_variants: bool | None = None,
        limit: int = 8,
    ) -> tuple[SkuHit, ...]:
        raise NotImplementedError

    def exact(self, code_or_barcode: str, *, grade: PriceGrade = PriceGrade.RETAIL) -> SkuHit | None:
        raise NotImplementedError

    def by_offer(self, offer_id: OfferId, *, grade: PriceGrade = PriceGrade.RETAIL) -> tuple[SkuHit, ...]:
        raise NotImplementedError

    def card(self, sku_id: SkuId, *, customer_id: CustomerId | None = None, shop_id: ShopId | None = None) -> SkuCard:
        raise NotImplementedError
