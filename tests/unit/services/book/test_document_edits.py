"""What correcting a stored document leaves as it was: how its prices are meant, what was paid with it, its department."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from jdy_desktop.models.channel import Shop
from jdy_desktop.models.ids import DocumentId, ShopId, SkuId
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.account_sets import AccountSets
from jdy_desktop.services.book.documents import SavedDocument
from jdy_desktop.services.queries.picker import SkuCard, SkuPicker
from jdy_desktop.services.queries.purchase_prices import BoughtPrices
from jdy_desktop.views.pages.sale_form import SaleForm
from tests.support.counter import TODAY, Counter

D = Decimal


def form_of(stall: Counter, document_id: DocumentId) -> SaleForm:
    """A stored sale in the form, as the page shows it."""
    view = stall.documents.document(document_id)
    cards: dict[int, SkuCard] = {line.sku_id: SkuPicker(stall.db).card(line.sku_id) for line in view.lines}
    return SaleForm(client_key="other", day=TODAY).of_stored(view, cards)


def save_again(stall: Counter, document_id: DocumentId, **changes: Any) -> SavedDocument:
    form = form_of(stall, document_id)
    for name, value in changes.items():
        setattr(form, name, value)
    return stall.documents.save(form.request())


# ---- 商品价格含税
@pytest.mark.manual("M125", "M126")
@pytest.mark.parametrize("first", [False, True])
def test_a_remark_changes_no_money_after_the_prices_are_meant_another_way(make_stall: Any, first: bool) -> None:
    stall: Counter = make_stall(computes_tax=True)
    sets = AccountSets(stall.db, stall.ctx)
    sets.set_tax(first, D(13))
    sku = stall.goods("a", stock="10")
    sale = stall.sale(stall.line(sku, "1", "113" if first else "100"))
    sets.set_tax(not first, D(13))
    form = form_of(stall, sale.id)
    # The screen counts as the book does: 100 and 13 of tax, whichever of them was typed.
    assert stall.documents.totals(form.request(), stall.documents.tax_rules()).settlement_amount == 113
    save_again(stall, sale.id, remark="送货")
    view = stall.documents.document(sale.id)
    assert (view.remark, view.settlement_amount, view.lines[0].tax_amount) == ("送货", 113, 13)
    # The control: a sale of today is meant the new way.
    assert stall.sale(stall.line(sku, "1", "100")).settlement_amount == (113 if first else 100)


def test_prices_remembered_are_told_as_prices_are_meant_today(make_stall: Any) -> None:
    stall: Counter = make_stall(computes_tax=True)
    sets, picker = AccountSets(stall.db, stall.ctx), SkuPicker(stall.db)
    sets.set_tax(False, D(13))
    sku = stall.goods("a")
    stall.documents.save(stall.request(DocumentKind.PURCHASE, stall.line(sku, "10", "50")))
    old = stall.sale(stall.line(sku, "1", "100"), customer_id=stall.wholesale)

    def remembered() -> tuple[Decimal | None, Decimal]:
        last = BoughtPrices(stall.db, stall.ctx).of(sku).last
        assert last is not None
        return picker.card(SkuId(sku), customer_id=stall.wholesale).last_price, last.price

    assert remembered() == (100, 50)
    sets.set_tax(True, D(13))
    assert remembered() == (113, D("56.5"))
    save_again(stall, old.id, remark="改")
    assert remembered() == (113, D("56.5"))
    sets.set_tax(False, D(13))
    assert remembered() == (100, 50)


def test_a_request_says_itself_how_its_prices_are_meant(make_stall: Any) -> None:
    """A draft of a stored sale is taken up after the settings changed: its lines speak of prices without tax."""
    stall: Counter = make_stall(computes_tax=True)
    AccountSets(stall.db, stall.ctx).set_tax(True, D(13))
    sku = stall.goods("a", stock="10")
    request = stall.request(DocumentKind.SALE, stall.line(sku, "1", "100"))
    assert stall.documents.save(replace(request, prices_include_tax=False)).settlement_amount == 113


# ---- paid with it
def test_a_remark_takes_nothing_back_of_what_was_paid_with_the_sale(stall: Counter) -> None:
    sku = stall.goods("a", stock="100")
    sale = stall.sale(
        stall.line(sku, "10", "10"), customer_id=stall.wholesale, paid_amount=D(100), account_id=stall.cash
    )
    form = form_of(stall, sale.id)
    # What the bill adds to the debt is nothing while it is corrected, too.
    assert stall.documents.totals(form.request(), stall.documents.tax_rules()).owed_amount == 0
    save_again(stall, sale.id, remark="送货")
    view = stall.documents.document(sale.id)
    assert (view.remark, view.paid_amount, view.account, stall.balance(stall.wholesale)) == ("送货", 100, "现金", 0)


def test_what_was_paid_stays_unless_the_request_names_it(stall: Counter) -> None:
    sku = stall.goods("a", stock="100")
    request = stall.request(DocumentKind.SALE, stall.line(sku, "10", "10"), customer_id=stall.wholesale)
    sale = stall.documents.save(replace(request, paid_amount=D(60), account_id=stall.cash))
    again = stall.edit(request, sale, remark="送货")
    assert (stall.documents.document(sale.id).paid_amount, stall.balance(stall.wholesale)) == (60, 40)
    # The control: nothing paid, and said so.
    stall.edit(request, again, paid_amount=D(0))
    assert (stall.documents.document(sale.id).paid_amount, stall.balance(stall.wholesale)) == (0, 100)


# ---- 部门
@pytest.mark.manual("M23")
def test_a_sale_of_a_shop_carries_its_department(stall: Counter) -> None:
    sku, parties = stall.goods("a", stock="100"), stall.parties
    women, men = parties.add_department("女装部"), parties.add_department("男装部")
    shop, other = stall.shop("s"), stall.shop("t")
    put_under(stall, shop, women)
    put_under(stall, other, men)

    def department(document_id: DocumentId) -> str:
        return stall.documents.document(document_id).department

    sale = stall.sale(stall.line(sku), shop_id=shop)
    assert department(sale.id) == "女装部"
    # The sale keeps it when the shop is put under another one, and takes the other shop's with the other shop.
    put_under(stall, shop, men)
    save_again(stall, sale.id, remark="送货", makes_pre_order=False)
    assert department(sale.id) == "女装部"
    assert department(stall.sale(stall.line(sku), shop_id=shop).id) == "男装部"
    assert department(stall.sale(stall.line(sku), shop_id=shop, department_id=women).id) == "女装部"
    put_under(stall, other, None)
    save_again(stall, sale.id, shop_id=other)
    assert department(sale.id) == ""
    # The control: a sale without a shop is nobody's.
    assert department(stall.sale(stall.line(sku)).id) == ""


def put_under(stall: Counter, shop_id: ShopId, department: int | None) -> None:
    with stall.db.write() as session:
        session.get_one(Shop, shop_id).department_id = department
