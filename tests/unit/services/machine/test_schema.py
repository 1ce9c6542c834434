"""The schema guard: what is opened, what is refused and left as it was, what a broken upgrade leaves (F13–F15, G10)."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as driver
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from jdy_desktop.models.base import APPLICATION_ID
from jdy_desktop.models.tables import metadata
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.errors import DatabaseCorrupt, DatabaseTooNew, JdyError, LocalError, NotOurDatabase
from jdy_desktop.services.machine import schema
from jdy_desktop.services.machine.db import Database, open_postgres, open_sqlite
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.counter import open_counter


def everything(folder: Path) -> dict[str, str]:
    """Name and hash of every file: what must be the same after a refusal."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


@pytest.fixture
def closed(book: Database, frozen_clock: Any) -> Path:
    """A filled, closed book alone in its folder."""
    counter = open_counter(book, frozen_clock)
    counter.goods("sp1", stock="3")
    assert book.path is not None
    book.close()
    return book.path


# ------------------------------------------------------------ what is refused


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _change(path: Path, at: int, content: bytes) -> None:
    raw = bytearray(path.read_bytes())
    raw[at : at + len(content)] = content
    path.write_bytes(raw)


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("book.txt", "x" * 5000)


def _foreign(path: Path) -> None:
    path.unlink()
    connection = driver.connect(str(path))
    connection.execute("CREATE TABLE customer(a)")
    connection.commit()
    connection.close()


