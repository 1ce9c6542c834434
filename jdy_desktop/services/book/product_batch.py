"""批量设置: one field of many goods at once, told beforehand and taken back afterwards (manual 5.4; M119, M120)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import Category, Product, Sku, SkuPrice, Unit
from jdy_desktop.models.rules.rounding import HUNDRED, LARGEST, ratio, round_half_up, times
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book import audit, catalog
from jdy_desktop.services.book.bulk import chunks, table_of, update_many, upsert
from jdy_desktop.services.book.number_checks import check_number
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.rights import Right

BatchField = Literal[
    "allow_negative", "category", "unit", "specification", "tax_rate", "remark", "minimum_stock", "price"
]
#: set: to this price · add: by so many yuan, negative for less · percent: so many percent of the base grade.
PriceMode = Literal["set", "add", "percent"]
_COLUMNS = {
    "allow_negative": Product.allow_negative,
    "category": Product.category_id,
    "unit": Product.unit_id,
    "specification": Product.specification,
    "tax_rate": Product.tax_rate,
    "remark": Product.remark,
}
#: fields whose value is the id of a row that somebody may delete meanwhile.
_NAMED: dict[str, Any] = {"category": Category, "unit": Unit}
_RIGHTS: dict[BatchField, Right] = {"allow_negative": Right.NEGATIVE_STOCK, "price": Right.CHANGE_PRICES}
_SPECIFICATION_LIMIT, _EXAMPLES = 200, 6


@dataclass(frozen=True, slots=True)
class BatchChange:
    """`value`: bool, category id or None, unit name, text, percent, pieces, yuan or percent, as the field wants it.

    For "price": `grade` is changed; `base` (None: the same grade) is what "add" and "percent" start from; `places` decimals are
    kept, HALF_UP.
    """

    field: BatchField
    value: Any
    grade: PriceGrade = PriceGrade.RETAIL
    mode: PriceMode = "set"
    base: PriceGrade | None = None
    places: int = 2


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One change: `code` and `name` of the product, or of its SKU for prices and minimum stock. Values as stored."""

    code: str
    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class BatchPreview:
    """`goods` change (in `rows` rows), `same` have the value already; `skipped`: (code, reason) of SKUs left alone.

    Reasons: no_base_price, below_zero, too_large. `lines`: the first few changes.
    """

    goods: int
    rows: int
    same: int
    skipped: tuple[tuple[str, str], ...]
    lines: tuple[BatchLine, ...]


@dataclass(frozen=True, slots=True)
class BatchUndo:
    """What `ProductBatch.undo` needs: (id, before, after) of each row changed; ids of products, or of SKUs."""

    change: BatchChange
    rows: tuple[tuple[int, Any, Any], ...]


