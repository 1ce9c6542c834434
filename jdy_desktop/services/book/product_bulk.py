"""Many new goods in one go: checked together, written as rows (a workbook of goods, a first catalogue).

One product at a time costs a dozen statements; here each table is written once, so 10,000 products take a second.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import Barcode, Category, Product, ProductPicture, Sku, SkuPrice, SkuValue
from jdy_desktop.models.ids import ProductId
from jdy_desktop.models.rules.codes import normalise_code, sku_codes
from jdy_desktop.services.book import audit, catalog
from jdy_desktop.services.book.bulk import chunks, insert_many, table_of, update_many, upsert
from jdy_desktop.services.book.product_values import ProductDetail, SaveProduct, as_request
from jdy_desktop.services.book.product_writing import check_product
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.rights import Right

_PRODUCT_COLUMNS = (
    *("id", "code", "code_key", "name", "category_id", "kind", "unit_id", "specification", "has_variants"),
    *("allow_negative", "tax_rate", "picture", "remark", "pinyin", "is_downloaded", "created_at", "updated_at", "version"),
)  # fmt: skip
_SKU_COLUMNS = (
    *("id", "product_id", "position", "code", "code_key", "name", "picture"),
    *("minimum_stock", "search_text", "is_active"),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """`index`: place of the request in what was asked for, from 0. `error` names field and SKU row as `Products.save` does."""

    index: int
    error: UserError


@dataclass(frozen=True, slots=True)
class Ready:
    """A checked request with the codes its SKUs get, and the keys of both."""

    index: int
    request: SaveProduct
    key: str
    codes: tuple[str, ...]
    keys: tuple[str, ...]


def check_many(session: Session, requests: Sequence[SaveProduct]) -> tuple[list[Ready], list[Refusal]]:
    """New goods that can be written, and what is wrong with the others; among equals the first one is taken."""
    refused: list[Refusal] = []
    cleaned: list[tuple[int, SaveProduct]] = []
    for index, request in enumerate(requests):
        try:
            cleaned.append((index, check_product(request)))
        except UserError as error:
            refused.append(Refusal(index, error))
    ready: list[Ready] = []
    known = _Known.of(session, [one for _index, one in cleaned])
    for index, request in cleaned:
        try:
            ready.append(known.take(session, index, request))
        except UserError as error:
            refused.append(Refusal(index, error))
    return ready, sorted(refused, key=lambda one: one.index)


def create_many(session: Session, ctx: Context, requests: Sequence[SaveProduct]) -> list[ProductId]:
    """All of them in the caller's transaction; ids in the order given.

    Raises the first UserError with `request` (from 1) in its params; the caller's transaction then takes all back.
    """
    ready, refused = check_many(session, requests)
    if refused:
        first = refused[0]
        raise UserError(
            first.error.code,
            field=first.error.field,
            row=first.error.row,
            **{**first.error.params, "request": first.index + 1},
        )
    return write_ready(session, ctx, ready)


def write_ready(session: Session, ctx: Context, ready: Sequence[Ready]) -> list[ProductId]:
    """What `check_many` let through, in the same transaction."""
    if not ready:
        return []
    if any(one.request.allow_negative for one in ready):
        ctx.require(Right.NEGATIVE_STOCK)
    session.flush()
    connection = session.connection()
    ids = _write_products(session, ctx, ready)
    sku_ids = _write_skus(connection, ready, ids)
    _write_prices(connection, ready, sku_ids)
    _write_values(session, ready, sku_ids)
    _write_barcodes(connection, ready, sku_ids)
    _write_pictures(connection, ready, ids)
    # Prices need no audit row here: what changes them later writes what stood before.
    audit.record(
        session, ctx, "create_many", "product", len(ready), None, {"codes": [one.request.code for one in ready]}
    )
    return [ProductId(one) for one in ids]


class _Known:
    """Codes and barcodes that are taken, in the book or by a request before."""

    def __init__(
        self, keys: dict[str, str], products: set[str], skus: set[str], barcodes: dict[str, str], categories: set[int]
    ) -> None:
        """`keys`: normalised code by code, so that each is worked out once."""
        self._keys, self._products, self._skus = keys, products, skus
        self._barcodes, self._categories = barcodes, categories

    @classmethod
    def of(cls, session: Session, requests: Sequence[SaveProduct]) -> _Known:
        codes: list[str] = []
        barcodes: dict[str, None] = {}
        for one in requests:
            codes.append(one.code)
            codes += [sku.code for sku in one.skus]
            for sku in one.skus:
                if sku.barcodes:
                    barcodes.update(dict.fromkeys(sku.barcodes))
            if one.attributes and not all(sku.code for sku in one.skus):
                codes += sku_codes(one.code, len(one.skus))
        keys = {code: normalise_code(code) for code in dict.fromkeys(codes)}
        connection = session.connection()
        wanted_keys = list(dict.fromkeys(keys.values()))
        products = _found(connection, Product, wanted_keys)
        skus = _found(connection, Sku, wanted_keys)
        owners: dict[str, str] = {}
        for part in chunks(list(barcodes)):
            query = select(Barcode.code, Sku.code).join(Sku, Sku.id == Barcode.sku_id).where(Barcode.code.in_(part))
            owners |= {code: owner for code, owner in connection.execute(query)}  # noqa: C416
        wanted = {one.category_id for one in requests if one.category_id is not None}
        categories = set(session.scalars(select(Category.id))) if wanted else set()
        return cls(keys, products, skus, owners, categories)

    def take(self, session: Session, index: int, request: SaveProduct) -> Ready:
        """Give its codes away. Raises UserError; nothing is taken then."""
        key = self._keys[request.code]
        if key in self._products:
            raise UserError("code_taken", field="code", taken=request.code)
        if request.category_id is not None and request.category_id not in self._categories:
            raise UserError("category_unknown", field="category_id")
        codes = self._codes(session, request)
        keys = tuple([self._keys.get(code) or normalise_code(code) for code in codes])
        seen: dict[str, int] = {}
        for row, (code, one) in enumerate(zip(codes, keys, strict=True), 1):
            if one in self._skus or seen.setdefault(one, row) != row:
                raise UserError("code_taken", field="sku_code", row=row, taken=code)
        mine = self._own_barcodes(request, codes)
        self._products.add(key)
        self._skus.update(keys)
        self._barcodes |= mine
        return Ready(index, request, key, codes, keys)

    def _codes(self, session: Session, request: SaveProduct) -> tuple[str, ...]:
        if not request.attributes:
            return (request.code,)
        if all(sku.code for sku in request.skus):
            return tuple([sku.code for sku in request.skus])
        given = {normalise_code(sku.code) for sku in request.skus if sku.code}
        wanted = sum(not sku.code for sku in request.skus)
        fresh = sku_codes(request.code, wanted, given)
        if any(normalise_code(code) in self._skus or normalise_code(code) in self._products for code in fresh):
            fresh = sku_codes(request.code, wanted, given | self._skus | catalog.codes_like(session, request.code))
        free = iter(fresh)
        return tuple(sku.code or next(free) for sku in request.skus)

    def _own_barcodes(self, request: SaveProduct, codes: Sequence[str]) -> dict[str, str]:
        mine: dict[str, str] = {}
        for row, (sku, sku_code) in enumerate(zip(request.skus, codes, strict=True), 1):
            for code in sku.barcodes:
                owner = self._barcodes.get(code) or mine.get(code)
                if owner is not None:
                    raise UserError("barcode_taken", field="barcodes", row=row, barcode=code, owner=owner)
                mine[code] = sku_code
        return mine


def _found(connection: Connection, entity: Any, keys: Sequence[str]) -> set[str]:
    """Which of these codes are there. In a book with fewer goods than are asked for, all are read at once."""
    table = table_of(entity)
    column = table.c.code_key
    if (connection.execute(select(func.count()).select_from(table)).scalar() or 0) <= len(keys):
        return set(connection.execute(select(column)).scalars())
    found: set[str] = set()
    for part in chunks(keys):
        found.update(connection.execute(select(column).where(column.in_(part))).scalars())
    return found


# ---- rows
def _next_ids(connection: Connection, entity: Any, count: int) -> list[int]:
    """Free ids. Only one writes at a time; PostgreSQL's own counter is moved along, so that it gives none of them again."""
    table = table_of(entity)
    if connection.dialect.name == "postgresql":
        counter = func.nextval(func.pg_get_serial_sequence(table.name, "id"))
        query = select(counter).select_from(func.generate_series(1, count).alias("number"))
        return list(connection.execute(query).scalars())
    last = connection.execute(select(func.max(table.c.id))).scalar() or 0
    return list(range(last + 1, last + 1 + count))


