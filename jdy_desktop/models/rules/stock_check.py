"""Is there enough: local stock (refuses), and what 1688 will say (warns while typing) (manual 6.1.3; M137–M141)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from jdy_desktop.models.ids import OfferId, ShopId, SkuId, WarehouseId
from jdy_desktop.models.states import OfferStatus

_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class OutgoingLine:
    """A line that takes stock away. `row` counts from 1, as shown; negative quantities bring stock back."""

    row: int
    sku_id: SkuId
    warehouse_id: WarehouseId
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Shortage:
    """All lines of one SKU and warehouse together want more than is there."""

    sku_id: SkuId
    warehouse_id: WarehouseId
    rows: tuple[int, ...]
    wanted: Decimal
    available: Decimal


class OnlineProblem(StrEnum):
    """What 1688 would refuse, as far as the last download tells. Only warned of; 1688's own answer decides."""

    UNMATCHED = "unmatched"
    WRONG_SHOP = "wrong_shop"
    OFFER_GONE = "offer_gone"
    OFF_SHELF = "off_shelf"
    BELOW_MINIMUM = "below_minimum"
    OVER_ONLINE_STOCK = "over_online_stock"
    NOT_WHOLE = "not_whole"


@dataclass(frozen=True, slots=True)
class OnlineSku:
    """A SKU's offer as last downloaded. `stock` and `min_quantity` are None where 1688 tells none."""

    offer_sku_key: int
    offer_id: OfferId
    shop_id: ShopId
    status: OfferStatus
    min_quantity: Decimal | None
    stock: Decimal | None


@dataclass(frozen=True, slots=True)
class OnlineLine:
    """A sale line and its offer; None when the SKU is not matched."""

    row: int
    quantity: Decimal
    online: OnlineSku | None


@dataclass(frozen=True, slots=True)
class OnlineWarning:
    """`wanted` against `limit` where the problem is a number; together with the other lines of that offer or SKU."""

    row: int
    problem: OnlineProblem
    offer_id: OfferId | None = None
    wanted: Decimal | None = None
    limit: Decimal | None = None


def shortages(
    lines: Iterable[OutgoingLine],
    balances: Mapping[tuple[SkuId, WarehouseId], Decimal],
    may_be_negative: Container[SkuId] = frozenset(),
) -> tuple[Shortage, ...]:
    """What keeps the document from being saved (M137), in order of the lines; empty when all is there.

    Two lines of the same SKU count together. SKUs in `may_be_negative` (是否允许负库存) are never short.
    """
    wanted: dict[tuple[SkuId, WarehouseId], list[OutgoingLine]] = defaultdict(list)
    for line in lines:
        if line.sku_id not in may_be_negative:
            wanted[line.sku_id, line.warehouse_id].append(line)
    found = []
    for key, group in wanted.items():
        total, available = sum((line.quantity for line in group), _NONE), balances.get(key, _NONE)
        if total > max(available, _NONE):
            found.append(Shortage(*key, tuple(line.row for line in group), total, available))
    return tuple(found)


def online_warnings(lines: Iterable[OnlineLine], shop_id: ShopId | None) -> tuple[OnlineWarning, ...]:
    """Warnings for the lines of a sale to be sent by `shop_id` (None: not chosen yet), by row.

    The minimum counts all SKUs of an offer together, as 1688's 起订量 does; online stock counts the lines of one SKU.
    """
    rows = list(lines)
    by_offer: dict[tuple[ShopId, OfferId], Decimal] = defaultdict(Decimal)
    by_sku: dict[int, Decimal] = defaultdict(Decimal)
    for line in rows:
        if line.online:
            by_offer[line.online.shop_id, line.online.offer_id] += line.quantity
            by_sku[line.online.offer_sku_key] += line.quantity
    warnings: list[OnlineWarning] = []
    for line in rows:
        online = line.online
        if line.quantity != line.quantity.to_integral_value():
            warnings.append(OnlineWarning(line.row, OnlineProblem.NOT_WHOLE, wanted=line.quantity))
        if online is None:
            warnings.append(OnlineWarning(line.row, OnlineProblem.UNMATCHED))
            continue
        of_offer = by_offer[online.shop_id, online.offer_id]
        warnings.extend(_offer_warnings(line.row, online, shop_id, of_offer, by_sku[online.offer_sku_key]))
    return tuple(warnings)


def _offer_warnings(
    row: int, online: OnlineSku, shop_id: ShopId | None, of_offer: Decimal, of_sku: Decimal
) -> Iterable[OnlineWarning]:
    """The one cause that makes the others meaningless (wrong shop, gone, off shelf), or the numbers that do not fit."""
    if shop_id is not None and online.shop_id != shop_id:
        yield OnlineWarning(row, OnlineProblem.WRONG_SHOP, online.offer_id)
    elif online.status is OfferStatus.GONE:
        yield OnlineWarning(row, OnlineProblem.OFFER_GONE, online.offer_id)
    elif online.status is OfferStatus.OFF_SHELF:
        yield OnlineWarning(row, OnlineProblem.OFF_SHELF, online.offer_id)
    else:
        if online.min_quantity is not None and of_offer < online.min_quantity:
            yield OnlineWarning(row, OnlineProblem.BELOW_MINIMUM, online.offer_id, of_offer, online.min_quantity)
        if online.stock is not None and of_sku > online.stock:
            yield OnlineWarning(row, OnlineProblem.OVER_ONLINE_STOCK, online.offer_id, of_sku, online.stock)
