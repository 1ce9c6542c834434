"""Selling under the lowest price of the goods is the owner's to decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import Connection, func, select

from jdy_desktop.models.catalog import SkuPrice
from jdy_desktop.models.rules.rounding import ZERO, times, to_amount
from jdy_desktop.models.rules.tax import DocumentMoney, LineMoney
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.bulk import chunks, table_of
from jdy_desktop.services.book.document_values import LineTotals, SaveDocument, TaxRules
from jdy_desktop.services.errors import Refused
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.rights import Right

#: 抹零: so many yuan of a whole bill anybody may leave off.
SMALL_CHANGE = Decimal(1)
#: the row that stands for no line
WHOLE_BILL = 0
_PRICE = table_of(SkuPrice)


def require_price(
    connection: Connection,
    ctx: Context,
    request: SaveDocument,
    money: Sequence[LineMoney],
    foot: DocumentMoney,
    tax: TaxRules,
) -> None:
    """Raises Refused("price_too_low") when a 店员 sells under the lowest of a SKU's five prices, discounts counted.

    Prices are compared as they are typed, with or without tax. Goods without any price are not looked at.
    """
    if request.kind is not DocumentKind.SALE or ctx.may(Right.LOW_PRICE):
        return
    floors = lowest_prices(connection, [line.sku_id for line in request.lines])
    row = low_row(request, money, foot.gross, foot.after_discount, tax, floors)
    if row:
        lowest = floors[request.lines[row - 1].sku_id]
        raise Refused("price_too_low", field="price", row=row, lowest=lowest, right=Right.LOW_PRICE)
    if row == WHOLE_BILL:
        raise Refused("bill_too_low", field="discount_amount", right=Right.LOW_PRICE)


def low_row(
    request: SaveDocument,
    money: Sequence[LineMoney | LineTotals],
    goods: Decimal,
    after_discount: Decimal,
    tax: TaxRules,
    floors: Mapping[int, Decimal],
) -> int | None:
    """The first row (from 1) under the lowest price of its goods, `WHOLE_BILL` when only the discount of the whole bill goes
    too low, None when nothing does. `goods`, `after_discount`: foot of the bill, yuan; `floors`: yuan by SKU."""
    asked = wanted = ZERO
    for row, (line, sums) in enumerate(zip(request.lines, money, strict=True), 1):
        if line.sku_id not in floors:
            continue
        floor = to_amount(times(floors[line.sku_id], line.quantity))
        typed = sums.gross if tax.prices_include_tax else sums.net
        if typed < floor:
            return row
        asked, wanted = asked + typed, wanted + floor
    is_low = goods and asked * after_discount / goods <= wanted - SMALL_CHANGE
    return WHOLE_BILL if is_low else None


def lowest_prices(connection: Connection, sku_ids: Sequence[int]) -> dict[int, Decimal]:
    """The lowest of the five prices of each SKU, yuan; SKUs without a price are left out."""
    found: dict[int, Decimal] = {}
    for part in chunks(sorted(set(sku_ids))):
        query = select(_PRICE.c.sku_id, func.min(_PRICE.c.price)).where(_PRICE.c.sku_id.in_(part))
        found.update((sku_id, price) for sku_id, price in connection.execute(query.group_by(_PRICE.c.sku_id)))
    return found
