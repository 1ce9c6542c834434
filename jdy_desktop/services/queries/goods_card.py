"""One product as 商品中心 shows it beside the list, the tree of categories with its counts, and the 货号–商品 list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from jdy_desktop.models.catalog import Category, Product, Sku, SkuPrice, Unit, UnitGroup
from jdy_desktop.models.channel import Offer, OfferSku, Shop
from jdy_desktop.models.ids import ProductId, SkuId
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.models.stock import StockBalance
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.queries.words import chunks


@dataclass(frozen=True, slots=True)
class SkuFacts:
    """`online_stock`: pieces on 1688 by the last download, None when unmatched."""

    id: SkuId
    code: str
    name: str
    retail_price: Decimal | None
    wholesale_price: Decimal | None
    stock: Decimal
    online_stock: Decimal | None
    is_matched: bool


@dataclass(frozen=True, slots=True)
class GoodsCard:
    """`category`: names from the top, joined by " / ". `unit_group` and `unit` are the same word (M68).

    `n_matched` of `skus` are matched. `platform_titles`: present titles of the matched offers that differ from `name`: a
    title changed on 1688 never renames goods (M86, M87). `downloaded_at`: the latest download of those offers.
    """

    id: ProductId
    code: str
    name: str
    picture: str
    category: str
    unit_group: str
    unit: str
    retail_price: Decimal | None
    wholesale_price: Decimal | None
    allow_negative: bool
    has_variants: bool
    is_downloaded: bool
    skus: tuple[SkuFacts, ...]
    n_matched: int
    platform_titles: tuple[str, ...]
    downloaded_at: datetime | None
    specification: str = ""
    #: the smallest price of each further grade that has one: VIP, 折扣一, 折扣二.
    other_prices: Mapping[PriceGrade, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TreeNode:
    """`count`: goods in it and everything below; `depth` 0 is the top."""

    id: int
    parent_id: int | None
    name: str
    depth: int
    count: int


@dataclass(frozen=True, slots=True)
class GoodsTree:
    """All categories that hold goods, parents before children; `loose`: goods without a category."""

    total: int
    loose: int
    nodes: tuple[TreeNode, ...]


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """One line of the 货号–商品 list (M47, M48): a SKU with one 1688 SKU matched to it, or without any."""

    product_code: str
    product_name: str
    sku_code: str
    sku_name: str
    unit: str
    retail_price: Decimal | None
    wholesale_price: Decimal | None
    stock: Decimal
    item_number: str
    platform_title: str
    sku_item_number: str
    platform_sku_name: str
    offer_id: str
    shop: str


def goods_card(connection: Connection, product_id: ProductId) -> GoodsCard:
    """Raises UserError("product_unknown")."""
    query = (
        select(Product, Unit.name.label("unit"), UnitGroup.name.label("unit_group"))
        .join(Unit, Unit.id == Product.unit_id)
        .join(UnitGroup, UnitGroup.id == Unit.group_id)
    )
    row = connection.execute(query.where(Product.id == product_id)).one_or_none()
    if row is None:
        raise UserError("product_unknown", id=product_id)
    skus = _skus(connection, product_id)
    matched = (
        select(Offer.title, Offer.downloaded_at)
        .where(Offer.id.in_(select(OfferSku.offer_pk).where(OfferSku.sku_id.in_([sku.id for sku in skus]))))
        .order_by(Offer.id)
    )
    offers = connection.execute(matched).all()
    titles = dict.fromkeys(one.title for one in offers if _same(one.title) != _same(row.name))
    return GoodsCard(
        id=product_id,
        code=row.code,
        name=row.name,
        picture=row.picture,
        category=_path(connection, row.category_id),
        unit_group=row.unit_group,
        unit=row.unit,
        retail_price=max((one.retail_price for one in skus if one.retail_price is not None), default=None),
        wholesale_price=min((one.wholesale_price for one in skus if one.wholesale_price is not None), default=None),
        allow_negative=row.allow_negative,
        has_variants=row.has_variants,
        is_downloaded=row.is_downloaded,
        skus=skus,
        n_matched=sum(one.is_matched for one in skus),
        platform_titles=tuple(titles),
        downloaded_at=max((one.downloaded_at for one in offers), default=None),
        specification=row.specification,
        other_prices=_other_prices(connection, product_id),
    )


def _same(text: str) -> str:
    return " ".join(text.split())


def _skus(connection: Connection, product_id: ProductId) -> tuple[SkuFacts, ...]:
    query = select(Sku.id, Sku.code, Sku.name).where(Sku.product_id == product_id, Sku.is_active)
    rows = connection.execute(query.order_by(Sku.position, Sku.id)).all()
    ids = [row.id for row in rows]
    prices, stock = _prices(connection, ids), _stock(connection, ids)
    online: dict[int | None, Decimal] = {}
    for sku_id, quantity in connection.execute(
        select(OfferSku.sku_id, OfferSku.online_stock).where(OfferSku.sku_id.in_(ids))
    ):
        online[sku_id] = online.get(sku_id, Decimal(0)) + quantity
    return tuple(
        SkuFacts(
            id=SkuId(row.id),
            code=row.code,
            name=row.name,
            retail_price=prices.get((row.id, PriceGrade.RETAIL)),
            wholesale_price=prices.get((row.id, PriceGrade.WHOLESALE)),
            stock=stock.get(row.id, Decimal(0)),
            online_stock=online.get(row.id),
            is_matched=row.id in online,
        )
        for row in rows
    )


def _prices(connection: Connection, sku_ids: Sequence[int]) -> dict[tuple[int, str], Decimal]:
    query = select(SkuPrice.sku_id, SkuPrice.grade, SkuPrice.price).where(SkuPrice.sku_id.in_(sku_ids))
    return {(sku_id, grade): price for sku_id, grade, price in connection.execute(query)}


def _other_prices(connection: Connection, product_id: ProductId) -> dict[PriceGrade, Decimal]:
    further = [grade.value for grade in PriceGrade if grade not in (PriceGrade.RETAIL, PriceGrade.WHOLESALE)]
    query = select(SkuPrice.grade, func.min(SkuPrice.price)).join(Sku, Sku.id == SkuPrice.sku_id)
    query = query.where(Sku.product_id == product_id, Sku.is_active, SkuPrice.grade.in_(further))
    return {PriceGrade(grade): price for grade, price in connection.execute(query.group_by(SkuPrice.grade))}


def _stock(connection: Connection, sku_ids: Sequence[int]) -> dict[int, Decimal]:
    query = select(StockBalance.sku_id, func.sum(StockBalance.quantity)).where(StockBalance.sku_id.in_(sku_ids))
    found: Any = connection.execute(query.group_by(StockBalance.sku_id))
    return dict(found.all())


def _path(connection: Connection, category_id: int | None) -> str:
    names: list[str] = []
    while category_id is not None:
        query = select(Category.name, Category.parent_id).where(Category.id == category_id)
        name, category_id = connection.execute(query).one()
        names.insert(0, name)
    return " / ".join(names)


def goods_tree(connection: Connection) -> GoodsTree:
    """Categories without goods are left out."""
    own: Any = connection.execute(select(Product.category_id, func.count()).group_by(Product.category_id))
    direct: dict[int | None, int] = dict(own.all())
    children: dict[int | None, list[tuple[int, str]]] = defaultdict(list)
    query = select(Category.id, Category.parent_id, Category.name).order_by(Category.name)
    for category_id, parent_id, name in connection.execute(query):
        children[parent_id].append((category_id, name))
    nodes = [node for one in children[None] for node in _branch(one, None, 0, children, direct)]
    return GoodsTree(sum(direct.values()), direct.get(None, 0), tuple(node for node in nodes if node.count))


def _branch(
    category: tuple[int, str],
    parent_id: int | None,
    depth: int,
    children: Mapping[int | None, Sequence[tuple[int, str]]],
    direct: Mapping[int | None, int],
) -> list[TreeNode]:
    category_id, name = category
    below = [
        node for one in children.get(category_id, ()) for node in _branch(one, category_id, depth + 1, children, direct)
    ]
    count = direct.get(category_id, 0) + sum(node.count for node in below if node.parent_id == category_id)
    return [TreeNode(category_id, parent_id, name, depth, count), *below]


def goods_lines(connection: Connection, wanted: Sequence[ColumnElement[bool]]) -> tuple[GoodsLine, ...]:
    """All SKUs of the goods that fit the conditions on Product, by product code and SKU."""
    query = (
        select(
            Product.code.label("product_code"),
            Product.name.label("product_name"),
            Sku.id,
            Sku.code.label("sku_code"),
            Sku.name.label("sku_name"),
            Unit.name.label("unit"),
            Offer.item_number,
            Offer.title,
            Offer.offer_id,
            OfferSku.item_number.label("sku_item_number"),
            OfferSku.name.label("platform_sku_name"),
            Shop.name.label("shop"),
        )
        .join(Sku, Sku.product_id == Product.id)
        .join(Unit, Unit.id == Product.unit_id)
        .outerjoin(OfferSku, OfferSku.sku_id == Sku.id)
        .outerjoin(Offer, Offer.id == OfferSku.offer_pk)
        .outerjoin(Shop, Shop.id == Offer.shop_id)
        .where(Sku.is_active, *wanted)
        .order_by(Product.code, Product.id, Sku.position, Offer.id)
    )
    rows = connection.execute(query).all()
    prices: dict[tuple[int, str], Decimal] = {}
    stock: dict[int, Decimal] = {}
    for part in chunks(list(dict.fromkeys(row.id for row in rows))):
        prices |= _prices(connection, part)
        stock |= _stock(connection, part)
    return tuple(_line(row, prices, stock) for row in rows)


def _line(row: Any, prices: Mapping[tuple[int, str], Decimal], stock: Mapping[int, Decimal]) -> GoodsLine:
    return GoodsLine(
        product_code=row.product_code,
        product_name=row.product_name,
        sku_code=row.sku_code,
        sku_name=row.sku_name,
        unit=row.unit,
        retail_price=prices.get((row.id, PriceGrade.RETAIL)),
        wholesale_price=prices.get((row.id, PriceGrade.WHOLESALE)),
        stock=stock.get(row.id, Decimal(0)),
        item_number=row.item_number or "",
        platform_title=row.title or "",
        sku_item_number=row.sku_item_number or "",
        platform_sku_name=row.platform_sku_name or "",
        offer_id=row.offer_id or "",
        shop=row.shop or "",
    )
