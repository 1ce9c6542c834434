"""Opening stock while it is being entered: lines not saved yet, and rows pasted from Excel (manual 5.3; M116, M118)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Protocol

from jdy_desktop.models.ids import SkuId, WarehouseId
from jdy_desktop.models.rules.rounding import NumberProblem, fold_width, parse_decimal, times, to_amount
from jdy_desktop.services.book.opening import OpeningLine

QUANTITY_PLACES, COST_PLACES = 4, 6
#: first cells that say a pasted row is the head of a table
_HEADS = ("代码", "商品", "商品代码", "SKU代码", "货号", "条码", "编码", "名称")


class Goods(Protocol):
    """What is shown of the goods of a line (a hit or a card of the picker)."""

    @property
    def sku_id(self) -> SkuId: ...
    @property
    def code(self) -> str: ...
    @property
    def product_name(self) -> str: ...
    @property
    def sku_name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def picture(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A line being entered. `quantity` and `unit_cost` None: not typed yet. One per SKU and warehouse."""

    goods: Goods
    warehouse_id: WarehouseId
    quantity: Decimal | None = None
    unit_cost: Decimal | None = None

    @property
    def key(self) -> tuple[int, int]:
        return self.goods.sku_id, self.warehouse_id

    @property
    def amount(self) -> Decimal | None:
        """Quantity × unit cost, 2 places; None until both are there."""
        if self.quantity is None or self.unit_cost is None:
            return None
        return to_amount(times(self.quantity, self.unit_cost))

    @property
    def missing(self) -> str | None:
        """The field that has to be filled in before saving. Zero cost is a cost; no cost is not."""
        if self.quantity is None:
            return "quantity"
        return "unit_cost" if self.unit_cost is None else None


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A pasted row that stayed out: its place in the clipboard from 1, what stood there, the field, and a reason's code."""

    row: int
    text: str
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pasted:
    entries: tuple[Entry, ...]
    refused: tuple[RefusedLine, ...]


def quantity_of(text: str) -> Decimal | NumberProblem:
    return parse_decimal(text, places=QUANTITY_PLACES, minimum=Decimal(0))


def cost_of(text: str) -> Decimal | NumberProblem:
    return parse_decimal(text, places=COST_PLACES, minimum=Decimal(0))


def paste(
    text: str,
    find: Callable[[str], Goods | None],
    warehouses: Mapping[str, WarehouseId],
    default: WarehouseId,
    step: Callable[[int, int], None] = lambda _done, _total: None,
) -> Pasted:
    """Rows of code, quantity, unit cost and perhaps warehouse, as Excel puts them on the clipboard.

    A row that cannot be used stays out with its reason, the others go in (M117's rule for workbooks). Empty rows and a
    head are passed over. `find`: exact code or barcode. `step(done, total)` is called per row and may raise.
    """
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    entries: dict[tuple[int, int], Entry] = {}
    refused: list[RefusedLine] = []
    for number, row in enumerate(rows, 1):
        step(number, len(rows))
        cells = [cell.strip().strip('"') for cell in row.split("\t")]
        if not any(cells) or (number == 1 and fold_width(cells[0]) in _HEADS):
            continue
        found = _entry(cells, find, warehouses, default)
        if isinstance(found, Entry) and found.key in entries:
            found = ("sku_id", "repeated_above")
        if isinstance(found, Entry):
            entries[found.key] = found
        else:
            refused.append(RefusedLine(number, "  ".join(cells), *found))
    return Pasted(tuple(entries.values()), tuple(refused))


def _entry(
    cells: Sequence[str],
    find: Callable[[str], Goods | None],
    warehouses: Mapping[str, WarehouseId],
    default: WarehouseId,
) -> Entry | tuple[str, str]:
    """The line, or the field and the reason why not."""
    code, quantity_text, cost_text, place = (*cells, "", "", "", "")[:4]
    quantity, cost = quantity_of(quantity_text), cost_of(cost_text)
    if isinstance(quantity, NumberProblem):
        return "quantity", quantity
    if isinstance(cost, NumberProblem):
        return "unit_cost", cost
    if place and place not in warehouses:
        return "warehouse_id", "not_known"
    goods = find(code) if code else None
    if goods is None:
        return "sku_id", "not_known"
    return Entry(goods, warehouses.get(place, default), quantity, cost)


def merge(entries: Sequence[Entry], more: Sequence[Entry]) -> list[Entry]:
    """`more` added; a SKU and warehouse that is there already takes the new figures and keeps its place."""
    result = {one.key: one for one in entries}
    for one in more:
        known = result.get(one.key)
        if known is not None:
            one = replace(
                one,
                quantity=known.quantity if one.quantity is None else one.quantity,
                unit_cost=known.unit_cost if one.unit_cost is None else one.unit_cost,
            )
        result[one.key] = one
    return list(result.values())


def undone(now: Sequence[Entry], before: Sequence[Entry], after: Sequence[Entry]) -> list[Entry]:
    """`now` without the step that led from `before` to `after`; what was typed since that step stays as it is."""
    was, became = {one.key: one for one in before}, {one.key: one for one in after}
    result: list[Entry] = []
    for one in now:
        if became.get(one.key) != one:
            result.append(one)  # typed since
        elif one.key in was:
            result.append(was[one.key])
    there = {one.key for one in result}
    for place, one in enumerate(before):
        if one.key not in became and one.key not in there:
            result.insert(min(place, len(result)), one)
    return result


def total(entries: Sequence[Entry]) -> Decimal:
    """Sum of the amounts that are known."""
    return sum((one.amount for one in entries if one.amount is not None), Decimal(0))


def lines_of(entries: Sequence[Entry]) -> tuple[OpeningLine, ...]:
    """What is saved. Every entry is complete."""
    return tuple(
        OpeningLine(SkuId(one.goods.sku_id), one.warehouse_id, one.quantity or Decimal(0), one.unit_cost or Decimal(0))
        for one in entries
    )


def to_draft(entries: Sequence[Entry]) -> dict[str, Any]:
    """The lines as JSON, so that a power cut loses none."""
    return {
        "lines": [
            {
                "sku_id": one.goods.sku_id,
                "warehouse_id": one.warehouse_id,
                "quantity": None if one.quantity is None else str(one.quantity),
                "unit_cost": None if one.unit_cost is None else str(one.unit_cost),
            }
            for one in entries
        ]
    }


def from_draft(payload: Mapping[str, Any], card: Callable[[SkuId], Goods | None]) -> list[Entry]:
    """The lines again; goods deleted meanwhile are left out."""
    entries = []
    for line in payload.get("lines", ()):
        goods = card(SkuId(line["sku_id"]))
        if goods is not None:
            quantity, cost = (None if line[name] is None else Decimal(line[name]) for name in ("quantity", "unit_cost"))
            entries.append(Entry(goods, WarehouseId(line["warehouse_id"]), quantity, cost))
    return entries
