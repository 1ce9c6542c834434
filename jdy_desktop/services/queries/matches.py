"""The list of 商品匹配: nine columns, eight search fields, filters (manual 4.2.4, 4.3.5; M75–M81, M102, M103)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, literal, or_, select

from jdy_desktop.models.catalog import Product, Sku
from jdy_desktop.models.channel import Offer, OfferSku, Shop
from jdy_desktop.models.ids import OfferSkuId, ShopId
from jdy_desktop.models.rules.offer_ids import parse_offer_ids
from jdy_desktop.models.rules.search import split_words
from jdy_desktop.models.states import MatchOrigin, OfferStatus
from jdy_desktop.services.book.bulk import chunks
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.queries.search_index import has_word
from jdy_desktop.services.queries.words import all_ids


@dataclass(frozen=True, slots=True)
class MatchFilter:
    """`text`: words in any order, or a pasted 1688 link (M102). None means: all (M103)."""

    text: str = ""
    is_matched: bool | None = None
    shop_id: ShopId | None = None


@dataclass(frozen=True, slots=True)
class MatchRow:
    """One row of the list; the system columns are empty while 未匹配. `is_gone`: 1688 no longer lists this SKU."""

    id: OfferSkuId
    offer_pk: int
    offer_id: str
    shop: str
    is_matched: bool
    origin: MatchOrigin | None
    item_number: str
    title: str
    sku_item_number: str
    platform_sku_name: str
    product_code: str
    product_name: str
    sku_code: str
    sku_name: str
    has_skus: bool
    is_gone: bool
    status: OfferStatus
    picture: str


class MatchList:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db = db
        self._ctx = ctx

    def ids(self, filter: MatchFilter) -> list[int]:
        """All rows that fit, offer by offer, in 1688's order of its SKUs."""
        wanted = _filtered(select(OfferSku.id), filter).order_by(OfferSku.offer_pk, OfferSku.position, OfferSku.id)
        with self._db.read() as session:
            return all_ids(session, wanted)

    def rows(self, ids: Sequence[int]) -> dict[int, MatchRow]:
        """The rows that still exist, by id."""
        found: dict[int, MatchRow] = {}
        with self._db.read() as session:
            for some in chunks(list(ids)):
                found |= {row.id: _match_row(row) for row in session.execute(_COLUMNS.where(OfferSku.id.in_(some)))}
        return found

    def next_open(self, filter: MatchFilter, after: OfferSkuId, *, skip_offer: bool = False) -> OfferSkuId | None:
        """The 未匹配 row that follows `after` in the list, beginning again at its top; None when all are matched.

        `skip_offer` passes over the other rows of the same offer."""
        unmatched = MatchFilter(filter.text, False, filter.shop_id)
        wanted = _filtered(select(OfferSku.id), unmatched).order_by(OfferSku.offer_pk, OfferSku.position, OfferSku.id)
        with self._db.read() as session:
            here = session.execute(
                select(OfferSku.offer_pk, OfferSku.position, OfferSku.id).where(OfferSku.id == after)
            ).one_or_none()
            if here is None:
                return session.scalars(wanted.limit(1)).first()
            later = or_(
                OfferSku.offer_pk > here.offer_pk,
                and_(OfferSku.offer_pk == here.offer_pk, literal(not skip_offer), OfferSku.position > here.position),
            )
            others = OfferSku.offer_pk != here.offer_pk if skip_offer else OfferSku.id != after
            found = session.scalars(wanted.where(later).limit(1)).first()
            return found if found is not None else session.scalars(wanted.where(others).limit(1)).first()

    def offer_counts(self, offer_pk: int) -> tuple[int, int]:
        """(已匹配, 未匹配) of one offer, without SKUs that 1688 no longer lists."""
        wanted = select(func.count(), func.count(OfferSku.sku_id)).where(
            OfferSku.offer_pk == offer_pk, OfferSku.is_gone.is_(False)
        )
        with self._db.read() as session:
            everything, matched = session.execute(wanted).one()
        return matched, everything - matched

    def counts(self, filter: MatchFilter) -> tuple[int, int]:
        """(已匹配, 未匹配) under the filter, whatever it says about the state."""
        both = MatchFilter(filter.text, None, filter.shop_id)
        wanted = _filtered(select(func.count(), func.count(OfferSku.sku_id)).select_from(OfferSku), both)
        with self._db.read() as session:
            everything, matched = session.execute(wanted).one()
        return matched, everything - matched


_COLUMNS: Any = (
    select(
        OfferSku.id,
        OfferSku.offer_pk,
        OfferSku.item_number.label("sku_item_number"),
        OfferSku.name.label("platform_sku_name"),
        OfferSku.sku_id,
        OfferSku.match_origin,
        OfferSku.is_gone,
        OfferSku.picture.label("sku_picture"),
        Offer.offer_id,
        Offer.item_number,
        Offer.title,
        Offer.has_skus,
        Offer.status,
        Offer.picture,
        Shop.name.label("shop"),
        Sku.code.label("sku_code"),
        Sku.name.label("sku_name"),
        Product.code.label("product_code"),
        Product.name.label("product_name"),
    )
    .join(Offer, Offer.id == OfferSku.offer_pk)
    .join(Shop, Shop.id == Offer.shop_id)
    .outerjoin(Sku, Sku.id == OfferSku.sku_id)
    .outerjoin(Product, Product.id == Sku.product_id)
)


def _filtered(wanted: Any, filter: MatchFilter) -> Any:
    if filter.is_matched is not None:
        wanted = wanted.where(OfferSku.sku_id.is_not(None) if filter.is_matched else OfferSku.sku_id.is_(None))
    pasted = parse_offer_ids(filter.text).ids if "offer" in filter.text.casefold() else ()
    if filter.shop_id is not None or pasted:
        wanted = wanted.join(Offer, Offer.id == OfferSku.offer_pk)
    if filter.shop_id is not None:
        wanted = wanted.where(Offer.shop_id == filter.shop_id)
    if pasted:
        return wanted.where(Offer.offer_id.in_(pasted))
    for word in split_words(filter.text):
        system = has_word(Sku.search_text, word, OfferSku.sku_id)
        wanted = wanted.where(or_(has_word(OfferSku.search_text, word), system))
    return wanted


def _match_row(row: Any) -> MatchRow:
    is_matched = row.sku_id is not None
    return MatchRow(
        id=OfferSkuId(row.id),
        offer_pk=row.offer_pk,
        offer_id=row.offer_id,
        shop=row.shop,
        is_matched=is_matched,
        origin=MatchOrigin(row.match_origin) if row.match_origin else None,
        item_number=row.item_number,
        title=row.title,
        sku_item_number=row.sku_item_number,
        platform_sku_name=row.platform_sku_name,
        product_code=row.product_code or "",
        product_name=row.product_name or "",
        sku_code=row.sku_code or "",
        sku_name=row.sku_name or "",
        has_skus=row.has_skus,
        is_gone=row.is_gone,
        status=OfferStatus(row.status),
        picture=row.sku_picture or row.picture,
    )