def _write_products(session: Session, ctx: Context, ready: Sequence[Ready]) -> list[int]:
    connection, now = session.connection(), ctx.clock.now()
    ids = _next_ids(connection, Product, len(ready))
    rows = []
    for product_id, one in zip(ids, ready, strict=True):
        request = one.request
        rows.append(
            (
                product_id, request.code, one.key, request.name, request.category_id, "ordinary",
                catalog.typed_unit_id(session, request.unit), request.specification, bool(request.attributes),
                request.allow_negative, request.tax_rate, request.picture, request.remark,
                catalog.product_words(request.name).pinyin, False, now, now, 1,
            )
        )  # fmt: skip
    insert_many(connection, table_of(Product), _PRODUCT_COLUMNS, rows)
    return ids


def _write_skus(connection: Connection, ready: Sequence[Ready], product_ids: Sequence[int]) -> list[int]:
    """Ids of all SKUs, product by product."""
    ids = _next_ids(connection, Sku, sum(len(one.codes) for one in ready))
    free = iter(ids)
    rows = []
    for product_id, one in zip(product_ids, ready, strict=True):
        shared = catalog.product_search_text(one.request.name, one.request.code)
        for position, (sku, code, key) in enumerate(zip(one.request.skus, one.codes, one.keys, strict=True), 1):
            name = "/".join(sku.values)
            words = catalog.sku_search_text(shared, code, name, sku.barcodes)
            rows.append(
                (next(free), product_id, position, code, key, name, sku.picture, sku.minimum_stock, words, True)
            )
    insert_many(connection, table_of(Sku), _SKU_COLUMNS, rows)
    return ids


