"""In which order 商品中心 lists its goods: a click on a head sorts in the database, over all pages."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Select, case, func, select

from jdy_desktop.models.catalog import Category, Product, Sku, SkuPrice, Unit
from jdy_desktop.models.channel import OfferSku
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.models.stock import StockBalance

GoodsSort = Literal[
    "code", "name", "specification", "retail", "wholesale", "stock", "match", "unit", "category", "n_skus", "negative"
]


def ordered(query: Select[Any], sort: GoodsSort | None, descending: bool) -> Select[Any]:
    """`query` over Product in the wanted order; goods without a figure stand last, equals newest first."""
    if sort is None:
        return query.order_by(Product.id.desc())
    keys = _KEYS[sort]()
    wanted = [key.desc().nulls_last() if descending else key.asc().nulls_last() for key in keys]
    return query.order_by(*wanted, Product.id.desc())


def _price(grade: PriceGrade, pick: Any) -> list[Any]:
    of_product = select(pick(SkuPrice.price)).join(Sku, Sku.id == SkuPrice.sku_id)
    return [
        of_product.where(Sku.product_id == Product.id, Sku.is_active, SkuPrice.grade == grade.value)
        .correlate(Product)
        .scalar_subquery()
    ]


def _stock() -> list[Any]:
    held = select(func.sum(StockBalance.quantity)).join(Sku, Sku.id == StockBalance.sku_id)
    return [func.coalesce(held.where(Sku.product_id == Product.id).correlate(Product).scalar_subquery(), 0)]


def _skus(*conditions: Any) -> Any:
    count = select(func.count()).select_from(Sku).where(Sku.product_id == Product.id, Sku.is_active, *conditions)
    return count.correlate(Product).scalar_subquery()


def _match() -> list[Any]:
    """未匹配, 部分匹配, 已匹配."""
    matched = _skus(select(OfferSku.id).where(OfferSku.sku_id == Sku.id).exists())
    return [case((matched == 0, 0), (matched < _skus(), 1), else_=2)]


def _name_of(entity: Any, key: Any) -> list[Any]:
    return [select(entity.name).where(entity.id == key).correlate(Product).scalar_subquery()]


#: Chinese words by their pinyin, which stands in the row; so 上衣 comes before 下装 as in a dictionary.
_KEYS: dict[str, Any] = {
    "code": lambda: [Product.code_key],
    "name": lambda: [Product.pinyin, Product.name],
    "specification": lambda: [func.nullif(Product.specification, "")],
    "retail": lambda: _price(PriceGrade.RETAIL, func.max),
    "wholesale": lambda: _price(PriceGrade.WHOLESALE, func.min),
    "stock": _stock,
    "match": _match,
    "unit": lambda: _name_of(Unit, Product.unit_id),
    "category": lambda: _name_of(Category, Product.category_id),
    "n_skus": lambda: [_skus()],
    "negative": lambda: [Product.allow_negative],
}
