"""One story of a stall on SQLite and on PostgreSQL: a stall that outgrows one PC must notice nothing (design §2).

The numbers are the same for both and counted by hand, so each engine is the control of the other.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import bindparam, select

from jdy_desktop.models.catalog import Sku
from jdy_desktop.models.channel import OfferSku, PreOrder
from jdy_desktop.models.ids import SkuId
from jdy_desktop.models.parties import Warehouse
from jdy_desktop.models.states import DocumentKind, PriceGrade, UploadState
from jdy_desktop.services.book.bulk import insert_row, table_of
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.drafts import Drafts
from jdy_desktop.services.book.opening import OpeningLine, OpeningStock
from jdy_desktop.services.book.prepared import Prepared
from jdy_desktop.services.book.products import SaveProduct, SaveSku
from jdy_desktop.services.channel.matching import Matching
from jdy_desktop.services.channel.pre_orders import pause_after_restore
from jdy_desktop.services.errors import Stale, StockShort, UserError
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.documents import DocumentFilter, DocumentList
from jdy_desktop.services.queries.goods import GoodsFilter, GoodsList
from jdy_desktop.services.queries.matches import MatchFilter, MatchList
from jdy_desktop.services.queries.parties import CustomerList, PartyFilter
from jdy_desktop.services.queries.picker import SkuPicker
from jdy_desktop.services.queries.pre_orders import PreOrderFilter, PreOrderList
from jdy_desktop.services.queries.reports import Reports
from jdy_desktop.services.queries.stock import StockFilter, StockList
from tests.support.counter import TODAY, Counter, open_counter

D = Decimal


@pytest.fixture
def stall(shared_book: Any, frozen_clock: Any) -> Counter:
    return open_counter(shared_book, frozen_clock)


def _goods_with_opening(stall: Counter) -> SkuId:
    """A shirt in two sizes, 100 pieces of the first at 4.50 on the start day."""
    prices = {PriceGrade.RETAIL: D("64"), PriceGrade.WHOLESALE: D("58.5")}
    sizes = tuple(SaveSku(values=(size,), prices=prices) for size in ("S", "M"))
    product = stall.products.save(SaveProduct(code="sp32501", name="男士秋季衬衫", attributes=("尺码",), skus=sizes))
    small = stall.products.product(product).skus[0].id
    OpeningStock(stall.db, stall.ctx).save((OpeningLine(small, stall.warehouse, D(100), D("4.5")),))
    return small


@pytest.mark.manual("M118", "M130", "M158")
def test_documents_stock_and_money(stall: Counter) -> None:
    sku = _goods_with_opening(stall)
    opening = OpeningStock(stall.db, stall.ctx)
    again = opening.save((OpeningLine(sku, stall.warehouse, D(80), D("4.25")),))
    assert (again.replaced, opening.rows()[0].amount) == (1, D("340.00"))

    request = stall.request(
        DocumentKind.SALE, stall.line(sku, "30", "64"), customer_id=stall.wholesale, discount_amount=D("20"),
        customer_freight=D("12"), paid_amount=D("900"), account_id=stall.cash,
    )  # fmt: skip
    saved = stall.documents.save(request)
    assert stall.documents.save(request).already_saved
    assert (saved.number, saved.settlement_amount) == ("XH20190327001", D("1912.00"))
    changed = stall.edit(request, saved, lines=(stall.line(sku, "20", "64"),))
    with pytest.raises(Stale):
        stall.edit(request, saved, remark="late")
    assert (stall.stock(sku), stall.value(sku), stall.balance(stall.wholesale)) == (D(60), D("255"), D("372.00"))
    with pytest.raises(StockShort):
        stall.sale(stall.line(sku, "61"))
    stall.documents.void(changed.id, changed.version)
    assert (stall.stock(sku), stall.balance(stall.wholesale)) == (D(80), 0)
    assert stall.sale(stall.line(sku, "1")).number == "XH20190327002"
    assert check_book(stall.db, JobContext()).problems == ()


def test_lists_search_and_sums(stall: Counter) -> None:
    sku = _goods_with_opening(stall)
    stall.goods("100%_棉", price="9.9", stock="3")
    sale = stall.sale(stall.line(sku, "2", "64"), customer_id=stall.wholesale)

    documents = DocumentList(stall.db, DocumentKind.SALE)
    wanted = DocumentFilter(text="xh2019 批发", first_day=TODAY, last_day=TODAY)
    assert documents.ids(wanted) == [sale.id]
    assert documents.rows([sale.id])[sale.id].settlement_amount == D("128.00")
    assert (documents.sums(wanted).count, documents.sums(wanted).settlement_amount) == (1, D("128.00"))

    goods = GoodsList(stall.db)
    assert len(goods.ids(GoodsFilter(text="nsqj cs"))) == 1
    assert len(goods.ids(GoodsFilter(text="%_"))) == 1
    assert goods.ids(GoodsFilter(text="%a_")) == []
    assert goods.stock_total(GoodsFilter()) == D(101)
    assert len(goods.ids(GoodsFilter(stock="in"))) == 2
    first = goods.rows(goods.ids(GoodsFilter(text="sp32501")))
    assert [(row.retail_price, row.stock, row.n_skus) for row in first.values()] == [(D("64"), D(98), 2)]

    picker = SkuPicker(stall.db)
    assert [hit.price for hit in picker.search("衬衫 s", grade=PriceGrade.WHOLESALE)][:1] == [D("58.5")]
    assert picker.card(sku, customer_id=stall.wholesale).last_price == D("64")
    stock = StockList(stall.db)
    assert [stock.rows(stock.ids(StockFilter(text="衬衫")))[sku].quantity] == [D(98)]
    customers = CustomerList(stall.db)
    assert [customers.rows(customers.ids(PartyFilter(text="pf")))[stall.wholesale].balance] == [D("128.00")]


def test_match_and_outbox(stall: Counter) -> None:
    sku = stall.goods("sp1", stock="10")
    shop = stall.shop("AOP对外测试账号02")
    open_row = stall.offer(shop, "588616757513", None, item_number="SP1")
    with stall.db.write() as session:
        session.get_one(OfferSku, open_row).code_key = "sp1"
    matching = Matching(stall.db, stall.ctx)
    report = matching.auto_match()
    assert (report.matched, report.left, report.ambiguous) == (1, 0, 0)
    matches = MatchList(stall.db, stall.ctx)
    assert matches.counts(MatchFilter()) == (1, 0)
    assert matching.undo_last() == 1
    assert matches.counts(MatchFilter()) == (0, 1)
    assert matching.auto_match().matched == 1
    assert matching.auto_match().matched == 0

    sold = stall.sale(stall.line(sku, "2", "64"), shop_id=shop, makes_pre_order=True)
    orders = PreOrderList(stall.db, stall.ctx)
    (order_id,) = orders.ids(PreOrderFilter())
    row = orders.rows([order_id])[order_id]
    assert (row.sale_number, row.upload_state, row.settlement_amount) == (
        sold.number,
        UploadState.WAITING,
        D("128.00"),
    )
    assert pause_after_restore(stall.db, stall.ctx) == 1
    with stall.db.read() as session:
        assert session.scalars(select(PreOrder.upload_state)).all() == [UploadState.UNCLEAR]


def test_refusals_read_the_same(stall: Counter) -> None:
    """Broken rules and taken names come as our errors, nothing of the driver's."""
    stall.goods("sp1")
    with pytest.raises(UserError, match="code_taken"):
        stall.goods("SP1")
    with pytest.raises(UserError, match="constraint"), stall.db.write() as session:
        known = session.scalars(select(Sku)).one()
        session.add(Sku(product_id=known.product_id, position=9, code="sp1", code_key=known.code_key))
    drafts = Drafts(stall.db, stall.ctx)
    draft = drafts.save("sale", {"lines": []}, is_held=True, note="张姐")
    assert [one.id for one in drafts.held("sale")] == [draft]


