"""Goods made from a downloaded offer, by the eight rules of manual 4.2.3 (M64–M74)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import Product, Sku, SkuPrice, SkuValue
from jdy_desktop.models.channel import Offer, OfferSku
from jdy_desktop.models.rules.codes import normalise_code, product_code, sku_codes
from jdy_desktop.models.rules.pricing import Tier, sku_wholesale_price
from jdy_desktop.models.rules.search import pinyin_full
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book import audit, catalog
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Context

_CODE_LIMIT = 80
_SKU_NAME_LIMIT = 200


def create_from_offer(session: Session, ctx: Context, shop_name: str, offer: Offer) -> Product:
    """The product of an offer, one SKU per SKU that 1688 still lists, in their order. In the caller's transaction.

    Its code may differ from the 货号 when other goods have it (F7): two offers never become one product. Matches are the
    caller's. Raises UserError when the offer holds what goods cannot; a savepoint of the caller then takes it back.
    """
    try:
        return _create(session, ctx, shop_name, offer)
    except UserError:
        catalog.forget_cache(session)
        raise


def _create(session: Session, ctx: Context, shop_name: str, offer: Offer) -> Product:
    now = ctx.clock.now()
    code = _product_code(session, offer)
    rows = [row for row in offer.skus if not row.is_gone]
    product = Product(
        code=code,
        code_key=normalise_code(code),
        name=offer.title,
        category_id=_category(session, shop_name, offer),
        unit_id=catalog.unit_id(session, offer.unit),
        has_variants=offer.has_skus,
        picture=offer.picture,
        pinyin=pinyin_full(offer.title),
        is_downloaded=True,
        created_at=now,
        updated_at=now,
    )
    shared = catalog.product_search_text(offer.title, code)
    codes = _sku_codes(session, code, len(rows)) if offer.has_skus else (code,)
    tiers = [Tier(Decimal(start), Decimal(price)) for start, price in json.loads(offer.tiers)]
    values = [_values(row) if offer.has_skus else [] for row in rows]
    for position, (row, sku_code, pairs) in enumerate(zip(rows, codes, values, strict=True), 1):
        product.skus.append(_sku(offer, row, sku_code, position, pairs, tiers, shared))
    session.add(product)
    session.flush()
    _file_values(session, product.skus, values)
    audit.record(session, ctx, "download", "product", product.id, None, {"code": code, "offer_id": offer.offer_id})
    return product


def _product_code(session: Session, offer: Offer) -> str:
    wanted = offer.item_number.strip() or offer.offer_id
    taken = catalog.taken_codes(session, [normalise_code(wanted)])
    if taken:
        taken = catalog.codes_like(session, wanted)
    code = product_code(offer.item_number, offer.offer_id, taken).code
    if len(code) > _CODE_LIMIT:
        raise UserError("text_too_long", field="code", limit=_CODE_LIMIT)
    return code


def _sku_codes(session: Session, code: str, wanted: int) -> tuple[str, ...]:
    codes = sku_codes(code, wanted)
    if catalog.taken_codes(session, [normalise_code(one) for one in codes]):
        codes = sku_codes(code, wanted, catalog.codes_like(session, code))
    return codes


def _category(session: Session, shop_name: str, offer: Offer) -> int:
    """Top: the shop (rule 1a); below it 1688's most detailed category (rule 1b)."""
    top = catalog.category_id(session, shop_name, None)
    return catalog.category_id(session, offer.category_name, top) if offer.category_name.strip() else top


def _values(row: OfferSku) -> list[tuple[str, str]]:
    return [(name, value) for name, value in json.loads(row.spec_values)]


def _sku(
    offer: Offer,
    row: OfferSku,
    code: str,
    position: int,
    pairs: Sequence[tuple[str, str]],
    tiers: Sequence[Tier],
    shared: str,
) -> Sku:
    name = ("/".join(value for _, value in pairs) or (row.name if offer.has_skus else ""))[:_SKU_NAME_LIMIT]
    wholesale = sku_wholesale_price(offer.quote_type, tiers, row.price)
    # 1688 does not tell a retail price for every SKU; what a single piece costs there is the nearest to it.
    retail = row.retail_price or row.price or max((tier.price for tier in tiers), default=None)
    prices = {PriceGrade.RETAIL: retail, PriceGrade.WHOLESALE: wholesale}
    return Sku(
        position=position,
        code=code,
        code_key=normalise_code(code),
        name=name,
        picture=row.picture,
        search_text=catalog.sku_search_text(shared, code, name),
        prices=[SkuPrice(grade=grade.value, price=price) for grade, price in prices.items() if price is not None],
    )


def _file_values(session: Session, skus: Sequence[Sku], values: Sequence[Sequence[tuple[str, str]]]) -> None:
    """Attribute groups and values are reused when they exist (rule 7a)."""
    for sku, pairs in zip(skus, values, strict=True):
        for position, (name, value) in enumerate(pairs, 1):
            found = catalog.value_id(session, catalog.attribute_id(session, name), value)
            session.add(SkuValue(sku_id=sku.id, position=position, attribute_value_id=found))
