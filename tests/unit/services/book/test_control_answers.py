"""The wizard's answers afterwards (M9–M11): what is settled, what may still change, and that figures stay true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from jdy_desktop.models.account import AuditEntry
from jdy_desktop.models.rules.industries import INDUSTRY_DEFAULTS, IndustryDefaults
from jdy_desktop.models.states import DocumentKind, Industry
from jdy_desktop.services.book.account_sets import AccountSets
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.errors import Stale, UserError
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.counter import START, TODAY, Counter

Make = Callable[..., Counter]


def _sets(stall: Counter) -> AccountSets:
    return AccountSets(stall.db, stall.ctx)


def _change(stall: Counter, **changes: Any) -> None:
    sets = _sets(stall)
    sets.change_controls(replace(sets.controls().answers, **changes))


def _sound(stall: Counter) -> bool:
    return check_book(stall.db, JobContext()).is_sound


@pytest.mark.manual("M9", "M10", "M11")
def test_before_the_first_document_everything_may_change(stall: Counter) -> None:
    assert _sets(stall).controls().fixed == {}
    earlier = START - timedelta(days=90)
    _change(stall, start_date=earlier, cost_per_warehouse=True, needs_review=True, computes_tax=True)
    info = _sets(stall).info()
    assert (info.start_date, info.cost_per_warehouse, info.needs_review, info.computes_tax) == (
        earlier,
        True,
        True,
        True,
    )
    with stall.db.read() as session:
        query = select(AuditEntry.action, AuditEntry.operator).order_by(AuditEntry.id.desc())
        assert session.execute(query.limit(1)).one() == ("controls", "小王")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("start_date", date(2019, 2, 1), "start_date_fixed"),
        ("cost_per_warehouse", True, "cost_fixed"),
        ("computes_tax", True, "tax_fixed"),
    ],
)
def test_after_a_sale_what_made_its_figures_is_settled(stall: Counter, field: str, value: Any, code: str) -> None:
    stall.sale(stall.line(stall.goods("a", stock="5")))
    before = _sets(stall).controls()
    assert before.fixed == {
        "start_date": "start_date_fixed",
        "cost_per_warehouse": "cost_fixed",
        "computes_tax": "tax_fixed",
    }
    with pytest.raises(UserError, match=code):
        _change(stall, **{field: value, "needs_review": True})
    assert _sets(stall).controls() == before


def test_a_receipt_settles_the_cost_but_not_the_tax(stall: Counter) -> None:
    stall.goods("a", stock="5")
    _change(stall, computes_tax=True)
    with pytest.raises(UserError, match="cost_fixed"):
        _change(stall, cost_per_warehouse=True)


def test_a_start_period_after_today_is_refused(stall: Counter) -> None:
    with pytest.raises(UserError, match="start_date_late"):
        _change(stall, start_date=TODAY + timedelta(days=1))


@pytest.mark.manual("M10")
def test_reviewing_switched_on_keeps_what_counts_and_holds_what_comes(stall: Counter) -> None:
    sku = stall.goods("a", stock="5")
    sold = stall.sale(stall.line(sku, "2"))
    _change(stall, needs_review=True)
    assert stall.documents.document(sold.id).state == "reviewed"
    assert stall.stock(sku) == 3
    assert _sound(stall)
    waiting = stall.sale(stall.line(sku, "1"))
    assert stall.stock(sku) == 3
    stall.documents.review(waiting.id, waiting.version)
    assert stall.stock(sku) == 2
    old = stall.documents.document(sold.id)
    stall.documents.unreview(sold.id, old.version)
    assert stall.stock(sku) == 4
    assert _sound(stall)


@pytest.mark.manual("M10")
def test_reviewing_switched_off_asks_for_the_waiting_ones_first(make_stall: Make) -> None:
    stall = make_stall(needs_review=True)
    sku = stall.goods("a")
    receipt = stall.receive(sku, "5", "2")
    with pytest.raises(UserError, match="documents_unreviewed") as refused:
        _change(stall, needs_review=False)
    assert refused.value.params["count"] == 1
    stall.documents.review(receipt.id, receipt.version)
    _change(stall, needs_review=False)
    assert stall.documents.document(receipt.id).state == "saved"
    assert stall.stock(sku) == 5
    assert _sound(stall)
    stall.sale(stall.line(sku, "1"))
    assert stall.stock(sku) == 4
    assert _sound(stall)


def test_a_form_open_meanwhile_is_told(stall: Counter) -> None:
    sku = stall.goods("a", stock="5")
    request = stall.request(DocumentKind.SALE, stall.line(sku))
    saved = stall.documents.save(request)
    _change(stall, needs_review=True)
    with pytest.raises(Stale):
        stall.edit(request, saved, remark="noch")


def test_voided_documents_stay_voided(stall: Counter) -> None:
    saved = stall.sale(stall.line(stall.goods("a", stock="5")))
    stall.documents.void(saved.id, saved.version)
    _change(stall, needs_review=True)
    assert stall.documents.document(saved.id).state == "voided"
    assert _sound(stall)


def test_the_company_can_be_renamed(stall: Counter) -> None:
    _sets(stall).rename("  禾木服饰 二号档口 ")
    assert _sets(stall).info().company == "禾木服饰 二号档口"
    for name, code in ((" ", "company_missing"), ("长" * 101, "company_too_long")):
        with pytest.raises(UserError, match=code):
            _sets(stall).rename(name)


@pytest.mark.manual("M7")
@pytest.mark.parametrize("industry", Industry)
def test_the_industry_sets_the_defaults_and_they_may_change(make_stall: Make, industry: Industry) -> None:
    stall = make_stall(industry=industry)
    sets = _sets(stall)
    assert sets.info().defaults == INDUSTRY_DEFAULTS[industry]
    assert stall.products.uses_attributes() is INDUSTRY_DEFAULTS[industry].uses_attributes
    made = stall.products.product(stall.product_of(stall.goods("a")))
    assert made.unit == INDUSTRY_DEFAULTS[industry].unit
    wanted = IndustryDefaults(uses_attributes=not sets.info().defaults.uses_attributes, unit="双", matrix_entry=True)
    sets.set_defaults(wanted)
    assert sets.info().defaults == wanted
    assert stall.products.product(stall.product_of(stall.goods("b"))).unit == "双"
    with pytest.raises(UserError, match="unit_missing"):
        sets.set_defaults(replace(wanted, unit=" "))
