"""操作员: passwords, tries, roles, and who sits at the counter (M1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from jdy_desktop.models.account import AuditEntry, Operator
from jdy_desktop.models.states import Industry, Role
from jdy_desktop.services.book import audit, operators
from jdy_desktop.services.book.account_sets import CreateAccountSet, fill_account_set
from jdy_desktop.services.book.operators import MustWait, OperatorRow, Operators, WrongPassword
from jdy_desktop.services.errors import Refused, Stale, UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.rights import Right
from tests.support.clock import FrozenClock

OWNER, CLERK = "zhaocai88", "xiaowang1"


class Stall:
    """A book with operators: 王姐 owns it, 小王 sells."""

    def __init__(self, db: Database) -> None:
        self.db, self.clock = db, FrozenClock()
        self.ctx = Context(clock=self.clock, operator="档口")
        fill_account_set(db, CreateAccountSet("禾木服饰商行", date(2019, 3, 1), Industry.CLOTHES), self.ctx)
        self.operators = Operators(db, self.ctx)

    def begin(self) -> tuple[OperatorRow, OperatorRow]:
        owner = self.operators.switch_on("WangJie", "王姐", OWNER)
        return owner, self.operators.add("xiaowang", "小王", CLERK)

    def audit(self) -> list[tuple[str, str]]:
        with self.db.read() as session:
            assert audit.verify(session)
            return [(row.operator, row.action) for row in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with little memory; one test below uses what is shipped."""
    from argon2 import PasswordHasher

    monkeypatch.setattr(operators, "_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def stall(book: Database) -> Stall:
    return Stall(book)


@pytest.mark.manual("M1")
def test_off_by_default_and_nobody_is_asked(stall: Stall) -> None:
    assert not stall.operators.state().is_on
    assert not stall.operators.begin()
    assert stall.ctx.operator == "档口"
    assert all(stall.ctx.may(right) for right in Right)


@pytest.mark.manual("M1")
def test_the_first_owner_switches_it_on_and_the_next_start_asks(stall: Stall) -> None:
    owner, clerk = stall.begin()
    assert (owner.account, owner.role, clerk.role) == ("wangjie", Role.OWNER, Role.CLERK)
    assert stall.operators.begin()
    assert not any(stall.ctx.may(right) for right in Right)
    assert stall.operators.log_in("ＷＡＮＧＪＩＥ ", OWNER).name == "王姐"  # full width and case make no difference
    assert all(stall.ctx.may(right) for right in Right)
    stall.operators.log_in("xiaowang", CLERK)
    assert stall.ctx.operator == "小王"
    assert not any(stall.ctx.may(right) for right in Right)
    assert stall.audit()[-2:] == [("王姐", "log_in"), ("小王", "log_in")]


@pytest.mark.manual("M1")
@pytest.mark.parametrize(("account", "password"), [("wangjie", CLERK), ("wangjie", ""), ("nobody", OWNER), ("", OWNER)])
def test_a_wrong_password_or_account_leaves_the_seat_empty(stall: Stall, account: str, password: str) -> None:
    stall.begin()
    stall.operators.begin()
    with pytest.raises(WrongPassword) as refused:
        stall.operators.log_in(account, password)
    assert refused.value.field == "password"
    assert stall.ctx.operator == ""
    assert not stall.ctx.may(Right.RESTORE)


def test_passwords_are_kept_as_argon2id_and_nowhere_in_the_clear(
    stall: Stall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    stall.begin()
    with stall.db.read() as session:
        hashes = session.scalars(select(Operator.password_hash)).all()
    assert len(set(hashes)) == 2
    assert all(one is not None and one.startswith("$argon2id$v=19$m=65536,") for one in hashes)
    assert stall.operators.log_in("wangjie", OWNER).name == "王姐"
    stall.db.close()
    for file in tmp_path.glob("book.jdy*"):
        content = file.read_bytes()
        assert OWNER.encode() not in content
        assert CLERK.encode() not in content


def test_an_older_weaker_hash_is_renewed_at_the_next_login(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> None:
    stall.begin()
    from argon2 import PasswordHasher

    monkeypatch.setattr(operators, "_hasher", lambda: PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    stall.operators.log_in("wangjie", OWNER)
    with stall.db.read() as session:
        stored = session.scalar(select(Operator.password_hash).where(Operator.account == "wangjie"))
    assert stored is not None
    assert "m=16,t=2" in stored


def _fail(stall: Stall, times: int) -> list[int | None]:
    left: list[int | None] = []
    for _ in range(times):
        with pytest.raises(WrongPassword) as refused:
            stall.operators.log_in("xiaowang", "wrong one")
        left.append(refused.value.params["left"])
    return left


@pytest.mark.manual("M1")
def test_five_wrong_tries_rest_the_account_for_sixty_seconds(stall: Stall) -> None:
    stall.begin()
    assert _fail(stall, 5) == [4, 3, 2, 1, 0]
    stall.clock.advance(seconds=59)
    with pytest.raises(MustWait) as wait:
        stall.operators.log_in("xiaowang", CLERK)
    assert wait.value.params["seconds"] == 1
    assert stall.operators.log_in("wangjie", OWNER).name == "王姐"  # only that account waits
    stall.clock.advance(seconds=1)
    assert stall.operators.log_in("xiaowang", CLERK).name == "小王"
    assert ("王姐", "login_refused") in stall.audit()  # he sat there when the fifth was tried


def test_tries_are_counted_in_the_book_not_in_the_program(stall: Stall) -> None:
    stall.begin()
    _fail(stall, 4)
    other = Operators(stall.db, Context(clock=stall.clock))  # the program was started anew
    with pytest.raises(WrongPassword):
        other.log_in("xiaowang", "wrong one")
    with pytest.raises(MustWait):
        other.log_in("xiaowang", CLERK)


def test_four_wrong_tries_and_the_right_one_start_over(stall: Stall) -> None:
    stall.begin()
    _fail(stall, 4)
    stall.operators.log_in("xiaowang", CLERK)
    assert "login_refused" not in {action for _who, action in stall.audit()}  # the fifth was right
    assert _fail(stall, 4) == [4, 3, 2, 1]


def test_the_seat_follows_what_another_pc_changes(stall: Stall) -> None:
    """Switched on, made a clerk, rested, switched off: each at the other PC."""
    other = Operators(stall.db, Context(clock=stall.clock, operator="二号机"))
    assert not stall.operators.follow()
    owner = other.switch_on("wangjie", "王姐", OWNER)
    assert stall.ctx.may(Right.SEE_COST)  # not asked yet
    assert stall.operators.follow()
    assert not stall.ctx.may(Right.SEE_COST)
    assert stall.operators.follow()  # still nobody
    clerk = other.add("xiaowang", "小王", CLERK, Role.OWNER)
    stall.operators.log_in("xiaowang", CLERK)
    assert not stall.operators.follow()
    assert stall.ctx.seat.role is Role.OWNER
    clerk = other.change(replace(clerk, version=_version(stall, clerk), role=Role.CLERK))
    assert not stall.operators.follow()
    assert stall.ctx.seat.who == ("小王", Role.CLERK, clerk.id)
    other.change(replace(clerk, is_active=False))
    assert stall.operators.follow()
    other.switch_off()
    assert not stall.operators.follow()
    assert stall.ctx.seat.role is None
    assert owner.role is Role.OWNER


def _version(stall: Stall, row: OperatorRow) -> int:
    return next(one.version for one in stall.operators.state().rows if one.id == row.id)


def test_a_clock_set_back_does_not_lock_the_stall_out(stall: Stall) -> None:
    stall.begin()
    _fail(stall, 5)
    stall.clock.advance(days=-3)
    assert stall.operators.log_in("xiaowang", CLERK).name == "小王"


def test_a_try_is_counted_even_when_the_program_dies_while_comparing(
    stall: Stall, monkeypatch: pytest.MonkeyPatch
) -> None:
    stall.begin()

    def dies(_stored: str, _password: str) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(operators, "_is_password", dies)
        for _ in range(5):
            with pytest.raises(KeyboardInterrupt):
                stall.operators.log_in("xiaowang", "guess")
    with pytest.raises(MustWait):
        stall.operators.log_in("xiaowang", CLERK)


@pytest.mark.manual("M1")
def test_the_last_owner_stays(stall: Stall) -> None:
    owner, clerk = stall.begin()
    owner = _present(stall, owner)
    for change in (replace(owner, is_active=False), replace(owner, role=Role.CLERK)):
        with pytest.raises(UserError, match="last_owner"):
            stall.operators.change(change)
    assert stall.ctx.may(Right.OPERATORS)  # nothing of it happened to the one who sits there either
    stall.operators.change(replace(_present(stall, clerk), role=Role.OWNER))
    rested = stall.operators.change(replace(_present(stall, owner), is_active=False))
    assert not rested.is_active


def _present(stall: Stall, row: OperatorRow) -> OperatorRow:
    return next(one for one in stall.operators.state().rows if one.id == row.id)


def test_a_rested_clerk_cannot_log_in_and_can_come_back(stall: Stall) -> None:
    _, clerk = stall.begin()
    rested = stall.operators.change(replace(clerk, is_active=False))
    with pytest.raises(WrongPassword):
        stall.operators.log_in("xiaowang", CLERK)
    stall.operators.change(replace(rested, is_active=True))
    assert stall.operators.log_in("xiaowang", CLERK).name == "小王"


def test_a_new_name_signs_at_once_and_the_older_form_is_refused(stall: Stall) -> None:
    owner, _ = stall.begin()
    owner = _present(stall, owner)
    stall.operators.change(replace(owner, name="王总"))
    assert stall.ctx.operator == "王总"
    with pytest.raises(Stale):
        stall.operators.change(replace(owner, name="王大姐"))


def test_a_reset_password_works_at_once_and_ends_the_wait(stall: Stall) -> None:
    _, clerk = stall.begin()
    _fail(stall, 5)
    stall.operators.reset_password(clerk.id, "xinmima99")
    assert stall.operators.log_in("xiaowang", "xinmima99").name == "小王"
    with pytest.raises(WrongPassword):
        stall.operators.log_in("xiaowang", CLERK)


def test_a_clerk_changes_his_own_password_with_the_present_one(stall: Stall) -> None:
    stall.begin()
    stall.operators.log_in("xiaowang", CLERK)
    with pytest.raises(WrongPassword):
        stall.operators.change_own_password("wrong one", "xinmima99")
    stall.operators.change_own_password(CLERK, "xinmima99")
    assert stall.operators.log_in("xiaowang", "xinmima99").role is Role.CLERK


@pytest.mark.parametrize(
    ("account", "name", "password", "code"),
    [
        ("", "小李", "mima1234", "login_account_missing"),
        ("xiaoli", " ", "mima1234", "operator_name_missing"),
        ("XiaoWang", "小李", "mima1234", "login_account_taken"),
        ("xiaoli", "小李", "12345", "password_short"),
        ("xiaoli", "小李", "XiaoLi", "password_is_account"),
        ("x" * 41, "小李", "mima1234", "text_too_long"),
        ("xiaoli", "小李", "x" * 129, "text_too_long"),
    ],
)
def test_what_cannot_be_an_operator(stall: Stall, account: str, name: str, password: str, code: str) -> None:
    stall.begin()
    before = stall.operators.state()
    with pytest.raises(UserError, match=code):
        stall.operators.add(account, name, password)
    assert stall.operators.state() == before


def test_switched_off_nobody_is_asked_and_on_again_the_old_account_serves(stall: Stall) -> None:
    owner, _ = stall.begin()
    stall.operators.switch_off()
    assert stall.ctx.operator == "档口"
    assert not stall.operators.begin()
    again = stall.operators.switch_on("wangjie", "王姐", "xinmima99")
    assert again.id == owner.id
    with pytest.raises(UserError, match="operators_on"):
        stall.operators.switch_on("dier", "第二", "xinmima99")
    assert stall.ctx.operator == "王姐"


def test_a_seat_taken_in_a_transaction_that_fails_is_not_taken(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise OSError("disk")

    monkeypatch.setattr(audit, "record", breaks)
    with pytest.raises(OSError, match="disk"):
        stall.operators.switch_on("wangjie", "王姐", OWNER)
    assert stall.ctx.seat.role is None
    assert not stall.operators.state().is_on


ADMIN: dict[str, Callable[[Stall, OperatorRow], object]] = {
    "switch_on": lambda s, _: s.operators.switch_on("a", "b", "mima1234"),
    "switch_off": lambda s, _: s.operators.switch_off(),
    "set_lock_minutes": lambda s, _: s.operators.set_lock_minutes(0),
    "add": lambda s, _: s.operators.add("xiaoli", "小李", "mima1234"),
    "change": lambda s, row: s.operators.change(replace(row, name="老王")),
    "reset_password": lambda s, row: s.operators.reset_password(row.id, "mima1234"),
    "reset_owner": lambda s, _: s.operators.reset_owner("mima1234"),
}


@pytest.mark.parametrize("act", ADMIN)
def test_a_clerk_may_not_manage_operators(stall: Stall, act: str) -> None:
    _, clerk = stall.begin()
    stall.operators.log_in("xiaowang", CLERK)
    before = stall.operators.state()
    with pytest.raises(Refused):
        ADMIN[act](stall, _present(stall, clerk))
    assert stall.operators.state() == before
    stall.operators.log_in("wangjie", OWNER)
    if act != "switch_on":  # it is on already
        ADMIN[act](stall, _present(stall, clerk))


def test_the_minutes_before_locking(stall: Stall) -> None:
    assert stall.operators.state().lock_minutes == 10
    stall.begin()
    stall.operators.set_lock_minutes(0)
    assert stall.operators.state().lock_minutes == 0
    with pytest.raises(UserError, match="lock_minutes_wrong"):
        stall.operators.set_lock_minutes(1441)


def test_the_way_back_for_a_forgotten_password(stall: Stall) -> None:
    with pytest.raises(UserError, match="operators_off"):
        stall.operators.reset_owner("xinmima99")
    stall.begin()
    outside = Operators(stall.db, Context(clock=stall.clock))
    assert outside.reset_owner("xinmima99").name == "王姐"
    assert stall.operators.log_in("wangjie", "xinmima99").role is Role.OWNER
    assert ("", "password_reset") in stall.audit()


def test_waits_are_as_long_as_written(stall: Stall) -> None:
    assert (operators.TRIES, timedelta(seconds=60)) == (5, operators.WAIT)
