"""商品中心: goods by filter (manual 2.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import Category, Product, Sku, SkuPrice, Unit
from jdy_desktop.models.channel import OfferSku
from jdy_desktop.models.ids import ProductId
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.models.stock import StockBalance
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.queries.goods_card import GoodsCard, GoodsLine, GoodsTree, goods_card, goods_lines, goods_tree
from jdy_desktop.services.queries.goods_order import GoodsSort, ordered
from jdy_desktop.services.queries.words import all_ids, all_words, chunks

MatchState = Literal["matched", "partly", "unmatched"]
#: in `GoodsFilter.category_id`: goods without a category (ids begin at 1).
NO_CATEGORY = 0


@dataclass(frozen=True, slots=True)
class GoodsFilter:
    """`text`: words in any order over code, names, barcodes, pinyin. `category_id` includes its children; see NO_CATEGORY.

    `match`: "matched" = at least one SKU is, "unmatched" = none is. `stock`: "in" above 0, "none" 0 or below,
    "low" below the minimum of a SKU. `sort` None: newest first.
    """

    text: str = ""
    category_id: int | None = None
    match: Literal["matched", "unmatched"] | None = None
    stock: Literal["in", "none", "low"] | None = None
    sort: GoodsSort | None = None
    descending: bool = False

    @property
    def is_everything(self) -> bool:
        """Nothing is left out, whatever the order."""
        return (self.text, self.category_id, self.match, self.stock) == ("", None, None, None)


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """`retail_price` is the largest of the SKUs (M70), `wholesale_price` the smallest (M69); None when none is kept."""

    id: ProductId
    code: str
    name: str
    picture: str
    category: str
    unit: str
    retail_price: Decimal | None
    wholesale_price: Decimal | None
    stock: Decimal
    match: MatchState
    n_skus: int
    allow_negative: bool
    specification: str = ""


class GoodsList:
    def __init__(self, db: Database) -> None:
        self._db = db

    def ids(self, filter: GoodsFilter) -> list[int]:
        """Products of the filter, in its order."""
        with self._db.read() as session:
            query = ordered(select(Product.id).where(*_conditions(session, filter)), filter.sort, filter.descending)
            return all_ids(session, query)

    def rows(self, ids: Sequence[int]) -> dict[int, GoodsRow]:
        """Rows by id; ids that are gone are left out."""
        found: dict[int, GoodsRow] = {}
        with self._db.read() as session:
            for part in chunks(ids):
                found |= _rows(session, part)
        return found

    def stock_total(self, filter: GoodsFilter) -> Decimal:
        """Pieces of all goods of the filter together."""
        with self._db.read() as session:
            products = select(Product.id).where(*_conditions(session, filter))
            query = select(func.sum(StockBalance.quantity)).join(Sku, Sku.id == StockBalance.sku_id)
            return session.connection().execute(query.where(Sku.product_id.in_(products))).scalar() or Decimal(0)

    def card(self, product_id: ProductId) -> GoodsCard:
        """All the detail pane shows of a product. Raises UserError("product_unknown")."""
        with self._db.read() as session:
            return goods_card(session.connection(), product_id)

    def tree(self) -> GoodsTree:
        """The categories that hold goods, with counts."""
        with self._db.read() as session:
            return goods_tree(session.connection())

    def lines(self, filter: GoodsFilter) -> tuple[GoodsLine, ...]:
        """The 货号–商品 list of the filter, for Excel (M47, M48)."""
        with self._db.read() as session:
            return goods_lines(session.connection(), _conditions(session, filter))


def category_branch(category_id: int) -> Select[Any]:
    """Ids of a category and everything below it."""
    branch = select(Category.id).where(Category.id == category_id).cte("branch", recursive=True)
    branch = branch.union(select(Category.id).join(branch, Category.parent_id == branch.c.id))
    return select(branch.c.id)


def sku_stock() -> Any:
    """Pieces per SKU over all warehouses, to be joined (outer) by `sku_id`."""
    return (
        select(StockBalance.sku_id, func.sum(StockBalance.quantity).label("quantity"))
        .group_by(StockBalance.sku_id)
        .subquery("sku_stock")
    )


def stock_condition(wanted: str, quantity: Any, minimum: Any) -> ColumnElement[bool]:
    """ "in" above 0, "none" 0 or below, "low" below the minimum."""
    have = func.coalesce(quantity, 0)
    conditions: dict[str, ColumnElement[bool]] = {"in": have > 0, "none": have <= 0, "low": have < minimum}
    return conditions[wanted]


def _conditions(session: Session, wanted: GoodsFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    words = all_words(wanted.text, Sku.search_text)
    if words:
        conditions.append(Product.id.in_(select(Sku.product_id).where(*words)))
    if wanted.category_id == NO_CATEGORY:
        conditions.append(Product.category_id.is_(None))
    elif wanted.category_id is not None:
        conditions.append(Product.category_id.in_(category_branch(wanted.category_id)))
    if wanted.match is not None:
        matched = Product.id.in_(select(Sku.product_id).join(OfferSku, OfferSku.sku_id == Sku.id))
        conditions.append(matched if wanted.match == "matched" else ~matched)
    if wanted.stock is not None:
        conditions.append(_stock(wanted.stock))
    return conditions


def _stock(wanted: str) -> ColumnElement[bool]:
    """Of all SKUs of a product together; "low" when one of them is below its own minimum."""
    held = sku_stock()
    of_sku = select(Sku.product_id).outerjoin(held, held.c.sku_id == Sku.id).where(Sku.is_active)
    if wanted == "low":
        return Product.id.in_(of_sku.where(stock_condition("low", held.c.quantity, Sku.minimum_stock)))
    in_stock = of_sku.group_by(Sku.product_id).having(func.coalesce(func.sum(held.c.quantity), 0) > 0)
    return Product.id.in_(in_stock) if wanted == "in" else Product.id.not_in(in_stock)


def _rows(session: Session, ids: Sequence[int]) -> dict[int, GoodsRow]:
    connection = session.connection()
    skus, stock, matched = _per_product(session, ids)
    prices: dict[tuple[int, str], tuple[Decimal, Decimal]] = {}
    for product_id, grade, lowest, highest in connection.execute(
        select(Sku.product_id, SkuPrice.grade, func.min(SkuPrice.price), func.max(SkuPrice.price))
        .join(SkuPrice, SkuPrice.sku_id == Sku.id)
        .where(Sku.product_id.in_(ids), Sku.is_active)
        .group_by(Sku.product_id, SkuPrice.grade)
    ):
        prices[product_id, grade] = lowest, highest
    columns = (Product.id, Product.code, Product.name, Product.picture, Product.allow_negative)
    query = select(*columns, Product.specification, Category.name.label("category"), Unit.name.label("unit"))
    query = query.outerjoin(Category, Category.id == Product.category_id).join(Unit, Unit.id == Product.unit_id)
    found = {}
    for row in connection.execute(query.where(Product.id.in_(ids))):
        n_skus, n_matched = skus.get(row.id, 0), matched.get(row.id, 0)
        found[row.id] = GoodsRow(
            id=ProductId(row.id),
            code=row.code,
            name=row.name,
            picture=row.picture,
            category=row.category or "",
            unit=row.unit,
            retail_price=prices.get((row.id, PriceGrade.RETAIL), (None, None))[1],
            wholesale_price=prices.get((row.id, PriceGrade.WHOLESALE), (None, None))[0],
            stock=stock.get(row.id, Decimal(0)),
            match="unmatched" if not n_matched else "matched" if n_matched >= n_skus else "partly",
            n_skus=n_skus,
            allow_negative=row.allow_negative,
            specification=row.specification,
        )
    return found


def _per_product(session: Session, ids: Sequence[int]) -> tuple[dict[int, int], dict[int, Decimal], dict[int, int]]:
    """Number of SKUs, pieces, and number of matched SKUs of each product."""
    connection = session.connection()
    of_products = (Sku.product_id.in_(ids), Sku.is_active)
    is_matched = case((Sku.id.in_(select(OfferSku.sku_id).where(OfferSku.sku_id.is_not(None))), 1), else_=0)
    skus: dict[int, int] = {}
    matched: dict[int, int] = {}
    count = select(Sku.product_id, func.count(), func.sum(is_matched)).where(*of_products).group_by(Sku.product_id)
    for product_id, n_skus, n_matched in connection.execute(count):
        skus[product_id], matched[product_id] = n_skus, n_matched
    held = select(Sku.product_id, func.sum(StockBalance.quantity)).join(StockBalance, StockBalance.sku_id == Sku.id)
    pieces: Any = connection.execute(held.where(Sku.product_id.in_(ids)).group_by(Sku.product_id))
    return skus, dict(pieces.all()), matched
