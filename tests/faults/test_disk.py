"""A full disk, a write-protected file, a book somebody else keeps locked: one of our errors, nothing half (F12, F13)."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as driver
import pytest

from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.errors import DatabaseBusy, DatabaseReadOnly, DiskFull, JdyError, LocalError
from jdy_desktop.services.machine import db, schema
from jdy_desktop.services.machine.db import open_sqlite
from jdy_desktop.services.machine.files import write_whole
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.settings import LocalSettings
from jdy_desktop.views.texts import SENTENCES
from tests.faults.child import SKUS
from tests.support.counter import Counter, open_counter

pytestmark = pytest.mark.skipif(os.name == "nt", reason="limits and owners of POSIX systems")


@pytest.fixture
def counter(book: Any, frozen_clock: Any) -> Counter:
    made = open_counter(book, frozen_clock)
    for number in range(SKUS):
        made.goods(f"sp{number}", stock="100000")
    return made


def _run(act: str, *arguments: object) -> list[str]:
    command = [sys.executable, "-m", "tests.faults.child", act, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_full_disk(counter: Counter) -> None:
    """Every acknowledged sale is there, the refused one is not, and goes through when there is room again."""
    path = counter.db.path
    assert path is not None
    counter.db.close()
    *sold, error, after = _run("fill-disk", path, 900_000)
    assert error in ("error DiskFull disk_full", "error DiskFull disk_write_failed")
    assert after.startswith("after XH")
    assert len(sold) > 3
    reopened = schema.open_book(path)
    assert check_book(reopened, JobContext()).problems == ()
    with reopened.read() as session:
        stored = session.connection().exec_driver_sql("SELECT number FROM document WHERE kind = 'sale' ORDER BY id")
        assert [row[0] for row in stored] == [*sold, after.removeprefix("after ")]
    reopened.close()


def test_full_disk_under_plain_sqlite_is_the_drivers_text(tmp_path: Path) -> None:
    """The control: without the translation a clerk would read the driver's English."""
    connection = driver.connect(str(tmp_path / "x.db"))
    connection.execute("PRAGMA max_page_count = 2")
    with pytest.raises(driver.OperationalError, match="disk is full"):
        connection.executescript("CREATE TABLE a(b); CREATE TABLE c(d); CREATE TABLE e(f);")
    connection.close()


def test_full_disk_by_sqlites_own_word(counter: Counter) -> None:
    with counter.db.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
        raw.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFull) as told:
        for _ in range(400):
            counter.sale(*(counter.line(1) for _ in range(20)), remark="满" * 200)  # type: ignore[arg-type]
    assert told.value.code == "disk_full"
    assert check_book(counter.db, JobContext()).problems == ()


@pytest.fixture
def somebody_elses(counter: Counter) -> Iterator[Path]:
    """The closed book in a folder that every user may enter; also root is held off by `_as_nobody`."""
    assert counter.db.path is not None
    counter.db.close()
    folder = Path(tempfile.mkdtemp(prefix="jdy-protected-", dir="/tmp"))
    folder.chmod(0o755)
    yield Path(shutil.copyfile(counter.db.path, folder / "book.jdy"))
    folder.chmod(0o755)
    shutil.rmtree(folder)


def _as_nobody(path: Path) -> list[str]:
    """The error of a sale by a user who may only read; run in a fork, so that root can step down."""
    ready, answer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            from jdy_desktop.services.machine.db import open_sqlite
            from tests.support.counter import reopened

            counter = reopened(open_sqlite(path))
            said = [str(check_book(counter.db, JobContext()).is_sound)]
            counter.sale(counter.line(1))  # type: ignore[arg-type]
        except JdyError as error:
            said = [*(said if "said" in locals() else ["unread"]), type(error).__name__, error.code]
        except BaseException as error:
            said = ["crashed", repr(error)]
        os.write(answer, "\n".join(said).encode())
        os._exit(0)
    os.close(answer)
    with os.fdopen(ready) as stream:
        text = stream.read()
    os.waitpid(child, 0)
    return text.splitlines()


