"""Goods out to a workbook and in again, through real files: what comes in, what stays out and why, and that nothing else moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from jdy_desktop.models.catalog import Product
from jdy_desktop.models.ids import ProductId
from jdy_desktop.models.states import PriceGrade, Role
from jdy_desktop.services.book.product_values import SaveProduct, SaveSku, as_request
from jdy_desktop.services.errors import Refused
from jdy_desktop.services.excel.faults import WorkbookRefused
from jdy_desktop.services.excel.goods_import import GoodsImport, GoodsImportReport
from jdy_desktop.services.excel.goods_table import COLUMNS
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.views.texts import row_sentence
from tests.support.books import copied_book, make_template
from tests.support.counter import Counter, open_counter
from tests.support.workbooks import workbook

D = Decimal
GOODS = (
    SaveProduct(
        code="sp32501", name="男士秋季衬衫量大可批发", unit="件", specification="中长款", tax_rate=D("13"), remark="=1+1",
        attributes=("颜色", "尺码"),
        skus=(
            SaveSku(("红色", "XL"), prices={PriceGrade.RETAIL: D("64"), PriceGrade.VIP: D("60.123456")}),
            SaveSku(("白/米", "XL"), code="sp_w", barcodes=("0690", "6902"), minimum_stock=D("2.5")),
        ),
    ),
    SaveProduct(code="0019005", name="PET电气绝缘胶带", unit="卷", skus=(SaveSku(prices={PriceGrade.RETAIL: D("13.92")}),)),
)  # fmt: skip


@pytest.fixture
def excel(stall: Counter) -> GoodsImport:
    return GoodsImport(stall.db, stall.ctx)


def run(excel: GoodsImport, path: Path) -> GoodsImportReport:
    """As the dialog does it; the preview told the same."""
    sheet = excel.read(JobContext(), path)
    preview = excel.preview(sheet)
    report = excel.run(JobContext(), sheet)
    assert preview == report
    return report


def all_goods(stall: Counter) -> list[Any]:
    with stall.db.read() as session:
        ids = list(session.scalars(select(Product.id).order_by(Product.code_key)))
    found = [as_request(stall.products.product(ProductId(one))) for one in ids]
    return [
        (one.code, one.name, one.unit, one.specification, one.tax_rate, one.remark, one.attributes, one.allow_negative,
         [(sku.values, sku.code, sku.prices, sku.barcodes, sku.minimum_stock) for sku in one.skus])
        for one in found
    ]  # fmt: skip


# ---- out and in again
@pytest.mark.manual("M47", "M48")
def test_what_goes_out_comes_in_unchanged(stall: Counter, excel: GoodsImport, tmp_path: Path) -> None:
    ids = stall.products.create_many(GOODS)
    assert excel.export(tmp_path / "out.xlsx", ids) == 3
    before = all_goods(stall)
    versions = [stall.products.product(one).version for one in ids]
    report = run(excel, tmp_path / "out.xlsx")
    assert (report.lines, report.created, report.changed, report.unchanged, report.troubles) == (3, 0, 0, 2, ())
    assert all_goods(stall) == before
    assert [stall.products.product(one).version for one in ids] == versions


def test_an_empty_book_gets_the_same_goods(
    stall: Counter, excel: GoodsImport, tmp_path: Path, frozen_clock: Any
) -> None:
    lamps = stall.products.add_category("灯", stall.products.add_category("家居/家装"))
    ids = stall.products.create_many([*GOODS, SaveProduct("tl1", "台灯", (SaveSku(),), category_id=lamps)])
    excel.export(tmp_path / "out.xlsx", ids)
    with copied_book(make_template(tmp_path / "empty.jdy"), tmp_path / "second.jdy") as book:
        other = open_counter(book, frozen_clock)
        fresh = GoodsImport(other.db, other.ctx)
        report = run(fresh, tmp_path / "out.xlsx")
        assert (report.created, report.new_skus, report.troubles) == (3, 4, ())
        assert all_goods(other) == all_goods(stall)
        assert [(one.name, one.count) for one in other.products.category_tree()] == [("家居/家装", 0), ("灯", 1)]
        again = run(fresh, tmp_path / "out.xlsx")
        assert (again.created, again.changed, again.unchanged) == (0, 0, 3)


# ---- what people really write
def test_other_names_other_order_and_numbers_as_excel_has_them(
    stall: Counter, excel: GoodsImport, tmp_path: Path
) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        ["四季青 2019 春季款式表"],
        ["尺码", "颜色", "备用列", "拿货价", "品名", "款号（必填）", "价格", "条形码"],
        [38, "红", "x", "￥３９", "女鞋", 19004, 59.9, 6901234567892.0],
        [39, "红", None, 39, None, "19004", "1,059.90", "6901234567893"],
        [],
        [None, None, None, 5, "鞋垫", "0012", 9, None],
    )
    sheet = excel.read(JobContext(), path)
    assert (sheet.unknown, len(sheet.lines)) == (("备用列",), 3)
    report = run(excel, path)
    assert (report.created, report.troubles) == (2, ())
    shoe = next(one for one in all_goods(stall) if one[0] == "19004")
    assert (shoe[1], shoe[6]) == ("女鞋", ("颜色", "尺码") if shoe[6][0] == "颜色" else ("尺码", "颜色"))
    assert [(set(values), prices, codes) for values, _code, prices, codes, _minimum in shoe[8]] == [
        ({"红", "38"}, {PriceGrade.RETAIL: D("59.9"), PriceGrade.WHOLESALE: D(39)}, ("6901234567892",)),
        ({"红", "39"}, {PriceGrade.RETAIL: D("1059.9"), PriceGrade.WHOLESALE: D(39)}, ("6901234567893",)),
    ]
    assert "0012" in [one[0] for one in all_goods(stall)]  # leading zeros of text stay


def test_prices_of_stored_goods_change_and_the_rest_stays(stall: Counter, excel: GoodsImport, tmp_path: Path) -> None:
    ids = stall.products.create_many(GOODS)
    path = workbook(
        tmp_path / "p.xlsx", ["SKU代码", "商品代码", "VIP价"], ["sp_w", "SP32501", 8.5], [None, "0019005", 3]
    )
    before = all_goods(stall)
    report = run(excel, path)
    assert (report.created, report.changed, report.troubles) == (0, 2, ())
    after = all_goods(stall)
    assert after[0][8][0][2] == {PriceGrade.RETAIL: D("13.92"), PriceGrade.VIP: D(3)}
    assert after[1][8][1][2] == {PriceGrade.VIP: D("8.5")}
    after[0][8][0][2].pop(PriceGrade.VIP)
    after[1][8][1][2].pop(PriceGrade.VIP)
    assert after == before
    assert [stall.products.product(one).version for one in ids] == [2, 2]


def test_a_new_size_and_a_new_name(stall: Counter, excel: GoodsImport, tmp_path: Path) -> None:
    [shirt, _tape] = stall.products.create_many(GOODS)
    stall.receive(stall.products.product(shirt).skus[0].id, "3", "1")
    heads = ["商品代码", "商品名称", "颜色", "尺码", "零售价", "商品类别"]
    path = workbook(tmp_path / "n.xlsx", heads, ["sp32501", "新名字", "红色", "M", 70, "服装 / 衬衫"])
    report = run(excel, path)
    assert (report.changed, report.new_skus, report.troubles) == (1, 1, ())
    detail = stall.products.product(shirt)
    assert (detail.name, detail.category, [sku.name for sku in detail.skus]) == (
        "新名字", "衬衫", ["红色/XL", "白/米/XL", "红色/M"],
    )  # fmt: skip
    assert (detail.skus[2].code, detail.skus[0].stock) == ("sp32501_002", 3)


# ---- what stays out
def test_bad_lines_stay_out_and_come_back_as_a_workbook(stall: Counter, excel: GoodsImport, tmp_path: Path) -> None:
    stall.products.save(SaveProduct("old", "旧", (SaveSku(barcodes=("690",)),)))
    path = workbook(
        tmp_path / "b.xlsx",
        ["商品代码", "商品名称", "零售价", "条码", "颜色"],
        ["good", "好的", 1],
        ["a", "坏价", "1,5"],
        ["b", "坏条码", 1, "690"],
        ["c", "同色", 1, None, "红"],
        ["c", None, 1, None, "红"],
        [None, "没有代码", 1],
    )
    report = run(excel, path)
    assert (report.lines, report.created, report.bad_lines) == (6, 1, 5)
    told = [(one.row, one.column, one.value, row_sentence(one.code, one.params)) for one in report.troubles]
    assert told == [
        (3, "零售价", "1,5", "不是数字。改成数字，或清空。"),
        (4, "条码", "690", "条码 690 已经有 old 在用。换一个条码。"),
        (5, "商品代码", "c", "同一个商品的第 6 行有问题，这一行也没有导入。改好那一行，一起再导入。"),
        (6, "SKU代码", "", "和第 5 行是同一个 SKU。删掉一行。"),
        (7, "商品代码", "", "没有商品代码。填上代码。"),
    ]
    sheet = excel.read(JobContext(), path)
    bad = tmp_path / "bad.xlsx"
    words = [(one, row_sentence(one.code, one.params)) for one in report.troubles]
    assert excel.write_bad_lines(bad, sheet, words) == 5
    back = excel.read(JobContext(), bad)
    assert [line.text("name") for line in back.lines] == ["坏价", "坏条码", "同色", "", "没有代码"]
    assert back.unknown == ("原因",)
    assert run(excel, path).created == 0  # the good one is there already


def test_cells_that_excel_spoilt_are_named(stall: Counter, excel: GoodsImport, tmp_path: Path) -> None:
    from datetime import date

    path = workbook(
        tmp_path / "s.xlsx",
        ["商品代码", "商品名称", "规格", "零售价"],
        [12345678901234567890.0, "长", None, 1],
        ["b", "日期", date(2019, 1, 2), 1],
        ["c", "真假", None, True],
        [1.5, "小数", None, 1],
    )
    report = run(excel, path)
    assert [(one.row, one.column, one.code) for one in report.troubles] == [
        (2, "商品代码", "row_code_is_a_long_number"),
        (3, "规格", "row_cell_is_a_date"),
        (4, "零售价", "row_cell_is_true_or_false"),
        (5, "商品代码", "row_code_is_a_fraction"),
    ]
    assert stall.count(Product) == 0


def test_the_product_of_an_unreadable_line_stays_out_whole(stall: Counter, excel: GoodsImport, tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "h.xlsx", ["商品代码", "商品名称", "颜色", "零售价"], ["a", "衬衫", "红", 1], ["a", None, "白", True]
    )
    report = run(excel, path)
    assert [(one.row, one.code) for one in report.troubles] == [
        (2, "row_of_refused_goods"),
        (3, "row_cell_is_true_or_false"),
    ]
    assert stall.count(Product) == 0


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.write_text("商品代码,商品名称\na,b\n"), None),
        (lambda path: workbook(path, ["名称", "数量"], ["a", 1]), "column_missing"),
        (lambda path: workbook(path, ["商品代码", "商品代码", "名称"], ["a", "b", "c"]), "column_twice"),
        (lambda path: workbook(path), None),
    ],
)
def test_files_that_are_no_goods_list(
    excel: GoodsImport, tmp_path: Path, make: Callable[[Path], Any], reason: str | None
) -> None:
    path = tmp_path / "x.xlsx"
    make(path)
    with pytest.raises(WorkbookRefused) as caught:
        excel.read(JobContext(), path)
    if reason is not None:
        assert caught.value.params["reason"] == reason


def test_the_template_can_be_filled_and_read(excel: GoodsImport, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = tmp_path / "template.xlsx"
    excel.template(path)
    book = load_workbook(path)
    sheet = book["商品资料"]
    assert [cell.value for cell in sheet[1]][:2] == ["商品代码", "商品名称"]
    assert sheet.max_row == 1
    known = [cell.value for row in book["说明"].iter_rows(min_row=4) for cell in row[:1]]
    assert set(known) <= {one.title for one in COLUMNS}
    sheet.append(["t1", "台灯"])
    book.save(path)
    assert run(excel, path).created == 1


def test_the_flag_needs_the_owner(stall: Counter, excel: GoodsImport, tmp_path: Path) -> None:
    stall.goods("a")
    path = workbook(tmp_path / "f.xlsx", ["商品代码", "允许负库存"], ["a", "是"])
    stall.ctx.seat.take("小张", Role.CLERK, 2)
    with pytest.raises(Refused):
        excel.run(JobContext(), excel.read(JobContext(), path))
    stall.ctx.seat.take("王姐", Role.OWNER, 1)
    assert excel.run(JobContext(), excel.read(JobContext(), path)).changed == 1


def test_a_change_between_looking_and_storing_is_seen(stall: Counter, excel: GoodsImport, tmp_path: Path) -> None:
    """Planning holds no lock; what was changed meanwhile is planned again before anything is written."""
    one = stall.product_of(stall.goods("a", price="10"))
    path = workbook(tmp_path / "c.xlsx", ["商品代码", "VIP价"], ["a", 8])

    class Overtaken:
        """Somebody else saves just before the import writes."""

        read = stall.db.read

        def write(self) -> Any:
            form = as_request(stall.products.product(one))
            stall.products.save(replace(form, name="刚改的名字"))
            return stall.db.write()

    excel._db = Overtaken()  # type: ignore[assignment]
    report = excel.run(JobContext(), excel.read(JobContext(), path))
    after = stall.products.product(one)
    assert (report.changed, report.troubles, after.name) == (1, (), "刚改的名字")
    assert after.skus[0].prices[PriceGrade.VIP] == 8
