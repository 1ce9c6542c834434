"""批量设置: what it would change, what it changes, and taking it back; figures by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from jdy_desktop.models.account import AuditEntry
from jdy_desktop.models.ids import ProductId
from jdy_desktop.models.states import PriceGrade, Role
from jdy_desktop.services.book.catalog_upkeep import CatalogUpkeep
from jdy_desktop.services.book.product_batch import BatchChange, ProductBatch
from jdy_desktop.services.book.product_values import SaveProduct, SaveSku, as_request
from jdy_desktop.services.errors import Refused, Stale, UserError
from tests.support.counter import Counter

D = Decimal
RETAIL, WHOLESALE, VIP = PriceGrade.RETAIL, PriceGrade.WHOLESALE, PriceGrade.VIP


@pytest.fixture
def batch(stall: Counter) -> ProductBatch:
    return ProductBatch(stall.db, stall.ctx)


def product(stall: Counter, code: str, *prices: str, **more: Any) -> int:
    """One SKU per retail price."""
    skus = tuple(SaveSku((f"c{number}",), prices={RETAIL: D(price)}) for number, price in enumerate(prices))
    return stall.products.save(SaveProduct(code=code, name=f"商品{code}", attributes=("颜色",), skus=skus, **more))


def prices(stall: Counter, product_id: Any, grade: PriceGrade) -> list[Decimal | None]:
    return [one.prices.get(grade) for one in stall.products.product(product_id).skus]


# ---- prices
def test_prices_by_percent_round_half_up(stall: Counter, batch: ProductBatch) -> None:
    one = product(stall, "a", "10", "0.05", "33.33")
    change = BatchChange("price", D("97.5"), grade=RETAIL, mode="percent")
    preview = batch.preview([one], change)
    # 9.75; 0.04875 → 0.05, the same as before; 32.49675 → 32.50
    assert (preview.goods, preview.rows, preview.same, preview.skipped) == (1, 2, 0, ())
    assert [(line.code, line.before, line.after) for line in preview.lines] == [
        ("a_001", D(10), D("9.75")),
        ("a_003", D("33.33"), D("32.50")),
    ]
    assert prices(stall, one, RETAIL) == [10, D("0.05"), D("33.33")]  # a preview changes nothing
    report = batch.apply([one], change)
    assert report.preview == preview
    assert prices(stall, one, RETAIL) == [D("9.75"), D("0.05"), D("32.50")]
    assert batch.undo(report.undo) == (2, 0)
    assert prices(stall, one, RETAIL) == [10, D("0.05"), D("33.33")]


def test_a_grade_from_another_one_and_what_has_none(stall: Counter, batch: ProductBatch) -> None:
    one = product(stall, "a", "100", "80")
    none = stall.products.save(SaveProduct(code="n", name="没有价", skus=(SaveSku(),)))
    change = BatchChange("price", D(95), grade=VIP, mode="percent", base=RETAIL, places=0)
    report = batch.apply([one, none], change)
    assert report.preview.skipped == (("n", "no_base_price"),)
    assert prices(stall, one, VIP) == [95, 76]
    assert batch.undo(report.undo) == (2, 0)
    assert prices(stall, one, VIP) == [None, None]


def test_less_by_an_amount_never_goes_below_zero(stall: Counter, batch: ProductBatch) -> None:
    one = product(stall, "a", "10", "2")
    report = batch.apply([one], BatchChange("price", D(-3), grade=RETAIL, mode="add"))
    assert report.preview.skipped == (("a_002", "below_zero"),)
    assert prices(stall, one, RETAIL) == [7, 2]


def test_a_price_is_set_and_taken_away(stall: Counter, batch: ProductBatch) -> None:
    one = product(stall, "a", "10", "2")
    batch.apply([one], BatchChange("price", D("6.5"), grade=WHOLESALE))
    assert prices(stall, one, WHOLESALE) == [D("6.5")] * 2
    report = batch.apply([one], BatchChange("price", None, grade=WHOLESALE))
    assert prices(stall, one, WHOLESALE) == [None] * 2
    batch.undo(report.undo)
    assert prices(stall, one, WHOLESALE) == [D("6.5")] * 2


def test_undo_leaves_what_was_changed_since(stall: Counter, batch: ProductBatch) -> None:
    first, second = product(stall, "a", "10"), product(stall, "b", "20")
    report = batch.apply([first, second], BatchChange("price", D(1), grade=RETAIL))
    batch.apply([second], BatchChange("price", D(5), grade=RETAIL))
    assert batch.undo(report.undo) == (1, 1)
    assert (prices(stall, first, RETAIL), prices(stall, second, RETAIL)) == ([10], [5])


# ---- fields of the product
@pytest.mark.manual("M120")
@pytest.mark.parametrize("field", ["unit", "category"])
def test_undo_passes_over_a_unit_or_category_that_is_gone(stall: Counter, batch: ProductBatch, field: Any) -> None:
    upkeep = CatalogUpkeep(stall.db, stall.ctx)
    former, new = upkeep.add_category("童装"), upkeep.add_category("女装")
    changed = product(stall, "a", "10", unit="套", category_id=former)
    kept = product(stall, "b", "10", unit="箱", category_id=None)
    done = batch.apply([changed, kept], BatchChange(field, "双" if field == "unit" else new))
    if field == "unit":
        upkeep.delete_unit(next(unit.id for group in upkeep.unit_groups() for unit in group.units if unit.name == "套"))
    else:
        upkeep.delete_category(former)
    assert batch.undo(done.undo) == (1, 1)
    found = [stall.products.product(ProductId(one)) for one in (changed, kept)]
    assert [(one.unit, one.category_id) for one in found] == (
        [("双", former), ("箱", None)] if field == "unit" else [("套", new), ("箱", None)]
    )


def test_the_flag_is_set_for_a_hundred_and_undone(stall: Counter, batch: ProductBatch) -> None:
    ids = [stall.product_of(stall.goods(f"g{number}", allow_negative=number == 7)) for number in range(100)]
    report = batch.apply([*ids, 99_999], BatchChange("allow_negative", True))
    assert (report.preview.goods, report.preview.same) == (99, 1)
    assert all(stall.products.product(one).allow_negative for one in ids)
    assert batch.undo(report.undo) == (99, 0)
    assert [one for one in ids if stall.products.product(one).allow_negative] == [ids[7]]


def test_the_flag_is_the_owners(stall: Counter, batch: ProductBatch) -> None:
    one = stall.product_of(stall.goods("g"))
    stall.ctx.seat.take("小张", Role.CLERK, 2)
    with pytest.raises(Refused):
        batch.apply([one], BatchChange("allow_negative", True))
    batch.apply([one], BatchChange("specification", "大号"))
    assert stall.products.product(one).specification == "大号"


def test_category_unit_specification_tax_and_minimum(stall: Counter, batch: ProductBatch) -> None:
    one, two = product(stall, "a", "1", "2"), product(stall, "b", "3")
    lamps = stall.products.add_category("灯具")
    undo = []
    for change in (
        BatchChange("category", lamps),
        BatchChange("unit", "盏"),
        BatchChange("specification", " 12V "),
        BatchChange("tax_rate", D("6.5")),
        BatchChange("minimum_stock", D(3)),
        BatchChange("remark", "夏季"),
    ):
        report = batch.apply([one, two], change)
        assert report.preview.goods == 2
        undo.append(report.undo)
    after = stall.products.product(one)  # type: ignore[arg-type]
    assert (after.category, after.unit, after.specification, after.tax_rate, after.remark) == (
        "灯具", "盏", "12V", D("6.5"), "夏季",
    )  # fmt: skip
    assert [sku.minimum_stock for sku in after.skus] == [3, 3]
    for step in reversed(undo):
        batch.undo(step)
    back = stall.products.product(one)  # type: ignore[arg-type]
    assert (back.category, back.unit, back.specification, back.tax_rate, back.remark) == ("", "件", "", None, "")
    assert [sku.minimum_stock for sku in back.skus] == [0, 0]


def test_names_stand_in_the_preview(stall: Counter, batch: ProductBatch) -> None:
    one = product(stall, "a", "1")
    lamps = stall.products.add_category("灯具")
    assert batch.preview([one], BatchChange("category", lamps)).lines[0].after == "灯具"
    preview = batch.preview([one], BatchChange("unit", "从来没有"))
    assert (preview.lines[0].before, preview.lines[0].after) == ("件", "从来没有")


def test_an_open_form_hears_of_it(stall: Counter, batch: ProductBatch) -> None:
    one = product(stall, "a", "1")
    form = as_request(stall.products.product(one))  # type: ignore[arg-type]
    batch.apply([one], BatchChange("price", D(2), grade=RETAIL))
    with pytest.raises(Stale):
        stall.products.save(replace(form, name="别的"))
    assert stall.count(AuditEntry) >= 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (BatchChange("specification", "大" * 201), "text_too_long"),
        (BatchChange("tax_rate", D(101)), "tax_rate_out_of_range"),
        (BatchChange("category", 999), "category_unknown"),
        (BatchChange("minimum_stock", D(-1)), "number_negative"),
        (BatchChange("price", D("0.1234567"), grade=RETAIL), "too_many_places"),
        (BatchChange("price", None, grade=RETAIL, mode="percent"), "not_a_number"),
        (BatchChange("unit", "字" * 21), "text_too_long"),
    ],
)
def test_what_cannot_be_is_refused(stall: Counter, batch: ProductBatch, change: BatchChange, code: str) -> None:
    one = product(stall, "a", "1")
    for attempt in (batch.preview, batch.apply):
        with pytest.raises(UserError) as caught:
            attempt([one], change)
        assert caught.value.code == code
