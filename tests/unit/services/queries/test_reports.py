"""Reports against sums worked out by hand, and each figure against the documents behind it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from jdy_desktop.models.channel import PreOrder
from jdy_desktop.models.ids import ShopId
from jdy_desktop.models.parties import SettlementAccount
from jdy_desktop.models.rules.periods import Period, one_day
from jdy_desktop.models.states import DocumentKind, PayState, Role, UploadState
from jdy_desktop.services.book.bills import Party
from jdy_desktop.services.book.cash_counts import CashCounts
from jdy_desktop.services.book.payments import Payments, SavePayment
from jdy_desktop.services.errors import Refused
from jdy_desktop.services.queries.report_values import Behind, Measure, Way
from jdy_desktop.services.queries.reports import Reports
from tests.support.counter import TODAY, Counter

D = Decimal
MONTH = Period(date(2019, 3, 1), TODAY)
HERE = one_day(TODAY)


@pytest.fixture
def reports(stall: Counter) -> Reports:
    return Reports(stall.db, stall.ctx)


def _bank(stall: Counter) -> Any:
    with stall.db.read() as session:
        return session.scalar(select(SettlementAccount.id).where(SettlementAccount.name == "银行"))


def _pre_order(stall: Counter, sale: Any, shop: ShopId, pay: PayState, paid_at: datetime | None = None) -> None:
    with stall.db.write() as session:
        session.add(
            PreOrder(
                sale_id=sale.id,
                shop_id=shop,
                key=f"K{sale.id:09}",
                number=str(55_000_000_000 + sale.id),
                upload_state=UploadState.UPLOADED,
                pay_state=pay,
                paid_at=paid_at,
                created_at=stall.ctx.clock.now(),
            )
        )


@pytest.fixture
def day(stall: Counter) -> dict[str, Any]:
    """Shirts cost 20, caps 5. Five sales and a return on one day, one sale the day before."""
    shirt, cap = stall.goods("shirt", stock="100", cost="20"), stall.goods("cap", stock="100", cost="5")
    cash, bank = stall.cash, _bank(stall)
    line = stall.line
    sales = {
        # 3 × 50 = 150, all cash
        "cash": stall.sale(line(shirt, "3", "50"), paid_amount=D(150), account_id=cash),
        # 2 × 50 + 4 × 10 = 140 − 10 = 130, 30 into the bank, 100 owed
        "mixed": stall.sale(
            line(shirt, "2", "50"), line(cap, "4", "10"), discount_amount=D(10), paid_amount=D(30), account_id=bank
        ),
        # 10 × 8 = 80 and 12 of freight: 92 waiting at 1688
        "waiting": stall.sale(line(cap, "10", "8"), customer_freight=D(12)),
        # 1 × 60, paid at 1688
        "paid": stall.sale(line(shirt, "1", "60"), customer_id=stall.wholesale),
        # 5 × 9 = 45 owed
        "owed": stall.sale(line(cap, "5", "9"), customer_id=stall.wholesale),
    }
    back = stall.request(DocumentKind.SALE_RETURN, line(cap, "1", "10"), paid_amount=D(10), account_id=cash)
    sales["back"] = stall.documents.save(back)
    sales["before"] = stall.sale(line(cap, "2", "15"), day=TODAY - timedelta(days=1))
    shop = stall.shop("alitestforisv04")
    _pre_order(stall, sales["waiting"], shop, PayState.UNPAID)
    _pre_order(stall, sales["paid"], shop, PayState.PAID, datetime(2019, 3, 27, 3, tzinfo=UTC))
    return sales | {"shirt": shirt, "cap": cap, "bank": bank}


def test_the_day_by_way_of_payment(stall: Counter, reports: Reports, day: dict[str, Any]) -> None:
    found = reports.day(TODAY)
    ways = {(line.way, line.name): (line.count, line.amount) for line in found.ways}
    assert ways == {
        (Way.ACCOUNT, "现金"): (2, D(140)),  # 150 − 10 given back
        (Way.ACCOUNT, "银行"): (1, D(30)),
        (Way.CHANNEL_PAID, ""): (1, D(60)),
        (Way.CHANNEL_WAITING, ""): (1, D(92)),
        (Way.OWED, ""): (2, D(145)),  # 100 + 45
    }
    assert found.sales == sum(line.amount for line in found.ways) == D(467)
    assert (found.count, found.returns, found.pieces) == (5, 1, D(24))  # 3+6+10+1+5−1


def test_profit_is_goods_less_their_cost(reports: Reports, day: dict[str, Any]) -> None:
    found = reports.day(TODAY)
    # goods 150+130+80+60+45−10 = 455; shirts 6 × 20, caps (4+10+5−1) × 5
    assert (found.goods, found.cost, found.profit) == (D(455), D(120 + 90), D(245))
    assert found.margin == D("53.8")  # 245 / 455


def test_each_figure_of_the_day_is_the_sum_of_its_documents(reports: Reports, day: dict[str, Any]) -> None:
    found = reports.day(TODAY)

    def total(**more: Any) -> Decimal:
        return sum((row.amount for row in reports.behind(Behind(period=HERE, **more))), D(0))

    assert total(measure=Measure.SETTLEMENT) == found.sales
    assert total(measure=Measure.GOODS) == found.goods
    assert total(measure=Measure.PROFIT) == found.profit
    for line in found.ways:
        assert total(measure=Measure.WAY, way=line.way, account_id=line.account_id) == line.amount
    for flow in found.flows:
        assert total(measure=Measure.CASH, account_id=flow.account_id) == flow.net
    for hour, amount in found.hours:
        assert total(measure=Measure.SETTLEMENT, hour=hour) == amount
    for row in found.best:
        assert total(measure=Measure.GOODS, sku_id=row.id) == row.amount
    assert total(measure=Measure.DUE) == found.due_amount == D(60)


def test_the_day_of_one_shop_leaves_out_the_others(stall: Counter, reports: Reports, day: dict[str, Any]) -> None:
    shop = stall.shop("second")
    sale = stall.sale(stall.line(day["shirt"], "2", "70"), shop_id=shop)  # 140, owed
    stall.sale(stall.line(day["cap"], "1", "30"), shop_id=shop, day=TODAY - timedelta(days=1))
    _pre_order(stall, sale, shop, PayState.PAID, datetime(2019, 3, 27, 3, tzinfo=UTC))
    of_shop, without, all_of_them = reports.day(TODAY, int(shop)), reports.day(TODAY, 0), reports.day(TODAY)
    assert (of_shop.count, of_shop.sales, of_shop.pieces, of_shop.shop) == (1, D(140), D(2), "second")
    assert [(line.way, line.amount) for line in of_shop.ways] == [(Way.CHANNEL_PAID, D(140))]
    assert of_shop.week[-2:] == ((TODAY - timedelta(days=1), D(30)), (TODAY, D(140)))
    assert [(row.code, row.amount) for row in of_shop.best] == [("shirt", D(140))]
    assert (of_shop.due_amount, of_shop.profit) == (D(140), D(100))
    assert of_shop.flows == ()
    assert without.sales == D(467)  # the five sales and the return of the day, made at the counter
    assert without.sales + of_shop.sales == all_of_them.sales
    assert of_shop.expected_cash == all_of_them.expected_cash  # one drawer for all
    for measure, amount in ((Measure.SETTLEMENT, D(140)), (Measure.PROFIT, D(100)), (Measure.DUE, D(140))):
        rows = reports.behind(Behind(measure, HERE, shop_id=int(shop)))
        assert [(row.number, row.amount) for row in rows] == [(sale.number, amount)]
    goods = Behind(Measure.GOODS, HERE, sku_id=day["shirt"], shop_id=int(shop))
    assert sum(row.amount for row in reports.behind(goods)) == D(140)


def test_the_drawer_counts_what_came_and_went_in_cash(stall: Counter, reports: Reports, day: dict[str, Any]) -> None:
    payments = Payments(stall.db, stall.ctx)
    receipt = SavePayment("k1", Party("customer", stall.retail), TODAY, D(40), stall.cash)
    payments.save(receipt)
    payments.save(SavePayment("k2", Party("customer", stall.retail), TODAY, D(7), day["bank"]))
    gone = payments.save(SavePayment("k3", Party("customer", stall.retail), TODAY, D(1000), stall.cash))
    payments.void(gone.id, gone.version)
    purchase = stall.request(
        DocumentKind.PURCHASE, stall.line(day["cap"], "10", "5"), paid_amount=D(50), account_id=stall.cash
    )
    stall.documents.save(purchase)
    CashCounts(stall.db, stall.ctx).save(TODAY, start=D(500), counted=D(610), expected=D(620))
    found = reports.day(TODAY)
    # 500 + 150 − 10 + 40 − 50
    assert found.expected_cash == D(630)
    assert found.counted is not None
    assert found.counted.counted - found.expected_cash == D(-20)
    assert {flow.name: flow.net for flow in found.flows} == {"现金": D(130), "银行": D(37)}


def test_the_next_day_begins_with_the_same_change(stall: Counter, reports: Reports) -> None:
    CashCounts(stall.db, stall.ctx).save(TODAY, start=D(500), counted=D(700), expected=D(700))
    tomorrow = reports.day(TODAY + timedelta(days=1))
    assert (tomorrow.start_cash, tomorrow.counted) == (D(500), None)
    assert reports.day(TODAY - timedelta(days=1)).start_cash == D(0)


def test_the_week_and_the_usual_day(stall: Counter, reports: Reports, day: dict[str, Any]) -> None:
    found = reports.day(TODAY)
    assert [amount for _, amount in found.week] == [D(0)] * 5 + [D(30), D(467)]
    assert found.usual == D(5)  # 30 over six days
    assert found.hours[2] == (10, D(467))  # the clock stands at ten
    assert reports.day(TODAY - timedelta(days=1)).usual is None


def test_sales_by_goods_share_the_whole_discount(reports: Reports, day: dict[str, Any]) -> None:
    rows = {row.code: row for row in reports.by_goods(MONTH)}
    # the 10 off 140 are shared 100 : 40, that is 7.14 and 2.86
    assert rows["shirt"].amount == D(150) + D("92.86") + D(60)
    assert rows["cap"].amount == D("37.14") + D(80) + D(45) - D(10) + D(30)
    assert (rows["shirt"].quantity, rows["shirt"].cost, rows["shirt"].count) == (D(6), D(120), 3)
    assert (rows["cap"].quantity, rows["cap"].cost, rows["cap"].count) == (D(20), D(100), 5)
    assert rows["shirt"].profit == D("182.86")


def test_sales_by_customer_and_by_day(stall: Counter, reports: Reports, day: dict[str, Any]) -> None:
    by_customer = {row.name: (row.count, row.amount, row.cost) for row in reports.by_customer(MONTH)}
    # retail: 150 + 130 + 80 − 10 + 30; five shirts, 4 + 10 − 1 + 2 caps
    assert by_customer == {"零售": (5, D(380), D(175)), "批发": (2, D(105), D(45))}
    by_day = [(row.day, row.amount) for row in reports.by_day(MONTH)]
    assert by_day == [(TODAY - timedelta(days=1), D(30)), (TODAY, D(455))]
    behind = reports.behind(Behind(Measure.GOODS, MONTH, customer_id=stall.wholesale))
    assert sum(row.amount for row in behind) == D(105)


def test_a_voided_sale_is_in_no_report(stall: Counter, reports: Reports, day: dict[str, Any]) -> None:
    sale = day["cash"]
    stall.documents.void(sale.id, sale.version)
    found = reports.day(TODAY)
    assert (found.sales, found.goods, found.count) == (D(317), D(305), 4)
    assert sum(row.amount for row in reports.by_goods(HERE)) == D(305)
    assert sum(row.cost or 0 for row in reports.by_goods(HERE)) == D(150)


def test_an_edited_sale_counts_as_it_reads_now(stall: Counter, reports: Reports) -> None:
    one, two = stall.goods("one", stock="10", cost="2"), stall.goods("two", stock="10", cost="3")
    request = stall.request(DocumentKind.SALE, stall.line(one, "4", "10"))
    stall.edit(request, stall.documents.save(request), lines=(stall.line(two, "1", "10"),))
    assert [(row.code, row.amount, row.cost) for row in reports.by_goods(HERE)] == [("two", D(10), D(3))]


def test_stock_value_is_what_the_balances_cost(reports: Reports, day: dict[str, Any]) -> None:
    rows = {row.code: (row.quantity, row.value) for row in reports.stock_value()}
    assert rows == {"shirt": (D(94), D(1880)), "cap": (D(80), D(400))}


def test_debts_by_age_are_the_balances_of_the_customers(stall: Counter, reports: Reports) -> None:
    cap = stall.goods("cap", stock="100", cost="5")
    stall.ctx.clock.advance(days=100)  # type: ignore[attr-defined]
    for days_ago, price in ((99, "10"), (45, "20"), (10, "40")):
        stall.sale(stall.line(cap, "1", price), day=TODAY + timedelta(days=100 - days_ago))
    newest = stall.documents.save(
        stall.request(DocumentKind.SALE, stall.line(cap, "1", "3"), day=TODAY + timedelta(days=100))
    )
    payments = Payments(stall.db, stall.ctx)
    payments.save(SavePayment("k1", Party("customer", stall.retail), TODAY + timedelta(days=100), D(12), stall.cash))
    rows = reports.debts(of_customers=True)
    # 12 settle the 10 of 99 days and 2 of the 20 of 45 days
    assert [(row.name, row.buckets, row.advance) for row in rows] == [("零售", (D(43), D(18), D(0), D(0)), D(0))]
    assert rows[0].total == stall.balance(stall.retail)
    behind = reports.behind(Behind(Measure.DEBT, HERE, customer_id=stall.retail, bucket=0))
    assert [row.amount for row in behind] == [D(40), D(3)]
    assert behind[1].number == newest.number
    assert sum(row.amount for row in reports.behind(Behind(Measure.DEBT, HERE, customer_id=stall.retail))) == D(61)


def test_what_we_owe_suppliers(stall: Counter, reports: Reports) -> None:
    cap = stall.goods("cap")
    stall.documents.save(stall.request(DocumentKind.PURCHASE, stall.line(cap, "10", "5")))
    payments = Payments(stall.db, stall.ctx)
    payments.save(SavePayment("k1", Party("supplier", stall.supplier), TODAY, D(70), stall.cash))
    (row,) = reports.debts(of_customers=False)
    assert (row.name, row.total, row.advance) == ("海宁工厂", D(0), D(20))
    assert reports.behind(Behind(Measure.DEBT, HERE, supplier_id=stall.supplier)) == ()


@pytest.mark.manual("M142", "M143", "M144")
def test_money_of_a_paid_code_comes_by_the_tenth_day(stall: Counter, reports: Reports, day: dict[str, Any]) -> None:
    """自提 and 快递 alike: neither is instant; paid and sent on the 27th, at the latest the 6th of April."""
    (row,) = reports.due()
    assert (row.paid_on, row.due, row.amount) == (TODAY, date(2019, 4, 6), D(60))
    stall.ctx.clock.advance(days=10)  # type: ignore[attr-defined]
    assert [one.due for one in reports.due()] == [date(2019, 4, 6)]
    stall.ctx.clock.advance(days=1)  # type: ignore[attr-defined]
    assert reports.due() == ()
    assert reports.day(TODAY).due_amount == D(0)


def test_costs_are_the_owners(stall: Counter, reports: Reports, day: dict[str, Any]) -> None:
    stall.ctx.seat.take("小李", Role.CLERK, 2)
    found = reports.day(TODAY)
    assert (found.cost, found.profit, found.margin, found.sales) == (None, None, None, D(467))
    assert all(row.cost is None and row.profit is None for row in (*reports.by_goods(HERE), *found.best))
    for query in (reports.stock_value, lambda: reports.behind(Behind(Measure.PROFIT, HERE))):
        with pytest.raises(Refused):
            query()


def test_only_reviewed_sales_count_where_somebody_must_review(make_stall: Any) -> None:
    stall = make_stall(needs_review=True)
    cap = stall.goods("cap", allow_negative=True)
    reports = Reports(stall.db, stall.ctx)
    saved = stall.sale(stall.line(cap, "1", "10"))
    assert reports.day(TODAY).sales == D(0)
    stall.documents.review(saved.id, saved.version)
    assert reports.day(TODAY).sales == D(10)
