"""Whatever is sold, returned, collected and voided: moves add up to the balance, no bill is settled beyond itself, void restores."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jdy_desktop.models.ids import SkuId
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.documents import SavedDocument, SaveDocument
from jdy_desktop.services.book.payments import Allocation, Party, Payments, SavedPayment, SavePayment
from jdy_desktop.services.machine import schema
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.reports import Reports
from jdy_desktop.services.queries.statements import Statements
from tests.support.cases import cases
from tests.support.clock import FrozenClock
from tests.support.counter import TODAY, copied, open_counter

D = Decimal
_SALES = (DocumentKind.SALE, DocumentKind.SALE_RETURN)
_BUYS = (DocumentKind.PURCHASE, DocumentKind.PURCHASE_RETURN)
_SIGN = {DocumentKind.SALE: 1, DocumentKind.SALE_RETURN: -1, DocumentKind.PURCHASE: 1, DocumentKind.PURCHASE_RETURN: -1}
_amounts = st.decimals(min_value="0.01", max_value="300", places=2)
_acts = st.lists(
    st.tuples(
        st.sampled_from(["bill", "bill", "bill", "pay", "pay", "choose", "void", "unpay", "edit", "use", "opening"]),
        st.booleans(), st.booleans(), _amounts, st.integers(0, 40), st.integers(0, 20),
    ),
    min_size=1, max_size=14,
)  # fmt: skip


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed book with goods that may go below zero."""
    path = tmp_path_factory.mktemp("debts") / "book.jdy"
    counter = open_counter(schema.create_book(path), FrozenClock())
    counter.goods("a", allow_negative=True)
    counter.db.close()
    return path


