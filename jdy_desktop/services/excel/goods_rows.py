"""Lines of a goods workbook → products as the form would hand them over, and what is wrong with the others.

Pure: what is stored comes in as values. A product goes in whole or not at all: one bad line keeps its other lines out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from jdy_desktop.models.rules.codes import normalise_code
from jdy_desktop.models.rules.combinations import MOST_VALUES
from jdy_desktop.models.rules.rounding import HUNDRED, NumberProblem, parse_decimal
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.product_values import ProductDetail, SaveProduct, SaveSku, as_request
from jdy_desktop.services.excel.goods_table import MOST_ATTRIBUTES

_YES = {"是", "y", "yes", "true", "1", "允许", "√", "对"}
_NO = {"否", "n", "no", "false", "0", "不允许", "不", "×"}
_PROBLEMS = {
    NumberProblem.NOT_A_NUMBER: "not_a_number",
    NumberProblem.TOO_MANY_PLACES: "too_many_places",
    NumberProblem.TOO_SMALL: "number_negative",
    NumberProblem.TOO_LARGE: "number_too_large",
}
_PAIRS = tuple((f"attribute_{number}", f"value_{number}") for number in range(1, MOST_ATTRIBUTES + 1))
_HEAD = ("name", "category", "unit", "specification", "tax_rate", "allow_negative", "remark")
_OF_SKU = ("sku_code", "minimum_stock", "barcodes", *(f"price_{grade.value}" for grade in PriceGrade))


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line as it was read: `row` as the spreadsheet counts it, texts by column key; what is not there is ""."""

    row: int
    cells: Mapping[str, str]

    def text(self, key: str) -> str:
        return self.cells.get(key, "").strip()


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a line stays out: `key` is its column's, `value` what stood there, `code` the key of its sentence."""

    row: int
    key: str
    value: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Planned:
    """One product of the workbook. `rows`: its lines, in the order of its SKUs where `sku_rows` says so.

    `category`: the path as written, None when the column is empty. `is_changed` False: the book holds all of it already.
    """

    request: SaveProduct
    rows: tuple[int, ...]
    sku_rows: tuple[int | None, ...]
    category: str | None
    is_changed: bool
    stored: ProductDetail | None = None

    @property
    def is_new(self) -> bool:
        return self.request.product_id is None


@dataclass(frozen=True, slots=True)
class Plan:
    goods: tuple[Planned, ...]
    troubles: tuple[Trouble, ...]


class _Bad(Exception):
    """Ends the reading of one product."""

    def __init__(self, *troubles: Trouble) -> None:
        super().__init__()
        self.troubles = troubles


def plan(lines: Sequence[SheetLine], known: Mapping[str, ProductDetail], paths: Mapping[int, str]) -> Plan:
    """`known`: stored products by normalised code; `paths`: paths of the categories by id."""
    groups: dict[str, list[SheetLine]] = {}
    troubles: list[Trouble] = []
    for line in lines:
        key = normalise_code(line.text("code"))
        if key:
            groups.setdefault(key, []).append(line)
        else:
            troubles.append(Trouble(line.row, "code", line.text("code"), "row_code_missing"))
    goods: list[Planned] = []
    for key, group in groups.items():
        try:
            goods.append(_product(group, known.get(key), paths))
        except _Bad as bad:
            troubles += [*bad.troubles, *_others(group, bad.troubles)]
    return Plan(tuple(goods), tuple(sorted(troubles, key=lambda one: one.row)))


def _others(group: Sequence[SheetLine], troubles: Sequence[Trouble]) -> list[Trouble]:
    """The other lines of a product of which one is bad."""
    bad = {one.row for one in troubles}
    first = min(bad)
    return [
        Trouble(line.row, "code", line.text("code"), "row_of_refused_goods", {"other": first})
        for line in group
        if line.row not in bad
    ]


# ---- one product
def _product(group: Sequence[SheetLine], stored: ProductDetail | None, paths: Mapping[int, str]) -> Planned:
    head, troubles = _head(group)
    base = as_request(stored) if stored is not None else None
    if base is None and not head.get("name"):
        troubles.append(Trouble(group[0].row, "name", "", "row_name_missing"))
    numbers, more = _numbers(group)
    troubles += more
    if troubles:
        raise _Bad(*troubles)
    attributes = _attributes(group, stored)
    skus, sku_rows = _skus(group, stored, base, attributes, numbers)
    request = replace(
        base or SaveProduct(code=group[0].text("code"), name="", skus=()),
        attributes=attributes,
        skus=tuple(skus),
        **_head_values(head),
    )
    category = head.get("category")
    same_place = stored is not None and category in (None, paths.get(stored.category_id or 0, ""))
    is_changed = base is None or request != base or not same_place
    return Planned(request, tuple(line.row for line in group), tuple(sku_rows), category, is_changed, stored)


