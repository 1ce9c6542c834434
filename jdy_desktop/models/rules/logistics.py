"""Way of delivery and the day the money arrives (manual 6.1.1, 6.2; M127, M143, M144)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from jdy_desktop.models.states import Logistics

GUARANTEE_DAYS = 10


def default_logistics(freight: Decimal | None) -> Logistics:
    """客户承担费用 0 or empty → 自提, otherwise 快递; the clerk may still change it."""
    return Logistics.EXPRESS if freight else Logistics.SELF_PICKUP


def expected_money_date(shipped: date | None, confirmed: date | None = None) -> date | None:
    """Day the money arrives: when the buyer confirms, at the latest 10 days after shipping. None before shipping.

    The same for 自提 and 快递: self pick-up is guaranteed trade as well, not instant any more (M142).
    Dates are Shanghai's.
    """
    latest = shipped + timedelta(days=GUARANTEE_DAYS) if shipped else None
    return min((day for day in (confirmed, latest) if day is not None), default=None)
