"""Stored goods as values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import (
    Attribute,
    AttributeValue,
    Barcode,
    Category,
    Product,
    ProductPicture,
    Sku,
    SkuPrice,
    SkuValue,
    Unit,
)
from jdy_desktop.models.channel import OfferSku
from jdy_desktop.models.ids import ProductId, SkuId
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.models.stock import StockBalance
from jdy_desktop.services.book.bulk import chunks, table_of
from jdy_desktop.services.book.product_values import CategoryNode, ProductDetail, SkuDetail
from jdy_desktop.services.errors import UserError

#: products read at once; with their SKUs they must fit an IN list.
_PART = 400
_SKU = table_of(Sku)


def detail(session: Session, product_id: ProductId) -> ProductDetail:
    """Raises UserError("product_unknown")."""
    found = details(session, [product_id])
    if product_id not in found:
        raise UserError("product_unknown", id=product_id)
    return found[product_id]


def details(session: Session, product_ids: Sequence[int]) -> dict[int, ProductDetail]:
    """Products by id; those that are gone are left out."""
    found: dict[int, ProductDetail] = {}
    for part in chunks(list(product_ids), _PART):
        found |= _details(session, part)
    return found


def _details(session: Session, product_ids: Sequence[int]) -> dict[int, ProductDetail]:
    """Rows, no objects: thousands of goods are read for one workbook."""
    connection = session.connection()
    skus: dict[int, list[Any]] = defaultdict(list)
    wanted = (
        _SKU.c.id,
        _SKU.c.product_id,
        _SKU.c.code,
        _SKU.c.name,
        _SKU.c.minimum_stock,
        _SKU.c.picture,
        _SKU.c.is_active,
    )
    of_products = select(*wanted).where(_SKU.c.product_id.in_(product_ids))
    for sku in connection.execute(of_products.order_by(_SKU.c.product_id, _SKU.c.position)):
        skus[sku.product_id].append(sku)
    ids = [sku.id for of_product in skus.values() for sku in of_product]
    facts = _Facts.of(session, product_ids, ids)
    query = (
        select(table_of(Product), Unit.name.label("unit"), Category.name.label("category"))
        .join(Unit, Unit.id == Product.unit_id)
        .outerjoin(Category, Category.id == Product.category_id)
        .where(Product.id.in_(product_ids))
    )
    return {row.id: _detail(row, skus[row.id], facts) for row in connection.execute(query)}


@dataclass(frozen=True, slots=True)
class _Facts:
    """What stands beside the rows of products and SKUs, by SKU or product."""

    attributes: Mapping[int, Sequence[tuple[str, str]]]
    prices: Mapping[int, Mapping[PriceGrade, Decimal]]
    barcodes: Mapping[int, Sequence[str]]
    stock: Mapping[int, Decimal]
    matched: Set[int]
    pictures: Mapping[int, Sequence[str]]

    @classmethod
    def of(cls, session: Session, product_ids: Sequence[int], sku_ids: Sequence[int]) -> _Facts:
        connection = session.connection()
        prices: dict[int, dict[PriceGrade, Decimal]] = defaultdict(dict)
        grades = {grade.value: grade for grade in PriceGrade}
        kept = select(SkuPrice.sku_id, SkuPrice.grade, SkuPrice.price).where(SkuPrice.sku_id.in_(sku_ids))
        for sku_id, grade, price in connection.execute(kept):
            prices[sku_id][grades[grade]] = price
        barcodes: dict[int, list[str]] = defaultdict(list)
        codes = select(Barcode.sku_id, Barcode.code).where(Barcode.sku_id.in_(sku_ids)).order_by(Barcode.id)
        for sku_id, code in connection.execute(codes):
            barcodes[sku_id].append(code)
        held = select(StockBalance.sku_id, func.sum(StockBalance.quantity)).where(StockBalance.sku_id.in_(sku_ids))
        stock: Any = connection.execute(held.group_by(StockBalance.sku_id)).all()
        matched = connection.execute(select(OfferSku.sku_id).where(OfferSku.sku_id.in_(sku_ids))).scalars()
        pictures: dict[int, list[str]] = defaultdict(list)
        shown = select(ProductPicture.product_id, ProductPicture.path).where(ProductPicture.product_id.in_(product_ids))
        for product_id, path in connection.execute(shown.order_by(ProductPicture.position)):
            pictures[product_id].append(path)
        found = {one for one in matched if one is not None}
        return cls(_values(session, sku_ids), prices, barcodes, dict(stock), found, pictures)


def _detail(row: Any, skus: Sequence[Any], facts: _Facts) -> ProductDetail:
    pairs = [facts.attributes.get(sku.id, ()) for sku in skus]
    return ProductDetail(
        id=ProductId(row.id),
        version=row.version,
        code=row.code,
        name=row.name,
        category_id=row.category_id,
        category=row.category or "",
        unit=row.unit,
        specification=row.specification,
        has_variants=row.has_variants,
        allow_negative=row.allow_negative,
        tax_rate=row.tax_rate,
        remark=row.remark,
        picture=row.picture,
        pictures=tuple(facts.pictures.get(row.id, ())),
        attributes=tuple(name for name, _value in max(pairs, key=len, default=())),
        is_downloaded=row.is_downloaded,
        skus=tuple(
            SkuDetail(
                id=SkuId(sku.id),
                code=sku.code,
                name=sku.name,
                values=tuple([value for _name, value in of_sku]),
                prices=facts.prices.get(sku.id, {}),
                barcodes=tuple(facts.barcodes.get(sku.id, ())),
                minimum_stock=sku.minimum_stock,
                picture=sku.picture,
                stock=facts.stock.get(sku.id, Decimal(0)),
                is_active=sku.is_active,
                is_matched=sku.id in facts.matched,
            )
            for sku, of_sku in zip(skus, pairs, strict=True)
        ),
    )


def _values(session: Session, sku_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """Attribute and value of each SKU, in the order of its attributes."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    query = (
        select(SkuValue.sku_id, Attribute.name, AttributeValue.name)
        .join(AttributeValue, AttributeValue.id == SkuValue.attribute_value_id)
        .join(Attribute, Attribute.id == AttributeValue.attribute_id)
        .where(SkuValue.sku_id.in_(sku_ids))
        .order_by(SkuValue.sku_id, SkuValue.position)
    )
    for sku_id, name, value in session.connection().execute(query):
        found[sku_id].append((name, value))
    return found


def category_paths(session: Session) -> dict[int, str]:
    """Names from the top joined by " / ", by id."""
    paths: dict[int, str] = {}
    for node in category_tree(session):
        above = paths.get(node.parent_id, "") if node.parent_id is not None else ""
        paths[node.id] = f"{above} / {node.name}" if above else node.name
    return paths


def category_tree(session: Session) -> tuple[CategoryNode, ...]:
    """Parents before children, then by name."""
    counts = dict(session.execute(select(Product.category_id, func.count()).group_by(Product.category_id)).all())
    children: dict[int | None, list[Category]] = defaultdict(list)
    for category in session.scalars(select(Category).order_by(Category.name)):
        children[category.parent_id].append(category)
    found: list[CategoryNode] = []
    waiting = list(reversed(children[None]))
    while waiting:
        one = waiting.pop()
        found.append(CategoryNode(one.id, one.parent_id, one.name, counts.get(one.id, 0)))
        waiting.extend(reversed(children[one.id]))
    return tuple(found)
