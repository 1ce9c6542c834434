from __future__ import annotations

from decimal import Decimal as D

import pytest

from jdy_desktop.models.rules import rounding
from jdy_desktop.models.rules.rounding import NumberProblem, parse_decimal


def test_halves_go_up_where_a_float_goes_down():
    assert round(2.675, 2) == 2.67
    assert rounding.to_amount(D("2.675")) == D("2.68")
    assert rounding.to_amount(D("-2.675")) == D("-2.68")


def test_each_kind_of_number_has_its_places():
    third = D(1) / D(3)
    assert str(rounding.to_amount(third)) == "0.33"
    assert str(rounding.to_price(third)) == "0.333333"
    assert str(rounding.to_quantity(third)) == "0.3333"
    assert str(rounding.to_rate(third)) == "0.3333"
    assert str(rounding.to_cost(third)) == "0.3333"
    assert str(rounding.round_half_up(D("0.125"), 2)) == "0.13"


def test_a_product_of_34_digits_is_not_rounded_on_the_way():
    quantity, price = D("999999999999.9999"), D("999999999999.999999")
    assert quantity * price != rounding.times(quantity, price)  # the default context drops digits
    assert rounding.times(quantity, price) == D("999999999999999899000000.0000000001")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", "12.00"),
        (" 12.5 ", "12.50"),
        ("１２．５", "12.50"),
        ("12。5", "12.50"),
        ("1，234.50", "1234.50"),
        ("1,234,567.8", "1234567.80"),
        ("1 234", "1234.00"),
        ("¥ 3", "3.00"),
        ("￥3.10", "3.10"),
        ("-3", "-3.00"),
        ("−3", "-3.00"),
        ("+3", "3.00"),
        (".5", "0.50"),
        ("5.", "5.00"),
        ("1.500000", "1.50"),
        ("6.92E+8", "692000000.00"),
        ("-0", "0.00"),
        ("0e-50", "0.00"),
        ("\u300012", "12.00"),
    ],
)
def test_numbers_as_clerks_type_them(typed, number):
    assert str(parse_decimal(typed, places=2)) == number


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", NumberProblem.EMPTY),
        (" \u3000", NumberProblem.EMPTY),
        ("¥", NumberProblem.EMPTY),
        ("NaN", NumberProblem.NOT_A_NUMBER),
        ("inf", NumberProblem.NOT_A_NUMBER),
        ("TRUE", NumberProblem.NOT_A_NUMBER),
        ("#N/A", NumberProblem.NOT_A_NUMBER),
        ("1,5", NumberProblem.NOT_A_NUMBER),
        ("12,34,56", NumberProblem.NOT_A_NUMBER),
        ("10²", NumberProblem.NOT_A_NUMBER),
        ("1 2", NumberProblem.NOT_A_NUMBER),
        (".", NumberProblem.NOT_A_NUMBER),
        ("1e99999999999999999999", NumberProblem.NOT_A_NUMBER),
        ("1e30", NumberProblem.TOO_LARGE),
        ("1e999999", NumberProblem.TOO_LARGE),
        ("-1e30", NumberProblem.TOO_SMALL),
        ("6.92E+12", NumberProblem.TOO_LARGE),
        ("1e-9", NumberProblem.TOO_MANY_PLACES),
        ("0.001", NumberProblem.TOO_MANY_PLACES),
        ("1.005", NumberProblem.TOO_MANY_PLACES),
        ("1.00000000000000000000000000000000000000000000000000000000000000000000000000000000001", "too_many_places"),
        ("9e-99999", NumberProblem.TOO_MANY_PLACES),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(typed, problem):
    assert parse_decimal(typed, places=2) is NumberProblem(problem)


def test_bounds_belong_to_the_allowed_range():
    def read(typed):
        return parse_decimal(typed, places=2, minimum=D(0), maximum=D(100))

    assert (read("0"), read("100")) == (D(0), D(100))
    assert read("-0.01") is NumberProblem.TOO_SMALL
    assert read("100.01") is NumberProblem.TOO_LARGE