def _head(group: Sequence[SheetLine]) -> tuple[dict[str, str], list[Trouble]]:
    """What all lines of a product say about it; empty cells say nothing, two words are one too many."""
    found: dict[str, tuple[str, int]] = {}
    troubles: list[Trouble] = []
    for line in group:
        for key in _HEAD:
            text = line.text(key)
            if not text:
                continue
            word, row = found.setdefault(key, (text, line.row))
            if word != text:
                troubles.append(Trouble(line.row, key, text, "row_differs", {"other": row, "word": word}))
    texts = {key: word for key, (word, _row) in found.items()}
    troubles += _head_troubles(found)
    return texts, troubles


def _head_troubles(found: Mapping[str, tuple[str, int]]) -> list[Trouble]:
    troubles: list[Trouble] = []
    if "allow_negative" in found:
        text, row = found["allow_negative"]
        if text.casefold() not in _YES | _NO:
            troubles.append(Trouble(row, "allow_negative", text, "row_not_yes_no"))
    if "tax_rate" in found:
        text, row = found["tax_rate"]
        rate = parse_decimal(text.removesuffix("%"), places=4, minimum=Decimal(0), maximum=HUNDRED)
        if isinstance(rate, NumberProblem):
            code = "row_rate_over_100" if rate is NumberProblem.TOO_LARGE else f"row_{_PROBLEMS[rate]}"
            troubles.append(Trouble(row, "tax_rate", text, code, {"places": 4}))
    return troubles


def _head_values(head: Mapping[str, str]) -> dict[str, Any]:
    """Only what the workbook says."""
    values: dict[str, Any] = {key: head[key] for key in ("name", "unit", "specification", "remark") if key in head}
    if "name" in values:
        values["name"] = " ".join(values["name"].split())
    if "allow_negative" in head:
        values["allow_negative"] = head["allow_negative"].casefold() in _YES
    if "tax_rate" in head:
        rate = parse_decimal(head["tax_rate"].removesuffix("%"), places=4)
        assert isinstance(rate, Decimal)
        values["tax_rate"] = rate
    return values


def _numbers(group: Sequence[SheetLine]) -> tuple[dict[int, dict[str, Decimal]], list[Trouble]]:
    """Prices and minimum stock of each line, by row."""
    found: dict[int, dict[str, Decimal]] = {}
    troubles: list[Trouble] = []
    places = {"minimum_stock": 4} | {f"price_{grade.value}": 6 for grade in PriceGrade}
    for line in group:
        of_line = found.setdefault(line.row, {})
        for key, limit in places.items():
            text = line.text(key)
            if not text:
                continue
            value = parse_decimal(text, places=limit, minimum=Decimal(0))
            if isinstance(value, Decimal):
                of_line[key] = value
            else:
                code = f"row_{_PROBLEMS[value]}"
                troubles.append(Trouble(line.row, key, text, code, {"places": limit}))
    return found, troubles


# ---- attributes and SKUs
def _pairs(line: SheetLine) -> list[tuple[str, str]]:
    """Attribute and value of a line, in the order of the columns; a name without a value says nothing."""
    found = []
    for name, value in _PAIRS:
        if value in line.cells and (word := line.text(value)):
            found.append((line.text(name), word))
    return found


def _attributes(group: Sequence[SheetLine], stored: ProductDetail | None) -> tuple[str, ...]:
    """The attributes of the product; those of stored goods are fixed, a workbook may leave their names out."""
    fixed = stored.attributes if stored is not None else None
    first: tuple[str, ...] | None = fixed
    for line in group:
        pairs = _pairs(line)
        if not pairs:
            continue
        names = tuple(name for name, _value in pairs)
        if first is not None and not any(names) and len(names) == len(first):
            continue
        if not all(names):
            raise _Bad(Trouble(line.row, f"attribute_{names.index('') + 1}", "", "row_attribute_missing"))
        if len(set(names)) != len(names):
            raise _Bad(Trouble(line.row, "attribute_2", names[-1], "row_attribute_repeated"))
        if first is None:
            first = names
        elif set(names) != set(first):
            wanted = "、".join(first) or "没有辅助属性"
            raise _Bad(Trouble(line.row, "attribute_1", "、".join(names), "row_attributes_differ", {"word": wanted}))
    return first or ()


def _values(line: SheetLine, attributes: Sequence[str]) -> tuple[str, ...] | None:
    """Its values in the order of the product's attributes; None when the line names none."""
    pairs = _pairs(line)
    if not pairs:
        return None
    if not any(name for name, _value in pairs):
        return tuple(value for _name, value in pairs)
    by_name = dict(pairs)
    return tuple(by_name[name] for name in attributes)


