"""The list of 商品匹配: nine columns, eight search fields, filters (manual 4.2.4, 4.3.5; M75–M81, M102, M103)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jdy_desktop.models.ids import OfferSkuId, ShopId
from jdy_desktop.models.states import MatchOrigin, OfferStatus
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database


@dataclass(frozen=True, slots=True)
class MatchFilter:
    text: str = ""
    is_matched: bool | None = None
    shop_id: ShopId | None = None


@dataclass(frozen=True, slots=True)
class MatchRow:
    id: OfferSkuId
    offer_pk: int
    offer_id: str
    shop: str
    is_matched: bool
    origin: MatchOrigin | None
    item_number: str
    title: str
    sku_item_number: str
    platform_sku_name: str
    product_code: str
    product_name: str
    sku_code: str
    sku_name: str
    has_skus: bool
    is_gone: bool
    status: OfferStatus
    picture: str


class MatchList:
    def __init__(self, db: Database, ctx: Context) -> None:
        raise NotImplementedError

    def ids(self, filter: MatchFilter) -> list[int]:
        raise NotImplementedError

    def rows(self, ids: Sequence[int]) -> dict[int, MatchRow]:
        raise NotImplementedError

    def counts(self, filter: MatchFilter) -> tuple[int, int]:
        raise NotImplementedError
