"""Tables found in workbooks: the head wherever it stands, columns by name, errors and merged cells told apart from empty."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from jdy_desktop.services.book.opening_columns import COLUMN_NAMES, COST, PRODUCT, QUANTITY, SKU, WAREHOUSE, is_enough
from jdy_desktop.services.errors import JobCancelled
from jdy_desktop.services.excel import sheet_scan
from jdy_desktop.services.excel.faults import CellFault
from jdy_desktop.services.excel.reading import guess_columns, read_tables, title_key
from jdy_desktop.services.excel.sheet_scan import column_letters, column_number
from tests.unit.services.excel.workbooks import SHEET_PART, change, workbook


@pytest.mark.parametrize(
    ("titles", "wanted"),
    [
        (("商品代码", "SKU代码", "仓库", "期初数量", "期初单价"), {PRODUCT: 0, SKU: 1, WAREHOUSE: 2, QUANTITY: 3, COST: 4}),
        (("货号*", "数量（件）", "成本价(元)"), {PRODUCT: 0, QUANTITY: 1, COST: 2}),
        (("编码", "库存 数量", "进货价", "备注"), {PRODUCT: 0, QUANTITY: 1, COST: 2}),
        (("单品货号", "仓 库", "盘点数量", "单位成本："), {SKU: 0, WAREHOUSE: 1, QUANTITY: 2, COST: 3}),
        (("ＳＫＵ编码", "qty", "Unit Cost"), {SKU: 0, QUANTITY: 1, COST: 2}),
        (("商品代码", "单价", "成本价", "数量"), {PRODUCT: 0, COST: 2, QUANTITY: 3}),  # 单价 may be what it is sold for
        (("商品名称", "零售价", "颜色"), {}),
    ],
)  # fmt: skip
def test_columns_by_what_people_call_them(titles: tuple[str, ...], wanted: dict[str, int]) -> None:
    assert guess_columns(titles, COLUMN_NAMES) == (wanted, frozenset())


def test_two_columns_of_one_name_are_not_chosen_between() -> None:
    columns, twice = guess_columns(("货号", "数量", "数量", "成本"), COLUMN_NAMES)
    assert QUANTITY not in columns
    assert twice == {QUANTITY}


def test_no_name_is_claimed_by_two_columns() -> None:
    every = [title_key(name) for one in COLUMN_NAMES for name in one.names]
    assert len(every) == len(set(every))


@pytest.mark.parametrize(
    ("number", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_letters_of_columns(number: int, letters: str) -> None:
    assert column_letters(number) == letters
    assert column_number(letters) == number


def test_the_head_may_stand_below_a_title_and_on_any_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    cover = book.worksheets[0]
    cover.title = "封面"
    cover.append(["某某商行 库存表"])
    sheet = book.create_sheet("库存")
    for row in (["三月盘点"], [], ["序号", "货号", "数量", "成本"], [1, "sp1", 5, 2], [2, "00123", 6, 3]):
        sheet.append(row)
    hidden = book.create_sheet("旧")
    hidden.append(["货号", "数量", "成本"])
    hidden.append(["sp9", 1, 1])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    name, tables = read_tables(tmp_path / "a.xlsx", COLUMN_NAMES, is_enough)
    assert name == "a.xlsx"
    assert [(one.sheet, one.head_row, len(one.rows)) for one in tables] == [("库存", 3, 2)]
    assert tables[0].rows[1][1] == "00123"
    assert tables[0].is_plain


def test_errors_formulas_and_merged_cells_are_no_empty_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, [("sp1", "", "", "=1/0", 1), ("sp2", "", "", 2, 1), ("sp3", "", "", 3, 1), ("sp4", "", "", 4, 1)])
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet["C3"].value, sheet["C3"].data_type = "#N/A", "e"
    sheet.merge_cells("D4:D5")
    book.save(path)
    _, (table,) = read_tables(path, COLUMN_NAMES, is_enough)
    assert table.faults == {(1, 3): CellFault.NO_RESULT, (2, 2): CellFault.ERROR}
    assert table.merged == {3: frozenset({3}), 4: frozenset({3})}


def test_prefixed_and_unnumbered_xml_is_looked_through_as_well(tmp_path: Path) -> None:
    """Control: an error in a sheet that a search for the usual spelling would miss."""
    path = workbook(tmp_path / "a.xlsx", [("sp1", "", "档口仓", 2, 1)])
    change(path, SHEET_PART, lambda text: text.replace(b'<c r="C2" t="inlineStr">', b"<c r='C2' t='e'>").replace(
        "<is><t>档口仓</t></is>".encode(), b"<v>#REF!</v>"))  # fmt: skip
    _, (table,) = read_tables(path, COLUMN_NAMES, is_enough)
    assert table.faults == {(1, 2): CellFault.ERROR}


@pytest.mark.parametrize("walked", [True, False])
def test_reading_stops_wherever_it_is_cancelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, walked: bool) -> None:
    monkeypatch.setattr(sheet_scan, "_BLOCK", 512)
    path = workbook(tmp_path / "a.xlsx", [(f"sp{number}", "", "档口仓", 2, 1) for number in range(200)])
    if walked:
        change(path, SHEET_PART, lambda text: text.replace(b'<c r="C2" t="inlineStr">', b"<c r='C2' t='inlineStr'>"))
    asked = 0

    def count() -> None:
        nonlocal asked
        asked += 1

    read_tables(path, COLUMN_NAMES, is_enough, count)
    often, stop_at = asked, 0
    assert (often > 40) is walked, "a sheet that is walked through is looked up from between its blocks"

    def stop() -> None:
        count()
        if asked == stop_at:
            raise JobCancelled

    for stop_at in range(1, often + 1):
        asked = 0
        with pytest.raises(JobCancelled):
            read_tables(path, COLUMN_NAMES, is_enough, stop)
        assert asked == stop_at
