"""成本重算: every move of the book costed anew in the order of its days, so that a purchase entered or corrected late
reaches the sales after it.

Moves that were taken back (a voided document, a former version) are left out: together they are worth nothing. What comes
in keeps what it cost; what goes out gets the average it finds; goods a customer brings back come in at the average.

Two passes. The first reads the whole book once and finds the SKUs that may differ, with whole columns of integers instead
of rows; the second costs only those anew, in short transactions of a few SKUs, each with its balances and its audit row. So
it can be stopped at any time: the book holds together after every transaction, and a second run goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, bindparam, literal_column, select
from sqlalchemy.orm import Session

from jdy_desktop.models.account import AccountSet
from jdy_desktop.models.catalog import Sku
from jdy_desktop.models.documents import Document, DocumentLine
from jdy_desktop.models.rules.cost_replay import Replay, returned_cost
from jdy_desktop.models.states import DocumentKind, MoveKind
from jdy_desktop.models.stock import StockBalance, StockMove
from jdy_desktop.services.book import audit
from jdy_desktop.services.book.bulk import chunks, table_of, update_many
from jdy_desktop.services.book.cost_checks import remember_recomputed
from jdy_desktop.services.book.cost_columns import suspects
from jdy_desktop.services.book.document_money import stock_costs
from jdy_desktop.services.book.kinds import DOCUMENT_KINDS
from jdy_desktop.services.book.return_costs import source_lines
from jdy_desktop.services.errors import Stale
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.rights import Right

log = logging.getLogger(__name__)

_MOVE, _BALANCE, _LINE, _DOCUMENT = map(table_of, (StockMove, StockBalance, DocumentLine, Document))
#: SKUs of one transaction: a save at the counter waits for one of these at most.
_SKUS_AT_ONCE = 100
_PLACES = 4


@dataclass(frozen=True, slots=True)
class RecomputeReport:
    """`looked_at`: SKUs costed anew; `skus` of them and `moves` changed. `difference`: of the stock's value, yuan."""

    looked_at: int
    skus: int
    moves: int
    difference: Decimal


@dataclass(frozen=True, slots=True)
class _Change:
    move_id: int
    sku_id: int
    warehouse_id: int
    before: int
    after: int


class CostRecompute:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db, self._ctx = db, ctx

    def run(self, job: JobContext) -> RecomputeReport:
        """Cost the whole book anew. Raises Refused; JobCancelled leaves what is done so far, whole and sound."""
        self._ctx.require(Right.SEE_COST)
        with self._db.read() as session:
            per_warehouse = _per_warehouse(session)
            found = sorted(suspects(session.connection(), job, per_warehouse=per_warehouse))
        skus = moves = 0
        difference = 0
        for done, part in enumerate(chunks(found, _SKUS_AT_ONCE)):
            job.step(done * _SKUS_AT_ONCE, len(found), "recompute")
            changes = self._one_part(part, per_warehouse)
            moves += len(changes)
            skus += len({one.sku_id for one in changes})
            difference += sum(one.after - one.before for one in changes)
        job.step(len(found), len(found), "recompute")
        with self._db.write() as session:
            remember_recomputed(session.connection())
        log.info("costs recomputed: looked at %d SKUs, changed %d SKUs, %d moves", len(found), skus, moves)
        return RecomputeReport(len(found), skus, moves, Decimal(difference).scaleb(-_PLACES))

    def _one_part(self, sku_ids: Sequence[int], per_warehouse: bool) -> list[_Change]:
        """A look first: most SKUs turn out to be right, and a look keeps nobody waiting."""
        with self._db.read() as session:
            if not changes_of(session.connection(), sku_ids, per_warehouse=per_warehouse):
                return []
        with self._db.write() as session:
            connection = session.connection()
            changes = changes_of(connection, sku_ids, per_warehouse=per_warehouse)
            if changes:
                _write(connection, changes)
                # Here too, not only at the end: whoever is stopped in between must not find the order of days held wrong.
                remember_recomputed(connection)
                self._record(session, changes)
            return changes

    def _record(self, session: Session, changes: Sequence[_Change]) -> None:
        sums: dict[int, list[int]] = {}
        for one in changes:
            pair = sums.setdefault(one.sku_id, [0, 0])
            pair[0] += one.before
            pair[1] += one.after
        query = select(Sku.id, Sku.code).where(Sku.id.in_(list(sums)))
        codes = {row.id: row.code for row in session.execute(query)}
        before = {codes[sku]: _yuan(pair[0]) for sku, pair in sums.items()}
        after = {codes[sku]: _yuan(pair[1]) for sku, pair in sums.items()}
        audit.record(session, self._ctx, "recompute", "stock_cost", len(changes), before, after)


