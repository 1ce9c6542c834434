"""What goods are filed under, kept in order by hand: 商品类别, 计量单位, 辅助属性管理 (manual 2.3, 4.1; M45, M46, M49)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import (
    Attribute,
    AttributeValue,
    Barcode,
    Category,
    Product,
    Sku,
    SkuValue,
    Unit,
    UnitGroup,
)
from jdy_desktop.services.book import audit, catalog, product_reading
from jdy_desktop.services.book.bulk import chunks, table_of, update_many
from jdy_desktop.services.book.product_values import CategoryNode
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.rights import Right

_LARGEST_RATIO = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class CategoryImpact:
    """What deleting a category does: `goods` of it and of the `below` categories under it go to `goes_to`.

    `goes_to` is the name of the category above, "" when the goods become 未分类.
    """

    name: str
    goods: int
    below: int
    goes_to: str


@dataclass(frozen=True, slots=True)
class UnitRow:
    """`ratio` base units make one of it. `n_goods` use it."""

    id: int
    name: str
    ratio: Decimal
    is_base: bool
    n_goods: int


@dataclass(frozen=True, slots=True)
class UnitGroupRow:
    """Base unit first, then by ratio."""

    id: int
    name: str
    units: tuple[UnitRow, ...]


@dataclass(frozen=True, slots=True)
class ValueRow:
    id: int
    name: str
    n_skus: int


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """Values in the order they came into the book."""

    id: int
    name: str
    values: tuple[ValueRow, ...]


class CatalogUpkeep:
    """Every change is refused with a UserError when goods would lose something that was not told before."""

    def __init__(self, db: Database, ctx: Context) -> None:
        self._db = db
        self._ctx = ctx

    # ---- 商品类别
    def categories(self) -> tuple[CategoryNode, ...]:
        """Parents before children, then by name."""
        with self._db.read() as session:
            return product_reading.category_tree(session)

    def add_category(self, name: str, parent_id: int | None = None) -> int:
        """Raises UserError category_name_taken, category_unknown."""
        with self._db.write() as session:
            if parent_id is not None:
                _category(session, parent_id)
            _free_name(session, name, parent_id)
            return catalog.category_id(session, name, parent_id)

    def rename_category(self, category_id: int, name: str) -> None:
        with self._db.write() as session:
            one = _category(session, category_id)
            before = one.name
            one.name = _free_name(session, name, one.parent_id, but=one.id)
            audit.record(session, self._ctx, "rename", "category", one.id, {"name": before}, {"name": one.name})

    def move_category(self, category_id: int, parent_id: int | None) -> None:
        """With everything below it. Raises UserError("category_inside_itself") for a place within itself."""
        with self._db.write() as session:
            one = _category(session, category_id)
            if parent_id is not None and parent_id in _branch(session, category_id):
                raise UserError("category_inside_itself", name=one.name)
            if parent_id is not None:
                _category(session, parent_id)
            _free_name(session, one.name, parent_id, but=one.id)
            before, one.parent_id = one.parent_id, parent_id
            audit.record(session, self._ctx, "move", "category", one.id, {"parent": before}, {"parent": parent_id})

    def preview_delete_category(self, category_id: int) -> CategoryImpact:
        with self._db.read() as session:
            return _impact(session, _category(session, category_id))

    def delete_category(self, category_id: int) -> CategoryImpact:
        """The category and those below it go; their goods stay and move up to the category above, else to 未分类."""
        self._ctx.require(Right.DELETE_GOODS)
        with self._db.write() as session:
            one = _category(session, category_id)
            impact, branch = _impact(session, one), _branch(session, category_id)
            values = {"category_id": one.parent_id, "version": Product.version + 1}
            for part in chunks(branch):
                session.execute(update(Product).where(Product.category_id.in_(part)).values(values))
            for child in reversed(branch):  # children stand after their parents
                session.execute(delete(Category).where(Category.id == child))
            facts = {"name": impact.name, "goods": impact.goods, "below": impact.below}
            audit.record(session, self._ctx, "delete", "category", category_id, facts, {"goes_to": impact.goes_to})
            return impact

    # ---- 计量单位
    def unit_groups(self) -> tuple[UnitGroupRow, ...]:
        """By name."""
        with self._db.read() as session:
            counts: Any = session.execute(select(Product.unit_id, func.count()).group_by(Product.unit_id)).all()
            goods = dict(counts)
            units: dict[int, list[UnitRow]] = defaultdict(list)
            for one in session.scalars(select(Unit).order_by(Unit.is_base.desc(), Unit.ratio, Unit.id)):
                row = UnitRow(one.id, one.name, one.ratio, one.is_base, goods.get(one.id, 0))
                units[one.group_id].append(row)
            groups = session.scalars(select(UnitGroup).order_by(UnitGroup.name)).all()
            return tuple(UnitGroupRow(one.id, one.name, tuple(units[one.id])) for one in groups)

    def add_unit_group(self, name: str) -> int:
        """A group with a base unit of the same name (M68). Raises UserError unit_name_missing, unit_name_taken."""
        with self._db.write() as session:
            wanted = _unit_name(name)
            if session.scalar(select(UnitGroup.id).where(UnitGroup.name == wanted)) is not None:
                raise UserError("unit_name_taken", field="unit", name=wanted)
            unit = session.get_one(Unit, catalog.unit_id(session, wanted))
            return unit.group_id

    def add_unit(self, group_id: int, name: str, ratio: Decimal) -> int:
        """A further unit of a group: `ratio` base units make one. Raises UserError unit_name_taken, unit_ratio_wrong."""
        with self._db.write() as session:
            if session.get(UnitGroup, group_id) is None:
                raise UserError("unit_unknown")
            wanted = _free_unit_name(session, name, group_id)
            unit = Unit(group_id=group_id, name=wanted, ratio=_ratio(ratio), is_base=False)
            session.add(unit)
            session.flush()
            return unit.id

    def change_unit(self, unit_id: int, name: str, ratio: Decimal) -> None:
        """Rename, or another ratio (the base unit's stays 1). A group named like its base unit goes along (M68)."""
        with self._db.write() as session:
            unit = _unit(session, unit_id)
            before = {"name": unit.name, "ratio": unit.ratio}
            wanted = _free_unit_name(session, name, unit.group_id, but=unit_id)
            group = session.get_one(UnitGroup, unit.group_id)
            if unit.is_base and group.name == unit.name and wanted != unit.name:
                if session.scalar(select(UnitGroup.id).where(UnitGroup.name == wanted)) is not None:
                    raise UserError("unit_name_taken", field="unit", name=wanted)
                group.name = wanted
            unit.name = wanted
            unit.ratio = Decimal(1) if unit.is_base else _ratio(ratio)
            after = {"name": unit.name, "ratio": unit.ratio}
            audit.record(session, self._ctx, "change", "unit", unit_id, before, after)

    def delete_unit(self, unit_id: int) -> None:
        """The last unit takes its group along. Raises UserError unit_in_use, unit_is_base (others count in it)."""
        self._ctx.require(Right.DELETE_GOODS)
        with self._db.write() as session:
            unit = _unit(session, unit_id)
            used = session.scalar(select(func.count()).where(Product.unit_id == unit_id)) or 0
            if used:
                raise UserError("unit_in_use", name=unit.name, goods=used)
            others = session.scalar(select(func.count()).where(Unit.group_id == unit.group_id, Unit.id != unit_id))
            if unit.is_base and others:
                raise UserError("unit_is_base", name=unit.name)
            group_id, name = unit.group_id, unit.name
            session.execute(delete(Unit).where(Unit.id == unit_id))
            if not others:
                session.execute(delete(UnitGroup).where(UnitGroup.id == group_id))
            audit.record(session, self._ctx, "delete", "unit", unit_id, {"name": name}, None)

    # ---- 辅助属性
    def attributes(self) -> tuple[AttributeRow, ...]:
        """By name, with how many SKUs use each value."""
        with self._db.read() as session:
            counted = select(SkuValue.attribute_value_id, func.count()).group_by(SkuValue.attribute_value_id)
            rows: Any = session.execute(counted).all()
            used = dict(rows)
            values: dict[int, list[ValueRow]] = defaultdict(list)
            for one in session.scalars(select(AttributeValue).order_by(AttributeValue.id)):
                values[one.attribute_id].append(ValueRow(one.id, one.name, used.get(one.id, 0)))
            found = session.scalars(select(Attribute).order_by(Attribute.name)).all()
            return tuple(AttributeRow(one.id, one.name, tuple(values[one.id])) for one in found)

    def add_attribute(self, name: str) -> int:
        """Raises UserError attribute_name_missing, attribute_name_taken."""
        with self._db.write() as session:
            _free_attribute(session, name)
            return catalog.attribute_id(session, name)

    def rename_attribute(self, attribute_id: int, name: str) -> None:
        with self._db.write() as session:
            one = _attribute(session, attribute_id)
            before, one.name = one.name, _free_attribute(session, name, but=attribute_id)
            audit.record(session, self._ctx, "rename", "attribute", one.id, {"name": before}, {"name": one.name})

    def delete_attribute(self, attribute_id: int) -> None:
        """With its values. Raises UserError("attribute_in_use") when a SKU has one of them."""
        self._ctx.require(Right.DELETE_GOODS)
        with self._db.write() as session:
            one = _attribute(session, attribute_id)
            name = one.name
            of_it = select(AttributeValue.id).where(AttributeValue.attribute_id == attribute_id)
            used = session.scalar(select(func.count()).where(SkuValue.attribute_value_id.in_(of_it))) or 0
            if used:
                raise UserError("attribute_in_use", name=name, skus=used)
            session.execute(delete(AttributeValue).where(AttributeValue.attribute_id == attribute_id))
            session.execute(delete(Attribute).where(Attribute.id == attribute_id))
            audit.record(session, self._ctx, "delete", "attribute", attribute_id, {"name": name}, None)

    def add_values(self, attribute_id: int, names: Sequence[str]) -> int:
        """How many were new; those that are there already are passed over."""
        with self._db.write() as session:
            _attribute(session, attribute_id)
            before = _count_values(session, attribute_id)
            for name in names:
                catalog.value_id(session, attribute_id, name)
            return _count_values(session, attribute_id) - before

    def rename_value(self, value_id: int, name: str) -> int:
        """The word changes in every SKU that has it, also where it is searched; documents keep what they were written with.

        Returns how many SKUs were renamed. Raises UserError value_name_taken, attribute_value_missing.
        """
        with self._db.write() as session:
            one = _value(session, value_id)
            wanted = " ".join(name.split())
            if not wanted:
                raise UserError("attribute_value_missing", field="values")
            twin = select(AttributeValue.id).where(
                AttributeValue.attribute_id == one.attribute_id,
                AttributeValue.name == wanted,
                AttributeValue.id != value_id,
            )
            if session.scalar(twin) is not None:
                raise UserError("value_name_taken", field="values", name=wanted)
            before, one.name = one.name, wanted
            session.flush()
            skus = list(session.scalars(select(SkuValue.sku_id).where(SkuValue.attribute_value_id == value_id)))
            _rename_skus(session, skus)
            audit.record(session, self._ctx, "rename", "attribute_value", value_id, {"name": before}, {"name": wanted})
            return len(skus)

    def delete_value(self, value_id: int) -> None:
        """Raises UserError("value_in_use") when a SKU has it."""
        self._ctx.require(Right.DELETE_GOODS)
        with self._db.write() as session:
            one = _value(session, value_id)
            used = session.scalar(select(func.count()).where(SkuValue.attribute_value_id == value_id)) or 0
            if used:
                raise UserError("value_in_use", name=one.name, skus=used)
            facts = {"name": one.name}
            session.execute(delete(AttributeValue).where(AttributeValue.id == value_id))
            audit.record(session, self._ctx, "delete", "attribute_value", value_id, facts, None)


# ---- categories
def _category(session: Session, category_id: int) -> Category:
    found = session.get(Category, category_id)
    if found is None:
        raise UserError("category_unknown", field="category_id")
    return found


def _free_name(session: Session, name: str, parent_id: int | None, but: int | None = None) -> str:
    wanted = " ".join(name.split())
    if not wanted:
        raise UserError("category_name_missing", field="category")
    if len(wanted) > catalog.LIMITS["category"]:
        raise UserError("text_too_long", field="category", limit=catalog.LIMITS["category"], text=wanted)
    beside = Category.parent_id.is_(None) if parent_id is None else Category.parent_id == parent_id
    twin = session.scalar(select(Category.id).where(Category.name == wanted, beside, Category.id != (but or 0)))
    if twin is not None:
        raise UserError("category_name_taken", field="category", name=wanted)
    return wanted


def _branch(session: Session, category_id: int) -> list[int]:
    """A category and everything below it, parents before children."""
    found, waiting = [], [category_id]
    while waiting:
        found += waiting
        waiting = list(session.scalars(select(Category.id).where(Category.parent_id.in_(waiting))))
    return found


def _impact(session: Session, category: Category) -> CategoryImpact:
    branch = _branch(session, category.id)
    goods = session.scalar(select(func.count()).where(Product.category_id.in_(branch))) or 0
    above = session.get(Category, category.parent_id) if category.parent_id is not None else None
    return CategoryImpact(category.name, goods, len(branch) - 1, above.name if above else "")


# ---- units
def _unit(session: Session, unit_id: int) -> Unit:
    found = session.get(Unit, unit_id)
    if found is None:
        raise UserError("unit_unknown")
    return found


def _unit_name(name: str) -> str:
    wanted = " ".join(name.split())
    if not wanted:
        raise UserError("unit_name_missing", field="unit")
    if len(wanted) > catalog.LIMITS["unit"]:
        raise UserError("text_too_long", field="unit", limit=catalog.LIMITS["unit"], text=wanted)
    return wanted


def _free_unit_name(session: Session, name: str, group_id: int, but: int = 0) -> str:
    wanted = _unit_name(name)
    twin = select(Unit.id).where(Unit.group_id == group_id, Unit.name == wanted, Unit.id != but)
    if session.scalar(twin) is not None:
        raise UserError("unit_name_taken", field="unit", name=wanted)
    return wanted


def _ratio(ratio: Decimal) -> Decimal:
    if not ratio.is_finite() or not 0 < ratio <= _LARGEST_RATIO or ratio * 10_000 % 1:
        raise UserError("unit_ratio_wrong", field="unit")
    return ratio


# ---- attributes
def _attribute(session: Session, attribute_id: int) -> Attribute:
    found = session.get(Attribute, attribute_id)
    if found is None:
        raise UserError("attribute_unknown")
    return found


def _value(session: Session, value_id: int) -> AttributeValue:
    found = session.get(AttributeValue, value_id)
    if found is None:
        raise UserError("attribute_unknown")
    return found


def _free_attribute(session: Session, name: str, but: int = 0) -> str:
    wanted = " ".join(name.split())
    if not wanted:
        raise UserError("attribute_name_missing", field="attributes")
    if len(wanted) > catalog.LIMITS["attribute"]:
        raise UserError("text_too_long", field="attributes", limit=catalog.LIMITS["attribute"], text=wanted)
    if session.scalar(select(Attribute.id).where(Attribute.name == wanted, Attribute.id != but)) is not None:
        raise UserError("attribute_name_taken", field="attributes", name=wanted)
    return wanted


def _count_values(session: Session, attribute_id: int) -> int:
    return session.scalar(select(func.count()).where(AttributeValue.attribute_id == attribute_id)) or 0


def _rename_skus(session: Session, sku_ids: Sequence[int]) -> None:
    """Names and search words of these SKUs anew, from their values."""
    for part in chunks(sku_ids):
        names: dict[int, list[str]] = defaultdict(list)
        query = select(SkuValue.sku_id, AttributeValue.name).join(
            AttributeValue, AttributeValue.id == SkuValue.attribute_value_id
        )
        for sku_id, name in session.execute(query.where(SkuValue.sku_id.in_(part)).order_by(SkuValue.position)):
            names[sku_id].append(name)
        barcodes: dict[int, list[str]] = defaultdict(list)
        for sku_id, code in session.execute(select(Barcode.sku_id, Barcode.code).where(Barcode.sku_id.in_(part))):
            barcodes[sku_id].append(code)
        rows = []
        goods = select(Sku.id, Sku.code, Product.name, Product.code.label("product_code"))
        for row in session.execute(goods.join(Product, Product.id == Sku.product_id).where(Sku.id.in_(part))):
            shared = catalog.product_search_text(row.name, row.product_code)
            name = "/".join(names[row.id])
            rows.append((name, catalog.sku_search_text(shared, row.code, name, barcodes[row.id]), row.id))
        update_many(session.connection(), table_of(Sku), ["name", "search_text"], ["id"], rows)
        of_skus = select(Sku.product_id).where(Sku.id.in_(part))
        session.execute(
            update(Product).where(Product.id.in_(of_skus)).values(version=Product.version + 1),
            execution_options={"synchronize_session": False},
        )
