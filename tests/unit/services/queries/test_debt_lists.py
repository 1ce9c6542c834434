"""收付款, 对账单 and the ageing of debts as queries: own arithmetic, order, sums."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.services.book.payments import Party, Payments, SavePayment
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.excel.statement import write_statement
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.paper.statements import KIND_WORDS, printable_statement
from jdy_desktop.services.queries.debts import debt_rows
from jdy_desktop.services.queries.payments import PaymentFilter, PaymentList
from jdy_desktop.services.queries.report_values import DebtRow
from jdy_desktop.services.queries.statements import Statements
from jdy_desktop.views.texts import label
from tests.support.counter import START, TODAY, open_counter

D = Decimal


class Desk:
    def __init__(self, book: Database, clock: Any) -> None:
        self.counter = open_counter(book, clock)
        self.payments = Payments(book, self.counter.ctx)
        self.list, self.statements = PaymentList(book), Statements(book, self.counter.ctx)
        self.sku = self.counter.goods("a", allow_negative=True)
        self.zhang, self.mill = Party("customer", self.counter.wholesale), Party("supplier", self.counter.supplier)

    def debts(self, as_of: date, *, of_customers: bool) -> tuple[DebtRow, ...]:
        with self.counter.db.read() as session:
            return debt_rows(session, as_of, of_customers=of_customers)

    def bill(self, pieces: str, days_ago: int = 0, kind: DocumentKind = DocumentKind.SALE, **more: Any) -> Any:
        party = {"customer_id": self.zhang.id} if "sale" in kind else {}
        day = TODAY - timedelta(days=days_ago)
        return self.counter.documents.save(
            self.counter.request(kind, self.counter.line(self.sku, pieces, "10"), day=day, **party, **more)
        )

    def pay(
        self, amount: str, party: Party | None = None, days_ago: int = 0, account: str = "现金", **more: Any
    ) -> Any:
        accounts = {one.name: one.id for one in self.counter.parties.accounts()}
        form = SavePayment(
            self.payments.new_client_key(), party or self.zhang, TODAY - timedelta(days=days_ago), D(amount),
            accounts[account], **more,
        )  # fmt: skip
        return self.payments.save(form)

    def found(self, **filter: Any) -> list[str]:
        ids = self.list.ids(PaymentFilter(**filter))
        rows = self.list.rows(ids)
        return [rows[one].number for one in ids]


@pytest.fixture
def desk(book: Database, frozen_clock: Any) -> Desk:
    return Desk(book, frozen_clock)


def test_list_of_payments_by_every_filter(desk: Desk) -> None:
    desk.bill("3")
    first = desk.pay("10", days_ago=3, remark="定金 50%")
    second = desk.pay("40", account="微信")
    third = desk.pay("70", desk.mill, days_ago=1)
    gone = desk.pay("1")
    desk.payments.void(gone.id, gone.version)
    assert desk.found() == [second.number, third.number, first.number]
    assert desk.found(with_voided=True)[0] == gone.number
    assert desk.found(side="customer") == [second.number, first.number]
    assert desk.found(side="supplier") == [third.number]
    assert desk.found(text="pf") == [second.number, first.number]
    assert desk.found(text="hngc fk") == [third.number]
    assert desk.found(text="50%") == [first.number]
    assert desk.found(text="_") == []
    assert desk.found(first_day=TODAY - timedelta(days=1), last_day=TODAY - timedelta(days=1)) == [third.number]
    assert desk.found(account_id=next(a.id for a in desk.counter.parties.accounts() if a.name == "微信")) == [
        second.number
    ]
    assert desk.found(party_id=desk.zhang.id, side="customer") == [second.number, first.number]
    # 30 were owed: 10 and 20 of the 40 settle it, 20 are left; nothing was bought, so the 70 are all 预付
    assert desk.found(with_advance=True) == [second.number, third.number]
    sums = desk.list.sums(PaymentFilter())
    assert (sums.count, sums.received, sums.paid) == (3, D(50), D(70))
    rows = desk.list.rows([second.id, gone.id, 999])
    assert (rows[second.id].settled, rows[second.id].advance, rows[second.id].operator) == (D(20), D(20), "小王")
    assert (rows[gone.id].state, rows[gone.id].advance) == (DocumentState.VOIDED, D(0))
    assert 999 not in rows


def test_statement_of_a_day_entered_the_wrong_way_round(desk: Desk) -> None:
    desk.payments.set_opening_debt(desk.zhang, D("5.50"), TODAY)
    desk.pay("40")
    desk.bill("3", paid_amount=D(10), account_id=desk.counter.cash, remark="急")
    voided = desk.bill("9")
    desk.counter.documents.void(voided.id, voided.version)
    found = desk.statements.statement("customer", desk.zhang.id, TODAY, TODAY)
    seen = [(row.kind, row.added, row.paid, row.balance) for row in found.rows]
    assert seen == [
        (DocumentKind.OPENING_DEBT, D("5.50"), D(0), D("5.50")),
        (DocumentKind.SALE, D(30), D(10), D("25.50")),
        (None, D(0), D(40), D("-14.50")),
    ]
    assert (found.added, found.paid, found.closing, found.party) == (D("35.50"), D(50), D("-14.50"), "批发")
    words = printable_statement(found)
    assert (words.closing_word, words.closing, words.closing_words) == ("期末预收", "14.50", "壹拾肆元伍角整")
    assert [(row.kind, row.remark) for row in words.rows] == [
        ("期初欠款", ""),
        ("销货单", "现金 · 急"),
        ("收款单", "现金"),
    ]


def test_statement_of_a_supplier_and_of_nobody(desk: Desk) -> None:
    desk.bill("10", 2, DocumentKind.PURCHASE)
    desk.bill("4", 1, DocumentKind.PURCHASE_RETURN)
    desk.pay("50", desk.mill)
    found = desk.statements.statement("supplier", desk.mill.id, TODAY - timedelta(days=1), TODAY)
    assert (found.opening, found.added, found.paid, found.closing) == (D(100), D(-40), D(50), D(10))
    assert printable_statement(found).closing_word == "期末应付"
    empty = desk.statements.statement("supplier", desk.mill.id, START, START)
    assert (empty.rows, empty.opening, empty.closing) == ((), 0, 0)
    with pytest.raises(UserError) as caught:
        desk.statements.statement("customer", 999, START, TODAY)
    assert caught.value.code == "party_unknown"


def test_ageing_by_thirty_sixty_and_ninety_days(desk: Desk) -> None:
    """100 from 26 days ago, 50 from today; looked at 40 days later the first is older than 60, the second than 30."""
    desk.bill("10", 26)
    desk.bill("5")
    desk.pay("20")
    desk.payments.set_opening_debt(desk.mill, D(7))
    (row,) = desk.debts(TODAY, of_customers=True)
    assert (row.name, row.buckets, row.advance, row.total) == ("批发", (D(130), D(0), D(0), D(0)), D(0), D(130))
    (row,) = desk.debts(TODAY + timedelta(days=40), of_customers=True)
    assert (row.buckets, row.oldest) == ((D(0), D(50), D(80), D(0)), TODAY - timedelta(days=26))
    (row,) = desk.debts(date(2020, 1, 1), of_customers=False)
    assert (row.buckets, row.total) == ((D(0), D(0), D(0), D(7)), D(7))


def test_a_workbook_of_a_hostile_party_has_no_formula(desk: Desk, tmp_path: Path) -> None:
    from jdy_desktop.services.book.parties import SaveCustomer

    evil = desk.counter.parties.save_customer(SaveCustomer("=HYPERLINK(1)", phone="+86 1"))
    desk.zhang = Party("customer", evil)
    desk.bill("1", remark="@SUM(A1)")
    found = desk.statements.statement("customer", evil, START, TODAY)
    write_statement(tmp_path / "a.xlsx", found)
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0].iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert {"=HYPERLINK(1) +86 1", "@SUM(A1)"} <= {cell.value for cell in cells}


def test_words_of_a_statement_are_those_of_the_screen() -> None:
    assert {kind: label(kind) for kind in KIND_WORDS} == KIND_WORDS
