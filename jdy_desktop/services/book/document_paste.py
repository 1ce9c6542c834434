"""Rows copied from Excel into the lines of a document (W38): columns found by their heads, bad rows named, none guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from jdy_desktop.models.ids import WarehouseId
from jdy_desktop.models.rules.rounding import NumberProblem, fold_width, parse_decimal

G = TypeVar("G")
#: what people write above a column; the first that fits counts
HEADS: dict[str, tuple[str, ...]] = {
    "code": (
        "sku代码",
        "商品代码",
        "代码",
        "单品货号",
        "货号",
        "条码",
        "条形码",
        "编码",
        "商品编码",
        "商品编号",
        "编号",
        "款号",
        "商品",
    ),
    "colour": ("颜色", "颜色名称", "花色", "色", "color", "colour"),
    "size": ("尺码", "尺寸", "码数", "码", "size"),
    "variant": ("属性", "辅助属性", "颜色尺码", "颜色/尺码", "颜色、尺码", "规格属性", "产品规格属性", "sku名称"),
    "quantity": ("数量", "件数", "购货数量", "进货数量", "入库数量", "盘点数量", "实盘数量", "退货数量", "qty"),
    "price": (
        "购货单价",
        "入库单价",
        "进货价",
        "采购单价",
        "采购价",
        "含税单价",
        "进价",
        "单价",
        "价格",
        "成本",
        "price",
    ),
    "discount": ("折扣率", "折扣率(%)", "折扣"),
    "warehouse": ("仓库", "仓库名称", "入库仓库"),
    "remark": ("备注", "说明"),
}
#: columns of rows without a head, as in 期初录入
_PLAIN = ("code", "quantity", "price", "warehouse")
_VARIANT = ("colour", "size", "variant")
_PLACES = {"quantity": 4, "price": 6, "discount": 4}
_TEXT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class PastedLine(Generic[G]):
    """A row that fits. `price` None: the column is missing or empty. `row`: its place in the clipboard from 1."""

    row: int
    goods: G
    quantity: Decimal
    price: Decimal | None = None
    discount_rate: Decimal = Decimal(0)
    warehouse_id: WarehouseId | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that stays out: what stood there, the field and a reason's code."""

    row: int
    text: str
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class PastedRows(Generic[G]):
    lines: tuple[PastedLine[G], ...]
    refused: tuple[RefusedRow, ...]


def pasted_rows(
    text: str,
    find: Callable[[str], G | None],
    warehouses: Mapping[str, WarehouseId],
    *,
    has_price: bool = True,
    variants: Callable[[str], Sequence[tuple[str, G]]] = lambda _code: (),
    step: Callable[[int, int], None] = lambda _done, _total: None,
) -> PastedRows[G]:
    """Rows as Excel puts them on the clipboard; an empty row is passed over.

    `find`: exact code or barcode. `variants`: of a 货号, name (红色/XS) and goods of each of its SKUs, for rows that have
    colour and size beside it. Without a quantity column each row is one piece. `step(done, total)` may raise.
    """
    lookup = _Lookup(find, variants)
    rows = [[cell.strip().strip('"').strip() for cell in row.split("\t")] for row in _lines(text)]
    places = _places(rows[0]) if rows else None
    begin = 1 if places else 0
    lines: list[PastedLine[G]] = []
    refused: list[RefusedRow] = []
    for number, cells in enumerate(rows[begin:], begin + 1):
        step(number, len(rows))
        if not any(cells):
            continue
        found = _line(number, _named(cells, places), lookup, warehouses, has_price)
        if isinstance(found, PastedLine):
            lines.append(found)
        else:
            refused.append(RefusedRow(number, "  ".join(one for one in cells if one), *found))
    return PastedRows(tuple(lines), tuple(refused))


def _lines(text: str) -> Sequence[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")


def _places(cells: Sequence[str]) -> dict[str, int] | None:
    """Which column holds what, by the words of the first row; None: it is no head."""
    words = [fold_width(cell).strip().lstrip("*").lower() for cell in cells]
    found: dict[str, int] = {}
    for name, heads in HEADS.items():
        at = next((words.index(head) for head in heads if head in words), None)
        if at is not None and at not in found.values():
            found[name] = at
    return found if "code" in found else None


def _named(cells: Sequence[str], places: dict[str, int] | None) -> dict[str, str]:
    if places is None:
        return dict(zip(_PLAIN, cells, strict=False))
    return {name: cells[at] for name, at in places.items() if at < len(cells)}


@dataclass(frozen=True, slots=True)
class _Lookup(Generic[G]):
    find: Callable[[str], G | None]
    variants: Callable[[str], Sequence[tuple[str, G]]]

    def goods(self, cells: Mapping[str, str]) -> tuple[G | None, str]:
        """The goods of a row, or None and why not. Nothing is guessed: what fits several SKUs stays out."""
        code = cells.get("code", "")
        if not code:
            return None, "not_known"
        wanted = _words("/".join(cells.get(name, "") for name in _VARIANT))
        exact = self.find(code) if not wanted else None
        if exact is not None:
            return exact, ""
        found = [(_words(name), goods) for name, goods in self.variants(code)]
        if not wanted:
            return (None, "variant_missing") if found else (None, "not_known")
        if len(found) == 1 and not found[0][0]:
            return found[0][1], ""  # goods without variants: such a column says nothing about them
        fitting = [goods for words, goods in found if words == wanted]
        fitting = fitting or [goods for words, goods in found if not wanted - words]
        if len(fitting) == 1:
            return fitting[0], ""
        return None, "variant_several" if fitting else "variant_unknown" if found else "not_known"


def _words(name: str) -> Counter[str]:
    """红色/XS as its values; width, case, blanks and the order do not count."""
    parts = ("".join(part.split()).casefold() for part in fold_width(name).split("/"))
    return Counter(part for part in parts if part)


def _line(
    number: int,
    cells: dict[str, str],
    lookup: _Lookup[G],
    warehouses: Mapping[str, WarehouseId],
    has_price: bool,
) -> PastedLine[G] | tuple[str, str]:
    """The line, or the field and the reason why not."""
    goods, why = lookup.goods(cells)
    if goods is None:
        return "sku_id", why
    numbers: dict[str, Decimal] = {}
    for name, places in _PLACES.items():
        text = cells.get(name, "")
        if not text or (name != "quantity" and not has_price):
            if name == "quantity" and "quantity" in cells:
                return name, NumberProblem.EMPTY
            continue
        limit = {"maximum": Decimal(100)} if name == "discount" else {}
        value = parse_decimal(
            text.rstrip("%") if name == "discount" else text, places=places, minimum=Decimal(0), **limit
        )
        if isinstance(value, NumberProblem):
            return ("discount_rate" if name == "discount" else name), value
        numbers[name] = value
    if numbers.get("quantity", Decimal(1)) == 0:
        return "quantity", NumberProblem.TOO_SMALL
    place = cells.get("warehouse", "")
    if place and place not in warehouses:
        return "warehouse_id", "not_known"
    return PastedLine(
        number, goods, numbers.get("quantity", Decimal(1)), numbers.get("price"), numbers.get("discount", Decimal(0)),
        warehouses.get(place), cells.get("remark", "")[:_TEXT_LIMIT],
    )  # fmt: skip
