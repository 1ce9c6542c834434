"""The rows of a workbook as openings in whole numbers, and every cell that stops one (manual 5.3; M117)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jdy_desktop.models.rules.rounding import LARGEST
from jdy_desktop.services.book.opening import ScaledLine, scaled_amount
from jdy_desktop.services.book.opening_columns import BARCODE, COST, PRODUCT, QUANTITY, SKU, TITLES, WAREHOUSE
from jdy_desktop.services.book.opening_goods import BookCodes, NotFound
from jdy_desktop.services.excel.cells import code_of, number_of, shown
from jdy_desktop.services.excel.faults import RowFault
from jdy_desktop.services.excel.reading import SheetTable
from jdy_desktop.services.excel.sheet_scan import column_letters
from jdy_desktop.services.machine.courtesy import give_way

QUANTITY_PLACES, COST_PLACES = 4, 6
_TURN = 500
_LARGEST_FEN = int(LARGEST) * 100
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A cell that stops its row. `row` as Excel counts; `letter` "" when the column is missing; `hints` for the sentence."""

    sheet: str
    row: int
    key: str
    letter: str
    column: str
    value: str
    fault: RowFault
    hints: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class SheetRows:
    """What a sheet gives: openings (their first number is the row of the workbook), problems, and rows that are not empty."""

    table: SheetTable
    lines: list[ScaledLine] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    filled: int = 0

    @property
    def bad_rows(self) -> set[int]:
        return {one.row for one in self.problems}


Seen = dict[tuple[int, int], tuple[str, int]]