def _skus(
    group: Sequence[SheetLine],
    stored: ProductDetail | None,
    base: SaveProduct | None,
    attributes: tuple[str, ...],
    numbers: Mapping[int, Mapping[str, Decimal]],
) -> tuple[list[SaveSku], list[int | None]]:
    """All SKUs of the product, stored ones in their order and fresh ones after them, and the line each comes from."""
    skus: list[SaveSku] = list(base.skus) if base is not None else []
    rows: list[int | None] = [None] * len(skus)
    for line in group:
        values = _values(line, attributes)
        place = _place(line, skus, attributes, values, stored)
        if place is None and (stored is not None or attributes) and not _says_something(line, numbers):
            continue  # only the head
        if place is None:
            skus.append(SaveSku(values or ()))
            rows.append(None)
            place = len(skus) - 1
        elif rows[place] is not None:
            raise _Bad(Trouble(line.row, "sku_code", line.text("sku_code"), "row_sku_repeated", {"other": rows[place]}))
        rows[place] = line.row
        skus[place] = _sku(skus[place], line, values, numbers[line.row], single=not attributes)
    _check_values(skus, rows, attributes)
    return skus, rows


def _says_something(line: SheetLine, numbers: Mapping[int, Mapping[str, Decimal]]) -> bool:
    return bool(numbers[line.row] or _pairs(line) or any(line.text(key) for key in _OF_SKU))


def _place(
    line: SheetLine,
    skus: Sequence[SaveSku],
    attributes: tuple[str, ...],
    values: tuple[str, ...] | None,
    stored: ProductDetail | None,
) -> int | None:
    """Which SKU a line is about, None for a fresh one."""
    code = normalise_code(line.text("sku_code"))
    if not attributes:
        if code and code != normalise_code(line.text("code")):
            raise _Bad(Trouble(line.row, "sku_code", line.text("sku_code"), "row_value_missing"))
        return 0 if skus else None
    if code:
        found = next((place for place, one in enumerate(skus) if normalise_code(one.code) == code), None)
        if found is not None:
            return found
    if values is not None:
        return next((place for place, one in enumerate(skus) if one.values == values), None)
    if code or any(line.text(key) for key in _OF_SKU):
        missing = "row_sku_unknown" if stored is not None else "row_value_missing"
        raise _Bad(Trouble(line.row, "sku_code" if code else "value_1", line.text("sku_code"), missing))
    return None


def _sku(
    sku: SaveSku,
    line: SheetLine,
    values: tuple[str, ...] | None,
    numbers: Mapping[str, Decimal],
    *,
    single: bool,
) -> SaveSku:
    """The SKU with what the line says; empty cells leave it as it is."""
    prices = dict(sku.prices)
    for grade in PriceGrade:
        if f"price_{grade.value}" in numbers:
            prices[grade] = numbers[f"price_{grade.value}"]
    barcodes = tuple(
        dict.fromkeys(line.text("barcodes").replace(",", " ").replace("，", " ").replace("、", " ").split())
    )
    return replace(
        sku,
        values=values if values is not None else sku.values,
        code=sku.code if single else _code(line.text("sku_code"), sku.code),
        prices=prices,
        barcodes=barcodes or sku.barcodes,
        minimum_stock=numbers.get("minimum_stock", sku.minimum_stock),
    )


def _code(text: str, stored: str) -> str:
    """The stored spelling stays when only case, width or blanks differ."""
    return text if text and normalise_code(text) != normalise_code(stored) else stored


def _check_values(skus: Sequence[SaveSku], rows: Sequence[int | None], attributes: tuple[str, ...]) -> None:
    """Every SKU has one value of each attribute, no two the same, at most 40 words of one attribute (M49)."""
    seen: dict[tuple[str, ...], int | None] = {}
    last = next((row for row in reversed(rows) if row is not None), 0)
    for sku, row in zip(skus, rows, strict=True):
        if len(sku.values) != len(attributes):
            raise _Bad(Trouble(row or last, f"value_{len(sku.values) + 1}", "", "row_value_missing"))
        if attributes and sku.values in seen:
            other = seen[sku.values]
            raise _Bad(
                Trouble(row or last, "value_1", "/".join(sku.values), "row_sku_repeated", {"other": other or last})
            )
        seen[sku.values] = row
    for place, name in enumerate(attributes):
        if len({sku.values[place] for sku in skus}) > MOST_VALUES:
            raise _Bad(Trouble(last, f"value_{place + 1}", name, "row_too_many_values", {"limit": MOST_VALUES}))
