"""Stock moves and balances. A `Ledger` holds the balances of a document's SKUs while it is posted and writes once.

Moves are append-only; what is taken back is written as the reversed move. Cost is the moving weighted average of
models/rules/costing.py, per warehouse or for the whole company (control question 1).
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, bindparam, select

from jdy_desktop.models.ids import SkuId, WarehouseId
from jdy_desktop.models.rules.costing import CostState, CostStep, issue, issue_cost, receive, unit_cost
from jdy_desktop.models.rules.rounding import ZERO, ratio, times, to_amount, to_price
from jdy_desktop.models.rules.stock_check import OutgoingLine, Shortage, shortages
from jdy_desktop.models.states import MoveKind
from jdy_desktop.models.stock import StockBalance, StockMove
from jdy_desktop.services.book.bulk import insert_many, table_of, update_many
from jdy_desktop.services.book.prepared import Prepared
from jdy_desktop.services.errors import Stale

_MOVE = table_of(StockMove)
_BALANCE = table_of(StockBalance)
_NOTHING = Decimal("0.0000")

_BALANCES = Prepared(
    select(_BALANCE.c.sku_id, _BALANCE.c.warehouse_id, _BALANCE.c.quantity, _BALANCE.c.cost).where(
        _BALANCE.c.sku_id.in_(bindparam("skus", expanding=True))
    )
)
_MOVE_COLUMNS = ("kind", "document_id", "day", "at", "line_id", "sku_id", "warehouse_id", "quantity", "cost")
_KEY = ("sku_id", "warehouse_id")
_HELD = ("quantity", "cost")

Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class MoveLine:
    """`quantity` signed, plus = in. `cost`: of goods coming in; None = at the average. `row` from 1, for messages.

    `follows`: comes in with the cost that the line before it took out (调拨).
    """

    row: int
    line_id: int | None
    sku_id: int
    warehouse_id: int
    quantity: Decimal
    cost: Decimal | None = None
    follows: bool = False


@dataclass(slots=True)
class _Held:
    quantity: Decimal = _NOTHING
    cost: Decimal = _NOTHING


class Ledger:
    """Balances of some SKUs, changed in memory, written by `flush`. One per transaction."""

    def __init__(self, connection: Connection, sku_ids: Sequence[int], *, cost_per_warehouse: bool) -> None:
        self._connection = connection
        self._per_warehouse = cost_per_warehouse
        self._held: dict[Key, _Held] = {}
        self._stored: dict[Key, tuple[Decimal, Decimal]] = {}
        self._company: dict[int, _Held] = {}
        self._moves: list[tuple[Any, ...]] = []
        for sku_id, warehouse_id, quantity, cost in _BALANCES.of_ids(connection, sku_ids):
            self._stored[sku_id, warehouse_id] = quantity, cost
            self._held[sku_id, warehouse_id] = _Held(quantity, cost)
            whole = self._company.setdefault(sku_id, _Held())
            whole.quantity += quantity
            whole.cost += cost

    def knows(self, sku_id: int, warehouse_id: int) -> bool:
        """The cost unit of these goods has a balance already, be it 0."""
        return (sku_id, warehouse_id) in self._held if self._per_warehouse else sku_id in self._company

    def quantities(self) -> dict[tuple[SkuId, WarehouseId], Decimal]:
        return {(SkuId(sku), WarehouseId(place)): held.quantity for (sku, place), held in self._held.items()}

    def short(self, lines: Sequence[MoveLine], may_be_negative: Container[SkuId]) -> tuple[Shortage, ...]:
        """What these lines would take beyond what is there; lines coming in count against those going out."""
        outgoing = [
            OutgoingLine(line.row, SkuId(line.sku_id), WarehouseId(line.warehouse_id), -line.quantity) for line in lines
        ]
        return shortages(outgoing, self.quantities(), may_be_negative)

    def post(self, document_id: int, day: date, at: datetime, lines: Sequence[MoveLine]) -> None:
        """Move the goods of a document. Issues go out at the average; receipts come in at their cost or the average."""
        taken = _NOTHING
        for line in lines:
            if line.follows:
                self._carry(MoveKind.DOCUMENT, document_id, day, at, line, taken)
                continue
            state = self._state(line.sku_id, line.warehouse_id, needs_last=line.cost is None)
            if line.quantity < 0:
                taken = issue_cost(state, -line.quantity)
            else:
                cost = to_amount(times(unit_cost(state), line.quantity)) if line.cost is None else line.cost
                taken = state.amount - receive(state, line.quantity, cost).state.amount
            self._move(MoveKind.DOCUMENT, document_id, day, at, line, -taken)

    def unit_cost(self, sku_id: int, warehouse_id: int) -> Decimal:
        """What a piece costs there now, yuan with 6 places."""
        return unit_cost(self._state(sku_id, warehouse_id, needs_last=True))

    def stored_moves(self, document_id: int) -> list[MoveLine]:
        """The moves of a document that are not reversed yet, as lines that would reverse them (row 0)."""
        rows = self._connection.execute(
            select(_MOVE.c.kind, _MOVE.c.line_id, _MOVE.c.sku_id, _MOVE.c.warehouse_id, _MOVE.c.quantity, _MOVE.c.cost)
            .where(_MOVE.c.document_id == document_id)
            .order_by(_MOVE.c.id)
        ).all()
        # By line: an opening is replaced line by line, everything else as a whole.
        last_void = {row.line_id: index for index, row in enumerate(rows) if row.kind == MoveKind.VOID}
        return [
            MoveLine(0, row.line_id, row.sku_id, row.warehouse_id, -row.quantity, -row.cost)
            for index, row in enumerate(rows)
            if index > last_void.get(row.line_id, -1)
        ]

    def reverse(self, document_id: int, day: date, at: datetime, lines: Sequence[MoveLine]) -> None:
        """Take moves back at the cost they were booked with; where that cost is gone already, at the average."""
        before: MoveLine | None = None
        taken = _NOTHING
        for line in reversed(lines):
            assert line.cost is not None
            if before is not None and line.line_id == before.line_id and line.quantity == -before.quantity > 0:
                # A transfer taken back: what left the one warehouse arrives in the other.
                self._carry(MoveKind.VOID, document_id, day, at, line, taken)
                before = None
                continue
            state = self._state(line.sku_id, line.warehouse_id, needs_last=True)
            if line.quantity > 0:
                step = receive(state, line.quantity, line.cost)
            else:
                step = _give_back(state, -line.quantity, -line.cost)
            taken, before = state.amount - step.state.amount, line
            self._move(MoveKind.VOID, document_id, day, at, line, -taken)

    def flush(self) -> None:
        """Write moves and balances. Raises Stale when a balance is not what was read."""
        if not self._moves:
            return
        insert_many(self._connection, _MOVE, _MOVE_COLUMNS, self._moves)
        fresh, changed = [], []
        for key, held in self._held.items():
            old = self._stored.get(key)
            if old is None:
                fresh.append((*key, held.quantity, held.cost))
            elif old != (held.quantity, held.cost):
                changed.append((held.quantity, held.cost, *key, *old))
        insert_many(self._connection, _BALANCE, (*_KEY, *_HELD), fresh)
        # The old values stand in the condition: were another writer ever let in, nothing would be overwritten.
        if update_many(self._connection, _BALANCE, _HELD, (*_KEY, *_HELD), changed) != len(changed):
            raise Stale(entity="stock_balance")
        self._moves = []
        self._stored = {key: (held.quantity, held.cost) for key, held in self._held.items()}

    def _state(self, sku_id: int, warehouse_id: int, *, needs_last: bool) -> CostState:
        """The cost unit these goods belong to: this SKU in this warehouse, or in the whole company."""
        if self._per_warehouse:
            held = self._held.get((sku_id, warehouse_id)) or _Held()
        else:
            held = self._company.get(sku_id) or _Held()
        if held.quantity > 0 or not needs_last:
            return CostState(held.quantity, held.cost)
        if held.quantity < 0:
            return CostState(held.quantity, held.cost, to_price(ratio(held.cost, held.quantity)))
        return CostState(held.quantity, held.cost, self._last_unit_cost(sku_id, warehouse_id))

    def _last_unit_cost(self, sku_id: int, warehouse_id: int) -> Decimal:
        """Of the newest move: what a piece cost when there was last one."""
        for *_, sku, place, quantity, cost in reversed(self._moves):
            if sku == sku_id and (place == warehouse_id or not self._per_warehouse):
                return to_price(abs(ratio(cost, quantity)))
        query = select(_MOVE.c.quantity, _MOVE.c.cost).where(_MOVE.c.sku_id == sku_id)
        if self._per_warehouse:
            query = query.where(_MOVE.c.warehouse_id == warehouse_id)
        found = self._connection.execute(query.order_by(_MOVE.c.id.desc()).limit(1)).first()
        return to_price(abs(ratio(found.cost, found.quantity))) if found else Decimal("0.000000")

    def _carry(self, kind: MoveKind, document_id: int, day: date, at: datetime, line: MoveLine, cost: Decimal) -> None:
        """Goods arrive with the cost they left another warehouse with; for the company as a whole nothing changes."""
        if self._per_warehouse:
            state = self._state(line.sku_id, line.warehouse_id, needs_last=True)
            cost = receive(state, line.quantity, cost).state.amount - state.amount
        self._move(kind, document_id, day, at, line, cost)

    def _move(
        self, kind: MoveKind, document_id: int, day: date, at: datetime, line: MoveLine, cost_change: Decimal
    ) -> None:
        held = self._held.setdefault((line.sku_id, line.warehouse_id), _Held())
        company = self._company.setdefault(line.sku_id, _Held())
        for one in (held, company):
            one.quantity += line.quantity
            one.cost += cost_change
        goods = (line.line_id, line.sku_id, line.warehouse_id, line.quantity, cost_change)
        self._moves.append((kind.value, document_id, day, at, *goods))


def _give_back(state: CostState, quantity: Decimal, cost: Decimal) -> CostStep:
    """A receipt is taken back: at its own cost while that leaves a sound value, else like an issue.

    The last piece takes the whole value with it, so no fen stays behind at a quantity of 0.
    """
    left, value = state.quantity - quantity, state.amount - cost
    if left > 0 and value >= ZERO:
        return CostStep(CostState(left, value, state.last_unit_cost), cost=cost)
    return issue(state, quantity)
