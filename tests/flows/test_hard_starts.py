"""Starts that go wrong: the clerk reads one sentence, nothing is made anew, nothing is lost (F13, F14, F16, F21)."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

from jdy_desktop.app import Program, make_program
from jdy_desktop.services.errors import LocalError
from jdy_desktop.services.machine import backup
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.folders import Folders
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.settings import LocalSettings
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import Field
from tests.support.program import end, make_book

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

Start = Callable[..., Program]


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = Folders(tmp_path / "data")
    made.make()
    return made


@pytest.fixture
def start(qtbot: QtBot, folders: Folders) -> Iterator[Start]:
    """Start the program on `folders`, as the command line does; ended afterwards."""
    programs: list[Program] = []

    def begin(*, practice: bool = False) -> Program:
        program = make_program(folders, Context(operator="王姐"), practice=practice)
        programs.append(program)
        program.start()
        qtbot.waitUntil(lambda: program.wizard is not None or program.services is not None, timeout=15_000)
        return program

    yield begin
    for program in programs:
        end(program)


def _read(program: Program) -> str:
    """What can be read on the window that is shown."""
    host = program.wizard or program.window
    assert host is not None
    return "\n".join(w.text() for w in host.findChildren(QLabel) if w.isVisible())


def _remember(folders: Folders, book: Path) -> None:
    LocalSettings(folders.settings_file).remember_book(book)


def test_a_last_book_that_is_gone_is_named_and_not_made_anew(start: Start, folders: Folders) -> None:
    gone = folders.books / "禾木.jdy"
    _remember(folders, gone)
    program = start()
    assert "禾木.jdy" in _read(program)
    assert not gone.exists()


@pytest.mark.parametrize("how", ["empty", "newer", "folder", "foreign"])
def test_a_book_that_cannot_be_opened_says_why_on_the_first_page(start: Start, folders: Folders, how: str) -> None:
    book = make_book(folders, Context())
    if how == "folder":
        book.unlink()
        book.mkdir()
    else:
        content = bytearray(book.read_bytes())
        content[60:64] = (999).to_bytes(4, "big")
        book.write_bytes({"empty": b"", "newer": bytes(content), "foreign": b"PK" * 400}[how])
    before = None if how == "folder" else book.read_bytes()
    _remember(folders, book)
    program = start()
    assert any(word in _read(program) for word in ("没有打开", "打不开"))
    assert before is None or book.read_bytes() == before


def test_a_folder_that_takes_no_book_is_told_and_the_clerk_may_try_again(
    start: Start, folders: Folders, qtbot: QtBot
) -> None:
    folders.books.rmdir()
    folders.books.write_bytes(b"in the way")
    program = start()
    assert program.wizard is not None
    wizard = program.wizard
    finish = wizard.findChild(KeyButton, "start_wizard.next_button")
    company = wizard.findChild(Field, "start_wizard.company_field")
    real = wizard.findChild(QAbstractButton, "start_wizard.real_tile")
    assert finish is not None
    assert company is not None
    assert real is not None
    real.click()
    finish.click()
    QTest.keyClicks(company, "hemu")
    for _ in range(3):
        finish.click()
    qtbot.waitUntil(lambda: "没有保存" in _read(program), timeout=10_000)
    folders.books.unlink()
    finish.click()
    qtbot.waitUntil(lambda: program.services is not None, timeout=15_000)


@pytest.mark.parametrize("scale", ["huge", "", "-5", "1e9"])
def test_nonsense_in_the_settings_does_not_keep_the_program_from_starting(
    start: Start, folders: Folders, scale: str
) -> None:
    nonsense = {"view.scale": scale, "view.theme": "pink", "keys": "{oops", "book.known": "[", "window.size": "x"}
    folders.settings_file.write_text(json.dumps(nonsense), "utf-8")
    program = start()
    assert "先练习，还是正式使用？" in _read(program)
    program.settings.remember_book(folders.books / "a.jdy")


@pytest.mark.expect_log("last backup not made")
def test_a_last_backup_that_fails_does_not_leave_the_book_open(
    start: Start, folders: Folders, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    _remember(folders, make_book(folders, Context()))
    program = start()
    services = program.ready
    services.parties.add_department("批发一部")
    qtbot.waitUntil(lambda: program.runner.running == 0, timeout=10_000)

    def full(*_: object) -> None:
        raise LocalError("backup_failed")

    monkeypatch.setattr(backup, "back_up_now", full)
    closed: list[bool] = []
    monkeypatch.setattr(services.db, "close", lambda: closed.append(True))
    program.close()
    assert closed == [True]


@pytest.mark.parametrize("waits", [True, False])
def test_a_long_last_backup_is_shown_and_can_be_put_off_to_the_next_start(
    start: Start, folders: Folders, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, waits: bool
) -> None:
    _remember(folders, make_book(folders, Context()))
    program = start()
    program.ready.parties.add_department("批发一部")
    qtbot.waitUntil(lambda: program.runner.running == 0, timeout=10_000)
    go, made = threading.Event(), backup.back_up_now

    def slow(book: Path, folder: Path, ctx: Context, job: JobContext) -> backup.BackupFile:
        job.step(1, 2)
        while not go.wait(0.005):
            job.check()
        return made(book, folder, ctx, job)

    monkeypatch.setattr(backup, "back_up_now", slow)
    window, looks = program.window, QTimer(program)
    assert window is not None
    seen: list[str] = []

    def look() -> None:
        found = window.findChild(KeyButton, "closing_dialog.later_button")
        if found is None or not found.isVisible() or seen:
            return
        seen.append("shown")
        window.close()  # pressed again: it is closing already
        if waits:
            go.set()
        else:
            found.click()

    looks.timeout.connect(look)
    looks.start(10)
    assert window.close()
    assert seen == ["shown"]
    assert program.runner.is_closed
    kept = list(folders.backups.glob("*.jdy")) if folders.backups.exists() else []
    assert len(kept) == (1 if waits else 0)
    # What was put off is made as soon as the book is open again, and what was made is not made twice.
    go.set()
    again = start()
    qtbot.waitUntil(lambda: again.background is not None and again.runner.running == 0, timeout=10_000)
    assert len(list(folders.backups.glob("*.jdy"))) == 1
    assert "backup.owed" not in folders.settings_file.read_text("utf-8")


def test_practice_never_points_a_real_book_at_the_practice_market(start: Start, folders: Folders, qtbot: QtBot) -> None:
    _remember(folders, make_book(folders, Context()))
    program = start(practice=True)
    qtbot.waitUntil(lambda: program.runner.running == 0, timeout=20_000)
    assert program.market_info is None
    assert program.settings.get("gateway.address") == "https://gw.open.1688.com"
    assert "正式账套" in _read(program)


@pytest.mark.qt_log_ignore("does not support raise")
def test_a_second_start_raises_the_first_window(start: Start, folders: Folders, qtbot: QtBot) -> None:
    from jdy_desktop.views.second_start import Door, knock

    _remember(folders, make_book(folders, Context()))
    program = start()
    door = Door(folders.lock_file, program.come_forward, program)
    assert program.window is not None
    program.window.showMinimized()
    assert knock(folders.lock_file)
    qtbot.waitUntil(lambda: program.window is not None and not program.window.isMinimized(), timeout=5_000)
    door.close()
    assert not knock(folders.lock_file)


def test_a_data_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    command = [sys.executable, "-m", "jdy_desktop", "--data", str(tmp_path / "file")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert str(tmp_path / "file") in done.stderr
    assert "数据没有变" in done.stderr


def test_what_is_told_during_the_last_backup_begins_nothing(
    start: Start, folders: Folders, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    """A job that ends meanwhile tells what it changed: no timer may ask a runner that is gone some seconds later."""
    _remember(folders, make_book(folders, Context()))
    program = start()
    program.ready.parties.add_department("批发一部")
    qtbot.waitUntil(lambda: program.runner.running == 0, timeout=10_000)
    told, made, background = threading.Event(), backup.back_up_now, program.background
    assert background is not None

    def late(book: Path, folder: Path, ctx: Context, job: JobContext) -> backup.BackupFile:
        program.runner.announce(frozenset({"goods"}))
        assert told.wait(10)
        return made(book, folder, ctx, job)

    monkeypatch.setattr(backup, "back_up_now", late)
    program.runner.data_changed.connect(lambda _areas: told.set())
    program.close()
    assert told.is_set()
    assert program.runner.is_closed
    assert not [timer for timer in background.findChildren(QTimer) if timer.isActive()]
