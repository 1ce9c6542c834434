"""收款单 and 付款单 over a real book: what they settle, what stays an advance, what a void brings back (W27, W28)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update

from jdy_desktop.models.account import AuditEntry
from jdy_desktop.models.money import Payment, PaymentAllocation
from jdy_desktop.models.parties import PartyMove
from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.payments import Allocation, Party, Payments, SavedPayment, SavePayment
from jdy_desktop.services.errors import BeforeStartPeriod, Stale, UserError
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.counter import START, TODAY, Counter

D = Decimal


class Till:
    """One customer and one supplier; what they owe is made by sales of 10 yuan a piece."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.payments = Payments(counter.db, counter.ctx)
        self.customer, self.supplier = Party("customer", counter.wholesale), Party("supplier", counter.supplier)
        self.sku = counter.goods("a", allow_negative=True)

    def sell(self, pieces: str, day: date = TODAY, kind: DocumentKind = DocumentKind.SALE, **more: Any) -> Any:
        line = self.counter.line(self.sku, pieces, "10")
        party = {"customer_id": self.customer.id} if "sale" in kind else {}
        request = self.counter.request(kind, line, day=day, **party, **more)
        return self.counter.documents.save(request)

    def pay(self, amount: str, party: Party | None = None, **more: Any) -> SavedPayment:
        return self.payments.save(self.form(amount, party, **more))

    def form(self, amount: str, party: Party | None = None, **more: Any) -> SavePayment:
        values: dict[str, Any] = {
            "client_key": self.payments.new_client_key(),
            "day": TODAY,
            "account_id": self.counter.cash,
        }
        return SavePayment(party=party or self.customer, amount=D(amount), **(values | more))

    def owed(self, party: Party | None = None) -> list[tuple[str, Decimal]]:
        found = self.payments.open_bills(party or self.customer)
        assert sum((one.owed for one in found.bills), D(0)) - found.advance == found.balance
        return [(one.number, one.owed) for one in found.bills]

    def is_sound(self) -> bool:
        return check_book(self.counter.db, JobContext()).problems == ()


@pytest.fixture
def till(stall: Counter) -> Till:
    return Till(stall)


def test_a_receipt_settles_the_oldest_bill_first(till: Till) -> None:
    second = till.sell("5", TODAY)
    first = till.sell("3", TODAY - timedelta(days=2))
    done = till.pay("40")
    # 30 for the older one, 10 of the newer one's 50
    assert (done.number, done.settled, done.advance, done.balance) == ("SK20190327001", D(40), D(0), D(40))
    assert till.owed() == [(second.number, D(40))]
    view = till.payments.payment(done.id)
    assert [(one.number, one.amount) for one in view.allocations] == [(first.number, D(30)), (second.number, D(10))]
    assert (view.name, view.account, view.operator) == ("批发", "现金", "小王")
    assert till.is_sound()


def test_a_payment_to_a_supplier_has_its_own_number(till: Till) -> None:
    bill = till.sell("8", kind=DocumentKind.PURCHASE)
    assert till.owed(till.supplier) == [(bill.number, D(80))]
    done = till.pay("100", till.supplier)
    assert (done.number, done.settled, done.advance, done.balance) == ("FK20190327001", D(80), D(20), D(-20))
    assert till.counter.parties.supplier(till.counter.supplier).balance == D(-20)
    assert till.is_sound()


def test_by_choice_and_what_is_refused(till: Till) -> None:
    old, new = till.sell("3"), till.sell("5")
    done = till.pay("50", allocations=(Allocation(new.id, D(50)),))
    assert till.owed() == [(old.number, D(30))]
    assert done.advance == 0
    for amount, parts, code in (
        ("50", (Allocation(old.id, D("30.01")),), "allocation_too_large"),
        ("50", (Allocation(new.id, D(1)),), "allocation_too_large"),
        ("50", (Allocation(old.id, D(-1)),), "allocation_too_large"),
        ("50", (Allocation(old.id, D(10)), Allocation(old.id, D(10))), "allocation_too_large"),
        ("20", (Allocation(old.id, D(30)),), "allocations_over_amount"),
    ):
        with pytest.raises(UserError) as caught:
            till.pay(amount, allocations=parts)
        assert caught.value.code == code
    assert till.owed() == [(old.number, D(30))]
    assert till.counter.count(Payment) == 1


