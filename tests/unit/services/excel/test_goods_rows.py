"""Lines of a goods workbook: what they become, and what is wrong with the others, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from jdy_desktop.models.ids import ProductId, SkuId
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.product_values import ProductDetail, SkuDetail
from jdy_desktop.services.excel import goods_reading
from jdy_desktop.services.excel.faults import CellFault
from jdy_desktop.services.excel.goods_rows import Plan, SheetLine, plan
from jdy_desktop.services.excel.reading import SheetTable
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.views.texts import row_sentence
from jdy_desktop.views.texts.goods import ROWS

D = Decimal


def lines(*rows: dict[str, str]) -> list[SheetLine]:
    return [SheetLine(number, row) for number, row in enumerate(rows, 2)]


def shirt(**more: str) -> dict[str, str]:
    return {"code": "sp32501", "name": "男士衬衫", "attribute_1": "颜色", **more}


def stored(**more: Any) -> ProductDetail:
    """sp32501 with 红色 (stock 3) and 白色."""
    values: dict[str, Any] = {
        "id": ProductId(7), "version": 3, "code": "sp32501", "name": "男士衬衫", "category_id": 4, "category": "衬衫",
        "unit": "件", "specification": "", "has_variants": True, "allow_negative": False, "tax_rate": None,
        "remark": "", "picture": "own/a.jpg", "pictures": (), "attributes": ("颜色",), "is_downloaded": False,
        "skus": (sku(1, "sp32501_001", "红色"), sku(2, "sp32501_002", "白色")),
    }  # fmt: skip
    return ProductDetail(**(values | more))


def sku(number: int, code: str, *values: str) -> SkuDetail:
    prices = {PriceGrade.RETAIL: D(64)}
    return SkuDetail(SkuId(number), code, "/".join(values), values, prices, (), D(0), "", D(3), True, False)


def against(known: ProductDetail, *rows: dict[str, str]) -> Plan:
    return plan(lines(*rows), {"sp32501": known}, {4: "服装 / 衬衫"})


# ---- new goods
def test_three_colours_become_one_product() -> None:
    found = plan(
        lines(
            shirt(value_1="红色", price_retail="￥64", unit="件", category="服装 / 衬衫"),
            shirt(value_1="白色", price_retail="1,280.50", barcodes="6901、6902"),
            {"code": " ＳＰ32501 ", "name": "男士衬衫", "value_1": "黑色"},
        ),
        {},
        {},
    )
    assert found.troubles == ()
    [one] = found.goods
    assert (one.is_new, one.is_changed, one.category, one.rows) == (True, True, "服装 / 衬衫", (2, 3, 4))
    assert (one.request.code, one.request.unit, one.request.attributes) == ("sp32501", "件", ("颜色",))
    assert [sku.values for sku in one.request.skus] == [("红色",), ("白色",), ("黑色",)]
    assert [sku.prices.get(PriceGrade.RETAIL) for sku in one.request.skus] == [D(64), D("1280.5"), None]
    assert one.request.skus[1].barcodes == ("6901", "6902")


def test_goods_without_attributes_need_code_and_name_only() -> None:
    found = plan(lines({"code": "tl1", "name": "台灯"}, {"code": "tl2", "name": "灯", "sku_code": "TL2"}), {}, {})
    assert found.troubles == ()
    assert [(len(one.request.skus), one.request.attributes) for one in found.goods] == [(1, ()), (1, ())]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([{"code": "", "name": "a"}], [(2, "code", "row_code_missing")]),
        ([{"code": "a"}], [(2, "name", "row_name_missing")]),
        ([{"code": "a", "name": "a", "price_vip": "x"}], [(2, "price_vip", "row_not_a_number")]),
        ([{"code": "a", "name": "a", "price_vip": "1,5"}], [(2, "price_vip", "row_not_a_number")]),
        ([{"code": "a", "name": "a", "price_vip": "-1"}], [(2, "price_vip", "row_number_negative")]),
        ([{"code": "a", "name": "a", "price_vip": "0.1234567"}], [(2, "price_vip", "row_too_many_places")]),
        ([{"code": "a", "name": "a", "minimum_stock": "1e30"}], [(2, "minimum_stock", "row_number_too_large")]),
        ([{"code": "a", "name": "a", "tax_rate": "101%"}], [(2, "tax_rate", "row_rate_over_100")]),
        ([{"code": "a", "name": "a", "allow_negative": "也许"}], [(2, "allow_negative", "row_not_yes_no")]),
        ([{"code": "a", "name": "a", "sku_code": "a_001"}], [(2, "sku_code", "row_value_missing")]),
        ([{"code": "a", "name": "a", "value_1": "红"}], [(2, "attribute_1", "row_attribute_missing")]),
        ([{"code": "a", "name": "a"}, {"code": "a", "price_vip": "1"}],
         [(2, "code", "row_of_refused_goods"), (3, "sku_code", "row_sku_repeated")]),
        ([shirt(value_1="红"), shirt(value_1="红")],
         [(2, "code", "row_of_refused_goods"), (3, "sku_code", "row_sku_repeated")]),
        ([shirt(value_1="红"), shirt(name="别的名字", value_1="白")],
         [(2, "code", "row_of_refused_goods"), (3, "name", "row_differs")]),
        ([shirt(value_1="红"), shirt(attribute_1="尺码", value_1="L")],
         [(2, "code", "row_of_refused_goods"), (3, "attribute_1", "row_attributes_differ")]),
        ([shirt(value_1="红", attribute_2="颜色", value_2="白")], [(2, "attribute_2", "row_attribute_repeated")]),
        ([shirt(value_1=f"c{number}") for number in range(41)][:1] + [shirt(value_1=f"d{number}") for number in range(40)],
         [*((row, "code", "row_of_refused_goods") for row in range(2, 42)), (42, "value_1", "row_too_many_values")]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_line_by_line(rows: list[dict[str, str]], told: list[tuple[int, str, str]]) -> None:
    found = plan(lines(*rows, {"code": "good", "name": "好的"}), {}, {})
    assert [(one.row, one.key, one.code) for one in found.troubles] == told
    assert [one.request.code for one in found.goods] == ["good"]


@pytest.mark.manual("M49")
def test_forty_values_are_taken() -> None:
    found = plan(lines(*(shirt(value_1=f"c{number}") for number in range(40))), {}, {})
    assert (found.troubles, len(found.goods[0].request.skus)) == ((), 40)


# ---- stored goods
def test_the_same_again_changes_nothing() -> None:
    found = against(
        stored(),
        shirt(sku_code="sp32501_001", value_1="红色", price_retail="64", category="服装 / 衬衫", unit="件"),
        shirt(sku_code="sp32501_002", value_1="白色", price_retail="64.00"),
    )
    assert [(one.is_new, one.is_changed) for one in found.goods] == [(False, False)]


def test_empty_cells_and_lines_that_are_not_there_leave_things_as_they_are() -> None:
    [one] = against(stored(remark="旧"), {"code": "SP32501", "sku_code": "sp32501_002", "price_wholesale": "39"}).goods
    assert one.is_changed
    red, white = one.request.skus
    assert (red.prices, white.prices) == (
        {PriceGrade.RETAIL: D(64)},
        {PriceGrade.RETAIL: D(64), PriceGrade.WHOLESALE: D(39)},
    )
    assert (one.request.remark, one.request.name, one.request.version) == ("旧", "男士衬衫", 3)
    assert one.sku_rows == (None, 2)


def test_a_line_finds_its_sku_by_its_values_and_may_change_the_code() -> None:
    [one] = against(stored(), shirt(sku_code="sp32501_red", value_1="红色")).goods
    assert [(sku.sku_id, sku.code) for sku in one.request.skus] == [(1, "sp32501_red"), (2, "sp32501_002")]


def test_a_new_colour_stands_after_the_stored_ones() -> None:
    [one] = against(stored(), shirt(value_1="蓝色")).goods
    assert [(sku.sku_id, sku.values, sku.code) for sku in one.request.skus][2] == (None, ("蓝色",), "")


def test_a_head_alone_changes_the_product() -> None:
    [one] = against(stored(), {"code": "sp32501", "name": "新名字", "allow_negative": "是", "tax_rate": "13"}).goods
    assert (one.request.name, one.request.allow_negative, one.request.tax_rate) == ("新名字", True, 13)
    assert len(one.request.skus) == 2


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"code": "sp32501", "price_retail": "5"}, "row_sku_unknown"),
        ({"code": "sp32501", "sku_code": "other"}, "row_sku_unknown"),
        (shirt(attribute_1="尺码", value_1="L"), "row_attributes_differ"),
        (shirt(sku_code="sp32501_001", value_1="白色"), "row_sku_repeated"),
    ],
)
def test_lines_that_do_not_fit_stored_goods(row: dict[str, str], code: str) -> None:
    found = against(stored(), row)
    assert (found.goods, [one.code for one in found.troubles]) == ((), [code])


def test_every_reason_has_its_words() -> None:
    for code, words in ROWS.items():
        told = row_sentence(code, {"other": 3, "word": "甲", "places": 6, "limit": 40, "taken": "x", "barcode": "690"})
        assert told.endswith("。"), code
        assert "{" not in told, words
    assert row_sentence("row_never_heard_of", {}) == ROWS["row_refused"]


class _Faults(dict[tuple[int, int], CellFault]):
    """Counts how often all of them are gone through."""

    walks = 0

    def __iter__(self) -> Iterator[tuple[int, int]]:
        self.walks += 1
        return super().__iter__()


def test_many_empty_rows_among_many_faults_are_gone_through_once() -> None:
    faults = _Faults({(row, 1): CellFault.ERROR for row in range(51, 101)})
    table = SheetTable(
        "商品", 1, ("商品代码", "商品名称"), {"code": 0, "name": 1}, frozenset(), [["", ""]] * 100, faults
    )
    sheet = goods_reading._sheet(JobContext(), table, ())
    assert [one.row for one in sheet.bad] == list(range(52, 102))
    assert faults.walks == 1
