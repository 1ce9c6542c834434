"""What a number in a form may be, before any of it is stored."""

from __future__ import annotations

from decimal import Decimal

from jdy_desktop.models.rules.rounding import LARGEST, ZERO
from jdy_desktop.services.errors import UserError


def check_number(value: Decimal, field: str, row: int | None, places: int, *, least: Decimal = ZERO) -> None:
    """A finite Decimal from `least` to LARGEST with at most so many places. Raises UserError naming field and row.

    Bounds first: 1e30 must not be spelt out.
    """
    if not isinstance(value, Decimal) or not value.is_finite():
        raise UserError("not_a_number", field=field, row=row)
    if value < least:
        raise UserError("number_negative", field=field, row=row)
    if value > LARGEST:
        raise UserError("number_too_large", field=field, row=row)
    if value and (value.adjusted() < -places or value * 10**places % 1):
        raise UserError("too_many_places", field=field, row=row, places=places)