@pytest.mark.parametrize("typed", ["半个表情 \ud83d", "\x00"])
def test_what_no_text_can_hold_is_the_clerks_to_mend(stall: Counter, typed: str) -> None:
    """Pasted from elsewhere: told in our words; SQLite alone takes a NUL, and gives it back."""
    sku = stall.goods("sp1", stock="5")
    try:
        saved = stall.sale(stall.line(sku), remark=typed)
    except UserError as refused:
        assert refused.code == "text_not_storable"
        assert stall.stock(sku) == 5
    else:
        assert stall.documents.document(saved.id).remark == typed == "\x00"
    assert stall.sale(stall.line(sku), remark="完整的表情 😀").number.startswith("XH")


def test_a_read_sees_one_state(stall: Counter, open_book: Any) -> None:
    """What another counter saves meanwhile is not half seen: both sums are of one moment."""
    sku = stall.goods("sp1", stock="5")
    other = open_book()
    with stall.db.read() as session:
        before = session.scalar(select(PreOrder.id).limit(1)), stall_sum(session)
        with other.write() as writer:
            writer.execute(Sku.__table__.update().values(minimum_stock=D(7)))  # type: ignore[attr-defined]
        assert stall_sum(session) == before[1]
    with stall.db.read() as session:
        assert stall_sum(session) == D(7)
    assert sku


