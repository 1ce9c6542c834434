"""A workbook of goods as lines of words: columns by their names, each cell normalised or refused, never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from jdy_desktop.services.excel.cells import code_of, shown
from jdy_desktop.services.excel.faults import RowFault, WorkbookFault, WorkbookRefused
from jdy_desktop.services.excel.goods_rows import SheetLine, Trouble
from jdy_desktop.services.excel.goods_table import COLUMNS, MOST_ATTRIBUTES
from jdy_desktop.services.excel.reading import ColumnNames, SheetTable, read_tables, title_key
from jdy_desktop.services.machine.jobs import JobContext

#: heads that name an attribute themselves; the cells below are its values.
DIRECT = ("颜色", "颜色分类", "色号", "尺码", "尺寸", "鞋码", "款式", "香型", "口味", "容量")
_CODES = ("code", "sku_code", "barcodes")
_NUMBERS = ("tax_rate", "minimum_stock", "price_")
#: one word for all lines of a product: merged over them it says the same.
_OF_PRODUCT = ("name", "category", "unit", "specification", "tax_rate", "allow_negative", "remark")
_EXACT_DIGITS = 15  # Excel keeps no more


@dataclass(frozen=True, slots=True)
class GoodsSheet:
    """A workbook as it was read. `found`: column keys in their order; `unknown`: heads that mean nothing to us.

    `troubles`: cells that could not be read; their lines are not in `lines`, but in `bad`. `others`: further sheets with a
    head of goods, which were not read.
    """

    name: str
    found: tuple[str, ...]
    unknown: tuple[str, ...]
    lines: tuple[SheetLine, ...]
    bad: tuple[SheetLine, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    others: tuple[str, ...] = ()


def read_goods(job: JobContext, path: Path) -> GoodsSheet:
    """Raises WorkbookRefused: the file as a whole cannot be used; nothing was stored."""
    names = [ColumnNames(one.key, (one.title, *one.names)) for one in COLUMNS]
    _file, tables = read_tables(path, names, lambda columns: "code" in columns and len(columns) > 1, job.check)
    job.check()
    table = tables[0]
    titles = {one.key: one.title for one in COLUMNS}
    if table.twice:
        twice = tuple(titles[key] for key in sorted(table.twice))
        raise WorkbookRefused(reason=WorkbookFault.COLUMN_TWICE.value, sheet=table.sheet, columns=twice)
    if "code" not in table.columns:
        raise WorkbookRefused(reason=WorkbookFault.COLUMN_MISSING.value, sheet=table.sheet, columns=(titles["code"],))
    return _sheet(job, table, tuple(one.sheet for one in tables[1:]))


def _sheet(job: JobContext, table: SheetTable, others: tuple[str, ...]) -> GoodsSheet:
    direct = _direct(table)
    places = dict(table.columns)
    for number, (_name, place) in enumerate(direct, 1):
        places[f"value_{number}"] = place
    lines: list[SheetLine] = []
    bad: list[SheetLine] = []
    troubles: list[Trouble] = []
    spoilt = {at for at, _place in table.faults}
    for number, row in enumerate(table.rows):
        job.step(number, len(table.rows))
        if not any(cell not in ("", None) for cell in row) and table.head_row + number not in spoilt:
            continue
        line, wrong = _line(table, number, row, places, direct)
        troubles += wrong
        (bad if wrong else lines).append(line)
    used = {*table.columns.values(), *(place for _name, place in direct)}
    unknown = tuple(title for place, title in enumerate(table.titles) if title and place not in used)
    found = tuple(one.key for one in COLUMNS if one.key in places or _is_named(one.key, len(direct)))
    return GoodsSheet(table.sheet, found, unknown, tuple(lines), tuple(bad), tuple(troubles), others)


def _is_named(key: str, direct: int) -> bool:
    """Whether it is the name of an attribute whose values stand under their own head."""
    return key.startswith("attribute_") and int(key.rpartition("_")[2]) <= direct


def _direct(table: SheetTable) -> list[tuple[str, int]]:
    """颜色, 尺码 … as heads of their own, when the workbook has no columns 属性值1 …: (name, place)."""
    if any(key.startswith("value_") for key in table.columns):
        return []
    keys = {title_key(one): one for one in DIRECT}
    used = set(table.columns.values())
    found = [
        (title.strip(), place)
        for place, title in enumerate(table.titles)
        if title_key(title) in keys and place not in used
    ]
    return found[:MOST_ATTRIBUTES]


def _line(
    table: SheetTable,
    number: int,
    row: Sequence[Any],
    places: Mapping[str, int],
    direct: Sequence[tuple[str, int]],
) -> tuple[SheetLine, list[Trouble]]:
    at = table.head_row + number  # from 0; the line itself counts from 1
    cells: dict[str, str] = {}
    troubles: list[Trouble] = []
    for key, place in places.items():
        cell = row[place] if place < len(row) else ""
        fault = table.faults.get((at, place))
        found = RowFault(fault.value) if fault is not None else _text(key, cell)
        if not isinstance(found, RowFault) and place in table.merged.get(at, ()) and key not in _OF_PRODUCT:
            found = RowFault.MERGED
        if isinstance(found, RowFault):
            cells[key] = shown(cell)
            troubles.append(Trouble(at + 1, key, shown(cell), f"row_{found.value}"))
        else:
            cells[key] = found
    for place, (name, _column) in enumerate(direct, 1):
        if cells.get(f"value_{place}"):
            cells[f"attribute_{place}"] = name
    return SheetLine(at + 1, cells), troubles


def _text(key: str, cell: Any) -> str | RowFault:
    """The words of a cell, or why it cannot be taken."""
    if cell is None or cell == "":
        return ""
    if key in _CODES:
        return code_of(cell)
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return shown(cell) if key == "allow_negative" else RowFault.TRUTH
    if isinstance(cell, (date, time, timedelta)):
        return RowFault.DATE
    if key.startswith(_NUMBERS):
        return _number(float(cell))
    return shown(cell)


def _number(value: float) -> str | RowFault:
    if value != value or value in (float("inf"), float("-inf")):
        return RowFault.NOT_A_NUMBER
    return f"{Decimal(f'{value:.{_EXACT_DIGITS}g}'):f}"