def _with_ids(ready: Sequence[Ready], sku_ids: Sequence[int]) -> Iterable[tuple[int, Ready, int]]:
    """(id of the SKU, its request, its place in it) of all SKUs."""
    free = iter(sku_ids)
    return ((next(free), one, place) for one in ready for place in range(len(one.codes)))


def _write_prices(connection: Connection, ready: Sequence[Ready], sku_ids: Sequence[int]) -> None:
    rows = [
        (sku_id, grade.value, price)
        for sku_id, one, place in _with_ids(ready, sku_ids)
        for grade, price in one.request.skus[place].prices.items()
    ]
    insert_many(connection, table_of(SkuPrice), ("sku_id", "grade", "price"), rows)


def _write_values(session: Session, ready: Sequence[Ready], sku_ids: Sequence[int]) -> None:
    known = _value_ids(session, ready)
    rows = [
        (sku_id, position, known[attribute, value])
        for sku_id, one, place in _with_ids(ready, sku_ids)
        for position, (attribute, value) in enumerate(
            zip(one.request.attributes, one.request.skus[place].values, strict=True), 1
        )
    ]
    insert_many(session.connection(), table_of(SkuValue), ("sku_id", "position", "attribute_value_id"), rows)


def _value_ids(session: Session, ready: Sequence[Ready]) -> Mapping[tuple[str, str], int]:
    """Each attribute and value is looked up or made once."""
    wanted: dict[str, dict[str, None]] = defaultdict(dict)
    for one in ready:
        for place, attribute in enumerate(one.request.attributes):
            wanted[attribute].update((sku.values[place], None) for sku in one.request.skus)
    found: dict[tuple[str, str], int] = {}
    for attribute, values in wanted.items():
        attribute_id = catalog.attribute_id(session, attribute)
        for value in values:
            found[attribute, value] = catalog.value_id(session, attribute_id, value)
    return found


def _write_barcodes(connection: Connection, ready: Sequence[Ready], sku_ids: Sequence[int]) -> None:
    rows = [
        (sku_id, code) for sku_id, one, place in _with_ids(ready, sku_ids) for code in one.request.skus[place].barcodes
    ]
    insert_many(connection, table_of(Barcode), ("sku_id", "code"), rows)


