"""Which SKU and which warehouse a row of a workbook means: the book's codes held in memory for one import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, select

from jdy_desktop.models.catalog import Barcode, Product, Sku
from jdy_desktop.models.parties import Warehouse
from jdy_desktop.models.rules.codes import normalise_code
from jdy_desktop.services.book.bulk import table_of
from jdy_desktop.services.excel.faults import RowFault

_SKU, _PRODUCT, _BARCODE, _WAREHOUSE = table_of(Sku), table_of(Product), table_of(Barcode), table_of(Warehouse)
#: what is read for one another in print: l and 1, O and 0.
_LOOK_ALIKE = str.maketrans("lio", "110")
_NAMED = 3


@dataclass(frozen=True, slots=True)
class NotFound:
    """`hints`: what the sentence may say besides: `like` a code that looks the same, `codes` those to choose from."""

    fault: RowFault
    hints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Product:
    id: int
    code: str
    has_variants: bool


class BookCodes:
    """All codes of the book as they are now. Codes are the same when case, width and blanks are all that differs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        variants = select(_PRODUCT.c.code_key).where(_PRODUCT.c.has_variants)
        offered = select(_SKU.c.code, _SKU.c.id).where(_SKU.c.is_active)
        #: codes exactly as stored that mean one SKU and nothing else: the rows of most workbooks need no more.
        self.exact: dict[str, int] = _pairs(connection, offered.where(_SKU.c.code_key.not_in(variants)))
        places = connection.execute(
            select(_WAREHOUSE.c.id, _WAREHOUSE.c.name)
            .where(_WAREHOUSE.c.is_active)
            .order_by(_WAREHOUSE.c.is_default.desc(), _WAREHOUSE.c.id)
        ).all()
        self.warehouses: dict[str, int] = {name: i for i, name in places}
        self._warehouse_keys = {normalise_code(name): i for i, name in places}
        self.default_warehouse: tuple[int, str] = (places[0][0], places[0][1]) if places else (0, "")

    # ---- read when a row needs them first
    @cached_property
    def exact_skus(self) -> dict[str, int]:
        """SKU codes exactly as stored, for a column of them beside one of product codes."""
        return _pairs(self._connection, select(_SKU.c.code, _SKU.c.id).where(_SKU.c.is_active))

    @cached_property
    def product_of(self) -> dict[int, str]:
        """SKU → code of its product."""
        return _pairs(
            self._connection,
            select(_SKU.c.id, _PRODUCT.c.code).join_from(_SKU, _PRODUCT, _PRODUCT.c.id == _SKU.c.product_id),
        )

    @cached_property
    def _rows(self) -> list[Any]:
        columns = (_SKU.c.id, _SKU.c.code, _SKU.c.code_key, _SKU.c.product_id, _SKU.c.is_active)
        return list(self._connection.execute(select(*columns)))

    @cached_property
    def _skus(self) -> dict[str, tuple[int, int, bool]]:
        return {key: (i, owner, on) for i, _, key, owner, on in self._rows}

    @cached_property
    def _codes(self) -> list[tuple[str, str]]:
        return [(code, key) for _, code, key, _, _ in self._rows]

    @cached_property
    def _products(self) -> dict[str, _Product]:
        columns = (_PRODUCT.c.id, _PRODUCT.c.code, _PRODUCT.c.code_key, _PRODUCT.c.has_variants)
        return {key: _Product(i, code, many) for i, code, key, many in self._connection.execute(select(*columns))}

    @cached_property
    def barcodes(self) -> dict[str, int]:
        return _pairs(self._connection, select(_BARCODE.c.code, _BARCODE.c.sku_id))

    def of_product(self, code: str) -> int | NotFound:
        """The SKU that a code in the column 商品代码 means: of goods without variants, else a SKU's own code, else a barcode."""
        key = normalise_code(code)
        product, sku = self._products.get(key), self._skus.get(key)
        if product is not None and product.has_variants:
            if sku is not None:
                return NotFound(RowFault.SEVERAL_GOODS)
            return NotFound(RowFault.NEEDS_SKU, {"codes": self._named(product.id)})
        if sku is not None:
            return sku[0] if sku[2] else NotFound(RowFault.RESTING)
        found = self.barcodes.get(code)
        return found if found is not None else NotFound(RowFault.UNKNOWN_GOODS, self._like(key))

    def of_sku(self, code: str, product_code: str) -> int | NotFound:
        """The SKU of that code; it must belong to the goods of `product_code` ("" for not said)."""
        key, product_key = normalise_code(code), normalise_code(product_code)
        sku = self._skus.get(key)
        product = self._products.get(product_key)
        if sku is None:
            hints = {"codes": self._named(product.id), "product": product.code} if product else self._like(key)
            return NotFound(RowFault.UNKNOWN_SKU, hints)
        if product_key and product_key != key and (product is None or product.id != sku[1]):
            return NotFound(RowFault.OTHER_GOODS, {"product": self._owner(sku[1])})
        return sku[0] if sku[2] else NotFound(RowFault.RESTING)

    def of_barcode(self, code: str) -> int | NotFound:
        found = self.barcodes.get(code)
        return found if found is not None else NotFound(RowFault.UNKNOWN_GOODS)

    def warehouse(self, name: str) -> int | NotFound:
        """By name; blanks around and case do not count."""
        found: int | None = self._warehouse_keys.get(normalise_code(name))
        if found is not None:
            return found
        return NotFound(RowFault.UNKNOWN_WAREHOUSE, {"codes": _some(self.warehouses)})

    def _owner(self, product_id: int) -> str:
        return self._owners.get(product_id, "")

    def _named(self, product_id: int) -> str:
        return _some(self._codes_of.get(product_id, ()))

    @cached_property
    def _owners(self) -> dict[int, str]:
        return {one.id: one.code for one in self._products.values()}

    @cached_property
    def _codes_of(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for code, key in self._codes:
            _, owner, is_on = self._skus[key]
            if is_on:
                found.setdefault(owner, []).append(code)
        return found

    @cached_property
    def _alike(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for code, key in self._codes:
            found.setdefault(_print_key(key), code)
        for key, one in self._products.items():
            found.setdefault(_print_key(key), one.code)
        return found

    def _like(self, key: str) -> dict[str, str]:
        found = self._alike.get(_print_key(key))
        return {"like": found} if found else {}


def _pairs(connection: Connection, query: Any) -> dict[Any, Any]:
    """Rows of two columns as the driver gives them: 30,000 of them in a tenth of the time."""
    cursor = connection.execute(query).cursor
    return dict(cursor.fetchall()) if cursor is not None else {}


def _print_key(key: str) -> str:
    """Equal for codes that are mistaken for one another: look-alikes, leading zeros, dashes."""
    return key.translate(_LOOK_ALIKE).replace("-", "").replace("_", "").lstrip("0")


def _some(codes: Iterable[str]) -> str:
    every = sorted(codes)
    return "、".join(every[:_NAMED]) + (f" 等 {len(every)} 个" if len(every) > _NAMED else "")
