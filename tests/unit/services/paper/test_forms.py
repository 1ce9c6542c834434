"""What stands on paper, from a stored sale and its code (look/22, look/23)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from jdy_desktop.models.ids import DocumentId, PreOrderId, ShopId
from jdy_desktop.models.states import DocumentKind, Logistics, PayState, UploadState
from jdy_desktop.services.channel.pre_order_values import CodeView
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.paper import forms


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("890.88", "捌佰玖拾元捌角捌分"), ("24800", "贰万肆仟捌佰元整"), ("13.92", "壹拾叁元玖角贰分"),
        ("5002.2", "伍仟零贰元贰角整"), ("70760", "柒万零柒佰陆拾元整"), ("40136", "肆万零壹佰叁拾陆元整"),
        ("300", "叁佰元整"), ("355.02", "叁佰伍拾伍元零贰分"), ("0", "零元整"), ("0.05", "伍分"), ("0.50", "伍角整"),
        ("100000001.00", "壹亿零壹元整"), ("10010000", "壹仟零壹万元整"), ("-1.5", "负壹元伍角整"),
        ("1000500.30", "壹佰万零伍佰元叁角整"),
    ],
)  # fmt: skip
def test_amounts_in_words(amount: str, words: str) -> None:
    assert forms.in_words(Decimal(amount)) == words


def _view(**changes: object) -> CodeView:
    facts: dict[str, object] = {
        "id": PreOrderId(1), "sale_id": DocumentId(1), "sale_number": "XH20190327001", "shop_id": ShopId(1),
        "shop": "AOP对外测试账号02", "customer": "零售", "url": "https://trade.1688.com/p?id=1", "number": "55070119811",
        "amount": Decimal("890.88"), "amount_after_discount": Decimal("880.88"), "freight": Decimal(10),
        "logistics": Logistics.EXPRESS, "created_at": None, "expires_at": datetime(2019, 4, 1, 13, 0, tzinfo=UTC),
        "upload_state": UploadState.UPLOADED, "pay_state": PayState.UNPAID, "is_expired": False, "shown_at": None,
        "scanned_at": None, "paid_at": None, "upload_log": "上传成功", "advice": "",
    }  # fmt: skip
    return CodeView(**(facts | changes))  # type: ignore[arg-type]


@pytest.mark.manual("M134", "M135")
def test_a_code_on_paper_says_until_when_and_that_it_is_the_same() -> None:
    code = forms.printable_code(_view(), reprint=2)
    assert (code.amount, code.pay_until, code.reprint) == ("890.88", "2019-04-01 21:00", 2)


@pytest.mark.parametrize("problem", ["expired", "paid", "not_uploaded", "no_url"])
def test_a_code_that_cannot_be_paid_is_not_printed(problem: str) -> None:
    with pytest.raises(UserError) as refused:
        forms.printable_code(_view(code_problem=problem))
    assert (refused.value.code, refused.value.params["reason"]) == ("code_not_printable", problem)


def test_pages_and_plain_quantities() -> None:
    line = forms.PrintableLine("a", "b", "", "件", "1", "1.00", "1.00")
    assert [len(page) for page in forms.pages([line] * 17, 8)] == [8, 8, 1]
    assert forms.pages([], 8) == ((),)
    assert [forms.plain(Decimal(one)) for one in ("16.0000", "2.5000", "100", "0")] == ["16", "2.5", "100", "0"]


@pytest.mark.manual("M130")
def test_a_stored_sale_on_paper() -> None:
    """look/22's sale: 882.68 − 1.80 + 10 = 890.88, the customer owed 5.00 before."""
    line = SimpleNamespace(
        sku_code="sp32501", product_name="男士秋季衬衫", sku_name="白色/S", unit="件", quantity=Decimal("4.0000"),
        gross_price=Decimal("64.000000"), gross_amount=Decimal("256.00"), remark="",
        warehouse="档口仓", tax_amount=Decimal(0), book_quantity=None,
    )  # fmt: skip
    sale: Any = SimpleNamespace(
        number="XH20190327001", day=date(2019, 3, 27), created_at=datetime(2019, 3, 27, 13, 0, 14, tzinfo=UTC),
        customer="零售", supplier="", lines=(line, line), goods_amount=Decimal("882.68"),
        amount_after_discount=Decimal("880.88"), customer_freight=Decimal(10), settlement_amount=Decimal("890.88"),
        logistics=Logistics.EXPRESS, open_amount=Decimal("890.88"), balance=Decimal("895.88"), operator="王姐",
        remark="", print_count=1, kind=DocumentKind.SALE, to_warehouse="", category="", reviewer="", account="",
        paid_amount=Decimal(0), owed_amount=Decimal("890.88"),
    )  # fmt: skip
    seen = forms.printable_sale(sale, "禾木服饰商行", grade="零售客户")
    assert (seen.moment, seen.pieces, seen.logistics, seen.reprint) == ("2019-03-27 21:00", "8", "快递", 1)
    assert (seen.goods_amount, seen.discount, seen.after_discount) == ("882.68", "1.80", "880.88")
    assert (seen.freight, seen.amount, seen.amount_words, seen.debt) == (
        "10.00",
        "890.88",
        "捌佰玖拾元捌角捌分",
        "5.00",
    )
    assert (seen.lines[0].quantity, seen.lines[0].price, seen.lines[0].amount) == ("4", "64.00", "256.00")
