"""Rows pasted from Excel and lines being entered (manual 5.3; M116, M117's rule: the good rows go in)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from jdy_desktop.models.ids import SkuId, WarehouseId
from jdy_desktop.services.book.opening import OpeningLine
from jdy_desktop.services.book.opening_entry import (
    Entry,
    Goods,
    Pasted,
    from_draft,
    lines_of,
    merge,
    paste,
    to_draft,
    total,
)

STALL, STORE = WarehouseId(1), WarehouseId(2)
PLACES = {"档口仓": STALL, "后仓": STORE}


@dataclass(frozen=True)
class One:
    sku_id: SkuId
    code: str
    product_name: str = "毛巾"
    sku_name: str = ""
    unit: str = "条"
    picture: str = ""


KNOWN = {"a": One(SkuId(1), "a"), "b": One(SkuId(2), "b")}


def find(code: str) -> Goods | None:
    return KNOWN.get(code.lower())


def pasted(text: str) -> Pasted:
    return paste(text, find, PLACES, STALL)


def figures(found: Pasted) -> list[tuple[str, int, Decimal | None, Decimal | None]]:
    return [(one.goods.code, one.warehouse_id, one.quantity, one.unit_cost) for one in found.entries]


@pytest.mark.manual("M116")
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_columns_are_code_quantity_cost_and_perhaps_warehouse(end: str) -> None:
    found = pasted(end.join(["商品代码\t数量\t单位成本", "A\t1,200\t¥3.5", "b\t０.５\t0\t后仓", "", "\t\t"]))
    assert figures(found) == [("a", STALL, Decimal(1200), Decimal("3.5")), ("b", STORE, Decimal("0.5"), Decimal(0))]
    assert found.refused == ()


@pytest.mark.manual("M116")
def test_each_refused_row_has_its_reason_and_the_rest_goes_in() -> None:
    rows = ["x\t1\t1", "a\t\t1", "a\t1\t", "a\t-1\t1", "a\t1\t1\t东仓", "a\t1.00001\t1", "\t1\t1", "a\t2\t3", "a\t4\t5"]
    found = pasted("\n".join(rows))
    assert [(one.row, one.field, one.reason) for one in found.refused] == [
        (1, "sku_id", "not_known"),
        (2, "quantity", "empty"),
        (3, "unit_cost", "empty"),
        (4, "quantity", "too_small"),
        (5, "warehouse_id", "not_known"),
        (6, "quantity", "too_many_places"),
        (7, "sku_id", "not_known"),
        (9, "sku_id", "repeated_above"),
    ]
    assert figures(found) == [("a", STALL, Decimal(2), Decimal(3))]
    assert found.refused[0].text == "x  1  1"


def test_the_same_goods_in_two_warehouses_are_two_lines() -> None:
    assert len(pasted("a\t1\t1\na\t2\t2\t后仓").entries) == 2


def test_merging_keeps_the_place_and_what_is_not_typed_anew() -> None:
    first = [Entry(KNOWN["a"], STALL, Decimal(1), Decimal(2)), Entry(KNOWN["b"], STALL, Decimal(3), None)]
    more = [Entry(KNOWN["a"], STALL, Decimal(9)), Entry(KNOWN["a"], STORE)]
    assert [(one.key, one.quantity, one.unit_cost) for one in merge(first, more)] == [
        ((1, 1), Decimal(9), Decimal(2)),
        ((2, 1), Decimal(3), None),
        ((1, 2), None, None),
    ]


def test_amounts_are_rounded_once_per_line() -> None:
    entries = [Entry(KNOWN["a"], STALL, Decimal(3), Decimal("3.335")), Entry(KNOWN["b"], STALL, Decimal(1), None)]
    # 3 × 3.335 = 10.005 → 10.01 (half up); the unfinished line counts nothing
    assert entries[0].amount == Decimal("10.01")
    assert entries[1].amount is None
    assert total(entries) == Decimal("10.01")
    assert [one.missing for one in entries] == [None, "unit_cost"]
    assert Entry(KNOWN["a"], STALL).missing == "quantity"


def test_lines_of_complete_entries() -> None:
    entry = Entry(KNOWN["a"], STORE, Decimal(3), Decimal(0))
    assert lines_of([entry]) == (OpeningLine(SkuId(1), STORE, Decimal(3), Decimal(0)),)


def test_a_draft_comes_back_without_goods_that_are_gone() -> None:
    entries = [Entry(KNOWN["a"], STALL, Decimal("1.5"), None), Entry(KNOWN["b"], STORE, None, Decimal("0.3333"))]
    by_id = {one.sku_id: one for one in KNOWN.values()}
    assert from_draft(to_draft(entries), by_id.get) == entries
    assert from_draft(to_draft(entries), {SkuId(1): KNOWN["a"]}.get) == entries[:1]
    assert from_draft({}, by_id.get) == []
