"""Stored goods as values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from jdy_desktop.models.catalog import Attribute, AttributeValue, Category, Product, ProductPicture, Sku, SkuValue
from jdy_desktop.models.channel import OfferSku
from jdy_desktop.models.ids import ProductId, SkuId
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.models.stock import StockBalance
from jdy_desktop.services.book.bulk import chunks
from jdy_desktop.services.book.product_values import CategoryNode, ProductDetail, SkuDetail
from jdy_desktop.services.errors import UserError

#: products read at once; with their SKUs they must fit an IN list.
_PART = 400


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
    options = (
        selectinload(Product.skus).selectinload(Sku.prices),
        selectinload(Product.skus).selectinload(Sku.barcodes),
        selectinload(Product.unit),
        selectinload(Product.category),
    )
    products = session.scalars(select(Product).where(Product.id.in_(product_ids)).options(*options)).all()
    ids = [sku.id for product in products for sku in product.skus]
    facts = _Facts.of(session, product_ids, ids)
    return {product.id: _detail(product, facts) for product in products}


@dataclass(frozen=True, slots=True)
class _Facts:
    """What stands beside the rows of products and SKUs, by SKU or product."""

    attributes: Mapping[int, Sequence[tuple[str, str]]]
    stock: Mapping[int, Decimal]
    matched: Set[int]
    pictures: Mapping[int, Sequence[str]]

    @classmethod
    def of(cls, session: Session, product_ids: Sequence[int], sku_ids: Sequence[int]) -> _Facts:
        held = select(StockBalance.sku_id, func.sum(StockBalance.quantity)).where(StockBalance.sku_id.in_(sku_ids))
        stock: Any = session.execute(held.group_by(StockBalance.sku_id)).all()
        matched = session.scalars(select(OfferSku.sku_id).where(OfferSku.sku_id.in_(sku_ids)))
        pictures: dict[int, list[str]] = defaultdict(list)
        shown = select(ProductPicture.product_id, ProductPicture.path).where(ProductPicture.product_id.in_(product_ids))
        for product_id, path in session.execute(shown.order_by(ProductPicture.position)):
            pictures[product_id].append(path)
        return cls(_values(session, sku_ids), dict(stock), {one for one in matched if one is not None}, pictures)


def _detail(product: Product, facts: _Facts) -> ProductDetail:
    pairs = [facts.attributes.get(sku.id, ()) for sku in product.skus]
    return ProductDetail(
        id=ProductId(product.id),
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
        pictures=tuple(facts.pictures.get(product.id, ())),
        attributes=tuple(name for name, _value in max(pairs, key=len, default=())),
        is_downloaded=product.is_downloaded,
        skus=tuple(
            SkuDetail(
                id=SkuId(sku.id),
                code=sku.code,
                name=sku.name,
                values=tuple(value for _name, value in of_sku),
                prices={PriceGrade(one.grade): one.price for one in sku.prices},
                barcodes=tuple(one.code for one in sku.barcodes),
                minimum_stock=sku.minimum_stock,
                picture=sku.picture,
                stock=facts.stock.get(sku.id, Decimal(0)),
                is_active=sku.is_active,
                is_matched=sku.id in facts.matched,
            )
            for sku, of_sku in zip(product.skus, pairs, strict=True)
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
    for sku_id, name, value in session.execute(query):
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
