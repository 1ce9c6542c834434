"""Real books for tests: a SQLite file, migrated as at a stall's first start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def open_book(path: Path) -> Iterator[Any]:
    """The opened database of a new, migrated book at `path`; closed afterwards."""
    from jdy_desktop.services.machine import db

    opened = db.open_book(path)
    try:
        yield opened
    finally:
        opened.close()
