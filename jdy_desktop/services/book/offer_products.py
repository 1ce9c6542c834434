"""Goods made from a downloaded offer, by the eight rules of manual 4.2.3 (M64–M74).

Bare rows, no objects: a download makes thousands of goods while the till waits for the same database.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import Product, Sku, SkuPrice, SkuValue
from jdy_desktop.models.channel import Offer, OfferSku
from jdy_desktop.models.rules.codes import normalise_code, product_code, sku_codes
from jdy_desktop.models.rules.pricing import Tier, sku_wholesale_price
from jdy_desktop.models.rules.search import pinyin_full
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book import audit, catalog
from jdy_desktop.services.book.bulk import insert_many, table_of
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Context

_CODE_LIMIT = 80
_SKU_NAME_LIMIT = 200

_SKU = table_of(Sku)
_INSERT_PRODUCT = insert(table_of(Product))
_SKU_IDS = select(_SKU.c.id).where(_SKU.c.product_id == bindparam("of_product")).order_by(_SKU.c.position)
_SKU_COLUMNS = (
    *("product_id", "position", "code", "code_key", "name", "picture", "search_text"),
    *("minimum_stock", "is_active"),
)


@dataclass(frozen=True, slots=True)
class MadeProduct:
    """What was made of an offer; `sku_ids` in the order of the SKUs that 1688 still lists."""

    id: int
    code: str
    sku_ids: tuple[int, ...]


def create_from_offer(session: Session, ctx: Context, shop_name: str, offer: Offer) -> MadeProduct:
    """The product of an offer, one SKU per SKU that 1688 still lists, in their order. In the caller's transaction.

    Its code may differ from the 货号 when other goods have it (F7): two offers never become one product. Matches are the
    caller's. Raises UserError when the offer holds what goods cannot; a savepoint of the caller then takes it back.
    """
    try:
        return _create(session, ctx, shop_name, offer)
    except UserError:
        catalog.forget_cache(session)
        raise


def _create(session: Session, ctx: Context, shop_name: str, offer: Offer) -> MadeProduct:
    connection = session.connection()
    code = _product_code(session, offer)
    rows = [row for row in offer.skus if not row.is_gone]
    product_id = _write_product(session, ctx, shop_name, offer, code)
    codes = _sku_codes(session, code, len(rows)) if offer.has_skus else (code,)
    values = [_values(row) if offer.has_skus else [] for row in rows]
    sku_ids = _write_skus(connection, product_id, offer, code, list(zip(rows, codes, values, strict=True)))
    _write_prices(connection, offer, sku_ids, rows)
    _file_values(session, sku_ids, values)
    audit.record(session, ctx, "download", "product", product_id, None, {"code": code, "offer_id": offer.offer_id})
    return MadeProduct(product_id, code, tuple(sku_ids))


def _write_product(session: Session, ctx: Context, shop_name: str, offer: Offer, code: str) -> int:
    now = ctx.clock.now()
    values = {
        "code": code,
        "code_key": normalise_code(code),
        "name": offer.title,
        "category_id": _category(session, shop_name, offer),
        "unit_id": catalog.unit_id(session, offer.unit),
        "has_variants": offer.has_skus,
        "picture": offer.picture,
        "pinyin": pinyin_full(offer.title),
        "is_downloaded": True,
        "created_at": now,
        "updated_at": now,
    }
    key = session.connection().execute(_INSERT_PRODUCT, values).inserted_primary_key
    assert key is not None
    return int(key[0])


def _write_skus(
    connection: Connection,
    product_id: int,
    offer: Offer,
    code: str,
    skus: Sequence[tuple[OfferSku, str, list[tuple[str, str]]]],
) -> list[int]:
    shared = catalog.product_search_text(offer.title, code)
    fresh = []
    for position, (row, sku_code, pairs) in enumerate(skus, 1):
        name = ("/".join(value for _, value in pairs) or (row.name if offer.has_skus else ""))[:_SKU_NAME_LIMIT]
        words = catalog.sku_search_text(shared, sku_code, name)
        key = normalise_code(sku_code)
        fresh.append((product_id, position, sku_code, key, name, row.picture, words, Decimal(0), True))
    insert_many(connection, _SKU, _SKU_COLUMNS, fresh)
    return list(connection.execute(_SKU_IDS, {"of_product": product_id}).scalars())


def _write_prices(connection: Connection, offer: Offer, sku_ids: Sequence[int], rows: Sequence[OfferSku]) -> None:
    tiers = [Tier(Decimal(start), Decimal(price)) for start, price in json.loads(offer.tiers)]
    # 1688 does not tell a retail price for every SKU; what a single piece costs there is the nearest to it.
    single = max((tier.price for tier in tiers), default=None)
    prices: list[tuple[Any, ...]] = []
    for sku_id, row in zip(sku_ids, rows, strict=True):
        found = {
            PriceGrade.RETAIL: row.retail_price or row.price or single,
            PriceGrade.WHOLESALE: sku_wholesale_price(offer.quote_type, tiers, row.price),
        }
        prices += [(sku_id, grade.value, price) for grade, price in found.items() if price is not None]
    insert_many(connection, table_of(SkuPrice), ("sku_id", "grade", "price"), prices)


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


def _file_values(session: Session, sku_ids: Sequence[int], values: Sequence[Sequence[tuple[str, str]]]) -> None:
    """Attribute groups and values are reused when they exist (rule 7a)."""
    rows = [
        (sku_id, position, catalog.value_id(session, catalog.attribute_id(session, name), value))
        for sku_id, pairs in zip(sku_ids, values, strict=True)
        for position, (name, value) in enumerate(pairs, 1)
    ]
    insert_many(session.connection(), table_of(SkuValue), ("sku_id", "position", "attribute_value_id"), rows)
