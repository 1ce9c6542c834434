"""Whatever the days brought, every report adds up to the same documents."""

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

from jdy_desktop.models.ids import SkuId
from jdy_desktop.models.rules.periods import Period, one_day
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.machine import schema
from jdy_desktop.services.queries.report_values import Behind, Measure
from jdy_desktop.services.queries.reports import Reports
from tests.support.cases import cases
from tests.support.clock import FrozenClock
from tests.support.counter import TODAY, Counter, copied, open_counter

D = Decimal

lines = st.lists(
    st.tuples(st.integers(1, 2), st.integers(1, 20), st.integers(0, 9_999), st.integers(0, 100)), min_size=1, max_size=3
)
documents = st.lists(
    st.tuples(
        st.sampled_from((DocumentKind.SALE, DocumentKind.SALE, DocumentKind.SALE_RETURN, DocumentKind.PURCHASE)),
        st.integers(0, 3),  # days ago
        st.integers(1, 2),  # customer
        lines,  # sku, pieces, fen, discount in percent
        st.integers(0, 100),  # discount of the whole, percent
        st.integers(0, 100),  # paid at once, percent
        st.booleans(),  # voided
    ),
    min_size=1,
    max_size=7,
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "book.jdy"
    counter = open_counter(schema.create_book(path), FrozenClock())
    for code in ("one", "two"):
        counter.goods(code, allow_negative=True, stock="5", cost="3")
    counter.db.close()
    return path


def _half_up(value: Fraction) -> Fraction:
    scaled = value * 100
    return Fraction((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), 100)


def _save(counter: Counter, drawn: Any) -> tuple[int, int, Fraction, Fraction] | None:
    """Day, customer, goods amount and settlement of a sale that counts, reckoned with fractions; None for all else."""
    kind, ago, customer, rows, discount, paid, is_voided = drawn
    goods = Fraction(0)
    for _, pieces, fen, rate in rows:
        full = _half_up(Fraction(pieces * fen, 100))
        goods += full - _half_up(full * rate / 100)
    after = goods - _half_up(goods * discount / 100)
    wanted = [
        counter.line(SkuId(sku), str(pieces), str(D(fen).scaleb(-2)), discount_rate=D(rate))
        for sku, pieces, fen, rate in rows
    ]
    more: dict[str, Any] = {} if kind is DocumentKind.PURCHASE else {"customer_id": customer}
    request = counter.request(
        kind,
        *wanted,
        day=TODAY - timedelta(days=ago),
        discount_rate=D(discount),
        paid_amount=D(int(after * paid)).scaleb(-2),
        account_id=counter.cash,
        **more,
    )
    saved = counter.documents.save(request)
    if is_voided:
        counter.documents.void(saved.id, saved.version)
    if is_voided or kind is DocumentKind.PURCHASE:
        return None
    sign = -1 if kind is DocumentKind.SALE_RETURN else 1
    return ago, customer, sign * after, sign * after


@settings(max_examples=cases(1_000, 30))
@given(drawn=documents)
def test_reports_are_the_sums_of_their_documents(template: Path, drawn: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.jdy"
        counter = copied(template, path)
        try:
            saved = [one for one in (_save(counter, document) for document in drawn) if one is not None]
            _compare(Reports(counter.db, counter.ctx), saved)
        finally:
            counter.db.close()


def _compare(reports: Reports, saved: list[tuple[int, int, Fraction, Fraction]]) -> None:
    period = Period(TODAY - timedelta(days=9), TODAY)
    by_goods, by_customer = reports.by_goods(period), reports.by_customer(period)
    by_day = reports.by_day(period)
    whole = sum((goods for _, _, goods, _ in saved), Fraction(0))
    for rows in (by_goods, by_customer, by_day):
        assert sum((Fraction(row.amount) for row in rows), Fraction(0)) == whole
    costs = {sum((Fraction(row.cost or 0) for row in rows), Fraction(0)) for rows in (by_goods, by_customer, by_day)}
    assert len(costs) == 1
    for row in by_customer:
        mine = sum((goods for _, customer, goods, _ in saved if customer == row.id), Fraction(0))
        assert Fraction(row.amount) == mine == _behind(reports, Behind(Measure.GOODS, period, customer_id=row.id))
    for row in by_goods:
        assert Fraction(row.amount) == _behind(reports, Behind(Measure.GOODS, period, sku_id=row.id))
    for ago in range(4):
        day = TODAY - timedelta(days=ago)
        report, here = reports.day(day), one_day(day)
        mine = sum((settled for one, _, _, settled in saved if one == ago), Fraction(0))
        assert Fraction(report.sales) == mine == sum((Fraction(line.amount) for line in report.ways), Fraction(0))
        for line in report.ways:
            figure = Behind(Measure.WAY, here, way=line.way, account_id=line.account_id)
            assert _behind(reports, figure) == Fraction(line.amount)
        assert _behind(reports, Behind(Measure.CASH, here, account_id=1)) == Fraction(report.cash_flow.net)
        assert _half_up_signed(_behind(reports, Behind(Measure.PROFIT, here))) == Fraction(report.profit or 0)


def _behind(reports: Reports, figure: Behind) -> Fraction:
    return sum((Fraction(row.amount) for row in reports.behind(figure)), Fraction(0))


def _half_up_signed(value: Fraction) -> Fraction:
    return _half_up(value) if value >= 0 else -_half_up(-value)
