"""库存: quantity, cost and value per SKU and warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from jdy_desktop.models.ids import SkuId
from jdy_desktop.services.machine.db import Database


@dataclass(frozen=True, slots=True)
class StockFilter:
    """`warehouse_id` None: all warehouses together, one row per SKU either way."""

    text: str = ""
    warehouse_id: int | None = None
    category_id: int | None = None
    stock: Literal["in", "none", "low"] | None = None


@dataclass(frozen=True, slots=True)
class StockRow:
    """`unit_cost` is the moving average (6 places), of the warehouse or of the company as the account set counts."""

    sku_id: SkuId
    product_id: int
    code: str
    product_name: str
    sku_name: str
    category: str
    unit: str
    quantity: Decimal
    minimum_stock: Decimal
    unit_cost: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class StockSums:
    quantity: Decimal
    value: Decimal


class StockList:
    def __init__(self, db: Database) -> None:
        self._db = db

    def ids(self, filter: StockFilter) -> list[int]:
        raise NotImplementedError

    def rows(self, ids: Sequence[int], warehouse_id: int | None = None) -> dict[int, StockRow]:
        raise NotImplementedError

    def sums(self, filter: StockFilter) -> StockSums:
        raise NotImplementedError
