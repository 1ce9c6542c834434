"""Every right is refused to a 店员 by the service itself, whatever the window shows; the owner is the control."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jdy_desktop.models.account import AccountSet
from jdy_desktop.models.documents import Document
from jdy_desktop.models.ids import DocumentId, OfferSkuId, ShopId, SkuId
from jdy_desktop.models.rules.industries import INDUSTRY_DEFAULTS
from jdy_desktop.models.states import DocumentKind, DocumentState, Industry, PriceGrade, Role
from jdy_desktop.services.book.account_sets import AccountSets
from jdy_desktop.services.book.catalog_upkeep import CatalogUpkeep
from jdy_desktop.services.book.documents import SavedDocument
from jdy_desktop.services.book.opening import OpeningLine, OpeningStock
from jdy_desktop.services.book.opening_import import (
    ImportPlan,
    ImportUndo,
    OpeningImport,
    OpeningWorkbook,
    Totals,
    read_opening,
)
from jdy_desktop.services.book.operators import Operators
from jdy_desktop.services.book.parties import SaveCustomer
from jdy_desktop.services.book.payments import Party, Payments, SavePayment
from jdy_desktop.services.book.product_batch import BatchChange, ProductBatch
from jdy_desktop.services.book.product_values import as_request
from jdy_desktop.services.book.products import SaveProduct, SaveSku
from jdy_desktop.services.book.recompute import CostRecompute
from jdy_desktop.services.bundle import Books
from jdy_desktop.services.channel.connection import Connection
from jdy_desktop.services.channel.matching import Matching
from jdy_desktop.services.channel.shops import Shops
from jdy_desktop.services.errors import Refused
from jdy_desktop.services.excel.goods_import import GoodsImport
from jdy_desktop.services.excel.goods_reading import GoodsSheet, read_goods
from jdy_desktop.services.machine.backup import back_up, back_up_elsewhere
from jdy_desktop.services.machine.folders import Folders
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.rights import Right
from jdy_desktop.services.machine.settings import LocalSettings
from jdy_desktop.services.machine.vault import Vault
from jdy_desktop.services.queries.documents import DocumentFilter, DocumentList
from jdy_desktop.services.queries.parties import CustomerList
from jdy_desktop.services.queries.purchase_prices import BoughtPrices, PurchasePrices
from jdy_desktop.services.queries.reports import Reports
from jdy_desktop.services.queries.stock import StockFilter, StockList
from jdy_desktop.views.texts import sentence
from tests.support.counter import TODAY, Counter, open_counter
from tests.unit.services.excel.workbooks import workbook

D = Decimal


@dataclass
class Desk:
    """A stall with one of everything that somebody may want to touch."""

    counter: Counter
    folder: Path
    sku: SkuId
    unused: SkuId
    sale: SavedDocument
    shop: ShopId
    offer: OfferSkuId
    backup: Path
    category: int

    @property
    def shops(self) -> Shops:
        return Shops(self.counter.db, self.counter.ctx, self.gateway, Vault())

    def gateway(self) -> Any:
        from jdy_desktop.services.ali1688.client import Gateway
        from jdy_desktop.services.ali1688.config import GatewaySettings

        settings = GatewaySettings(
            gateway="http://127.0.0.1:9",
            auth="http://127.0.0.1:9/a",
            images="http://127.0.0.1:9/",
            app_key="1",
            app_secret="s",
        )
        return Gateway(settings, self.counter.ctx)

    @property
    def connection(self) -> Connection:
        return Connection(LocalSettings(self.folder / "settings.json"), self.counter.ctx, Vault())

    @property
    def books(self) -> Books:
        settings = LocalSettings(self.folder / "settings.json")
        return Books(self.counter.ctx, settings, Folders(self.folder), lambda _areas: None)

    def sell(self, price: str, **more: Any) -> SavedDocument:
        return self.counter.sale(self.counter.line(self.sku, "1", price), **more)


@pytest.fixture
def desk(book: Any, frozen_clock: Any, tmp_path: Path) -> Desk:
    counter = open_counter(book, frozen_clock)
    sku = counter.goods("sp32501", stock="20", cost="5")
    shop = counter.shop("档口")
    offer = counter.offer(shop, "582", None)
    folder = Folders(tmp_path / "data")
    folder.make()
    kept = back_up(tmp_path / "book.jdy", tmp_path / "kept.jdy").path
    unused, sale = counter.goods("unused"), counter.sale(counter.line(sku))
    category = counter.products.add_category("童装")
    return Desk(counter, tmp_path / "data", sku, unused, sale, shop, offer, kept, category)


Act = Callable[[Desk], object]


def _negative(desk: Desk) -> object:
    sku = SaveSku(prices={PriceGrade.RETAIL: D(1)})
    return desk.counter.products.save(SaveProduct(code="neg", name="负库存", skus=(sku,), allow_negative=True))


def _void_payment(desk: Desk) -> object:
    payments = Payments(desk.counter.db, desk.counter.ctx)
    key = desk.counter.documents.new_client_key()
    made = payments.save(SavePayment(key, Party("customer", desk.counter.retail), TODAY, D(5), desk.counter.cash))
    return payments.void(made.id, made.version)


_PLAN = ImportPlan("a.xlsx", (), (), (), 0, Totals(D(0), D(0)), Totals(D(0), D(0)))


def _import(desk: Desk) -> OpeningImport:
    return OpeningImport(desk.counter.db, desk.counter.ctx)


def _workbook(desk: Desk) -> OpeningWorkbook:
    return read_opening(workbook(desk.folder / "a.xlsx", [("unused", 10, 2)], head=("货号", "数量", "成本价")))


def _reprice(desk: Desk, price: Decimal, **more: Any) -> object:
    found = as_request(desk.counter.products.product(desk.counter.product_of(desk.sku)))
    skus = tuple(replace(one, prices={PriceGrade.RETAIL: price}) for one in found.skus)
    return desk.counter.products.save(replace(found, skus=skus, **more))


def _goods_import(desk: Desk) -> GoodsImport:
    return GoodsImport(desk.counter.db, desk.counter.ctx)


def _goods_sheet(desk: Desk) -> GoodsSheet:
    rows = [("sp32501", "商品sp32501", 3)]
    path = workbook(desk.folder / "goods.xlsx", rows, head=("商品代码", "商品名称", "零售价"))
    return read_goods(JobContext(), path)


def _review(desk: Desk, *, back: bool = False) -> object:
    """A receipt in a book that wants reviews; `back`: of one that was reviewed."""
    counter = desk.counter
    with counter.db.write() as session:
        session.get_one(AccountSet, 1).needs_review = True
    receipt = counter.receive(desk.sku, "1", "5")
    if not back:
        return counter.documents.review(receipt.id, receipt.version)
    with counter.db.write() as session:
        session.get_one(Document, receipt.id).state = DocumentState.REVIEWED.value
    return counter.documents.unreview(receipt.id, counter.documents.document(receipt.id).version)


#: right and what is done: (service call) → the act
ACTS: dict[str, tuple[Right, Act]] = {
    "products.delete": (Right.DELETE_GOODS, lambda d: d.counter.products.delete([d.counter.product_of(d.unused)])),
    "matching.delete_offers": (
        Right.DELETE_GOODS,
        lambda d: Matching(d.counter.db, d.counter.ctx).delete_offers([d.offer]),
    ),
    "documents.void": (Right.VOID_DOCUMENT, lambda d: d.counter.documents.void(d.sale.id, d.sale.version)),
    "products.set_allow_negative": (
        Right.NEGATIVE_STOCK,
        lambda d: d.counter.products.set_allow_negative([d.counter.product_of(d.sku)], True),
    ),
    "products.save": (Right.NEGATIVE_STOCK, _negative),
    "products.save another price": (Right.CHANGE_PRICES, lambda d: _reprice(d, D("0.01"))),
    "product_batch.apply a price": (
        Right.CHANGE_PRICES,
        lambda d: ProductBatch(d.counter.db, d.counter.ctx).apply(
            [d.counter.product_of(d.sku)], BatchChange("price", D("0.01"))
        ),
    ),
    "goods_import.run": (Right.CHANGE_PRICES, lambda d: _goods_import(d).run(JobContext(), _goods_sheet(d))),
    "goods_import.preview": (Right.CHANGE_PRICES, lambda d: _goods_import(d).preview(_goods_sheet(d))),
    "documents.review": (Right.REVIEW, lambda d: _review(d)),
    "documents.unreview": (Right.REVIEW, lambda d: _review(d, back=True)),
    "sale under the lowest price": (Right.LOW_PRICE, lambda d: d.sell("9.99")),
    "sale with a whole discount": (Right.LOW_PRICE, lambda d: d.sell("10", discount_amount=D("1.00"))),
    "sale with a line discount": (
        Right.LOW_PRICE,
        lambda d: d.counter.sale(d.counter.line(d.sku, "1", "10", discount_rate=D(1))),
    ),
    "shops.begin": (Right.SHOPS, lambda d: d.shops.begin()),
    "shops.set_market": (Right.SHOPS, lambda d: d.shops.set_market(d.shop, 1)),
    "shops.add_market": (Right.SHOPS, lambda d: d.shops.add_market("新市场")),
    "shops.set_department": (Right.SHOPS, lambda d: d.shops.set_department(d.shop, None)),
    "shops.forget": (Right.SHOPS, lambda d: d.shops.forget(d.shop)),
    "connection.keep_secret": (Right.SHOPS, lambda d: d.connection.keep_secret("s3cret")),
    "connection.set_entry": (Right.SHOPS, lambda d: d.connection.set_entry("gateway.app_key", "7012345")),
    "backup elsewhere": (
        Right.EXPORT_CUSTOMERS,
        lambda d: back_up_elsewhere(d.folder.parent / "book.jdy", d.folder / "stick.jdy", d.counter.ctx),
    ),
    "payments.void": (Right.VOID_DOCUMENT, _void_payment),
    "product_batch.apply": (
        Right.NEGATIVE_STOCK,
        lambda d: ProductBatch(d.counter.db, d.counter.ctx).apply(
            [d.counter.product_of(d.sku)], BatchChange("allow_negative", True)
        ),
    ),
    "upkeep.delete_category": (
        Right.DELETE_GOODS,
        lambda d: CatalogUpkeep(d.counter.db, d.counter.ctx).delete_category(d.category),
    ),
    "recompute.run": (Right.SEE_COST, lambda d: CostRecompute(d.counter.db, d.counter.ctx).run(JobContext())),
    "reports.stock_value": (Right.SEE_COST, lambda d: Reports(d.counter.db, d.counter.ctx).stock_value()),
    "books.restore": (Right.RESTORE, lambda d: d.books.restore(d.backup)),
    "opening.save": (
        Right.SEE_COST,
        lambda d: OpeningStock(d.counter.db, d.counter.ctx).save([OpeningLine(d.sku, d.counter.warehouse, D(1), D(1))]),
    ),
    "opening_import.plan": (Right.SEE_COST, lambda d: _import(d).plan(_workbook(d))),
    "opening_import.run": (Right.SEE_COST, lambda d: _import(d).run(_PLAN)),
    "opening_import.undo": (Right.SEE_COST, lambda d: _import(d).undo(ImportUndo((), {}))),
    "opening.rows": (Right.SEE_COST, lambda d: OpeningStock(d.counter.db, d.counter.ctx).rows()),
    "payments.set_opening_debt": (
        Right.ACCOUNT_SET,
        lambda d: Payments(d.counter.db, d.counter.ctx).set_opening_debt(Party("customer", d.counter.wholesale), D(10)),
    ),
    "account_sets.set_channel_enabled": (
        Right.ACCOUNT_SET,
        lambda d: AccountSets(d.counter.db, d.counter.ctx).set_channel_enabled(True),
    ),
    "account_sets.set_tax": (Right.ACCOUNT_SET, lambda d: AccountSets(d.counter.db, d.counter.ctx).set_tax(True, D(9))),
    "account_sets.set_defaults": (
        Right.ACCOUNT_SET,
        lambda d: AccountSets(d.counter.db, d.counter.ctx).set_defaults(INDUSTRY_DEFAULTS[Industry.FOOD]),
    ),
    "account_sets.set_setting": (
        Right.ACCOUNT_SET,
        lambda d: AccountSets(d.counter.db, d.counter.ctx).set_setting("default_unit", "双"),
    ),
    "account_sets.rename": (
        Right.ACCOUNT_SET,
        lambda d: AccountSets(d.counter.db, d.counter.ctx).rename("新名称"),
    ),
    "account_sets.change_controls": (
        Right.ACCOUNT_SET,
        lambda d: AccountSets(d.counter.db, d.counter.ctx).change_controls(
            AccountSets(d.counter.db, d.counter.ctx).controls().answers
        ),
    ),
    "books.rename": (Right.ACCOUNT_SET, lambda d: d.books.rename(d.backup, "新名称")),
    "operators.add": (
        Right.OPERATORS,
        lambda d: Operators(d.counter.db, d.counter.ctx).add("xiaoli", "小李", "mima1234"),
    ),
}
#: rights that hide instead of refusing; proved below
SEEN = {Right.SEE_PHONES}


def test_every_right_stands_in_the_table() -> None:
    assert {right for right, _ in ACTS.values()} | SEEN == set(Right)


@pytest.mark.parametrize("name", ACTS)
def test_a_clerk_is_refused_by_the_service_and_the_owner_is_not(desk: Desk, name: str) -> None:
    right, act = ACTS[name]
    desk.counter.ctx.seat.take("小王", Role.CLERK)
    with pytest.raises(Refused) as refused:
        act(desk)
    assert refused.value.params["right"] is right
    assert "店主" in sentence(refused.value)
    assert desk.counter.documents.document(desk.sale.id).state == "saved"
    desk.counter.ctx.seat.take("王姐", Role.OWNER)
    act(desk)


@pytest.mark.parametrize("name", ACTS)
def test_without_operators_nobody_is_refused(desk: Desk, name: str) -> None:
    ACTS[name][1](desk)


def test_a_callback_of_1688_is_not_taken_from_a_clerk(desk: Desk) -> None:
    request = desk.shops.begin()
    desk.counter.ctx.seat.take("小王", Role.CLERK)
    with pytest.raises(Refused):
        desk.shops.finish(JobContext(), "http://127.0.0.1/?code=1", request)
    with pytest.raises(Refused):
        desk.shops.authorize_in_browser(JobContext(), lambda _url: None)


def test_a_clerk_sells_receives_and_leaves_the_small_change_off(desk: Desk) -> None:
    desk.counter.ctx.seat.take("小王", Role.CLERK)
    desk.sell("10")
    desk.sell("12", discount_amount=D("2.99"))  # 9.01 for what costs 10 at least: less than a yuan
    free = desk.counter.products.save(SaveProduct(code="free", name="没有定价", skus=(SaveSku(),)))
    unpriced = desk.counter.products.product(free).skus[0].id
    desk.counter.receive(unpriced, "3", "1")
    desk.counter.sale(desk.counter.line(unpriced, "1", "0.10"))
    back = desk.counter.request(DocumentKind.SALE_RETURN, desk.counter.line(desk.sku, "1", "1"))
    desk.counter.documents.save(back)


def test_the_lowest_of_all_grades_counts(desk: Desk) -> None:
    prices = {PriceGrade.RETAIL: D(10), PriceGrade.WHOLESALE: D(8), PriceGrade.VIP: D("7.50")}
    product = desk.counter.products.save(SaveProduct(code="three", name="三种价", skus=(SaveSku(prices=prices),)))
    desk.sku = desk.counter.products.product(product).skus[0].id
    desk.counter.receive(desk.sku, "9", "1")
    desk.counter.ctx.seat.take("小王", Role.CLERK)
    desk.sell("7.50")
    with pytest.raises(Refused) as refused:
        desk.sell("7.49")
    assert sentence(refused.value) == "第 1 行 单价低于最低价 7.5 元，没有保存。改单价，或请店主登录后保存。"


@pytest.mark.parametrize(
    ("price", "discount", "row"),
    [("10", "0.99", None), ("10", "1.00", 0), ("9.99", "0", 1), ("12", "2.99", None), ("12", "3", 0)],
)
def test_a_price_too_low_is_known_before_saving(desk: Desk, price: str, discount: str, row: int | None) -> None:
    documents, line = desk.counter.documents, desk.counter.line(desk.sku, "1", price)
    request = desk.counter.request(DocumentKind.SALE, line, discount_amount=D(discount))
    rules = documents.tax_rules()
    found = documents.low_row(request, documents.totals(request, rules), rules, {desk.sku: D(10)})
    assert found is None, "the owner may"
    desk.counter.ctx.seat.take("小王", Role.CLERK)
    found = documents.low_row(request, documents.totals(request, rules), rules, {desk.sku: D(10)})
    assert found == row


def test_a_negative_flag_that_stays_as_it_is_needs_nobody(desk: Desk) -> None:
    product = desk.counter.product_of(desk.sku)
    desk.counter.products.set_allow_negative([product], True)
    desk.counter.ctx.seat.take("小王", Role.CLERK)
    found = desk.counter.products.product(product)
    sku = SaveSku(sku_id=found.skus[0].id, code=found.skus[0].code, prices=dict(found.skus[0].prices))
    request = SaveProduct(
        code=found.code, name="新名称", skus=(sku,), product_id=found.id, version=found.version, allow_negative=True
    )
    desk.counter.products.save(request)
    assert desk.counter.products.product(product).name == "新名称"


def test_a_clerk_enters_new_goods_and_leaves_prices_of_others_as_they_are(desk: Desk) -> None:
    desk.counter.ctx.seat.take("小王", Role.CLERK)
    desk.counter.goods("new", price="7")
    _reprice(desk, D(10), name="新名称")
    product = desk.counter.products.product(desk.counter.product_of(desk.sku))
    assert (product.name, product.skus[0].prices) == ("新名称", {PriceGrade.RETAIL: D(10)})
    # A SKU more may have any price; taking a price away is changing it.
    assert (desk.counter.products.may_change_prices(), desk.counter.documents.may_review()) == (False, False)
    with pytest.raises(Refused):
        desk.counter.products.save(
            replace(as_request(product), skus=tuple(replace(one, prices={}) for one in as_request(product).skus))
        )


def test_the_telephone_on_a_document_is_masked_for_a_clerk(desk: Desk) -> None:
    customer = desk.counter.parties.save_customer(SaveCustomer("老李", phone="13812345678"))
    sale = desk.sell("10", customer_id=customer)
    assert desk.counter.documents.document(sale.id).customer_phone == "13812345678"
    desk.counter.ctx.seat.take("小王", Role.CLERK)
    assert desk.counter.documents.document(sale.id).customer_phone == "138****5678"


def test_costs_are_not_in_the_list_of_a_clerk(desk: Desk) -> None:
    stock = StockList(desk.counter.db, desk.counter.ctx)
    owner = stock.rows([desk.sku])[desk.sku]
    assert (owner.unit_cost, owner.value, stock.sums(StockFilter()).value) == (5, 95, 95)
    desk.counter.ctx.seat.take("小王", Role.CLERK)
    clerk = stock.rows([desk.sku])[desk.sku]
    assert (clerk.unit_cost, clerk.value, clerk.quantity) == (None, None, 19)
    assert stock.sums(StockFilter()).value is None


def test_prices_paid_are_not_told_to_a_clerk(desk: Desk) -> None:
    """He types what is on the slip in his hand; the last price, and the lowest of 90 days, are costs."""
    counter = desk.counter
    counter.documents.save(counter.request(DocumentKind.PURCHASE, counter.line(desk.sku, "2", "4.50")))
    bought = BoughtPrices(counter.db, counter.ctx)
    seen = bought.of(desk.sku, counter.supplier)
    assert (seen.last and seen.last.price, seen.lowest and seen.lowest.price) == (D("4.50"), D("4.50"))
    counter.ctx.seat.take("小王", Role.CLERK)
    assert bought.of(desk.sku, counter.supplier) == PurchasePrices()
    assert bought.last_of([desk.sku], counter.supplier) == {}
    typed = counter.documents.save(counter.request(DocumentKind.PURCHASE, counter.line(desk.sku, "1", "6")))
    assert counter.documents.document(typed.id).lines[0].price == D(6)


def test_what_a_count_wrote_shows_a_clerk_no_average(desk: Desk) -> None:
    """19 pieces at 5.00 lie there; 21 are counted: the receipt of 2 stands at 10.00, the owner's to see."""
    counter = desk.counter
    counter.documents.save(counter.request(DocumentKind.COUNT, counter.line(desk.sku, "21", "0")))
    listed = DocumentList(counter.db, DocumentKind.OTHER_RECEIPT, ctx=counter.ctx)
    receipt = listed.ids(DocumentFilter())[0]
    plain = listed.sums(DocumentFilter()).settlement_amount
    assert (listed.rows([receipt])[receipt].settlement_amount, plain) == (D(10), D(110))
    assert counter.documents.document(DocumentId(receipt)).lines[0].price == D(5)
    counter.ctx.seat.take("小王", Role.CLERK)
    seen = counter.documents.document(DocumentId(receipt))
    assert (seen.settlement_amount, seen.lines[0].price, seen.lines[0].gross_amount) == (0, 0, 0)
    assert seen.lines[0].quantity == D(2)
    hidden = listed.sums(DocumentFilter()).settlement_amount
    assert (listed.rows([receipt])[receipt].settlement_amount, hidden) == (D(0), D(100))


