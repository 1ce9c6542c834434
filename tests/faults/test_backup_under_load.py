"""Backups while the till is busy: each is whole and has every sale acknowledged before it began (G9, reliability §4.5)."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from jdy_desktop.models.channel import PreOrder
from jdy_desktop.models.documents import Document
from jdy_desktop.models.states import UploadState
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.channel.pre_orders import pause_after_restore
from jdy_desktop.services.errors import JdyError
from jdy_desktop.services.machine import backup, schema
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.counter import Counter, open_counter

BACKUPS = 20


@pytest.fixture
def counter(book: Any, frozen_clock: Any) -> Counter:
    made = open_counter(book, frozen_clock)
    made.goods("sp1", stock="1000000")
    made.shop("AOP对外测试账号02")
    return made


@contextmanager
def busy_till(counter: Counter) -> Iterator[list[str]]:
    """Sells in a thread until left; the numbers acknowledged so far."""
    sold: list[str] = []
    stop, failed = threading.Event(), list[BaseException]()

    def sell() -> None:
        try:
            while not stop.is_set():
                lines = tuple(counter.line(1) for _ in range(6))  # type: ignore[arg-type]
                sold.append(counter.sale(*lines, shop_id=1, makes_pre_order=True).number)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=sell)
    thread.start()
    try:
        while len(sold) < 5 and not failed:
            thread.join(0.01)
        yield sold
    finally:
        stop.set()
        thread.join()
    assert failed == []


def _numbers(path: Path) -> set[str]:
    database = schema.open_book(path)
    try:
        assert check_book(database, JobContext()).problems == ()
        with database.read() as session:
            return set(session.scalars(select(Document.number)))
    finally:
        database.close()


def test_twenty_backups_of_a_busy_till(counter: Counter, tmp_path: Path) -> None:
    assert counter.db.path is not None
    with busy_till(counter) as sold:
        for number in range(BACKUPS):
            promised = set(sold)
            made = backup.back_up(counter.db.path, tmp_path / "backups" / f"{number}.jdy")
            assert promised <= _numbers(made.path)
    assert len(sold) > BACKUPS


def test_copying_the_file_misses_sales(counter: Counter, tmp_path: Path) -> None:
    """The control: a plain copy of the file lacks what still stands in the -wal, or cannot be read at all."""
    assert counter.db.path is not None
    missed = 0
    with busy_till(counter) as sold:
        for number in range(5):
            promised = set(sold)
            copy = Path(shutil.copyfile(counter.db.path, tmp_path / f"copy{number}.jdy"))
            try:
                missed += not promised <= _numbers(copy)
            except (JdyError, AssertionError):
                missed += 1
    assert missed > 0


def _states(path: Path) -> list[str]:
    database = schema.open_book(path)
    try:
        with database.read() as session:
            return list(session.scalars(select(PreOrder.upload_state)))
    finally:
        database.close()


@pytest.fixture
def restorable(counter: Counter, tmp_path: Path) -> Path:
    """A backup with one sale waiting for 1688; the book beside it has another one since, and is closed."""
    assert counter.db.path is not None
    line = counter.line(1)  # type: ignore[arg-type]
    counter.sale(line, shop_id=1, makes_pre_order=True)
    made = backup.back_up(counter.db.path, tmp_path / "backups" / "monday.jdy")
    counter.sale(line, shop_id=1, makes_pre_order=True)
    counter.db.close()
    return made.path


def test_restoring_keeps_the_former_book_and_sends_nothing_unasked(counter: Counter, restorable: Path) -> None:
    """F22: what waited in the backup may be at 1688 by now."""
    path, folder = counter.db.path, restorable.parent
    assert path is not None
    kept = backup.restore(restorable, path, folder, counter.ctx, partial(pause_after_restore, ctx=counter.ctx))
    assert kept is not None
    assert "XH20190327002" in _numbers(kept.path)
    assert "XH20190327001" in _numbers(path)
    assert "XH20190327002" not in _numbers(path)
    assert _states(path) == [UploadState.UNCLEAR]
    assert _states(kept.path) == [UploadState.WAITING] * 2
    assert _states(restorable) == [UploadState.WAITING]
    # The control: a restore that pauses nothing would send it once more.
    backup.restore(restorable, path, folder / "more", counter.ctx)
    assert _states(path) == [UploadState.WAITING]


def test_a_restore_that_breaks_off_leaves_the_former_book(counter: Counter, restorable: Path) -> None:
    """A power cut before the outbox is paused must not leave a book that would send it."""
    path = counter.db.path
    assert path is not None
    before = _numbers(path)

    def cut(_database: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup.restore(restorable, path, restorable.parent, counter.ctx, cut)
    assert _numbers(path) == before
    assert [p.name for p in path.parent.iterdir() if "incoming" in p.name] == []
