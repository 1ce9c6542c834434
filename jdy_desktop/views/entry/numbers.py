"""Numbers typed into a document: what they may be, and what is said of those that cannot be."""

from __future__ import annotations

from decimal import Decimal

from jdy_desktop.models.rules.rounding import NumberProblem, parse_decimal

PROBLEMS = {
    NumberProblem.EMPTY: "没有填数字，没有改动。",
    NumberProblem.NOT_A_NUMBER: "这不是数字，没有改动。",
    NumberProblem.TOO_MANY_PLACES: "小数位太多，没有改动：数量 4 位，单价 6 位，金额 2 位。",
    NumberProblem.TOO_SMALL: "不能小于 0，没有改动；退货请用“退换”。",
    NumberProblem.TOO_LARGE: "数字太大，没有改动。",
}


def parse_number(text: str, key: str) -> Decimal | NumberProblem:
    """A typed quantity, price, percentage or amount; never rounded."""
    places = {"quantity": 4, "price": 6, "discount": 4, "tax_rate": 4}.get(key, 2)
    most = Decimal(100) if key in ("discount", "tax_rate") else None
    if most is None:
        return parse_decimal(text, places=places, minimum=Decimal(0))
    return parse_decimal(text, places=places, minimum=Decimal(0), maximum=most)