def test_telephones_are_masked_for_a_clerk_and_survive_his_edit(desk: Desk) -> None:
    parties = desk.counter.parties
    customer = parties.save_customer(SaveCustomer("老李", phone="138 1234 5678"))
    listed = CustomerList(desk.counter.db, desk.counter.ctx)
    assert listed.rows([customer])[customer].phone == "138 1234 5678"
    desk.counter.ctx.seat.take("小王", Role.CLERK)
    shown = "138 **** 5678"
    assert listed.rows([customer])[customer].phone == shown
    assert next(one for one in parties.customers("老李") if one.id == customer).phone == shown
    detail = parties.customer(customer)
    assert detail.phone == shown
    parties.save_customer(SaveCustomer("老李头", phone=shown, customer_id=customer, version=detail.version))
    desk.counter.ctx.seat.take("王姐", Role.OWNER)
    assert (parties.customer(customer).name, parties.customer(customer).phone) == ("老李头", "138 1234 5678")


def test_a_new_number_typed_by_a_clerk_is_taken(desk: Desk) -> None:
    parties = desk.counter.parties
    customer = parties.save_customer(SaveCustomer("老李", phone="13812345678"))
    desk.counter.ctx.seat.take("小王", Role.CLERK)
    version = parties.customer(customer).version
    parties.save_customer(SaveCustomer("老李", phone="13900001111", customer_id=customer, version=version))
    desk.counter.ctx.seat.take("王姐", Role.OWNER)
    assert parties.customer(customer).phone == "13900001111"


def test_audit_rows_and_documents_carry_the_operators_name(desk: Desk) -> None:
    desk.counter.ctx.seat.take("小王", Role.CLERK)
    assert desk.counter.documents.document(desk.sell("10").id).operator == "小王"