@pytest.mark.parametrize("folder_too", [False, True])
def test_write_protected(somebody_elses: Path, folder_too: bool) -> None:
    somebody_elses.chmod(0o444)
    somebody_elses.parent.chmod(0o555 if folder_too else 0o777)
    before = hashlib.sha256(somebody_elses.read_bytes()).hexdigest()
    said = _as_nobody(somebody_elses)
    assert said[-2:] in (["DatabaseReadOnly", "database_read_only"], ["LocalError", "database_cannot_open"]), said
    assert said[-1] in SENTENCES
    assert hashlib.sha256(somebody_elses.read_bytes()).hexdigest() == before


def test_not_write_protected(somebody_elses: Path) -> None:
    """The control: the same user with rights sells."""
    somebody_elses.chmod(0o666)
    somebody_elses.parent.chmod(0o777)
    assert _as_nobody(somebody_elses) == ["True"]


def test_read_only_by_sqlites_own_word(counter: Counter) -> None:
    with counter.db.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA query_only = 1")
    with pytest.raises(DatabaseReadOnly):
        counter.sale(counter.line(1))  # type: ignore[arg-type]


@pytest.fixture
def holder(counter: Counter) -> Iterator[subprocess.Popen[str]]:
    """Another process that keeps the write lock until a line is sent to it."""
    command = [sys.executable, "-m", "tests.faults.child", "hold", str(counter.db.path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with process:
        yield process
        _release(process)


def _release(holder: subprocess.Popen[str]) -> None:
    if holder.stdin is not None and not holder.stdin.closed:
        holder.stdin.write("\n")
        holder.stdin.close()
    assert holder.wait(30) == 0


def test_locked_by_another_program_is_told_in_time(counter: Counter, holder: subprocess.Popen[str]) -> None:
    started = time.monotonic()
    with pytest.raises(DatabaseBusy):
        counter.sale(counter.line(1))  # type: ignore[arg-type]
    waited_s = time.monotonic() - started
    assert db.BUSY_TIMEOUT_MS / 1000 - 0.5 <= waited_s <= 6
    assert check_book(counter.db, JobContext()).problems == ()  # reading goes on meanwhile
    _release(holder)
    assert counter.sale(counter.line(1)).number == "XH20190327001"  # type: ignore[arg-type]


def test_without_waiting_the_clerk_would_be_told_at_once(
    counter: Counter, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: it is our time-out that waits."""
    monkeypatch.setitem(db._SQLITE_PRAGMAS, "busy_timeout", 0)
    assert counter.db.path is not None
    hasty = open_sqlite(counter.db.path)
    started = time.monotonic()
    with pytest.raises(DatabaseBusy), hasty.write():
        pass
    assert time.monotonic() - started < 2
    hasty.close()


def test_shared_book_held_by_another_counter_is_told_in_time(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "BUSY_TIMEOUT_MS", 300)
    first, second = schema.open_shared_book(postgres_url), schema.open_shared_book(postgres_url)
    with first.write(), pytest.raises(DatabaseBusy), second.write():
        pass
    with second.write():
        pass
    first.close()
    second.close()


def test_lost_line_to_the_shared_book_is_told_and_mends_itself(postgres_url: str, postgres_cluster: Any) -> None:
    database = schema.open_shared_book(postgres_url)
    with pytest.raises(LocalError, match="database_cannot_open"), database.write() as session:
        pid = session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar()
        postgres_cluster._run(f"SELECT pg_terminate_backend({pid})")
        session.connection().exec_driver_sql("SELECT 1")
    with database.write() as session:
        assert session.connection().exec_driver_sql("SELECT 1").scalar() == 1
    database.close()


def test_settings_survive_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = LocalSettings(tmp_path / "settings.json")
    settings.set("view.theme", "dark")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("jdy_desktop.services.machine.files.os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            settings.set("view.theme", "light")
        with pytest.raises(OSError, match="No space"):
            write_whole(tmp_path / "other", b"x")
    assert LocalSettings(tmp_path / "settings.json").get("view.theme") == "dark"
    assert [p.name for p in tmp_path.iterdir()] == ["settings.json"]