class _Story:
    """Plays acts on a copy of the book and keeps its own exact account of what each party owes."""

    def __init__(self, template: Path, path: Path) -> None:
        self.counter = copied(template, path)
        db, ctx = self.counter.db, self.counter.ctx
        self.payments, self.statements = Payments(db, ctx), Statements(db, ctx)
        self.reports = Reports(db, ctx)
        self.parties = (Party("customer", 2), Party("supplier", 1))
        self.owed = dict.fromkeys(self.parties, Fraction(0))
        self.opening = dict.fromkeys(self.parties, Fraction(0))
        self.bills: list[tuple[Party, SaveDocument, SavedDocument]] = []
        self.paid: list[tuple[Party, SavedPayment, Decimal]] = []

    def play(self, act: str, to_supplier: bool, back: bool, amount: Decimal, age: int, pick: int) -> None:
        party, day = self.parties[to_supplier], TODAY - timedelta(days=min(age, 26))
        if act == "bill" or (act in ("void", "edit") and not self.bills) or (act == "unpay" and not self.paid):
            self._bill(party, (_BUYS if to_supplier else _SALES)[back], amount, day)
        elif act in ("pay", "choose"):
            self._pay(party, amount, day, by_choice=act == "choose", pick=pick)
        elif act == "void":
            party, request, saved = self.bills.pop(pick % len(self.bills))
            self.counter.documents.void(saved.id, saved.version)
            self.owed[party] -= _asks(request)
        elif act == "edit":
            self._edit(pick % len(self.bills), amount)
        elif act == "unpay":
            self._unpay(pick % len(self.paid))
        elif act == "use":
            before = self._open(party)[1]
            used = self.payments.use_advances(party)
            assert self._open(party)[1] == before - used
        else:
            signed = -amount if back else amount
            self.payments.set_opening_debt(party, signed)
            self.owed[party] += Fraction(signed) - self.opening[party]
            self.opening[party] = Fraction(signed)

    def _line(self, amount: Decimal) -> Any:
        return self.counter.line(SkuId(1), "1", str(amount))

    def _bill(self, party: Party, kind: DocumentKind, amount: Decimal, day: date) -> None:
        whose = {party.column: party.id}
        request = self.counter.request(kind, self._line(amount), day=day, **whose)
        self.bills.append((party, request, self.counter.documents.save(request)))
        self.owed[party] += _asks(request)

    def _edit(self, place: int, amount: Decimal) -> None:
        party, request, saved = self.bills[place]
        changed = replace(request, lines=(self._line(amount),), document_id=saved.id, version=saved.version)
        self.bills[place] = party, changed, self.counter.documents.save(changed)
        self.owed[party] += _asks(changed) - _asks(request)

    def _pay(self, party: Party, amount: Decimal, day: date, *, by_choice: bool, pick: int) -> None:
        chosen: tuple[Allocation, ...] | None = None
        if by_choice:
            left, chosen = amount, ()
            for bill in self.payments.open_bills(party).bills[pick % 3 :]:
                part = min(bill.owed, left)
                if bill.owed > 0 and part:
                    chosen = (*chosen, Allocation(bill.document_id, part))
                    left -= part
        form = SavePayment(self.payments.new_client_key(), party, day, amount, 1, allocations=chosen)
        saved = self.payments.save(form)
        assert self.payments.save(form).already_saved
        self.paid.append((party, saved, amount))
        self.owed[party] -= Fraction(amount)

    def _unpay(self, place: int) -> None:
        party, saved, amount = self.paid.pop(place)
        version = self.payments.payment(saved.id).version
        parts = {one.document_id: one.amount for one in self.payments.payment(saved.id).allocations}
        bills = self._open(party)[0]
        self.payments.void(saved.id, version)
        self.owed[party] += Fraction(amount)
        # Each bill it settled is open again by exactly its part, all others stay.
        after = self._open(party)[0]
        for bill in bills.keys() | after.keys() | parts.keys():
            assert after.get(bill, D(0)) == bills.get(bill, D(0)) + parts.get(bill, D(0))

    def _open(self, party: Party) -> tuple[dict[int, Decimal], Decimal]:
        found = self.payments.open_bills(party)
        return {one.document_id: one.owed for one in found.bills}, found.advance

    def prove(self) -> None:
        for party in self.parties:
            opened = self.payments.open_bills(party)
            assert Fraction(opened.balance) == self.owed[party]
            assert sum((one.owed for one in opened.bills), D(0)) - opened.advance == opened.balance
            for bill in opened.bills:
                assert 0 < abs(bill.owed) <= abs(bill.amount)
            self._prove_statement(party)
        assert check_book(self.counter.db, JobContext()).problems == ()

    def _prove_statement(self, party: Party) -> None:
        """Two halves of the time add up to the whole; within a day bills stand before payments (W29)."""
        first, middle, last = TODAY - timedelta(days=400), TODAY - timedelta(days=10), TODAY
        halves = [
            self.statements.statement(party.kind, party.id, one, two)
            for one, two in ((first, middle), (middle + timedelta(days=1), last))
        ]
        whole = self.statements.statement(party.kind, party.id, first, last)
        assert (whole.opening, halves[1].opening) == (0, halves[0].closing)
        assert Fraction(whole.closing) == Fraction(halves[1].closing) == self.owed[party]
        assert whole.rows == (*halves[0].rows, *halves[1].rows)
        order = [(row.day, row.kind is None) for row in whole.rows]
        assert order == sorted(order)
        balance = whole.opening
        for row in whole.rows:
            balance += row.added - row.paid
            assert row.balance == balance
        aged = {row.party_id: row for row in self.reports.debts(of_customers=party.kind == "customer")}
        found = aged[party.id].total - aged[party.id].advance if party.id in aged else D(0)
        assert Fraction(found) == self.owed[party]


def _asks(request: SaveDocument) -> Fraction:
    return _SIGN[request.kind] * sum(
        (Fraction(line.quantity) * Fraction(line.price) for line in request.lines), Fraction(0)
    )


@settings(max_examples=cases(2_000, 20))
@given(acts=_acts)
def test_debts_hold(filled: Path, acts: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = _Story(filled, Path(folder) / "book.jdy")
        try:
            for act in acts:
                story.play(*act)
            story.prove()
        finally:
            story.counter.db.close()
