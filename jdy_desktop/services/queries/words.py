"""What every list shares: words in any order, prefixes, all ids of a filter, ids in chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, false, or_
from sqlalchemy.orm import Session

from jdy_desktop.models.rules.search import fold, split_words
from jdy_desktop.services.queries.search_index import has_word

_T = TypeVar("_T")

#: SQLite takes 32,766 variables in a statement; pages of lists ask for a few hundred.
CHUNK = 3000


def chunks(items: Sequence[_T], size: int = CHUNK) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def all_ids(session: Session, query: Any) -> list[int]:
    """First column of every row. From the driver's own cursor: with SQLAlchemy's rows 100,000 ids take three times as long."""
    with session.connection().execute(query) as found:
        cursor: Any = found.cursor
        return list(chain.from_iterable(cursor))


def all_words(text: str, *columns: Any) -> list[ColumnElement[bool]]:
    """Each word of the text stands somewhere in one of the (folded) columns; % and _ are plain characters."""
    return [or_(*(has_word(column, word) for column in columns)) for word in split_words(text)]


def begins_with(text: str, *columns: Any) -> ColumnElement[bool]:
    """For sorting: what begins with the text comes first."""
    start = fold(text.strip())
    return or_(*(column.startswith(start, autoescape=True) for column in columns)) if start else false()
