"""Opening stock (商品期初, manual 5.3): what was there on the day the account set starts (M14, M118)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from jdy_desktop.models.ids import SkuId, WarehouseId
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """`quantity` 0 takes an entered opening back. `unit_cost` yuan per piece, 0 allowed."""

    sku_id: SkuId
    warehouse_id: WarehouseId
    quantity: Decimal
    unit_cost: Decimal


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """An entered opening; `day` is the start period and cannot be changed."""

    sku_id: SkuId
    warehouse_id: WarehouseId
    code: str
    product_name: str
    sku_name: str
    unit: str
    warehouse: str
    quantity: Decimal
    unit_cost: Decimal
    amount: Decimal
    day: date


@dataclass(frozen=True, slots=True)
class OpeningReport:
    """`replaced` of the `saved` rows had an opening before. `numbers`: documents written."""

    saved: int
    replaced: int
    numbers: tuple[str, ...]
    day: date


class OpeningStock:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db = db
        self._ctx = ctx

    def rows(self, text: str = "", limit: int | None = None) -> tuple[OpeningRow, ...]:
        raise NotImplementedError

    def replaces(self, lines: Sequence[OpeningLine]) -> int:
        """How many of these SKUs and warehouses have an opening already: the form asks before replacing (M118)."""
        raise NotImplementedError

    def save(self, lines: Sequence[OpeningLine]) -> OpeningReport:
        raise NotImplementedError
