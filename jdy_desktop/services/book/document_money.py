"""From the numbers of a form to its money; the arithmetic itself stands in models/rules/tax.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from jdy_desktop.models.rules.pricing import spread
from jdy_desktop.models.rules.rounding import LARGEST, ZERO, to_amount
from jdy_desktop.models.rules.tax import DocumentMoney, LineMoney, document_money, is_discount_too_large, line_money
from jdy_desktop.services.book.document_values import LineTotals, SaveDocument, SaveLine, TaxRules, Totals
from jdy_desktop.services.book.kinds import DOCUMENT_KINDS
from jdy_desktop.services.errors import UserError

_NO_RATE = Decimal("0.0000")


def rules_for(request: SaveDocument, rules: TaxRules) -> TaxRules:
    """Tax is computed on purchases and sales of a tax-computing account set only (control question 3).

    Prices are meant as the request says, else as the account set says now (M125, M126)."""
    if not (rules.computes_tax and DOCUMENT_KINDS[request.kind].has_tax):
        return TaxRules()
    own = request.prices_include_tax
    return rules if own is None else replace(rules, prices_include_tax=own)


def compute(
    request: SaveDocument, rules: TaxRules, tax_rates: Sequence[Decimal]
) -> tuple[list[LineMoney], DocumentMoney]:
    """Money of lines and foot; `tax_rates` percent, one per line.

    Raises UserError: discount_too_large and amount_too_large, with the row when one line is to blame.
    """
    lines = []
    for row, (line, rate) in enumerate(zip(request.lines, tax_rates, strict=True), 1):
        money = _line(line, rules, rate)
        if is_discount_too_large(_full(money, rules), money.discount):
            raise UserError("discount_too_large", field="discount_amount", row=row)
        if max(money.gross, money.unit_price_gross) > LARGEST:
            raise UserError("amount_too_large", field="price", row=row)
        lines.append(money)
    foot = _foot(request, lines)
    if foot.gross > LARGEST or foot.settlement > LARGEST:
        raise UserError("amount_too_large", field="lines")
    if is_discount_too_large(foot.gross, foot.discount):
        raise UserError("discount_too_large", field="discount_amount", goods_amount=foot.gross, discount=foot.discount)
    return lines, foot


def totals(request: SaveDocument, rules: TaxRules) -> Totals:
    """Foot of the form while typing. Refuses nothing: what cannot be saved is said when it is saved."""
    rules = rules_for(request, rules)
    lines = [_line(line, rules, _rate(line, rules)) for line in request.lines]
    foot = _foot(request, lines)
    return Totals(
        quantity=foot.quantity,
        net=foot.net,
        tax=foot.tax,
        goods_amount=foot.gross,
        discount_rate=foot.discount_rate,
        discount_amount=foot.discount,
        amount_after_discount=foot.after_discount,
        customer_freight=foot.freight,
        settlement_amount=foot.settlement,
        owed_amount=foot.settlement - to_amount(request.paid_amount or ZERO),
        lines=tuple(_line_totals(line) for line in lines),
    )


def stock_costs(lines: Sequence[tuple[Decimal, Decimal]], whole_discount: Decimal) -> list[Decimal]:
    """What received goods cost us, yuan, for lines (net, gross): net less the line's share of 优惠, never below 0."""
    if not whole_discount:
        return [net for net, _ in lines]
    shares = spread(whole_discount, [gross for _, gross in lines])
    return [max(net - share, ZERO) for (net, _), share in zip(lines, shares, strict=True)]


def _rate(line: SaveLine, rules: TaxRules) -> Decimal:
    if not rules.computes_tax:
        return _NO_RATE
    return rules.tax_rate if line.tax_rate is None else line.tax_rate


def _line(line: SaveLine, rules: TaxRules, rate: Decimal) -> LineMoney:
    return line_money(
        line.quantity,
        line.price,
        tax_rate=rate,
        includes_tax=rules.prices_include_tax,
        discount_rate=line.discount_rate,
        discount_amount=line.discount_amount,
    )


def _foot(request: SaveDocument, lines: Sequence[LineMoney]) -> DocumentMoney:
    return document_money(
        lines,
        discount_rate=request.discount_rate,
        discount_amount=request.discount_amount,
        freight=request.customer_freight,
    )


def _full(money: LineMoney, rules: TaxRules) -> Decimal:
    return (money.gross if rules.prices_include_tax else money.net) + money.discount


def _line_totals(line: LineMoney) -> LineTotals:
    return LineTotals(
        amount=line.net,
        discount_amount=line.discount,
        discount_rate=line.discount_rate,
        tax_rate=line.tax_rate,
        net_price=line.unit_price_net,
        gross_price=line.unit_price_gross,
        net=line.net,
        tax=line.tax,
        gross=line.gross,
    )