def test_an_advance_is_kept_and_used_later(till: Till) -> None:
    first = till.pay("100")
    assert (first.settled, first.advance, first.balance) == (D(0), D(100), D(-100))
    bill = till.sell("7")
    assert till.counter.balance(till.customer.id) == D(-30)
    assert till.payments.use_advances(till.customer) == D(70)
    assert till.owed() == []
    assert till.payments.use_advances(till.customer) == D(0)
    next_bill = till.sell("6")
    # 30 of the advance are left; the receipt of 20 comes after them: 60 − 30 − 20
    done = till.pay("20")
    assert (done.settled, done.advance, done.balance) == (D(20), D(0), D(10))
    assert till.owed() == [(next_bill.number, D(10))]
    assert bill.number != next_bill.number
    assert till.is_sound()


def test_a_return_is_set_against_the_bill(till: Till) -> None:
    bill = till.sell("10")
    back = till.sell("3", kind=DocumentKind.SALE_RETURN)
    assert till.owed() == [(bill.number, D(100)), (back.number, D(-30))]
    done = till.pay("70")
    assert (done.settled, done.advance, done.balance) == (D(70), D(0), D(0))
    assert till.owed() == []
    assert till.is_sound()


def test_a_bill_paid_in_part_at_once_owes_the_rest(till: Till) -> None:
    bill = till.sell("10", paid_amount=D(60), account_id=till.counter.cash)
    assert till.owed() == [(bill.number, D(40))]
    opened = till.payments.open_bills(till.customer).bills[0]
    assert (opened.amount, opened.settled) == (D(100), D(60))


def test_a_bill_paid_too_much_at_once_still_reads_as_what_it_asked(till: Till) -> None:
    till.sell("5", paid_amount=D(80), account_id=till.counter.cash)
    (bill,) = till.payments.open_bills(till.customer).bills
    assert (bill.amount, bill.settled, bill.owed) == (D(50), D(80), D(-30))
    till.sell("2", kind=DocumentKind.SALE_RETURN)
    back = till.payments.open_bills(till.customer).bills[1]
    assert (back.amount, back.settled, back.owed) == (D(-20), D(0), D(-20))


def test_the_same_form_twice_stores_one(till: Till) -> None:
    till.sell("5")
    form = till.form("20")
    one, two = till.payments.save(form), till.payments.save(form)
    assert (one.id, one.number, two.already_saved) == (two.id, two.number, True)
    assert till.counter.balance(till.customer.id) == D(30)


def test_void_brings_back_balance_and_bills(till: Till) -> None:
    till.sell("5")
    till.sell("6")
    before = till.owed()
    done = till.pay("70")
    voided = till.payments.void(done.id, done.version)
    assert (voided.balance, voided.advance, till.owed()) == (D(110), D(0), before)
    assert till.payments.payment(done.id).state is DocumentState.VOIDED
    with pytest.raises(Stale):
        till.payments.void(done.id, done.version)
    with pytest.raises(UserError) as caught:
        till.payments.void(done.id, voided.version)
    assert caught.value.code == "payment_voided"
    assert till.pay("1").number == "SK20190327002"
    with till.counter.db.read() as session:
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.entity == "payment")).all()
    assert actions == ["save", "void", "save"]
    assert till.is_sound()