@dataclass(frozen=True, slots=True)
class BatchReport:
    preview: BatchPreview
    undo: BatchUndo


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that may change; `key` is the id of `product` or of one of its SKUs."""

    key: int
    product: int
    code: str
    name: str
    before: Any
    after: Any
    skipped: str = ""


class ProductBatch:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db = db
        self._ctx = ctx

    def may_set(self, field: BatchField) -> bool:
        """Whether who works now may change this field: nothing is offered that `apply` would refuse."""
        return field not in _RIGHTS or self._ctx.may(_RIGHTS[field])

    def preview(self, product_ids: Sequence[int], change: BatchChange) -> BatchPreview:
        """What `apply` would do now; changes nothing. Raises UserError naming the field."""
        _check(change)
        with self._db.read() as session:
            return _preview(session, change, _rows(session, product_ids, change))

    def apply(self, product_ids: Sequence[int], change: BatchChange) -> BatchReport:
        """All of it in one transaction. Raises Refused (prices and the negative-stock flag need 店主) and UserError naming the field."""
        _check(change)
        self._require(change)
        with self._db.write() as session:
            if change.field == "unit":
                catalog.typed_unit_id(session, change.value)  # from here on it is known
            rows = _rows(session, product_ids, change)
            preview = _preview(session, change, rows)
            changed = [(one.key, one.before, one.after) for one in rows if not one.skipped and one.before != one.after]
            _write(session, self._ctx, change, [(key, after) for key, _before, after in changed])
            if changed:
                _audit(session, self._ctx, change, changed)
            return BatchReport(preview, BatchUndo(change, tuple(changed)))

    def undo(self, undo: BatchUndo) -> tuple[int, int]:
        """Rows set back, and rows that stay as they are: changed since, or their former category or unit is gone."""
        self._require(undo.change)
        with self._db.write() as session:
            now = _present(session, undo.change, [key for key, _before, _after in undo.rows])
            back = [(key, after, before) for key, before, after in undo.rows if key in now and now[key] == after]
            if undo.change.field in _NAMED:
                known = set(session.scalars(select(_NAMED[undo.change.field].id)))
                back = [one for one in back if one[2] is None or one[2] in known]
            _write(session, self._ctx, undo.change, [(key, before) for key, _after, before in back])
            if back:
                _audit(session, self._ctx, undo.change, back, action="batch_undo")
            return len(back), len(undo.rows) - len(back)

    def _require(self, change: BatchChange) -> None:
        right = _RIGHTS.get(change.field)
        if right is not None:
            self._ctx.require(right)


def _check(change: BatchChange) -> None:
    """Raises UserError naming the field."""
    value = change.value
    if change.field == "specification" and len(value) > _SPECIFICATION_LIMIT:
        raise UserError("text_too_long", field="specification", limit=_SPECIFICATION_LIMIT)
    if change.field == "tax_rate" and value is not None and not 0 <= value <= HUNDRED:
        raise UserError("tax_rate_out_of_range", field="tax_rate")
    if change.field == "minimum_stock":
        check_number(value, "minimum_stock", None, 4)
    if change.field == "price":
        field = f"price_{change.grade.value}"
        if value is None and change.mode == "set":
            return
        if value is None:
            raise UserError("not_a_number", field=field)
        check_number(abs(value) if change.mode == "add" else value, field, None, 6)


# ---- which rows
def _rows(session: Session, product_ids: Sequence[int], change: BatchChange) -> list[_Row]:
    ids = list(dict.fromkeys(product_ids))
    found: list[_Row] = []
    if change.field in _COLUMNS:
        after = _wanted(session, change)
        for part in chunks(ids):
            query = select(Product.id, Product.code, Product.name, _COLUMNS[change.field]).where(Product.id.in_(part))
            rows = session.execute(query.order_by(Product.code_key)).all()
            found += [_Row(key, key, code, name, before, after) for key, code, name, before in rows]
        return found
    for part in chunks(ids):
        found += _sku_rows(session, part, change)
    return found


def _wanted(session: Session, change: BatchChange) -> Any:
    """The value as the column stores it; a unit nobody knows yet is still its name."""
    if change.field == "category" and change.value is not None and session.get(Category, change.value) is None:
        raise UserError("category_unknown", field="category_id")
    if change.field == "unit":
        return catalog.known_unit_id(session, change.value) or change.value.strip()
    return change.value.strip() if isinstance(change.value, str) else change.value


def _sku_rows(session: Session, product_ids: Sequence[int], change: BatchChange) -> list[_Row]:
    query = (
        select(Sku.id, Sku.product_id, Sku.code, Product.name, Sku.name.label("values"), Sku.minimum_stock)
        .join(Product, Product.id == Sku.product_id)
        .where(Sku.product_id.in_(product_ids), Sku.is_active)
        .order_by(Product.code_key, Sku.position)
    )
    rows = session.execute(query).all()
    prices = _prices(session, [row.id for row in rows]) if change.field == "price" else {}
    found = []
    for row in rows:
        before, after, skipped = row.minimum_stock, change.value, ""
        if change.field == "price":
            before = prices.get((row.id, change.grade.value))
            after, skipped = _price(change, before, prices.get((row.id, (change.base or change.grade).value)))
        name = f"{row.name} {row.values}".strip()
        found.append(_Row(row.id, row.product_id, row.code, name, before, after, skipped))
    return found


def _price(change: BatchChange, before: Decimal | None, base: Decimal | None) -> tuple[Decimal | None, str]:
    """The new price and "", or the present one and the reason why it stays."""
    if change.mode == "set":
        return change.value, ""
    if base is None:
        return before, "no_base_price"
    wanted = base + change.value if change.mode == "add" else ratio(times(base, change.value), HUNDRED)
    wanted = round_half_up(wanted, change.places)
    if wanted < 0:
        return before, "below_zero"
    return (before, "too_large") if wanted > LARGEST else (wanted, "")


def _prices(session: Session, sku_ids: Sequence[int]) -> dict[tuple[int, str], Decimal]:
    found: dict[tuple[int, str], Decimal] = {}
    for part in chunks(sku_ids):
        query = select(SkuPrice.sku_id, SkuPrice.grade, SkuPrice.price).where(SkuPrice.sku_id.in_(part))
        found |= {(sku_id, grade): price for sku_id, grade, price in session.execute(query)}
    return found


def _present(session: Session, change: BatchChange, keys: Sequence[int]) -> Mapping[int, Any]:
    """What stands there now."""
    if change.field == "price":
        prices = _prices(session, keys)
        return {key: prices.get((key, change.grade.value)) for key in keys}
    found: dict[int, Any] = {}
    entity, column = (Sku, Sku.minimum_stock) if change.field == "minimum_stock" else (Product, _COLUMNS[change.field])
    for part in chunks(keys):
        found |= dict(session.execute(select(entity.id, column).where(entity.id.in_(part))).all())
    return found


def _preview(session: Session, change: BatchChange, rows: Sequence[_Row]) -> BatchPreview:
    changed = [one for one in rows if not one.skipped and one.before != one.after]
    goods = {one.product for one in changed}
    touched = {one.product for one in rows}
    return BatchPreview(
        goods=len(goods),
        rows=len(changed),
        same=len(touched - goods - {one.product for one in rows if one.skipped}),
        skipped=tuple((one.code, one.skipped) for one in rows if one.skipped),
        lines=tuple(_words(session, change, changed[:_EXAMPLES])),
    )


def _words(session: Session, change: BatchChange, rows: Sequence[_Row]) -> list[BatchLine]:
    """Categories and units by their names; everything else stands as it is."""
    names: dict[Any, str] = {}
    if change.field in _NAMED:
        entity = _NAMED[change.field]
        names = dict(session.execute(select(entity.id, entity.name)).all())
    return [
        BatchLine(one.code, one.name, names.get(one.before, one.before), names.get(one.after, one.after))
        for one in rows
    ]


# ---- writing
def _write(session: Session, ctx: Context, change: BatchChange, rows: Sequence[tuple[int, Any]]) -> None:
    connection = session.connection()
    if not rows:
        return
    if change.field == "minimum_stock":
        update_many(connection, table_of(Sku), ["minimum_stock"], ["id"], [(value, key) for key, value in rows])
    elif change.field == "price":
        _write_prices(session, change, rows)
    else:
        _write_columns(session, ctx, change, rows)
        return
    _touch(session, ctx, [key for key, _value in rows])


def _write_columns(session: Session, ctx: Context, change: BatchChange, rows: Sequence[tuple[int, Any]]) -> None:
    by_value: dict[Any, list[int]] = defaultdict(list)
    for key, value in rows:
        by_value[value].append(key)
    name = _COLUMNS[change.field].key
    for value, keys in by_value.items():
        for part in chunks(keys):
            statement = update(Product).where(Product.id.in_(part))
            values = {name: value, "version": Product.version + 1, "updated_at": ctx.clock.now()}
            session.execute(statement.values(values), execution_options={"synchronize_session": False})


def _write_prices(session: Session, change: BatchChange, rows: Sequence[tuple[int, Any]]) -> None:
    grade = change.grade.value
    kept = [{"sku_id": key, "grade": grade, "price": price} for key, price in rows if price is not None]
    upsert(session.connection(), table_of(SkuPrice), ["sku_id", "grade"], kept)
    for part in chunks([key for key, price in rows if price is None]):
        session.execute(delete(SkuPrice).where(SkuPrice.sku_id.in_(part), SkuPrice.grade == grade))


def _touch(session: Session, ctx: Context, sku_ids: Sequence[int]) -> None:
    """An open form of these goods is out of date now."""
    for part in chunks(sku_ids):
        of_skus = select(Sku.product_id).where(Sku.id.in_(part))
        values = {"version": Product.version + 1, "updated_at": ctx.clock.now()}
        session.execute(
            update(Product).where(Product.id.in_(of_skus)).values(values),
            execution_options={"synchronize_session": False},
        )


def _audit(
    session: Session, ctx: Context, change: BatchChange, rows: Sequence[tuple[int, Any, Any]], action: str = "batch"
) -> None:
    what = change.field if change.field != "price" else f"price_{change.grade.value}"
    before = {str(key): value for key, value, _after in rows}
    after = {"field": what, "rows": {str(key): value for key, _before, value in rows}}
    audit.record(session, ctx, action, "product", len(rows), before, after)
