"""操作员: accounts, passwords, roles of one book, and who works now (M1). Off by default: one person needs no password.

A password keeps others away from the counter; the file itself is not encrypted. Whoever has the PC can make the owner a new
one with the command `reset-owner`; that stands in the audit trail.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from jdy_desktop.models.account import Operator, Setting
from jdy_desktop.models.rules.search import fold
from jdy_desktop.models.states import Role
from jdy_desktop.services.book import audit
from jdy_desktop.services.book.bulk import table_of, upsert
from jdy_desktop.services.errors import Stale, UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.rights import Right

TRIES = 5
WAIT = timedelta(seconds=60)
SHORTEST, LONGEST = 6, 128
DEFAULT_LOCK_MINUTES = 10
_NAME_LIMIT = 40
_ON, _LOCK_MINUTES = "operators.on", "operators.lock_minutes"


class WrongPassword(UserError):
    """`left`: tries until the account has to wait. Unknown, resting and wrong read the same."""

    code = "wrong_password"


class MustWait(UserError):
    """Too many wrong tries; `seconds` until the next one is heard."""

    code = "login_must_wait"


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """One line of 设置—操作员."""

    id: int
    version: int
    account: str
    name: str
    role: Role
    is_active: bool


@dataclass(frozen=True, slots=True)
class OperatorsState:
    """`lock_minutes` 0: the window is never covered by itself."""

    is_on: bool
    lock_minutes: int
    rows: tuple[OperatorRow, ...]


class Operators:
    """Passwords are hashed (argon2id) outside of transactions: it takes a tenth of a second on purpose."""

    def __init__(self, db: Database, ctx: Context) -> None:
        self._db = db
        self._ctx = ctx

    # ---- reading
    def state(self) -> OperatorsState:
        """Active ones first, then by account."""
        with self._db.read() as session:
            found = session.scalars(select(Operator).order_by(Operator.is_active.desc(), Operator.account)).all()
            minutes = _setting(session, _LOCK_MINUTES)
            return OperatorsState(
                is_on=_is_on(session),
                lock_minutes=DEFAULT_LOCK_MINUTES if minutes is None else int(minutes),
                rows=tuple(_row(one) for one in found),
            )

    def begin(self) -> bool:
        """The book was opened: everybody may everything, or nobody has logged in yet. True when a login is wanted."""
        with self._db.read() as session:
            wanted = _is_on(session)
        if wanted:
            self._ctx.seat.leave()
        else:
            self._ctx.seat.free()
        return wanted

    def follow(self) -> bool:
        """Another PC may have changed who may do what: the seat follows the book. True when somebody must log in now.

        On the desk lane, as log_in and switch_on: they change the seat too."""
        seat = self._ctx.seat
        with self._db.read() as session:
            is_on = _is_on(session)
            row = session.get(Operator, seat.operator_id) if seat.operator_id else None
            found = _row(row) if row is not None else None
        if not is_on:
            if seat.role is not None:
                seat.free()
            return False
        if found is None or not found.is_active:
            seat.leave()
            return True
        seat.take(found.name, found.role, found.id)
        return False

    # ---- in and out
    def log_in(self, account: str, password: str) -> OperatorRow:
        """Take the seat. Raises WrongPassword, MustWait; each try is counted in the book before the password is looked at."""
        found = self._count_try(account)
        if found is None or not _is_password(found.password_hash, password):
            _spend_time(found)
            if found is not None and found.left <= 0:
                self._note_refused(found.id)
            raise WrongPassword(field="password", left=found.left if found else None)
        with self._writing() as session:
            row = session.get_one(Operator, found.id)
            row.failed_tries, row.locked_until = 0, None
            if _is_old(found.password_hash):
                row.password_hash = _hash(password)
            self._ctx.seat.take(row.name, Role(row.role), row.id)
            audit.record(session, self._ctx, "log_in", "operator", row.id, None, {"account": row.account})
            return _row(row)

    def log_out(self) -> None:
        """The seat is empty until somebody logs in."""
        self._ctx.seat.leave()

    # ---- switching on and off
    def switch_on(self, account: str, name: str, password: str) -> OperatorRow:
        """Make the first 店主 and let him take the seat; from now on the book asks for a password."""
        self._ctx.require(Right.OPERATORS)
        hashed = _checked_hash(account, password)
        with self._writing() as session:
            if _is_on(session):
                raise UserError("operators_on")
            row = session.scalar(select(Operator).where(Operator.account == _account(account))) or Operator()
            _fill(session, row, account, name, Role.OWNER)
            row.password_hash, row.is_active, row.failed_tries, row.locked_until = hashed, True, 0, None
            session.add(row)
            session.flush()
            _set(session, _ON, "1")
            self._ctx.seat.take(row.name, Role.OWNER, row.id)
            audit.record(session, self._ctx, "operators_on", "operator", row.id, None, _values(row))
            return _row(row)

    def switch_off(self) -> None:
        """No password is asked for any more; the accounts stay for the next time."""
        self._ctx.require(Right.OPERATORS)
        with self._writing() as session:
            audit.record(session, self._ctx, "operators_off", "operator", self._ctx.seat.operator_id, None, None)
            session.execute(delete(Setting).where(Setting.key == _ON))
            self._ctx.seat.free()

    def set_lock_minutes(self, minutes: int) -> None:
        """0: never by itself. Raises UserError lock_minutes_wrong for more than a day."""
        self._ctx.require(Right.OPERATORS)
        if not 0 <= minutes <= 24 * 60:
            raise UserError("lock_minutes_wrong", field="lock_minutes")
        with self._writing() as session:
            _set(session, _LOCK_MINUTES, str(minutes))

    # ---- people
    def add(self, account: str, name: str, password: str, role: Role = Role.CLERK) -> OperatorRow:
        """Raises UserError login_account_missing, login_account_taken, operator_name_missing, password_short …"""
        self._ctx.require(Right.OPERATORS)
        hashed = _checked_hash(account, password)
        with self._writing() as session:
            row = Operator()
            _fill(session, row, account, name, role)
            row.password_hash = hashed
            session.add(row)
            session.flush()
            audit.record(session, self._ctx, "save", "operator", row.id, None, _values(row))
            return _row(row)

    def change(self, row: OperatorRow) -> OperatorRow:
        """Account, name, role or rest as in `row`. Raises Stale, and UserError last_owner when no 店主 would be left."""
        self._ctx.require(Right.OPERATORS)
        with self._writing() as session:
            stored = _stored(session, row.id, row.version)
            before = _values(stored)
            _fill(session, stored, row.account, row.name, row.role)
            stored.is_active = row.is_active
            session.flush()
            _keep_an_owner(session)
            if (after := _values(stored)) != before:
                audit.record(session, self._ctx, "save", "operator", stored.id, before, after)
            if stored.id == self._ctx.seat.operator_id:
                self._ctx.seat.take(stored.name, Role(stored.role), stored.id)
            return _row(stored)

    def reset_password(self, operator_id: int, password: str) -> None:
        """A new password for somebody else or for oneself; the wait after wrong tries is over too."""
        self._ctx.require(Right.OPERATORS)
        self._set_password(operator_id, password, "password_reset")

    def change_own_password(self, present: str, password: str) -> None:
        """Raises WrongPassword when `present` is not the one in force; wrong tries count as at the login."""
        with self._db.read() as session:
            row = session.get(Operator, self._ctx.seat.operator_id)
            account = row.account if row is not None else ""
        self.log_in(account, present)
        self._set_password(self._ctx.seat.operator_id, password, "password_changed")

    def reset_owner(self, password: str) -> OperatorRow:
        """The way back for a forgotten password, from the command line only: the first active 店主 gets a new one."""
        self._ctx.require(Right.OPERATORS)
        with self._db.read() as session:
            query = select(Operator).where(Operator.role == Role.OWNER.value, Operator.is_active)
            owner = session.scalars(query.order_by(Operator.id)).first()
            if owner is None:
                raise UserError("operators_off")
            found = _row(owner)
        self._set_password(found.id, password, "password_reset")
        return found

    def _set_password(self, operator_id: int, password: str, action: str) -> None:
        with self._db.read() as session:
            account = _stored(session, operator_id).account
        hashed = _checked_hash(account, password)
        with self._writing() as session:
            row = _stored(session, operator_id)
            row.password_hash, row.failed_tries, row.locked_until = hashed, 0, None
            audit.record(session, self._ctx, action, "operator", row.id, None, {"account": row.account})

    # ---- inside
    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """Somebody who takes the seat inside a transaction that fails has not taken it."""
        before = self._ctx.seat.who
        try:
            with self._db.write() as session:
                yield session
        except BaseException:
            self._ctx.seat.take(*before)
            raise

    def _count_try(self, account: str) -> _Try | None:
        """Counted and committed first: a program that is killed while it compares has not given a try away."""
        now = self._ctx.clock.now()
        with self._db.write() as session:
            query = select(Operator).where(Operator.account == _account(account), Operator.is_active)
            row = session.scalar(query)
            if row is None or row.password_hash is None:
                return None
            left = _wait(row, now)
            if left > timedelta(0):
                raise MustWait(field="password", seconds=ceil(left.total_seconds()))
            row.failed_tries += 1
            remaining = TRIES - row.failed_tries
            if remaining <= 0:
                row.failed_tries, row.locked_until = 0, now + WAIT
            return _Try(row.id, row.password_hash, remaining)

    def _note_refused(self, operator_id: int) -> None:
        """The last try was wrong too: now it is known, and the account rests already."""
        with self._db.write() as session:
            row = session.get_one(Operator, operator_id)
            audit.record(session, self._ctx, "login_refused", "operator", row.id, None, {"account": row.account})


@dataclass(frozen=True, slots=True)
class _Try:
    id: int
    password_hash: str
    left: int


def _wait(row: Operator, now: datetime) -> timedelta:
    """How long the account still rests; never longer than WAIT, whatever was done to the PC's clock meanwhile."""
    if row.locked_until is None or row.locked_until - now > WAIT:
        return timedelta(0)
    return row.locked_until - now


