"""A document being typed: what its draft keeps, and which lines a refusal means."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from typing import Any

from jdy_desktop.models.ids import OfferSkuId, ProductId, ShopId, SkuId, WarehouseId
from jdy_desktop.models.states import DocumentKind, Logistics, PriceGrade
from jdy_desktop.services.queries.picker import SkuCard
from jdy_desktop.views.pages.document_form import DocForm
from jdy_desktop.views.pages.document_kinds import SPECS
from jdy_desktop.views.pages.sale_form import SaleForm

DAY = date(2019, 3, 27)


def card(sku: int, price: str = "10") -> SkuCard:
    return SkuCard(
        sku_id=SkuId(sku), product_id=ProductId(sku), code=f"sp{sku}", product_name=f"商品{sku}", sku_name="", unit="件",
        picture="", prices={PriceGrade.RETAIL: D(price)}, tax_rate=None, last_price=None, last_price_day=None, stock=D(5),
        stock_by_warehouse={}, allow_negative=False, offer=None, other_shop=None,
    )  # fmt: skip


def stored(payload: dict[str, Any]) -> dict[str, Any]:
    """As the table of drafts hands it back."""
    found: dict[str, Any] = json.loads(json.dumps(payload))
    return found


def test_a_sale_comes_back_from_its_draft_to_the_last_place() -> None:
    form = SaleForm("key", DAY, shop_id=ShopId(3), freight=D("12.30"), makes_pre_order=False, remark="送货")
    form.logistics, form.logistics_by_hand, form.discount_amount = Logistics.EXPRESS, True, D("0.10")
    made = form.add(card(1), quantity=D("2.5"))
    form.change(made, price=D("9.123456"), by_hand=True, offer_sku_id=OfferSkuId(7), tax_rate=D(13), stored=D(1))
    back = SaleForm("other", date(2020, 1, 1)).resumed(stored(form.payload()), {1: card(1)})
    assert back == form


def test_a_document_comes_back_from_its_draft_with_its_party_and_slip() -> None:
    spec = SPECS[DocumentKind.PURCHASE_RETURN]
    form = DocForm("key", DAY, spec=spec, party_id=4, party="沙河锦绣", source="GH1", paid=D("3.50"), account_id=2)
    form.append(card(1), quantity=D(0), price=D("6.5"), source_line_id=11, left=D(4), warehouse_id=WarehouseId(1))
    form.append(card(2), quantity=D(1), price=D(8), discount_amount=D("0.25"), tax_rate=D(0))
    back = DocForm("other", date(2020, 1, 1), spec=spec).resumed(stored(form.payload()), {1: card(1), 2: card(2)})
    assert back == form


def test_goods_deleted_meanwhile_are_left_out_of_a_draft_and_new_lines_go_on() -> None:
    form = SaleForm("key", DAY)
    for sku in (1, 2):
        form.add(card(sku))
    back = SaleForm("other", DAY).resumed(stored(form.payload()), {2: card(2)})
    assert ([one.sku_id for one in back.lines], back.left_out) == ([2], ("sp1",))
    back.add(card(3))
    assert len({one.id for one in back.lines}) == 2


def test_a_draft_of_an_older_release_is_read() -> None:
    line = {"sku_id": 1, "quantity": "2", "price": "9.5", "by_hand": True, "discount_rate": "0", "remark": "",
            "warehouse_id": None, "offer_sku_id": None, "stored": "0"}  # fmt: skip
    payload = {"client_key": "key", "day": "2019-03-27", "customer_id": 1, "shop_id": None, "logistics": "self_pickup",
               "logistics_by_hand": False, "remark": "", "discount_rate": "0", "discount_amount": None, "freight": "0",
               "makes_pre_order": True, "document_id": None, "version": None, "number": "XH20190327001",
               "lines": [line]}  # fmt: skip
    back = SaleForm("other", DAY, shop_id=ShopId(3)).resumed(payload, {1: card(1)})
    assert (back.shop_id, back.number, back.lines[0].quantity, back.lines[0].price) == (3, "XH20190327001", 2, D("9.5"))
    assert back.lines[0].tax_rate is None


def test_the_rows_of_a_refusal_are_those_that_were_saved() -> None:
    """Lines of a slip of which nothing is returned are not sent, so they are not counted either."""
    form = DocForm("key", DAY, spec=SPECS[DocumentKind.SALE_RETURN])
    for sku, quantity in ((1, 0), (2, 3)):
        form.append(card(sku), quantity=D(quantity), source_line_id=10 + sku, left=D(5))
    form.mark({1: "最多还能退 2 件"})
    assert [one.trouble for one in form.lines] == ["", "最多还能退 2 件"]
    form.change(form.lines[1].id, quantity=D(2))
    assert [one.trouble for one in form.lines] == ["", ""]
    assert form.request().lines[0].sku_id == 2


def test_taking_the_last_piece_of_a_slip_line_keeps_the_line() -> None:
    form = DocForm("key", DAY, spec=SPECS[DocumentKind.SALE_RETURN])
    first = form.append(card(1), quantity=D(2), source_line_id=11, left=D(2))
    other = form.add(card(2))
    form.remove(first.id)
    form.remove(other)
    assert form.lines == [replace(first, quantity=D(0))]
    assert form.is_empty


def test_an_id_that_was_given_again_brings_no_other_goods_into_a_draft() -> None:
    """SQLite gives the id of goods deleted last to those entered next; the draft knows the code of those it means."""
    form = SaleForm("key", DAY)
    for sku in (1, 2):
        form.add(card(sku))
    given_again = replace(card(2), code="sp99", product_name="别的商品")
    back = SaleForm("other", DAY).resumed(stored(form.payload()), {1: card(1), 2: given_again})
    assert ([one.card.code for one in back.lines], back.left_out) == (["sp1"], ("sp2",))
    # The control: a draft of an older program names no codes, its lines come back.
    older = stored(form.payload())
    for line in older["lines"]:
        del line["code"]
    back = SaleForm("other", DAY).resumed(older, {1: card(1), 2: card(2)})
    assert ([one.card.code for one in back.lines], back.left_out) == (["sp1", "sp2"], ())
