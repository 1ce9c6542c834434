"""Periods of reports, and what is left of debts. Days are Shanghai's; both ends belong to a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum


class PeriodKind(StrEnum):
    """今天, 昨天, 本周 (from Monday), 本月, 自定."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    MONTH = "month"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Period:
    """`first` ≤ `last`, both inclusive."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def one_day(day: date) -> Period:
    return Period(day, day)


def period_of(kind: PeriodKind, today: date) -> Period:
    """What a period means today; 自定 is today until the clerk types other days."""
    if kind is PeriodKind.YESTERDAY:
        return one_day(today - timedelta(days=1))
    if kind is PeriodKind.WEEK:
        return Period(today - timedelta(days=today.weekday()), today)
    if kind is PeriodKind.MONTH:
        return Period(today.replace(day=1), today)
    return one_day(today)


def ordered(first: date, last: date) -> Period:
    """Two typed days, whichever was typed first."""
    return Period(min(first, last), max(first, last))


def left_after(debts: Sequence[tuple[date, Decimal]], credit: Decimal) -> list[Decimal]:
    """What is left of each debt (> 0) after `credit` (≥ 0) settled the oldest first; of one day the first listed first.

    What exceeds all debts is not told here: the caller shows it as money paid in advance.
    """
    left = [amount for _, amount in debts]
    for place in sorted(range(len(debts)), key=lambda one: debts[one][0]):
        taken = min(left[place], credit)
        left[place] -= taken
        credit -= taken
    return left