def _hasher() -> Any:
    from argon2 import PasswordHasher

    return PasswordHasher()


def _hash(password: str) -> str:
    return str(_hasher().hash(password))


def _is_password(stored: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return bool(_hasher().verify(stored, password))
    except (VerificationError, InvalidHashError):
        return False


def _is_old(stored: str) -> bool:
    return bool(_hasher().check_needs_rehash(stored))


def _spend_time(found: _Try | None) -> None:
    """An unknown account takes as long as a wrong password: the answer does not tell which accounts there are."""
    if found is None:
        _hash("nobody")


def _checked_hash(account: str, password: str) -> str:
    if len(password) < SHORTEST:
        raise UserError("password_short", field="password", limit=SHORTEST)
    if len(password) > LONGEST:
        raise UserError("text_too_long", field="password", limit=LONGEST)
    if fold(password) == _account(account):
        raise UserError("password_is_account", field="password")
    return _hash(password)


def _account(text: str) -> str:
    """As it is stored and compared: case and width make no difference."""
    return fold(text.strip())


def _fill(session: Session, row: Operator, account: str, name: str, role: Role) -> None:
    wanted, called = _account(account), " ".join(name.split())
    if not wanted:
        raise UserError("login_account_missing", field="account")
    if not called:
        raise UserError("operator_name_missing", field="name")
    for field, value in (("account", wanted), ("name", called)):
        if len(value) > _NAME_LIMIT:
            raise UserError("text_too_long", field=field, limit=_NAME_LIMIT)
    with session.no_autoflush:
        twin = session.scalar(select(Operator.id).where(Operator.account == wanted, Operator.id != (row.id or 0)))
    if twin is not None:
        raise UserError("login_account_taken", field="account", account=wanted)
    row.account, row.name, row.role = wanted, called, role.value


def _keep_an_owner(session: Session) -> None:
    owners = (Operator.role == Role.OWNER.value, Operator.is_active, Operator.password_hash.is_not(None))
    if _is_on(session) and not session.scalar(select(func.count()).where(*owners)):
        raise UserError("last_owner")


def _stored(session: Session, operator_id: int, version: int | None = None) -> Operator:
    row = session.get(Operator, operator_id)
    if row is None:
        raise UserError("operator_unknown", id=operator_id)
    if version is not None and row.version != version:
        raise Stale(entity="operator", name=row.name)
    return row


def _is_on(session: Session) -> bool:
    return _setting(session, _ON) == "1"


def _setting(session: Session, key: str) -> str | None:
    return session.scalar(select(Setting.value).where(Setting.key == key))


def _set(session: Session, key: str, value: str) -> None:
    upsert(session.connection(), table_of(Setting), ["key"], [{"key": key, "value": value}])


def _values(row: Operator) -> dict[str, Any]:
    return {"account": row.account, "name": row.name, "role": row.role, "is_active": row.is_active}


def _row(one: Operator) -> OperatorRow:
    return OperatorRow(one.id, one.version, one.account, one.name, Role(one.role), one.is_active)