def changes_of(connection: Connection, sku_ids: Sequence[int], *, per_warehouse: bool) -> list[_Change]:
    """Moves of these SKUs whose cost is not what it should be; in order of the moves."""
    rows = _moves(connection, sku_ids)
    taken_back = _taken_back(rows)
    amounts = _receipt_amounts(connection, [row for row in rows if row.id not in taken_back])
    replay, changes, carried = Replay(), [], dict[Any, int]()
    sold = _Sold(connection, rows)
    for row in rows:
        if row.id in taken_back:
            after = taken_back[row.id]
        else:
            unit = (row.sku_id, row.warehouse_id) if per_warehouse else row.sku_id
            after = _change(replay, unit, row, amounts, carried, sold)
            replay.book(unit, row.quantity, after)
        if after != row.cost:
            changes.append(_Change(row.id, row.sku_id, row.warehouse_id, row.cost, after))
    return sorted(changes, key=lambda one: one.move_id)


class _Sold:
    """What the lines of sales went out with, and how much of them has come back so far."""

    def __init__(self, connection: Connection, rows: Sequence[Any]) -> None:
        returns = [row.line_id for row in rows if row.document_kind == DocumentKind.SALE_RETURN and row.line_id]
        self._sources = source_lines(connection, returns)
        self._out: dict[int, tuple[int, int]] = {}
        self._back: dict[int, int] = {}

    def take(self, line_id: int | None, quantity: int, cost: int) -> None:
        if line_id is not None:
            self._out[line_id] = quantity, cost

    def bring(self, line_id: int, quantity: int) -> int | None:
        """Cost of what a line of a return brings back; None: it names no sale, or one of a later day."""
        source = self._sources.get(line_id)
        if source is None or source not in self._out:
            return None
        sold, cost = self._out[source]
        before = self._back.get(source, 0)
        self._back[source] = before + quantity
        return returned_cost(cost, sold, before, quantity)


def _change(replay: Replay, unit: Any, row: Any, amounts: dict[int, int], carried: dict[Any, int], sold: _Sold) -> int:
    """By how much a move changes the value of its unit."""
    line = row.document_id, row.line_id
    if row.quantity < 0:
        carried[line] = replay.issue(unit, -row.quantity)
        if row.document_kind == DocumentKind.SALE:
            sold.take(row.line_id, -row.quantity, carried[line])
        return -carried[line]
    if row.document_kind == DocumentKind.SALE_RETURN:
        cost = sold.bring(row.line_id, row.quantity)
        return replay.receive(unit, row.quantity, replay.at_average(unit, row.quantity) if cost is None else cost)
    if row.document_kind == DocumentKind.TRANSFER and line in carried:
        # Goods take with them what they left the other warehouse with; for the company nothing changes.
        of_company = not isinstance(unit, tuple)
        return carried[line] if of_company else replay.receive(unit, row.quantity, carried[line])
    return replay.receive(unit, row.quantity, amounts.get(row.id, row.cost))


def _moves(connection: Connection, sku_ids: Sequence[int]) -> Sequence[Any]:
    """Oldest day first; within a day in the order the documents were made, so that a corrected one keeps its place.
    Quantities and costs are integers of their 4th place."""
    query = (
        select(
            _MOVE.c.id,
            _MOVE.c.sku_id,
            _MOVE.c.warehouse_id,
            _MOVE.c.document_id,
            _MOVE.c.line_id,
            _MOVE.c.kind,
            raw(_MOVE.c.quantity),
            raw(_MOVE.c.cost),
            _DOCUMENT.c.kind.label("document_kind"),
        )
        .join(_DOCUMENT, _DOCUMENT.c.id == _MOVE.c.document_id)
        .where(_MOVE.c.sku_id.in_(sku_ids))
        .order_by(_MOVE.c.day, _MOVE.c.document_id, _MOVE.c.id)
    )
    return connection.execute(query).all()


