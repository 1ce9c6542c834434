"""Both drivers' exceptions become ours here; above machine/ nobody sees them (style §8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from jdy_desktop.services.errors import (
    DatabaseBusy,
    DatabaseCorrupt,
    DatabaseReadOnly,
    DiskFull,
    JdyError,
    LocalError,
    NotOurDatabase,
    Stale,
    UserError,
)


def _write_failed() -> JdyError:
    return DiskFull("disk_write_failed")


def _cannot_open() -> JdyError:
    return LocalError("database_cannot_open")


#: Beginning of SQLite's error name and our error; the first that fits.
_SQLITE: tuple[tuple[str, Callable[[], JdyError]], ...] = (
    ("SQLITE_BUSY", DatabaseBusy),
    ("SQLITE_LOCKED", DatabaseBusy),
    ("SQLITE_FULL", DiskFull),
    ("SQLITE_READONLY", DatabaseReadOnly),
    ("SQLITE_NOTADB", NotOurDatabase),
    ("SQLITE_CORRUPT", DatabaseCorrupt),
    ("SQLITE_IOERR", _write_failed),
    ("SQLITE_CANTOPEN", _cannot_open),
)
#: Beginning of PostgreSQL's error code (its manual, appendix A) and our error; the first that fits.
_POSTGRES: tuple[tuple[str, Callable[[], JdyError]], ...] = (
    ("55P03", DatabaseBusy),  # lock_timeout
    ("40", DatabaseBusy),  # serialization failure, deadlock
    ("53100", DiskFull),
    ("53", DatabaseBusy),  # too many connections, out of memory
    ("25006", DatabaseReadOnly),
    ("58", _write_failed),
    ("XX001", DatabaseCorrupt),
    ("XX002", DatabaseCorrupt),
    ("08", _cannot_open),
    ("57P", _cannot_open),  # shut down, starting up
    ("28", _cannot_open),  # who are you
    ("3D", _cannot_open),  # no such database
)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn the drivers' and SQLAlchemy's exceptions into ours; an unknown one passes, for it is our bug."""
    try:
        yield
    except StaleDataError as exc:
        raise Stale from exc
    except IntegrityError as exc:
        raise UserError("constraint", detail=str(exc.orig)) from exc
    except UnicodeEncodeError as exc:  # half of an emoji, pasted; SQLAlchemy lets the driver's own words through
        raise UserError("text_not_storable") from exc
    except DBAPIError as exc:
        if isinstance(exc, DataError) and getattr(exc.orig, "sqlstate", "") is None:
            raise UserError("text_not_storable") from exc  # PostgreSQL's driver refuses a NUL before it sends anything
        error = None if exc.orig is None else _ours(exc.orig)
        if error is None:
            raise
        raise error from exc


@contextmanager
def plain_sqlite_errors() -> Iterator[None]:
    """The same where the SQLite driver is used without SQLAlchemy (copies, checks)."""
    import pysqlite3.dbapi2 as driver

    try:
        yield
    except driver.IntegrityError as exc:
        raise UserError("constraint", detail=str(exc)) from exc
    except driver.Error as exc:
        error = _ours(exc)
        if error is None:
            raise
        raise error from exc


def _ours(exc: BaseException) -> JdyError | None:
    """Ours for an exception of either driver, None for one that only a mistake of ours can cause."""
    name = getattr(exc, "sqlite_errorname", None)
    if name is not None:
        return next((make() for begin, make in _SQLITE if name.startswith(begin)), None)
    if not hasattr(exc, "sqlstate"):
        return None
    if exc.sqlstate is not None:
        return next((make() for begin, make in _POSTGRES if exc.sqlstate.startswith(begin)), None)
    # Without a code: the server is not there, or the line was cut.
    return _cannot_open() if type(exc).__name__ == "OperationalError" else None
