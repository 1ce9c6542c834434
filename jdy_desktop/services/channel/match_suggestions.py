"""Goods offered for a manual match, and why a row stays open (4.3.4, F8). Reads only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import Product, Sku, SkuPrice
from jdy_desktop.models.channel import Offer, OfferSku
from jdy_desktop.models.ids import OfferSkuId, ProductId, SkuId
from jdy_desktop.models.rules import matching as rules
from jdy_desktop.models.rules.codes import normalise_code
from jdy_desktop.models.rules.matching import MatchReason, OfferSkuFacts, SkuFacts
from jdy_desktop.models.rules.offer_ids import parse_offer_ids
from jdy_desktop.models.rules.search import split_words
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.models.stock import StockBalance
from jdy_desktop.services.errors import UserError

# Enough to rank; more would only cost time.
_CANDIDATES = 300
_PIECE = 4
_PIECES = 8


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Goods for a manual match. `reason`: equal_code, equal_product_code, similar_name, equal_attributes or search.

    `is_sure`: the codes are equal and no other SKU has this one. `price`: 零售价, None when there is none.
    `stock`: of all warehouses, in `unit`. `is_taken`: another row of the match list has these goods already."""

    sku_id: SkuId
    product_id: ProductId
    code: str
    product_code: str
    product_name: str
    sku_name: str
    picture: str
    price: Decimal | None
    stock: Decimal
    unit: str
    is_taken: bool
    is_sure: bool
    reason: str


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is shown beside the goods, by SKU."""

    prices: dict[int, Decimal]
    stock: dict[int, Decimal]
    taken: set[int]


def reason(session: Session, offer_sku_id: OfferSkuId) -> MatchReason:
    """What the rules say about this row now, seen beside the other rows of its offer."""
    row = _row(session, offer_sku_id)
    rows = [_offer_facts(one) for one in row.offer.skus if not one.is_gone or one.id == row.id]
    ids = [one.created_sku_id for one in row.offer.skus if one.created_sku_id is not None]
    keys = [one.code_key for one in row.offer.skus if one.code_key]
    skus = session.scalars(select(Sku).where(or_(Sku.code_key.in_(keys), Sku.id.in_(ids)), Sku.is_active))
    decisions = rules.auto_match(rows, [_sku_facts(sku) for sku in skus])
    return next(one.reason for one in decisions if one.offer_sku_id == row.id)


def suggest(session: Session, offer_sku_id: OfferSkuId, text: str, limit: int) -> tuple[Suggestion, ...]:
    row = _row(session, offer_sku_id)
    words = split_words(text)
    skus = _searched(session, row, words, text) if words else _likely(session, row)
    by_id = {sku.id: sku for sku in skus}
    ranked = rules.suggestions(_offer_facts(row), [_sku_facts(sku) for sku in skus], limit=len(skus))
    found = [(by_id[one.sku_id], one.is_sure, _why(one)) for one in ranked]
    if words:
        named = {one.sku_id for one in ranked}
        found += [(sku, False, "search") for sku in skus if sku.id not in named]
    found = found[:limit]
    ids = [sku.id for sku, _, _ in found]
    facts = _Facts(_prices(session, ids), _stock(session, ids), _taken(session, ids, row))
    return tuple(_suggestion(sku, is_sure, why, facts) for sku, is_sure, why in found)


def _row(session: Session, offer_sku_id: OfferSkuId) -> OfferSku:
    row = session.get(OfferSku, offer_sku_id)
    if row is None:
        raise UserError("offer_unknown", offer_sku_id=offer_sku_id)
    return row


def _offer_facts(row: OfferSku) -> OfferSkuFacts:
    return OfferSkuFacts(
        id=OfferSkuId(row.id),
        offer_key=row.offer_pk,
        has_skus=row.offer.has_skus,
        cargo_number=row.offer.item_number,
        sku_cargo_number=row.item_number,
        sku_id=None if row.sku_id is None else SkuId(row.sku_id),
        created_sku_id=None if row.created_sku_id is None else SkuId(row.created_sku_id),
        title=row.offer.title,
        attribute_values=tuple(value for _, value in json.loads(row.spec_values)),
    )


def _sku_facts(sku: Sku) -> SkuFacts:
    return SkuFacts(
        id=SkuId(sku.id),
        code=sku.code,
        has_variants=sku.product.has_variants,
        product_code=sku.product.code,
        product_name=sku.product.name,
        attribute_values=tuple(sku.name.split("/")) if sku.name else (),
    )


def _searched(session: Session, row: OfferSku, words: Iterable[str], text: str) -> Sequence[Sku]:
    """Words in any order, pinyin; a pasted 1688 link finds the goods matched to that offer."""
    pasted = parse_offer_ids(text).ids if "offer" in text.casefold() else ()
    if pasted:
        linked = select(OfferSku.sku_id).join(Offer, Offer.id == OfferSku.offer_pk).where(Offer.offer_id.in_(pasted))
        return _fitting(session, row, Sku.id.in_(linked))
    return _fitting(session, row, *(Sku.search_text.contains(word, autoescape=True) for word in words))


def _likely(session: Session, row: OfferSku) -> Sequence[Sku]:
    """Equal codes first, then products whose name shares a piece with the title."""
    keys = [key for key in (row.code_key, normalise_code(row.offer.item_number)) if key]
    found = {sku.id: sku for sku in _fitting(session, row, or_(Sku.code_key.in_(keys), Product.code_key.in_(keys)))}
    pieces = _pieces(row.offer.title)
    if pieces:
        named = or_(*(Product.name.contains(piece, autoescape=True) for piece in pieces))
        found |= {sku.id: sku for sku in _fitting(session, row, named)}
    return list(found.values())


def _fitting(session: Session, row: OfferSku, *conditions: object) -> Sequence[Sku]:
    wanted = (
        select(Sku)
        .join(Product, Product.id == Sku.product_id)
        .where(Product.has_variants == row.offer.has_skus, Sku.is_active, *conditions)  # type: ignore[arg-type]
        .order_by(Sku.code_key)
        .limit(_CANDIDATES)
    )
    return session.scalars(wanted).all()


def _pieces(title: str) -> list[str]:
    """A few pieces of the title, spread over it: titles are rewritten, but seldom wholly (M92)."""
    text = "".join(title.split())
    starts = range(0, max(len(text) - _PIECE + 1, 1), max((len(text) - _PIECE) // _PIECES, 1))
    return [text[start : start + _PIECE] for start in starts if len(text) >= _PIECE][: _PIECES + 1]


def _why(one: rules.Suggestion) -> str:
    if one.has_equal_code:
        return "equal_code"
    if one.has_equal_product_code:
        return "equal_product_code"
    return "equal_attributes" if one.has_equal_attributes and one.name_similarity < 0.5 else "similar_name"


def _prices(session: Session, sku_ids: Sequence[int]) -> dict[int, Decimal]:
    found = session.execute(
        select(SkuPrice.sku_id, SkuPrice.price).where(SkuPrice.sku_id.in_(sku_ids), SkuPrice.grade == PriceGrade.RETAIL)
    )
    return {row.sku_id: row.price for row in found}


def _stock(session: Session, sku_ids: Sequence[int]) -> dict[int, Decimal]:
    found = session.execute(select(StockBalance.sku_id, StockBalance.quantity).where(StockBalance.sku_id.in_(sku_ids)))
    sums: dict[int, Decimal] = {}
    for sku_id, quantity in found:
        sums[sku_id] = sums.get(sku_id, Decimal(0)) + quantity
    return sums


def _taken(session: Session, sku_ids: Sequence[int], row: OfferSku) -> set[int]:
    found = session.scalars(select(OfferSku.sku_id).where(OfferSku.sku_id.in_(sku_ids), OfferSku.id != row.id))
    return {sku_id for sku_id in found if sku_id is not None}


def _suggestion(sku: Sku, is_sure: bool, why: str, facts: _Facts) -> Suggestion:
    return Suggestion(
        sku_id=SkuId(sku.id),
        product_id=ProductId(sku.product_id),
        code=sku.code,
        product_code=sku.product.code,
        product_name=sku.product.name,
        sku_name=sku.name,
        picture=sku.picture or sku.product.picture,
        price=facts.prices.get(sku.id),
        stock=facts.stock.get(sku.id, Decimal(0)),
        unit=sku.product.unit.name,
        is_taken=sku.id in facts.taken,
        is_sure=is_sure,
        reason=why,
    )
