"""自动匹配 as statements over many rows: the rules of models/rules/matching.auto_match, said in SQL (M93–M99, F8).

A property test holds both against each other. Rows are worked off in ranges of ids, one short transaction each, so that
a sale saved meanwhile waits for milliseconds; all ranges share one batch and are undone together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, exists, func, insert, literal, select, update
from sqlalchemy.orm import Session

from jdy_desktop.models import catalog, channel
from jdy_desktop.models.ids import ShopId
from jdy_desktop.models.states import MatchOrigin
from jdy_desktop.services.machine.context import Context

PRODUCT: Table = catalog.Product.__table__  # type: ignore[assignment]
SKU: Table = catalog.Sku.__table__  # type: ignore[assignment]
OFFER: Table = channel.Offer.__table__  # type: ignore[assignment]
OFFER_SKU: Table = channel.OfferSku.__table__  # type: ignore[assignment]
HISTORY: Table = channel.MatchHistory.__table__  # type: ignore[assignment]

#: Rows of `offer_sku` per transaction.
RANGE = 20_000

_OTHER = OFFER_SKU.alias("other")
#: Two rows of one offer with the code of a SKU: neither is matched by it. The + 0 makes the engine look up the code, which
#: seldom has a second row, and not all rows of the offer.
_IS_DOUBLED = exists().where(
    _OTHER.c.offer_pk + 0 == OFFER_SKU.c.offer_pk,
    _OTHER.c.code_key == SKU.c.code_key,
    _OTHER.c.id != OFFER_SKU.c.id,
    ~_OTHER.c.is_gone,
)
_IS_OPEN = and_(OFFER_SKU.c.sku_id.is_(None), ~OFFER_SKU.c.is_gone)


@dataclass(frozen=True, slots=True)
class Left:
    """Rows that stay 未匹配, and how many of them because a code is doubled within an offer."""

    rows: int
    ambiguous: int


def match_range(session: Session, ctx: Context, batch: int, shop_id: ShopId | None, first: int, last: int) -> int:
    """Match the open rows whose ids lie in first…last; how many were. Two steps: what a download made, then by code."""
    span = OFFER_SKU.c.id.between(first, last)
    matched = 0
    for wanted, origin in ((_by_creation(), MatchOrigin.CREATED), (_by_code(), MatchOrigin.AUTO)):
        pairs = _of_shop(wanted.where(span), shop_id)
        matched += _apply(session, ctx, batch, pairs, origin)
    return matched


def left_over(session: Session, shop_id: ShopId | None) -> Left:
    """What the automatic match leaves open."""
    open_rows = select(func.count()).select_from(OFFER_SKU).where(_IS_OPEN)
    # Nothing put to the code: from the rows, of which few are open, to the goods, and not from all goods to their rows.
    by_code = _fits(OFFER_SKU.c.code_key.concat("") == SKU.c.code_key)
    doubled = _with_sku(select(func.count()), by_code).where(_IS_DOUBLED)
    if shop_id is not None:
        open_rows = open_rows.join(OFFER, OFFER.c.id == OFFER_SKU.c.offer_pk).where(OFFER.c.shop_id == shop_id)
    rows = session.scalar(open_rows) or 0
    return Left(rows, (session.scalar(_of_shop(doubled, shop_id)) or 0) if rows else 0)


def _fits(link: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    """M94: only goods of the same kind; an empty code is no code."""
    return _IS_OPEN, link, SKU.c.is_active, PRODUCT.c.has_variants == OFFER.c.has_skus


def _with_sku(wanted: Select[Any], conditions: tuple[ColumnElement[bool], ...]) -> Select[Any]:
    tables = (
        OFFER_SKU.join(OFFER, OFFER.c.id == OFFER_SKU.c.offer_pk)
        .join(SKU, conditions[1])
        .join(PRODUCT, PRODUCT.c.id == SKU.c.product_id)
    )
    return wanted.select_from(tables).where(*conditions, OFFER_SKU.c.code_key != "")


def _by_code() -> Select[Any]:
    """Rules 1 and 2: `sku.code_key` is unique, so a code has one candidate at most."""
    wanted = select(OFFER_SKU.c.id, SKU.c.id.label("sku_id"))
    return _with_sku(wanted, _fits(OFFER_SKU.c.code_key == SKU.c.code_key)).where(~_IS_DOUBLED)


def _by_creation() -> Select[Any]:
    """Rule 3's exception: goods that the download made are known by id, whatever the codes say (M97)."""
    conditions = _fits(OFFER_SKU.c.created_sku_id == SKU.c.id)
    tables = (
        OFFER_SKU.join(OFFER, OFFER.c.id == OFFER_SKU.c.offer_pk)
        .join(SKU, conditions[1])
        .join(PRODUCT, PRODUCT.c.id == SKU.c.product_id)
    )
    return select(OFFER_SKU.c.id, SKU.c.id.label("sku_id")).select_from(tables).where(*conditions)


def _of_shop(wanted: Select[Any], shop_id: ShopId | None) -> Select[Any]:
    return wanted if shop_id is None else wanted.where(OFFER.c.shop_id == shop_id)


def _apply(session: Session, ctx: Context, batch: int, pairs: Select[Any], origin: MatchOrigin) -> int:
    """History first, then the rows from their history: the pairs are found once."""
    found = pairs.subquery()
    at = literal(ctx.clock.now(), HISTORY.c.at.type)
    values: dict[str, Any] = {
        "batch": literal(batch),
        "action": literal("auto"),
        "offer_sku_id": found.c.id,
        "after_sku_id": found.c.sku_id,
        "after_origin": literal(origin.value),
        "operator": literal(ctx.operator),
        "at": at,
        "is_undone": literal(False),
    }
    connection = session.connection()
    # Asked for by key: by batch, the rows of all former ranges would be walked through again for each range.
    newest = connection.scalar(select(func.max(HISTORY.c.id))) or 0
    note = insert(HISTORY).from_select(list(values), select(*values.values()))
    # Without being asked, SQLAlchemy keeps no row count of an INSERT … SELECT on PostgreSQL.
    noted = connection.execute(note, execution_options={"preserve_rowcount": True})
    if noted.rowcount:
        connection.execute(
            update(OFFER_SKU)
            .values(sku_id=HISTORY.c.after_sku_id, match_origin=origin.value)
            # The + 0: from the new history to its rows, or all rows would be asked for their history, range after range.
            .where(HISTORY.c.id > newest, OFFER_SKU.c.id == HISTORY.c.offer_sku_id + 0)
        )
    return noted.rowcount
