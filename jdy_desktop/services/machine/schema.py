"""Schema guard: create, recognise, refuse or upgrade an account-set file. A file we refuse is left byte-equal."""

from __future__ import annotations

import logging
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from jdy_desktop.models.base import APPLICATION_ID, BACKUP_ID
from jdy_desktop.services.errors import DatabaseCorrupt, DatabaseTooNew, NotOurDatabase
from jdy_desktop.services.machine.db import Database, lock_shared_book, open_postgres, open_sqlite, translated_errors
from jdy_desktop.services.machine.db_errors import plain_sqlite_errors

log = logging.getLogger(__name__)

#: Number of the newest migration; equals `PRAGMA user_version` of an up-to-date file.
SCHEMA_VERSION = 4

_SQLITE = b"SQLite format 3\x00"


def create_book(path: Path) -> Database:
    """Make a new account-set file. Raises FileExistsError rather than touch a file that is already there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb"):
        pass
    try:
        upgrade(path)
    except BaseException:
        path.unlink()
        raise
    return open_sqlite(path)


def open_book(path: Path) -> Database:
    """Open an account set, upgrading an older one after a safety copy.

    Raises FileNotFoundError, NotOurDatabase, DatabaseTooNew, DatabaseCorrupt; the file is then unchanged."""
    version = file_version(path)
    if version < SCHEMA_VERSION:
        safety_copy = path.with_name(f"{path.stem}.before-v{SCHEMA_VERSION}{path.suffix}")
        _copy_closed_file(path, safety_copy)
        mark(safety_copy, BACKUP_ID)
        upgrade(path)
        log.info("book upgraded from=%s to=%s copy=%s", version, SCHEMA_VERSION, safety_copy.name)
    database = open_sqlite(path)
    try:
        with database.read() as session:
            # The first look finds a file that was cut short; what lies deeper is for the checks to find.
            session.execute(text("SELECT count(*) FROM sqlite_master"))
    except BaseException:
        database.close()
        raise
    return database


def open_shared_book(url: str) -> Database:
    """Open a PostgreSQL account set; an empty database becomes one, an older one is upgraded in one transaction.

    Raises NotOurDatabase, DatabaseTooNew, LocalError("database_cannot_open"); the database is then unchanged."""
    database = open_postgres(url)
    try:
        with translated_errors(), database.engine.begin() as connection:
            # Two counters that start at once: the second waits here, and then finds everything done.
            lock_shared_book(connection)
            if _shared_version(connection) < SCHEMA_VERSION:
                _run_migrations(connection)
    except BaseException:
        database.close()
        raise
    return database


def _shared_version(connection: Connection) -> int:
    """Schema number of a PostgreSQL database, 0 when it is empty."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return 0
    if "alembic_version" not in tables:
        raise NotOurDatabase(path=connection.engine.url.database)
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    version = int(found) if found and found.isdigit() else 0
    if version == 0:
        raise NotOurDatabase(path=connection.engine.url.database)
    if version > SCHEMA_VERSION:
        raise DatabaseTooNew(path=connection.engine.url.database, version=version, known=SCHEMA_VERSION)
    return version


def file_version(path: Path) -> int:
    """Schema number of a book or a backup, read from its header without opening it."""
    version = int.from_bytes(_header(path)[60:64], "big")
    if version > SCHEMA_VERSION:
        raise DatabaseTooNew(path=path.name, version=version, known=SCHEMA_VERSION)
    return version


def is_backup(path: Path) -> bool:
    """Whether this is a copy made as a backup and not restored since, under whatever name. Raises as `file_version`."""
    return _application_id(_header(path)) == BACKUP_ID


def mark(path: Path, application_id: int) -> None:
    """Make a closed file a backup (BACKUP_ID) or a book (APPLICATION_ID)."""
    import pysqlite3.dbapi2 as driver

    with plain_sqlite_errors(), closing(driver.connect(str(path))) as connection:
        connection.execute(f"PRAGMA application_id={application_id}")


def _header(path: Path) -> bytes:
    if not path.exists():
        raise FileNotFoundError(path)
    with path.open("rb") as file:
        header = file.read(100)
    if len(header) < 100 or not header.startswith(_SQLITE):
        raise NotOurDatabase(path=path.name, size=path.stat().st_size)
    if _application_id(header) not in (APPLICATION_ID, BACKUP_ID):
        raise NotOurDatabase(path=path.name)
    return header


def _application_id(header: bytes) -> int:
    return int.from_bytes(header[68:72], "big")


def upgrade(path: Path) -> None:
    """Run the missing migrations in one transaction: a power cut leaves the old schema or the new one, never half."""
    # Tables are rebuilt while migrating; with enforcement on, dropping one would cascade. Checked at the end instead.
    database = open_sqlite(path, foreign_keys=False)
    try:
        with translated_errors(), database.engine.execution_options(jdy_begin="BEGIN IMMEDIATE").begin() as connection:
            _run_migrations(connection)
            if connection.execute(text("PRAGMA foreign_key_check")).first():
                raise DatabaseCorrupt(path=path.name)
            connection.execute(text(f"PRAGMA application_id={APPLICATION_ID}"))
            connection.execute(text(f"PRAGMA user_version={SCHEMA_VERSION}"))
        with database.engine.connect() as connection:
            # The header of the main file must tell the truth without its -wal: file_version reads only that.
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        database.close()


def _run_migrations(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "jdy_desktop:models/migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _copy_closed_file(source: Path, target: Path) -> None:
    """Copy through SQLite, so that what still stands in the -wal comes along."""
    import pysqlite3.dbapi2 as driver

    target.unlink(missing_ok=True)
    with plain_sqlite_errors(), closing(driver.connect(str(source))) as connection:
        try:
            connection.execute("VACUUM INTO ?", (str(target),))
        except driver.Error:
            target.unlink(missing_ok=True)
            raise
    shutil.copystat(source, target)