def _write_pictures(connection: Connection, ready: Sequence[Ready], product_ids: Sequence[int]) -> None:
    rows = [
        (product_id, position, path)
        for product_id, one in zip(product_ids, ready, strict=True)
        for position, path in enumerate(one.request.pictures or (), 1)
    ]
    insert_many(connection, table_of(ProductPicture), ("product_id", "position", "path"), rows)


# ---- stored goods
#: what may change without a look at codes, names and SKUs: everything else goes through `product_writing`.
_LIGHT = ("category_id", "unit", "specification", "allow_negative", "tax_rate", "remark")


def is_light(stored: ProductDetail, request: SaveProduct) -> bool:
    """Only figures and plain fields differ, so that many of them can be written together."""
    base = as_request(stored)
    same = {name: getattr(base, name) for name in _LIGHT}
    if replace(request, **same, skus=base.skus) != base or len(request.skus) != len(base.skus):
        return False
    return all(
        replace(one, prices=other.prices, minimum_stock=other.minimum_stock) == other
        for one, other in zip(request.skus, base.skus, strict=True)
    )


def change_many(session: Session, ctx: Context, changes: Sequence[tuple[ProductDetail, SaveProduct]]) -> None:
    """Changes that `is_light` let through and `check_product` has passed, in the caller's transaction."""
    if not changes:
        return
    connection, now = session.connection(), ctx.clock.now()
    heads: list[tuple[Any, ...]] = []
    prices: list[dict[str, Any]] = []
    minima: list[tuple[Any, ...]] = []
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for stored, request in changes:
        values = [getattr(request, name) for name in _LIGHT]
        unit = None if request.unit.strip() == stored.unit else catalog.typed_unit_id(session, request.unit)
        heads.append((*(values[:1]), unit, *values[2:], now, stored.version + 1, stored.id))
        for sku, old in zip(request.skus, (one for one in stored.skus if one.is_active), strict=True):
            fresh = {grade: price for grade, price in sku.prices.items() if old.prices.get(grade) != price}
            prices += [{"sku_id": old.id, "grade": grade.value, "price": price} for grade, price in fresh.items()]
            if fresh:
                before[old.code] = {grade.value: old.prices.get(grade) for grade in fresh}
                after[old.code] = {grade.value: price for grade, price in fresh.items()}
            if sku.minimum_stock != old.minimum_stock:
                minima.append((sku.minimum_stock, old.id))
    names = ("category_id", "specification", "allow_negative", "tax_rate", "remark", "updated_at", "version")
    update_many(connection, table_of(Product), names, ["id"], [(*one[:1], *one[2:]) for one in heads])
    units = [(one[1], one[-1]) for one in heads if one[1] is not None]
    update_many(connection, table_of(Product), ["unit_id"], ["id"], units)
    update_many(connection, table_of(Sku), ["minimum_stock"], ["id"], minima)
    upsert(connection, table_of(SkuPrice), ["sku_id", "grade"], prices)
    facts = {"codes": [request.code for _stored, request in changes], "prices": after}
    audit.record(session, ctx, "change_many", "product", len(changes), {"prices": before}, facts)


def check_taken(session: Session, request: SaveProduct) -> None:
    """Whether other goods have a code or barcode of this stored product. Raises UserError like `Products.save`."""
    rows = {normalise_code(sku.code): row for row, sku in enumerate(request.skus, 1) if sku.code}
    others = Sku.product_id != request.product_id
    taken = session.scalar(select(Sku.code_key).where(Sku.code_key.in_(rows), others))
    if taken is not None:
        row = rows[taken]
        raise UserError("code_taken", field="sku_code", row=row, taken=request.skus[row - 1].code)
    places = {code: row for row, sku in enumerate(request.skus, 1) for code in sku.barcodes}
    query = select(Barcode.code, Sku.code).join(Sku, Sku.id == Barcode.sku_id)
    twin = session.execute(query.where(Barcode.code.in_(places), others)).first()
    if twin is not None:
        raise UserError("barcode_taken", field="barcodes", row=places[twin[0]], barcode=twin[0], owner=twin[1])
