"""Two counters at once on one book: the last piece, one document, the numbers of the day (F10, F11, G8).

Each counter has a Database of its own, as another program has. `FAULTS_RACES` sets the trials (default 25; a release: 1,000).
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from jdy_desktop.models.documents import Document
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.models.stock import StockBalance
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.services.errors import Stale, StockShort
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.counter import TODAY, Counter, open_counter

D = Decimal
TRIALS = int(os.environ.get("FAULTS_RACES", "25"))
WORDS = ("红旗渠", "二号档口", "急件", "自提")


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run at the same moment, each in a thread; results or exceptions in order."""
    barrier = threading.Barrier(len(acts))
    found: list[Any] = [None] * len(acts)

    def run(place: int) -> None:
        barrier.wait()
        try:
            found[place] = acts[place]()
        except Exception as error:
            found[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.fixture
def first(shared_book: Any, frozen_clock: Any) -> Counter:
    return open_counter(shared_book, frozen_clock)


@pytest.fixture
def second(first: Counter, open_book: Any) -> Counter:
    db = open_book()
    return replace(first, db=db, documents=Documents(db, first.ctx))


def _kinds(found: Sequence[Any]) -> list[str]:
    return sorted(type(one).__name__ for one in found)


@pytest.mark.manual("M137")
def test_the_last_piece_is_sold_once(first: Counter, second: Counter) -> None:
    skus = [first.goods(f"sp{number}", stock="1") for number in range(TRIALS)]
    for sku in skus:
        found = together(lambda: first.sale(first.line(sku)), lambda: second.sale(second.line(sku)))  # noqa: B023
        assert _kinds(found) == ["SavedDocument", "StockShort"], found
        refused = next(one for one in found if isinstance(one, StockShort))
        assert [one.stock for one in refused.params["shortages"]] == [0]
    assert {first.stock(sku) for sku in skus} == {D(0)}
    assert check_book(first.db, JobContext()).problems == ()


def test_reading_first_and_writing_later_oversells(first: Counter, second: Counter) -> None:
    """The control: a form that looks, then writes in a transaction of its own, sells the last piece twice."""
    sku = first.goods("sp1", stock="1")
    looked = threading.Barrier(2)

    def sell(counter: Counter) -> bool:
        with counter.db.read() as session:
            have = session.scalar(select(StockBalance.quantity)) or D(0)
        looked.wait()
        if have < 1:
            return False
        with counter.db.write() as session:
            session.execute(update(StockBalance).values(quantity=StockBalance.quantity - D(1)))
        return True

    assert together(lambda: sell(first), lambda: sell(second)) == [True, True]
    assert first.stock(sku) == -1


def test_the_second_editor_is_told(first: Counter, second: Counter) -> None:
    sku = first.goods("sp1", stock="100")
    request = first.request(DocumentKind.SALE, first.line(sku))
    saved = first.documents.save(request)
    told = 0
    for trial in range(TRIALS):
        found = together(
            lambda: first.edit(request, saved, remark=WORDS[0]),  # noqa: B023
            lambda: second.edit(request, saved, lines=(second.line(sku, "3"),)),  # noqa: B023
        )
        assert _kinds(found) == ["SavedDocument", "Stale"], found
        told += 1
        winner = next(place for place, one in enumerate(found) if not isinstance(one, Stale))
        saved = found[winner]
        view = first.documents.document(saved.id)
        assert (view.remark, view.lines[0].quantity) == ((WORDS[0], D(1)), ("", D(3)))[winner], trial
    assert told == TRIALS
    assert check_book(first.db, JobContext()).problems == ()


def test_without_the_version_an_edit_is_lost(first: Counter, second: Counter) -> None:
    """The control: writing back all fields as they were read loses the other's change and tells nobody."""
    sku = first.goods("sp1", stock="100")
    saved = first.sale(first.line(sku))
    looked = threading.Barrier(2)

    def edit(counter: Counter, **change: Any) -> None:
        with counter.db.read() as session:
            row = session.get_one(Document, saved.id)
            values = {"remark": row.remark, "category": row.category} | change
        looked.wait()
        with counter.db.write() as session:
            session.execute(update(Document).values(**values))

    assert together(lambda: edit(first, remark="a"), lambda: edit(second, category="b")) == [None, None]
    with first.db.read() as session:
        row = session.get_one(Document, saved.id)
        assert (row.remark, row.category) != ("a", "b")


@pytest.mark.manual("M158")
def test_numbers_of_the_day_have_no_gap_and_no_double(first: Counter, second: Counter, open_book: Any) -> None:
    sku = first.goods("sp1", stock="1000")
    refused = first.goods("none")
    third = replace(first, documents=Documents(open_book(), first.ctx))
    each = max(TRIALS // 3, 8)

    def sell(counter: Counter) -> list[str]:
        numbers = []
        for _ in range(each):
            numbers.append(counter.sale(counter.line(sku)).number)
            with pytest.raises(StockShort):  # a refused sale uses no number up
                counter.sale(counter.line(refused))
        return numbers

    found = together(*(lambda c=c: sell(c) for c in (first, second, third)))
    assert sorted(number for one in found for number in one) == [f"XH20190327{n:03d}" for n in range(1, 3 * each + 1)]
    assert check_book(first.db, JobContext()).problems == ()


_SELLER = """
import sys
from pathlib import Path
from jdy_desktop.services.machine.db import open_sqlite
from tests.support.counter import reopened
counter = reopened(open_sqlite(Path(sys.argv[1])))
sys.stdin.readline()
for _ in range(int(sys.argv[2])):
    print(counter.sale(counter.line(1)).number, flush=True)
"""


def test_two_processes_share_the_numbers(book: Any, frozen_clock: Any) -> None:
    counter = open_counter(book, frozen_clock)
    counter.goods("sp1", stock="1000")
    sellers = [
        subprocess.Popen(
            [sys.executable, "-c", _SELLER, str(book.path), str(TRIALS)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    for seller in sellers:
        assert seller.stdin is not None
        seller.stdin.write("\n")
        seller.stdin.flush()
    numbers = [seller.communicate(timeout=60)[0].split() for seller in sellers]
    wanted = [f"{TODAY:XH%Y%m%d}{n:03d}" for n in range(1, 2 * TRIALS + 1)]
    assert sorted(numbers[0] + numbers[1]) == wanted
    assert check_book(book, JobContext()).problems == ()
