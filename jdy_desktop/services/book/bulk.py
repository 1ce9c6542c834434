"""Statements for many rows: ids in chunks, insert-or-update on either engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from jdy_desktop.models.base import Base

_T = TypeVar("_T")

#: SQLite takes 32,766 variables in a statement, PostgreSQL 65,535; a tenth of it keeps plans short.
CHUNK = 3000


def table_of(entity: type[Base]) -> Table:
    """The bare table of an entity, for statements that need no objects."""
    return cast(Table, entity.__table__)


def chunks(items: Sequence[_T], size: int = CHUNK) -> Iterator[Sequence[_T]]:
    """`items` in pieces that fit an IN list."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def upsert(connection: Connection, table: Table, keys: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows; where `keys` (a unique constraint) exist already, the other given columns are overwritten."""
    if not rows:
        return
    build: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = build(table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=changed), list(rows))
