"""Column types that keep money exact and instants that know their zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX = 2**63


class ScaledDecimal(TypeDecorator[Decimal]):
    """A Decimal stored as an integer of its last place. Refuses floats, NaN and surplus digits: it never rounds quietly."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places
        self._scale = 10**places
        self._last_place = Decimal(1).scaleb(-places)

    def process_bind_param(self, value: Any, dialect: Any) -> int | None:
        if value is None:
            return None
        if type(value) is not int and not (isinstance(value, Decimal) and value.is_finite()):
            raise TypeError(f"a finite Decimal is wanted, not {value!r}")
        # Exact whatever the context's precision is: a surplus digit leaves a divisor that the scale does not hold.
        numerator, denominator = value.as_integer_ratio()
        if self._scale % denominator:
            raise ValueError(f"more than {self.places} decimal places: {value}")
        whole: int = numerator * (self._scale // denominator)
        if not -_MAX < whole < _MAX:
            raise ValueError(f"number too large: {value}")
        return whole

    def process_result_value(self, value: int | None, dialect: Any) -> Decimal | None:
        return None if value is None else value * self._last_place


class Amount(ScaledDecimal):
    """Money, yuan, 2 places."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(2)


class UnitPrice(ScaledDecimal):
    """Yuan per piece, 6 places."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(6)


class Quantity(ScaledDecimal):
    """Pieces, 4 places."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(4)


class Rate(ScaledDecimal):
    """Percent (13 means 13 %), 4 places."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(4)


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored as milliseconds since 1970 UTC; refuses naive datetimes."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("an aware datetime is wanted")
        return (value - _EPOCH) // timedelta(milliseconds=1)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(milliseconds=value)
