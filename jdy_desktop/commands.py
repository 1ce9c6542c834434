"""The commands without a window, for people who script: check, backup, restore, reset-owner, import-stock. Answers are Chinese lines.

A book with operators asks here as the window does (decision 0006); only reset-owner does not, it is the way back.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from jdy_desktop.services.errors import (
    DatabaseCorrupt,
    DatabaseTooNew,
    JdyError,
    LocalError,
    NotOurDatabase,
    UserError,
)
from jdy_desktop.services.machine import backup, schema
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.folders import Folders, data_folder
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.rights import Right
from jdy_desktop.services.machine.settings import LocalSettings
from jdy_desktop.views.texts import sentence

if TYPE_CHECKING:
    from jdy_desktop.services.book.opening_rows import RowProblem
    from jdy_desktop.services.machine.db import Database

DONE, FAULT, REFUSED = 0, 1, 2


def run(command: str, options: argparse.Namespace) -> int:
    """Exit code: 0 done, 1 the check found a fault or rows were refused, 2 refused (nothing changed)."""
    folders = data_folder(options.data)
    if command == "import-stock":
        return _import_stock(options, LocalSettings(folders.settings_file).last_book)
    book = LocalSettings(folders.settings_file).last_book
    try:
        if command == "restore":
            return _restore(options.file, book, folders)
        if book is None or not book.exists():
            print("还没有账套，什么都没有做。先打开程序创建账套。")
            return REFUSED
        if command == "reset-owner":
            return _reset_owner(book, folders)
        return _check(book) if command == "check" else _back_up(book, options.file)
    except JdyError as error:
        print(sentence(error))
        return REFUSED
    except FileExistsError as error:
        print(f"{error} 已经有了，没有覆盖，也没有备份。换一个文件名再试。")
        return REFUSED
    except FileNotFoundError as error:
        print(f"找不到 {error.filename or error}，什么都没有做。")
        return REFUSED
    except OSError as error:
        print(f"文件读写没有成功，原来的文件没有动：{error.strerror or error}（{error.filename}）")
        return REFUSED


def _check(book: Path) -> int:
    from jdy_desktop.services.book.checks import check_book

    with _opened(book, None) as (database, _ctx):
        report = check_book(database, JobContext())
    for problem in report.problems:
        print(sentence(LocalError(problem.code, where=problem.where)))
    print(
        "账套没有问题。"
        if report.is_sound
        else f"发现 {len(report.problems)} 个问题，数据没有改动。请先备份，再复制以上内容发给我们。"
    )
    return DONE if report.is_sound else FAULT


def _back_up(book: Path, target: Path) -> int:
    with _opened(book, Right.EXPORT_CUSTOMERS):
        pass
    made = backup.back_up(book, target)
    print(f"已备份到 {made.path}，{made.size / 1_048_576:.1f} MB，已打开检查过。")
    return DONE


def _restore(source: Path, book: Path | None, folders: Folders) -> int:
    from jdy_desktop.services.channel.pre_orders import pause_after_restore
    from jdy_desktop.services.machine.instance import InstanceLock

    ctx = Context()
    lock = InstanceLock(folders.lock_file)
    if not lock.acquire():
        print("程序正开着，没有恢复。先关掉程序再试。")
        return REFUSED
    try:
        folders.make()
        target = book or folders.books / f"{source.stem}.jdy"
        _ask_owner_of(target)
        paused: list[int] = []
        kept = backup.restore(
            source, target, folders.backups, ctx, lambda db: paused.append(pause_after_restore(db, ctx))
        )
        LocalSettings(folders.settings_file).remember_book(target)
    finally:
        lock.release()
    if kept:
        print(f"原来的账套保存在 {kept.path}。")
    print(f"已恢复。{sum(paused)} 张预订单改为待核对，打开程序后先和 1688 核对，不会重复上传。")
    return DONE


@contextmanager
def _opened(book: Path, right: Right | None) -> Iterator[tuple[Database, Context]]:
    """The book, with somebody in the seat who has that right. Raises WrongPassword, MustWait, Refused,
    UserError("command_login_missing"); nothing was read or changed then but the try is counted."""
    from jdy_desktop.services.book.operators import Operators

    ctx = Context()
    database = schema.open_book(book)
    try:
        operators = Operators(database, ctx)
        if operators.begin():
            operators.log_in(*_credentials())
            if right is not None:
                ctx.require(right)
        yield database, ctx
    finally:
        database.close()


def _ask_owner_of(book: Path) -> None:
    """What stands there is replaced only by its owner; a book that cannot be opened any more asks nobody."""
    if book.exists():
        with suppress(DatabaseCorrupt, DatabaseTooNew, NotOurDatabase), _opened(book, Right.RESTORE):
            pass


def _credentials() -> tuple[str, str]:
    """Of the environment, typed at the terminal (questions go to stderr: answers may be JSON), or two lines of a
    script's input."""
    account, password = os.environ.get("JDY_ACCOUNT", ""), os.environ.get("JDY_PASSWORD", "")
    if not (account and password):
        is_typed = sys.stdin.isatty()
        if is_typed:
            print("账号：", end="", file=sys.stderr, flush=True)
        account = sys.stdin.readline().strip()
        password = getpass("密码：", stream=sys.stderr) if is_typed else sys.stdin.readline().rstrip("\n")
    if not (account and password):
        raise UserError("command_login_missing")
    return account, password


