"""Writes downloaded offers into the book: inserts what is new, updates what changed, deletes nothing.

Core statements throughout: a first download brings 10,000 offers, and the till must not wait for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, bindparam, select, update
from sqlalchemy.orm import Session

from jdy_desktop.models import channel
from jdy_desktop.models.catalog import Attribute, AttributeValue
from jdy_desktop.models.ids import ShopId
from jdy_desktop.services.book.bulk import insert_many
from jdy_desktop.services.channel.offer_rows import Row, offer_row, search_text, sku_rows
from jdy_desktop.services.machine.courtesy import give_way

if TYPE_CHECKING:
    from jdy_desktop.services.ali1688.values import Offer

OFFER: Table = channel.Offer.__table__  # type: ignore[assignment]
OFFER_SKU: Table = channel.OfferSku.__table__  # type: ignore[assignment]

_OFFER_TEXTS = ("title", "item_number")
_OFFER_COLUMNS = (
    *("title", "item_number", "category_name", "status", "unit", "quote_type", "minimum_quantity", "tiers"),
    *("mix_amount", "mix_quantity", "picture", "has_skus", "modified_at"),
)
_SKU_COLUMNS = (
    *("position", "platform_sku_id", "spec_id", "item_number", "code_key", "name", "spec_values"),
    *("price", "retail_price", "online_stock", "picture", "is_gone"),
)
_NEW_OFFER = (*_OFFER_COLUMNS, "shop_id", "offer_id", "downloaded_at")
_NEW_SKU = (*_SKU_COLUMNS, "offer_pk", "search_text")
_OF_SHOP = (OFFER.c.shop_id == bindparam("shop"), OFFER.c.offer_id.in_(bindparam("offers", expanding=True)))
_KNOWN_OFFERS = select(OFFER).where(*_OF_SHOP)
_KNOWN_SKUS = select(OFFER_SKU).where(OFFER_SKU.c.offer_pk.in_(bindparam("offers", expanding=True)))
_PKS = select(OFFER.c.offer_id, OFFER.c.id).where(*_OF_SHOP)
_UPDATE_OFFER = (
    update(OFFER)
    .where(OFFER.c.id == bindparam("row_id"))
    .values({name: bindparam(name) for name in (*_OFFER_COLUMNS, "downloaded_at")})
)
_UPDATE_SKU = (
    update(OFFER_SKU)
    .where(OFFER_SKU.c.id == bindparam("row_id"))
    .values({name: bindparam(name) for name in (*_SKU_COLUMNS, "search_text")})
)
_UPDATE_GONE = update(OFFER_SKU).where(OFFER_SKU.c.id == bindparam("row_id")).values(is_gone=True)


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of each offer of a batch, by platform id. `pks` holds the keys of all of them."""

    added: frozenset[str]
    updated: frozenset[str]
    unchanged: frozenset[str]
    pks: Mapping[str, int]


@dataclass(slots=True)
class _Changes:
    """The statements of one batch, collected before anything is written."""

    new_offers: list[Row]
    new_skus: list[Row]
    offers: list[Row]
    skus: list[Row]
    gone: list[Row]


def store_offers(connection: Connection, shop_id: ShopId, offers: Sequence[Offer], now: datetime) -> Stored:
    """Insert or update these offers and their rows, in the caller's transaction. Matches are never touched (M86, M87).

    A row that 1688 no longer lists is marked gone and keeps its match; an offer seen unchanged only gets a new time."""
    latest = {str(offer.offer_id): offer for offer in offers}
    known = _known_offers(connection, shop_id, latest)
    known_skus = _known_skus(connection, [row["id"] for row in known.values()])
    changes = _Changes([], [], [], [], [])
    added, updated, unchanged = set(), set(), set()
    rows_of_new: dict[str, tuple[Row, list[Row]]] = {}
    for offer_id, offer in latest.items():
        give_way()
        fresh = offer_row(offer)
        old = known.get(offer_id)
        if old is None:
            rows_of_new[offer_id] = (fresh, sku_rows(offer))
            changes.new_offers.append({**fresh, "shop_id": shop_id, "offer_id": offer_id, "downloaded_at": now})
            added.add(offer_id)
        elif _compare(old, fresh, known_skus[old["id"]], sku_rows(offer), now, changes):
            updated.add(offer_id)
        else:
            unchanged.add(offer_id)
    _write(connection, changes, [known[one]["id"] for one in unchanged], now)
    pks = {offer_id: row["id"] for offer_id, row in known.items()}
    if rows_of_new:
        new_pks = _pks(connection, shop_id, rows_of_new)
        pks |= new_pks
        for offer_id, (fresh, rows) in rows_of_new.items():
            changes.new_skus += (_new_sku(new_pks[offer_id], fresh, offer_id, row) for row in rows)
    insert_many(connection, OFFER_SKU, _NEW_SKU, list(map(itemgetter(*_NEW_SKU), changes.new_skus)))
    return Stored(frozenset(added), frozenset(updated), frozenset(unchanged), pks)


