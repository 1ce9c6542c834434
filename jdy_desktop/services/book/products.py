"""Goods: save, read, delete, categories (manual 2.3, 4.1, 4.2.2)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import Product
from jdy_desktop.models.channel import Offer
from jdy_desktop.models.ids import ProductId
from jdy_desktop.services.book.product_values import (
    CategoryNode,
    DeleteReport,
    ProductDetail,
    SaveProduct,
    SaveSku,
    SkuDetail,
)
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database

__all__ = [
    "CategoryNode",
    "DeleteReport",
    "ProductDetail",
    "Products",
    "SaveProduct",
    "SaveSku",
    "SkuDetail",
    "create_from_offer",
]


def create_from_offer(session: Session, ctx: Context, shop_name: str, offer: Offer) -> Product:
    raise NotImplementedError


class Products:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db = db
        self._ctx = ctx

    def save(self, request: SaveProduct) -> ProductId:
        raise NotImplementedError

    def product(self, product_id: ProductId) -> ProductDetail:
        raise NotImplementedError

    def delete(self, product_ids: Sequence[int]) -> DeleteReport:
        raise NotImplementedError

    def set_allow_negative(self, product_ids: Sequence[int], allowed: bool) -> int:
        raise NotImplementedError

    def category_tree(self) -> tuple[CategoryNode, ...]:
        raise NotImplementedError

    def add_category(self, name: str, parent_id: int | None = None) -> int:
        raise NotImplementedError

    def generate_codes(self, product_code: str, n: int) -> tuple[str, ...]:
        raise NotImplementedError
