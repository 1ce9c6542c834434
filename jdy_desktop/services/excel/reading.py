"""Workbooks in: the tables of a checked file, their columns guessed by name. What a cell means, `cells.py` says."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from jdy_desktop.services.excel.faults import CellFault, WorkbookFault, WorkbookRefused
from jdy_desktop.services.excel.guard import CheckedSheet, check_workbook
from jdy_desktop.services.excel.sheet_scan import unheard

#: as the reader gives it: every number is a float, an empty cell "".
Cell: TypeAlias = str | float | bool | date | datetime | time | timedelta

_HEAD_WITHIN = 30
#: cells that merged ranges may cover before they are something else than a list.
_MOST_MERGED = 200_000
_SIGNS = str.maketrans("", "", " \t\r\n\u3000\u00a0*＊:：·.。_-—/、'\"“”")


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """A column that is looked for: `names` as people write them, the surest first."""

    key: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A sheet as a table. `head_row` from 1; `rows[i]` stands in row `head_row + 1 + i`. `columns`: key → place, guessed.

    `twice`: keys for which two columns have the same name, so that neither was taken. `merged`: places by row from 0.
    """

    sheet: str
    head_row: int
    titles: tuple[str, ...]
    columns: Mapping[str, int]
    twice: frozenset[str]
    rows: Sequence[Sequence[Any]]
    faults: Mapping[tuple[int, int], CellFault] = field(default_factory=dict)
    merged: Mapping[int, frozenset[int]] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """No errors, no merged cells."""
        return not self.faults and not self.merged


def read_tables(
    path: Path,
    names: Sequence[ColumnNames],
    wanted: Callable[[Mapping[str, int]], bool],
    check: Callable[[], None] = unheard,
) -> tuple[str, tuple[SheetTable, ...]]:
    """Name of the file and its tables: all visible sheets with a head that is `wanted`; without any, the first one at all.

    Raises WorkbookRefused, and what `check` raises, which is called between the steps; nothing was stored.
    """
    checked = check_workbook(path, check)
    sheets = _read(checked.content, [one for one in checked.sheets if not one.is_hidden], check)
    found = [(sheet, rows, _head(rows, names, wanted)) for sheet, rows, _ in sheets]
    merged = {sheet.name: ranges for sheet, _, ranges in sheets}
    tables = [_table(s, rows, head, names, merged[s.name]) for s, rows, head in found if head is not None]
    if not tables:
        filled = next(((s, rows) for s, rows, _ in sheets if any(map(any, rows))), None)
        if filled is None:
            raise WorkbookRefused(reason=WorkbookFault.NO_ROWS.value)
        tables = [_table(*filled, _first_row(filled[1]), names, merged[filled[0].name])]
    return checked.name, tuple(tables)


def _read(
    content: bytes, sheets: Sequence[CheckedSheet], check: Callable[[], None]
) -> list[tuple[CheckedSheet, list[Any], list[Any]]]:
    import python_calamine

    try:
        with python_calamine.load_workbook(io.BytesIO(content)) as book:
            found = []
            for one in sheets:
                check()
                sheet = book.get_sheet_by_name(one.name)
                ranges = (sheet.merged_cell_ranges or []) if one.has_merges else []
                check()
                found.append((one, sheet.to_python(skip_empty_area=False), ranges))
            return found
    except (python_calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        raise WorkbookRefused(reason=WorkbookFault.DAMAGED.value) from error


def _table(
    sheet: CheckedSheet, rows: Sequence[Sequence[Any]], head: int, names: Sequence[ColumnNames], ranges: Sequence[Any]
) -> SheetTable:
    titles = tuple(title_of(cell) for cell in rows[head])
    columns, twice = guess_columns(titles, names)
    merged = _merged(ranges, head + 1, len(rows))
    return SheetTable(sheet.name, head + 1, titles, columns, twice, rows[head + 1 :], sheet.faults, merged)


def _merged(ranges: Sequence[Any], first: int, end: int) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    covered = 0
    for (top, left), (bottom, right) in ranges:
        rows = range(max(top, first), min(bottom + 1, end))
        covered += max(0, len(rows)) * (right - left + 1)
        if covered > _MOST_MERGED:
            raise WorkbookRefused(reason=WorkbookFault.TOO_MANY_CELLS.value)
        for row in rows:
            found.setdefault(row, set()).update(range(left, right + 1))
    return {row: frozenset(places) for row, places in found.items()}


def _head(
    rows: Sequence[Sequence[Any]], names: Sequence[ColumnNames], wanted: Callable[[Mapping[str, int]], bool]
) -> int | None:
    for number, row in enumerate(rows[:_HEAD_WITHIN]):
        columns, twice = guess_columns(tuple(title_of(cell) for cell in row), names)
        if wanted({**columns, **dict.fromkeys(twice, -1)}):
            return number
    return None


def _first_row(rows: Sequence[Sequence[Any]]) -> int:
    """What looks most like a head when no name is known: the first row with two words in it."""
    words = (n for n, row in enumerate(rows) if sum(isinstance(c, str) and bool(c.strip()) for c in row) > 1)
    return next(words, next((n for n, row in enumerate(rows) if any(row)), 0))


def title_of(cell: Any) -> str:
    """A head as it is shown."""
    return cell.strip() if isinstance(cell, str) else "" if cell in ("", None) else str(cell)


def title_key(title: str) -> str:
    """Key under which heads are the same: case, width, blanks, signs and what stands in brackets do not count."""
    plain = unicodedata.normalize("NFKC", title).casefold()
    while "(" in plain and ")" in plain[plain.index("(") :]:
        start = plain.index("(")
        plain = plain[:start] + plain[plain.index(")", start) + 1 :]
    return plain.translate(_SIGNS)


def guess_columns(titles: Sequence[str], names: Sequence[ColumnNames]) -> tuple[dict[str, int], frozenset[str]]:
    """Key → place of the column with its surest name; and the keys whose surest name stands there twice."""
    places: dict[str, list[int]] = {}
    for place, title in enumerate(titles):
        if title:
            places.setdefault(title_key(title), []).append(place)
    columns: dict[str, int] = {}
    twice: set[str] = set()
    for one in names:
        hit = next((places[key] for name in one.names if (key := title_key(name)) in places), None)
        if hit is not None and len(hit) == 1:
            columns[one.key] = hit[0]
        elif hit is not None:
            twice.add(one.key)
    return columns, frozenset(twice)
