"""Which bills a payment settles, and how old a debt is (features W27, W28). Pure; amounts in yuan, 2 places.

A bill is signed by what it asks of the party: a sale or purchase is plus, a return or an opening credit is minus. A minus
bill is money that lies ready, like an advance: it goes to the plus bills before the new money does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from jdy_desktop.models.rules.rounding import ZERO

#: upper bounds, in days, of the columns of the ageing list; what is older stands in the last one.
AGE_BOUNDS = (30, 60, 90)


@dataclass(frozen=True, slots=True)
class Bill:
    """An open bill: `owed` is what is left of it, never 0, minus for a return."""

    id: int
    day: date
    owed: Decimal


def oldest_first(bills: Sequence[Bill], amount: Decimal) -> dict[int, Decimal]:
    """What `amount` (≥ 0) settles of the bills, which come oldest first: bill → signed amount, zeros left out.

    Credits are used up, oldest first, as far as they are needed; the sum is never more than `amount` and never below 0.
    """
    credit = -sum((one.owed for one in bills if one.owed < 0), ZERO)
    wanted = sum((one.owed for one in bills if one.owed > 0), ZERO)
    used = min(wanted, amount + credit)
    return _spread(bills, used, +1) | _spread(bills, min(credit, used), -1)


def _spread(bills: Sequence[Bill], amount: Decimal, sign: int) -> dict[int, Decimal]:
    taken: dict[int, Decimal] = {}
    for bill in bills:
        part = min(sign * bill.owed, amount)
        if part > 0:
            taken[bill.id] = sign * part
            amount -= part
    return taken


def fits(owed: Decimal, part: Decimal) -> bool:
    """May `part` be settled of a bill that owes `owed`? Same sign, not more, not nothing."""
    return 0 < part <= owed or owed <= part < 0


def age_column(days: int) -> int:
    """Column of the ageing list for a bill that many days old; one dated in the future is new."""
    return next((place for place, bound in enumerate(AGE_BOUNDS) if days <= bound), len(AGE_BOUNDS))
