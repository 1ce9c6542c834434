from __future__ import annotations

from decimal import Decimal as D

import pytest

from jdy_desktop.models.rules import pricing
from jdy_desktop.models.rules.pricing import GradePrice, Tier, rounding_off
from jdy_desktop.models.states import PriceGrade

TIERS = (Tier(D(2), D(42)), Tier(D(100), D(40)), Tier(D(500), D(38)))


@pytest.mark.manual("M123")
def test_the_customers_grade_chooses_the_price():
    prices = {PriceGrade.RETAIL: D(59), PriceGrade.WHOLESALE: D(38)}
    assert pricing.grade_price(prices, PriceGrade.RETAIL) == GradePrice(D(59), PriceGrade.RETAIL)
    assert pricing.grade_price(prices, PriceGrade.WHOLESALE) == GradePrice(D(38), PriceGrade.WHOLESALE)


@pytest.mark.parametrize("kept", [{}, {PriceGrade.VIP: None}, {PriceGrade.VIP: D(0)}])
def test_a_grade_without_price_takes_the_retail_price(kept):
    prices = {PriceGrade.RETAIL: D(59), **kept}
    assert pricing.grade_price(prices, PriceGrade.VIP) == GradePrice(D(59), PriceGrade.RETAIL)


def test_no_price_at_all_is_said_and_not_made_zero():
    assert pricing.grade_price({PriceGrade.RETAIL: D(0)}, PriceGrade.DISCOUNT1) is None


@pytest.mark.manual("M69")
@pytest.mark.parametrize(
    ("quote_type", "tiers", "sku_prices", "lowest"),
    [
        (0, TIERS, (), D(38)),
        (2, TIERS, (D(12), D(13)), D(38)),
        (1, TIERS, (D(45), D("39.5"), None), D("39.5")),
        (3, TIERS, (D(45), D("39.5")), D("39.5")),
        (1, TIERS, (None,), D(38)),
        (0, (), (D(45), D(44)), D(44)),
        (None, TIERS, (), D(38)),
        (0, (), (), None),
    ],
)
def test_the_wholesale_price_is_the_lowest_on_1688(quote_type, tiers, sku_prices, lowest):
    assert pricing.wholesale_price(quote_type, tiers, sku_prices) == lowest


def test_a_dear_sku_keeps_its_own_wholesale_price():
    assert pricing.sku_wholesale_price(1, TIERS, D(60)) == D(60)
    assert pricing.sku_wholesale_price(2, TIERS, D(60)) == D(38)


@pytest.mark.manual("M70")
def test_the_product_shows_the_largest_retail_price():
    assert pricing.main_retail_price([D(10), D(12), None, D(15)]) == D(15)
    assert pricing.main_retail_price([None]) is None


@pytest.mark.manual("M52")
def test_the_tier_1688_would_ask():
    assert [pricing.tier_price(TIERS, D(n)) for n in (1, 2, 99, 100, 5000)] == [None, D(42), D(42), D(40), D(38)]


@pytest.mark.manual("M130")
def test_settlement_is_goods_after_discount_plus_freight():
    assert pricing.settlement_amount(D("880.88"), D(10)) == D("890.88")
    assert pricing.settlement_amount(D(-10), D(10)) == D("0.00")


def test_no_code_asks_for_less_than_nothing():
    with pytest.raises(pricing.NegativeSettlement):
        pricing.settlement_amount(D("-10.01"), D(10))


def test_spreading_leaves_no_fen_over():
    assert pricing.spread(D("100.00"), [D(1), D(1), D(1)]) == (D("33.34"), D("33.33"), D("33.33"))
    assert pricing.spread(D("0.05"), [D(0), D(0)]) == (D("0.03"), D("0.02"))
    assert pricing.spread(D("10.00"), [D("2.50"), D("7.50")]) == (D("2.50"), D("7.50"))
    assert pricing.spread(D("-0.05"), [D(1), D(1)]) == (D("-0.02"), D("-0.03"))


def test_nothing_can_be_spread_over_nobody():
    with pytest.raises(ValueError, match="no weights"):
        pricing.spread(D(1), [])


def test_only_whole_pieces_can_be_sent():
    assert pricing.unsendable_rows([D(2), D("1.5"), D(0), D("3.0000"), D(-1)]) == (2, 3, 5)


def test_without_whole_discount_the_buyer_sees_the_lines_prices():
    money = pricing.pre_order_money([(D(2), D("84.00")), (D(1), D("29.90"))], D("113.90"))
    assert [line.auction_price for line in money.lines] == [D("42.00"), D("29.90")]
    assert money.total == D("113.90")


def test_a_whole_discount_reaches_the_buyer_to_the_fen():
    money = pricing.pre_order_money([(D(3), D("100.00")), (D(7), D("200.00"))], D("299.99"))
    assert [line.amount for line in money.lines] == [D("100.00"), D("199.99")]
    assert [line.auction_price for line in money.lines] == [D("33.33"), D("28.57")]
    assert money.total == D("299.99")  # 3 × 33.33 + 7 × 28.57 is 299.98 only: that is why the total is sent


@pytest.mark.parametrize(
    ("goods", "given", "freight", "unit", "discount"),
    [
        ("882.68", "0", "0", "1", "0.68"),
        ("882.68", "0", "0", "0.1", "0.08"),
        ("882.68", "0", "10", "10", "2.68"),
        ("882.68", "1.80", "0", "1", "2.68"),
        ("880", "0", "0", "10", "0"),
        ("0", "0", "0", "1", "0"),
    ],
)
def test_rounding_off_leaves_a_whole_amount(goods: str, given: str, freight: str, unit: str, discount: str) -> None:
    """抹零: what the buyer pays becomes a multiple of the unit, the discount given before only grows."""
    found = rounding_off(D(goods), D(given), D(freight), D(unit))
    assert found == D(discount)
    assert (D(goods) - found + D(freight)) % D(unit) == 0
