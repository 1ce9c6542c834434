"""Backups that prove themselves: made by SQLite itself, opened and checked before they get their name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jdy_desktop.services.errors import DatabaseCorrupt
from jdy_desktop.services.machine import schema
from jdy_desktop.services.machine.context import SHANGHAI, Context
from jdy_desktop.services.machine.files import sync_folder


@dataclass(frozen=True, slots=True)
class BackupFile:
    path: Path
    made_at: datetime
    size: int


def back_up(book: Path, target: Path) -> BackupFile:
    """Write a checked copy of a book that may be in use. Tokens inside stay sealed with this PC's key.

    Raises FileExistsError rather than overwrite, DatabaseCorrupt when the copy fails its check, OSError; no half file stays.
    """
    import pysqlite3.dbapi2 as driver

    if target.exists():
        raise FileExistsError(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.part")
    temporary.unlink(missing_ok=True)
    try:
        connection = driver.connect(str(book))
        try:
            connection.execute("VACUUM INTO ?", (str(temporary),))
        finally:
            connection.close()
        check_file(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(target.parent)
    return _describe(target)


def back_up_now(book: Path, folder: Path, ctx: Context) -> BackupFile:
    """A dated copy in the backup folder."""
    stamp = ctx.clock.now().astimezone(SHANGHAI).strftime("%Y%m%d-%H%M%S")
    return back_up(book, folder / f"{book.stem}-{stamp}.jdy")


def restore(backup: Path, book: Path, folder: Path, ctx: Context) -> BackupFile | None:
    """Put a checked backup in the place of `book`; the file that was there is kept in `folder` and returned.

    Uploads must be paused afterwards (PreOrders.after_restore): the outbox inside is as old as the backup."""
    schema.file_version(backup)
    check_file(backup)
    kept = back_up_now(book, folder, ctx) if book.exists() else None
    incoming = book.with_name(f".{book.name}.incoming")
    incoming.unlink(missing_ok=True)
    back_up(backup, incoming)
    for leftover in (book.with_name(book.name + "-wal"), book.with_name(book.name + "-shm")):
        # They belong to the file that is being replaced and was just saved whole.
        leftover.unlink(missing_ok=True)
    os.replace(incoming, book)
    sync_folder(book.parent)
    return kept


def backups(folder: Path, book: Path) -> tuple[BackupFile, ...]:
    """Backups of a book, newest first."""
    found = [_describe(p) for p in folder.glob(f"{book.stem}-*.jdy")]
    return tuple(sorted(found, key=lambda b: b.made_at, reverse=True))


def check_file(path: Path) -> None:
    """Raise DatabaseCorrupt unless SQLite's own quick check passes."""
    import pysqlite3.dbapi2 as driver

    connection = driver.connect(f"file:{path}?mode=ro", uri=True)
    try:
        result = connection.execute("PRAGMA quick_check").fetchone()
    except driver.DatabaseError as exc:
        raise DatabaseCorrupt(path=path.name) from exc
    finally:
        connection.close()
    if result != ("ok",):
        raise DatabaseCorrupt(path=path.name)


def _describe(path: Path) -> BackupFile:
    status = path.stat()
    return BackupFile(path, datetime.fromtimestamp(status.st_mtime, UTC), status.st_size)
