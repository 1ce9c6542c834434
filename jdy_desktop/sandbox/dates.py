"""Dates as 1688 writes them: `yyyyMMddHHmmssSSS+0800`, always China time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
_FORM = re.compile(r"(\d{14})(\d{3})?([+-]\d{4})?")


def write(moment: datetime) -> str:
    local = moment.astimezone(CHINA)
    return local.strftime("%Y%m%d%H%M%S") + f"{local.microsecond // 1000:03d}+0800"


def read(text: str) -> datetime | None:
    """None when it is no date of theirs. Without a zone it is China time."""
    found = _FORM.fullmatch(text)
    if not found:
        return None
    try:
        return datetime.strptime(found[1] + (found[3] or "+0800"), "%Y%m%d%H%M%S%z").astimezone(UTC)
    except ValueError:
        return None
