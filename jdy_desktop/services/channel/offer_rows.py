"""An offer as the gateway gives it, as rows of `offer` and `offer_sku`. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jdy_desktop.models.rules.codes import normalise_code
from jdy_desktop.models.rules.matching import platform_sku_name
from jdy_desktop.models.rules.search import fold, search_key

if TYPE_CHECKING:
    from jdy_desktop.services.ali1688.values import Offer, OfferSkuInfo

Row = dict[str, Any]

_FEN = Decimal("0.01")


def offer_row(offer: Offer) -> Row:
    """Everything of `offer` that 1688 says; ids and times of ours are added by the writer."""
    return {
        "title": offer.title[:500],
        "item_number": offer.item_number[:80],
        "category_name": offer.category_name[:100],
        "status": offer.status.value,
        "unit": offer.unit[:20],
        "quote_type": offer.quote_type,
        "minimum_quantity": offer.min_quantity,
        "tiers": json.dumps([[_plain(tier.start_quantity), _plain(tier.price)] for tier in offer.tiers]),
        "mix_amount": None if offer.mix_amount is None else offer.mix_amount.quantize(_FEN, ROUND_HALF_UP),
        "mix_quantity": offer.mix_quantity,
        "picture": _address(offer.pictures[0] if offer.pictures else ""),
        "has_skus": bool(offer.skus),
        "modified_at": offer.modified_at,
    }


def sku_rows(offer: Offer) -> list[Row]:
    """One row per 单品, in 1688's order; an offer without SKUs has one row with an empty platform id."""
    if not offer.skus:
        return [_row_without_skus(offer)]
    return [_sku_row(offer, sku, position) for position, sku in enumerate(offer.skus)]


def search_text(offer: Mapping[str, Any], offer_id: str, sku: Mapping[str, Any]) -> str:
    """The platform side of the eight search fields (M102), with pinyin, and the ids."""
    # The number apart from the name: no two SKUs share a number, but thousands share 红色XL.
    parts = (
        _cached_key(offer["title"], offer["item_number"]),
        _cached_key(sku["name"]) if sku["name"] else "",
        fold(sku["item_number"]),
        offer_id,
    )
    return "\n".join(part for part in parts if part)


def _sku_row(offer: Offer, sku: OfferSkuInfo, position: int) -> Row:
    item_number = sku.item_number[:90]
    name, spec_values = _spec(tuple((value.name, value.value) for value in sku.values))
    return {
        "position": position,
        "platform_sku_id": sku.platform_sku_id,
        "spec_id": sku.spec_id[:60],
        "item_number": item_number,
        "code_key": normalise_code(item_number)[:90],
        "name": name,
        "spec_values": spec_values,
        "price": sku.price,
        "retail_price": sku.retail_price if sku.retail_price is not None else offer.retail_price,
        "online_stock": sku.online_stock,
        "picture": _address(next((value.picture for value in sku.values if value.picture), "")),
        "is_gone": False,
    }


def _row_without_skus(offer: Offer) -> Row:
    return {
        "position": 0,
        "platform_sku_id": "",
        "spec_id": "",
        "item_number": "",
        "code_key": normalise_code(offer.item_number[:80])[:90],
        "name": "",
        "spec_values": "[]",
        "price": None,
        "retail_price": offer.retail_price,
        "online_stock": offer.online_stock,
        "picture": "",
        "is_gone": False,
    }


def _plain(value: Decimal) -> str:
    """42.00 and 42.000000 are written alike, so that an unchanged price does not look changed."""
    return f"{value.normalize():f}"


def _address(url: str) -> str:
    """A cut address would point elsewhere: rather none."""
    return url if len(url) <= 500 else ""


@lru_cache(maxsize=4096)
def _spec(values: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """Name and JSON of a 单品; a shop has its few colours and sizes on all its offers."""
    return platform_sku_name([value for _, value in values])[:200], json.dumps(values, ensure_ascii=False)


# Colours and sizes come back thousands of times, a title once per row of its offer.
@lru_cache(maxsize=4096)
def _cached_key(name: str, *others: str) -> str:
    return search_key(name, *others)
