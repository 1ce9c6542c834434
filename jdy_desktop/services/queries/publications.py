"""The list of 商品发布: goods in each shop, how far their publishing is (manual 4.4.2; M109)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import Product, ProductPicture, Sku, SkuPrice
from jdy_desktop.models.channel import Offer, OfferSku, Publication, Shop
from jdy_desktop.models.ids import ProductId, ShopId
from jdy_desktop.models.rules.publishing import PublishKey
from jdy_desktop.models.rules.search import split_words
from jdy_desktop.models.states import OfferStatus, PriceGrade, PublishState
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.queries.words import chunks


@dataclass(frozen=True, slots=True)
class PublicationFilter:
    """`text`: words in any order over 商品代码, 商品名称, 规格型号, pinyin. `state` DRAFT: 未发布 and not in the shop otherwise.

    `in_shop` True: only goods that are in the shop through a download or a match, without having been published."""

    text: str = ""
    state: PublishState | None = None
    shop_id: ShopId | None = None
    in_shop: bool = False


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """Goods in one shop. `price` as it would be asked for: 批发价, else 零售价. `is_in_shop`: see the filter."""

    id: int
    key: PublishKey
    shop: str
    code: str
    name: str
    specification: str
    picture: str
    n_pictures: int
    has_variants: bool
    price: Decimal | None
    category_name: str
    state: PublishState
    is_in_shop: bool
    is_private: bool
    offer_id: str
    log: str


class PublicationList:
    def __init__(self, db: Database) -> None:
        self._db = db

    def ids(self, filter: PublicationFilter) -> list[int]:
        """Goods, newest first, in each shop; without a shop there is nothing to publish to."""
        with self._db.read() as session:
            query = (
                select(Product.id, Shop.id)
                .join(Shop, Shop.id > 0)
                .outerjoin(Publication, and_(Publication.product_id == Product.id, Publication.shop_id == Shop.id))
                .where(*_conditions(filter))
                .order_by(Product.id.desc(), Shop.id)
            )
            found = session.connection().execute(query)
            return [PublishKey(ProductId(product), ShopId(shop)).row_id for product, shop in found]

    def rows(self, ids: Sequence[int]) -> dict[int, PublicationRow]:
        """Rows by id; those whose goods or shop are gone are left out."""
        found: dict[int, PublicationRow] = {}
        with self._db.read() as session:
            for part in chunks(ids):
                found |= _rows(session, [PublishKey.of(one) for one in part])
        return found

    def counts(self, filter: PublicationFilter) -> Mapping[PublishState, int]:
        """Publications of the filter's shop by state; goods without one are not counted."""
        query = select(Publication.state, func.count()).group_by(Publication.state)
        if filter.shop_id is not None:
            query = query.where(Publication.shop_id == filter.shop_id)
        with self._db.read() as session:
            return {PublishState(state): n for state, n in session.execute(query)}


def _present(products: Sequence[int] | None = None) -> Any:
    """(product, shop) pairs by a match to an offer of that shop that is still there. Of these products, or of all."""
    pairs = (
        select(Sku.product_id, Offer.shop_id)
        .select_from(OfferSku)
        .join(Offer, Offer.id == OfferSku.offer_pk)
        .join(Sku, Sku.id == OfferSku.sku_id)
        .where(Offer.status != OfferStatus.GONE, OfferSku.is_gone.is_(False))
        .distinct()
    )
    return pairs if products is None else pairs.where(Sku.product_id.in_(products))


def _conditions(wanted: PublicationFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for word in split_words(wanted.text):
        columns = (Product.code, Product.name, Product.specification)
        found = [func.lower(one).contains(word, autoescape=True) for one in columns]
        # Pinyin and barcodes stand with the SKUs.
        by_sku = select(Sku.product_id).where(Sku.search_text.contains(word, autoescape=True))
        conditions.append(or_(*found, Product.id.in_(by_sku)))
    if wanted.shop_id is not None:
        conditions.append(Shop.id == wanted.shop_id)
    state = func.coalesce(Publication.state, PublishState.DRAFT.value)
    # Pairs found once, not asked for row by row: with 30,000 SKUs that took minutes.
    in_shop = tuple_(Product.id, Shop.id).in_(_present())
    if wanted.in_shop:
        conditions += [state != PublishState.PUBLISHED, in_shop]
    elif wanted.state is not None:
        conditions.append(state == wanted.state.value)
        if wanted.state is PublishState.DRAFT:
            conditions.append(~in_shop)
    return conditions


def _rows(session: Session, keys: Sequence[PublishKey]) -> dict[int, PublicationRow]:
    products = sorted({key.product_id for key in keys})
    shops = sorted({key.shop_id for key in keys})
    goods = _goods(session, products)
    names: dict[int, str] = dict(session.execute(select(Shop.id, Shop.name).where(Shop.id.in_(shops))).all())
    known = {
        (row.product_id, row.shop_id): row
        for row in session.scalars(select(Publication).where(Publication.product_id.in_(products)))
    }
    present = {(product_id, shop_id) for product_id, shop_id in session.execute(_present(products))}
    found = {}
    for key in keys:
        one, row = goods.get(key.product_id), known.get((key.product_id, key.shop_id))
        if one is None or key.shop_id not in names:
            continue
        state = PublishState(row.state) if row else PublishState.DRAFT
        found[key.row_id] = PublicationRow(
            id=key.row_id,
            key=key,
            shop=names[key.shop_id],
            **one,
            category_name=row.category_name if row else "",
            state=state,
            is_in_shop=state is not PublishState.PUBLISHED and (key.product_id, key.shop_id) in present,
            is_private=row.is_private if row else True,
            offer_id=row.offer_id if row else "",
            log=row.log if row else "",
        )
    return found


def _goods(session: Session, products: Sequence[int]) -> dict[int, dict[str, Any]]:
    pictures: dict[int, set[str]] = defaultdict(set)
    more = select(ProductPicture.product_id, ProductPicture.path).where(ProductPicture.product_id.in_(products))
    for product_id, path in session.execute(more):
        pictures[product_id].add(path)
    prices: dict[tuple[int, str], Decimal] = {}
    wanted = (
        select(Sku.product_id, SkuPrice.grade, func.max(SkuPrice.price))
        .join(SkuPrice, SkuPrice.sku_id == Sku.id)
        .where(Sku.product_id.in_(products), Sku.is_active)
        .group_by(Sku.product_id, SkuPrice.grade)
    )
    for product_id, grade, price in session.execute(wanted):
        prices[product_id, grade] = price
    columns = (Product.id, Product.code, Product.name, Product.specification, Product.picture, Product.has_variants)
    found = {}
    for row in session.execute(select(*columns).where(Product.id.in_(products))):
        asked = prices.get((row.id, PriceGrade.WHOLESALE)) or prices.get((row.id, PriceGrade.RETAIL))
        own = {row.picture} - {""}
        found[row.id] = {
            "code": row.code,
            "name": row.name,
            "specification": row.specification,
            "picture": row.picture,
            "n_pictures": len(pictures[row.id] | own),
            "has_variants": row.has_variants,
            "price": asked,
        }
    return found
