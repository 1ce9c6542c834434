"""Workbooks out: nothing of ours becomes a formula; a failure leaves the old file."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from jdy_desktop.services.errors import LocalError
from jdy_desktop.services.excel.writing import Sheet, SheetColumn, sheet_name, write_sheets, write_table

_COLUMNS = ("名称", SheetColumn("金额", 12, "#,##0.00"), "日期")


@pytest.mark.parametrize("text", ["=1+1", "+86 138", "-5", "@SUM(A1)", "\t=1", '=HYPERLINK("http://a","b")', "001"])
def test_text_is_never_a_formula_and_reads_back_as_it_was(tmp_path: Path, text: str) -> None:
    write_table(tmp_path / "a.xlsx", "表", _COLUMNS, [(text, Decimal("1234.5"), date(2026, 11, 23))])
    row = openpyxl.load_workbook(tmp_path / "a.xlsx")["表"][2]
    assert row[0].data_type == "s"
    assert row[0].value == text
    assert row[1].value == 1234.5
    assert row[1].number_format == "#,##0.00"
    value = row[2].value
    assert isinstance(value, datetime)
    assert value.date() == date(2026, 11, 23)


def test_lines_above_totals_below_and_frozen_head(tmp_path: Path) -> None:
    write_table(
        tmp_path / "a.xlsx",
        "对账单",
        _COLUMNS,
        [("甲", 1, None)],
        above=("客户：甲", "=期间"),
        totals=[("合计", Decimal(1), None)],
    )
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["对账单"]
    assert [[cell.value for cell in row] for row in sheet.rows] == [
        ["客户：甲", None, None],
        ["=期间", None, None],
        ["名称", "金额", "日期"],
        ["甲", 1, None],
        ["合计", 1, None],
    ]
    assert sheet.freeze_panes == "A4"
    assert [sheet[name].font.bold for name in ("A3", "A4", "A5")] == [True, False, True]


def test_several_sheets_and_control_characters(tmp_path: Path) -> None:
    write_sheets(
        tmp_path / "a.xlsx",
        [Sheet("一", [SheetColumn("a")], [("x\x00y\x1f",)]), Sheet("a/b:c", [SheetColumn("a")], [])],
    )
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["一", "a b c"]
    assert book["一"]["A2"].value == "xy"


def test_name_of_a_sheet_is_one_excel_takes() -> None:
    assert sheet_name("[对账]*单?") == "对账  单"
    assert sheet_name("") == "Sheet1"
    assert len(sheet_name("长" * 60)) == 31


def test_failure_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a.xlsx"
    target.mkdir()
    with pytest.raises(LocalError) as caught:
        write_table(target, "表", _COLUMNS, [])
    assert caught.value.code == "export_failed"
    assert [one.name for one in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_row_of_the_wrong_width_is_refused_loudly(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="argument"):
        write_table(tmp_path / "a.xlsx", "表", _COLUMNS, [("甲", 1)])
    assert not (tmp_path / "a.xlsx").exists()
