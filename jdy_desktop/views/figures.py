"""Numbers and times as the clerk reads them. What was typed is never rounded away; what was computed has its two places."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from jdy_desktop.services.machine.context import SHANGHAI


def plain(number: Decimal | None) -> str:
    """A quantity or percentage without useless decimals: 16, 2.5; empty for None."""
    if number is None:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def signed(number: Decimal) -> str:
    """A difference: +3, -2, 0."""
    return f"+{plain(number)}" if number > 0 else plain(number)


def money(amount: Decimal | None) -> str:
    """An amount or price in yuan: two places as on documents, more where a unit price was typed with more; empty for None."""
    if amount is None:
        return ""
    shown = plain(amount)
    _whole, _dot, part = shown.partition(".")
    return shown if len(part) > 2 else f"{amount:.2f}"


def money_or_dash(amount: Decimal | None) -> str:
    """The same where an empty place would look forgotten."""
    return money(amount) or "—"


def grouped(amount: Decimal) -> str:
    """A sum in yuan: 12,345.60, as below lists and in reports."""
    return f"{amount:,.2f}"


def moment(at: datetime | None) -> str:
    """2019-03-27 21:00:14 as the clock on the stall's wall shows it; empty for None (M150)."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if at else ""


def minute(at: datetime | None) -> str:
    """2019-03-27 21:00; empty for None."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""


def day_and_minute(at: datetime) -> str:
    """03-27 21:00, where the year goes without saying."""
    return f"{at.astimezone(SHANGHAI):%m-%d %H:%M}"


def time_of_day(at: datetime | None) -> str:
    """21:00:14; empty for None."""
    return f"{at.astimezone(SHANGHAI):%H:%M:%S}" if at else ""
