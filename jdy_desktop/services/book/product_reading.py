"""Stored goods as values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from jdy_desktop.models.catalog import Attribute, AttributeValue, Category, Product, ProductPicture, Sku, SkuValue
from jdy_desktop.models.channel import OfferSku
from jdy_desktop.models.ids import ProductId, SkuId
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.models.stock import StockBalance
from jdy_desktop.services.book.product_values import CategoryNode, ProductDetail, SkuDetail
from jdy_desktop.services.errors import UserError


def detail(session: Session, product_id: ProductId) -> ProductDetail:
    """Raises UserError("product_unknown")."""
    options = (
        selectinload(Product.skus).selectinload(Sku.prices),
        selectinload(Product.skus).selectinload(Sku.barcodes),
    )
    product = session.get(Product, product_id, options=options)
    if product is None:
        raise UserError("product_unknown", id=product_id)
    ids = [sku.id for sku in product.skus]
    attributes, values = _values(session, ids)
    stock = dict(
        session.execute(
            select(StockBalance.sku_id, func.sum(StockBalance.quantity))
            .where(StockBalance.sku_id.in_(ids))
            .group_by(StockBalance.sku_id)
        ).all()
    )
    matched = set(session.scalars(select(OfferSku.sku_id).where(OfferSku.sku_id.in_(ids))))
    pictures = (
        select(ProductPicture.path).where(ProductPicture.product_id == product_id).order_by(ProductPicture.position)
    )
    return ProductDetail(
        id=product_id,
        version=product.version,
        code=product.code,
        name=product.name,
        category_id=product.category_id,
        category=product.category.name if product.category else "",
        unit=product.unit.name,
        specification=product.specification,
        has_variants=product.has_variants,
        allow_negative=product.allow_negative,
        tax_rate=product.tax_rate,
        remark=product.remark,
        picture=product.picture,
        pictures=tuple(session.scalars(pictures)),
        attributes=attributes,
        is_downloaded=product.is_downloaded,
        skus=tuple(
            SkuDetail(
                id=SkuId(sku.id),
                code=sku.code,
                name=sku.name,
                values=tuple(values[sku.id]),
                prices={PriceGrade(one.grade): one.price for one in sku.prices},
                barcodes=tuple(one.code for one in sku.barcodes),
                minimum_stock=sku.minimum_stock,
                picture=sku.picture,
                stock=stock.get(sku.id, Decimal(0)),
                is_active=sku.is_active,
                is_matched=sku.id in matched,
            )
            for sku in product.skus
        ),
    )


def _values(session: Session, sku_ids: Sequence[int]) -> tuple[tuple[str, ...], dict[int, list[str]]]:
    """Attribute names in their order, and the values of each SKU in the same order."""
    names: dict[int, str] = {}
    values: dict[int, list[str]] = defaultdict(list)
    query = (
        select(SkuValue.sku_id, SkuValue.position, AttributeValue.name, Attribute.name)
        .join(AttributeValue, AttributeValue.id == SkuValue.attribute_value_id)
        .join(Attribute, Attribute.id == AttributeValue.attribute_id)
        .where(SkuValue.sku_id.in_(sku_ids))
        .order_by(SkuValue.sku_id, SkuValue.position)
    )
    for sku_id, position, value, name in session.execute(query):
        names.setdefault(position, name)
        values[sku_id].append(value)
    return tuple(names[position] for position in sorted(names)), values


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
