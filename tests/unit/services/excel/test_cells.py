"""Cells as people write them: normalised or refused, never guessed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from jdy_desktop.services.excel.cells import code_of, number_of, shown
from jdy_desktop.services.excel.faults import RowFault


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        (12.0, 120_000),
        ("12", 120_000),
        ("１２．５", 125_000),
        ("1,234.50", 12_345_000),
        ("1，234.50", 12_345_000),
        ("¥ 3.5", 35_000),
        ("6.92E+3", 69_200_000),
        (0.1 + 0.2, 3000),
        (1e-4, 1),
        (0.0, 0),
        (-0.0, 0),
        ("-0", 0),
        (" 7 ", 70_000),
        (999_999_999_999.0, 9_999_999_999_990_000),
        (-5.0, RowFault.NEGATIVE),
        ("-5", RowFault.NEGATIVE),
        ("", RowFault.EMPTY),
        ("   ", RowFault.EMPTY),
        ("三十一", RowFault.NOT_A_NUMBER),
        ("12件", RowFault.NOT_A_NUMBER),
        ("1,5", RowFault.NOT_A_NUMBER),
        ("10²", RowFault.NOT_A_NUMBER),
        ("NaN", RowFault.NOT_A_NUMBER),
        ("inf", RowFault.NOT_A_NUMBER),
        ("#N/A", RowFault.NOT_A_NUMBER),
        ("0x10", RowFault.NOT_A_NUMBER),
        (float("nan"), RowFault.NOT_A_NUMBER),
        (float("inf"), RowFault.NOT_A_NUMBER),
        (1e300, RowFault.TOO_LARGE),
        ("1e300", RowFault.TOO_LARGE),
        (1 / 3, RowFault.TOO_MANY_PLACES),
        ("0.00001", RowFault.TOO_MANY_PLACES),
        (True, RowFault.TRUTH),
        (date(2019, 3, 1), RowFault.DATE),
        (datetime(2019, 3, 1, 5), RowFault.DATE),
        (time(3, 4), RowFault.DATE),
        (timedelta(hours=30), RowFault.DATE),
    ],
)
def test_quantities(cell: Any, wanted: int | RowFault) -> None:
    assert number_of(cell, 4) == wanted


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("00123", "00123"),
        (" sp1 ", "sp1"),
        ("ｓｐ１", "sp1"),
        ("'00123", "00123"),
        (123.0, "123"),
        (6901234567892.0, "6901234567892"),
        (692000000000123456.0, RowFault.LONG_NUMBER),
        (1e15, RowFault.LONG_NUMBER),
        (999_999_999_999_999.0, "999999999999999"),
        (12.5, RowFault.FRACTION),
        (float("nan"), RowFault.NOT_A_NUMBER),
        (True, RowFault.TRUTH),
        (date(2019, 12, 3), RowFault.DATE),
        ("", ""),
    ],
)
def test_codes(cell: Any, wanted: str | RowFault) -> None:
    assert code_of(cell) == wanted


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (12.0, "12"),
        (0.30000000000000004, "0.3"),
        (True, "TRUE"),
        ("", ""),
        (None, ""),
        (date(2019, 3, 1), "2019-03-01"),
        (datetime(2019, 3, 1), "2019-03-01"),
        (datetime(2019, 3, 1, 5, 6), "2019-03-01 05:06:00"),
        ("长" * 500, "长" * 200),
    ],
)
def test_as_they_are_shown(cell: Any, words: str) -> None:
    assert shown(cell) == words
