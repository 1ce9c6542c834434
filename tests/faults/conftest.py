"""Books for fault tests: on either engine, and several counters on one book."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jdy_desktop.services.machine import schema
from jdy_desktop.services.machine.db import Database, open_postgres, open_sqlite

OpenBook = Callable[[], Database]


@pytest.fixture(params=["sqlite", "postgresql"])
def open_book(request: pytest.FixtureRequest) -> Iterator[OpenBook]:
    """Each call is one more counter on the same migrated, empty book; all are closed afterwards."""
    opened: list[Database] = []
    another: OpenBook
    if request.param == "sqlite":
        path = request.getfixturevalue("book").path
        another = lambda: open_sqlite(path)  # noqa: E731  # two ways to open, chosen once
    else:
        url = request.getfixturevalue("postgres_url")
        schema.open_shared_book(url).close()
        another = lambda: open_postgres(url)  # noqa: E731

    def open_one() -> Database:
        opened.append(another())
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def shared_book(open_book: OpenBook) -> Any:
    return open_book()
