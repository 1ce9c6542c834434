"""Moving weighted average cost (design §4). Cost never rounds money away: receipts − costs − adjustments = stock value.

The core works on scaled integers (fast enough for a full recomputation); the Decimal face serves posting.

Below zero (goods with 是否允许负库存): what is issued beyond the stock is costed at the last known unit cost, so the
stock value goes below zero with the quantity. The next receipt first fills the hole: its own unit cost replaces the
assumed one, and the difference is an *adjustment* of the cost of goods sold. So the value of the stock on hand never
carries an old guess, and is zero whenever the quantity is zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from jdy_desktop.models.rules.rounding import ratio, times, to_cost, to_price

# Pieces and values alike have 4 places.
_NOTHING = Decimal("0.0000")


@dataclass(frozen=True, slots=True)
class CostState:
    """Stock of one cost unit (SKU and warehouse, or SKU): pieces, value in yuan (4 places), unit cost last known."""

    quantity: Decimal = _NOTHING
    amount: Decimal = _NOTHING
    last_unit_cost: Decimal = Decimal("0.000000")


@dataclass(frozen=True, slots=True)
class CostStep:
    """State after a move. `cost`: of goods issued. `adjustment`: correction of costs booked while below zero.

    The state's amount changed by: received amount − cost − adjustment.
    """

    state: CostState
    cost: Decimal = _NOTHING
    adjustment: Decimal = _NOTHING


def issue_costs(moves: Iterable[tuple[int, int, int, int]]) -> list[tuple[int, int]]:
    """(move id, cost) of each outgoing move, in order; moves: (id, sku, quantity, amount), integers of one scale.

    quantity > 0 comes in with its amount, < 0 goes out. The one full recomputation; posting uses `receive` and `issue`.
    Stock is taken not to go below zero.
    """
    held: dict[int, int] = {}
    worth: dict[int, int] = {}
    costs = []
    for number, sku, quantity, amount in moves:
        have, value = held.get(sku, 0), worth.get(sku, 0)
        if quantity < 0:
            out = -quantity
            cost = value if out == have else (2 * value * out + have) // (2 * have)
            costs.append((number, cost))
            amount = -cost
        held[sku] = have + quantity
        worth[sku] = value + amount
    return costs


def unit_cost(state: CostState) -> Decimal:
    """Cost of one piece now, 6 places: the average, or what was last known when there is no stock."""
    return to_price(ratio(state.amount, state.quantity)) if state.quantity > 0 else state.last_unit_cost


def receive(state: CostState, quantity: Decimal, amount: Decimal) -> CostStep:
    """Goods come in (quantity > 0) for `amount` in all, 0 allowed (M115). Fills a hole first, see the module text."""
    if quantity <= 0:
        raise ValueError(f"a receipt needs a quantity above 0, not {quantity}")
    filled = min(quantity, max(-state.quantity, Decimal(0)))
    if not filled:
        return CostStep(_after(state, state.quantity + quantity, state.amount + amount))
    assumed = -state.amount if filled == -state.quantity else _part(-state.amount, filled, -state.quantity)
    real = amount if filled == quantity else _part(amount, filled, quantity)
    after = _after(state, state.quantity + quantity, state.amount + assumed + amount - real)
    return CostStep(_with_price(after, quantity, amount), adjustment=real - assumed)


def issue(state: CostState, quantity: Decimal) -> CostStep:
    """Goods go out (quantity > 0) at the average; taking all takes the whole value, so no fen stays behind.

    What exceeds the stock is costed at the unit cost last known.
    """
    cost = issue_cost(state, quantity)
    return CostStep(_after(state, state.quantity - quantity, state.amount - cost), cost=cost)


def issue_cost(state: CostState, quantity: Decimal) -> Decimal:
    """What `issue` takes out, yuan with 4 places, for whoever does not need the state after it."""
    if quantity <= 0:
        raise ValueError(f"an issue needs a quantity above 0, not {quantity}")
    if quantity < state.quantity:
        return _part(state.amount, quantity, state.quantity)
    in_stock = max(state.quantity, Decimal(0))
    value_in_stock = state.amount if in_stock else _NOTHING
    return value_in_stock + to_cost(times(unit_cost(state), quantity - in_stock))


def _part(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    return to_cost(ratio(times(amount, part), whole))


def _after(state: CostState, quantity: Decimal, amount: Decimal) -> CostState:
    """The new state; it remembers the average it leaves behind for the day there is no stock."""
    after = CostState(quantity, amount, unit_cost(state))
    return CostState(quantity, amount, unit_cost(after))


def _with_price(state: CostState, quantity: Decimal, amount: Decimal) -> CostState:
    """A receipt into a hole tells the newest price, even when no stock is left after it."""
    if state.quantity > 0:
        return state
    return CostState(state.quantity, state.amount, to_price(ratio(amount, quantity)))
