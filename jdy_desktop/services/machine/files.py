"""Files on this PC: written so that a power cut leaves the old or the new one, named freely, refused in our words."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jdy_desktop.services.errors import DatabaseReadOnly, DiskFull, LocalError


def write_whole(path: Path, content: bytes) -> None:
    """Temporary file in the same folder, flush, fsync, replace, fsync of the folder. Raises OSError; the old file stays."""
    import tempfile  # here: reading settings at start must not wait for it

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename durable where the system lets a folder be opened (not on Windows, which has no need)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def free_path(folder: Path, company: str) -> Path:
    """A name for a new book that is free and that every file system takes."""
    stem = "".join(c for c in company if c.isalnum())[:40] or "账套"
    taken = {p.stem for p in folder.glob("*.jdy")} if folder.exists() else set()
    number = 1
    while (name := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return folder / f"{name}.jdy"


@contextmanager
def file_errors() -> Iterator[None]:
    """What the system says about the file of a book, in our words: DatabaseReadOnly, DiskFull, LocalError."""
    try:
        yield
    except OSError as exc:
        if exc.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR):
            raise DatabaseReadOnly from exc
        raise (DiskFull() if exc.errno == errno.ENOSPC else LocalError("database_cannot_open")) from exc
