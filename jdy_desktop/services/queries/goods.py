"""商品中心: goods by filter (manual 2.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from jdy_desktop.models.ids import ProductId
from jdy_desktop.services.machine.db import Database

MatchState = Literal["matched", "partly", "unmatched"]


@dataclass(frozen=True, slots=True)
class GoodsFilter:
    """`text`: words in any order over code, names, barcodes, pinyin. `category_id` includes its children.

    `match`: "matched" = at least one SKU is, "unmatched" = none is. `stock`: "in" above 0, "none" 0 or below,
    "low" below the minimum of a SKU.
    """

    text: str = ""
    category_id: int | None = None
    match: Literal["matched", "unmatched"] | None = None
    stock: Literal["in", "none", "low"] | None = None


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """`retail_price` is the largest of the SKUs (M70), `wholesale_price` the smallest (M69); None when none is kept."""

    id: ProductId
    code: str
    name: str
    picture: str
    category: str
    unit: str
    retail_price: Decimal | None
    wholesale_price: Decimal | None
    stock: Decimal
    match: MatchState
    n_skus: int
    allow_negative: bool


class GoodsList:
    def __init__(self, db: Database) -> None:
        self._db = db

    def ids(self, filter: GoodsFilter) -> list[int]:
        raise NotImplementedError

    def rows(self, ids: Sequence[int]) -> dict[int, GoodsRow]:
        raise NotImplementedError

    def stock_total(self, filter: GoodsFilter) -> Decimal:
        raise NotImplementedError
