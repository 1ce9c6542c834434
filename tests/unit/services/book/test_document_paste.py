"""Rows from Excel into lines: heads in people's own words, numbers as they write them, bad rows named."""

from __future__ import annotations

from decimal import Decimal

import pytest

from jdy_desktop.models.ids import WarehouseId
from jdy_desktop.models.rules.rounding import NumberProblem
from jdy_desktop.services.book.document_paste import PastedRows, pasted_rows

D = Decimal
HOUSES = {"档口仓": WarehouseId(1), "二号仓": WarehouseId(2)}


def _find(code: str) -> str | None:
    return code if code.startswith("sp") else None


def _rows(text: str, *, has_price: bool = True) -> PastedRows[str]:
    return pasted_rows(text, _find, HOUSES, has_price=has_price)


@pytest.mark.parametrize(
    "head", ["商品代码\t数量\t购货单价", "＊ＳＫＵ代码\t件数\t进价", "*货号\tQTY\t含税单价", "条形码\t数量\t单价"]
)
def test_heads_are_known_in_peoples_own_words(head: str) -> None:
    (one,) = _rows(f"{head}\nsp1\t1,200\t¥26.5\n").lines
    assert (one.row, one.goods, one.quantity, one.price) == (2, "sp1", D(1200), D("26.5"))


def test_columns_may_stand_in_any_order_and_others_are_passed_over() -> None:
    (one,) = _rows("序号\t单价\t仓库\t名称\t数量\t折扣率\t备注\t代码\n1\t3\t二号仓\t衬衫\t４\t5%\t急\tsp1").lines
    assert (one.goods, one.quantity, one.price, one.discount_rate) == ("sp1", D(4), D(3), D(5))
    assert (one.warehouse_id, one.remark) == (2, "急")


def test_without_a_head_the_order_is_code_quantity_price_warehouse() -> None:
    (one,) = _rows("sp1\t2\t3.25\t二号仓").lines
    assert (one.quantity, one.price, one.warehouse_id) == (D(2), D("3.25"), 2)
    (bare,) = _rows("sp1").lines
    assert (bare.quantity, bare.price) == (D(1), None)


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("nobody\t1\t1", "sku_id", "not_known"),
        ("\t1\t1", "sku_id", "not_known"),
        ("sp1\t\t1", "quantity", NumberProblem.EMPTY),
        ("sp1\t0\t1", "quantity", NumberProblem.TOO_SMALL),
        ("sp1\t-1\t1", "quantity", NumberProblem.TOO_SMALL),
        ("sp1\t1.23456\t1", "quantity", NumberProblem.TOO_MANY_PLACES),
        ("sp1\t1\t1,5", "price", NumberProblem.NOT_A_NUMBER),
        ("sp1\t1\tNaN", "price", NumberProblem.NOT_A_NUMBER),
        ("sp1\t1\t1\t火星", "warehouse_id", "not_known"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(row: str, field: str, reason: str) -> None:
    found = _rows(f"{row}\nsp2\t1\t1")
    assert [(one.field, one.reason, one.row) for one in found.refused] == [(field, reason, 1)]
    assert [one.goods for one in found.lines] == ["sp2"]


def test_empty_rows_count_but_do_not_matter_and_prices_are_left_where_there_are_none() -> None:
    found = _rows("代码\t数量\t单价\r\n\r\nsp1\t2\tx\r\n\r\n", has_price=False)
    assert [(one.row, one.goods, one.price) for one in found.lines] == [(3, "sp1", None)]
    assert found.refused == ()


_SHIRT = (("白色/S", "w-s"), ("白色/M", "w-m"), ("红色/S", "r-s"), ("香夹白/L", "c-l"))


def _with_variants(text: str) -> PastedRows[str]:
    goods = {"shirt": _SHIRT, "plain": (("", "plain"),), "w-s": (("白色/S", "w-s"),)}
    return pasted_rows(
        text, lambda code: code if code in ("w-s", "plain") else None, HOUSES, variants=lambda c: goods.get(c, ())
    )


@pytest.mark.parametrize(
    "rows",
    [
        "货号\t颜色\t尺码\t数量\nshirt\t白色\tM\t3",
        "尺码\t数量\t货号\t颜色\nｍ\t3\tshirt\t 白 色 ",
        "货号\t属性\t数量\nshirt\t白色/M\t3",
        "货号\t颜色尺码\t数量\nshirt\tM/白色\t3",
    ],
)
def test_an_item_number_with_colour_and_size_is_a_sku(rows: str) -> None:
    (one,) = _with_variants(rows).lines
    assert (one.goods, one.quantity) == ("w-m", D(3))


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ("shirt\t香夹白\t\t1", "c-l"),  # only one has that colour
        ("shirt\t白色\t\t1", "variant_several"),
        ("shirt\t紫色\tS\t1", "variant_unknown"),
        ("shirt\t\t\t1", "variant_missing"),
        ("nobody\t白色\tS\t1", "not_known"),
        ("plain\t均码\t\t1", "plain"),
        ("w-s\t白色\tS\t1", "w-s"),
        ("w-s\t红色\tS\t1", "variant_unknown"),  # the code says white
        ("w-s\t\t\t1", "w-s"),
    ],
)
def test_what_colour_and_size_say_must_fit_and_the_rest_stays(row: str, wanted: str) -> None:
    found = _with_variants(f"货号\t颜色\t尺码\t数量\n{row}\nplain\t\t\t2")
    seen = [one.goods for one in found.lines[:-1]] + [one.reason for one in found.refused]
    assert seen == [wanted]
    assert (found.lines[-1].goods, found.lines[-1].row) == ("plain", 3)
