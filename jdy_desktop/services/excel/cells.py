"""What one cell of a workbook means as a code or a number: normalised, or refused with the reason. Nothing is guessed."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from jdy_desktop.models.rules.rounding import LARGEST, NumberProblem, fold_width, parse_decimal
from jdy_desktop.services.excel.faults import RowFault

_EXACT_DIGITS = 15  # Excel keeps no more


_PROBLEMS = {
    NumberProblem.EMPTY: RowFault.EMPTY,
    NumberProblem.NOT_A_NUMBER: RowFault.NOT_A_NUMBER,
    NumberProblem.TOO_MANY_PLACES: RowFault.TOO_MANY_PLACES,
    NumberProblem.TOO_SMALL: RowFault.NEGATIVE,
    NumberProblem.TOO_LARGE: RowFault.TOO_LARGE,
}


def number_of(cell: Any, places: int) -> int | RowFault:
    """The cell in units of its last place (12.5 with 4 places: 125000), 0 or more."""
    if isinstance(cell, bool):
        return RowFault.TRUTH
    if isinstance(cell, (float, int)):
        return _of_float(float(cell), places)
    if isinstance(cell, str):
        value = parse_decimal(cell, places=places, minimum=Decimal(0))
        return _PROBLEMS[value] if isinstance(value, NumberProblem) else int(value.scaleb(places))
    return RowFault.DATE


def _of_float(value: float, places: int) -> int | RowFault:
    if not math.isfinite(value):
        return RowFault.NOT_A_NUMBER
    if value < 0:
        return RowFault.NEGATIVE
    if value > LARGEST:
        return RowFault.TOO_LARGE
    # 15 digits, as Excel shows it: 0.1+0.2 is stored as 0.30000000000000004.
    exact = Decimal(f"{value:.{_EXACT_DIGITS}g}").scaleb(places)
    whole = int(exact)
    return whole if whole == exact else RowFault.TOO_MANY_PLACES


def code_of(cell: Any) -> str | RowFault:
    """A code as it is written; a whole number as its digits. Numbers that Excel has spoilt are refused."""
    if isinstance(cell, str):
        return fold_width(cell).strip().removeprefix("'").strip()
    if isinstance(cell, bool):
        return RowFault.TRUTH
    if isinstance(cell, (float, int)):
        value = float(cell)
        if not math.isfinite(value):
            return RowFault.NOT_A_NUMBER
        if abs(value) >= 10**_EXACT_DIGITS:
            return RowFault.LONG_NUMBER
        return str(int(value)) if value == int(value) else RowFault.FRACTION
    return RowFault.DATE


def shown(cell: Any) -> str:
    """The cell in words, for messages: as the sheet shows it, 200 characters at most."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (float, int)):
        return f"{cell:.{_EXACT_DIGITS}g}"
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return "" if cell is None else str(cell)[:200]
