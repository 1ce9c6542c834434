"""Backups that prove themselves: made by SQLite itself, opened and checked before they get their name."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jdy_desktop.models.base import APPLICATION_ID, BACKUP_ID
from jdy_desktop.services.errors import (
    DatabaseBusy,
    DatabaseCorrupt,
    DatabaseReadOnly,
    DatabaseTooNew,
    DiskFull,
    JdyError,
    JobCancelled,
    LocalError,
    NotOurDatabase,
)
from jdy_desktop.services.machine import schema
from jdy_desktop.services.machine.context import SHANGHAI, Context
from jdy_desktop.services.machine.db import Database, open_sqlite
from jdy_desktop.services.machine.files import sync_folder
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.kept_backups import free_name
from jdy_desktop.services.machine.rights import Right

#: SQLite's own steps between two looks at 稍后: a few milliseconds
_STEPS = 20_000


@dataclass(frozen=True, slots=True)
class BackupFile:
    path: Path
    made_at: datetime
    size: int


#: Beginning of SQLite's error name and our error; anything else is a backup that was not made.
_OURS: tuple[tuple[str, Callable[[], JdyError]], ...] = (
    ("SQLITE_FULL", DiskFull),
    ("SQLITE_NOTADB", NotOurDatabase),
    ("SQLITE_CORRUPT", DatabaseCorrupt),
    ("SQLITE_BUSY", DatabaseBusy),
    ("SQLITE_READONLY", DatabaseReadOnly),
)


def back_up(book: Path, target: Path, *, replace: bool = False, job: JobContext | None = None) -> BackupFile:
    """Write a checked copy of a book that may be in use. Tokens inside stay sealed with this PC's key.

    The copy carries the mark of a backup (`schema.is_backup`) until it is restored. An older file at `target` is replaced
    only with `replace`, after the new one proved itself; the book itself never. `job` hears the bytes written and may stop it.
    Raises FileExistsError, DatabaseCorrupt, NotOurDatabase, DiskFull, LocalError("backup_failed"); no half file stays.
    """
    if target.exists() and (not replace or target.samefile(book)):
        raise FileExistsError(target)
    return _write_copy(book, target, BACKUP_ID, job)


def _write_copy(book: Path, target: Path, application_id: int, job: JobContext | None = None) -> BackupFile:
    temporary = target.with_name(f".{target.name}.part")
    with _told(book):
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        try:
            _copy(book, temporary, application_id, job)
            os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(target.parent)
        return _describe(target)


def _copy(book: Path, target: Path, application_id: int, job: JobContext | None) -> None:
    import pysqlite3.dbapi2 as driver

    connection = driver.connect(f"{book.absolute().as_uri()}?mode=rw", uri=True)
    try:
        if job is not None:
            _listen(connection, job, target, book.stat().st_size)
        connection.execute("VACUUM INTO ?", (str(target),))
    finally:
        connection.close()
    schema.mark(target, application_id)
    check_file(target, job)
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def _listen(connection: Any, job: JobContext, written: Path, whole: int) -> None:
    """SQLite asks now and then whether it shall go on; what it was doing then ends with SQLITE_INTERRUPT."""

    def go_on() -> bool:
        if not job.is_cancelled:
            size = written.stat().st_size if written.exists() else 0
            job.report(min(size, whole), whole)
        return job.is_cancelled

    connection.set_progress_handler(go_on, _STEPS)


@contextmanager
def _told(book: Path) -> Iterator[None]:
    """The driver's and the system's refusals in our words."""
    import pysqlite3.dbapi2 as driver

    try:
        yield
    except driver.Error as exc:
        name = str(getattr(exc, "sqlite_errorname", ""))
        if name.startswith("SQLITE_INTERRUPT"):
            raise JobCancelled from exc
        error = next(
            (make() for begin, make in _OURS if name.startswith(begin)), LocalError("backup_failed", reason=book.name)
        )
        error.params.setdefault("path", book.name)
        raise error from exc
    except OSError as exc:
        raise LocalError("backup_failed", reason=exc.strerror or book.name) from exc


def back_up_now(book: Path, folder: Path, ctx: Context, job: JobContext | None = None) -> BackupFile:
    """A dated copy in the backup folder. Raises JobCancelled when `job` was stopped; nothing of it stays then."""
    return back_up(book, free_name(folder, book, ctx.clock.now()), job=job)


def back_up_elsewhere(book: Path, target: Path, ctx: Context) -> BackupFile:
    """A copy on a stick: with all customers in it, so it is the owner's. An older one there is replaced. Raises Refused."""
    ctx.require(Right.EXPORT_CUSTOMERS)
    return back_up(book, target, replace=True)


