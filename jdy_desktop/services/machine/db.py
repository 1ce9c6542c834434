"""The only door to the database: short reads, one writer at a time, and word of what changed after each commit.

SQLite runs in WAL mode with synchronous=FULL: the one common setting that loses nothing at a power cut. A write takes an
in-process lock and BEGIN IMMEDIATE; on PostgreSQL an advisory lock of the transaction does the same between counters, so
that services need no second way to think. Services see our errors, never the driver's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Delete, Engine, Insert, Table, Update, create_engine, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from jdy_desktop.models.tables import Base
from jdy_desktop.services.errors import LocalError
from jdy_desktop.services.machine import courtesy
from jdy_desktop.services.machine.db_errors import translated_errors
from jdy_desktop.services.machine.turns import Turns

__all__ = ["Database", "lock_shared_book", "note_area", "open_postgres", "open_sqlite", "translated_errors"]

MINIMUM_SQLITE = (3, 51, 3)
BUSY_TIMEOUT_MS = 5000
_POSTGRES_WRITE_LOCK = 0x4A4459

_AREAS: dict[str, str] = {mapper.local_table.name: mapper.class_.area for mapper in Base.registry.mappers}  # type: ignore[attr-defined]

_SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": BUSY_TIMEOUT_MS,
    "temp_store": 2,
    "cache_size": -65536,
}


class Database:
    """One account set. `read()` and `write()` are the only ways in; `on_change` hears the areas of each commit."""

    def __init__(self, engine: Engine, path: Path | None = None) -> None:
        self.engine = engine
        self.path = path
        self._write_lock = Turns()
        self._listeners: list[Callable[[frozenset[str]], None]] = []
        self._writer = engine.execution_options(jdy_begin="BEGIN IMMEDIATE")
        # SQLite keeps one state for the whole transaction by itself; PostgreSQL must be told to.
        is_shared = engine.dialect.name == "postgresql"
        self._reader = engine.execution_options(isolation_level="REPEATABLE READ") if is_shared else engine
        event.listen(engine, "before_execute", _note_area)

    def on_change(self, listener: Callable[[frozenset[str]], None]) -> None:
        """`listener` is called on the writing thread after a commit that changed something."""
        self._listeners.append(listener)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A short session that sees one state of the book and changes nothing."""
        with translated_errors(), Session(self._reader, autoflush=False) as session:
            yield session
            session.rollback()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction = one act of the user: all of it or nothing. No network call inside, please."""
        with courtesy.writing(), self._write_lock:
            areas: set[str] = set()
            with translated_errors(), Session(self._writer) as session, session.begin():
                connection = session.connection()
                # Kept, for a connection that was cut meanwhile would not give it again.
                info = connection.info
                info["areas"] = areas
                if self.engine.dialect.name == "postgresql":
                    lock_shared_book(connection)
                try:
                    yield session
                    session.flush()
                finally:
                    info.pop("areas", None)
        if areas:
            changed = frozenset(areas)
            for listener in self._listeners:
                listener(changed)

    def close(self) -> None:
        self.engine.dispose()


def open_sqlite(path: Path, *, foreign_keys: bool = True) -> Database:
    """Open an existing file (or one that `schema.create_book` is about to fill). Checks nothing: see schema.open_book."""
    import pysqlite3.dbapi2 as driver

    if driver.sqlite_version_info < MINIMUM_SQLITE:
        raise LocalError("sqlite_too_old", found=driver.sqlite_version)
    # mode=rw: a book that vanished (a stick pulled out) is an error, never quietly a new empty file.
    address = path.absolute().as_uri() + "?mode=rw"
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        module=driver,
        creator=lambda: driver.connect(address, uri=True, check_same_thread=False),
    )
    pragmas = dict(_SQLITE_PRAGMAS, foreign_keys=int(foreign_keys))

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        # The driver must not open transactions by itself: it would leave halves of a migration behind.
        connection.isolation_level = None
        for name, wanted in pragmas.items():
            connection.execute(f"PRAGMA {name}={wanted}")
            found = connection.execute(f"PRAGMA {name}").fetchone()[0]
            if found != wanted:
                raise LocalError("pragma_refused", name=name, wanted=wanted, found=found)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("jdy_begin", "BEGIN"))

    return Database(engine, path)


def open_postgres(url: str) -> Database:
    """Several counters share one book through a PostgreSQL database; `url` is a SQLAlchemy address (postgresql+psycopg://…)."""
    # A counter that waits for another one's lock gives up as it does on SQLite.
    waiting = {"options": f"-c lock_timeout={BUSY_TIMEOUT_MS}"}
    return Database(create_engine(url, pool_pre_ping=True, connect_args=waiting))


def lock_shared_book(connection: Connection) -> None:
    """Until this transaction ends, no other counter of a PostgreSQL book writes."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": _POSTGRES_WRITE_LOCK})


def note_area(connection: Connection, table: Table) -> None:
    """For statements given to the driver as text, whose table the listener below cannot see."""
    areas = connection.info.get("areas")
    if areas is not None:
        areas.add(_AREAS[table.name])


def _note_area(connection: Connection, statement: Any, *_: Any) -> None:
    """Collect what changes, from the statements themselves, so that no service can forget to tell."""
    courtesy.give_way()
    areas = connection.info.get("areas")
    if areas is not None and isinstance(statement, (Insert, Update, Delete)):
        area = _AREAS.get(statement.table.name)  # type: ignore[union-attr]
        if area is not None:  # the search index belongs to no list
            areas.add(area)
