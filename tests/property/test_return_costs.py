"""Goods brought back cost what they went out with: shares of a line add up to it, in the book and recomputed."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from jdy_desktop.models.ids import DocumentId, SkuId
from jdy_desktop.models.rules.cost_replay import returned_cost
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.models.stock import StockMove
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.recompute import CostRecompute
from jdy_desktop.services.machine import schema
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.cases import cases
from tests.support.clock import FrozenClock
from tests.support.counter import TODAY, Counter, copied, open_counter

D = Decimal
K = DocumentKind


@settings(max_examples=cases(10_000))
@given(cost=st.integers(0, 10**12), parts=st.lists(st.integers(1, 10**6), min_size=1, max_size=12))
def test_shares_add_up_and_none_is_off_by_more_than_rounding(cost: int, parts: list[int]) -> None:
    sold, before, total = sum(parts), 0, 0
    for part in parts:
        share = returned_cost(cost, sold, before, part)
        assert abs(share - Fraction(cost * part, sold)) <= 1
        before, total = before + part, total + share
    assert total == cost


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """Closed books, cost per warehouse or not: one kind of goods that may go below zero, two warehouses."""
    books = {}
    for per_warehouse in (False, True):
        path = tmp_path_factory.mktemp("book") / "book.jdy"
        counter = open_counter(schema.create_book(path), FrozenClock(), cost_per_warehouse=per_warehouse)
        counter.goods("free", allow_negative=True)
        counter.parties.add_warehouse("二号仓")
        counter.db.close()
        books[per_warehouse] = path
    return books


def _cost(counter: Counter, document: DocumentId) -> Decimal:
    with counter.db.read() as session:
        query = select(func.sum(StockMove.cost)).where(StockMove.document_id == document)
        return session.scalar(query) or D(0)


def _bring_back(counter: Counter, sale: DocumentId, quantity: int, place: int) -> DocumentId:
    [line] = counter.documents.document(sale).lines
    back = counter.line(SkuId(1), str(quantity), "9", source_line_id=line.id, warehouse_id=place)
    return counter.documents.save(counter.request(K.SALE_RETURN, back, source_id=sale)).id


steps = st.lists(
    st.tuples(
        st.sampled_from(["in", "out", "back", "void"]), st.integers(1, 2), st.integers(1, 9), st.integers(0, 900)
    ),
    min_size=2,
    max_size=14,
)


@pytest.mark.parametrize("per_warehouse", [False, True])
@settings(max_examples=cases(1_000, 20))
@given(drawn=steps, late=st.integers(0, 900))
def test_a_book_with_returns_holds_before_and_after_a_late_purchase(
    filled: dict[bool, Path], per_warehouse: bool, drawn: list[Any], late: int
) -> None:
    """Booked in order nothing is to be recomputed. A purchase of an earlier day changes sales, and with them what came back."""
    with tempfile.TemporaryDirectory() as folder:
        counter = copied(filled[per_warehouse], Path(folder) / "book.jdy")
        try:
            left, returns = _play(counter, drawn)
            if not any(kind == "void" for kind, *_ in drawn):
                assert CostRecompute(counter.db, counter.ctx).run(JobContext()).moves == 0
            assert check_book(counter.db, JobContext()).problems == ()
            counter.documents.save(
                counter.request(
                    K.PURCHASE, counter.line(SkuId(1), "7", str(D(late).scaleb(-2))), day=TODAY - timedelta(days=3)
                )
            )
            CostRecompute(counter.db, counter.ctx).run(JobContext())
            assert CostRecompute(counter.db, counter.ctx).run(JobContext()).moves == 0
            assert check_book(counter.db, JobContext()).problems == ()
            if not _went_below_zero(counter):
                for sale, still_out in left.items():
                    if not still_out:
                        assert sum(_cost(counter, one) for one in returns[sale]) == -_cost(counter, sale)
        finally:
            counter.db.close()


def _play(counter: Counter, drawn: list[Any]) -> tuple[dict[DocumentId, int], dict[DocumentId, list[DocumentId]]]:
    """What is still out of each sale, and the returns that stand."""
    left: dict[DocumentId, int] = {}
    returns: dict[DocumentId, list[DocumentId]] = {}
    newest: tuple[DocumentId, DocumentId, int] | None = None
    for kind, place, quantity, fen in drawn:
        if kind in ("in", "out"):
            line = counter.line(SkuId(1), str(quantity), str(D(fen).scaleb(-2)), warehouse_id=place)
            saved = counter.documents.save(counter.request(K.PURCHASE if kind == "in" else K.SALE, line)).id
            if kind == "out":
                left[saved], returns[saved] = quantity, []
        elif kind == "back" and (open_sales := [one for one, pieces in left.items() if pieces]):
            sale = open_sales[fen % len(open_sales)]
            taken = min(quantity, left[sale])
            back = _bring_back(counter, sale, taken, place)
            left[sale] -= taken
            returns[sale].append(back)
            newest = back, sale, taken
        elif kind == "void" and newest is not None:
            back, sale, taken = newest
            counter.documents.void(back, counter.documents.document(back).version)
            left[sale] += taken
            returns[sale].remove(back)
            newest = None
    return left, returns


def _went_below_zero(counter: Counter) -> bool:
    """Whether the stock of any warehouse was below zero after any move, in the order of the days."""
    held: dict[int, Decimal] = {}
    with counter.db.read() as session:
        query = select(StockMove.warehouse_id, StockMove.quantity)
        for place, quantity in session.execute(query.order_by(StockMove.day, StockMove.document_id, StockMove.id)):
            held[place] = held.get(place, D(0)) + quantity
            if held[place] < 0:
                return True
    return False
