"""Money of lines and documents: tax included or not, line and whole-document discount (manual 6.1.1, M125, M126).

Each line is rounded once, to the fen; of net, tax and gross two are computed and the third is the difference, so they
always add up; a document's totals are sums of rounded lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from jdy_desktop.models.rules.rounding import HUNDRED, ZERO, ratio, times, to_amount, to_price, to_rate

_NO_RATE = Decimal("0.0000")


@dataclass(frozen=True, slots=True)
class LineMoney:
    """One line, computed. net + tax == gross, to the fen.

    `discount` is in the money of the entered price: tax included under rule A, without tax under rule B.
    """

    quantity: Decimal
    unit_price_net: Decimal
    unit_price_gross: Decimal
    discount_rate: Decimal
    discount: Decimal
    tax_rate: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class DocumentMoney:
    """Foot of a document, yuan. `gross` is the sum of the lines before the whole discount (优惠)."""

    quantity: Decimal
    line_discount: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    discount_rate: Decimal
    discount: Decimal
    after_discount: Decimal
    freight: Decimal
    settlement: Decimal


def net_price(gross_price: Decimal, tax_rate: Decimal) -> Decimal:
    """Rule A: unit price without tax, 6 places; 113.00 at 13 % is 100.00."""
    return to_price(ratio(times(gross_price, HUNDRED), HUNDRED + tax_rate))


def gross_price(net_unit_price: Decimal, tax_rate: Decimal) -> Decimal:
    """Rule B: unit price with tax, 6 places; 100.00 at 13 % is 113.00."""
    return to_price(ratio(times(net_unit_price, HUNDRED + tax_rate), HUNDRED))


def discount_of(full: Decimal, rate: Decimal, amount: Decimal | None) -> tuple[Decimal, Decimal]:
    """(rate %, amount) of a discount on `full`. An entered amount wins and the rate is derived from it.

    Nothing can be derived from a full amount of 0: the rate is then shown as 0.
    """
    if amount is None and not rate:
        return _NO_RATE, ZERO
    if amount is None:
        return to_rate(rate), to_amount(ratio(times(full, rate), HUNDRED))
    taken = to_amount(amount)
    return (to_rate(ratio(times(taken, HUNDRED), full)) if full else _NO_RATE), taken


def is_discount_too_large(full: Decimal, discount: Decimal) -> bool:
    """A discount may take the whole amount, not more, and must have its sign (a return's is negative)."""
    return not (ZERO <= discount <= full or full <= discount <= ZERO)


def line_money(
    quantity: Decimal,
    price: Decimal,
    *,
    tax_rate: Decimal = _NO_RATE,
    includes_tax: bool,
    discount_rate: Decimal = _NO_RATE,
    discount_amount: Decimal | None = None,
) -> LineMoney:
    """A line from the entered `price`, which includes tax under rule A (`includes_tax`) and does not under rule B.

    Rounded here, HALF_UP, once: quantity × price, the discount, and the one derived of net and tax.
    Without tax accounting (control question 3: 不需要) the caller passes rate 0 and net equals gross.
    """
    full = to_amount(times(quantity, price))
    rate, discount = discount_of(full, discount_rate, discount_amount)
    entered = full - discount
    if not tax_rate:
        same = to_price(price)
        return LineMoney(quantity, same, same, rate, discount, _NO_RATE, entered, ZERO, entered)
    if includes_tax:
        gross, net = entered, to_amount(ratio(times(entered, HUNDRED), HUNDRED + tax_rate))
        tax = gross - net
    else:
        net, tax = entered, to_amount(ratio(times(entered, tax_rate), HUNDRED))
        gross = net + tax
    return LineMoney(
        quantity=quantity,
        unit_price_net=net_price(price, tax_rate) if includes_tax else to_price(price),
        unit_price_gross=to_price(price) if includes_tax else gross_price(price, tax_rate),
        discount_rate=rate,
        discount=discount,
        tax_rate=to_rate(tax_rate),
        net=net,
        tax=tax,
        gross=gross,
    )


def document_money(
    lines: Iterable[LineMoney],
    *,
    discount_rate: Decimal = _NO_RATE,
    discount_amount: Decimal | None = None,
    freight: Decimal = ZERO,
) -> DocumentMoney:
    """Totals of a document. 优惠 is taken from the tax-included sum; 客户承担费用 (`freight`) comes on top (M130)."""
    rows = list(lines)
    gross = sum((row.gross for row in rows), ZERO)
    rate, discount = discount_of(gross, discount_rate, discount_amount)
    after = gross - discount
    carried = to_amount(freight)
    return DocumentMoney(
        quantity=sum((row.quantity for row in rows), Decimal(0)),
        line_discount=sum((row.discount for row in rows), ZERO),
        net=sum((row.net for row in rows), ZERO),
        tax=sum((row.tax for row in rows), ZERO),
        gross=gross,
        discount_rate=rate,
        discount=discount,
        after_discount=after,
        freight=carried,
        settlement=after + carried,
    )
