"""成本重算: purchases entered or corrected late reach the sales after them; what is right stays untouched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update

from jdy_desktop.models.account import AuditEntry
from jdy_desktop.models.states import DocumentKind, Role
from jdy_desktop.models.stock import StockBalance, StockMove
from jdy_desktop.services.book import recompute
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.recompute import CostRecompute, RecomputeReport
from jdy_desktop.services.errors import JobCancelled, Refused
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.counter import TODAY, Counter

D = Decimal


def _run(stall: Counter) -> RecomputeReport:
    return CostRecompute(stall.db, stall.ctx).run(JobContext())


def _cost(stall: Counter, document: Any) -> Decimal:
    with stall.db.read() as session:
        found = session.scalar(select(func.sum(StockMove.cost)).where(StockMove.document_id == document.id))
    return found or D(0)


def _problems(stall: Counter) -> list[str]:
    return [one.code for one in check_book(stall.db, JobContext()).problems]


def test_a_purchase_entered_late_reaches_the_sales_after_its_day(stall: Counter) -> None:
    cap = stall.goods("cap")
    first = stall.request(DocumentKind.PURCHASE, stall.line(cap, "10", "5"), day=TODAY - timedelta(days=5))
    stall.documents.save(first)
    sale = stall.sale(stall.line(cap, "6", "20"), day=TODAY)
    late = stall.request(DocumentKind.PURCHASE, stall.line(cap, "10", "2"), day=TODAY - timedelta(days=2))
    stall.documents.save(late)
    assert _cost(stall, sale) == D(-30)  # six at 5, as known then
    report = _run(stall)
    # twenty pieces for 70 lay there on the day of the sale: 3.50 each
    assert _cost(stall, sale) == D(-21)
    assert (report.skus, report.moves, report.difference) == (1, 1, D(9))
    assert (stall.stock(cap), stall.value(cap)) == (D(14), D(49))
    assert _problems(stall) == []
    assert _run(stall).moves == 0


def test_a_corrected_price_reaches_the_sales_and_the_document_keeps_its_place(stall: Counter) -> None:
    cap = stall.goods("cap")
    purchase = stall.request(DocumentKind.PURCHASE, stall.line(cap, "10", "5"))
    saved = stall.documents.save(purchase)
    sale = stall.sale(stall.line(cap, "4", "20"))
    stall.edit(purchase, saved, lines=(stall.line(cap, "10", "8"),))
    _run(stall)
    assert (_cost(stall, sale), stall.value(cap)) == (D(-32), D(48))
    assert _problems(stall) == []


def test_a_voided_document_is_worth_nothing_afterwards(stall: Counter) -> None:
    cap = stall.goods("cap", stock="10", cost="5")
    voided = stall.documents.save(stall.request(DocumentKind.PURCHASE, stall.line(cap, "10", "9")))
    sale = stall.sale(stall.line(cap, "10", "20"))
    stall.documents.void(voided.id, voided.version)
    assert _cost(stall, sale) == D(-70)  # ten of twenty pieces worth 140, as it was then
    _run(stall)
    assert (_cost(stall, sale), _cost(stall, voided), stall.value(cap)) == (D(-50), D(0), D(0))
    assert _problems(stall) == []


def test_goods_brought_back_come_in_at_the_average(stall: Counter) -> None:
    cap = stall.goods("cap", stock="10", cost="5")
    stall.sale(stall.line(cap, "4", "20"))
    back = stall.documents.save(stall.request(DocumentKind.SALE_RETURN, stall.line(cap, "2", "20")))
    assert _cost(stall, back) == D(10)
    late = stall.request(DocumentKind.PURCHASE, stall.line(cap, "10", "11"), day=TODAY - timedelta(days=1))
    stall.documents.save(late)
    _run(stall)
    # the late ones come first: ten for 110, ten for 50: 8 a piece
    assert (_cost(stall, back), stall.value(cap)) == (D(16), D(16 * 8 + 16))
    assert _problems(stall) == []


def test_stock_below_zero_is_mended_by_the_next_receipt(stall: Counter) -> None:
    cap = stall.goods("cap", stock="2", cost="5", allow_negative=True)
    stall.sale(stall.line(cap, "5", "20"))
    purchase = stall.request(DocumentKind.PURCHASE, stall.line(cap, "10", "6"))
    stall.documents.save(purchase)
    before = stall.value(cap)
    assert before == D(42)  # seven of the ten at 6
    assert _run(stall).moves == 0
    assert stall.value(cap) == before


@pytest.mark.parametrize(("per_warehouse", "wanted"), [(True, D(-10)), (False, D(-30))])
def test_each_average_is_kept_as_the_first_question_was_answered(
    make_stall: Callable[..., Counter], per_warehouse: bool, wanted: Decimal
) -> None:
    stall = make_stall(cost_per_warehouse=per_warehouse)
    cap, other = stall.goods("cap"), stall.parties.add_warehouse("二号仓")
    stall.receive(cap, "10", "5")
    sale = stall.sale(stall.line(cap, "2", "20"))
    dear = stall.request(
        DocumentKind.OTHER_RECEIPT, stall.line(cap, "10", "25", warehouse_id=other), day=TODAY - timedelta(days=1)
    )
    stall.documents.save(dear)
    _run(stall)
    # alone: 5 a piece; together: 300 for twenty
    assert _cost(stall, sale) == wanted
    assert _problems(stall) == []


@pytest.mark.parametrize("per_warehouse", [True, False])
def test_goods_moved_to_another_warehouse_take_their_cost_along(
    make_stall: Callable[..., Counter], per_warehouse: bool
) -> None:
    stall = make_stall(cost_per_warehouse=per_warehouse)
    cap, other = stall.goods("cap"), stall.parties.add_warehouse("二号仓")
    stall.receive(cap, "10", "5")
    lines = stall.line(cap, "4", "0"), stall.line(cap, "2", "0")
    moved = stall.documents.save(stall.request(DocumentKind.TRANSFER, *lines, to_warehouse_id=other))
    gone = stall.documents.save(stall.request(DocumentKind.TRANSFER, stall.line(cap, "3", "0"), to_warehouse_id=other))
    stall.documents.void(gone.id, gone.version)
    sale = stall.sale(stall.line(cap, "6", "20", warehouse_id=other))
    assert _cost(stall, sale) == D(-30)
    assert _run(stall).moves == 0
    late = stall.request(DocumentKind.PURCHASE, stall.line(cap, "10", "2"), day=TODAY - timedelta(days=1))
    stall.documents.save(late)
    _run(stall)
    # twenty for 70 in the first warehouse when six left it
    assert (_cost(stall, moved), _cost(stall, sale), stall.value(cap)) == (D(0), D(-21), D(49))
    assert _problems(stall) == []
    assert _run(stall).moves == 0


def test_what_was_changed_stands_in_the_audit_trail(stall: Counter) -> None:
    cap = stall.goods("cap", stock="10", cost="5")
    stall.sale(stall.line(cap, "5", "20"))
    with stall.db.write() as session:  # as if somebody had changed the file
        session.execute(update(StockMove).where(StockMove.quantity < 0).values(cost=D(-24)))
        session.execute(update(StockBalance).values(cost=D(26)))
    assert _problems(stall) == ["cost_differs"]
    _run(stall)
    assert _problems(stall) == []
    with stall.db.read() as session:
        query = select(AuditEntry.before, AuditEntry.after).where(AuditEntry.action == "recompute")
        entry = session.execute(query).one()
    assert tuple(entry) == ('{"cap": "-24"}', '{"cap": "-25"}')


def test_it_can_be_stopped_and_goes_on(stall: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recompute, "_SKUS_AT_ONCE", 1)
    skus = [stall.goods(f"sku{n}", stock="10", cost="5") for n in range(4)]
    stall.sale(*(stall.line(sku, "5", "20") for sku in skus))
    early = stall.request(
        DocumentKind.PURCHASE, *(stall.line(sku, "10", "2") for sku in skus), day=TODAY - timedelta(days=1)
    )
    stall.documents.save(early)

    class Stopping(JobContext):
        def step(self, done: int, total: int, note: str = "") -> None:
            if note == "recompute" and done >= 2:
                raise JobCancelled

    with pytest.raises(JobCancelled):
        CostRecompute(stall.db, stall.ctx).run(Stopping())
    # ten at 2 and ten at 5, five of them sold at 3.50: half of the goods are right now, and nothing is broken;
    # what follows the order of days already is not held against the order of booking
    assert [stall.value(sku) for sku in skus] == [D("52.5"), D("52.5"), D(45), D(45)]
    assert _problems(stall) == []
    assert _run(stall).skus == 2
    assert {stall.value(sku) for sku in skus} == {D("52.5")}


def test_only_the_owner_may(stall: Counter) -> None:
    stall.ctx.seat.take("小李", Role.CLERK, 2)
    with pytest.raises(Refused):
        _run(stall)


def test_an_empty_book_and_very_many_moves_of_one_sku(stall: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    from jdy_desktop.services.book import cost_columns

    assert _run(stall) == RecomputeReport(0, 0, 0, D(0))
    monkeypatch.setattr(cost_columns, "_MOST_STEPS", 3)
    cap = stall.goods("cap", stock="100", cost="5")
    for _ in range(5):
        stall.sale(stall.line(cap, "1", "20"))
    late = stall.request(DocumentKind.PURCHASE, stall.line(cap, "100", "2"), day=TODAY - timedelta(days=1))
    stall.documents.save(late)
    assert _run(stall).moves == 5
    assert stall.value(cap) == D("682.5")  # 195 at 3.50


def test_goods_that_are_gone_but_not_their_value_are_found(stall: Counter) -> None:
    cap = stall.goods("cap", stock="10", cost="5")
    stall.sale(stall.line(cap, "10", "20"))
    with stall.db.write() as session:
        session.execute(update(StockMove).where(StockMove.quantity < 0).values(cost=D(-49)))
        session.execute(update(StockBalance).values(cost=D(1)))
    assert _problems(stall) == ["cost_differs"]