@pytest.mark.parametrize(
    ("amount", "more", "code"),
    [
        ("0", {}, "payment_amount_zero"),
        ("-1", {}, "number_negative"),
        ("1.234", {}, "too_many_places"),
        ("1e30", {}, "number_too_large"),
        ("NaN", {}, "not_a_number"),
        ("1", {"account_id": None}, "account_missing"),
        ("1", {"account_id": 999}, "account_unknown"),
        ("1", {"party": Party("customer", 999)}, "customer_unknown"),
        ("1", {"party": Party("supplier", 999)}, "supplier_unknown"),
        ("1", {"remark": "长" * 201}, "text_too_long"),
    ],
)
def test_refused_forms_store_nothing(till: Till, amount: str, more: dict[str, Any], code: str) -> None:
    with pytest.raises(UserError) as caught:
        till.pay(amount, **more)
    assert caught.value.code == code
    assert till.counter.count(Payment) == 0
    assert till.counter.count(PartyMove) == 0


@pytest.mark.manual("M15")
def test_nothing_before_the_start_period(till: Till) -> None:
    with pytest.raises(BeforeStartPeriod):
        till.pay("1", day=START - timedelta(days=1))
    with pytest.raises(BeforeStartPeriod):
        till.payments.set_opening_debt(till.customer, D(5), START - timedelta(days=1))
    assert till.pay("1", day=START).number == "SK20190301001"


def test_opening_debt_is_a_bill_like_others(till: Till) -> None:
    bill = till.sell("1", START)
    till.payments.set_opening_debt(till.customer, D("200.50"))
    assert till.payments.opening_debt(till.customer) == D("200.50")
    assert till.owed() == [("QK20190301001", D("200.50")), (bill.number, D(10))]
    till.pay("150.50")
    assert till.owed() == [("QK20190301001", D(50)), (bill.number, D(10))]
    till.payments.set_opening_debt(till.customer, D(100))
    # 100 + 10 − 150.50: the receipt is 50.50 too much for the smaller debt; the advance shows it
    found = till.payments.open_bills(till.customer)
    assert (till.owed(), found.advance, found.balance) == ([(bill.number, D(10))], D("50.50"), D("-40.50"))
    till.payments.set_opening_debt(till.customer, D(0))
    assert till.payments.open_bills(till.customer).balance == D("-140.50")
    assert till.is_sound()


def test_opening_advance_of_a_supplier(till: Till) -> None:
    till.payments.set_opening_debt(till.supplier, D(-60))
    bill = till.sell("10", kind=DocumentKind.PURCHASE)
    assert till.owed(till.supplier) == [("QK20190301001", D(-60)), (bill.number, D(100))]
    assert till.pay("40", till.supplier).balance == 0
    assert till.owed(till.supplier) == []
    assert till.is_sound()


def test_a_voided_bill_gives_its_receipt_back_as_an_advance(till: Till) -> None:
    bill = till.sell("5")
    till.pay("50")
    till.counter.documents.void(bill.id, bill.version)
    found = till.payments.open_bills(till.customer)
    assert (found.bills, found.advance, found.balance) == ((), D(50), D(-50))
    assert till.is_sound()


def test_a_smaller_bill_keeps_what_fits(till: Till) -> None:
    line = till.counter.line(till.sku, "5", "10")
    request = till.counter.request(DocumentKind.SALE, line, customer_id=till.customer.id)
    bill = till.counter.documents.save(request)
    first, second = till.pay("30"), till.pay("20")
    bill = till.counter.edit(request, bill, lines=(till.counter.line(till.sku, "4", "10"),))
    # 40 are asked now: the older receipt keeps its 30, the newer one 10 of 20
    parts = {one: till.payments.payment(one).allocations[0].amount for one in (first.id, second.id)}
    assert parts == {first.id: D(30), second.id: D(10)}
    assert till.payments.open_bills(till.customer).advance == D(10)
    till.counter.edit(request, bill, customer_id=till.counter.retail)
    assert till.payments.open_bills(till.customer).advance == D(50)
    assert till.is_sound()


