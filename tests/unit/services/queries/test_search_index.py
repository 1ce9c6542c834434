"""Words are found by the index as by reading every row, whatever of it is taken in already."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from jdy_desktop.models.catalog import Sku
from jdy_desktop.services.book.products import SaveProduct, SaveSku
from jdy_desktop.services.machine import schema
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.goods import GoodsFilter, GoodsList
from jdy_desktop.services.queries.search_index import SearchIndex
from jdy_desktop.services.queries.words import all_words
from tests.support.cases import cases
from tests.support.clock import FrozenClock
from tests.support.counter import Counter, open_counter

LETTERS = '红色/绿xS_%2"¦- 👕é\u202e\n🥐'


def found(db: Database, query: str) -> list[int]:
    with db.read() as session:
        return list(session.scalars(select(Sku.id).where(*all_words(query, Sku.search_text)).order_by(Sku.id)))


def write(db: Database, texts: dict[int, str]) -> None:
    """Searched texts as they may come, past the services that would fold them."""
    with db.write() as session:
        for sku, words in texts.items():
            session.execute(text("UPDATE sku SET search_text = :words WHERE id = :sku"), {"words": words, "sku": sku})


def waiting(db: Database) -> int:
    with db.read() as session:
        return session.execute(text("SELECT count(*) FROM sku_stale")).scalar_one()


def test_rows_are_found_before_and_after_they_are_taken_in(stall: Counter) -> None:
    first, second = stall.goods("sp1"), stall.goods("sp2")
    write(stall.db, {first: "红色连衣裙\nhongse", second: "绿色连衣裙\nlvse"})
    index = SearchIndex(stall.db)
    for _ in range(2):
        assert found(stall.db, "红") == [first]
        assert found(stall.db, "色") == [first, second]
        assert found(stall.db, "衣裙 绿") == [second]
        assert found(stall.db, "连衣裙") == [first, second]
        assert found(stall.db, "裙h") == []  # no word reaches over two lines
        assert found(stall.db, "lvs") == [second]
        index.refresh(JobContext())
        assert waiting(stall.db) == 0


def test_what_the_index_does_not_know_is_found_by_reading(stall: Counter) -> None:
    """Blanks keep words apart, a character newer than SQLite's tables is found, a null character breaks nothing."""
    first, second = stall.goods("sp1"), stall.goods("sp2")
    write(stall.db, {first: "红 色", second: "红\u202e🥐"})
    SearchIndex(stall.db).refresh(JobContext())
    assert found(stall.db, "红色") == []
    assert found(stall.db, "红 色") == [first]
    assert found(stall.db, "🥐") == [second]
    assert found(stall.db, "红🥐") == []
    assert found(stall.db, "红\x00") == []


def test_a_row_that_changes_or_goes_is_not_found_by_its_old_words(stall: Counter) -> None:
    sku = stall.goods("sp1")
    write(stall.db, {sku: "红色连衣裙"})
    index = SearchIndex(stall.db)
    index.refresh(JobContext())
    write(stall.db, {sku: "绿色衬衫"})
    assert (found(stall.db, "红"), found(stall.db, "连衣裙"), found(stall.db, "绿色衬衫")) == ([], [], [sku])
    index.refresh(JobContext())
    assert (found(stall.db, "红"), found(stall.db, "绿色衬衫")) == ([], [sku])
    with stall.db.write() as session:
        session.execute(text("DELETE FROM sku WHERE id = :sku"), {"sku": sku})
    assert found(stall.db, "绿") == []
    index.refresh(JobContext())
    assert found(stall.db, "绿") == []


def test_without_the_note_of_what_changed_old_words_are_found(stall: Counter) -> None:
    """The control: the triggers are what keeps the answers true."""
    sku = stall.goods("sp1")
    write(stall.db, {sku: "红色连衣裙"})
    SearchIndex(stall.db).refresh(JobContext())
    with stall.db.write() as session:
        session.execute(text("DROP TRIGGER sku_update_stales"))
    write(stall.db, {sku: "绿色衬衫"})
    assert found(stall.db, "红") == [sku]


def test_goods_are_found_by_code_name_and_pinyin_after_the_index_took_them_in(stall: Counter) -> None:
    stall.products.save(SaveProduct(code="sp32501", name="男士秋季衬衫量大可批发", skus=(SaveSku(),)))
    goods = GoodsList(stall.db)
    SearchIndex(stall.db).refresh(JobContext())
    for query in ("SP32501", "325", "衬衫", "衫", "nsqjcs", "批发 男士", "ｓｐ32"):
        assert len(goods.ids(GoodsFilter(text=query))) == 1, query
    assert goods.ids(GoodsFilter(text="女士")) == []


_words = st.text(st.sampled_from(LETTERS), min_size=0, max_size=12)


@settings(max_examples=cases(10_000, 150), deadline=None)
@given(
    first=st.lists(_words, min_size=4, max_size=4),
    later=st.lists(_words, min_size=2, max_size=2),
    query=st.text(st.sampled_from(LETTERS), min_size=1, max_size=5),
)
def test_same_answers_as_reading_every_row(
    tmp_path_factory: pytest.TempPathFactory, first: list[str], later: list[str], query: str
) -> None:
    counter = _shared(tmp_path_factory)
    texts = {sku: words.casefold() for sku, words in enumerate(first, 1)}
    write(counter.db, texts)
    SearchIndex(counter.db).refresh(JobContext())
    texts |= {sku: words.casefold() for sku, words in enumerate(later, 1)}
    write(counter.db, {1: texts[1], 2: texts[2]})
    words = query.casefold().split()
    expected = [sku for sku, have in texts.items() if all(word in have for word in words)]
    assert found(counter.db, query) == expected


_kept: list[Counter] = []


def _shared(factory: pytest.TempPathFactory) -> Counter:
    """One book for all cases: making it takes longer than a hundred searches."""
    if not _kept:
        _kept.append(open_counter(schema.create_book(factory.mktemp("search") / "book.jdy"), FrozenClock()))
        for number in range(4):
            _kept[0].goods(f"sp{number}")
    return _kept[0]


@pytest.fixture(scope="module", autouse=True)
def _close_shared() -> Iterator[None]:
    yield
    while _kept:
        _kept.pop().db.close()