HOSTILE: dict[str, tuple[Callable[[Path], None], type[JdyError]]] = {
    "newer": (lambda p: _change(p, 60, (schema.SCHEMA_VERSION + 1).to_bytes(4, "big")), DatabaseTooNew),
    "another program's": (_foreign, NotOurDatabase),
    "empty": (lambda p: _write(p, b""), NotOurDatabase),
    "short": (lambda p: _write(p, b"SQLite format 3\x00"), NotOurDatabase),
    "half": (lambda p: _write(p, p.read_bytes()[: p.stat().st_size // 2]), DatabaseCorrupt),
    "first page scribbled over": (lambda p: _change(p, 100, b"\xa5" * 3000), DatabaseCorrupt),
    "zip": (_zip, NotOurDatabase),
    "text": (lambda p: _write(p, "商品,价格\n".encode() * 50), NotOurDatabase),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_refused_and_untouched(closed: Path, what: str) -> None:
    spoil, error = HOSTILE[what]
    spoil(closed)
    before = everything(closed.parent)
    with pytest.raises(JdyError) as refused:
        schema.open_book(closed)
    assert type(refused.value) is error
    assert everything(closed.parent) == before


def test_the_unspoilt_file_opens(closed: Path) -> None:
    """The control of the refusals."""
    database = schema.open_book(closed)
    assert check_book(database, JobContext()).problems == ()
    database.close()


def test_a_missing_book_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        schema.open_book(tmp_path / "gone.jdy")
    database = open_sqlite(tmp_path / "gone.jdy")
    with pytest.raises(LocalError, match="database_cannot_open"), database.read() as session:
        session.execute(text("SELECT 1"))
    database.close()
    assert list(tmp_path.iterdir()) == []


def test_a_book_that_vanishes_while_open_is_told(closed: Path) -> None:
    """A stick is pulled out: no new, empty book may appear in its place."""
    database = schema.open_book(closed)
    database.close()
    closed.unlink()
    with pytest.raises(LocalError, match="database_cannot_open"), database.read() as session:
        session.execute(text("SELECT 1"))
    assert not closed.exists()


def test_an_existing_file_is_never_overwritten(closed: Path) -> None:
    before = everything(closed.parent)
    with pytest.raises(FileExistsError):
        schema.create_book(closed)
    assert everything(closed.parent) == before


@pytest.mark.parametrize("name", ["100%?.jdy", "a#b c.jdy", "禾木&服饰=1.jdy"])
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    schema.create_book(tmp_path / name).close()
    schema.open_book(tmp_path / name).close()
    assert [p.name for p in tmp_path.iterdir()] == [name]


# ------------------------------------------------------------ tables and migrations agree


def _is_ours(_object: Any, name: str | None, kind: str, *_: Any) -> bool:
    """The search index is SQLite's alone (migrations 0003 and 0004): no table of the models."""
    return kind != "table" or not re.match(r"(sku|offer_sku)_(find|chars|stale|once)", name or "")


def _differences(database: Database) -> list[Any]:
    with database.engine.connect() as connection:
        opts = {"compare_type": True, "include_object": _is_ours}
        context = MigrationContext.configure(connection, opts=opts)
        found = list(compare_metadata(context, metadata))
        look = inspect(connection)
        for table in metadata.tables.values():
            wanted = {str(c.name) for c in table.constraints if type(c).__name__ == "CheckConstraint"}
            there = {str(c["name"]) for c in look.get_check_constraints(table.name)}
            if wanted != there:
                found.append((table.name, wanted, there))
    return found


def test_migrated_file_equals_the_tables(book: Database) -> None:
    assert _differences(book) == []


def test_migrated_postgres_equals_the_tables(postgres_url: str) -> None:
    database = schema.open_shared_book(postgres_url)
    assert _differences(database) == []
    database.close()


def test_the_comparison_sees_a_difference(book: Database) -> None:
    """The control."""
    with book.write() as session:
        session.execute(text("DROP INDEX ix_document_customer_id"))
        session.execute(text("ALTER TABLE draft ADD COLUMN surplus TEXT"))
    assert len(_differences(book)) == 2


def test_header_tells_program_and_version(closed: Path) -> None:
    raw = closed.read_bytes()
    assert int.from_bytes(raw[68:72], "big") == APPLICATION_ID
    assert int.from_bytes(raw[60:64], "big") == schema.SCHEMA_VERSION


# ------------------------------------------------------------ the shared book


def test_shared_book_is_made_once_however_many_open_it(postgres_url: str) -> None:
    from tests.faults.test_races import together

    found = together(*[lambda: schema.open_shared_book(postgres_url)] * 3)
    assert [type(one) for one in found] == [Database] * 3
    again = schema.open_shared_book(postgres_url)
    with again.read() as session:
        assert session.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [
            f"{schema.SCHEMA_VERSION:04}"
        ]
    for one in (*found, again):
        one.close()


@pytest.mark.parametrize(
    ("statements", "error"),
    [
        (("CREATE TABLE customer(a int)",), NotOurDatabase),
        (("CREATE TABLE alembic_version(version_num text)",), NotOurDatabase),
        (
            ("CREATE TABLE alembic_version(version_num text)", "INSERT INTO alembic_version VALUES ('9999')"),
            DatabaseTooNew,
        ),
    ],
)
def test_shared_book_refuses_what_it_does_not_know(
    postgres_url: str, statements: tuple[str, ...], error: type[JdyError]
) -> None:
    database = open_postgres(postgres_url)
    with database.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
        before = inspect(connection).get_table_names()
    with pytest.raises(error):
        schema.open_shared_book(postgres_url)
    with database.engine.connect() as connection:
        assert inspect(connection).get_table_names() == before
    database.close()


def test_no_server_is_told() -> None:
    with pytest.raises(LocalError, match="database_cannot_open"):
        schema.open_shared_book("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=5")


# ------------------------------------------------------------ an upgrade that breaks off

#: The version of today, before a test pretends there is a newer one.
NOW = schema.SCHEMA_VERSION

STEPS = (
    "CREATE TABLE upgraded(id INTEGER PRIMARY KEY)",
    "ALTER TABLE draft ADD COLUMN colour TEXT DEFAULT ''",
    "UPDATE draft SET colour = 'red'",
    "DROP INDEX ix_document_customer_id",
    "CREATE INDEX upgraded_colour ON draft(colour)",
)


def _next_version(monkeypatch: pytest.MonkeyPatch, fails_at: int | None) -> None:
    def migrate(connection: Any) -> None:
        for number, statement in enumerate(STEPS):
            if number == fails_at:
                raise KeyboardInterrupt
            connection.execute(text(statement))

    monkeypatch.setattr(schema, "_run_migrations", migrate)
    monkeypatch.setattr(schema, "SCHEMA_VERSION", NOW + 1)


def _objects(path: Path) -> list[tuple[str, str]]:
    connection = driver.connect(str(path))
    found: list[tuple[str, str]] = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    connection.close()
    return found


@pytest.mark.parametrize("step", range(len(STEPS)))
def test_broken_upgrade_leaves_the_old_book(closed: Path, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    before = _objects(closed)
    with monkeypatch.context() as patched:
        _next_version(patched, step)
        with pytest.raises(KeyboardInterrupt):
            schema.open_book(closed)
    assert _objects(closed) == before
    assert schema.file_version(closed) == NOW
    database = schema.open_book(closed)
    assert check_book(database, JobContext()).problems == ()
    database.close()


def test_upgrade_comes_after_a_safety_copy(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _objects(closed)
    _next_version(monkeypatch, None)
    for _ in range(2):  # opening it again changes nothing more
        schema.open_book(closed).close()
        assert schema.file_version(closed) == NOW + 1
        copy = closed.with_name(f"book.before-v{NOW + 1}.jdy")
        assert _objects(copy) == before
        assert schema.file_version(copy) == NOW
    assert [name for name, _ in _objects(closed) if "upgraded" in name] == ["upgraded", "upgraded_colour"]


def test_the_driver_alone_leaves_half_an_upgrade(closed: Path) -> None:
    """The control: without our BEGIN, each statement that changes the schema is committed by itself."""
    before = _objects(closed)
    connection = driver.connect(str(closed))
    for statement in STEPS[:2]:
        connection.execute(statement)
    connection.close()
    assert _objects(closed) != before


_KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
from jdy_desktop.services.machine import schema
left = int(sys.argv[2])
@event.listens_for(Engine, "before_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
schema.create_book(Path(sys.argv[1])).close()
"""


@pytest.mark.parametrize("statements", [12, 45])
def test_killed_while_making_a_book(tmp_path: Path, statements: int) -> None:
    """What is left is refused as not ours, never taken for a book."""
    path = tmp_path / "book.jdy"
    done = subprocess.run([sys.executable, "-c", _KILLED, str(path), str(statements)], check=False)
    assert done.returncode == -9
    with pytest.raises(NotOurDatabase):
        schema.open_book(path)
