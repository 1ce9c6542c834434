"""Look up or make what goods are filed under: units, categories, attributes and their values. In the caller's transaction.

What was found is kept in `session.info` until the session ends: a download files hundreds of goods under the same few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, bindparam, insert, select
from sqlalchemy.orm import Session

from jdy_desktop.models.account import Setting
from jdy_desktop.models.base import Base
from jdy_desktop.models.catalog import Attribute, AttributeValue, Category, Product, Sku, Unit, UnitGroup
from jdy_desktop.models.rules.codes import normalise_code
from jdy_desktop.models.rules.search import fold, syllables
from jdy_desktop.services.book.bulk import chunks, table_of
from jdy_desktop.services.errors import UserError

_T = TypeVar("_T")

_CACHE = "book.catalog"
LIMITS = {"unit": 20, "category": 100, "attribute": 60, "value": 60}
_FALLBACK_UNIT = "件"
_TAKEN = tuple(
    select(column).where(column.in_(bindparam("keys", expanding=True))) for column in (Product.code_key, Sku.code_key)
)


def forget_cache(session: Session) -> None:
    """After a savepoint was rolled back: what was made inside it is gone."""
    session.info.pop(_CACHE, None)


def unit_id(session: Session, name: str) -> int:
    """Base unit of that name, in a group of the same name (M68); empty: the account set's usual unit."""
    wanted = _clean("unit", name) or _cached(session, ("default_unit",), lambda: _default_unit(session))
    return _cached(session, ("unit", wanted), lambda: _find_or_make_unit(session, wanted))


def typed_unit_id(session: Session, name: str) -> int:
    """For goods typed by hand: a unit of that name in any group, the group of its own name first; else a new one."""
    key = ("typed_unit", _clean("unit", name))
    return _cached(session, key, lambda: known_unit_id(session, name) or unit_id(session, name))


def known_unit_id(session: Session, name: str) -> int | None:
    """A unit of that name, in the group of the same name when there is one; None when nobody uses the word yet."""
    wanted = _clean("unit", name)
    query = select(Unit.id).join(UnitGroup, UnitGroup.id == Unit.group_id).where(Unit.name == wanted)
    found = session.connection().execute(query.order_by(UnitGroup.name != wanted, Unit.id).limit(1)).scalar()
    return int(found) if found is not None else None


def category_id(session: Session, name: str, parent_id: int | None) -> int:
    """Category of that name under that parent (None: top level); reused when it exists (M64, M65)."""
    wanted = _clean("category", name)
    if not wanted:
        raise UserError("category_name_missing", field="category")

    def make() -> int:
        parent = Category.parent_id.is_(None) if parent_id is None else Category.parent_id == parent_id
        values = {"name": wanted, "parent_id": parent_id}
        return _find_or_make(session, Category, [Category.name == wanted, parent], values)

    return _cached(session, ("category", parent_id, wanted), make)


def attribute_id(session: Session, name: str) -> int:
    wanted = _clean("attribute", name)
    if not wanted:
        raise UserError("attribute_name_missing", field="attributes")
    return _cached(
        session,
        ("attribute", wanted),
        lambda: _find_or_make(session, Attribute, [Attribute.name == wanted], {"name": wanted}),
    )


def value_id(session: Session, attribute: int, name: str) -> int:
    """A value is unique within its attribute only: 天蓝色 may stand under 颜色 and under 色调 (M50)."""
    wanted = _clean("value", name)
    if not wanted:
        raise UserError("attribute_value_missing", field="values")

    def make() -> int:
        where = [AttributeValue.attribute_id == attribute, AttributeValue.name == wanted]
        return _find_or_make(session, AttributeValue, where, {"attribute_id": attribute, "name": wanted})

    return _cached(session, ("value", attribute, wanted), make)


def taken_codes(session: Session, keys: Sequence[str]) -> set[str]:
    """Which of these normalised codes some product or SKU has already."""
    found: set[str] = set()
    for part in chunks(list(keys)):
        for query in _TAKEN:
            found.update(session.connection().execute(query, {"keys": part}).scalars())
    return found


def codes_like(session: Session, code: str) -> set[str]:
    """Normalised codes of products and SKUs that begin like this one."""
    key = normalise_code(code)
    found: set[str] = set()
    for column in (Product.code_key, Sku.code_key):
        query = select(column).where(column.startswith(key, autoescape=True))
        found.update(session.connection().execute(query).scalars())
    return found


@dataclass(frozen=True, slots=True)
class Words:
    """How a name is spoken and looked for."""

    pinyin: str
    initials: str
    folded: str


@lru_cache(maxsize=50_000)
def product_words(name: str) -> Words:
    """Kept: names come back with each SKU, and a look into the dictionaries is the dearest part of new goods."""
    spoken = syllables(name)
    initials = "".join("".join(part[:1] for part in spoken).split())
    return Words("".join("".join(spoken).split()), initials, fold(name))


def product_search_text(name: str, code: str) -> str:
    """The part of `sku.search_text` that all SKUs of a product share; `product.pinyin` holds its pinyin."""
    words = product_words(name)
    parts = (words.folded, words.pinyin, words.initials, fold(code))
    return "\n".join(dict.fromkeys(filter(None, parts)))


def sku_search_text(shared: str, code: str, name: str, barcodes: Iterable[str] = ()) -> str:
    """What the pickers search: product name, codes, SKU name, barcodes, pinyin; one part per line."""
    parts = [shared, fold(code)]
    if name:
        words = product_words(name)
        parts += [words.folded] if name.isascii() else [words.folded, words.pinyin, words.initials]
    parts += [fold(barcode) for barcode in barcodes]
    return "\n".join(dict.fromkeys(filter(None, parts)))


def _cached(session: Session, key: tuple[Any, ...], make: Callable[[], _T]) -> _T:
    cache: dict[tuple[Any, ...], Any] = session.info.setdefault(_CACHE, {})
    if key not in cache:
        cache[key] = make()
    found: _T = cache[key]
    return found


def _default_unit(session: Session) -> str:
    return (
        session.connection().execute(select(Setting.value).where(Setting.key == "default_unit")).scalar()
        or _FALLBACK_UNIT
    )


def _find_or_make_unit(session: Session, name: str) -> int:
    group = _find_or_make(session, UnitGroup, [UnitGroup.name == name], {"name": name})
    where = [Unit.group_id == group, Unit.name == name]
    return _find_or_make(session, Unit, where, {"group_id": group, "name": name})


def _find_or_make(
    session: Session, entity: type[Base], where: Sequence[ColumnElement[bool]], values: dict[str, Any]
) -> int:
    connection, table = session.connection(), table_of(entity)
    found = connection.execute(select(table.c.id).where(*where)).scalar()
    if found is not None:
        return int(found)
    key = connection.execute(insert(table).values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _clean(kind: str, name: str) -> str:
    text = " ".join(name.split())
    if len(text) > LIMITS[kind]:
        raise UserError("text_too_long", field=kind, limit=LIMITS[kind], text=text)
    return text
