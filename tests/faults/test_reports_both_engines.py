"""Reports, movements and recomputed costs on SQLite and on PostgreSQL: the numbers are the same, each the other's control."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from jdy_desktop.models.rules.periods import Period, one_day
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.bills import Party
from jdy_desktop.services.book.cash_counts import CashCounts
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.payments import Payments, SavePayment
from jdy_desktop.services.book.recompute import CostRecompute
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.report_values import Behind, Measure
from jdy_desktop.services.queries.reports import Reports
from jdy_desktop.services.queries.stock import StockFilter, StockList
from jdy_desktop.services.queries.stock_history import HistoryFilter, StockHistory
from tests.support.counter import TODAY, Counter, open_counter

D = Decimal


@pytest.fixture
def stall(shared_book: Any, frozen_clock: Any) -> Counter:
    return open_counter(shared_book, frozen_clock)


def test_one_day_of_a_stall(stall: Counter) -> None:
    cap = stall.goods("cap", stock="20", cost="5", allow_negative=True)
    stall.sale(stall.line(cap, "8", "10"), discount_amount=D(5), paid_amount=D(30), account_id=stall.cash)
    back = stall.request(DocumentKind.SALE_RETURN, stall.line(cap, "1", "10"))
    stall.documents.save(back)
    late = stall.request(DocumentKind.PURCHASE, stall.line(cap, "20", "2"), day=TODAY - timedelta(days=1))
    stall.documents.save(late)
    Payments(stall.db, stall.ctx).save(SavePayment("k", Party("customer", stall.retail), TODAY, D(15), stall.cash))
    CashCounts(stall.db, stall.ctx).save(TODAY, start=D(100), counted=D(145), expected=D(145))

    costs = CostRecompute(stall.db, stall.ctx)
    report = costs.run(JobContext())
    # twenty at 2 and twenty at 5: 3.50 a piece; eight went, one came back
    assert (report.moves, stall.value(cap)) == (2, D("115.5"))
    assert costs.run(JobContext()).moves == 0
    assert check_book(stall.db, JobContext()).problems == ()

    reports, here = Reports(stall.db, stall.ctx), one_day(TODAY)
    day = reports.day(TODAY)
    assert (day.sales, day.profit, day.expected_cash) == (D(65), D(65) - D("24.5"), D(145))
    (row,) = reports.by_goods(Period(TODAY - timedelta(days=9), TODAY))
    assert (row.quantity, row.amount, row.cost) == (D(7), D(65), D("24.5"))
    assert [one.amount for one in reports.by_customer(here)] == [D(65)]
    assert [one.amount for one in reports.by_day(here)] == [D(65)]
    assert [one.value for one in reports.stock_value()] == [D("115.5")]
    assert [one.buckets[0] for one in reports.debts(of_customers=True)] == [D(20)]  # 45 − 10 − 15
    for measure, wanted in ((Measure.SETTLEMENT, D(65)), (Measure.DEBT, D(20)), (Measure.PROFIT, D("40.5"))):
        assert sum(one.amount for one in reports.behind(Behind(measure, here))) == wanted
    cash = reports.behind(Behind(Measure.CASH, here, account_id=stall.cash))
    assert [one.amount for one in cash] == [D(30), D(15)]
    assert reports.due() == ()


def test_movements_of_a_sku(stall: Counter) -> None:
    cap = stall.goods("cap", stock="20", cost="5", allow_negative=True)
    sale = stall.sale(stall.line(cap, "23", "10"))
    history, wanted = StockHistory(stall.db, stall.ctx), HistoryFilter(cap)
    ids = history.ids(wanted)
    rows = history.rows(ids, wanted)
    assert [(rows[one].quantity, rows[one].after) for one in ids] == [(D(-23), D(-3)), (D(20), D(20))]
    assert rows[ids[0]].document_id == sale.id
    stock = StockList(stall.db)
    assert stock.ids(StockFilter(stock="negative")) == [cap]
    assert stock.rows([cap])[cap].places == (("档口仓", D(-3)),)
    assert stock.sums(StockFilter()).quantity == D(-3)
