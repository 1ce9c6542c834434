"""All stock moves as columns of integers, and which SKUs' costs cannot be vouched for by looking at columns alone.

A million rows as Python tuples take longer to make than to cost. So SQLite joins a few thousand moves at a time into one
text of numbers, and numpy reads the text; then the first move of every unit is worked out in one step, then the second, …
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text

from jdy_desktop.models.states import DocumentKind, MoveKind
from jdy_desktop.services.machine.jobs import JobContext

if TYPE_CHECKING:
    import numpy

_ROWS_AT_ONCE = 4000
_COLUMNS = 7
#: 2019-03-27
_SIGNS_OF_DAY, _DIGITS_OF_DAY = 10, [0, 1, 2, 3, 5, 6, 8, 9]
#: Units with more moves than this are costed one by one: each step of all units at once would be for a handful only.
_MOST_STEPS = 3000
#: The product of a value and a quantity must stay below this to fit 64 bits twice over.
_SAFE = 2.0e18

#: Five numbers of each move, its day beside them (ten signs each, without a gap), the ids only where some are missing.
_TEXT = text(
    "SELECT group_concat(sku_id||' '||warehouse_id||' '||quantity||' '||cost||' '||document_id, ' '),"
    " group_concat(day, '') FROM"
    " (SELECT sku_id, warehouse_id, quantity, cost, document_id, day FROM stock_move"
    " WHERE id > :low AND id <= :high ORDER BY id)"
)
_IDS = text("SELECT group_concat(id, ' ') FROM (SELECT id FROM stock_move WHERE id > :low AND id <= :high ORDER BY id)")
_ROWS = text(
    "SELECT id, CAST(to_char(day, 'YYYYMMDD') AS INTEGER), sku_id, warehouse_id, quantity, cost, document_id"
    " FROM stock_move WHERE id > :low AND id <= :high ORDER BY id"
)
#: What only a look at the documents can cost: goods brought back, moved or counted, and whatever was taken back.
_SPECIAL = text(
    "SELECT DISTINCT sku_id FROM stock_move WHERE kind = :void OR document_id IN"
    " (SELECT id FROM document WHERE kind IN (:returned, :moved, :counted))"
)


@dataclass(frozen=True, slots=True)
class MoveColumns:
    """All moves in the order they were booked; quantity and cost as integers of their 4th place, day as 20190327."""

    id: numpy.ndarray[Any, Any]
    day: numpy.ndarray[Any, Any]
    sku: numpy.ndarray[Any, Any]
    warehouse: numpy.ndarray[Any, Any]
    quantity: numpy.ndarray[Any, Any]
    cost: numpy.ndarray[Any, Any]
    document: numpy.ndarray[Any, Any]


def move_columns(connection: Connection, job: JobContext) -> MoveColumns:
    """Read them all; `job` is asked between blocks."""
    import numpy

    last = connection.execute(text("SELECT max(id) FROM stock_move")).scalar() or 0
    read = _block_of_text if connection.dialect.name == "sqlite" else _block_of_rows
    blocks = []
    for low in range(0, last, _ROWS_AT_ONCE):
        job.step(low, last, "read")
        blocks.append(read(connection, {"low": low, "high": low + _ROWS_AT_ONCE}))
    whole = numpy.concatenate(blocks) if blocks else numpy.zeros((0, _COLUMNS), numpy.int64)
    return MoveColumns(*(numpy.ascontiguousarray(one) for one in whole.T))


def _block_of_text(connection: Connection, bounds: dict[str, int]) -> Any:
    import numpy

    numbers, days = connection.execute(_TEXT, bounds).one()
    if not numbers:
        return numpy.zeros((0, _COLUMNS), numpy.int64)
    signs = numpy.frombuffer(days.encode("ascii"), numpy.uint8).reshape(-1, _SIGNS_OF_DAY)
    found = numpy.empty((len(signs), _COLUMNS), numpy.int64)
    if len(signs) == bounds["high"] - bounds["low"]:
        found[:, 0] = numpy.arange(bounds["low"] + 1, bounds["high"] + 1)
    else:
        found[:, 0] = numpy.fromstring(connection.execute(_IDS, bounds).scalar_one(), numpy.int64, sep=" ")
    digits = signs[:, _DIGITS_OF_DAY].astype(numpy.int64) - ord("0")
    found[:, 1] = digits @ (10 ** numpy.arange(len(_DIGITS_OF_DAY) - 1, -1, -1))
    found[:, 2:] = numpy.fromstring(numbers, numpy.int64, sep=" ").reshape(-1, _COLUMNS - 2)
    return found


def _block_of_rows(connection: Connection, bounds: dict[str, int]) -> Any:
    import numpy

    rows = [tuple(row) for row in connection.execute(_ROWS, bounds)]
    return numpy.array(rows, numpy.int64).reshape(-1, _COLUMNS)


@dataclass(frozen=True, slots=True)
class Costed:
    """`issued`: cost of each outgoing move, 0 for those coming in; `doubtful`: moves whose unit columns cannot cost."""

    issued: numpy.ndarray[Any, Any]
    doubtful: numpy.ndarray[Any, Any]


def cost_columns(moves: MoveColumns, *, per_warehouse: bool) -> Costed:
    """Moving weighted average of all units at once, in the order of days; what came in counts as booked.

    Doubtful: stock that went below zero, numbers beyond 64 bits, units with very many moves."""
    import numpy

    unit = moves.sku * (int(moves.warehouse.max(initial=0)) + 1) + moves.warehouse if per_warehouse else moves.sku
    days, documents = numpy.diff(moves.day), numpy.diff(moves.document)
    is_ordered = bool(numpy.all((days > 0) | ((days == 0) & (documents >= 0))))
    keys = (moves.id, moves.document, moves.day, unit)
    order = numpy.argsort(unit, kind="stable") if is_ordered else numpy.lexsort(keys)
    of_unit = unit[order]
    starts = (
        numpy.flatnonzero(numpy.r_[True, of_unit[1:] != of_unit[:-1]]) if len(order) else numpy.zeros(0, numpy.int64)
    )
    lengths = numpy.diff(numpy.r_[starts, len(order)])
    longest = numpy.argsort(-lengths, kind="stable")
    starts, lengths = starts[longest], lengths[longest]
    issued, doubtful = numpy.zeros(len(order), numpy.int64), numpy.zeros(len(order), bool)
    doubts = lengths > _MOST_STEPS
    _steps(moves, order, starts, lengths, issued, doubts)
    for start, length in zip(starts[doubts].tolist(), lengths[doubts].tolist(), strict=True):
        doubtful[order[start : start + length]] = True
    return Costed(issued, doubtful)


def _steps(moves: MoveColumns, order: Any, starts: Any, lengths: Any, issued: Any, doubts: Any) -> None:
    """The k-th move of every unit in one go; units are sorted by their number of moves, longest first."""
    import numpy

    held, worth = numpy.zeros(len(starts), numpy.int64), numpy.zeros(len(starts), numpy.int64)
    alive = len(starts)
    for step in range(min(int(lengths[0]), _MOST_STEPS) if len(lengths) else 0):
        while lengths[alive - 1] <= step:
            alive -= 1
        here = order[starts[:alive] + step]
        quantity, cost, have, value = moves.quantity[here], moves.cost[here], held[:alive], worth[:alive]
        out = numpy.where(quantity < 0, -quantity, 0)
        doubts[:alive] |= (have + quantity < 0) | (value < 0) | (value.astype(float) * out > _SAFE)
        part = (2 * value * out + have) // numpy.maximum(2 * have, 1)
        leaving = numpy.where(quantity < 0, numpy.where(out == have, value, part), 0)
        issued[here] = leaving
        held[:alive] += quantity
        worth[:alive] += numpy.where(quantity < 0, -leaving, cost)


def suspects(connection: Connection, job: JobContext, *, per_warehouse: bool) -> set[int]:
    """SKUs whose costs may have to be corrected: those with a wrong issue, and those that columns cannot vouch for."""
    import numpy

    moves = move_columns(connection, job)
    costed = cost_columns(moves, per_warehouse=per_warehouse)
    wrong = costed.doubtful | ((moves.quantity < 0) & (costed.issued != -moves.cost))
    kinds = {
        "void": MoveKind.VOID.value,
        "returned": DocumentKind.SALE_RETURN.value,
        "moved": DocumentKind.TRANSFER.value,
        "counted": DocumentKind.COUNT.value,
    }
    special = set(connection.execute(_SPECIAL, kinds).scalars())
    return special | {int(sku) for sku in numpy.unique(moves.sku[wrong])}
