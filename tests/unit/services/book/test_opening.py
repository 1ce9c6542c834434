"""Opening stock: dated the start period, replaceable, in one transaction."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from jdy_desktop.models.documents import Document
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.opening import OpeningLine, OpeningStock
from jdy_desktop.services.errors import StockShort, UserError
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.counter import START, Counter

D = Decimal


def opening(stall: Counter) -> OpeningStock:
    return OpeningStock(stall.db, stall.ctx)


def line(stall: Counter, sku: Any, quantity: str, cost: str, place: Any = None) -> OpeningLine:
    return OpeningLine(sku, place or stall.warehouse, D(quantity), D(cost))


def assert_sound(stall: Counter) -> None:
    assert check_book(stall.db, JobContext()).problems == ()


@pytest.mark.manual("M14", "M118")
def test_opening_belongs_to_the_start_period(stall: Counter) -> None:
    one, two = stall.goods("sp2"), stall.goods("sp1")
    report = opening(stall).save((line(stall, one, "10", "3.335"), line(stall, two, "2.5", "0")))
    assert (report.saved, report.replaced, report.numbers, report.day) == (2, 0, ("QC20190301001",), START)
    rows = opening(stall).rows()
    assert [(row.code, row.quantity, row.unit_cost, row.amount, row.day) for row in rows] == [
        ("sp1", D("2.5"), 0, 0, START),
        ("sp2", 10, D("3.335"), D("33.35"), START),
    ]
    assert (stall.stock(one), stall.value(one)) == (10, D("33.35"))
    assert [row.code for row in opening(stall).rows("商品SP1")] == ["sp1"]
    assert_sound(stall)


@pytest.mark.manual("M118")
def test_a_second_opening_replaces_the_first_after_asking(stall: Counter) -> None:
    one, two = stall.goods("a"), stall.goods("b")
    opening(stall).save((line(stall, one, "10", "2"), line(stall, two, "4", "1")))
    stall.sale(stall.line(one, "4"))
    again = (line(stall, one, "6", "5"),)
    assert opening(stall).replaces(again) == 1
    report = opening(stall).save(again)
    assert (report.replaced, report.numbers) == (1, ("QC20190301002",))
    assert (stall.stock(one), stall.stock(two)) == (2, 4)
    assert [(row.code, row.quantity) for row in opening(stall).rows()] == [("a", 6), ("b", 4)]
    assert_sound(stall)
    with pytest.raises(StockShort):
        opening(stall).save((line(stall, one, "3", "5"),))
    assert stall.stock(one) == 2
    opening(stall).save((line(stall, one, "4", "5"), line(stall, two, "0", "0")))
    assert (stall.stock(one), stall.value(one), stall.stock(two)) == (0, 0, 0)
    assert [row.code for row in opening(stall).rows()] == ["a"]
    assert_sound(stall)


def test_opening_after_a_sale_below_zero_fills_the_hole(stall: Counter) -> None:
    sku = stall.goods("a", allow_negative=True)
    stall.sale(stall.line(sku, "3"))
    opening(stall).save((line(stall, sku, "10", "2"),))
    assert (stall.stock(sku), stall.value(sku)) == (7, 14)
    assert_sound(stall)


def test_with_a_reviewer_an_opening_still_counts_at_once(make_stall: Any) -> None:
    stall: Counter = make_stall(needs_review=True)
    sku = stall.goods("a")
    opening(stall).save((line(stall, sku, "10", "2"),))
    assert stall.stock(sku) == 10
    assert_sound(stall)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"quantity": D("-1")}, "number_negative", "quantity"),
        ({"quantity": D("1e30")}, "number_too_large", "quantity"),
        ({"quantity": D("0.00001")}, "too_many_places", "quantity"),
        ({"quantity": D("Infinity")}, "not_a_number", "quantity"),
        ({"unit_cost": D("-0.01")}, "number_negative", "unit_cost"),
        ({"unit_cost": D("1e-900000")}, "too_many_places", "unit_cost"),
        ({"quantity": D("999999999"), "unit_cost": D("999999999")}, "amount_too_large", "unit_cost"),
        ({"sku_id": 4711}, "sku_unknown", "sku_id"),
        ({"warehouse_id": 4711}, "warehouse_unknown", "warehouse_id"),
    ],
)
def test_bad_rows_are_named_and_nothing_is_stored(
    stall: Counter, change: dict[str, Any], code: str, field: str
) -> None:
    one, two = stall.goods("a"), stall.goods("b")
    bad: dict[str, Any] = {"sku_id": two, "warehouse_id": stall.warehouse, "quantity": D(1), "unit_cost": D(1)} | change
    with pytest.raises(UserError) as caught:
        opening(stall).save((line(stall, one, "1", "1"), OpeningLine(**bad)))
    assert (caught.value.code, caught.value.field, caught.value.row) == (code, field, 2)
    assert stall.count(Document) == 0


def test_the_same_sku_twice_is_refused(stall: Counter) -> None:
    sku = stall.goods("a")
    with pytest.raises(UserError) as caught:
        opening(stall).save((line(stall, sku, "1", "1"), line(stall, sku, "2", "1")))
    assert (caught.value.code, caught.value.row, caught.value.params["other"]) == ("line_repeated", 2, 1)
    with pytest.raises(UserError):
        opening(stall).save(())
