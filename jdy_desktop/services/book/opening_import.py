"""Opening stock from a workbook (manual 5.3; M116–M118, W37, W39): looked at first, then stored in one transaction.

Rows that cannot be used stay out with their reasons; the same file again changes nothing; the last import can be undone
as long as nobody changed or sold what it brought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Connection, select, type_coerce

from jdy_desktop.models.catalog import Product, Sku
from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.models.stock import StockBalance
from jdy_desktop.services.book.bulk import chunks, table_of
from jdy_desktop.services.book.document_writing import DOCUMENT, LINE
from jdy_desktop.services.book.opening import OpeningReport, ScaledLine, save_scaled, scaled_amount
from jdy_desktop.services.book.opening_columns import (
    CODES,
    COLUMN_NAMES,
    COST,
    QUANTITY,
    TITLES,
    WAREHOUSE,
    is_enough,
)
from jdy_desktop.services.book.opening_goods import BookCodes
from jdy_desktop.services.book.opening_rows import RowProblem, RowReader, Seen, SheetRows, bad_row_cells
from jdy_desktop.services.errors import Stale
from jdy_desktop.services.excel.cells import shown
from jdy_desktop.services.excel.faults import RowFault, WorkbookFault, WorkbookRefused
from jdy_desktop.services.excel.reading import SheetTable, read_tables
from jdy_desktop.services.excel.sheet_scan import column_letters, unheard
from jdy_desktop.services.excel.writing import CellValue, Sheet, SheetColumn, write_sheets
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.rights import Right

_SKU, _PRODUCT, _BALANCE = table_of(Sku), table_of(Product), table_of(StockBalance)

#: (SKU, warehouse) → quantity × 10⁴, unit cost × 10⁶
Stored = dict[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class OpeningWorkbook:
    """A file that was read. `tables`: every visible sheet with a head, else the one that has to be told its columns."""

    name: str
    tables: tuple[SheetTable, ...]

    @property
    def has_head(self) -> bool:
        return any(is_enough(one.columns) for one in self.tables)


@dataclass(frozen=True, slots=True)
class Totals:
    """Of all openings: pieces, and yuan with 2 places."""

    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do. `lines` are written; `unchanged` rows read as they are stored already.

    `replaced`: how many of `lines` take the place of an opening with other figures: ask before (M118).
    `default_warehouse`: where rows go when the file has no column for it, else "".
    """

    name: str
    sheets: tuple[SheetRows, ...]
    lines: tuple[ScaledLine, ...]
    problems: tuple[RowProblem, ...]
    unchanged: int
    before: Totals
    after: Totals
    default_warehouse: str = ""
    former: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    @property
    def replaced(self) -> int:
        return len(self.former)

    @property
    def rows(self) -> int:
        """Filled rows of all sheets."""
        return sum(one.filled for one in self.sheets)

    @property
    def bad_rows(self) -> int:
        return sum(len(one.bad_rows) for one in self.sheets)