def restore(
    backup: Path, book: Path, folder: Path, ctx: Context, make_ready: Callable[[Database], object] | None = None
) -> BackupFile | None:
    """Put a checked backup in the place of `book`; the file that was there is kept in `folder` and returned.

    A damaged book is no hindrance, it is what a backup is for: it is kept as it is, under the name `….damaged`.
    The outbox inside is as old as the backup, so `make_ready` pauses it (channel's pause_after_restore) before the book
    stands in its place: a power cut in between must not leave one that would send everything once more (F22)."""
    schema.file_version(backup)
    check_file(backup)
    kept = _set_aside(book, folder, ctx) if book.exists() else None
    incoming = book.with_name(f".{book.name}.incoming")
    # Of a restore that was cut: its -wal would be read into the file that comes now.
    remove_book(incoming)
    _write_copy(backup, incoming, APPLICATION_ID)
    if make_ready is not None:
        _make_ready(incoming, make_ready)
        check_file(incoming)
    # They belong to the file that is being replaced and was just saved whole.
    _remove_log(book)
    os.replace(incoming, book)
    sync_folder(book.parent)
    return kept


def _make_ready(incoming: Path, make_ready: Callable[[Database], object]) -> None:
    """Today's tables, then what the caller wants done; the file stands by itself afterwards, without a -wal."""
    try:
        if schema.file_version(incoming) < schema.SCHEMA_VERSION:
            schema.upgrade(incoming)
        database = open_sqlite(incoming)
        try:
            make_ready(database)
        finally:
            database.close()
    except BaseException:
        remove_book(incoming)
        raise


def remove_book(book: Path) -> None:
    """A book with what SQLite keeps beside it."""
    _remove_log(book)
    book.unlink(missing_ok=True)


def _remove_log(book: Path) -> None:
    for suffix in ("-wal", "-shm"):
        book.with_name(book.name + suffix).unlink(missing_ok=True)


def _set_aside(book: Path, folder: Path, ctx: Context) -> BackupFile:
    try:
        schema.file_version(book)
        return back_up_now(book, folder, ctx)
    except (DatabaseCorrupt, DatabaseTooNew, NotOurDatabase):
        stamp = ctx.clock.now().astimezone(SHANGHAI).strftime("%Y%m%d-%H%M%S")
        kept = folder / f"{book.stem}-{stamp}.damaged"
        with _told(book):
            folder.mkdir(parents=True, exist_ok=True)
            for suffix in ("-wal", ""):
                source = book.with_name(book.name + suffix)
                if source.exists():
                    shutil.copy2(source, kept.with_name(kept.name + suffix))
        return _describe(kept)


def check_file(path: Path, job: JobContext | None = None) -> None:
    """Raise DatabaseCorrupt unless SQLite's own quick check passes; JobCancelled when `job` was stopped."""
    import pysqlite3.dbapi2 as driver

    connection = driver.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        if job is not None:
            _listen(connection, job, path, path.stat().st_size)
        result = connection.execute("PRAGMA quick_check").fetchone()
    except driver.DatabaseError as exc:
        if job is not None:
            job.check()
        raise DatabaseCorrupt(path=path.name) from exc
    finally:
        connection.close()
    if result != ("ok",):
        raise DatabaseCorrupt(path=path.name)


def _describe(path: Path) -> BackupFile:
    status = path.stat()
    return BackupFile(path, datetime.fromtimestamp(status.st_mtime, UTC), status.st_size)