def raw(column: Any) -> Any:
    """The stored integer of a scaled column."""
    return literal_column(f"{column.table.name}.{column.name}").label(column.name)


def _taken_back(rows: Sequence[Any]) -> dict[int, int]:
    """Moves that no longer count → their cost: a reversal costs exactly what it takes back."""
    by_line: dict[tuple[int, int | None], list[Any]] = {}
    for row in sorted(rows, key=lambda one: one.id):
        by_line.setdefault((row.document_id, row.line_id), []).append(row)
    found = {}
    for moves in by_line.values():
        last = max((place for place, one in enumerate(moves) if one.kind == MoveKind.VOID), default=-1)
        open_moves: list[int] = []
        for move in moves[: last + 1]:
            if move.kind == MoveKind.VOID and open_moves:
                found[move.id] = -open_moves.pop()  # what was booked last is taken back first
            else:
                found[move.id] = move.cost
                open_moves.append(move.cost)
    return found


def _receipt_amounts(connection: Connection, rows: Sequence[Any]) -> dict[int, int]:
    """Move → what its goods cost, of the documents that say so (purchases, receipts, opening stock)."""
    costly = {kind.value for kind, spec in DOCUMENT_KINDS.items() if spec.is_cost}
    wanted = {(row.document_id, row.line_id): row.id for row in rows if row.document_kind in costly}
    found = {}
    for document_id, line_id, cost in _line_costs(connection, sorted({document for document, _ in wanted})):
        if (document_id, line_id) in wanted:
            found[wanted[document_id, line_id]] = int(cost.scaleb(_PLACES))
    return found


def _line_costs(connection: Connection, document_ids: Sequence[int]) -> Iterator[tuple[int, int, Decimal]]:
    """(document, line, cost) as posting worked them out, whole discounts shared among the lines."""
    for part in chunks(document_ids):
        query = (
            select(
                _LINE.c.document_id, _LINE.c.id, _LINE.c.net_amount, _LINE.c.gross_amount, _DOCUMENT.c.discount_amount
            )
            .join(_DOCUMENT, _DOCUMENT.c.id == _LINE.c.document_id)
            .where(_LINE.c.document_id.in_(part))
            .order_by(_LINE.c.document_id, _LINE.c.position)
        )
        documents: dict[int, list[Any]] = {}
        for row in connection.execute(query):
            documents.setdefault(row.document_id, []).append(row)
        for document_id, lines in documents.items():
            costs = stock_costs([(one.net_amount, one.gross_amount) for one in lines], lines[0].discount_amount)
            for line, cost in zip(lines, costs, strict=True):
                yield document_id, line.id, cost


def _write(connection: Connection, changes: Sequence[_Change]) -> None:
    """Moves and balances together. Raises Stale when they are not as read, and nothing is written."""
    moves = [(_yuan(one.after), one.move_id, _yuan(one.before)) for one in changes]
    if update_many(connection, _MOVE, ("cost",), ("id", "cost"), moves) != len(moves):
        raise Stale(entity="stock_move")
    by_place: dict[tuple[int, int], int] = {}
    for one in changes:
        key = one.sku_id, one.warehouse_id
        by_place[key] = by_place.get(key, 0) + one.after - one.before
    wanted = _BALANCE.c.sku_id == bindparam("sku"), _BALANCE.c.warehouse_id == bindparam("place")
    for (sku_id, warehouse_id), change in by_place.items():
        if change:
            values = {"cost": _BALANCE.c.cost + bindparam("change", type_=_BALANCE.c.cost.type)}
            statement = _BALANCE.update().where(*wanted).values(values)
            connection.execute(statement, {"sku": sku_id, "place": warehouse_id, "change": _yuan(change)})


def _yuan(cost: int) -> Decimal:
    return Decimal(cost).scaleb(-_PLACES)


def _per_warehouse(session: Session) -> bool:
    return bool(session.scalar(select(AccountSet.cost_per_warehouse)))
