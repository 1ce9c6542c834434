"""Statements for many rows: ids in chunks, insert-or-update on either engine."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Insert, Table, Update, bindparam, insert, update
from sqlalchemy.dialects import sqlite

from jdy_desktop.models.base import Base
from jdy_desktop.services.machine.db import note_area

_T = TypeVar("_T")

#: SQLite takes 32,766 variables in a statement, PostgreSQL 65,535; a tenth of it keeps plans short.
CHUNK = 3000


@contextmanager
def without_collecting() -> Iterator[None]:
    """Hundreds of thousands of rows are made and none is garbage: looking through them again and again costs a quarter."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def table_of(entity: type[Base]) -> Table:
    """The bare table of an entity, for statements that need no objects."""
    return cast(Table, entity.__table__)


def chunks(items: Sequence[_T], size: int = CHUNK) -> Iterator[Sequence[_T]]:
    """`items` in pieces that fit an IN list."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def insert_many(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows, values in the order of `columns`; on SQLite four times faster than through Core.

    Values are converted by the columns' types either way: a float or a surplus digit is refused here as everywhere.
    """
    if rows:
        _execute(connection, _insert(table, tuple(columns)), columns, rows)


def upsert(connection: Connection, table: Table, keys: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows; where `keys` (a unique constraint) exist already, the other given columns are overwritten."""
    if rows:
        columns = tuple(rows[0])
        statement = _upsert(connection.dialect.name, table, tuple(keys), columns)
        _execute(connection, statement, columns, [tuple(row.values()) for row in rows])


def update_many(
    connection: Connection, table: Table, changed: Sequence[str], where: Sequence[str], rows: Sequence[Sequence[Any]]
) -> int:
    """Update one row per entry (new values in the order of `changed`, then those that must stand in `where`).

    Returns how many rows fitted their condition.
    """
    if not rows:
        return 0
    names = [*(f"new_{name}" for name in changed), *(f"old_{name}" for name in where)]
    return _execute(connection, _update(table, tuple(changed), tuple(where)), names, rows)


def insert_or_change(dialect_name: str) -> Any:
    """The `insert` of an engine that knows ON CONFLICT."""
    if dialect_name == "sqlite":
        return sqlite.insert
    # Brings asyncio along: 0.1 s that a book in a file need not wait for.
    from sqlalchemy.dialects import postgresql

    return postgresql.insert


@cache
def _insert(table: Table, columns: tuple[str, ...]) -> Insert:
    return insert(table).values({name: bindparam(name, type_=table.c[name].type) for name in columns})


@cache
def _upsert(dialect_name: str, table: Table, keys: tuple[str, ...], columns: tuple[str, ...]) -> Any:
    statement = insert_or_change(dialect_name)(table).values(
        {name: bindparam(name, type_=table.c[name].type) for name in columns}
    )
    changed = {name: statement.excluded[name] for name in columns if name not in keys}
    return statement.on_conflict_do_update(index_elements=list(keys), set_=changed)


@cache
def _update(table: Table, changed: tuple[str, ...], where: tuple[str, ...]) -> Update:
    conditions = [table.c[name] == bindparam(f"old_{name}", type_=table.c[name].type) for name in where]
    values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in changed}
    return update(table).where(*conditions).values(values)


def _execute(connection: Connection, statement: Any, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    if connection.dialect.name != "sqlite":
        return connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows]).rowcount
    text, order, converters = _compiled(statement, tuple(names))
    note_area(connection, statement.table)
    # Column by column: most columns need no conversion, and a loop over cells would cost more than the database.
    columns = list(zip(*rows, strict=True))
    ordered = [
        columns[place] if convert is None else _converted(convert, columns[place])
        for place, convert in zip(order, converters, strict=True)
    ]
    values = list(zip(*ordered, strict=True))
    return connection.exec_driver_sql(text, values).rowcount


def _converted(convert: Callable[[Any], Any], column: Sequence[Any]) -> list[Any]:
    """Each different value once: flags, times and most prices repeat. By class too, or 1.0 would pass for Decimal(1)."""
    seen: dict[tuple[type, Any], Any] = {}
    found = []
    for value in column:
        key = (value.__class__, value)
        if key not in seen:
            seen[key] = convert(value)
        found.append(seen[key])
    return found


@cache
def _compiled(
    statement: Any, names: tuple[str, ...]
) -> tuple[str, tuple[int, ...], tuple[Callable[[Any], Any] | None, ...]]:
    """SQLAlchemy's own text for SQLite, once: places of the values in it, and what converts them."""
    dialect: Any = sqlite.dialect()
    compiled = statement.compile(dialect=dialect)
    order: list[str] = compiled.positiontup
    types = [compiled.binds[name].type.dialect_impl(dialect) for name in order]
    return compiled.string, tuple(map(names.index, order)), tuple(one.bind_processor(dialect) for one in types)
