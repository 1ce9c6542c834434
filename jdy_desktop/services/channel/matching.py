"""商品匹配: which system SKU a 1688 SKU is (manual 4.3; M84, M85, M93–M101). Every change can be undone by batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from jdy_desktop.models.ids import OfferSkuId, ProductId, ShopId, SkuId
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext


@dataclass(frozen=True, slots=True)
class AutoMatchReport:
    """`left` rows stay 未匹配, `ambiguous` of them as rows of one offer share a code. `batch` 0: nothing matched."""

    matched: int
    left: int
    ambiguous: int
    batch: int


@dataclass(frozen=True, slots=True)
class DeleteOffersReport:
    """删除平台下载信息: `rows` of `offers` are gone, `kept_goods` goods stay in the goods centre (M85)."""

    offers: int
    rows: int
    kept_goods: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Goods for a manual match. `reason`: equal_code, equal_product_code, similar_name, equal_attributes or search."""

    sku_id: SkuId
    product_id: ProductId
    code: str
    product_code: str
    product_name: str
    sku_name: str
    picture: str
    price: Decimal | None
    is_sure: bool
    reason: str


class Matching:
    def __init__(self, db: Database, ctx: Context) -> None:
        raise NotImplementedError

    def auto_match(self, shop_id: ShopId | None = None, job: JobContext | None = None) -> AutoMatchReport:
        raise NotImplementedError

    def match(self, offer_sku_id: OfferSkuId, sku_id: SkuId) -> int:
        raise NotImplementedError

    def match_offer(self, offer_pk: int, product_id: ProductId) -> int:
        raise NotImplementedError

    def unmatch(self, offer_sku_ids: Sequence[OfferSkuId]) -> int:
        raise NotImplementedError

    def delete_offers(self, offer_sku_ids: Sequence[OfferSkuId]) -> DeleteOffersReport:
        raise NotImplementedError

    def undo_last(self) -> int:
        raise NotImplementedError

    def suggestions(self, offer_sku_id: OfferSkuId, text: str = "", limit: int = 8) -> tuple[Suggestion, ...]:
        raise NotImplementedError
