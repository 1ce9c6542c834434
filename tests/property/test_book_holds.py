"""Whatever a stall does, stock is never lost and money adds up: random sales, receipts, edits, voids and returns."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from jdy_desktop.models.ids import SkuId
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.models.stock import StockBalance, StockMove
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.documents import SavedDocument, SaveDocument
from jdy_desktop.services.errors import StockShort
from jdy_desktop.services.machine import schema
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.cases import cases
from tests.support.clock import FrozenClock
from tests.support.counter import open_counter, reopened

D = Decimal
_KINDS = (
    DocumentKind.SALE,
    DocumentKind.SALE_RETURN,
    DocumentKind.PURCHASE,
    DocumentKind.PURCHASE_RETURN,
    DocumentKind.OTHER_RECEIPT,
    DocumentKind.OTHER_ISSUE,
)
quantities = st.decimals(min_value="0.0001", max_value="40", places=4) | st.integers(1, 9).map(D)
prices = st.decimals(min_value=0, max_value=60, places=3)
lines = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), quantities, prices), min_size=1, max_size=4)
acts = st.lists(
    st.tuples(
        st.sampled_from(["save", "save", "save", "edit", "void"]), st.sampled_from(_KINDS), lines, st.integers(0, 30)
    ),
    min_size=1,
    max_size=12,
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """Two closed books, cost per warehouse or not: three goods (one may go below zero), two warehouses."""
    made = {}
    for per_warehouse in (False, True):
        path = tmp_path_factory.mktemp("filled") / "book.jdy"
        counter = open_counter(schema.create_book(path), FrozenClock(), cost_per_warehouse=per_warehouse)
        counter.parties.add_warehouse("二号仓")
        for code in ("a", "b", "c"):
            counter.goods(code, allow_negative=code == "c")
        counter.db.close()
        made[per_warehouse] = path
    return made


class _Story:
    """Plays acts on a copy of a filled book and keeps its own count of stock."""

    def __init__(self, template: Path, path: Path) -> None:
        shutil.copyfile(template, path)
        self.counter = reopened(schema.open_book(path))
        self.places = [one.id for one in self.counter.parties.warehouses()]
        self.saved: list[tuple[SaveDocument, SavedDocument]] = []
        self.stock: dict[int, Decimal] = {1: D(0), 2: D(0), 3: D(0)}

    def play(self, act: str, kind: DocumentKind, drawn: list[Any], pick: int) -> None:
        wanted = tuple(
            self.counter.line(SkuId(sku + 1), str(quantity), str(price), warehouse_id=self.places[place])
            for sku, place, quantity, price in drawn
        )
        before = dict(self.stock)
        try:
            if act == "save" or not self.saved:
                request = self.counter.request(kind, *wanted)
                self.saved.append((request, self.counter.documents.save(request)))
                self._count(request, +1)
                return
            index = pick % len(self.saved)
            request, done = self.saved[index]
            if act == "void":
                self.counter.documents.void(done.id, done.version)
                self._count(self.saved.pop(index)[0], -1)
            else:
                changed = replace(request, document_id=done.id, version=done.version, lines=wanted)
                done = self.counter.documents.save(changed)
                self._count(request, -1)
                self._count(changed, +1)
                self.saved[index] = changed, done
        except StockShort:
            self.stock = before

    def _count(self, request: SaveDocument, sign: int) -> None:
        incoming = request.kind in (DocumentKind.PURCHASE, DocumentKind.OTHER_RECEIPT, DocumentKind.SALE_RETURN)
        for line in request.lines:
            self.stock[line.sku_id] += sign * (1 if incoming else -1) * line.quantity


@pytest.mark.parametrize("per_warehouse", [False, True])
@settings(max_examples=cases(5_000, 40))
@given(acts=acts)
def test_stock_is_never_lost(filled: dict[bool, Path], per_warehouse: bool, acts: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = _Story(filled[per_warehouse], Path(folder) / "book.jdy")
        try:
            for act in acts:
                story.play(*act)
            with story.counter.db.read() as session:
                for entity in (StockBalance, StockMove):
                    found = session.execute(
                        select(entity.sku_id, func.sum(entity.quantity)).group_by(entity.sku_id)
                    ).all()
                    assert story.stock == {1: D(0), 2: D(0), 3: D(0)} | dict(found)
                empty = select(func.sum(StockBalance.quantity), func.sum(StockBalance.cost)).group_by(
                    StockBalance.sku_id
                )
                assert all(cost == 0 for quantity, cost in session.execute(empty) if quantity == 0)
                lowest = session.scalar(select(func.min(StockBalance.quantity)).where(StockBalance.sku_id < 3))
                assert (lowest or 0) >= 0
            assert check_book(story.counter.db, JobContext()).problems == ()
        finally:
            story.counter.db.close()


def test_the_check_sees_a_lost_piece(filled: dict[bool, Path], tmp_path: Path) -> None:
    """The control of the test above: each kind of damage is reported."""
    from jdy_desktop.models.account import AuditEntry
    from jdy_desktop.models.documents import Document

    story = _Story(filled[False], tmp_path / "book.jdy")
    story.play("save", DocumentKind.OTHER_RECEIPT, [(0, 0, D(5), D(2))], 0)
    assert check_book(story.counter.db, JobContext()).problems == ()
    codes = []
    for damage, mend in (
        (update(StockBalance).values(quantity=D(4)), update(StockBalance).values(quantity=D(5))),
        (update(StockBalance).values(cost=D(9)), update(StockBalance).values(cost=D(10))),
        (update(Document).values(settlement_amount=D(11)), update(Document).values(settlement_amount=D(10))),
        (update(StockMove).values(quantity=D(4)), update(StockMove).values(quantity=D(5))),
        (update(AuditEntry).values(operator="x"), update(AuditEntry).values(operator="小王")),
    ):
        for statement in (damage, mend):
            with story.counter.db.write() as session:
                session.execute(statement)
            codes.append([problem.code for problem in check_book(story.counter.db, JobContext()).problems])
    story.counter.db.close()
    assert codes[1::2] == [[]] * 5
    assert codes[0::2] == [
        ["balance_differs"],
        ["balance_differs"],
        ["document_sum_differs"],
        ["balance_differs", "document_moves_differ"],
        ["audit_broken"],
    ]


def _half_up(value: Fraction, places: int = 2) -> Fraction:
    scaled = value * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole, 10**places)


@settings(max_examples=cases(10_000, 60))
@given(
    rows=st.lists(st.tuples(quantities, prices, st.integers(0, 100)), min_size=1, max_size=6),
    discount=st.integers(0, 100),
    freight=st.decimals(min_value=0, max_value=99, places=2),
)
@pytest.mark.manual("M130")
def test_money_of_a_stored_sale_adds_up_to_the_fen(
    filled: dict[bool, Path], rows: list[Any], discount: int, freight: Decimal
) -> None:
    """Against exact fractions, rounded where design §4 says: once per line, once for the whole discount."""
    with tempfile.TemporaryDirectory() as folder:
        counter = _Story(filled[False], Path(folder) / "book.jdy").counter
        try:
            given_lines = tuple(
                counter.line(SkuId(3), str(quantity), str(price), discount_rate=D(rate))
                for quantity, price, rate in rows
            )
            saved = counter.sale(*given_lines, discount_rate=D(discount), customer_freight=freight)
            view = counter.documents.document(saved.id)
        finally:
            counter.db.close()
    goods = Fraction(0)
    for quantity, price, rate in rows:
        full = _half_up(Fraction(quantity) * Fraction(price))
        goods += full - _half_up(full * rate / 100)
    after = goods - _half_up(goods * discount / 100)
    assert [Fraction(one) for one in (view.goods_amount, view.amount_after_discount)] == [goods, after]
    assert Fraction(view.settlement_amount) == after + Fraction(freight)
    assert sum(line.gross_amount for line in view.lines) == view.goods_amount
    assert view.settlement_amount == view.settlement_amount.quantize(D("0.01"), ROUND_HALF_UP)
