"""Goods: save, read, delete, categories (manual 2.3, 4.1, 4.2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from jdy_desktop.models.account import Setting
from jdy_desktop.models.catalog import Product, Sku, SkuPrice
from jdy_desktop.models.channel import OfferSku
from jdy_desktop.models.documents import DocumentLine
from jdy_desktop.models.ids import ProductId
from jdy_desktop.models.rules.codes import sku_codes
from jdy_desktop.models.stock import StockMove
from jdy_desktop.services.book import audit, catalog, product_bulk, product_reading
from jdy_desktop.services.book.bulk import chunks, without_collecting
from jdy_desktop.services.book.offer_products import create_from_offer
from jdy_desktop.services.book.product_values import (
    CategoryNode,
    DeleteReport,
    ProductDetail,
    SaveProduct,
    SaveSku,
    SkuDetail,
    changes_prices,
)
from jdy_desktop.services.book.product_writing import check_product, save_in, unmatch
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.rights import Right

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


class Products:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db = db
        self._ctx = ctx

    def save(self, request: SaveProduct) -> ProductId:
        """Make a product or change one, with all its SKUs; a SKU left out goes, or rests when documents know it.

        Raises Stale, Refused (other prices of stored goods and the negative-stock flag need 店主), and UserError with field and
        row (of the SKU): code_taken, barcode_taken, values_repeated …
        """
        checked = check_product(request)
        with self._db.write() as session:
            _require_rights(session, self._ctx, checked)
            return save_in(session, self._ctx, checked)

    def create_many(self, requests: Sequence[SaveProduct]) -> list[ProductId]:
        """Many new products at once, all or none; ids in the order given.

        Raises UserError like `save`, with `request` (from 1) in its params.
        """
        with without_collecting(), self._db.write() as session:
            return product_bulk.create_many(session, self._ctx, requests)

    def product(self, product_id: ProductId) -> ProductDetail:
        """Raises UserError("product_unknown")."""
        with self._db.read() as session:
            return product_reading.detail(session, product_id)

    def delete(self, product_ids: Sequence[int]) -> DeleteReport:
        """Delete goods that no document knows; their matches become 未匹配 by themselves (M63). Others are kept."""
        self._ctx.require(Right.DELETE_GOODS)
        with self._db.write() as session:
            return _delete(session, self._ctx, product_ids)

    def preview_delete(self, product_ids: Sequence[int]) -> DeleteReport:
        """What `delete` would do now; changes nothing."""
        with self._db.read() as session:
            return _preview_delete(session, product_ids)

    def set_allow_negative(self, product_ids: Sequence[int], allowed: bool) -> int:
        """批量设置 是否允许负库存 (M120). Returns how many were changed."""
        self._ctx.require(Right.NEGATIVE_STOCK)
        with self._db.write() as session:
            changed: list[int] = []
            for part in chunks(list(product_ids)):
                where = (Product.id.in_(part), Product.allow_negative != allowed)
                changed += session.scalars(select(Product.id).where(*where))
            for part in chunks(changed):
                statement = update(Product).where(Product.id.in_(part))
                session.execute(statement.values(allow_negative=allowed, version=Product.version + 1))
            if changed:
                values = {"ids": changed, "allow_negative": allowed}
                audit.record(session, self._ctx, "allow_negative", "product", len(changed), None, values)
            return len(changed)

    def may_change_prices(self) -> bool:
        """Whether who works now may give stored goods other prices: a form offers nothing that saving would refuse."""
        return self._ctx.may(Right.CHANGE_PRICES)

    def uses_attributes(self) -> bool:
        """辅助属性 of the account set, as the industry set it or the owner changed it since (M7)."""
        with self._db.read() as session:
            return session.scalar(select(Setting.value).where(Setting.key == "uses_attributes")) != "0"

    def category_tree(self) -> tuple[CategoryNode, ...]:
        """Parents before children, then by name."""
        with self._db.read() as session:
            return product_reading.category_tree(session)

    def add_category(self, name: str, parent_id: int | None = None) -> int:
        """An existing one of that name is reused."""
        with self._db.write() as session:
            return catalog.category_id(session, name, parent_id)

    def generate_codes(self, product_code: str, n: int) -> tuple[str, ...]:
        """The next `n` free SKU codes of a product: sp32501_001 … (4.1.4, M51)."""
        with self._db.read() as session:
            return sku_codes(product_code.strip(), n, catalog.codes_like(session, product_code))


def _require_rights(session: Session, ctx: Context, request: SaveProduct) -> None:
    """Selling below zero and the prices of stored goods are the owner's; a form that leaves them as they are needs nobody."""
    query = select(Product.allow_negative).where(Product.id == request.product_id)
    if request.allow_negative != (session.scalar(query) or False):
        ctx.require(Right.NEGATIVE_STOCK)
    if not ctx.may(Right.CHANGE_PRICES) and changes_prices(_stored_prices(session, request.product_id), request):
        ctx.require(Right.CHANGE_PRICES)


def _stored_prices(session: Session, product_id: int | None) -> dict[int, dict[str, Decimal]]:
    query = select(SkuPrice).join(Sku, Sku.id == SkuPrice.sku_id).where(Sku.product_id == product_id)
    found: dict[int, dict[str, Decimal]] = {}
    for one in session.scalars(query):
        found.setdefault(one.sku_id, {})[one.grade] = one.price
    return found


def _delete(session: Session, ctx: Context, product_ids: Sequence[int]) -> DeleteReport:
    kept: list[tuple[str, str]] = []
    deleted = unmatched = 0
    for part in chunks(list(dict.fromkeys(product_ids))):
        codes = dict(session.execute(select(Product.id, Product.code).where(Product.id.in_(part))).all())
        used = _used_products(session, codes)
        kept += [(codes[one], "used_in_documents") for one in codes if one in used]
        gone = [one for one in codes if one not in used]
        unmatched += unmatch(session, ctx, select(Sku.id).where(Sku.product_id.in_(gone)))
        session.execute(delete(Product).where(Product.id.in_(gone)))
        deleted += len(gone)
        for one in gone:
            audit.record(session, ctx, "delete", "product", one, {"code": codes[one]}, None)
    return DeleteReport(deleted, unmatched, tuple(kept))


def _preview_delete(session: Session, product_ids: Sequence[int]) -> DeleteReport:
    kept: list[tuple[str, str]] = []
    deletable = matched = 0
    for part in chunks(list(dict.fromkeys(product_ids))):
        codes = dict(session.execute(select(Product.id, Product.code).where(Product.id.in_(part))).all())
        used = _used_products(session, codes)
        kept += [(codes[one], "used_in_documents") for one in codes if one in used]
        gone = [one for one in codes if one not in used]
        deletable += len(gone)
        of_goods = select(Sku.id).where(Sku.product_id.in_(gone))
        matched += session.scalar(select(func.count()).where(OfferSku.sku_id.in_(of_goods))) or 0
    return DeleteReport(deletable, matched, tuple(kept))


def _used_products(session: Session, product_ids: Iterable[int]) -> set[int]:
    ids = list(product_ids)
    found: set[int] = set()
    for column in (DocumentLine.sku_id, StockMove.sku_id):
        query = select(Sku.product_id).where(Sku.product_id.in_(ids), select(column).where(column == Sku.id).exists())
        found.update(session.scalars(query))
    return found
