"""Numbers as the clerk reads them. What was typed is never rounded away; what was computed has its two places."""

from __future__ import annotations

from decimal import Decimal


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