def stall_sum(session: Any) -> Decimal:
    return session.scalars(select(Sku.minimum_stock)).one()


def test_receipts_settle_bills_and_statements_add_up(stall: Counter) -> None:
    """50 + 30 owed, 60 received: 20 open; voided: 80 again. 期初 5.50; the statement ends with the same figure."""
    from jdy_desktop.services.book.payments import Party, Payments, SavePayment
    from jdy_desktop.services.channel import paid_sales
    from jdy_desktop.services.queries.payments import PaymentFilter, PaymentList
    from jdy_desktop.services.queries.statements import Statements

    sku = stall.goods("a", allow_negative=True)
    for pieces in ("5", "3"):
        stall.sale(stall.line(sku, pieces, "10"), customer_id=stall.wholesale)
    payments, party = Payments(stall.db, stall.ctx), Party("customer", stall.wholesale)
    form = SavePayment(payments.new_client_key(), party, TODAY, D(60), stall.cash)
    saved = payments.save(form)
    assert (saved.number, payments.save(form).already_saved) == ("SK20190327001", True)
    assert [one.owed for one in payments.open_bills(party).bills] == [D(20)]
    rows = PaymentList(stall.db)
    assert rows.rows(rows.ids(PaymentFilter(text="pf", with_advance=False)))[saved.id].settled == D(60)
    assert rows.ids(PaymentFilter(with_advance=True)) == []
    assert rows.sums(PaymentFilter()).received == D(60)
    payments.void(saved.id, saved.version)
    payments.set_opening_debt(party, D("5.50"))
    assert payments.save(SavePayment(payments.new_client_key(), party, TODAY, D(100), stall.cash)).advance == D("14.50")
    statements = Statements(stall.db, stall.ctx)
    found = statements.statement("customer", party.id, TODAY, TODAY)
    assert (found.opening, found.closing, payments.open_bills(party).balance) == (D("5.50"), D("-14.50"), D("-14.50"))
    (row,) = Reports(stall.db, stall.ctx).debts(of_customers=True)
    assert (row.advance, row.total) == (D("14.50"), D(0))
    assert payments.use_advances(party) == 0
    assert paid_sales.catch_up(stall.db, stall.ctx) == 0
    assert check_book(stall.db, JobContext()).problems == ()


def test_statements_sent_often(stall: Counter) -> None:
    """What goes to SQLite's driver directly and to PostgreSQL through SQLAlchemy: same ids, same rows, same refusal."""
    warehouse = table_of(Warehouse)
    of_ids = Prepared(
        select(warehouse.c.name, warehouse.c.is_default).where(warehouse.c.id.in_(bindparam("ids", expanding=True)))
    )
    values = {"is_default": False, "is_active": True}
    with stall.db.write() as session:
        connection = session.connection()
        places = [insert_row(connection, warehouse, {"name": name, **values}) for name in ("二楼", "三楼", "四楼")]
    with pytest.raises(UserError, match="constraint"), stall.db.write() as session:
        insert_row(session.connection(), warehouse, {"name": "五楼", **values})
        insert_row(session.connection(), warehouse, {"name": "二楼", **values})
    with stall.db.read() as session:
        found = sorted(map(tuple, of_ids.of_ids(session.connection(), range(1, 100))))
        assert [name for name, is_default in found if not is_default] == ["三楼", "二楼", "四楼"]
        assert sorted(map(tuple, of_ids.of_ids(session.connection(), places))) == [
            ("三楼", False),
            ("二楼", False),
            ("四楼", False),
        ]
