"""Which bills a payment settles and how old a debt is; and 10,000 random cases against exact fractions."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jdy_desktop.models.rules.settling import Bill, age_column, fits, oldest_first

D = Decimal
TODAY = date(2019, 3, 27)


def bills(*owed: str) -> list[Bill]:
    return [Bill(number, TODAY - timedelta(days=100 - number), D(one)) for number, one in enumerate(owed, 1)]


@pytest.mark.parametrize(
    ("owed", "amount", "parts"),
    [
        (("30", "50"), "40", {1: "30", 2: "10"}),
        (("30", "50"), "100", {1: "30", 2: "50"}),
        (("30", "50"), "0", {}),
        ((), "10", {}),
        (("100", "-30"), "70", {1: "100", 2: "-30"}),
        (("-30", "100"), "20", {1: "-30", 2: "50"}),
        (("100", "-30"), "100", {1: "100", 2: "-30"}),
        (("20", "-30"), "5", {1: "20", 2: "-20"}),
        (("-30",), "5", {}),
        (("0.10", "0.20"), "0.25", {1: "0.10", 2: "0.15"}),
    ],
)
def test_oldest_first(owed: tuple[str, ...], amount: str, parts: dict[int, str]) -> None:
    assert oldest_first(bills(*owed), D(amount)) == {bill: D(part) for bill, part in parts.items()}


@pytest.mark.parametrize(
    ("owed", "part", "yes"),
    [("5", "5", True), ("5", "5.01", False), ("5", "0", False), ("5", "-1", False), ("-5", "-5", True), ("-5", "-6", False),
     ("-5", "1", False), ("0", "0", False)],
)  # fmt: skip
def test_a_part_fits_its_bill(owed: str, part: str, yes: bool) -> None:
    assert fits(D(owed), D(part)) is yes


def test_age_of_debts() -> None:
    ages = (0, 30, 31, 60, 61, 90, 91, 400)
    assert [age_column(days) for days in ages] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert age_column(-3) == 0


_amounts = st.decimals(min_value="-9999.99", max_value="9999.99", places=2).filter(bool)
_bills = st.lists(st.tuples(_amounts, st.integers(0, 200)), max_size=12)


@given(drawn=_bills, amount=st.decimals(min_value=0, max_value=30_000, places=2))
def test_nothing_is_settled_twice_or_beyond_the_money(drawn: list[tuple[Decimal, int]], amount: Decimal) -> None:
    _prove(drawn, amount)


def test_ten_thousand_random_stalls() -> None:
    """The same, plain and fast; a failure names its seed."""
    for seed in range(10_000):
        chance = Random(seed)
        drawn = [
            (
                D(chance.choice((chance.randint(-999_999, 999_999), chance.randint(-9, 9))) or 1) / 100,
                chance.randint(0, 200),
            )
            for _ in range(chance.randint(0, 8))
        ]
        try:
            _prove(drawn, D(chance.randint(0, 2_000_000)) / 100)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {drawn}") from error


def _prove(drawn: list[tuple[Decimal, int]], amount: Decimal) -> None:
    listed = sorted(
        (Bill(number, TODAY - timedelta(days=age), owed) for number, (owed, age) in enumerate(drawn)),
        key=lambda one: (one.day, one.id),
    )
    parts = oldest_first(listed, amount)
    owed = {one.id: one.owed for one in listed}
    assert all(fits(owed[bill], part) for bill, part in parts.items())
    total = sum(map(Fraction, parts.values()), Fraction(0))
    assert 0 <= total <= Fraction(amount)
    debts = sum((Fraction(one.owed) for one in listed if one.owed > 0), Fraction(0))
    credit = -sum((Fraction(one.owed) for one in listed if one.owed < 0), Fraction(0))
    paid = sum((Fraction(part) for part in parts.values() if part > 0), Fraction(0))
    assert paid == min(debts, credit + Fraction(amount))
    # oldest first: a bill that is left open has no younger one with money on it
    positive = [one for one in listed if one.owed > 0]
    left = [one.owed - parts.get(one.id, D(0)) for one in positive]
    first_open = next((place for place, rest in enumerate(left) if rest), len(left))
    assert all(rest == positive[place].owed for place, rest in enumerate(left) if place > first_open)
