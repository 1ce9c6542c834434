"""Saving sales and other documents: what is stored, what is refused, what moves."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from jdy_desktop.models.account import AuditEntry
from jdy_desktop.models.channel import OfferChoice, PreOrder
from jdy_desktop.models.documents import Document, DocumentLine
from jdy_desktop.models.ids import SkuId
from jdy_desktop.models.parties import LastPrice, PartyMove
from jdy_desktop.models.states import DocumentKind, DocumentState, Logistics, UploadState
from jdy_desktop.models.stock import StockMove
from jdy_desktop.services.book.checks import check_book
from jdy_desktop.services.book.kinds import DOCUMENT_KINDS
from jdy_desktop.services.errors import BeforeStartPeriod, MarketMissing, Stale, StockShort, UserError
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.counter import START, TODAY, Counter

D = Decimal


def assert_sound(stall: Counter) -> None:
    assert check_book(stall.db, JobContext()).problems == ()


def test_sale_moves_stock_money_and_numbers_at_once(stall: Counter) -> None:
    sku = stall.goods("sp32501", stock="10", cost="4")
    saved = stall.sale(stall.line(sku, "3", "12.50"), paid_amount=D("7.50"), account_id=stall.cash)
    assert saved.number == "XH20190327001"
    assert saved.settlement_amount == D("37.50")
    assert stall.stock(sku) == 7
    assert stall.value(sku) == 28
    assert stall.balance(stall.retail) == 30
    view = stall.documents.document(saved.id)
    assert (view.state, view.customer, view.owed_amount, view.may_edit) == (DocumentState.SAVED, "零售", 30, True)
    assert [(line.sku_code, line.quantity, line.price) for line in view.lines] == [("sp32501", 3, D("12.5"))]
    assert_sound(stall)


@pytest.mark.manual("M130")
def test_settlement_is_amount_after_discount_plus_freight(stall: Counter) -> None:
    sku = stall.goods("a", stock="10")
    saved = stall.sale(stall.line(sku, "1", "900.88"), discount_amount=D("20.00"), customer_freight=D("10"))
    view = stall.documents.document(saved.id)
    assert (view.amount_after_discount, view.settlement_amount) == (D("880.88"), D("890.88"))


@pytest.mark.manual("M127")
@pytest.mark.parametrize(
    ("freight", "way"), [("0", Logistics.SELF_PICKUP), ("0.00", Logistics.SELF_PICKUP), ("12", Logistics.EXPRESS)]
)
def test_freight_decides_the_usual_way(stall: Counter, freight: str, way: Logistics) -> None:
    sku = stall.goods("a", stock="10")
    saved = stall.sale(stall.line(sku), customer_freight=D(freight))
    assert stall.documents.document(saved.id).logistics is way
    kept = stall.sale(stall.line(sku), customer_freight=D(freight), logistics=Logistics.EXPRESS)
    assert stall.documents.document(kept.id).logistics is Logistics.EXPRESS


@pytest.mark.manual("M137", "M119")
def test_short_stock_stores_nothing_and_names_the_lines(stall: Counter) -> None:
    sku, other = stall.goods("sp1", stock="2"), stall.goods("sp2", stock="9")
    before = {
        entity: stall.count(entity) for entity in (Document, DocumentLine, StockMove, PartyMove, PreOrder, AuditEntry)
    }
    with pytest.raises(StockShort) as caught:
        stall.sale(stall.line(other, "1"), stall.line(sku, "2"), stall.line(sku, "1"))
    assert [(s.row, s.code, s.name, s.stock, s.wanted) for s in caught.value.params["shortages"]] == [
        (2, "sp1", "商品sp1", 2, 3),
        (3, "sp1", "商品sp1", 2, 3),
    ]
    assert {entity: stall.count(entity) for entity in before} == before
    assert stall.documents.preview_number(DocumentKind.SALE, TODAY) == "XH20190327001"
    # The control: with 是否允许负库存 the same sale is saved.
    assert stall.products.set_allow_negative([stall.product_of(sku)], True) == 1
    stall.sale(stall.line(other, "1"), stall.line(sku, "2"), stall.line(sku, "1"))
    assert stall.stock(sku) == -1
    assert_sound(stall)


@pytest.mark.manual("M15")
@pytest.mark.parametrize("kind", [kind for kind in DocumentKind if kind in DOCUMENT_KINDS])
def test_no_document_before_the_start_period(stall: Counter, kind: DocumentKind) -> None:
    sku = stall.goods("a", stock="10")
    to: Any = {"to_warehouse_id": stall.parties.add_warehouse("二号仓")} if kind is DocumentKind.TRANSFER else {}
    with pytest.raises(BeforeStartPeriod) as caught:
        stall.documents.save(stall.request(kind, stall.line(sku), day=START - timedelta(days=1), **to))
    assert caught.value.params["start"] == START
    stall.documents.save(stall.request(kind, stall.line(sku), day=START, **to))


@pytest.mark.manual("M158")
def test_numbers_count_per_day_and_are_never_given_again(stall: Counter) -> None:
    sku = stall.goods("a", stock="10")
    first, second = stall.sale(stall.line(sku)), stall.sale(stall.line(sku))
    stall.documents.void(second.id, second.version)
    third = stall.sale(stall.line(sku))
    next_day = stall.sale(stall.line(sku), day=TODAY + timedelta(days=1))
    assert [one.number for one in (first, second, third, next_day)] == [
        "XH20190327001",
        "XH20190327002",
        "XH20190327003",
        "XH20190328001",
    ]


def test_the_same_form_saved_twice_is_one_document(stall: Counter) -> None:
    sku = stall.goods("a", stock="10")
    request = stall.request(DocumentKind.SALE, stall.line(sku, "2"))
    first, second = stall.documents.save(request), stall.documents.save(request)
    assert (second.id, second.number, second.already_saved) == (first.id, first.number, True)
    assert stall.stock(sku) == 8
    # The control: a new key is a new document.
    stall.documents.save(stall.request(DocumentKind.SALE, stall.line(sku, "2")))
    assert stall.stock(sku) == 6


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"quantity": D(0)}, "quantity_zero", "quantity"),
        ({"quantity": D(-1)}, "number_negative", "quantity"),
        ({"quantity": D("1e30")}, "number_too_large", "quantity"),
        ({"quantity": D("NaN")}, "not_a_number", "quantity"),
        ({"quantity": 1.5}, "not_a_number", "quantity"),
        ({"quantity": D("0.00001")}, "too_many_places", "quantity"),
        ({"quantity": D("1e-900000")}, "too_many_places", "quantity"),
        ({"price": D("1.0000001")}, "too_many_places", "price"),
        ({"price": D("-0.01")}, "number_negative", "price"),
        ({"price": D("999999999999"), "quantity": D("999999999999")}, "amount_too_large", "price"),
        ({"discount_rate": D("100.01")}, "rate_over_100", "discount_rate"),
        ({"discount_amount": D("10.01")}, "discount_too_large", "discount_amount"),
        ({"tax_rate": D(-13)}, "number_negative", "tax_rate"),
        ({"warehouse_id": 99}, "warehouse_unknown", "warehouse_id"),
        ({"sku_id": SkuId(4711)}, "sku_unknown", "sku_id"),
    ],
)
def test_bad_lines_are_refused_with_their_row(stall: Counter, change: dict[str, Any], code: str, field: str) -> None:
    sku = stall.goods("a", stock="10")
    values: dict[str, Any] = {"sku_id": sku, "quantity": D(1), "price": D(10)} | change
    from jdy_desktop.services.book.documents import SaveLine

    with pytest.raises(UserError) as caught:
        stall.sale(stall.line(sku), SaveLine(**values))
    assert (caught.value.code, caught.value.field, caught.value.row) == (code, field, 2)
    assert stall.stock(sku) == 10


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"lines": ()}, "lines_empty"),
        ({"customer_id": None}, "customer_missing"),
        ({"customer_id": 999}, "customer_unknown"),
        ({"discount_amount": D("10.01")}, "discount_too_large"),
        ({"discount_amount": D("-1")}, "number_negative"),
        ({"customer_freight": D("-1")}, "number_negative"),
        ({"customer_freight": D("1e30")}, "number_too_large"),
        ({"paid_amount": D("1")}, "account_missing"),
    ],
)
def test_bad_heads_are_refused(stall: Counter, change: dict[str, Any], code: str) -> None:
    sku = stall.goods("a", stock="10")
    request = stall.request(DocumentKind.SALE, stall.line(sku))
    from dataclasses import replace

    with pytest.raises(UserError) as caught:
        stall.documents.save(replace(request, **change))
    assert caught.value.code == code


def test_absurdly_large_sums_of_many_lines_are_refused(stall: Counter) -> None:
    sku = stall.goods("a", stock="10", allow_negative=True)
    line = stall.line(sku, "999999", "999999")
    with pytest.raises(UserError) as caught:
        stall.sale(line, line)
    assert (caught.value.code, caught.value.row) == ("amount_too_large", None)


@pytest.mark.manual("M113", "M114")
def test_purchase_raises_stock_and_debt_and_its_return_lowers_them(stall: Counter) -> None:
    sku = stall.goods("a")
    bought = stall.documents.save(
        stall.request(
            DocumentKind.PURCHASE,
            stall.line(sku, "10", "6"),
            discount_amount=D("10"),
            paid_amount=D("20"),
            account_id=stall.cash,
        )
    )
    assert bought.number == "GH20190327001"
    assert (stall.stock(sku), stall.value(sku)) == (10, 50)
    assert stall.parties.supplier(stall.supplier).balance == 30
    stall.documents.save(stall.request(DocumentKind.PURCHASE_RETURN, stall.line(sku, "4", "5")))
    assert (stall.stock(sku), stall.value(sku)) == (6, 30)
    assert stall.parties.supplier(stall.supplier).balance == 10
    assert_sound(stall)


@pytest.mark.manual("M115")
def test_other_receipt_takes_zero_cost_and_makes_no_debt(stall: Counter) -> None:
    sku = stall.goods("a")
    request = stall.request(
        DocumentKind.OTHER_RECEIPT, stall.line(sku, "5", "0"), category="盘盈", supplier_id=stall.supplier
    )
    saved = stall.documents.save(request)
    assert (stall.stock(sku), stall.value(sku)) == (5, 0)
    assert stall.parties.supplier(stall.supplier).balance == 0
    assert stall.documents.document(saved.id).category == "盘盈"


@pytest.mark.manual("M11", "M125", "M126")
@pytest.mark.parametrize(
    ("includes", "entered", "net", "gross"),
    [(True, "113.00", "100.00", "113.00"), (False, "100.00", "100.00", "113.00")],
)
def test_tax_both_ways(make_stall: Any, includes: bool, entered: str, net: str, gross: str) -> None:
    from jdy_desktop.services.book.account_sets import AccountSets

    stall = make_stall(computes_tax=True)
    AccountSets(stall.db, stall.ctx).set_tax(includes, D(13))
    sku = stall.goods("a", stock="10")
    saved = stall.sale(stall.line(sku, "2", entered))
    line = stall.documents.document(saved.id).lines[0]
    assert (line.net_price, line.gross_price) == (D(net), D(gross))
    assert (line.net_amount, line.tax_amount, line.gross_amount) == (200, 26, 226)
    assert line.price == D(entered)
    assert saved.settlement_amount == 226


def test_without_tax_accounting_a_tax_rate_changes_nothing(stall: Counter) -> None:
    sku = stall.goods("a", stock="10", tax_rate=D(13))
    saved = stall.sale(stall.line(sku, "2", "113", tax_rate=D(13)))
    assert saved.settlement_amount == 226


def test_totals_while_typing_equal_what_is_stored(stall: Counter) -> None:
    sku = stall.goods("a", stock="10")
    request = stall.request(
        DocumentKind.SALE,
        stall.line(sku, "3", "3.335", discount_rate=D("10")),
        stall.line(sku, "1", "2.675"),
        discount_rate=D("5"),
        customer_freight=D("8"),
    )
    typed = stall.documents.totals(request, stall.documents.tax_rules())
    view = stall.documents.document(stall.documents.save(request).id)
    # 10.01 (10.005 up) − 1.00 = 9.01; 2.68 (2.675 up); together 11.69; 5 % = 0.58 (0.5845)
    assert (typed.goods_amount, typed.discount_amount, typed.settlement_amount) == (D("11.69"), D("0.58"), D("19.11"))
    assert (view.goods_amount, view.discount_amount, view.settlement_amount) == (D("11.69"), D("0.58"), D("19.11"))


def test_last_price_per_customer(stall: Counter) -> None:
    sku = stall.goods("a", stock="10")
    stall.sale(stall.line(sku, "1", "9.5"), customer_id=stall.wholesale)
    stall.sale(stall.line(sku, "1", "8"), customer_id=stall.wholesale)
    with stall.db.read() as session:
        assert session.execute(select(LastPrice.customer_id, LastPrice.price)).all() == [(stall.wholesale, D(8))]


# -- changing ---------------------------------------------------------------------------------------------------------


def test_edit_reverses_and_posts_anew_in_one_go(stall: Counter) -> None:
    sku, other = stall.goods("a", stock="10", cost="4"), stall.goods("b", stock="5", cost="2")
    request = stall.request(DocumentKind.SALE, stall.line(sku, "8", "10"))
    saved = stall.documents.save(request)
    changed = stall.edit(request, saved, lines=(stall.line(sku, "10", "10"), stall.line(other, "1", "3")))
    assert (changed.number, changed.version, changed.settlement_amount) == (saved.number, saved.version + 1, 103)
    assert (stall.stock(sku), stall.value(sku), stall.stock(other)) == (0, 0, 4)
    assert stall.balance(stall.retail) == 103
    with pytest.raises(StockShort) as caught:
        stall.edit(request, changed, lines=(stall.line(sku, "11"),))
    assert caught.value.params["shortages"][0].stock == 10
    assert (stall.stock(sku), stall.stock(other)) == (0, 4)
    assert_sound(stall)


def test_second_editor_is_told(stall: Counter) -> None:
    sku = stall.goods("a", stock="10")
    request = stall.request(DocumentKind.SALE, stall.line(sku, "1"))
    saved = stall.documents.save(request)
    stall.edit(request, saved, remark="first")
    with pytest.raises(Stale):
        stall.edit(request, saved, remark="second")
    assert stall.documents.document(saved.id).remark == "first"


def test_lowering_a_receipt_below_what_was_sold_is_refused(stall: Counter) -> None:
    sku = stall.goods("a")
    request = stall.request(DocumentKind.PURCHASE, stall.line(sku, "10", "6"))
    bought = stall.documents.save(request)
    stall.sale(stall.line(sku, "8"))
    with pytest.raises(StockShort):
        stall.edit(request, bought, lines=(stall.line(sku, "7", "6"),))
    with pytest.raises(StockShort):
        stall.documents.void(bought.id, bought.version)
    stall.edit(request, bought, lines=(stall.line(sku, "8", "6"),))
    assert (stall.stock(sku), stall.value(sku)) == (0, 0)
    assert_sound(stall)


def test_void_takes_everything_back_once(stall: Counter) -> None:
    sku = stall.goods("a", stock="10", cost="4")
    saved = stall.sale(stall.line(sku, "3"), paid_amount=D(5), account_id=stall.cash)
    voided = stall.documents.void(saved.id, saved.version)
    assert (stall.stock(sku), stall.value(sku), stall.balance(stall.retail)) == (10, 40, 0)
    assert stall.documents.document(saved.id).locked_by == "document_voided"
    with pytest.raises(UserError) as caught:
        stall.documents.void(saved.id, voided.version)
    assert caught.value.code == "document_voided"
    assert_sound(stall)


def test_sale_return_brings_goods_back_at_the_average(stall: Counter) -> None:
    sku = stall.goods("a", stock="10", cost="4")
    stall.sale(stall.line(sku, "3", "10"))
    saved = stall.documents.save(stall.request(DocumentKind.SALE_RETURN, stall.line(sku, "1", "10")))
    assert saved.number == "XT20190327001"
    assert (stall.stock(sku), stall.value(sku), stall.balance(stall.retail)) == (8, 32, 20)


# -- review -----------------------------------------------------------------------------------------------------------


@pytest.mark.manual("M10", "M137")
def test_with_a_reviewer_stock_moves_at_review(make_stall: Any) -> None:
    stall: Counter = make_stall(needs_review=True)
    sku = stall.goods("a")
    receipt = stall.receive(sku, "5", "4")
    assert stall.stock(sku) == 0
    with pytest.raises(StockShort):
        stall.sale(stall.line(sku, "1"))
    receipt = stall.documents.review(receipt.id, receipt.version)
    assert stall.stock(sku) == 5
    one, two = stall.sale(stall.line(sku, "3")), stall.sale(stall.line(sku, "3"))
    assert (stall.stock(sku), stall.balance(stall.retail)) == (5, 0)
    one = stall.documents.review(one.id, one.version)
    assert (stall.stock(sku), stall.balance(stall.retail)) == (2, 30)
    with pytest.raises(StockShort):
        stall.documents.review(two.id, two.version)
    assert stall.documents.document(one.id).reviewer == "小王"
    with pytest.raises(UserError) as caught:
        stall.edit(stall.request(DocumentKind.SALE, stall.line(sku, "1")), one)
    assert caught.value.code == "document_reviewed"
    assert_sound(stall)
    one = stall.documents.unreview(one.id, one.version)
    assert (stall.stock(sku), stall.balance(stall.retail)) == (5, 0)
    assert_sound(stall)


def test_without_a_reviewer_there_is_nothing_to_review(stall: Counter) -> None:
    saved = stall.sale(stall.line(stall.goods("a", stock="1")))
    with pytest.raises(UserError) as caught:
        stall.documents.review(saved.id, saved.version)
    assert caught.value.code == "review_not_wanted"


# -- the pre-order ----------------------------------------------------------------------------------------------------


def pre_order(stall: Counter) -> PreOrder:
    with stall.db.read() as session:
        row = session.scalars(select(PreOrder)).one()
        session.expunge(row)
        return row


def set_pre_order(stall: Counter, **values: Any) -> None:
    with stall.db.write() as session:
        session.execute(update(PreOrder).values(**values))


def test_a_sale_queues_its_pre_order_in_the_same_transaction(stall: Counter) -> None:
    sku = stall.goods("sp32501", stock="10")
    shop = stall.shop("奔腾照明")
    offer = stall.offer(shop, "1001", sku)
    saved = stall.sale(stall.line(sku, "2"), makes_pre_order=True)
    row = pre_order(stall)
    assert (row.id, row.sale_id, row.shop_id, row.upload_state) == (saved.pre_order_id, saved.id, shop, "waiting")
    assert len(row.key) == 10
    assert row.market_name
    view = stall.documents.document(saved.id)
    assert (view.shop_id, view.lines[0].offer_sku_id, view.upload_state) == (shop, offer, UploadState.WAITING)


@pytest.mark.manual("M128")
def test_with_several_shops_the_right_one_must_be_chosen(stall: Counter) -> None:
    sku, other = stall.goods("a", stock="10"), stall.goods("b", stock="10")
    first, second = stall.shop("一店"), stall.shop("二店")
    stall.offer(first, "1001", sku)
    stall.offer(second, "1002", other)
    with pytest.raises(UserError) as caught:
        stall.sale(stall.line(sku), makes_pre_order=True)
    assert caught.value.code == "shop_needed"
    with pytest.raises(UserError) as caught:
        stall.sale(stall.line(sku), stall.line(other), makes_pre_order=True, shop_id=first)
    assert (caught.value.code, caught.value.row, caught.value.params["shop"]) == ("other_shop", 2, "二店")
    assert stall.count(PreOrder) == 0
    stall.sale(stall.line(sku), makes_pre_order=True, shop_id=first)
    assert stall.count(PreOrder) == 1


@pytest.mark.manual("M121")
def test_unmatched_goods_are_saved_with_a_warning(stall: Counter) -> None:
    sku = stall.goods("a", stock="10")
    stall.shop("一店")
    assert stall.sale(stall.line(sku), makes_pre_order=True).warnings == ("not_matched",)


@pytest.mark.parametrize(
    ("more", "quantity", "code"),
    [({}, "1.5", "quantity_not_whole"), ({"discount_amount": D("10")}, "1", "pre_order_amount_zero")],
)
def test_what_1688_cannot_take_is_refused_first(stall: Counter, more: dict[str, Any], quantity: str, code: str) -> None:
    sku = stall.goods("a", stock="10")
    stall.shop("一店")
    with pytest.raises(UserError) as caught:
        stall.sale(stall.line(sku, quantity), makes_pre_order=True, **more)
    assert caught.value.code == code
    stall.sale(stall.line(sku, quantity), **more)


def test_a_shop_without_market_or_no_shop_is_refused(stall: Counter) -> None:
    sku = stall.goods("a", stock="10")
    with pytest.raises(UserError) as caught:
        stall.sale(stall.line(sku), makes_pre_order=True)
    assert caught.value.code == "shop_missing"
    stall.shop("一店", market=False)
    with pytest.raises(MarketMissing):
        stall.sale(stall.line(sku), makes_pre_order=True)


def test_several_offers_are_asked_once_and_remembered(stall: Counter) -> None:
    sku = stall.goods("a", stock="10")
    shop = stall.shop("一店")
    first, second = stall.offer(shop, "1001", sku), stall.offer(shop, "1002", sku)
    with pytest.raises(UserError) as caught:
        stall.sale(stall.line(sku), makes_pre_order=True)
    assert (caught.value.code, caught.value.row) == ("offer_choice_needed", 1)
    assert caught.value.params["offer_sku_ids"] == (first, second)
    stall.sale(stall.line(sku, offer_sku_id=second), makes_pre_order=True)
    assert stall.count(OfferChoice) == 1
    again = stall.sale(stall.line(sku), makes_pre_order=True)
    assert stall.documents.document(again.id).lines[0].offer_sku_id == second


def test_only_what_was_chosen_for_this_sale_is_remembered(stall: Counter) -> None:
    sku, other = stall.goods("a", stock="10"), stall.goods("b", stock="10")
    shop, elsewhere = stall.shop("一店"), stall.shop("二店")
    first, second = stall.offer(shop, "1001", sku), stall.offer(shop, "1002", sku)
    there, wrong = stall.offer(elsewhere, "1003", sku), stall.offer(shop, "1004", other)

    def remembered() -> list[tuple[int, int, int]]:
        with stall.db.read() as session:
            return [(one.shop_id, one.sku_id, one.offer_sku_id) for one in session.scalars(select(OfferChoice))]

    request = stall.request(
        DocumentKind.SALE, stall.line(sku, offer_sku_id=first), makes_pre_order=True, shop_id=shop
    )  # fmt: skip
    saved = stall.documents.save(request)
    assert remembered() == [(shop, sku, first)]
    stall.sale(stall.line(sku, offer_sku_id=second), makes_pre_order=True, shop_id=shop)
    assert remembered() == [(shop, sku, second)]
    # The older sale is corrected: what it was sold through then is no choice of today.
    stall.edit(request, saved, remark="改过")
    assert remembered() == [(shop, sku, second)]
    # Chosen before the shop was changed, or before the goods were matched anew.
    for stale in (there, wrong, 999):
        stall.sale(stall.line(sku, offer_sku_id=stale), shop_id=shop)
        assert remembered() == [(shop, sku, second)]
    stall.sale(stall.line(sku, offer_sku_id=first), shop_id=shop)
    assert remembered() == [(shop, sku, first)]


@pytest.mark.parametrize("state", [UploadState.UPLOADED, UploadState.UPLOADING, UploadState.UNCLEAR])
def test_a_sale_that_1688_may_hold_cannot_be_edited(stall: Counter, state: UploadState) -> None:
    sku = stall.goods("a", stock="10")
    stall.shop("一店")
    request = stall.request(DocumentKind.SALE, stall.line(sku, "2"), makes_pre_order=True)
    saved = stall.documents.save(request)
    set_pre_order(stall, upload_state=state.value, number="1")
    with pytest.raises(UserError) as caught:
        stall.edit(request, saved, remark="x")
    assert caught.value.code == "pre_order_uploaded"
    assert stall.documents.document(saved.id).locked_by == "pre_order_uploaded"


@pytest.mark.parametrize("state", [UploadState.WAITING, UploadState.FAILED])
def test_before_that_it_can_and_keeps_its_state(stall: Counter, state: UploadState) -> None:
    sku = stall.goods("a", stock="10")
    stall.shop("一店")
    request = stall.request(DocumentKind.SALE, stall.line(sku, "2"), makes_pre_order=True)
    saved = stall.documents.save(request)
    set_pre_order(stall, upload_state=state.value)
    changed = stall.edit(request, saved, lines=(stall.line(sku, "3"),))
    assert (pre_order(stall).upload_state, changed.pre_order_id) == (state.value, saved.pre_order_id)
    assert stall.stock(sku) == 7
    stall.edit(request, changed, makes_pre_order=False)
    assert stall.count(PreOrder) == 0


def test_voiding_with_a_pre_order(stall: Counter) -> None:
    sku = stall.goods("a", stock="10")
    stall.shop("一店")
    saved = stall.sale(stall.line(sku, "2"), makes_pre_order=True)
    set_pre_order(stall, upload_state="uploaded", number="1", pay_state="paid")
    with pytest.raises(UserError) as caught:
        stall.documents.void(saved.id, saved.version)
    assert caught.value.code == "pre_order_paid"
    set_pre_order(stall, upload_state="unclear", pay_state="unpaid")
    with pytest.raises(UserError) as caught:
        stall.documents.void(saved.id, saved.version)
    assert caught.value.code == "pre_order_pending"
    set_pre_order(stall, upload_state="uploaded")
    assert stall.documents.void(saved.id, saved.version).warnings == ("code_stays_payable",)


def test_a_voided_sale_is_never_sent(stall: Counter) -> None:
    sku = stall.goods("a", stock="10")
    stall.shop("一店")
    saved = stall.sale(stall.line(sku, "2"), makes_pre_order=True)
    stall.documents.void(saved.id, saved.version)
    assert (pre_order(stall).upload_state, pre_order(stall).advice) == ("failed", "sale_voided")


def test_with_a_reviewer_the_pre_order_waits_for_the_review(make_stall: Any) -> None:
    stall: Counter = make_stall(needs_review=True)
    sku = stall.goods("a", allow_negative=True)
    stall.shop("一店")
    saved = stall.sale(stall.line(sku, "2"), makes_pre_order=True)
    assert stall.count(PreOrder) == 0
    reviewed = stall.documents.review(saved.id, saved.version)
    assert pre_order(stall).upload_state == "waiting"
    back = stall.documents.unreview(reviewed.id, reviewed.version)
    assert pre_order(stall).upload_state == "failed"
    stall.documents.review(back.id, back.version)
    assert pre_order(stall).upload_state == "waiting"
