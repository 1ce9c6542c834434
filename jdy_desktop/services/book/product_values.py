"""What the product form hands over and what it gets back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from jdy_desktop.models.ids import ProductId, SkuId
from jdy_desktop.models.states import PriceGrade

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class SaveSku:
    """属性组合: its values in the order of the product's attributes; one per grade of price, yuan."""

    values: tuple[str, ...] = ()
    sku_id: SkuId | None = None
    #: empty: given by the scheme (product code, or product code_001 …).
    code: str = ""
    prices: Mapping[PriceGrade, Decimal] = field(default_factory=dict)
    barcodes: tuple[str, ...] = ()
    minimum_stock: Decimal = _ZERO
    picture: str = ""


@dataclass(frozen=True, slots=True)
class SaveProduct:
    """A product with all its SKUs. No attributes = exactly one SKU, whose code is the product code."""

    code: str
    name: str
    skus: tuple[SaveSku, ...]
    product_id: ProductId | None = None
    version: int | None = None
    category_id: int | None = None
    unit: str = ""
    specification: str = ""
    allow_negative: bool = False
    tax_rate: Decimal | None = None
    remark: str = ""
    picture: str = ""
    attributes: tuple[str, ...] = ()
    #: further pictures in their order, `picture` being the first; None: as they are stored.
    pictures: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class SkuDetail:
    id: SkuId
    code: str
    name: str
    values: tuple[str, ...]
    prices: Mapping[PriceGrade, Decimal]
    barcodes: tuple[str, ...]
    minimum_stock: Decimal
    picture: str
    stock: Decimal
    is_active: bool
    #: at least one 1688 SKU is matched to it.
    is_matched: bool


@dataclass(frozen=True, slots=True)
class ProductDetail:
    id: ProductId
    version: int
    code: str
    name: str
    category_id: int | None
    category: str
    unit: str
    specification: str
    has_variants: bool
    allow_negative: bool
    tax_rate: Decimal | None
    remark: str
    picture: str
    #: further ones; `picture` is the first.
    pictures: tuple[str, ...]
    attributes: tuple[str, ...]
    is_downloaded: bool
    skus: tuple[SkuDetail, ...]


@dataclass(frozen=True, slots=True)
class DeleteReport:
    """`unmatched`: 1688 SKUs whose match became 未匹配 (M63). `kept`: (code, reason) of goods that stay."""

    deleted: int
    unmatched: int
    kept: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CategoryNode:
    """`count`: goods directly in it. Order: parents before children, then by name."""

    id: int
    parent_id: int | None
    name: str
    count: int


def as_request(detail: ProductDetail) -> SaveProduct:
    """A stored product as the form would hand it over unchanged; resting SKUs are left out."""
    return SaveProduct(
        product_id=detail.id,
        version=detail.version,
        code=detail.code,
        name=detail.name,
        category_id=detail.category_id,
        unit=detail.unit,
        specification=detail.specification,
        allow_negative=detail.allow_negative,
        tax_rate=detail.tax_rate,
        remark=detail.remark,
        picture=detail.picture,
        attributes=detail.attributes,
        skus=tuple(
            SaveSku(one.values, one.id, one.code, dict(one.prices), one.barcodes, one.minimum_stock, one.picture)
            for one in detail.skus
            if one.is_active
        ),
    )


def changes_prices(stored: Mapping[int, Mapping[Any, Decimal]], request: SaveProduct) -> bool:
    """Whether a SKU that is there already gets other prices; `stored`: by SKU and grade."""
    return any(sku.sku_id is not None and dict(sku.prices) != dict(stored.get(sku.sku_id, {})) for sku in request.skus)
