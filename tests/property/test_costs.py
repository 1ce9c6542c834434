"""Costs: the integer replay equals what posting does, and recomputing equals a reckoning of its own with fractions."""

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

from jdy_desktop.models.ids import SkuId
from jdy_desktop.models.rules import costing
from jdy_desktop.models.rules.cost_replay import Replay
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.models.stock import StockBalance, StockMove
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.recompute import CostRecompute
from jdy_desktop.services.errors import StockShort
from jdy_desktop.services.machine import schema
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.cases import cases
from tests.support.clock import FrozenClock
from tests.support.counter import TODAY, Counter, copied, open_counter

D = Decimal
_UNIT = 10_000

moves = st.lists(
    st.tuples(st.booleans(), st.integers(1, 4_000_000), st.integers(0, 9_000_000_000)), min_size=1, max_size=30
)


@settings(max_examples=cases(10_000))
@given(moves=moves)
def test_integers_and_decimals_cost_alike(moves: list[tuple[bool, int, int]]) -> None:
    """Also below zero. `last` of the Decimal face is set as posting sets it: to the newest move."""
    replay, state = Replay(), costing.CostState()
    for comes_in, quantity, amount in moves:
        pieces, yuan = D(quantity).scaleb(-4), D(amount).scaleb(-4)
        last = D(replay.unit_cost("sku")).scaleb(-6)
        state = costing.CostState(state.quantity, state.amount, last)
        if comes_in:
            step = costing.receive(state, pieces, yuan)
            change = replay.receive("sku", quantity, amount)
        else:
            step = costing.issue(state, pieces)
            change = -replay.issue("sku", quantity)
        replay.book("sku", quantity if comes_in else -quantity, change)
        state = step.state
        held = replay.held("sku")
        assert (D(held.quantity), D(held.cost)) == (state.quantity * _UNIT, state.amount * _UNIT)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """Closed books, cost per warehouse or not: two goods, one of which may go below zero, and two warehouses."""
    books = {}
    for per_warehouse in (False, True):
        path = tmp_path_factory.mktemp("book") / "book.jdy"
        counter = open_counter(schema.create_book(path), FrozenClock(), cost_per_warehouse=per_warehouse)
        counter.goods("plain")
        counter.goods("free", allow_negative=True)
        counter.parties.add_warehouse("二号仓")
        counter.db.close()
        books[per_warehouse] = path
    return books


_KINDS = (DocumentKind.PURCHASE, DocumentKind.SALE, DocumentKind.OTHER_ISSUE, DocumentKind.OTHER_RECEIPT)
documents = st.lists(
    st.tuples(
        st.sampled_from(_KINDS),
        st.integers(0, 9),  # days ago
        st.integers(0, 1),  # warehouse
        st.integers(1, 30),
        st.integers(0, 900),  # fen
        st.booleans(),  # voided afterwards
    ),
    min_size=1,
    max_size=10,
)


@pytest.mark.parametrize("per_warehouse", [False, True])
@settings(max_examples=cases(1_000, 30))
@given(drawn=documents)
def test_recomputed_costs_follow_the_days(filled: dict[bool, Path], per_warehouse: bool, drawn: list[Any]) -> None:
    """Of goods that never go below zero on any day: every issue is a fraction of what lay there, rounded once."""
    with tempfile.TemporaryDirectory() as folder:
        counter = copied(filled[per_warehouse], Path(folder) / "book.jdy")
        try:
            standing = []
            for kind, ago, place, quantity, fen, is_voided in drawn:
                line = counter.line(SkuId(1), str(quantity), str(D(fen).scaleb(-2)), warehouse_id=place + 1)
                request = counter.request(kind, line, day=TODAY - timedelta(days=ago))
                try:
                    saved = counter.documents.save(request)
                    if is_voided:
                        counter.documents.void(saved.id, saved.version)
                    else:
                        standing.append((ago, saved.id, kind, place, quantity, fen))
                except StockShort:
                    continue
            CostRecompute(counter.db, counter.ctx).run(JobContext())
            assert check_book(counter.db, JobContext()).problems == ()
            assert CostRecompute(counter.db, counter.ctx).run(JobContext()).moves == 0
            wanted = _by_fractions(standing, per_warehouse)
            if wanted is not None:
                assert _costs(counter, [one[1] for one in standing]) == wanted
        finally:
            counter.db.close()


def _by_fractions(standing: list[Any], per_warehouse: bool) -> dict[int, Fraction] | None:
    """Document → by how much it changed the value of the stock; None when a day would have gone below zero."""
    held: dict[int, list[Fraction]] = {}
    found = {}
    for _ago, document, kind, place, quantity, fen in sorted(standing, key=lambda one: (-one[0], one[1])):
        unit = held.setdefault(place if per_warehouse else 0, [Fraction(0), Fraction(0)])
        if kind in (DocumentKind.PURCHASE, DocumentKind.OTHER_RECEIPT):
            change = Fraction(quantity * fen, 100)
            unit[0] += quantity
        else:
            if quantity > unit[0]:
                return None
            share = unit[1] * quantity / unit[0] * _UNIT
            change = -Fraction((2 * share.numerator + share.denominator) // (2 * share.denominator), _UNIT)
            unit[0] -= quantity
        unit[1] += change
        found[document] = change
    return found


def _costs(counter: Counter, ids: list[int]) -> dict[int, Fraction]:
    with counter.db.read() as session:
        query = select(StockMove.document_id, func.sum(StockMove.cost)).where(StockMove.document_id.in_(ids))
        return {id: Fraction(cost) for id, cost in session.execute(query.group_by(StockMove.document_id))}


_MORE = (*_KINDS, DocumentKind.SALE_RETURN, DocumentKind.TRANSFER)
everything = st.lists(
    st.tuples(st.sampled_from(_MORE), st.integers(0, 9), st.integers(0, 1), st.integers(1, 30), st.integers(0, 900)),
    min_size=1,
    max_size=10,
)


@pytest.mark.parametrize("per_warehouse", [False, True])
@settings(max_examples=cases(1_000, 30))
@given(drawn=everything)
def test_a_book_booked_in_order_is_left_as_it_is(
    filled: dict[bool, Path], per_warehouse: bool, drawn: list[Any]
) -> None:
    """Nothing late, nothing voided, also below zero, moved and brought back: recomputing finds nothing to change."""
    with tempfile.TemporaryDirectory() as folder:
        counter = copied(filled[per_warehouse], Path(folder) / "book.jdy")
        try:
            for kind, ago, place, quantity, fen in sorted(drawn, key=lambda one: -one[1]):
                line = counter.line(SkuId(2), str(quantity), str(D(fen).scaleb(-2)), warehouse_id=place + 1)
                more: dict[str, Any] = {"to_warehouse_id": 2 - place} if kind is DocumentKind.TRANSFER else {}
                counter.documents.save(counter.request(kind, line, day=TODAY - timedelta(days=ago), **more))
            with counter.db.read() as session:
                before = session.execute(select(StockBalance.warehouse_id, StockBalance.cost)).all()
            assert CostRecompute(counter.db, counter.ctx).run(JobContext()).moves == 0
            assert check_book(counter.db, JobContext()).problems == ()
            with counter.db.read() as session:
                assert session.execute(select(StockBalance.warehouse_id, StockBalance.cost)).all() == before
        finally:
            counter.db.close()
