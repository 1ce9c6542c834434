"""Rules on document dates (manual 2.1)."""

from __future__ import annotations

from datetime import date


def is_before_start(day: date, start_period: date) -> bool:
    """No document may be dated before 启用期间; the start day itself is allowed (M15)."""
    return day < start_period
