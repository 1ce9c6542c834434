"""Finding words in goods and platform rows without reading all of them (performance.md, lessons 8–11).

SQLite's full-text tables answer "which rows hold this piece of text": `…_find` for three characters and more, `…_chars` for
one and two. Keeping them true inside every write would double the time of a download, so a write only notes the rows it
touched (`…_stale`, by trigger) and `SearchIndex.refresh` takes them in when nothing else goes on. Until then those few rows
are read one by one: an answer is never out of date, at most slower.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Text,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.visitors import InternalTraversal

from jdy_desktop.models.catalog import Sku
from jdy_desktop.models.channel import OfferSku
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext

#: Entities with an index, by the name of their table.
_INDEXED: dict[str, Any] = {"sku": Sku, "offer_sku": OfferSku}
#: Rows taken in per transaction: the till waits no longer than this takes (about 20 ms).
ROWS_AT_ONCE = 250
_TRIGRAM = 3
#: Stands in `…_chars` for blanks, ends of lines, and characters the tokenizer would drop.
_GAP = "¦"


class HasWord(ColumnElement[bool]):
    """`word` stands in the searched text: LIKE where there is no index, else the index and LIKE over what is not in it yet."""

    __visit_name__ = "has_word"
    inherit_cache = True
    type = Boolean()
    _traverse_internals = [  # SQLAlchemy's own name for the parts of an element
        ("plain", InternalTraversal.dp_clauseelement),
        ("indexed", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, plain: ColumnElement[bool], indexed: ColumnElement[bool]) -> None:
        self.plain, self.indexed = plain, indexed

    def self_group(self, against: Any = None) -> HasWord:
        """It brings its own brackets; SQLAlchemy's `… = 1` for a boolean would keep SQLite from using the index."""
        return self


@compiles(HasWord)
def _plain(element: HasWord, compiler: Any, **kw: Any) -> str:
    return f"({compiler.process(element.plain, **kw)})"


@compiles(HasWord, "sqlite")
def _indexed(element: HasWord, compiler: Any, **kw: Any) -> str:
    return f"({compiler.process(element.indexed, **kw)})"


def has_word(searched: Any, word: str, row_id: Any = None) -> ColumnElement[bool]:
    """`word` (folded, without blanks) stands somewhere in the column; % and _ are plain characters.

    `row_id`: a column of another table that names the row, so that a query need not join the searched table."""
    plain: ColumnElement[bool] = searched.contains(word, autoescape=True)
    entity = searched.class_
    at = entity.id if row_id is None else row_id
    read = plain if row_id is None else at.in_(select(entity.id).where(plain))
    if entity.__tablename__ not in _INDEXED or not _is_findable(word):
        return read
    return HasWord(read, at.in_(_ids(entity, word)))


def how_many(session: Session, searched: Any, word: str) -> int:
    """Rows with the word, where an index can say it quickly; else 0."""
    entity = searched.class_
    if session.get_bind().dialect.name != "sqlite" or not _is_findable(word):
        return 0
    return session.scalar(select(func.count()).select_from(_ids(entity, word).subquery())) or 0


def called_once(word: str, sku_id: Any, texts: Sequence[Any]) -> ColumnElement[bool]:
    """Goods whose code or names held the word before they were changed. `texts`: columns beside `sku_id` that keep them as they
    were; on SQLite a trigger notes what each SKU was called (migration 0004), so that not every row must be read."""
    once = table("sku_once", column("sku_id"), column("words", Text))
    noted = select(once.c.sku_id).where(once.c.words.icontains(word, autoescape=True))
    return HasWord(or_(*(one.icontains(word, autoescape=True) for one in texts)), sku_id.in_(noted))


def _ids(entity: Any, word: str) -> Any:
    """Ids of the rows with the word: from the index, and read one by one where the index is behind."""
    name = entity.__tablename__
    stale = table(f"{name}_stale", column("id"))
    is_long = len(word) >= _TRIGRAM
    index = table(f"{name}_find" if is_long else f"{name}_chars", column("rowid"))
    phrase = (word if is_long else _spaced(word)).replace('"', '""')
    hits = select(index.c.rowid).where(
        literal_column(index.name).op("MATCH")(literal(f'"{phrase}"')), index.c.rowid.not_in(select(stale.c.id))
    )
    # A subquery, not a join: SQLite cannot know that hardly any row is stale, and would begin with all rows.
    now = select(entity.search_text).where(entity.id == stale.c.id).correlate(stale).scalar_subquery()
    return hits.union_all(select(stale.c.id).where(now.contains(word, autoescape=True)))


class _Tokens(dict[int, str]):
    """For `str.translate`: a character as a token of its own; what the index does not know as a gap nothing reaches over."""

    def __missing__(self, code: int) -> str:
        token = f"{chr(code) if _is_known(chr(code)) else _GAP} "
        self[code] = token
        return token


def _is_known(character: str) -> bool:
    """Kept by the tokenizer of `…_chars`. SQLite's tables are older than Python's: what Unicode 3.2 had is in both."""
    kind = unicodedata.ucd_3_2_0.category(character)
    return character != _GAP and (kind[0] in "LNPSM" or kind == "Co")


def _is_findable(word: str) -> bool:
    """Whether the index gives the same answer as reading every row. A null character would end the question."""
    return "\0" not in word and (len(word) >= _TRIGRAM or all(map(_is_known, word)))


_TOKENS = _Tokens()


def _spaced(words: str) -> str:
    """One token per character, so that a phrase of them is a piece of the text."""
    return words.translate(_TOKENS)


class SearchIndex:
    """Keeps the index near the rows. Only for a book in a file; a shared book answers without."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def refresh(self, job: JobContext) -> int:
        """Take in the rows that changed, some at a time; how many. 取消 takes effect between two transactions."""
        if self._db.engine.dialect.name != "sqlite":
            return 0
        done = 0
        for name in _INDEXED:
            while taken := self._take_in(name):
                done += taken
                job.check()
        return done

    def _take_in(self, name: str) -> int:
        stale = table(f"{name}_stale", column("id"))
        with self._db.read() as session:
            if session.scalar(select(stale.c.id).limit(1)) is None:
                return 0
        with self._db.write() as session:
            ids = session.scalars(select(stale.c.id).limit(ROWS_AT_ONCE)).all()
            _write(session.connection(), name, ids)
            return len(ids)


def _write(connection: Connection, name: str, ids: Sequence[int]) -> None:
    entity = _INDEXED[name]
    rows = connection.execute(select(entity.id, entity.search_text).where(entity.id.in_(ids))).all()
    old = [{"old": one} for one in ids]
    for kind, words in (("find", [words for _, words in rows]), ("chars", [_spaced(words) for _, words in rows])):
        index = table(f"{name}_{kind}", column("rowid"), column("words"))
        connection.execute(delete(index).where(index.c.rowid == bindparam("old")), old)
        if rows:
            new = [{"rowid": row.id, "words": one} for row, one in zip(rows, words, strict=True)]
            connection.execute(insert(index), new)
    stale = table(f"{name}_stale", column("id"))
    connection.execute(delete(stale).where(stale.c.id == bindparam("old")), old)