def _known_offers(connection: Connection, shop_id: ShopId, ids: Iterable[str]) -> dict[str, Row]:
    found = connection.execute(_KNOWN_OFFERS, {"shop": shop_id, "offers": list(ids)})
    return {row["offer_id"]: dict(row) for row in found.mappings()}


def _known_skus(connection: Connection, pks: Sequence[int]) -> dict[int, dict[str, Row]]:
    by_offer: dict[int, dict[str, Row]] = defaultdict(dict)
    if pks:
        found = connection.execute(_KNOWN_SKUS, {"offers": list(pks)})
        for row in found.mappings():
            by_offer[row["offer_pk"]][row["platform_sku_id"]] = dict(row)
    return by_offer


def _pks(connection: Connection, shop_id: ShopId, ids: Iterable[str]) -> dict[str, int]:
    found = connection.execute(_PKS, {"shop": shop_id, "offers": list(ids)})
    return {row.offer_id: row.id for row in found}


def _compare(
    old: Mapping[str, Any],
    fresh: Row,
    old_skus: Mapping[str, Mapping[str, Any]],
    rows: list[Row],
    now: datetime,
    changes: _Changes,
) -> bool:
    """Collect what differs; whether anything does."""
    is_changed = any(old[name] != fresh[name] for name in _OFFER_COLUMNS)
    if is_changed:
        changes.offers.append({**fresh, "row_id": old["id"], "downloaded_at": now})
    has_new_texts = any(old[name] != fresh[name] for name in _OFFER_TEXTS)
    for row in rows:
        old_sku = old_skus.get(row["platform_sku_id"])
        if old_sku is None:
            changes.new_skus.append(_new_sku(old["id"], fresh, old["offer_id"], row))
            is_changed = True
        elif has_new_texts or any(old_sku[name] != row[name] for name in _SKU_COLUMNS):
            text = search_text(fresh, old["offer_id"], row)
            changes.skus.append({**row, "row_id": old_sku["id"], "search_text": text})
            is_changed = True
    listed = {row["platform_sku_id"] for row in rows}
    gone = [{"row_id": row["id"]} for key, row in old_skus.items() if key not in listed and not row["is_gone"]]
    changes.gone += gone
    return is_changed or bool(gone)


def _new_sku(offer_pk: int, offer: Row, offer_id: str, row: Row) -> Row:
    return {**row, "offer_pk": offer_pk, "search_text": search_text(offer, offer_id, row)}


def _write(connection: Connection, changes: _Changes, unchanged_pks: Sequence[int], now: datetime) -> None:
    insert_many(connection, OFFER, _NEW_OFFER, list(map(itemgetter(*_NEW_OFFER), changes.new_offers)))
    if changes.offers:
        connection.execute(_UPDATE_OFFER, changes.offers)
    if changes.skus:
        connection.execute(_UPDATE_SKU, changes.skus)
    if changes.gone:
        connection.execute(_UPDATE_GONE, changes.gone)
    if unchanged_pks:
        connection.execute(update(OFFER).where(OFFER.c.id.in_(unchanged_pks)).values(downloaded_at=now))


@dataclass(frozen=True, slots=True)
class AttributeClash:
    """`value` stands under two attributes (4.1.3); `other_offer_id` is empty when the other one is in the goods."""

    value: str
    attribute: str
    offer_id: str
    other_attribute: str
    other_offer_id: str


class AttributeWatch:
    """Remembers under which attribute a value was seen first; the book itself keeps both apart (M50)."""

    def __init__(self, session: Session) -> None:
        rows = session.execute(
            select(AttributeValue.name, Attribute.name).join(Attribute, Attribute.id == AttributeValue.attribute_id)
        )
        self._first: dict[str, tuple[str, str]] = {}
        self._told: set[tuple[str, str]] = set()
        for value, attribute in rows:
            if value in self._first:
                # Both are in the book already: that was told when it happened.
                self._told.add((value, attribute))
            self._first.setdefault(value, (attribute, ""))

    def look(self, offer: Offer) -> list[AttributeClash]:
        """The clashes that this offer brings, each pair of value and attribute once."""
        clashes = []
        for value, name in dict.fromkeys((one.value, one.name) for sku in offer.skus for one in sku.values):
            attribute, offer_id = self._first.setdefault(value, (name, str(offer.offer_id)))
            if attribute != name and (value, name) not in self._told:
                self._told.add((value, name))
                clashes.append(AttributeClash(value, name, str(offer.offer_id), attribute, offer_id))
        return clashes