def _reset_owner(book: Path, folders: Folders) -> int:
    """A new password for the first 店主. The file is not encrypted: who may run this may read the book anyway."""
    from jdy_desktop.services.book.operators import Operators
    from jdy_desktop.services.machine.instance import InstanceLock

    lock = InstanceLock(folders.lock_file)
    if not lock.acquire():
        print("程序正开着，没有改密码。先关掉程序再试。")
        return REFUSED
    try:
        ctx = Context(operator="命令行")
        database = schema.open_book(book)
        try:
            operators = Operators(database, ctx)
            if not operators.state().is_on:
                raise UserError("operators_off")
            password = _new_password()
            if password is None:
                print("两次密码不一样，没有改密码。再试一次。")
                return REFUSED
            owner = operators.reset_owner(password)
        finally:
            database.close()
    finally:
        lock.release()
    print(f"已改。用账号 {owner.account}（{owner.name}）和新密码登录；操作日志里记了一笔。")
    return DONE


def _new_password() -> str | None:
    """Typed twice without showing it, or one line of a script's input; None when the two differ."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass("新密码（至少 6 位）：")
    return first if getpass("再输一次：") == first else None


@dataclass(frozen=True, slots=True)
class _Imported:
    """`imported`: rows written (or that would be, with --dry-run); rows that are stored as they are already do not count."""

    imported: int = 0
    problems: Sequence[RowProblem] = ()
    refused: str | None = None
    unchanged: int = 0
    default_warehouse: str = ""

    @property
    def exit_code(self) -> int:
        if self.refused is not None:
            return REFUSED
        return FAULT if self.problems else DONE


def _import_stock(options: argparse.Namespace, book: Path | None) -> int:
    """Exit code: 0 all rows are in, 1 some were refused and the others are in, 2 the file was refused, nothing stored."""
    from jdy_desktop.views.texts.workbooks import row_words

    outcome = _try_import(options, book)
    if options.json:
        rows = [
            {"sheet": one.sheet, "row": one.row, "column": one.column, "value": one.value, "reason": row_words(one)}
            for one in outcome.problems
        ]
        answer = {"imported": outcome.imported, "rows_with_errors": rows, "refused": outcome.refused}
        print(json.dumps(answer, ensure_ascii=False))
    else:
        _tell(outcome, is_trial=options.dry_run)
    return outcome.exit_code


def _try_import(options: argparse.Namespace, book: Path | None) -> _Imported:
    if book is None or not book.exists():
        return _Imported(refused="还没有账套，什么都没有做。先打开程序创建账套。")
    from jdy_desktop.services.book.opening_import import OpeningImport, read_opening, without_replacing
    from jdy_desktop.services.excel.faults import WorkbookRefused
    from jdy_desktop.views.texts.workbooks import file_reason

    try:
        workbook = read_opening(options.file)
        with _opened(book, Right.SEE_COST) as (database, ctx):
            service = OpeningImport(database, ctx)
            plan = service.plan(workbook)
            if not options.replace:
                plan = without_replacing(plan)
            if not options.dry_run:
                service.run(plan)
    except WorkbookRefused as error:
        return _Imported(refused=f"{file_reason(error)}。")
    except JdyError as error:
        return _Imported(refused=sentence(error))
    return _Imported(len(plan.lines), plan.problems, None, plan.unchanged, plan.default_warehouse)


def _tell(outcome: _Imported, *, is_trial: bool) -> None:
    from jdy_desktop.views.texts.workbooks import row_words

    if outcome.refused is not None:
        print(f"没有导入，账套没有改动：{outcome.refused}")
        return
    for one in outcome.problems:
        value = f"“{one.value}”" if one.value else ""
        print(f"“{one.sheet}”表第 {one.row} 行 {one.column}{value}：{row_words(one)}")
    same = f"，{outcome.unchanged} 行和账套里一样，不用改" if outcome.unchanged else ""
    place = f"没有仓库列，记在“{outcome.default_warehouse}”。" if outcome.default_warehouse else ""
    bad = len({(one.sheet, one.row) for one in outcome.problems})
    kept = f"，{bad} 行没有导入" if bad else ""
    print(f"{'可以导入' if is_trial else '已导入'} {outcome.imported} 行期初{same}{kept}。{place}")
