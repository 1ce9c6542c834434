"""Document numbers: prefix + date + 3 digits, per kind and day: XH20190327001 (M158)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from jdy_desktop.models.states import DocumentKind

PREFIXES = {
    DocumentKind.SALE: "XH",
    DocumentKind.SALE_RETURN: "XT",
    DocumentKind.PURCHASE: "GH",
    DocumentKind.PURCHASE_RETURN: "GT",
    DocumentKind.OTHER_RECEIPT: "QTRK",
    DocumentKind.OTHER_ISSUE: "QTCK",
    DocumentKind.OPENING: "QC",
    DocumentKind.TRANSFER: "DB",
    DocumentKind.COUNT: "PD",
    DocumentKind.OPENING_DEBT: "QK",
}
#: 收款单 and 付款单 are no documents with lines, but are numbered the same way.
RECEIPT_PREFIX, PAYMENT_PREFIX = "SK", "FK"
_NUMBER = re.compile(r"([A-Z]+)([0-9]{8})([0-9]{3,})", re.ASCII)


def day_prefix(kind: DocumentKind, day: date) -> str:
    """What all numbers of a kind and day begin with: XH20190327."""
    return f"{PREFIXES[kind]}{day:%Y%m%d}"


def document_number(kind: DocumentKind, day: date, counter: int) -> str:
    """Number of the `counter`-th document of a kind and day, from 1. Past 999 it grows to four digits."""
    if counter < 1:
        raise ValueError(f"counters start at 1, not {counter}")
    return f"{day_prefix(kind, day)}{counter:03d}"


def payment_number(prefix: str, day: date, counter: int) -> str:
    """Number of the `counter`-th 收款单 or 付款单 of a day, from 1: SK20190327001."""
    return f"{prefix}{day:%Y%m%d}{counter:03d}"


def counter_of(number: str, kind: DocumentKind, day: date) -> int | None:
    """The running number inside `number`, or None when it belongs to another kind or day, or was typed by hand."""
    parts = _NUMBER.fullmatch(number)
    if parts is None or parts[1] + parts[2] != day_prefix(kind, day):
        return None
    return int(parts[3])


def next_number(kind: DocumentKind, day: date, used: Iterable[str]) -> str:
    """The number after the highest used one of that kind and day: voided numbers are never given again."""
    counters = (counter_of(number, kind, day) for number in used)
    return document_number(kind, day, max((one for one in counters if one is not None), default=0) + 1)


def number_sort_key(number: str) -> tuple[str, int, str]:
    """Order by day, then running number: XH201903271000 comes after XH20190327999. Foreign ones come first (M157)."""
    parts = _NUMBER.fullmatch(number)
    return (parts[2], int(parts[3]), parts[1]) if parts else ("", 0, number)
