"""Statements for many rows: ids in chunks, insert-or-update on either engine."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Table, bindparam, insert, update
from sqlalchemy.dialects import sqlite

from jdy_desktop.models.base import Base
from jdy_desktop.services.book.prepared import CHUNK, Prepared

_T = TypeVar("_T")


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
        _insert(table, tuple(columns)).many(connection, columns, rows)


def insert_row(connection: Connection, table: Table, values: Mapping[str, Any]) -> int:
    """Insert one row, every column with a default given; its id."""
    found: int = _insert_one(table, tuple(values)).scalar(connection, **values)
    return found


def upsert(connection: Connection, table: Table, keys: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows; where `keys` (a unique constraint) exist already, the other given columns are overwritten."""
    if rows:
        columns = tuple(rows[0])
        statement = _upsert(connection.dialect.name, table, tuple(keys), columns)
        statement.many(connection, columns, [tuple(row.values()) for row in rows])


def update_many(
    connection: Connection, table: Table, changed: Sequence[str], where: Sequence[str], rows: Sequence[Sequence[Any]]
) -> int:
    """Update one row per entry (new values in the order of `changed`, then those that must stand in `where`).

    Returns how many rows fitted their condition.
    """
    if not rows:
        return 0
    names = [*(f"new_{name}" for name in changed), *(f"old_{name}" for name in where)]
    return _update(table, tuple(changed), tuple(where)).many(connection, names, rows)


def insert_or_change(dialect_name: str) -> Any:
    """The `insert` of an engine that knows ON CONFLICT."""
    if dialect_name == "sqlite":
        return sqlite.insert
    # Brings asyncio along: 0.1 s that a book in a file need not wait for.
    from sqlalchemy.dialects import postgresql

    return postgresql.insert


@cache
def _insert(table: Table, columns: tuple[str, ...]) -> Prepared:
    return Prepared(insert(table).values(_values(table, columns)))


@cache
def _insert_one(table: Table, columns: tuple[str, ...]) -> Prepared:
    return Prepared(insert(table).values(_values(table, columns)).returning(table.c.id))


@cache
def _upsert(dialect_name: str, table: Table, keys: tuple[str, ...], columns: tuple[str, ...]) -> Prepared:
    statement = insert_or_change(dialect_name)(table).values(_values(table, columns))
    changed = {name: statement.excluded[name] for name in columns if name not in keys}
    return Prepared(statement.on_conflict_do_update(index_elements=list(keys), set_=changed))


@cache
def _update(table: Table, changed: tuple[str, ...], where: tuple[str, ...]) -> Prepared:
    conditions = [table.c[name] == bindparam(f"old_{name}", type_=table.c[name].type) for name in where]
    values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in changed}
    return Prepared(update(table).where(*conditions).values(values))


def _values(table: Table, columns: Sequence[str]) -> dict[str, Any]:
    return {name: bindparam(name, type_=table.c[name].type) for name in columns}
