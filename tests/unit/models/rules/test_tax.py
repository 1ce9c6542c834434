from __future__ import annotations

from decimal import Decimal as D

import pytest

from jdy_desktop.models.rules import tax
from jdy_desktop.models.rules.tax import document_money, line_money


@pytest.mark.manual("M125")
def test_rule_a_takes_the_tax_out_of_the_list_price():
    line = line_money(D(1), D("113.00"), tax_rate=D(13), includes_tax=True)
    assert (line.unit_price_gross, line.unit_price_net) == (D("113.000000"), D("100.000000"))
    assert (line.net, line.tax, line.gross) == (D("100.00"), D("13.00"), D("113.00"))


@pytest.mark.manual("M126")
def test_rule_b_adds_the_tax_to_the_list_price():
    line = line_money(D(1), D("100.00"), tax_rate=D(13), includes_tax=False)
    assert (line.unit_price_gross, line.unit_price_net) == (D("113.000000"), D("100.000000"))
    assert (line.net, line.tax, line.gross) == (D("100.00"), D("13.00"), D("113.00"))


def test_net_and_tax_add_up_even_where_both_would_round_up():
    # 0.04 at 60 %: net 0.025 and tax 0.015 would both go up and make 0.05.
    line = line_money(D(1), D("0.04"), tax_rate=D(60), includes_tax=True)
    assert (line.gross, line.net, line.tax) == (D("0.04"), D("0.03"), D("0.01"))


def test_prices_keep_six_places_and_amounts_two():
    line = line_money(D(3), D("33.35"), tax_rate=D(13), includes_tax=True)
    assert (line.gross, line.net, line.tax) == (D("100.05"), D("88.54"), D("11.51"))
    assert line.unit_price_net == D("29.513274")


def test_a_discount_rate_gives_its_amount_and_an_amount_its_rate():
    by_rate = line_money(D(2), D("42.00"), includes_tax=True, discount_rate=D("12.5"))
    assert (by_rate.discount, by_rate.gross) == (D("10.50"), D("73.50"))
    by_amount = line_money(D(2), D("42.00"), includes_tax=True, discount_rate=D(99), discount_amount=D("10.5"))
    assert (by_amount.discount_rate, by_amount.discount, by_amount.gross) == (D("12.5"), D("10.50"), D("73.50"))


def test_without_tax_the_discount_lowers_the_taxed_amount_too():
    line = line_money(D(1), D("100.00"), tax_rate=D(13), includes_tax=False, discount_rate=D(10))
    assert (line.net, line.tax, line.gross, line.discount) == (D("90.00"), D("11.70"), D("101.70"), D("10.00"))


def test_a_free_line_has_no_discount_rate():
    line = line_money(D(1), D(0), includes_tax=True, discount_amount=D(0))
    assert (line.discount_rate, line.gross) == (D(0), D("0.00"))


def test_a_return_mirrors_its_sale():
    sold = line_money(D(3), D("33.335"), tax_rate=D(13), includes_tax=False, discount_rate=D("3.3"))
    back = line_money(D(-3), D("33.335"), tax_rate=D(13), includes_tax=False, discount_rate=D("3.3"))
    assert (back.net, back.tax, back.gross, back.discount) == (-sold.net, -sold.tax, -sold.gross, -sold.discount)


@pytest.mark.parametrize(
    ("full", "discount", "too_large"),
    [
        ("100", "100", False),
        ("100", "100.01", True),
        ("100", "-0.01", True),
        ("-100", "-5", False),
        ("-100", "5", True),
    ],
)
def test_a_discount_takes_at_most_all(full, discount, too_large):
    assert tax.is_discount_too_large(D(full), D(discount)) is too_large


@pytest.mark.manual("M130")
def test_the_foot_of_a_document():
    lines = [
        line_money(D(20), D("42.00"), tax_rate=D(13), includes_tax=True),
        line_money(D(1), D("60.88"), tax_rate=D(13), includes_tax=True, discount_amount=D("10.00")),
    ]
    foot = document_money(lines, discount_amount=D("10.00"), freight=D(10))
    assert (foot.quantity, foot.line_discount) == (D(21), D("10.00"))
    assert (foot.net, foot.tax, foot.gross) == (D("743.36") + D("45.03"), D("96.64") + D("5.85"), D("890.88"))
    assert (foot.discount, foot.after_discount, foot.freight, foot.settlement) == (
        D("10.00"),
        D("880.88"),
        D("10.00"),
        D("890.88"),
    )
    assert foot.discount_rate == D("1.1225")


def test_a_whole_discount_by_rate():
    foot = document_money([line_money(D(1), D("199.99"), includes_tax=True)], discount_rate=D(5))
    assert (foot.discount, foot.after_discount) == (D("10.00"), D("189.99"))


def test_an_empty_document_is_worth_nothing():
    foot = document_money([])
    assert (foot.quantity, foot.gross, foot.settlement) == (D(0), D("0.00"), D("0.00"))
