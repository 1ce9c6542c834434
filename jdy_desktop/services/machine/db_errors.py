"""Both drivers' exceptions become ours here; above machine/ nobody sees them (style §8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
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
    ("28", _cannot_open),
    ("3D", _cannot_open),
)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn the drivers' and SQLAlchemy's exceptions into ours; an unknown one passes, for it is our bug."""
    try:
        yield
    except JdyError:
        raise
    except StaleDataError as exc:
        raise Stale from exc
    except IntegrityError as exc:
        raise UserError("constraint", detail=str(exc.orig)) from exc
    except DBAPIError as exc:
        error = _ours(exc)
        if error is None:
            raise
        raise error from exc


def _ours(exc: DBAPIError) -> JdyError | None:
    name = getattr(exc.orig, "sqlite_errorname", None)
    if name is not None:
        return next((make() for begin, make in _SQLITE if name.startswith(begin)), None)
    state = getattr(exc.orig, "sqlstate", None)
    if state is not None:
        return next((make() for begin, make in _POSTGRES if state.startswith(begin)), None)
    # PostgreSQL without a code: the server is not there, or the line was cut.
    return _cannot_open() if isinstance(exc, OperationalError) else None
