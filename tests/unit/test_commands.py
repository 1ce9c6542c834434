"""check, backup, restore without a window: exit codes and Chinese lines (design §8)."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from jdy_desktop.__main__ import main
from jdy_desktop.models.states import Industry
from jdy_desktop.services.book.account_sets import CreateAccountSet, create_account_set
from jdy_desktop.services.machine import schema
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.folders import Folders
from jdy_desktop.services.machine.instance import InstanceLock
from jdy_desktop.services.machine.settings import LocalSettings
from tests.support.clock import FrozenClock

CHINESE = re.compile(r"[一-鿿]")


class Desk:
    """A data folder with a book, and the command line on it."""

    def __init__(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folders = Folders(data)
        self.folders.make()
        self.book = self.folders.books / "禾木服饰商行.jdy"
        self._capsys = capsys

    def make_book(self) -> None:
        request = CreateAccountSet(company="禾木服饰商行", start_date=date(2019, 3, 1), industry=Industry.CLOTHES)
        create_account_set(self.book, request, Context(clock=FrozenClock())).close()
        LocalSettings(self.folders.settings_file).remember_book(self.book)

    def run(self, *words: object) -> tuple[int, str]:
        code = main(["--data", str(self.folders.data), *map(str, words)])
        said = self._capsys.readouterr()
        assert said.err == ""
        lines = said.out.strip().splitlines()
        assert lines
        assert all(CHINESE.search(line) for line in lines), lines
        return code, said.out

    def hash(self) -> str:
        return hashlib.sha256(self.book.read_bytes()).hexdigest()

    def damage(self, statement: str) -> None:
        database = schema.open_book(self.book)
        with database.write() as session:
            session.execute(text(statement))
        database.close()


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    made = Desk(tmp_path / "data", capsys)
    made.make_book()
    return made


def test_check(desk: Desk) -> None:
    assert desk.run("check") == (0, "账套没有问题。\n")
    desk.damage("UPDATE audit_entry SET operator = 'x'")
    before = desk.hash()
    code, said = desk.run("check")
    assert code == 1
    assert "发现 1 个问题" in said
    assert desk.hash() == before


def test_check_of_a_file_that_is_none(desk: Desk) -> None:
    desk.book.write_bytes(b"PK\x03\x04" + b"0" * 5000)
    before = desk.hash()
    assert desk.run("check")[0] == 2
    assert desk.hash() == before


@pytest.mark.parametrize("command", ["check", "backup"])
def test_without_a_book(tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    desk = Desk(tmp_path / "data", capsys)
    more = [tmp_path / "copy.jdy"] if command == "backup" else []
    assert desk.run(command, *more)[0] == 2
    assert not (tmp_path / "copy.jdy").exists()


def test_backup_and_restore(desk: Desk, tmp_path: Path) -> None:
    copy = tmp_path / "stick" / "周一.jdy"
    assert desk.run("backup", copy)[0] == 0
    desk.damage("UPDATE account_set SET company = '改名'")
    code, said = desk.run("restore", copy)
    assert code == 0
    assert "0 张预订单" in said
    database = schema.open_book(desk.book)
    with database.read() as session:
        assert session.execute(text("SELECT company FROM account_set")).scalar() == "禾木服饰商行"
    database.close()
    (kept,) = desk.folders.backups.glob("*.jdy")
    assert str(kept) in said
    database = schema.open_book(kept)
    with database.read() as session:
        assert session.execute(text("SELECT company FROM account_set")).scalar() == "改名"
    database.close()


def test_backup_never_overwrites(desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "copy.jdy"
    target.write_bytes(b"something of the clerk's")
    assert desk.run("backup", target)[0] == 2
    assert target.read_bytes() == b"something of the clerk's"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no book", None])
def test_restore_of_what_is_no_backup(desk: Desk, tmp_path: Path, content: bytes | None) -> None:
    source = tmp_path / "source.jdy"
    if content is not None:
        source.write_bytes(content)
    before = desk.hash()
    assert desk.run("restore", source)[0] == 2
    assert desk.hash() == before
    assert list(desk.folders.backups.iterdir()) == []


def test_restore_of_a_newer_releases_backup(desk: Desk, tmp_path: Path) -> None:
    source = tmp_path / "newer.jdy"
    raw = bytearray(desk.book.read_bytes())
    raw[60:64] = (schema.SCHEMA_VERSION + 1).to_bytes(4, "big")
    source.write_bytes(raw)
    before = desk.hash()
    code, said = desk.run("restore", source)
    assert (code, desk.hash()) == (2, before)
    assert "升级" in said


def test_restore_while_the_program_is_open(desk: Desk, tmp_path: Path) -> None:
    desk.run("backup", tmp_path / "copy.jdy")
    lock, before = InstanceLock(desk.folders.lock_file), desk.hash()
    assert lock.acquire()
    code, said = desk.run("restore", tmp_path / "copy.jdy")
    lock.release()
    assert (code, desk.hash()) == (2, before)
    assert "程序正开着" in said
    assert desk.run("restore", tmp_path / "copy.jdy")[0] == 0  # the control


def test_from_the_shell(desk: Desk) -> None:
    """The exit code reaches the shell, and nothing of Qt is started for it."""
    command = [sys.executable, "-X", "importtime", "-m", "jdy_desktop", "--data", str(desk.folders.data), "check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "账套没有问题。\n")
    assert "PySide6" not in done.stderr


OWNER, CLERK = "zhaocai88", "xiaowang1"


def _with_operators(desk: Desk) -> None:
    from jdy_desktop.services.book.operators import Operators

    database = schema.open_book(desk.book)
    operators = Operators(database, Context(clock=FrozenClock()))
    operators.switch_on("wangjie", "王姐", OWNER)
    operators.add("xiaowang", "小王", CLERK)
    database.close()


def _type(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(line))


def test_reset_owner(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from jdy_desktop.services.book.operators import Operators

    _type(monkeypatch, "xinmima99\n")
    assert desk.run("reset-owner")[0] == 2  # nobody is asked for a password in this book
    _with_operators(desk)
    _type(monkeypatch, "123\n")
    code, said = desk.run("reset-owner")
    assert (code, "至少 6 位" in said) == (2, True)
    _type(monkeypatch, "xinmima99\n")
    code, said = desk.run("reset-owner")
    assert (code, "wangjie" in said, "xinmima99" in said) == (0, True, False)
    database = schema.open_book(desk.book)
    assert Operators(database, Context(clock=FrozenClock())).log_in("wangjie", "xinmima99").name == "王姐"
    with database.read() as session:
        rows = session.execute(text("SELECT operator, action FROM audit_entry")).all()
    database.close()
    assert ("命令行", "password_reset") in [tuple(row) for row in rows]


def test_reset_owner_while_the_program_is_open(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_operators(desk)
    lock = InstanceLock(desk.folders.lock_file)
    assert lock.acquire()
    _type(monkeypatch, "xinmima99\n")
    assert desk.run("reset-owner") == (2, "程序正开着，没有改密码。先关掉程序再试。\n")
    lock.release()


def _one_opening(desk: Desk, folder: Path) -> Path:
    """Goods, and a workbook with what lay there of them."""
    from jdy_desktop.services.book.products import Products, SaveProduct, SaveSku
    from tests.unit.services.excel.workbooks import workbook

    database = schema.open_book(desk.book)
    Products(database, Context(clock=FrozenClock())).save(SaveProduct(code="sp1", name="衬衫", skus=(SaveSku(),)))
    database.close()
    return workbook(folder / "opening.xlsx", [("sp1", None, None, 12, 3.5)])


def _hash_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2 import PasswordHasher

    from jdy_desktop.services.book import operators

    monkeypatch.setattr(operators, "_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.mark.parametrize("command", ["check", "backup", "restore", "import-stock"])
def test_where_the_window_asks_for_a_password_so_do_the_commands(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    _hash_quickly(monkeypatch)
    safe = tmp_path / "safe.jdy"
    assert desk.run("backup", safe)[0] == 0  # no operators yet: nobody is asked
    opening = _one_opening(desk, tmp_path)
    _with_operators(desk)
    lines: dict[str, list[object]] = {
        "check": ["check"],
        "backup": ["backup", tmp_path / "mine.jdy"],
        "restore": ["restore", safe],
        "import-stock": ["import-stock", opening, "--dry-run"],
    }
    words, before = lines[command], desk.hash()
    _type(monkeypatch, "")  # cron: nobody there
    code, said = desk.run(*words)
    assert (code, "JDY_ACCOUNT" in said) == (2, True)
    assert desk.hash() == before
    assert not (tmp_path / "mine.jdy").exists()
    _type(monkeypatch, "wangjie\nfalsch\n")
    code, said = desk.run(*words)
    assert (code, "账号或密码不对" in said) == (2, True)
    monkeypatch.setenv("JDY_ACCOUNT", "xiaowang")
    monkeypatch.setenv("JDY_PASSWORD", CLERK)
    assert desk.run(*words)[0] == (0 if command == "check" else 2)
    monkeypatch.delenv("JDY_PASSWORD")
    _type(monkeypatch, f"wangjie\n{OWNER}\n")
    assert desk.run(*words)[0] == 0
    if command != "restore":  # the restored one is from before there were any operators
        database = schema.open_book(desk.book)
        with database.read() as session:
            rows = session.execute(text("SELECT operator, action FROM audit_entry")).all()
        database.close()
        assert ("王姐", "log_in") in [tuple(row) for row in rows]


def test_a_damaged_book_is_replaced_without_a_password(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _hash_quickly(monkeypatch)
    safe = tmp_path / "safe.jdy"
    assert desk.run("backup", safe)[0] == 0
    _with_operators(desk)
    desk.book.write_bytes(b"PK\x03\x04" + b"0" * 5000)
    _type(monkeypatch, "")
    assert desk.run("restore", safe)[0] == 0