@dataclass(frozen=True, slots=True)
class ImportUndo:
    """What an import stored, and what stood there before."""

    lines: tuple[ScaledLine, ...]
    former: Mapping[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`saved` is None when there was nothing to write."""

    imported: int
    unchanged: int
    replaced: int
    undo: ImportUndo | None
    saved: OpeningReport | None = None


def read_opening(path: Path, check: Callable[[], None] = unheard) -> OpeningWorkbook:
    """Raises WorkbookRefused (a UserError), and what `check` raises; the book is not touched."""
    return OpeningWorkbook(*read_tables(path, COLUMN_NAMES, is_enough, check))


class OpeningImport:
    """Looks, writes, takes back."""

    def __init__(self, db: Database, ctx: Context) -> None:
        self._db, self._ctx = db, ctx

    def plan(
        self,
        workbook: OpeningWorkbook,
        columns: Mapping[str, Mapping[str, int]] | None = None,
        job: JobContext | None = None,
    ) -> ImportPlan:
        """What would happen. `columns`: by sheet, where the guess was changed.

        Raises WorkbookRefused for missing columns, and Refused: openings are what goods cost.
        """
        self._ctx.require(Right.SEE_COST)
        given = columns or {}
        chosen = [(table, dict(given.get(table.sheet, table.columns))) for table in workbook.tables]
        for table, places in chosen:
            _check_columns(table, places, is_told=table.sheet in given)
        step = (lambda done, total: job.step(done, total)) if job is not None else (lambda _done, _total: None)
        with self._db.read() as session:
            connection = session.connection()
            codes, seen = BookCodes(connection), Seen()
            sheets = tuple(RowReader(codes, table, places, seen).read(step) for table, places in chosen)
            stored = _stored(connection)
            _refuse_sold(connection, sheets, stored)
        needs_default = any(WAREHOUSE not in places for _, places in chosen)
        plan = _planned(workbook.name, sheets, stored)
        return replace(plan, default_warehouse=codes.default_warehouse[1]) if needs_default else plan

    def run(self, plan: ImportPlan) -> ImportReport:
        """Store what the plan holds, all or nothing; writing nothing when nothing differs.

        Raises Refused, StockShort, UserError, and Stale when an opening of the plan was changed since it was looked at.
        """
        self._ctx.require(Right.SEE_COST)
        if not plan.lines:
            return ImportReport(0, plan.unchanged, 0, None)
        lines = [(place, *line[1:]) for place, line in enumerate(plan.lines, 1)]
        with self._db.write() as session:
            stored = _stored(session.connection())
            # What is replaced is asked about before (M118), and the undo brings back what is named in the plan.
            if stored and {key: stored[key] for line in lines if (key := line[1:3]) in stored} != plan.former:
                raise Stale(entity="opening")
            saved = save_scaled(session, self._ctx, lines)
        return ImportReport(len(lines), plan.unchanged, plan.replaced, ImportUndo(plan.lines, plan.former), saved)

    def undo(self, undo: ImportUndo) -> tuple[int, int]:
        """Rows set back to what stood there before, and rows that were changed since and stay. Raises Refused, StockShort."""
        self._ctx.require(Right.SEE_COST)
        with self._db.write() as session:
            stored = _stored(session.connection())
            mine = [one for one in undo.lines if stored.get((one[1], one[2]), (0, one[4])) == (one[3], one[4])]
            back = []
            for place, (_, sku, warehouse, _quantity, _cost, _amount) in enumerate(mine, 1):
                quantity, cost = undo.former.get((sku, warehouse), (0, 0))
                back.append((place, sku, warehouse, quantity, cost, scaled_amount(quantity, cost)))
            if back:
                save_scaled(session, self._ctx, back)
        return len(back), len(undo.lines) - len(back)


def without_replacing(plan: ImportPlan) -> ImportPlan:
    """The plan for somebody who cannot be asked: rows that would replace other figures become problems (M118)."""
    if not plan.former:
        return plan
    sheets = []
    for one in plan.sheets:
        problems = [
            _problem(one, line, QUANTITY, RowFault.REPLACES, {"stored": _plain(plan.former[line[1], line[2]][0], 4)})
            for line in one.lines
            if (line[1], line[2]) in plan.former
        ]
        kept = [line for line in one.lines if (line[1], line[2]) not in plan.former]
        sheets.append(SheetRows(one.table, kept, sorted([*one.problems, *problems], key=_order), one.filled))
    lines = tuple(line for line in plan.lines if (line[1], line[2]) not in plan.former)
    every = tuple(problem for one in sheets for problem in one.problems)
    after = _after(plan.before, lines, {})
    return replace(plan, sheets=tuple(sheets), lines=lines, problems=every, after=after, former={})


def write_bad_rows(path: Path, plan: ImportPlan, words: Callable[[RowProblem], str]) -> int:
    """下载错误数据文件: the rows that stayed out as they were, with a column 原因; returns how many. Raises LocalError, DiskFull.

    Mended there, the file can be imported itself.
    """
    sheets = []
    for one in plan.sheets:
        if not one.problems:
            continue
        reasons: dict[int, list[str]] = {}
        for problem in one.problems:
            reasons.setdefault(problem.row, []).append(f"{problem.column}：{words(problem)}")
        titles = [title or column_letters(place) for place, title in enumerate(one.table.titles)]
        columns = [SheetColumn(title, 16) for title in (*titles, "原因")]
        rows = [
            (*(_kept(cell) for cell in _padded(row, len(titles))), " ".join(reasons[number]))
            for number, row in bad_row_cells(one)
        ]
        sheets.append(Sheet(one.table.sheet, columns, rows))
    write_sheets(path, sheets)
    return plan.bad_rows


# ---- planning
def _check_columns(table: SheetTable, columns: Mapping[str, int], *, is_told: bool) -> None:
    twice = [] if is_told else sorted(TITLES[key] for key in table.twice)
    if twice:
        raise WorkbookRefused(reason=WorkbookFault.COLUMN_TWICE.value, sheet=table.sheet, columns="、".join(twice))
    if not any(key in columns for key in CODES) and QUANTITY not in columns and not is_told:
        raise WorkbookRefused(reason=WorkbookFault.NO_HEAD.value, sheet=table.sheet)
    missing = [TITLES[key] for key in (QUANTITY, COST) if key not in columns]
    if not any(key in columns for key in CODES):
        missing.insert(0, "商品代码或 SKU代码")
    if missing:
        raise WorkbookRefused(reason=WorkbookFault.COLUMN_MISSING.value, sheet=table.sheet, columns="、".join(missing))


def _stored(connection: Connection) -> Stored:
    """All openings of the book, in whole numbers."""
    quantity, cost = type_coerce(LINE.c.quantity, BigInteger), type_coerce(LINE.c.net_price, BigInteger)
    query = select(LINE.c.sku_id, LINE.c.warehouse_id, quantity, cost).join_from(
        LINE, DOCUMENT, DOCUMENT.c.id == LINE.c.document_id
    )
    query = query.where(DOCUMENT.c.kind == DocumentKind.OPENING.value, DOCUMENT.c.state != DocumentState.VOIDED.value)
    cursor: Any = connection.execute(query).cursor
    return {(sku, place): (pieces, price) for sku, place, pieces, price in cursor.fetchall()}


def _planned(name: str, sheets: tuple[SheetRows, ...], stored: Stored) -> ImportPlan:
    lines, former, unchanged = [], {}, 0
    for one in sheets:
        if not stored:
            new = [line for line in one.lines if line[3]]
            unchanged += len(one.lines) - len(new)
            lines += new
            continue
        for line in one.lines:
            key = (line[1], line[2])
            old = stored.get(key)
            # Nothing there and nothing counted is the same; the cost of no pieces says nothing.
            if (old is None and not line[3]) or old == (line[3], line[4]):
                unchanged += 1
                continue
            lines.append(line)
            if old is not None:
                former[key] = old
    quantity = sum(pieces for pieces, _ in stored.values())
    amount = sum(scaled_amount(*one) for one in stored.values())
    before = Totals(Decimal(quantity).scaleb(-4), Decimal(amount).scaleb(-2))
    problems = tuple(problem for one in sheets for problem in one.problems)
    after = _after(before, lines, former)
    return ImportPlan(name, sheets, tuple(lines), problems, unchanged, before, after, former=former)


def _after(before: Totals, lines: Iterable[ScaledLine], former: Mapping[Any, tuple[int, int]]) -> Totals:
    quantity = amount = 0
    for line in lines:
        quantity += line[3]
        amount += line[5]
    quantity -= sum(pieces for pieces, _ in former.values())
    amount -= sum(scaled_amount(*one) for one in former.values())
    return Totals(before.quantity + Decimal(quantity).scaleb(-4), before.amount + Decimal(amount).scaleb(-2))


def _refuse_sold(connection: Connection, sheets: Sequence[SheetRows], stored: Stored) -> None:
    """Rows that would leave less than nothing: more was sold than the new figure."""
    if not stored:
        return
    lower: dict[tuple[int, int], int] = {
        (line[1], line[2]): stored[line[1], line[2]][0] - line[3]
        for one in sheets
        for line in one.lines
        if stored.get((line[1], line[2]), (0, 0))[0] > line[3]
    }
    if not lower:
        return
    short = _short(connection, lower)
    for one in sheets:
        bad = [line for line in one.lines if (line[1], line[2]) in short]
        if bad:
            one.problems.extend(
                _problem(one, line, QUANTITY, RowFault.STOCK_SHORT,
                         {"sold": _plain(line[3] + short[line[1], line[2]], 4)})
                for line in bad
            )  # fmt: skip
            one.problems.sort(key=_order)
            one.lines[:] = [line for line in one.lines if (line[1], line[2]) not in short]


def _short(connection: Connection, lower: Mapping[tuple[int, int], int]) -> dict[tuple[int, int], int]:
    """By how much the balance would fall below nothing, where goods may not."""
    quantity = type_coerce(_BALANCE.c.quantity, BigInteger)
    query = (
        select(_BALANCE.c.sku_id, _BALANCE.c.warehouse_id, quantity)
        .join_from(_BALANCE, _SKU, _SKU.c.id == _BALANCE.c.sku_id)
        .join(_PRODUCT, _PRODUCT.c.id == _SKU.c.product_id)
        .where(_PRODUCT.c.allow_negative.is_(False))
    )
    found = {}
    for part in chunks(sorted({sku for sku, _ in lower})):
        for sku, place, there in connection.execute(query.where(_BALANCE.c.sku_id.in_(part))):
            if lower.get((sku, place), 0) > there:
                found[sku, place] = lower[sku, place] - there
    return found


def _problem(found: SheetRows, line: ScaledLine, key: str, fault: RowFault, hints: Mapping[str, str]) -> RowProblem:
    table = found.table
    place = table.columns.get(key, 0)
    value = shown(table.rows[line[0] - table.head_row - 1][place])
    return RowProblem(table.sheet, line[0], key, column_letters(place), table.titles[place], value, fault, hints)


def _order(problem: RowProblem) -> tuple[int, str]:
    return problem.row, problem.letter


def _plain(scaled: int, places: int) -> str:
    return f"{Decimal(scaled).scaleb(-places).normalize():f}"


def _padded(row: Sequence[Any], width: int) -> Sequence[Any]:
    return (*row[:width], *([""] * (width - len(row))))


def _kept(cell: Any) -> CellValue:
    """A cell as it was: numbers stay numbers, everything else its words."""
    if isinstance(cell, float) and not isinstance(cell, bool):
        value = Decimal(shown(cell)) if cell == cell and abs(cell) != float("inf") else None
        return value if value is not None else shown(cell)
    return shown(cell) or None