def test_the_check_sees_each_kind_of_damage(till: Till) -> None:
    """The control: each damage is reported, and mended is sound again."""
    bill = till.sell("5")
    done = till.pay("30")
    paid = Payment.id == done.id
    found = []
    for damage, mend in (
        (update(PartyMove).where(PartyMove.document_id == bill.id).values(amount=D(49)), {"amount": D(50)}),
        (update(PartyMove).where(PartyMove.payment_id == done.id).values(amount=D(-29)), {"amount": D(-30)}),
        (update(PartyMove).where(PartyMove.payment_id == done.id).values(payment_id=None), {"payment_id": done.id}),
        (update(PartyMove).where(PartyMove.payment_id == done.id).values(customer_id=till.counter.retail),
         {"customer_id": till.customer.id}),
        (update(PaymentAllocation).values(amount=D(31)), {"amount": D(30)}),
        (update(PaymentAllocation).values(amount=D(-1)), {"amount": D(30)}),
        (update(Payment).where(paid).values(amount=D(29)), {"amount": D(30)}),
        (update(Payment).where(paid).values(state="voided"), {"state": "saved"}),
    ):  # fmt: skip
        with till.counter.db.write() as session:
            moves = session.scalars(select(PartyMove.id).where(PartyMove.payment_id == done.id)).all()
            session.execute(damage)
        found.append([one.code for one in check_book(till.counter.db, JobContext()).problems])
        with till.counter.db.write() as session:
            entity = damage.entity_description["entity"]
            back = update(entity).values(mend)
            if entity is PartyMove:
                on_payment = "50" not in str(mend.get("amount", ""))
                back = back.where(PartyMove.id.in_(moves) if on_payment else PartyMove.document_id == bill.id)
            session.execute(back)
        assert till.is_sound()
    differs, settles = "debt_differs", "settling_differs"
    assert found[0] == [differs]
    assert found[1] == [differs]
    assert found[2] == [differs, differs]
    assert found[3] == [differs, differs]
    assert found[4] == [settles]
    assert set(found[5]) == {settles}
    assert set(found[6]) == {differs, settles}
    assert found[7] == [differs]


def test_accounts_of_a_new_book_and_a_further_one(till: Till) -> None:
    names = [one.name for one in till.counter.parties.accounts()]
    assert {"现金", "银行", "微信", "支付宝"} <= set(names)
    new = till.counter.parties.add_account("花呗")
    till.pay("1", account_id=new)
    for name, code in ((" ", "account_name_missing"), ("花呗", "account_name_taken")):
        with pytest.raises(UserError) as caught:
            till.counter.parties.add_account(name)
        assert caught.value.code == code


def test_numbers_go_on_after_a_void_and_start_anew_each_day(till: Till) -> None:
    numbers = [till.pay("1").number, till.pay("1").number, till.pay("1", day=TODAY + timedelta(days=1)).number]
    assert numbers == ["SK20190327001", "SK20190327002", "SK20190328001"]
    with till.counter.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Payment)) == 3


def test_a_return_that_is_gone_no_longer_pays(till: Till) -> None:
    """100 − 30 was settled with 70; without the return 30 of the bill are open again, and the check agrees."""
    bill = till.sell("10")
    back = till.sell("3", kind=DocumentKind.SALE_RETURN)
    done = till.pay("70")
    till.counter.documents.void(back.id, back.version)
    assert till.owed() == [(bill.number, D(30))]
    assert [one.amount for one in till.payments.payment(done.id).allocations] == [D(70)]
    assert till.is_sound()


def test_a_bill_that_is_gone_leaves_its_return_open(till: Till) -> None:
    bill = till.sell("10")
    back = till.sell("3", kind=DocumentKind.SALE_RETURN)
    till.pay("70")
    till.counter.documents.void(bill.id, bill.version)
    assert till.owed() == [(back.number, D(-30))]
    assert till.payments.open_bills(till.customer).advance == D(70)
    assert till.is_sound()
