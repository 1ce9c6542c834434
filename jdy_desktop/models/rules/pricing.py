"""Prices: customer grades, prices taken from 1688, and what the buyer's QR code asks for (manual 4.2.3, 6.1.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from jdy_desktop.models.rules.rounding import ZERO, ratio, times, to_amount
from jdy_desktop.models.states import PriceGrade

_FEN = Decimal("0.01")
# saleInfo.quoteType of 1688: 0 no SKU, by quantity; 1 price per SKU; 2 SKUs, tiers on the offer; 3 SKUs, tiers per SKU.
_PRICED_PER_SKU = frozenset({1, 3})


class NegativeSettlement(ValueError):
    """The discount exceeds the goods and the freight: no code can ask for less than nothing."""


@dataclass(frozen=True, slots=True)
class GradePrice:
    """The price taken and the grade it was kept under (retail when the wanted one was not kept)."""

    price: Decimal
    grade: PriceGrade


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of 购买数量: from `start_quantity` pieces on, each costs `price` yuan (M52)."""

    start_quantity: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class PreOrderLine:
    """Line to send: whole `quantity`, `auction_price` per piece (yuan, 2 places), `amount` its share of the total."""

    quantity: Decimal
    auction_price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PreOrderMoney:
    """`total` = 优惠后金额 = sum of the lines' amounts; it is sent beside the prices per piece and decides."""

    lines: tuple[PreOrderLine, ...]
    total: Decimal


def grade_price(prices: Mapping[PriceGrade, Decimal | None], grade: PriceGrade) -> GradePrice | None:
    """Price for a customer's grade, else the retail price, else None (M123).

    0 counts as "not kept": goods without a price for a grade must not leave for nothing.
    """
    for candidate in (grade, PriceGrade.RETAIL):
        price = prices.get(candidate)
        if price:
            return GradePrice(price, candidate)
    return None


def wholesale_price(
    quote_type: int | None, tiers: Iterable[Tier], sku_prices: Iterable[Decimal | None]
) -> Decimal | None:
    """最小批发价 of an offer, yuan (4.2.3 rule 5, M69): tiers 42/40/38 give 38. None when 1688 tells no price.

    quoteType 1 and 3 look at the SKUs' prices, 0 and 2 at the offer's tiers; an empty list is replaced by the other.
    """
    by_tier = [tier.price for tier in tiers]
    by_sku = [price for price in sku_prices if price is not None]
    first, second = (by_sku, by_tier) if quote_type in _PRICED_PER_SKU else (by_tier, by_sku)
    return min(first or second, default=None)


def sku_wholesale_price(quote_type: int | None, tiers: Iterable[Tier], sku_price: Decimal | None) -> Decimal | None:
    """批发价 kept at one SKU: its own where 1688 prices SKUs one by one, else the offer's lowest.

    A 60-yuan SKU must not be sold for 40 because a smaller one of its offer costs 40; the product shows the lowest.
    """
    return wholesale_price(quote_type, tiers, (sku_price,))


def tier_price(tiers: Iterable[Tier], quantity: Decimal) -> Decimal | None:
    """What 1688 itself would ask per piece at `quantity`; below the first step None."""
    reached = [tier for tier in tiers if tier.start_quantity <= quantity]
    return max(reached, key=lambda tier: tier.start_quantity).price if reached else None


def main_retail_price(sku_retail_prices: Iterable[Decimal | None]) -> Decimal | None:
    """Retail price the product page shows: the largest of its SKUs, 10/12/15 give 15 (rule 6, M70)."""
    return max((price for price in sku_retail_prices if price is not None), default=None)


def settlement_amount(after_discount: Decimal, freight: Decimal) -> Decimal:
    """Amount the buyer's QR code asks for, yuan, 2 places: goods after discount plus freight (manual 6.1.1, M130).

    Raises NegativeSettlement.
    """
    amount = to_amount(after_discount) + to_amount(freight)
    if amount < 0:
        raise NegativeSettlement(str(amount))
    return amount


def rounding_off(goods: Decimal, discount: Decimal, freight: Decimal, unit: Decimal) -> Decimal:
    """抹零: the whole discount with which the settlement amount becomes a multiple of `unit` yuan (0.10, 1, 10).

    The discount given already only grows; 882.68 with unit 1 and no discount gives 0.68.
    """
    asked = to_amount(goods) - to_amount(discount) + to_amount(freight)
    return to_amount(discount) + (asked % unit if asked > 0 else ZERO)


def spread(total: Decimal, weights: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """`total` (2 places) divided like `weights` (≥ 0), in whole fen that add up exactly (largest remainder first).

    Weights that are all 0 share equally. Raises ValueError when there is nothing to share among.
    """
    if not weights:
        raise ValueError("no weights")
    whole = sum(weights)
    parts: Sequence[Decimal] = weights if whole else [Decimal(1)] * len(weights)
    whole = whole or Decimal(len(weights))
    exact = [ratio(times(total, part), whole) for part in parts]
    shares = [part.quantize(_FEN, rounding="ROUND_FLOOR") for part in exact]
    missing = int((total - sum(shares, ZERO)) / _FEN)
    by_remainder = sorted(range(len(parts)), key=lambda index: shares[index] - exact[index])
    for index in by_remainder[:missing]:
        shares[index] += _FEN
    return tuple(shares)


def unsendable_rows(quantities: Sequence[Decimal]) -> tuple[int, ...]:
    """Rows (from 1) whose quantity 1688 cannot take: `buyAmount` is a whole number above 0 (design §5.2)."""
    return tuple(
        row for row, quantity in enumerate(quantities, 1) if quantity <= 0 or quantity != quantity.to_integral_value()
    )


def pre_order_money(lines: Sequence[tuple[Decimal, Decimal]], after_discount: Decimal) -> PreOrderMoney:
    """Prices and total to send for lines (quantity, gross amount after line discount) and 优惠后金额.

    The whole discount is spread over the lines like their amounts, so that the price per piece is what the buyer pays;
    per piece it is rounded HALF_UP to fen, and the total, sent too, carries what that rounding drops.
    Quantities must have passed `unsendable_rows`.
    """
    shares = spread(to_amount(after_discount), [gross for _, gross in lines])
    return PreOrderMoney(
        lines=tuple(
            PreOrderLine(quantity, to_amount(ratio(share, quantity)), share)
            for (quantity, _), share in zip(lines, shares, strict=True)
        ),
        total=sum(shares, ZERO),
    )
