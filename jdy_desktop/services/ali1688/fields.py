"""Reading single fields of a foreign answer: tolerant of spelling, strict about sense (F20)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from jdy_desktop.services.machine.context import SHANGHAI

Row = Mapping[str, Any]

_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{0,40})?([eE][+-]?[0-9]{1,3})?")
_DIGITS = re.compile(r"[0-9]{1,19}")
_COMPACT_DATE = re.compile(r"(\d{14})(\d{3})?([+-]\d{4}|Z)?", re.ASCII)
_PLAIN_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(\.\d{1,6})?([+-]\d\d:?\d\d|Z)?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_MAX_ID = 2**63 - 1
_LAST_PLACE = {places: Decimal(1).scaleb(-places) for places in range(7)}


class BadField(ValueError):
    """A field that must not be stored. `name` is 1688's name of it, `found` a short picture of the value."""

    def __init__(self, name: str, found: object = None) -> None:
        self.name = name
        self.found = printable(repr(found))[:80]
        super().__init__(f"{name}: {self.found}")


def printable(text: str, limit: int = 2000) -> str:
    """The text without what a database or a label cannot hold: lone surrogates become ?, NUL goes."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")[:limit]


def first(row: Row, *names: str) -> Any:
    """The first of several spellings that is there and not null."""
    for name in names:
        if (value := row.get(name)) is not None:
            return value
    return None


def text(row: Row, *names: str, limit: int = 500, default: str = "") -> str:
    """One line, trimmed and cut. Line breaks and direction marks become blanks; a lone surrogate is a bad field."""
    # Not through `first`: an offer has dozens of texts.
    for name in names:
        value = row.get(name)
        if value is not None:
            break
    else:
        return default
    # The usual case; a text that can be printed holds neither control characters nor surrogates.
    if type(value) is str and value.isprintable():
        return value.strip()[:limit]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise BadField(names[0], value)
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as exc:
        raise BadField(names[0], value) from exc
    return _CONTROL.sub(" ", value).strip()[:limit]


def identifier(row: Row, *names: str) -> str:
    """An id of 1688 as text: a positive 64-bit number that never was a float. BadField for anything else."""
    found = optional_identifier(row, *names)
    if not found:
        raise BadField(names[0], first(row, *names))
    return found


def optional_identifier(row: Row, *names: str) -> str:
    """Like `identifier`, but "" when it is missing, null, empty or 0."""
    value = first(row, *names)
    if type(value) is int and 0 < value <= _MAX_ID:  # the usual case
        return str(value)
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        if not _DIGITS.fullmatch(value.strip()):
            raise BadField(names[0], value)
        value = int(value)
    if type(value) is not int or not 0 <= value <= _MAX_ID:
        raise BadField(names[0], value)
    return str(value) if value else ""


def number(
    row: Row, *names: str, high: Decimal, places: int, low: Decimal | None = Decimal(0), default: Decimal | None = None
) -> Decimal | None:
    """A finite number between `low` and `high`, rounded HALF_UP to `places`: their doubles carry noise (42.1000…01).

    Numbers may come as text. Missing, null or "" gives the default; anything else that is no number is a BadField.
    """
    value = first(row, *names)
    if value is None or value == "":
        return default
    if type(value) is not Decimal and type(value) is not int:
        if not isinstance(value, str) or not _NUMBER.fullmatch(value.strip()):
            raise BadField(names[0], value)
        value = Decimal(value.strip())
    found = Decimal(value)
    if not found.is_finite() or found > high or (low is not None and found < low):
        raise BadField(names[0], value)
    if type(value) is int:
        return found
    try:
        return abs(found) if not found else found.quantize(_LAST_PLACE[places], ROUND_HALF_UP)
    except InvalidOperation as exc:
        raise BadField(names[0], value) from exc


def whole(row: Row, *names: str, high: int, low: int = 0, default: int | None = None) -> int | None:
    """A whole number; 3.0 and "3" are fine, 3.5 is not."""
    found = number(row, *names, high=Decimal(high), low=Decimal(low), places=6)
    if found is None:
        return default
    if found != int(found):
        raise BadField(names[0], found)
    return int(found)


def flag(row: Row, *names: str) -> bool | None:
    """True, False, or None when missing or not a truth value. 1688 sends true, "true" and 1."""
    value = first(row, *names)
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value.strip().lower())
    return bool(value) if type(value) is int and value in (0, 1) else None


def rows(row: Row, name: str, *, may_be_null: bool = True) -> list[Row]:
    """A list of objects; missing gives []. Anything else in it is a BadField, and null where it is refused."""
    if name not in row:
        return []
    value = row[name]
    if value is None and may_be_null:
        return []
    if not isinstance(value, list) or not set(map(type, value)) <= {dict}:
        raise BadField(name, value)
    return value


def part(row: Row, name: str) -> Row:
    """A nested object; {} when missing or null."""
    value = row.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadField(name, value)
    return value


def instant(row: Row, *names: str) -> datetime | None:
    """Aware UTC, or None when missing or unreadable: a date we only show must not cost the row."""
    value = first(row, *names)
    return parse_instant(value) if isinstance(value, str) else None


def parse_instant(value: str) -> datetime | None:
    """`yyyyMMddHHmmss[SSS][±zzzz]` or `yyyy-MM-dd HH:mm:ss`; without a zone it is China time."""
    value = value.strip()
    try:
        if found := _COMPACT_DATE.fullmatch(value):
            day, millis, zone = found.groups()
            year, month, day_no = int(day[:4]), int(day[4:6]), int(day[6:8])
            hour, minute, second = int(day[8:10]), int(day[10:12]), int(day[12:])
            local = datetime(year, month, day_no, hour, minute, second, int(millis or 0) * 1000, UTC)
        elif found := _PLAIN_DATE.fullmatch(value):
            year, month, day_no, hour, minute, second = (int(one) for one in found.groups()[:6])
            micros = int(Decimal(found[7] or 0) * 1_000_000)
            local, zone = datetime(year, month, day_no, hour, minute, second, micros, UTC), found[8]
        else:
            return None
        return local - _zone_offset(zone)
    except (ValueError, OverflowError):
        return None


def _zone_offset(zone: str | None) -> timedelta:
    if zone is None:
        return SHANGHAI.utcoffset(None)
    if zone == "Z":
        return timedelta(0)
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -offset if zone[0] == "-" else offset


def write_instant(moment: datetime) -> str:
    """`yyyyMMddHHmmssSSSZ` in China time, as the platform wants dates."""
    local = moment.astimezone(SHANGHAI)
    return f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}+0800"
