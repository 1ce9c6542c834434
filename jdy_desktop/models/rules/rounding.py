"""Rounding and reading of numbers. Every rounding of the program is HALF_UP and goes through this file."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from enum import StrEnum

# The default context keeps 28 digits; a 16-digit quantity times an 18-digit price needs more, or it is rounded twice.
# A quotient of two such numbers that is no tie stays farther than 1e-45 from one, so 80 digits never make a false tie.
_WIDE = Context(prec=80, rounding=ROUND_HALF_UP)

HUNDRED = Decimal(100)
ZERO = Decimal("0.00")
# Scaled by 10**6 it still fits a 64-bit integer.
LARGEST = Decimal(999_999_999_999)

_AMOUNT = Decimal("0.01")
_PRICE = Decimal("0.000001")
_QUANTITY = Decimal("0.0001")

# Only full-width forms are folded. NFKC would read 10² as 102, and that is a different amount of money.
_FULLWIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLD: dict[int, int] = {
    **_FULLWIDTH,
    **{ord(one): ord(plain) for one, plain in ("\u3000 ", "\u00a0 ", "。.", "｡.", "\u2212-", "￥¥")},
}
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]*)(?:\.[0-9]*)?(?:e[+-]?[0-9]+)?")


class NumberProblem(StrEnum):
    """Why a typed number was not taken."""

    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    TOO_MANY_PLACES = "too_many_places"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"


def round_half_up(value: Decimal, places: int) -> Decimal:
    """`value` with exactly `places` decimals; halves go away from zero, so a return mirrors its sale."""
    return value.quantize(Decimal(1).scaleb(-places), context=_WIDE)


def to_amount(value: Decimal) -> Decimal:
    """Money, yuan, 2 places."""
    return value.quantize(_AMOUNT, context=_WIDE)


def to_price(value: Decimal) -> Decimal:
    """Yuan per piece, 6 places."""
    return value.quantize(_PRICE, context=_WIDE)


def to_quantity(value: Decimal) -> Decimal:
    """Pieces, 4 places."""
    return value.quantize(_QUANTITY, context=_WIDE)


def to_cost(value: Decimal) -> Decimal:
    """Value of stock, yuan, 4 places: finer than money, so that averages do not drift by fen."""
    return value.quantize(_QUANTITY, context=_WIDE)


def to_rate(value: Decimal) -> Decimal:
    """Percent (13 means 13 %), 4 places."""
    return value.quantize(_QUANTITY, context=_WIDE)


def times(left: Decimal, right: Decimal) -> Decimal:
    """The exact product (no rounding at 28 digits)."""
    return _WIDE.multiply(left, right)


def ratio(numerator: Decimal, denominator: Decimal) -> Decimal:
    """The quotient with enough digits that one later HALF_UP rounding is right."""
    return _WIDE.divide(numerator, denominator)


def fold_width(text: str) -> str:
    """Full-width digits, letters, punctuation and blanks as the plain ones; everything else untouched."""
    return text.translate(_FOLD)


def parse_decimal(
    text: str, *, places: int, minimum: Decimal | None = None, maximum: Decimal = LARGEST
) -> Decimal | NumberProblem:
    """The number a clerk typed or pasted, with exactly `places` decimals, or why it is refused. Never rounds.

    Understands full-width digits, `。` for the decimal point, `¥` in front, commas or blanks between groups of three
    and Excel's `6.92E+12`. `1,5` is refused: it could be 1.5 or 15. Both bounds belong to the allowed range.
    """
    plain = fold_width(text).strip().removeprefix("¥").strip().lower()
    if not plain:
        return NumberProblem.EMPTY
    if not _NUMBER.fullmatch(plain):
        return NumberProblem.NOT_A_NUMBER
    try:
        value = Decimal(plain.replace(",", "").replace(" ", ""))
    except InvalidOperation:
        return NumberProblem.NOT_A_NUMBER
    return _checked(value, places, minimum, maximum)


def _checked(value: Decimal, places: int, minimum: Decimal | None, maximum: Decimal) -> Decimal | NumberProblem:
    """Bounds before places: 1e30 is too large, and must not be spelt out to count its places."""
    if value > maximum:
        return NumberProblem.TOO_LARGE
    if value < (-LARGEST if minimum is None else minimum):
        return NumberProblem.TOO_SMALL
    if value and value.adjusted() < -places:
        return NumberProblem.TOO_MANY_PLACES
    whole = round_half_up(value, places)
    if whole != value:
        return NumberProblem.TOO_MANY_PLACES
    return whole if whole else Decimal(0).scaleb(-places)  # no minus zero
