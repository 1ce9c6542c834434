"""Moving weighted average over scaled integers, move by move, for checking and recomputing a whole book.

The same arithmetic as `costing.py`, of which posting uses the Decimal face; a property test keeps the two equal. Quantities
and costs are integers of their 4th place, unit costs of their 6th. A *unit* is what one average is kept of: a SKU, or a SKU
in a warehouse (control question 1).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

_PRICE = 10**6
_FEN = 100


def half_up(numerator: int, denominator: int) -> int:
    """The quotient to the nearest integer, halves away from zero; `denominator` > 0."""
    whole = (2 * abs(numerator) + denominator) // (2 * denominator)
    return whole if numerator >= 0 else -whole


def returned_cost(cost: int, sold: int, before: int, back: int) -> int:
    """Cost of `back` pieces of a line that went out with `cost` for `sold` pieces, `before` of them back already.

    The shares of one line add up to its cost when all of it has come back."""
    return half_up(cost * (before + back), sold) - half_up(cost * before, sold)


@dataclass(slots=True)
class Held:
    """Pieces, their value, and the unit cost of the newest move, for the day nothing is left."""

    quantity: int = 0
    cost: int = 0
    newest: int = 0


class Replay:
    """The books of many units. Ask `issue` or `receive` what a move costs, then `book` it."""

    def __init__(self) -> None:
        self._held: dict[Hashable, Held] = {}

    def held(self, unit: Hashable) -> Held:
        found = self._held.get(unit)
        if found is None:
            found = self._held[unit] = Held()
        return found

    def issue(self, unit: Hashable, quantity: int) -> int:
        """Cost of `quantity` (> 0) going out: at the average; beyond the stock at the unit cost last known."""
        held = self.held(unit)
        if quantity < held.quantity:
            return half_up(held.cost * quantity, held.quantity)
        in_stock = max(held.quantity, 0)
        value = held.cost if in_stock else 0
        return value + half_up(self.unit_cost(unit) * (quantity - in_stock), _PRICE)

    def receive(self, unit: Hashable, quantity: int, amount: int) -> int:
        """What `quantity` (> 0) coming in for `amount` adds to the value: less when it first fills a hole."""
        held = self.held(unit)
        filled = min(quantity, max(-held.quantity, 0))
        if not filled:
            return amount
        whole = filled == -held.quantity
        assumed = -held.cost if whole else half_up(-held.cost * filled, -held.quantity)
        real = amount if filled == quantity else half_up(amount * filled, quantity)
        return amount - real + assumed

    def at_average(self, unit: Hashable, quantity: int) -> int:
        """What goods that come back are taken in at, in whole fen as posting does it."""
        return half_up(self.unit_cost(unit) * quantity, _PRICE * _FEN) * _FEN

    def unit_cost(self, unit: Hashable) -> int:
        """Of one piece now."""
        held = self.held(unit)
        if held.quantity > 0:
            return half_up(held.cost * _PRICE, held.quantity)
        if held.quantity < 0:
            return half_up(-held.cost * _PRICE, -held.quantity)
        return held.newest

    def book(self, unit: Hashable, quantity: int, change: int) -> None:
        """A move of `quantity` (signed) that changed the value by `change`."""
        held = self.held(unit)
        held.quantity += quantity
        held.cost += change
        if quantity:
            held.newest = half_up(abs(change) * _PRICE, abs(quantity))
