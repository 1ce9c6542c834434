"""Money adds up against exact fractions; nothing is lost between lines, totals and what 1688 is sent."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jdy_desktop.models.rules import pricing, rounding, tax
from tests.support.cases import cases

quantities = st.decimals(Decimal("-9999"), Decimal("9999"), places=4)
pieces = st.integers(1, 5_000).map(Decimal)
prices = st.decimals(Decimal(0), Decimal("99999"), places=6)
percents = st.decimals(Decimal(0), Decimal(100), places=4)
amounts = st.decimals(Decimal(0), Decimal("9999999"), places=2)


def half_up(exact: Fraction, places: int) -> Fraction:
    """HALF_UP away from zero, on fractions: the oracle knows no Decimal."""
    scaled = abs(exact) * 10**places
    whole = (scaled + Fraction(1, 2)).__floor__()
    return Fraction(whole if exact >= 0 else -whole, 10**places)


@st.composite
def lines(draw):
    return tax.line_money(
        draw(quantities),
        draw(prices),
        tax_rate=draw(st.sampled_from(["0", "1", "3", "6", "9", "13", "17.5"]).map(Decimal)),
        includes_tax=draw(st.booleans()),
        discount_rate=draw(percents),
        discount_amount=draw(st.none() | amounts),
    )


@given(quantities, prices, percents, st.booleans(), percents)
@settings(max_examples=cases(10_000))
def test_each_line_is_the_exact_amount_rounded_once(quantity, price, rate, includes_tax, discount_rate):
    line = tax.line_money(quantity, price, tax_rate=rate, includes_tax=includes_tax, discount_rate=discount_rate)
    full = half_up(Fraction(quantity) * Fraction(price), 2)
    discount = half_up(full * Fraction(discount_rate) / 100, 2)
    entered = full - discount
    factor = 1 + Fraction(rate) / 100
    assert Fraction(line.discount) == discount
    if includes_tax:
        assert Fraction(line.gross) == entered
        assert Fraction(line.net) == half_up(entered / factor, 2)
        assert Fraction(line.unit_price_net) == half_up(Fraction(price) / factor, 6)
    else:
        assert Fraction(line.net) == entered
        assert Fraction(line.tax) == half_up(entered * Fraction(rate) / 100, 2)
        assert Fraction(line.unit_price_gross) == half_up(Fraction(price) * factor, 6)
    assert line.net + line.tax == line.gross


@given(st.lists(lines(), max_size=20), percents, st.none() | amounts, amounts)
def test_totals_are_the_sums_of_the_lines(rows, rate, amount, freight):
    foot = tax.document_money(rows, discount_rate=rate, discount_amount=amount, freight=freight)
    assert Fraction(foot.gross) == sum((Fraction(row.net) + Fraction(row.tax) for row in rows), Fraction(0))
    assert foot.net + foot.tax == foot.gross
    assert foot.after_discount == foot.gross - foot.discount
    assert foot.settlement == foot.after_discount + freight
    for value in (foot.net, foot.tax, foot.gross, foot.discount, foot.settlement):
        assert value == rounding.to_amount(value)


@given(amounts, st.lists(amounts, min_size=1, max_size=40))
def test_spreading_neither_loses_nor_makes_a_fen(total, weights):
    shares = pricing.spread(total, weights)
    assert sum(shares) == total
    whole = sum(map(Fraction, weights)) or Fraction(len(weights))
    parts = [Fraction(weight) for weight in weights] if any(weights) else [Fraction(1)] * len(weights)
    for share, part in zip(shares, parts, strict=True):
        assert abs(Fraction(share) - Fraction(total) * part / whole) < Fraction(1, 100)


@given(st.lists(st.tuples(pieces, prices), min_size=1, max_size=20), percents)
def test_the_buyer_is_asked_for_exactly_the_amount_after_discount(rows, rate):
    computed = [tax.line_money(quantity, price, includes_tax=True) for quantity, price in rows]
    foot = tax.document_money(computed, discount_rate=rate)
    assume(foot.gross > 0)
    money = pricing.pre_order_money([(row.quantity, row.gross) for row in computed], foot.after_discount)
    assert money.total == foot.after_discount == sum(line.amount for line in money.lines)
    for line in money.lines:
        assert line.auction_price * 100 % 1 == 0
        assert abs(line.auction_price * line.quantity - line.amount) <= line.quantity * Decimal("0.005")


@given(st.decimals(-rounding.LARGEST, rounding.LARGEST, places=6), st.sampled_from([4, 6]))
def test_what_is_shown_can_be_typed_again(number, places):
    number = rounding.round_half_up(number, places)
    grouped = f"{number:,f}"
    fullwidth = grouped.translate({ord(one): ord(one) + 0xFEE0 for one in "0123456789,.-"})
    for text in (str(number), f"{number:f}", grouped, fullwidth, f" {number:E} "):
        assert rounding.parse_decimal(text, places=places) == number


@given(st.text(max_size=30), st.integers(0, 6))
def test_any_text_is_answered_and_never_rounded(text, places):
    answer = rounding.parse_decimal(text, places=places)
    if isinstance(answer, Decimal):
        assert answer == rounding.round_half_up(answer, places)
        assert rounding.parse_decimal(str(answer), places=places) == answer
    else:
        assert isinstance(answer, rounding.NumberProblem)
