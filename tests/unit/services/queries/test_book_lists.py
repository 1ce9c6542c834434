"""What the lists and pickers of the book find and show."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from jdy_desktop.models.channel import OfferSku
from jdy_desktop.models.ids import OfferId
from jdy_desktop.models.states import DocumentKind, DocumentState, OfferStatus, PriceGrade
from jdy_desktop.services.book.parties import SaveCustomer
from jdy_desktop.services.book.products import SaveProduct, SaveSku
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.queries.documents import DocumentFilter, DocumentList
from jdy_desktop.services.queries.goods import GoodsFilter, GoodsList
from jdy_desktop.services.queries.parties import CustomerList, PartyFilter, SupplierList
from jdy_desktop.services.queries.picker import SkuPicker
from jdy_desktop.services.queries.stock import StockFilter, StockList
from tests.support.counter import TODAY, Counter

D = Decimal


@pytest.fixture
def shirt(stall: Counter) -> Any:
    """男士秋季衬衫 in three colours, retail 10/12/15."""
    skus = tuple(
        SaveSku(
            values=(colour, "XL"),
            prices={PriceGrade.RETAIL: D(price), PriceGrade.WHOLESALE: D(price) - 2},
            barcodes=(f"690000{price}",),
            minimum_stock=D(5),
        )
        for colour, price in (("红色", "10"), ("白色", "12"), ("黑色", "15"))
    )
    category = stall.products.add_category("女装", stall.products.add_category("奔腾照明"))
    request = SaveProduct(
        code="sp32501", name="男士秋季衬衫量大可批发", skus=skus, attributes=("颜色", "尺码"), category_id=category
    )
    return stall.products.product(stall.products.save(request))


@pytest.mark.parametrize(
    "text",
    ["sp32501", "SP32501", "衬衫", "批发 男士", "nsqjcs", "chenshan", "hongse", "红色/XL", "69000012", "ｓｐ32501_003"],
)
def test_goods_are_found_by_words_in_any_order_and_pinyin(stall: Counter, shirt: Any, text: str) -> None:
    stall.goods("other")
    assert GoodsList(stall.db).ids(GoodsFilter(text=text)) == [shirt.id]


@pytest.mark.parametrize("text", ["%", "_0", "衬衫 没有", "sp3250_"])
def test_wildcards_are_plain_characters(stall: Counter, shirt: Any, text: str) -> None:
    found = GoodsList(stall.db).ids(GoodsFilter(text=text))
    assert found == ([shirt.id] if text == "_0" else [])


@pytest.mark.manual("M70", "M69")
def test_goods_row_shows_largest_retail_and_smallest_wholesale_price(stall: Counter, shirt: Any) -> None:
    stall.receive(shirt.skus[0].id, "4", "3")
    row = GoodsList(stall.db).rows([shirt.id, 999])[shirt.id]
    assert (row.retail_price, row.wholesale_price, row.n_skus, row.stock) == (15, 8, 3, 4)
    assert (row.category, row.unit, row.match, row.allow_negative) == ("女装", "件", "unmatched", False)


def test_goods_filters(stall: Counter, shirt: Any) -> None:
    goods = GoodsList(stall.db)
    plain = stall.goods("plain", stock="7")
    product = stall.product_of(plain)
    assert goods.ids(GoodsFilter(stock="in")) == [product]
    assert goods.ids(GoodsFilter(stock="none")) == [shirt.id]
    assert goods.ids(GoodsFilter(stock="low")) == [shirt.id]
    top = stall.products.category_tree()[0]
    assert (top.name, goods.ids(GoodsFilter(category_id=top.id))) == ("奔腾照明", [shirt.id])
    stall.offer(stall.shop("一店"), "1001", shirt.skus[0].id)
    assert goods.ids(GoodsFilter(match="matched")) == [shirt.id]
    assert goods.ids(GoodsFilter(match="unmatched")) == [product]
    assert goods.rows([shirt.id])[shirt.id].match == "partly"
    assert goods.stock_total(GoodsFilter()) == 7
    assert goods.stock_total(GoodsFilter(stock="none")) == 0


def test_more_ids_than_a_statement_takes(stall: Counter, shirt: Any) -> None:
    ids = [*range(100_000, 140_000), shirt.id]
    assert list(GoodsList(stall.db).rows(ids)) == [shirt.id]
    assert list(StockList(stall.db).rows(ids)) == [shirt.skus[0].id]


# -- picker -----------------------------------------------------------------------------------------------------------


@pytest.mark.manual("M19", "M123")
def test_picker_shows_price_of_the_grade_and_stock(stall: Counter, shirt: Any) -> None:
    stall.receive(shirt.skus[1].id, "4", "3")
    picker = SkuPicker(stall.db)
    hits = picker.search("衬衫 白", grade=PriceGrade.WHOLESALE)
    assert [(hit.code, hit.sku_name, hit.price, hit.stock, hit.is_matched, hit.online_stock) for hit in hits] == [
        ("sp32501_002", "白色/XL", 10, 4, False, None)
    ]
    assert picker.search("衬衫 白", grade=PriceGrade.VIP)[0].price == 12
    assert picker.search("没有这个") == ()


def test_prefix_hits_come_first(stall: Counter) -> None:
    for code in ("xsp1", "sp10", "asp1", "sp1"):
        stall.goods(code)
    assert [hit.code for hit in SkuPicker(stall.db).search("sp1")] == ["sp1", "sp10", "asp1", "xsp1"]
    assert len(SkuPicker(stall.db).search("", limit=3)) == 3
    assert SkuPicker(stall.db).search("sp", has_variants=True) == ()


def test_scanner_finds_barcode_then_code(stall: Counter, shirt: Any) -> None:
    picker = SkuPicker(stall.db)
    assert [picker.exact(text).code for text in ("69000015", " SP32501_001 ")] == ["sp32501_003", "sp32501_001"]  # type: ignore[union-attr]
    assert picker.exact("6900001") is None
    assert picker.exact("") is None


def test_goods_of_an_offer_by_id_or_link(stall: Counter, shirt: Any) -> None:
    stall.offer(stall.shop("一店"), "588616757513", shirt.skus[0].id)
    picker = SkuPicker(stall.db)
    for text in ("588616757513", "https://detail.1688.com/offer/588616757513.html"):
        assert [hit.code for hit in picker.by_offer(OfferId(text))] == ["sp32501_001"]
    assert picker.by_offer(OfferId("1")) == ()


def test_card_tells_offer_last_price_and_other_shop(stall: Counter, shirt: Any) -> None:
    sku = shirt.skus[0].id
    one, two = stall.shop("一店"), stall.shop("二店")
    first = stall.offer(one, "1001", sku, minimum_quantity=D(2), tiers='[["2", "42"], ["10", "38"]]')
    with stall.db.write() as session:
        session.execute(update(OfferSku).values(online_stock=D(20)))
    stall.receive(sku, "10", "3")
    stall.sale(stall.line(sku, "1", "9"), customer_id=stall.wholesale)
    card = SkuPicker(stall.db).card(sku, customer_id=stall.wholesale, shop_id=one)
    assert (card.last_price, card.last_price_day, card.stock, card.prices[PriceGrade.RETAIL]) == (9, TODAY, 9, 10)
    assert card.stock_by_warehouse == {stall.warehouse: 9}
    assert card.offer is not None
    assert (card.offer.offer_sku_id, card.offer.minimum_quantity, card.offer.online_stock) == (first, 2, 20)
    assert (card.offer.tiers, card.offer.n_offers, card.offer.is_chosen) == (((2, 42), (10, 38)), 1, True)
    assert card.other_shop is None
    elsewhere = SkuPicker(stall.db).card(sku, shop_id=two)
    assert (elsewhere.offer, elsewhere.other_shop, elsewhere.last_price) == (None, "一店", None)
    second = stall.offer(one, "1002", sku, status="off_shelf")
    assert SkuPicker(stall.db).card(sku, shop_id=one).offer.is_chosen is False  # type: ignore[union-attr]
    stall.sale(stall.line(sku, "1", "9", offer_sku_id=second), makes_pre_order=True, shop_id=one)
    offer = SkuPicker(stall.db).card(sku, shop_id=one).offer
    assert offer is not None
    assert (offer.offer_sku_id, offer.is_chosen, offer.status, offer.n_offers) == (
        second,
        True,
        OfferStatus.OFF_SHELF,
        2,
    )


def test_unknown_card_is_refused(stall: Counter) -> None:
    with pytest.raises(UserError):
        SkuPicker(stall.db).card(4711)  # type: ignore[arg-type]


# -- stock, parties, documents ----------------------------------------------------------------------------------------


@pytest.mark.manual("M9")
@pytest.mark.parametrize(("per_warehouse", "costs"), [(True, (1, 3)), (False, (2, 2))])
def test_cost_differs_between_warehouses_only_when_kept_apart(
    make_stall: Any, per_warehouse: bool, costs: tuple[int, int]
) -> None:
    stall: Counter = make_stall(cost_per_warehouse=per_warehouse)
    second = stall.parties.add_warehouse("二号仓")
    sku = stall.goods("a")
    stall.receive(sku, "10", "1")
    stall.receive(sku, "10", "3", second)
    stall.sale(stall.line(sku, "5", warehouse_id=second))
    lists = StockList(stall.db)
    found = tuple(lists.rows([sku], place)[sku].unit_cost for place in (stall.warehouse, second))
    assert found == costs
    whole = lists.rows([sku])[sku]
    assert (whole.quantity, whole.value) == (15, 25 if per_warehouse else 30)


def test_stock_list_filters_and_sums(stall: Counter) -> None:
    one, two = stall.goods("a", stock="10", cost="2"), stall.goods("b")
    lists = StockList(stall.db)
    assert lists.ids(StockFilter()) == [one, two]
    assert lists.ids(StockFilter(stock="in")) == [one]
    assert lists.ids(StockFilter(stock="none")) == [two]
    assert lists.ids(StockFilter(text="商品B")) == [two]
    sums = lists.sums(StockFilter())
    assert (sums.quantity, sums.value) == (10, 20)


def test_party_lists(stall: Counter) -> None:
    vip = stall.parties.save_customer(SaveCustomer(name="张三服饰", grade=PriceGrade.VIP, phone="13800000000"))
    stall.sale(stall.line(stall.goods("a", stock="5"), "2"), customer_id=vip)
    customers = CustomerList(stall.db)
    for text in ("张三", "zsfs", "138000", "服饰 张"):
        assert customers.ids(PartyFilter(text=text)) == [vip]
    assert customers.ids(PartyFilter(owes_only=True)) == [vip]
    assert customers.ids(PartyFilter(grade=PriceGrade.WHOLESALE)) == [stall.wholesale]
    assert customers.rows([vip])[vip].balance == 20
    sku = stall.goods("b")
    stall.documents.save(stall.request(DocumentKind.PURCHASE, stall.line(sku, "3", "5")))
    suppliers = SupplierList(stall.db)
    assert suppliers.rows(suppliers.ids(PartyFilter(owes_only=True)))[stall.supplier].balance == 15


def test_parties_are_listed_as_they_are_spoken(stall: Counter) -> None:
    """In the order of the alphabet, as in an address book: not in that of Unicode, where 临 comes first and ACE before abc."""
    names = ["ACE 服饰", "abc", "白沟箱包", "城西小陈", "富阳衣尚", "临安阿芳", "衢州王女士", "张老板"]
    spoken = {name: stall.parties.save_customer(SaveCustomer(name=name)) for name in reversed(names)}
    mine = set(spoken.values())
    wanted = [spoken[name] for name in ("abc", "ACE 服饰", *names[2:])]
    assert [one for one in CustomerList(stall.db).ids(PartyFilter()) if one in mine] == wanted


def test_document_list(stall: Counter) -> None:
    sku = stall.goods("sp1", stock="50")
    first = stall.sale(stall.line(sku, "2"), remark="急件 Expo")
    second = stall.sale(stall.line(sku, "3"), customer_id=stall.wholesale, day=TODAY + timedelta(days=1))
    third = stall.sale(stall.line(sku, "1"))
    stall.documents.void(third.id, third.version)
    lists = DocumentList(stall.db, DocumentKind.SALE)
    assert lists.ids(DocumentFilter()) == [second.id, third.id, first.id]
    assert lists.ids(DocumentFilter(with_voided=False)) == [second.id, first.id]
    assert lists.ids(DocumentFilter(state=DocumentState.VOIDED)) == [third.id]
    for text, wanted in (("expo", first), ("批发", second), ("pifa", second), ("XH20190328", second)):
        assert lists.ids(DocumentFilter(text=text)) == [wanted.id]
    assert lists.ids(DocumentFilter(text="SP1", last_day=TODAY, with_voided=False)) == [first.id]
    assert lists.ids(DocumentFilter(text="%")) == []
    row = lists.rows([second.id])[second.id]
    assert (row.number, row.party, row.quantity, row.settlement_amount) == ("XH20190328001", "批发", 3, 30)
    sums = lists.sums(DocumentFilter())
    assert (sums.count, sums.quantity, sums.settlement_amount) == (2, 5, 50)


def test_document_list_shows_the_newest_pre_order(stall: Counter) -> None:
    sku = stall.goods("sp1", stock="50")
    stall.shop("一店")
    saved = stall.sale(stall.line(sku, "2"), makes_pre_order=True)
    row = DocumentList(stall.db, DocumentKind.SALE).rows([saved.id])[saved.id]
    assert (row.upload_state, row.pay_state, row.pre_order_number, row.shop) == ("waiting", "unpaid", "", "一店")