class RowReader:
    """Reads one sheet with one choice of columns."""

    def __init__(self, codes: BookCodes, table: SheetTable, columns: Mapping[str, int], seen: Seen) -> None:
        self._codes, self._table, self._columns, self._seen = codes, table, dict(columns), seen
        self._used = frozenset(columns.values())
        self._found = SheetRows(table)

    def read(self, step: Callable[[int, int], None]) -> SheetRows:
        """`step(done, total)` is called now and then and may raise."""
        rows, first = self._table.rows, self._table.head_row + 1
        quick = self._quick() if self._table.is_plain else None
        lines, seen, sheet = self._found.lines, self._seen, self._table.sheet
        for start in range(0, len(rows), _TURN):
            step(start, len(rows))
            give_way()
            for number, row in enumerate(rows[start : start + _TURN], first + start):
                line = quick(number, row) if quick is not None else None
                if line is not None and (key := line[1:3]) not in seen:
                    seen[key] = (sheet, number)
                    lines.append(line)
                elif any(cell != "" and cell is not None for cell in row) or self._spoilt(number):
                    self._slow(number, row)
        self._found.filled = len(lines) + len(self._found.bad_rows)
        return self._found

    # ---- rows as programs write them
    def _quick(self) -> Callable[[int, Any], ScaledLine | None] | None:
        """A reader for rows that need no second look: exact codes, numbers as numbers. None for everything else."""
        columns, codes = self._columns, self._codes
        if BARCODE in columns:
            return None
        sku_of = self._quick_goods()
        place_at, quantity_at, cost_at = columns.get(WAREHOUSE), columns[QUANTITY], columns[COST]
        places, default = codes.warehouses.get, codes.default_warehouse[0]

        def quick(number: int, row: Any) -> ScaledLine | None:
            sku = sku_of(row)
            place = default if place_at is None else places(row[place_at])
            quantity, cost = row[quantity_at], row[cost_at]
            if sku is None or place is None or type(quantity) is not float or type(cost) is not float:
                return None
            if not (0 <= quantity < 1e9 and 0 <= cost < 1e9):
                return None
            # Both quotients are the double nearest to the shorter number: equal means that it was written exactly so.
            units, parts = round(quantity * 1e4), round(cost * 1e6)
            if units / 1e4 != quantity or parts / 1e6 != cost:
                return None
            amount = (units * parts + 50_000_000) // 100_000_000
            return (number, sku, place, units, parts, amount) if amount <= _LARGEST_FEN else None

        return quick

    def _quick_goods(self) -> Callable[[Any], int | None]:
        columns, exact = self._columns, self._codes.exact.get
        if PRODUCT not in columns or SKU not in columns:
            code_at = columns[PRODUCT] if PRODUCT in columns else columns[SKU]
            return lambda row: exact(row[code_at])
        product_at, sku_at = columns[PRODUCT], columns[SKU]
        exact_sku, owner = self._codes.exact_skus.get, self._codes.product_of.get

        def both(row: Any) -> int | None:
            code, product = row[sku_at], row[product_at]
            if code == "":
                return exact(product)
            sku = exact_sku(code)
            return sku if sku is not None and owner(sku) == product else None

        return both

    # ---- all others
    def _spoilt(self, number: int) -> bool:
        at = number - 1
        return any((at, place) in self._table.faults for place in self._used) if self._table.faults else False

    def _slow(self, number: int, row: Any) -> None:
        before = len(self._found.problems)
        whole = self._check_cells(number, row)
        sku = self._goods(number, row) if whole else None
        place = self._place(number, row)
        quantity = self._number(number, row, QUANTITY, QUANTITY_PLACES)
        cost = self._number(number, row, COST, COST_PLACES)
        if sku is None or place is None or quantity is None or cost is None or len(self._found.problems) > before:
            return
        amount = scaled_amount(quantity, cost)
        if amount > _LARGEST_FEN:
            self._tell(number, row, COST, RowFault.TOO_LARGE)
        elif (sku, place) in self._seen:
            sheet, other = self._seen[sku, place]
            where = {"other": str(other), "sheet": sheet if sheet != self._table.sheet else ""}
            self._tell(number, row, self._code_key(row), RowFault.REPEATED, where)
        else:
            self._seen[sku, place] = (self._table.sheet, number)
            self._found.lines.append((number, sku, place, quantity, cost, amount))

    def _check_cells(self, number: int, row: Any) -> bool:
        """Errors and merged cells in the columns that are read; each is told, and none of them is taken for empty."""
        at, is_whole = number - 1, True
        merged = self._table.merged.get(at, frozenset())
        for key, place in self._columns.items():
            fault = self._table.faults.get((at, place))
            if fault is not None:
                self._tell(number, row, key, RowFault(fault.value))
            elif place in merged:
                self._tell(number, row, key, RowFault.MERGED)
            else:
                continue
            is_whole = False
        return is_whole

    def _is_told(self, number: int, key: str) -> bool:
        place, at = self._columns.get(key), number - 1
        return (at, place) in self._table.faults or place in self._table.merged.get(at, ())

    def _cell(self, row: Any, key: str) -> Any:
        place = self._columns.get(key)
        return row[place] if place is not None and place < len(row) else ""

    def _code_key(self, row: Any) -> str:
        """The column whose code counts in this row: the narrowest that is filled."""
        given = [key for key in (SKU, PRODUCT, BARCODE) if key in self._columns]
        return next((key for key in given if str(self._cell(row, key)).strip()), given[0])

    def _goods(self, number: int, row: Any) -> int | None:
        texts: dict[str, str] = {}
        for key in (SKU, PRODUCT, BARCODE):
            code = code_of(self._cell(row, key))
            if isinstance(code, RowFault):
                self._tell(number, row, key, code)
                return None
            texts[key] = code
        key = self._code_key(row)
        if not texts[key]:
            self._tell(number, row, key, RowFault.EMPTY)
            return None
        if key == SKU:
            found = self._codes.of_sku(texts[SKU], texts[PRODUCT])
        elif key == PRODUCT:
            found = self._codes.of_product(texts[PRODUCT])
        else:
            found = self._codes.of_barcode(texts[BARCODE])
        if isinstance(found, NotFound):
            needs_sku = found.fault is RowFault.NEEDS_SKU and SKU in self._columns
            self._tell(number, row, SKU if needs_sku else key, found.fault, found.hints)
            return None
        return found

    def _place(self, number: int, row: Any) -> int | None:
        if WAREHOUSE not in self._columns:
            return self._codes.default_warehouse[0]
        if self._is_told(number, WAREHOUSE):
            return None
        name = code_of(self._cell(row, WAREHOUSE))
        if isinstance(name, RowFault):
            self._tell(number, row, WAREHOUSE, name)
            return None
        if not name and len(self._codes.warehouses) == 1:
            return self._codes.default_warehouse[0]
        found = self._codes.warehouse(name) if name else NotFound(RowFault.NEEDS_WAREHOUSE)
        if isinstance(found, NotFound):
            self._tell(number, row, WAREHOUSE, found.fault, found.hints)
            return None
        return found

    def _number(self, number: int, row: Any, key: str, places: int) -> int | None:
        if self._is_told(number, key):
            return None
        found = number_of(self._cell(row, key), places)
        if isinstance(found, RowFault):
            self._tell(number, row, key, found, {"places": str(places)})
            return None
        return found

    def _tell(self, number: int, row: Any, key: str, fault: RowFault, hints: Mapping[str, str] = _NOTHING) -> None:
        place = self._columns.get(key)
        titles = self._table.titles
        title = titles[place] if place is not None and place < len(titles) and titles[place] else TITLES[key]
        letter = column_letters(place) if place is not None else ""
        value = shown(self._cell(row, key))
        self._found.problems.append(RowProblem(self._table.sheet, number, key, letter, title, value, fault, hints))


def bad_row_cells(found: SheetRows) -> Iterator[tuple[int, Any]]:
    """Row number and cells of the rows that were not taken, in the order of the sheet."""
    for number in sorted(found.bad_rows):
        yield number, found.table.rows[number - found.table.head_row - 1]
