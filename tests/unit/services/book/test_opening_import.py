"""The plan of an import and what it does to a book that is in use: sold goods, changed rows, undo, cancel."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jdy_desktop.models.documents import Document
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.opening import OpeningLine, OpeningStock
from jdy_desktop.services.book.opening_import import (
    ImportPlan,
    OpeningImport,
    Totals,
    read_opening,
    without_replacing,
)
from jdy_desktop.services.errors import JobCancelled, Stale
from jdy_desktop.services.excel.faults import RowFault
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.counter import Counter
from tests.unit.services.excel.workbooks import workbook

D = Decimal
HEAD = ("货号", "数量", "成本价")


class Desk:
    """A counter and the import on it."""

    def __init__(self, stall: Counter, folder: Path) -> None:
        self.stall, self._folder = stall, folder
        self.service = OpeningImport(stall.db, stall.ctx)
        self.stock = OpeningStock(stall.db, stall.ctx)

    def plan(self, *rows: tuple[Any, ...], **more: Any) -> ImportPlan:
        return self.service.plan(read_opening(workbook(self._folder / "a.xlsx", rows, head=HEAD)), **more)

    def stored(self) -> dict[str, tuple[Decimal, Decimal]]:
        assert check_book(self.stall.db, JobContext()).problems == ()
        return {row.code: (row.quantity, row.unit_cost) for row in self.stock.rows()}


@pytest.fixture
def desk(stall: Counter, tmp_path: Path) -> Desk:
    return Desk(stall, tmp_path)


def test_totals_before_and_after(desk: Desk) -> None:
    for code in ("a", "b", "c"):
        desk.stall.goods(code)
    desk.service.run(desk.plan(("a", 10, 2), ("b", 4, 1.5)))
    plan = desk.plan(("a", 10, 2), ("b", 6, 1), ("c", 2.5, 3.333))
    # 10 × 2 + 4 × 1.5 = 26; b becomes 6 × 1, c adds 2.5 × 3.333 = 8.3325 → 8.33
    assert plan.before == Totals(D(14), D(26))
    assert plan.after == Totals(D("18.5"), D("34.33"))
    assert (len(plan.lines), plan.unchanged, plan.replaced, plan.rows, plan.bad_rows) == (2, 1, 1, 3, 0)
    assert plan.default_warehouse
    kept = without_replacing(plan)
    assert ([line[0] for line in kept.lines], kept.replaced) == ([4], 0)
    assert [(one.row, one.fault) for one in kept.problems] == [(3, RowFault.REPLACES)]
    assert kept.after == Totals(D("16.5"), D("34.33"))


def test_an_opening_typed_since_the_look_is_not_replaced_unasked(desk: Desk) -> None:
    sku = desk.stall.goods("a")
    plan = desk.plan(("a", 10, 2))
    assert plan.replaced == 0
    desk.stock.save([OpeningLine(sku, desk.stall.warehouse, D(3), D(1))])
    with pytest.raises(Stale):
        desk.service.run(plan)
    assert desk.stored() == {"a": (D(3), D(1))}
    again = desk.plan(("a", 10, 2))
    assert (again.replaced, desk.service.run(again).replaced) == (1, 1)
    with pytest.raises(Stale):
        desk.service.run(again)


def test_a_figure_below_what_was_sold_stays_out_and_the_rest_goes_in(desk: Desk) -> None:
    one, _two = desk.stall.goods("a"), desk.stall.goods("b")
    desk.service.run(desk.plan(("a", 10, 2)))
    desk.stall.sale(desk.stall.line(one, "4"))
    plan = desk.plan(("a", 3, 2), ("b", 1, 1))
    assert [(p.row, p.fault, p.value, dict(p.hints)) for p in plan.problems] == [
        (2, RowFault.STOCK_SHORT, "3", {"sold": "4"})
    ]
    assert desk.service.run(plan).imported == 1
    assert desk.stored() == {"a": (D(10), D(2)), "b": (D(1), D(1))}
    assert desk.service.run(desk.plan(("a", 4, 2))).replaced == 1  # the control: as many as were sold
    assert desk.stall.stock(one) == 0


def test_goods_that_may_go_below_nothing_are_not_checked(desk: Desk) -> None:
    one = desk.stall.goods("a", allow_negative=True)
    desk.service.run(desk.plan(("a", 10, 2)))
    desk.stall.sale(desk.stall.line(one, "4"))
    assert desk.plan(("a", 3, 2)).problems == ()


@pytest.mark.manual("M117")
def test_undo_restores_what_stood_there_and_leaves_later_changes(desk: Desk) -> None:
    skus = {code: desk.stall.goods(code) for code in ("a", "b", "c")}
    desk.service.run(desk.plan(("a", 10, 2)))
    report = desk.service.run(desk.plan(("a", 7, 3), ("b", 1, 1), ("c", 2, 2)))
    assert report.undo is not None
    desk.stock.save([OpeningLine(skus["c"], desk.stall.warehouse, D(5), D(2))])
    assert desk.service.undo(report.undo) == (2, 1)
    assert desk.stored() == {"a": (D(10), D(2)), "c": (D(5), D(2))}
    assert [desk.stall.stock(skus[code]) for code in "abc"] == [D(10), D(0), D(5)]
    assert [desk.stall.value(skus[code]) for code in "abc"] == [D(20), D(0), D(10)]
    assert desk.service.undo(report.undo) == (0, 3)


@pytest.mark.manual("M118")
def test_the_same_file_again_writes_no_document(desk: Desk) -> None:
    desk.stall.goods("a")
    desk.service.run(desk.plan(("a", 10, 2)))
    documents = desk.stall.count(Document)
    report = desk.service.run(desk.plan(("A", "１０", "2.000000")))
    assert (report.imported, report.unchanged, report.saved) == (0, 1, None)
    assert desk.stall.count(Document) == documents


def test_cancel_while_it_is_looked_at(desk: Desk) -> None:
    desk.stall.goods("a")
    job = JobContext()
    job.cancel()
    with pytest.raises(JobCancelled):
        desk.plan(("a", 10, 2), job=job)
    assert desk.stored() == {}


def test_ten_thousand_bad_rows_are_all_told_soon(desk: Desk) -> None:
    """No look-up of one bad row walks through the whole book."""
    for number in range(40):
        desk.stall.goods(f"sp{number}")
    plan = desk.plan(*((f"x{number}", "许多", None) for number in range(10_000)))
    assert (plan.bad_rows, len(plan.problems), plan.lines) == (10_000, 30_000, ())


def test_error_and_merged_cells_stop_their_rows(desk: Desk, tmp_path: Path) -> None:
    import openpyxl

    for code in ("a", "b", "c", "d"):
        desk.stall.goods(code)
    path = workbook(tmp_path / "a.xlsx", [("a", "档口仓", 1, 1), ("b", "", 2, 1), ("c", "", 3, 1), ("d", "", 4, 1)],
                    head=("货号", "仓库", "数量", "成本"))  # fmt: skip
    book = openpyxl.load_workbook(path)
    sheet: Any = book.active
    sheet["B2"].value, sheet["B2"].data_type = "#N/A", "e"
    sheet.merge_cells("C3:C4")
    book.save(path)
    plan = desk.service.plan(read_opening(path))
    assert [(one.row, one.key, one.fault) for one in plan.problems] == [
        (2, "warehouse", RowFault.ERROR), (3, "quantity", RowFault.MERGED), (4, "quantity", RowFault.MERGED),
    ]  # fmt: skip
    assert [line[0] for line in plan.lines] == [5]  # an empty warehouse means the only one; an error does not
