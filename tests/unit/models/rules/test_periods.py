"""今天, 昨天, 本周, 本月 on the calendar, and what is left of debts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from jdy_desktop.models.rules.periods import Period, PeriodKind, left_after, ordered, period_of

D = Decimal
WEDNESDAY = date(2019, 3, 27)


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        (PeriodKind.TODAY, WEDNESDAY, WEDNESDAY),
        (PeriodKind.YESTERDAY, date(2019, 3, 26), date(2019, 3, 26)),
        (PeriodKind.WEEK, date(2019, 3, 25), WEDNESDAY),
        (PeriodKind.MONTH, date(2019, 3, 1), WEDNESDAY),
        (PeriodKind.OWN, WEDNESDAY, WEDNESDAY),
    ],
)
def test_periods_end_today(kind: PeriodKind, first: date, last: date) -> None:
    assert period_of(kind, WEDNESDAY) == Period(first, last)


def test_a_week_begins_on_monday_and_a_month_over_new_year() -> None:
    assert period_of(PeriodKind.WEEK, date(2019, 3, 25)) == Period(date(2019, 3, 25), date(2019, 3, 25))
    assert period_of(PeriodKind.WEEK, date(2019, 1, 1)).first == date(2018, 12, 31)
    assert period_of(PeriodKind.YESTERDAY, date(2019, 1, 1)).first == date(2018, 12, 31)


def test_two_days_make_a_period_in_either_order() -> None:
    period = ordered(date(2019, 3, 5), date(2019, 3, 1))
    assert (period.days, date(2019, 3, 1) in period, date(2019, 3, 6) in period) == (5, True, False)


def test_money_settles_the_oldest_debt_first() -> None:
    debts = [(date(2019, 3, 9), D(30)), (date(2019, 3, 1), D(20)), (date(2019, 3, 9), D(10))]
    # 35 pay the 20 of the first, then 15 of the 30: the 9th keeps 15 and 10.
    assert left_after(debts, D(35)) == [D(15), D(0), D(10)]
    assert left_after(debts, D(0)) == [D(30), D(20), D(10)]
    assert left_after(debts, D(99)) == [D(0), D(0), D(0)]
