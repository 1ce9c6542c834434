"""Real books for tests: a SQLite file, migrated as at a stall's first start."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jdy_desktop.services.machine.db import Database


def make_template(path: Path) -> Path:
    """A closed, migrated, empty book; migrating takes longer than most tests, copying does not."""
    from jdy_desktop.services.machine import schema

    schema.create_book(path).close()
    return path


@contextmanager
def copied_book(template: Path, path: Path) -> Iterator[Database]:
    """An open copy of `template` at `path`; closed afterwards."""
    from jdy_desktop.services.machine import schema

    shutil.copyfile(template, path)
    opened = schema.open_book(path)
    try:
        yield opened
    finally:
        opened.close()
