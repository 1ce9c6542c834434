"""All kinds of documents at random: void restores stock, values, balances and debts; review and save commute; nothing is lost.

Many small steps per example on a book that stays open: each example voids what it stored, so the next finds it clean.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from jdy_desktop.models.ids import SkuId
from jdy_desktop.models.parties import PartyMove
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.models.stock import StockBalance
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.documents import SavedDocument
from jdy_desktop.services.errors import StockShort
from jdy_desktop.services.machine import schema
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.cases import cases
from tests.support.clock import FrozenClock
from tests.support.counter import Counter, open_counter

D = Decimal
K = DocumentKind
_OUT = {K.SALE, K.PURCHASE_RETURN, K.OTHER_ISSUE}
_KINDS = (K.SALE, K.SALE_RETURN, K.PURCHASE, K.PURCHASE_RETURN, K.OTHER_RECEIPT, K.OTHER_ISSUE, K.TRANSFER, K.COUNT)
quantities = st.integers(1, 12).map(D) | st.decimals(min_value="0.0001", max_value="9", places=4)
prices = st.decimals(min_value=0, max_value=60, places=3)
lines = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), quantities, prices), min_size=1, max_size=3)
documents = st.lists(st.tuples(st.sampled_from(_KINDS), lines, st.integers(0, 500)), min_size=3, max_size=8)


class _Book:
    """Two warehouses, three goods (the last may go below zero), some stock and debts of its own."""

    def __init__(self, path: Any, **answers: Any) -> None:
        self.counter: Counter = open_counter(schema.create_book(path), FrozenClock(), **answers)
        second = self.counter.parties.add_warehouse("二号仓")
        self.places = [self.counter.warehouse, second]
        self.skus = [self.counter.goods(code, allow_negative=code == "c") for code in "abc"]
        self.needs_review = bool(answers.get("needs_review"))
        for sku, quantity, cost in zip(self.skus, ("10", "7", "3"), ("5", "3.333333", "9"), strict=True):
            saved = self.counter.documents.save(
                self.counter.request(K.PURCHASE, self.counter.line(sku, quantity, cost))
            )
            self.review(saved)

    def review(self, saved: SavedDocument) -> SavedDocument:
        return self.counter.documents.review(saved.id, saved.version) if self.needs_review else saved

    def save(self, kind: DocumentKind, drawn: list[Any], pick: int) -> SavedDocument | None:
        """None when the book refuses it (not enough stock)."""
        counter = self.counter
        seen: set[tuple[int, int]] = set()
        wanted = []
        for sku, place, quantity, price in drawn:
            house = 0 if kind is K.TRANSFER else place
            if kind is K.COUNT and (sku, place) in seen:
                continue
            seen.add((sku, place))
            money = D(0) if kind in (K.TRANSFER, K.COUNT) else price
            wanted.append(
                counter.line(SkuId(self.skus[sku]), str(quantity), str(money), warehouse_id=self.places[house])
            )
        more: dict[str, Any] = {"to_warehouse_id": self.places[1]} if kind is K.TRANSFER else {}
        if kind in (K.SALE, K.PURCHASE):
            more |= {"paid_amount": D(pick) / 100, "account_id": counter.cash}
        try:
            return counter.documents.save(counter.request(kind, *wanted, **more))
        except StockShort:
            return None

    def stock(self) -> dict[tuple[int, int], tuple[Decimal, Decimal]]:
        with self.counter.db.read() as session:
            rows = session.execute(
                select(StockBalance.sku_id, StockBalance.warehouse_id, StockBalance.quantity, StockBalance.cost)
            )
            # What goods below zero are worth is a guess until the next receipt; of those only the pieces are held to.
            held = {
                (sku, place): (quantity, D(0) if sku == self.skus[2] else cost) for sku, place, quantity, cost in rows
            }
            return {key: held[key] for key in held if held[key] != (0, 0)}

    def debts(self) -> dict[tuple[Any, Any], Decimal]:
        with self.counter.db.read() as session:
            rows = session.execute(
                select(PartyMove.customer_id, PartyMove.supplier_id, func.sum(PartyMove.amount)).group_by(
                    PartyMove.customer_id, PartyMove.supplier_id
                )
            )
            return {(customer, supplier): amount for customer, supplier, amount in rows if amount}

    def take_back(self, stored: list[SavedDocument]) -> None:
        for one in reversed(stored):
            view = self.counter.documents.document(one.id)
            self.counter.documents.void(view.id, view.version)


class _Shelf:
    """Hands out the same book for fifty examples, then a new one: the check reads all that was ever voided."""

    def __init__(self, folder: Path, **answers: Any) -> None:
        self._folder, self._answers = folder, answers
        self._used = 0
        self._book: _Book | None = None

    def book(self) -> _Book:
        if self._book is None or self._used % 50 == 0:
            self.close()
            self._book = _Book(self._folder / f"book{self._used}.jdy", **self._answers)
        self._used += 1
        return self._book

    def close(self) -> None:
        if self._book is not None:
            assert check_book(self._book.counter.db, JobContext()).problems == ()
            self._book.counter.db.close()


@pytest.fixture(scope="module", params=[False, True], ids=["company", "per_warehouse"])
def shelf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Shelf]:
    shelf = _Shelf(tmp_path_factory.mktemp("books"), cost_per_warehouse=request.param)
    yield shelf
    shelf.close()


@settings(max_examples=cases(5_000, 10), deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=documents)
def test_voiding_in_turn_restores_stock_values_and_debts(shelf: _Shelf, drawn: list[Any]) -> None:
    """Last in, first out: each void leaves exactly what was there before its document, to the 4th place of the value."""
    book = shelf.book()
    before = [(book.stock(), book.debts())]
    stored: list[SavedDocument] = []
    for kind, some, pick in drawn:
        saved = book.save(kind, some, pick)
        if saved is not None:
            stored.append(saved)
            before.append((book.stock(), book.debts()))
    found = [(book.stock(), book.debts())]
    for one in reversed(stored):
        book.take_back([one])
        found.append((book.stock(), book.debts()))
    # Compared when all is taken back: the next example finds the book clean, also after a failure.
    assert found == before[::-1]


@settings(max_examples=cases(5_000, 10), deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=documents, seed=st.integers(0, 2**32 - 1))
def test_stock_is_the_sum_of_the_documents_that_stand(shelf: _Shelf, drawn: list[Any], seed: int) -> None:
    """Voids in any order: pieces and debts are those of the documents left, nothing is lost and nothing comes up."""
    book = shelf.book()
    at_first = book.stock()
    debts = book.debts()
    stored = [saved for kind, some, pick in drawn if (saved := book.save(kind, some, pick)) is not None]
    left = list(stored)
    for one in Random(seed).sample(stored, len(stored)):
        try:
            book.take_back([one])
        except StockShort:
            continue
        left.remove(one)
    assert check_book(book.counter.db, JobContext()).problems == ()
    # What the first round refused for lack of stock goes once the others are gone.
    for _round in range(len(left) + 1):
        for one in list(left):
            try:
                book.take_back([one])
            except StockShort:
                continue
            left.remove(one)
    assert left == []
    pieces = {key: quantity for key, (quantity, _cost) in book.stock().items() if quantity}
    assert pieces == {key: quantity for key, (quantity, _cost) in at_first.items() if quantity}
    assert book.debts() == debts


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Shelf]:
    shelf = _Shelf(tmp_path_factory.mktemp("reviewed"), needs_review=True)
    yield shelf
    shelf.close()


@settings(max_examples=cases(10_000, 10), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    drawn=st.lists(
        st.tuples(st.sampled_from([K.PURCHASE, K.OTHER_RECEIPT, K.SALE_RETURN]), lines, st.integers(0, 500)),
        min_size=2,
        max_size=6,
    ),
    seed=st.integers(0, 2**32 - 1),
)
def test_review_order_does_not_matter_where_goods_come_in(reviewed: _Shelf, drawn: list[Any], seed: int) -> None:
    """Saved first and reviewed in any order, or saved and reviewed one by one: the same pieces and the same debts.

    Values are compared where every receipt has a cost of its own; a sale return comes in at the average of its moment.
    """
    book = reviewed.book()
    has_own_cost = all(kind is not K.SALE_RETURN for kind, _some, _pick in drawn)
    found = []
    for shuffled in (False, True):
        stored = []
        for kind, some, pick in drawn:
            saved = book.save(kind, some, pick)
            assert saved is not None
            stored.append(saved if shuffled else book.review(saved))
        if shuffled:
            for one in Random(seed).sample(stored, len(stored)):
                book.review(one)
        held = book.stock()
        if not has_own_cost:
            held = {key: (quantity, D(0)) for key, (quantity, _cost) in held.items()}
        found.append((held, book.debts()))
        book.take_back(stored)
    assert found[0] == found[1]
