"""Statements sent with every save: their text for SQLite is made once, and goes to the driver with nothing between.

SQLAlchemy takes forty microseconds for a statement that SQLite answers in three, and a sale sends seventeen. The text and
the conversions are SQLAlchemy's own. PostgreSQL, where every statement travels over a network, gets them the usual way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Update
from sqlalchemy.dialects import sqlite

from jdy_desktop.services.machine.courtesy import give_way
from jdy_desktop.services.machine.db import note_area
from jdy_desktop.services.machine.db_errors import plain_sqlite_errors

_Convert = Callable[[Any], Any]

#: Ids in one statement. SQLite takes 32,766 variables, PostgreSQL 65,535; a tenth of it keeps plans short.
CHUNK = 3000


@dataclass(frozen=True, slots=True)
class _Form:
    """The statement in SQLite's words: names of its values in order, those it brings along, and what converts them."""

    text: str
    names: tuple[str, ...]
    own: dict[str, Any]
    writes: tuple[_Convert | None, ...]
    reads: tuple[tuple[int, _Convert], ...]


class Prepared:
    """Rows come as tuples in the order of the statement's columns. Inserts must name every column that has a default."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._table: Any = statement.table if isinstance(statement, (Insert, Update, Delete)) else None
        self._forms: dict[int, _Form] = {}

    def rows(self, connection: Connection, /, **values: Any) -> Sequence[Any]:
        """Execute with these values of its parameters; what it returns."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._statement, values).all()
        form = self._form()
        given = form.own | values if form.own else values
        bound = [
            given[name] if convert is None else convert(given[name])
            for name, convert in zip(form.names, form.writes, strict=True)
        ]
        return _read(form, self._send(connection, form.text, bound))

    def first(self, connection: Connection, /, **values: Any) -> Any:
        found = self.rows(connection, **values)
        return found[0] if found else None

    def scalar(self, connection: Connection, /, **values: Any) -> Any:
        """The first column of the first row; None without one."""
        found = self.rows(connection, **values)
        return found[0][0] if found else None

    def of_ids(self, connection: Connection, ids: Sequence[int]) -> Iterator[Any]:
        """Rows for these ids, in chunks; the only parameter of the statement is an expanding list."""
        unique = sorted(set(ids))
        for start in range(0, len(unique), CHUNK):
            yield from self._of_chunk(connection, unique[start : start + CHUNK])

    def many(self, connection: Connection, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
        """Execute once for each row, values in the order of `names`; how many rows of the table were changed."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._statement, [dict(zip(names, row, strict=True)) for row in rows]).rowcount
        form = self._form()
        # Column by column: most columns need no conversion, and a loop over cells would cost more than the database.
        columns = dict(zip(names, zip(*rows, strict=True), strict=True))
        ordered = [
            columns[name] if convert is None else converted(convert, columns[name])
            for name, convert in zip(form.names, form.writes, strict=True)
        ]
        self._tell(connection)
        with plain_sqlite_errors():
            done: int = _driver(connection).executemany(form.text, list(zip(*ordered, strict=True))).rowcount
        return done

    def _of_chunk(self, connection: Connection, ids: list[int]) -> Sequence[Any]:
        if connection.dialect.name != "sqlite":
            (name,) = self._statement.compile().binds
            return connection.execute(self._statement, {name: ids}).all()
        # The last id once more until the length is a power of two: a dozen texts, not three thousand.
        length = 1 << (len(ids) - 1).bit_length()
        form = self._form(length)
        return _read(form, self._send(connection, form.text, ids + ids[-1:] * (length - len(ids))))

    def _send(self, connection: Connection, text: str, values: Sequence[Any]) -> list[Any]:
        self._tell(connection)
        with plain_sqlite_errors():
            found: list[Any] = _driver(connection).execute(text, values).fetchall()
        return found

    def _tell(self, connection: Connection) -> None:
        """What the listeners of machine/db.py do for statements that they see."""
        give_way()
        if self._table is not None:
            note_area(connection, self._table)

    def _form(self, length: int = 0) -> _Form:
        """`length`: of its list of ids, 0 for a statement without one."""
        if length not in self._forms:
            self._forms[length] = _compiled(self._statement, length)
        return self._forms[length]


def converted(convert: _Convert, column: Sequence[Any]) -> list[Any]:
    """Each different value once: flags, times and most prices repeat. By class, or 1.0 would pass for Decimal(1)."""
    if len(set(map(type, column))) == 1:
        seen = {value: convert(value) for value in set(column)}
        return [seen[value] for value in column]
    mixed = {(type(value), value): value for value in column}
    made = {key: convert(value) for key, value in mixed.items()}
    return [made[type(value), value] for value in column]


def _driver(connection: Connection) -> Any:
    # SQLAlchemy begins a transaction at its own statements only; without one each row would be committed by itself.
    assert connection.in_transaction()
    return connection.connection.driver_connection


def _read(form: _Form, found: Sequence[Sequence[Any]]) -> Sequence[Any]:
    if not form.reads or not found:
        return found
    columns = list(zip(*found, strict=True))
    for place, convert in form.reads:
        columns[place] = tuple(map(convert, columns[place]))
    return list(zip(*columns, strict=True))


def _compiled(statement: Any, length: int) -> _Form:
    dialect: Any = sqlite.dialect()
    compiled = statement.compile(dialect=dialect)
    reads = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in statement.exported_columns]
    found = tuple((place, convert) for place, convert in enumerate(reads) if convert is not None)
    if length:
        (name,) = compiled.binds
        return _Form(compiled.construct_expanded_state({name: [0] * length}).statement, (), {}, (), found)
    binds = {name: bind for bind, name in compiled.bind_names.items()}
    names = tuple(compiled.positiontup)
    writes = tuple(binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names)
    own = {name: bind.value for name, bind in binds.items() if bind.value is not None}
    return _Form(compiled.string, names, own, writes, found)
