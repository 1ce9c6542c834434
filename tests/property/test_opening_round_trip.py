"""Import → export → import is the identity; a row is taken exactly as written or not at all."""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.opening import OpeningStock
from jdy_desktop.services.book.opening_import import OpeningImport, read_opening, write_bad_rows
from jdy_desktop.services.excel.cells import number_of
from jdy_desktop.services.excel.faults import RowFault
from jdy_desktop.services.excel.writing import write_table
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.cases import cases
from tests.support.counter import Counter, open_counter
from tests.unit.services.excel.workbooks import HEAD, workbook

numbers = st.one_of(
    st.integers(0, 10**9),
    st.decimals(0, 10**9, places=4),
    st.decimals(0, 10**6, places=6),
    st.floats(allow_nan=True, allow_infinity=True),
)


@settings(max_examples=cases(10_000), deadline=None)
@given(number=numbers, places=st.sampled_from((4, 6)))
def test_a_number_is_taken_exactly_or_refused(number: Any, places: int) -> None:
    """As Excel keeps it (15 digits): what is taken and written again is taken as the same."""
    cell = float(number)
    found = number_of(cell, places)
    if isinstance(found, RowFault):
        is_sound = math.isfinite(cell) and 0 <= cell < 1e12
        assert not is_sound or Decimal(f"{cell:.15g}") != round(Decimal(f"{cell:.15g}"), places)
        return
    exact = Decimal(found).scaleb(-places)
    assert exact == Decimal(f"{cell:.15g}")
    assert number_of(float(exact), places) == found
    assert number_of(f"{exact:f}", places) == found
    assert number_of(f"{exact:,f}", places) == found


rows = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 10**7), st.integers(0, 10**8)), max_size=6, unique_by=lambda one: one[0]
)


@pytest.fixture
def stall(book: Database, frozen_clock: Any) -> Counter:
    return open_counter(book, frozen_clock)


def test_import_export_import(stall: Counter, tmp_path: Path) -> None:
    codes = ("sp1", "00123", "6901234567892", "=1+1", "＠x", "a b")
    for code in codes:
        stall.goods(code)
    stock, service = OpeningStock(stall.db, stall.ctx), OpeningImport(stall.db, stall.ctx)

    @settings(max_examples=cases(10_000, 30), deadline=None, suppress_health_check=list(HealthCheck))
    @given(rows)
    def check(given_rows: list[tuple[int, int, int]]) -> None:
        if not given_rows:
            return
        cells = [(codes[at], "", "", Decimal(n).scaleb(-4), Decimal(cost).scaleb(-6)) for at, n, cost in given_rows]
        write_table(tmp_path / "in.xlsx", "期初", HEAD, cells)
        plan = service.plan(read_opening(tmp_path / "in.xlsx"))
        assert plan.problems == ()
        service.run(plan)
        stored = {row.code: (row.quantity, row.unit_cost) for row in stock.rows()}
        for at, quantity, cost in given_rows:
            wanted = (Decimal(quantity).scaleb(-4), Decimal(cost).scaleb(-6))
            assert stored.get(codes[at], (Decimal(0), wanted[1])) == wanted
        out = [(row.code, "", row.warehouse, row.quantity, row.unit_cost) for row in stock.rows()]
        write_table(tmp_path / "out.xlsx", "期初库存", HEAD, out)
        if out:
            again = service.plan(read_opening(tmp_path / "out.xlsx"))
            assert (again.problems, again.lines, again.unchanged) == ((), (), len(out))
            assert again.before == again.after

    check()
    assert check_book(stall.db, JobContext()).problems == ()


def test_bad_rows_come_back_as_they_were(stall: Counter, tmp_path: Path) -> None:
    """Refused again for the same reasons, formulas of strangers stay text, and mended they go in."""
    stall.goods("sp1")
    service = OpeningImport(stall.db, stall.ctx)
    rows = [
        ("sp1", None, None, -5, 3.25),
        ("00999", None, "档口仓", 1.5, "NaN"),
        ("=cmd|'/c calc'!A1", "+1", None, 1, 1),
    ]
    first = workbook(tmp_path / "in.xlsx", rows)
    import openpyxl

    book = openpyxl.load_workbook(first)
    book["Sheet1"]["A4"].data_type = "s"
    book.save(first)
    plan = service.plan(read_opening(first))
    assert write_bad_rows(tmp_path / "bad.xlsx", plan, lambda one: one.fault.value) == 3
    again = service.plan(read_opening(tmp_path / "bad.xlsx"))

    def facts(one: Any) -> list[tuple[str, str, RowFault]]:
        return [(problem.column, problem.value, problem.fault) for problem in one.problems]

    assert facts(again) == facts(plan)
    bad = openpyxl.load_workbook(tmp_path / "bad.xlsx")
    sheet = bad["Sheet1"]
    assert {cell.data_type for row in sheet.rows for cell in row} <= {"s", "n"}
    sheet["D2"].value = 5
    bad.save(tmp_path / "mended.xlsx")
    assert service.run(service.plan(read_opening(tmp_path / "mended.xlsx"))).imported == 1
