"""What goods that a customer brings back cost: what the line of the sale they went out on took out of stock.

Of a part, its share of that; the piece that makes the line whole takes the rest, so that nothing of the cost is lost.
Goods without a source come in at the average.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, and_, func, select

from jdy_desktop.models.documents import DocumentLine
from jdy_desktop.models.rules.cost_replay import returned_cost
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.states import DocumentKind, MoveKind
from jdy_desktop.models.stock import StockMove
from jdy_desktop.services.book.bulk import chunks, table_of

_LINE, _MOVE = table_of(DocumentLine), table_of(StockMove)
_OF_LINE = and_(_MOVE.c.document_id == _LINE.c.document_id, _MOVE.c.line_id == _LINE.c.id)
_PLACES = 4


def returned_costs(
    connection: Connection, kind: DocumentKind, document_id: int, rows: Sequence[Mapping[str, Any]]
) -> dict[int, Decimal]:
    """Line → cost of its goods, yuan, for lines of a sale return that name what they return; else empty.

    `rows`: its stored lines, with their ids. What the same document moved before does not count."""
    if kind is not DocumentKind.SALE_RETURN:
        return {}
    sources = sorted({row["source_line_id"] for row in rows if row["source_line_id"] is not None})
    sold, back = _sold(connection, sources), _brought_back(connection, sources, document_id)
    costs = {}
    for row in rows:
        source = row["source_line_id"]
        if source not in sold:
            continue
        quantity, cost = sold[source]
        before, now = back.get(source, ZERO), row["quantity"]
        fen = returned_cost(_whole(cost), _whole(quantity), _whole(before), _whole(now))
        costs[row["id"]] = Decimal(fen).scaleb(-_PLACES)
        back[source] = before + now
    return costs


def _sold(connection: Connection, line_ids: Sequence[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """Pieces and cost that each line took out, as it stands now: its newest move, a review may have made several."""
    query = select(_LINE.c.id, _MOVE.c.quantity, _MOVE.c.cost).join_from(_LINE, _MOVE, _OF_LINE)
    query = query.where(_MOVE.c.kind == MoveKind.DOCUMENT.value).order_by(_MOVE.c.id)
    found = {}
    for part in chunks(line_ids):
        for row in connection.execute(query.where(_LINE.c.id.in_(part))):
            found[row.id] = -row.quantity, -row.cost
    return found


def _brought_back(connection: Connection, line_ids: Sequence[int], but: int) -> dict[int, Decimal]:
    """Pieces of each line that returns which stand have brought; a return that was taken back adds up to nothing."""
    query = (
        select(_LINE.c.source_line_id, func.sum(_MOVE.c.quantity))
        .join_from(_LINE, _MOVE, _OF_LINE)
        .where(_LINE.c.document_id != but)
        .group_by(_LINE.c.source_line_id)
    )
    found: dict[int, Decimal] = {}
    for part in chunks(line_ids):
        rows = connection.execute(query.where(_LINE.c.source_line_id.in_(part)))
        found.update((line_id, quantity) for line_id, quantity in rows)
    return found


def _whole(value: Decimal) -> int:
    return int(value.scaleb(_PLACES))


def source_lines(connection: Connection, line_ids: Sequence[int]) -> dict[int, int]:
    """Line → the line it returns from, for those that name one."""
    found: dict[int, int] = {}
    query = select(_LINE.c.id, _LINE.c.source_line_id).where(_LINE.c.source_line_id.is_not(None))
    for part in chunks(sorted(set(line_ids))):
        found.update((line, source) for line, source in connection.execute(query.where(_LINE.c.id.in_(part))))
    return found
