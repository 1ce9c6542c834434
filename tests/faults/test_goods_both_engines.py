"""Goods in bulk, 批量设置, 商品特性, workbooks and sorting: the same on SQLite and on PostgreSQL, counted by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.catalog_upkeep import CatalogUpkeep
from jdy_desktop.services.book.product_batch import BatchChange, ProductBatch
from jdy_desktop.services.book.product_values import SaveProduct, SaveSku
from jdy_desktop.services.excel.goods_import import GoodsImport
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.goods import GoodsFilter, GoodsList
from tests.support.counter import Counter, open_counter

D = Decimal


@pytest.fixture
def stall(shared_book: Any, frozen_clock: Any) -> Counter:
    return open_counter(shared_book, frozen_clock)


def shirt(code: str, *prices: str) -> SaveProduct:
    skus = tuple(
        SaveSku((colour,), prices={PriceGrade.RETAIL: D(price)}, barcodes=(f"{code}{colour}",))
        for colour, price in zip(("红", "白", "黑"), prices, strict=False)
    )
    return SaveProduct(code, f"衬衫{code}", skus, attributes=("颜色",))


@pytest.mark.manual("M51", "M120")
def test_many_goods_at_once_and_then_by_hand(stall: Counter) -> None:
    first, second = stall.products.create_many([shirt("sp1", "10", "20", "30"), shirt("sp2", "5")])
    by_hand = stall.products.save(shirt("sp3", "7"))  # the engine's own counter gives a free id
    assert len({first, second, by_hand}) == 3
    assert [one.code for one in stall.products.product(first).skus] == ["sp1_001", "sp1_002", "sp1_003"]
    batch = ProductBatch(stall.db, stall.ctx)
    report = batch.apply(
        [first, second], BatchChange("price", D(90), grade=PriceGrade.VIP, mode="percent", base=PriceGrade.RETAIL)
    )
    assert [one.prices[PriceGrade.VIP] for one in stall.products.product(first).skus] == [9, 18, 27]
    assert batch.undo(report.undo) == (4, 0)
    flagged = batch.apply([first, second, by_hand], BatchChange("allow_negative", True))
    assert flagged.preview.goods == 3
    listed = GoodsList(stall.db)
    rows = listed.rows(listed.ids(GoodsFilter()))
    for sort, wanted in (
        ("retail", "sp2 sp3 sp1"),
        ("n_skus", "sp3 sp2 sp1"),
        ("stock", "sp3 sp2 sp1"),
        ("code", "sp1 sp2 sp3"),
    ):
        ids = listed.ids(GoodsFilter(sort=sort))  # type: ignore[arg-type]
        assert " ".join(rows[one].code for one in ids) == wanted
    assert [rows[one].code for one in listed.ids(GoodsFilter(sort="retail", descending=True))] == ["sp1", "sp3", "sp2"]


def test_codes_and_barcodes_trade_places(stall: Counter) -> None:
    product = stall.products.save(shirt("sp1", "1", "2"))
    red, white = stall.products.product(product).skus
    swapped = tuple(
        SaveSku(one.values, one.id, other.code, one.prices, other.barcodes)
        for one, other in ((red, white), (white, red))
    )
    stall.products.save(SaveProduct("sp1", "衬衫", swapped, product, 1, attributes=("颜色",)))
    assert [(one.name, one.code) for one in stall.products.product(product).skus] == [
        ("红", "sp1_002"),
        ("白", "sp1_001"),
    ]


def test_a_workbook_comes_in(stall: Counter, tmp_path: Path) -> None:
    excel = GoodsImport(stall.db, stall.ctx)
    ids = stall.products.create_many([shirt("sp1", "10", "20"), shirt("sp2", "5")])
    excel.export(tmp_path / "out.xlsx", ids)
    sheet = excel.read(JobContext(), tmp_path / "out.xlsx")
    report = excel.run(JobContext(), sheet)
    assert (report.unchanged, report.changed, report.troubles) == (2, 0, ())
    stall.products.delete([ids[1]])
    again = excel.run(JobContext(), sheet)
    assert (again.created, again.unchanged, again.troubles) == (1, 1, ())


def test_what_goods_are_filed_under(stall: Counter) -> None:
    upkeep = CatalogUpkeep(stall.db, stall.ctx)
    low = upkeep.add_category("衬衫", upkeep.add_category("服装"))
    product = stall.product_of(stall.goods("a", category_id=low, unit="箱"))
    assert upkeep.delete_category(low).goes_to == "服装"
    assert stall.products.product(product).category == "服装"
    box = next(one for one in upkeep.unit_groups() if one.name == "箱")
    upkeep.change_unit(box.units[0].id, "大箱", D(1))
    assert stall.products.product(product).unit == "大箱"
    stall.products.save(shirt("sp1", "1", "2"))
    [colour] = [one for one in upkeep.attributes() if one.name == "颜色"]
    assert upkeep.rename_value(colour.values[0].id, "大红") == 1
