"""Backups when things have gone wrong already: the moment they are made for (reliability F12, F16)."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from jdy_desktop.models.account import Setting
from jdy_desktop.services.errors import DatabaseCorrupt, JobCancelled, LocalError, NotOurDatabase
from jdy_desktop.services.machine import backup, schema
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext, Progress
from jdy_desktop.services.machine.kept_backups import kept_backups


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A book in a file, closed."""
    path = tmp_path / "book.jdy"
    schema.create_book(path).close()
    return path


def _spoil(book: Path, how: str) -> None:
    content = book.read_bytes()
    if how == "pages":
        book.write_bytes(content[:8192] + b"\x5a" * 40_000 + content[48_192:])
    else:
        book.write_bytes(b"" if how == "empty" else b"not a database at all" * 20)


@pytest.mark.parametrize("how", ["pages", "empty", "foreign"])
def test_a_damaged_book_can_be_replaced_by_its_backup_and_is_kept(stored: Path, tmp_path: Path, how: str) -> None:
    saved = backup.back_up(stored, tmp_path / "saved.jdy")
    _spoil(stored, how)
    damaged = stored.read_bytes()
    kept = backup.restore(saved.path, stored, tmp_path / "backups", Context())
    backup.check_file(stored)
    assert kept is not None
    assert kept.path.read_bytes() == damaged
    assert kept.path not in [b.path for b in kept_backups(tmp_path / "backups", stored)]


@pytest.mark.parametrize(("how", "told"), [("pages", DatabaseCorrupt), ("foreign", NotOurDatabase)])
def test_backing_up_a_damaged_book_is_refused_in_our_words(
    stored: Path, tmp_path: Path, how: str, told: type[LocalError]
) -> None:
    _spoil(stored, how)
    with pytest.raises(told):
        backup.back_up(stored, tmp_path / "copy.jdy")
    assert [p.name for p in tmp_path.iterdir()] == ["book.jdy"]


def test_a_target_that_cannot_be_written_is_told_in_our_words(stored: Path, tmp_path: Path) -> None:
    (tmp_path / "stick").write_bytes(b"")
    with pytest.raises(LocalError) as told:
        backup.back_up(stored, tmp_path / "stick" / "copy.jdy")
    assert told.value.code == "backup_failed"


def test_a_backup_replaces_an_older_one_only_when_asked_and_never_the_book_itself(stored: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.jdy"
    target.write_bytes(b"last month's")
    with pytest.raises(FileExistsError):
        backup.back_up(stored, target)
    assert target.read_bytes() == b"last month's"
    backup.back_up(stored, target, replace=True)
    backup.check_file(target)
    with pytest.raises(FileExistsError):
        backup.back_up(stored, stored, replace=True)


@pytest.mark.parametrize("name", ["50%20#旧 账", "what?mode=memory"])
def test_a_folder_may_be_called_anything(tmp_path: Path, name: str) -> None:
    book = tmp_path / name / "book.jdy"
    schema.create_book(book).close()
    assert book.stat().st_size > 10_000
    saved = backup.back_up(book, tmp_path / name / "saved.jdy")
    backup.restore(saved.path, book, tmp_path / name / "backups", Context())
    backup.check_file(book)


def test_what_a_cut_restore_left_is_not_read_into_the_next_one(stored: Path, tmp_path: Path) -> None:
    """The power goes after the outbox was paused, before the file stood in its place: its log lies beside it."""
    first = backup.back_up(stored, tmp_path / "first.jdy").path
    _note(stored, "counted", "5000")
    second = backup.back_up(stored, tmp_path / "second.jdy").path
    left, incoming = tmp_path / "left", stored.with_name(f".{stored.name}.incoming")
    left.mkdir()

    def paused_and_cut(database: Database) -> None:
        with database.write() as session:
            session.merge(Setting(key="paused", value="1"))
        for one in incoming.parent.glob(f"{incoming.name}*"):
            shutil.copy(one, left)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup.restore(first, stored, tmp_path / "backups", Context(), paused_and_cut)
    assert not list(incoming.parent.glob(f"{incoming.name}*"))
    assert {one.name for one in left.iterdir()} >= {incoming.name, f"{incoming.name}-wal"}
    for one in left.iterdir():
        shutil.copy(one, incoming.parent)
    backup.restore(second, stored, tmp_path / "backups", Context(), lambda _database: None)
    with contextlib.closing(schema.open_book(stored)) as database, database.read() as session:
        assert {one.key: one.value for one in session.scalars(select(Setting))} == {"counted": "5000"}
    assert not list(incoming.parent.glob(f"{incoming.name}*"))


def _note(book: Path, key: str, value: str) -> None:
    with contextlib.closing(schema.open_book(book)) as database, database.write() as session:
        session.merge(Setting(key=key, value=value))


def test_a_backup_that_is_put_off_stops_at_once_and_leaves_nothing(
    stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "_STEPS", 1)
    folder = tmp_path / "backups"
    heard: list[Progress] = []

    def hear(progress: Progress) -> None:
        heard.append(progress)
        job.cancel()

    job = JobContext(hear)
    with pytest.raises(JobCancelled):
        backup.back_up_now(stored, folder, Context(), job)
    assert heard
    assert list(folder.iterdir()) == []
    with pytest.raises(JobCancelled):
        backup.check_file(stored, job)
    made = backup.back_up_now(stored, folder, Context(), JobContext())
    assert list(folder.iterdir()) == [made.path]
