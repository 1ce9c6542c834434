"""Their JSON to our values: the documented samples, odd spellings, and hostile answers (F20)."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from jdy_desktop.models.ids import OfferId, PlatformSkuId
from jdy_desktop.models.states import Logistics, OfferStatus, PayState
from jdy_desktop.services.ali1688 import answers, wire
from jdy_desktop.services.ali1688.config import GatewaySettings
from jdy_desktop.services.ali1688.envelope import decode
from jdy_desktop.services.ali1688.fields import parse_instant, write_instant
from jdy_desktop.services.ali1688.values import OfferPage, PreOrderDraft, PreOrderLine, PriceTier, SpecValue
from jdy_desktop.services.errors import BadAnswer, UserError
from tests.unit.services.ali1688.fake import SAMPLES

REAL = GatewaySettings(app_key="1", app_secret="s")
PRACTICE = GatewaySettings(gateway="http://127.0.0.1:9", app_key="1", app_secret="s")
LIST = SAMPLES["product_list_get"]["response"]


def page(change: Any = None) -> OfferPage:
    answer = copy.deepcopy(LIST)
    if change:
        change(answer["result"]["pageResult"]["resultList"])
    return wire.offer_page(decode(json.dumps(answer).encode()), REAL)


@pytest.mark.manual("M43", "M44", "M45", "M52")
def test_the_documented_page() -> None:
    found = page()
    shirt, tape = found.offers
    assert (found.total, found.bad) == (2, ())
    assert (shirt.offer_id, shirt.title, shirt.item_number) == ("588616757513", "男士秋季衬衫量大可批发", "sp32501")
    assert (shirt.category_id, shirt.category_name, shirt.unit) == ("1048182", "男式衬衫", "件")
    assert (shirt.status, shirt.quote_type, int(shirt.min_quantity)) == (OfferStatus.ON_SHELF, 2, 2)
    # The manual's example: ≥ 2 件 : 42.00 元/件.
    assert shirt.tiers[0] == PriceTier(Decimal(2), Decimal("42.00"))
    assert shirt.lowest_price == Decimal("39.00")
    assert [sku.item_number for sku in shirt.skus] == ["sp32501_001", "sp32501_002", ""]
    assert [sku.spec_text for sku in shirt.skus] == ["白色/S", "红色/S", "天蓝色/S"]
    picture = "https://cbu01.alicdn.com/img/ibank/2018/852/384/9326483258_1660977857.jpg"
    assert shirt.skus[2].values == (SpecValue("颜色", "天蓝色", picture), SpecValue("尺码", "S"))
    blue = shirt.skus[2]
    assert [blue.price, blue.retail_price, blue.online_stock] == [Decimal(42), Decimal(66), Decimal(1000)]
    assert shirt.skus[0].platform_sku_id == "3935963888521"
    assert shirt.pictures == (picture,)
    assert shirt.modified_at == datetime(2019, 3, 26, 9, 55, 5, tzinfo=UTC)
    assert (tape.item_number, tape.skus) == ("", ())
    assert (tape.online_stock, tape.retail_price) == (Decimal(20), Decimal(20))
    assert tape.lowest_price == Decimal("13.92")


def test_item_number_from_the_attribute() -> None:
    def change(rows: list[dict]) -> None:
        del rows[0]["productCargoNumber"]
        rows[1]["attributes"] = [{"attributeID": 3216, "attributeName": "颜色", "value": "黄"}]

    shirt, tape = page(change).offers
    assert (shirt.item_number, tape.item_number) == ("sp32501", "")


def test_numbers_as_text_and_odd_spellings() -> None:
    def change(rows: list[dict]) -> None:
        shirt = rows[0]
        shirt["productID"] = "588616757513"
        shirt["saleInfo"] |= {"amountOnSale": "3000", "minOrderQuantity": "2", "retailprice": "64.00", "quoteType": "1"}
        shirt["saleInfo"]["priceRanges"] = None
        shirt["skuInfos"][0] |= {"skuId": "3935963888521", "price": "40.5", "cargoNumber": 4711}
        for attribute in shirt["skuInfos"][0]["attributes"]:
            del attribute["attributeName"], attribute["attributeDisplayName"]
        shirt["skuInfos"][1]["price"] = 42.10000000000001

    shirt = page(change).offers[0]
    assert (shirt.offer_id, shirt.tiers) == ("588616757513", ())
    assert (shirt.online_stock, shirt.retail_price) == (Decimal(3000), Decimal(64))
    assert shirt.skus[0].platform_sku_id == "3935963888521"
    assert (shirt.skus[0].item_number, shirt.skus[1].price) == ("4711", Decimal("42.100000"))
    assert [value.name for value in shirt.skus[0].values] == ["颜色", "尺码"]
    assert shirt.lowest_price == Decimal("40.5")  # quote type 1: over the SKUs


def test_statuses() -> None:
    wanted = {"published": "on_shelf", "expired": "off_shelf", "auto expired": "off_shelf", "auditing": "off_shelf",
              "member deleted": "gone", "deleted": "gone", "unheard of": "off_shelf"}  # fmt: skip
    for theirs, ours in wanted.items():
        assert page(lambda rows, word=theirs: rows[0].update(status=word)).offers[0].status == ours


def test_forty_values_and_long_titles() -> None:
    def change(rows: list[dict]) -> None:
        one = rows[0]["skuInfos"][0]
        rows[0]["skuInfos"] = [one | {"skuId": n, "attributes": [{"attributeValue": f"色{n}"}]} for n in range(1, 41)]
        rows[0]["subject"] = "长" * 600 + "\n\u202e尾"

    shirt = page(change).offers[0]
    assert (len(shirt.skus), len(shirt.title)) == (40, 500)


BAD = {
    "price is NaN": ("saleInfo", lambda r: r["saleInfo"]["priceRanges"][0].update(price=float("nan"))),
    "price is infinite": ("saleInfo", lambda r: r["saleInfo"]["priceRanges"][0].update(price=float("inf"))),
    "price below 0": ("price", lambda r: r["saleInfo"]["priceRanges"][0].update(price=-0.01)),
    "price too high": ("price", lambda r: r["saleInfo"]["priceRanges"][0].update(price=10_000_000)),
    "price is text": ("price", lambda r: r["skuInfos"][0].update(price="免费")),
    "price is NaN in text": ("price", lambda r: r["skuInfos"][0].update(price="NaN")),
    "price is an object": ("price", lambda r: r["skuInfos"][0].update(price={"a": 1})),
    "price is true": ("price", lambda r: r["skuInfos"][0].update(price=True)),
    "price missing in a range": ("priceRanges", lambda r: r["saleInfo"]["priceRanges"][0].pop("price")),
    "null list of variants": ("skuInfos", lambda r: r.update(skuInfos=None)),
    "variants are text": ("skuInfos", lambda r: r.update(skuInfos="[]")),
    "null variant": ("skuInfos", lambda r: r["skuInfos"].append(None)),
    "null range": ("priceRanges", lambda r: r["saleInfo"]["priceRanges"].append(None)),
    "variant id missing": ("skuId", lambda r: r["skuInfos"][0].pop("skuId")),
    "variant id is 0": ("skuId", lambda r: r["skuInfos"][0].update(skuId=0)),
    "variant id twice": ("skuId", lambda r: r["skuInfos"].append(dict(r["skuInfos"][0]))),
    "variant value missing": ("attributeValue", lambda r: r["skuInfos"][0]["attributes"][0].pop("attributeValue")),
    "too many variants": ("skuInfos", lambda r: r.update(skuInfos=[r["skuInfos"][0]] * 2001)),
    "offer id missing": ("productID", lambda r: r.pop("productID")),
    "offer id is 2^63": ("productID", lambda r: r.update(productID=2**63)),
    "offer id is a fraction": ("productID", lambda r: r.update(productID=588616757513.5)),
    "offer id was a float": ("productID", lambda r: r.update(productID=5.88616757513e17)),
    "offer id is negative": ("productID", lambda r: r.update(productID=-1)),
    "offer id is words": ("productID", lambda r: r.update(productID="1 OR 1=1")),
    "offer id is true": ("productID", lambda r: r.update(productID=True)),
    "title missing": ("subject", lambda r: r.pop("subject")),
    "title blank": ("subject", lambda r: r.update(subject=" \t\n ")),
    "title is a list": ("subject", lambda r: r.update(subject=["x"])),
    "lone surrogate in the title": ("subject", lambda r: r.update(subject="a\ud800b")),
    "lone surrogate in the item number": ("productCargoNumber", lambda r: r.update(productCargoNumber="\udfff")),
    "quote type unheard of": ("quoteType", lambda r: r["saleInfo"].update(quoteType=99)),
    "stock too high": ("amountOnSale", lambda r: r["skuInfos"][0].update(amountOnSale=2**63)),
    "sale info is text": ("saleInfo", lambda r: r.update(saleInfo="x")),
    "image is a list": ("image", lambda r: r.update(image=[1])),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_offer_is_reported_and_the_rest_kept(case: str) -> None:
    _, spoil = BAD[case]
    found = page(lambda rows: spoil(rows[0]))
    assert [offer.offer_id for offer in found.offers] == ["588708880891"]
    [bad] = found.bad
    assert bad.reason
    (bad.offer_id + bad.title + bad.found).encode()


@pytest.mark.parametrize("row", [None, 1, "x", [], True])
def test_an_offer_that_is_no_object(row: object) -> None:
    found = page(lambda rows: rows.insert(0, row))
    assert (len(found.offers), len(found.bad)) == (2, 1)


def test_the_control_without_spoiling_both_are_there() -> None:
    assert len(page(lambda rows: None).offers) == 2


def test_oversold_stock_is_no_stock() -> None:
    assert page(lambda rows: rows[0]["skuInfos"][0].update(amountOnSale=-3)).offers[0].skus[0].online_stock == 0


@pytest.mark.parametrize(
    "picture",
    ["http://cbu01.alicdn.com/a.jpg", "javascript:alert(1)", "file:///etc/passwd", "../../a.jpg", "//evil.example/a.jpg",
     "https://evil.example/a.jpg", "", "a b.jpg", "\\\\host\\share", "https://cbu01.alicdn.com@evil.example/a.jpg"],
)  # fmt: skip
def test_a_hostile_picture_is_left_out(picture: str) -> None:
    shirt = page(lambda rows: rows[0]["image"].update(images=[picture, "img/good.jpg"])).offers[0]
    assert shirt.pictures == ("https://cbu01.alicdn.com/img/good.jpg",)


@pytest.mark.parametrize(
    "answer",
    [{"result": None}, {"result": {}}, {"result": {"pageResult": None}}, {"result": {"pageResult": {}}},
     {"result": {"pageResult": {"resultList": {}, "totalRecords": 1}}},
     {"result": {"pageResult": {"resultList": None, "totalRecords": 5}}}],
)  # fmt: skip
def test_no_list_at_all_is_a_bad_answer(answer: dict) -> None:
    if answer == {"result": {"pageResult": {}}}:  # no list and nothing counted
        assert wire.offer_page(answer, REAL).is_empty
        return
    with pytest.raises(BadAnswer):
        wire.offer_page(answer, REAL)


def test_an_empty_page() -> None:
    assert page(lambda rows: rows.clear()).is_empty


# ------------------------------------------------------------ pre-orders

LINES = (PreOrderLine(OfferId("588616757513"), PlatformSkuId("3935963888522"), 2, Decimal("42.00")),)
DRAFT = PreOrderDraft("dxc", Decimal("8.00"), Decimal("84.00"), "XH20190327001", Logistics.EXPRESS, LINES)


def test_the_documented_pre_order_is_what_we_send() -> None:
    sent = wire.serialise(wire.pre_order_params(DRAFT))
    assert sent == SAMPLES["preOrder_create"]["request_params_as_sent"]


def test_an_offer_without_variants_sends_no_sku() -> None:
    draft = PreOrderDraft(
        "hqb", Decimal(0), Decimal("13.9"), "备注", Logistics.SELF_PICKUP,
        (PreOrderLine(OfferId("588708880891"), None, 1, Decimal("13.92")),),
    )  # fmt: skip
    sent = wire.serialise(wire.pre_order_params(draft))
    assert json.loads(sent["itemList"]) == [
        {"offerId": 588708880891, "buyAmount": 1, "auctionPrice": 1392, "remark": ""}
    ]
    assert (sent["postFee"], sent["totalFee"], sent["logisticsType"]) == ("0", "1390", "1")


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (PreOrderLine(OfferId("1"), None, 1, Decimal("0.001")), "price"),
        (PreOrderLine(OfferId("1"), None, 1, Decimal("-1")), "price"),
        (PreOrderLine(OfferId("1"), None, 1, Decimal("NaN")), "price"),
        (PreOrderLine(OfferId("1"), None, 1, Decimal("1e12")), "price"),
        (PreOrderLine(OfferId("1"), None, 0, Decimal(1)), "quantity"),
        (PreOrderLine(OfferId("1"), None, Decimal("1.5"), Decimal(1)), "quantity"),  # type: ignore[arg-type]
        (PreOrderLine(OfferId("1"), None, True, Decimal(1)), "quantity"),
    ],
)
def test_what_1688_cannot_say_is_refused_before_sending(line: PreOrderLine, field: str) -> None:
    draft = PreOrderDraft("dxc", Decimal(0), Decimal(1), "", Logistics.EXPRESS, (*LINES, line))
    with pytest.raises(wire.NotInFen) as caught:
        wire.pre_order_params(draft)
    assert (caught.value.field, caught.value.row) == (field, 2)


def test_an_id_that_is_not_1688s_never_goes_out() -> None:
    for bad in ("", "1,2", "１２", "-1", "1" * 20, "abc"):
        with pytest.raises(UserError):
            wire.long_id(bad)


def test_the_documented_pre_order_list() -> None:
    answer = SAMPLES["preOrder_getList"]["response"]
    found = wire.pre_order_page(decode(json.dumps(answer).encode()), PRACTICE)
    [order] = found.orders
    assert (found.total, found.bad, order.number, order.status) == (1, 0, "55070119811", 0)
    assert (order.total, order.freight, order.actual_total) == (Decimal("84.00"), Decimal("8.00"), Decimal("92.00"))
    assert (order.remark, order.logistics, order.biz_order_id) == ("XH20190327001", Logistics.EXPRESS, "")
    assert order.created_at == datetime(2019, 3, 27, 13, 0, 14, tzinfo=UTC)
    assert order.pay_state is PayState.UNPAID
    [line] = order.lines
    assert (line.offer_id, line.platform_sku_id, line.quantity, line.price) == (
        "588616757513", "3935963888522", 2, Decimal("42.00"),
    )  # fmt: skip


def test_pay_states_and_the_exact_formal_order() -> None:
    row = SAMPLES["preOrder_getList"]["response"]["orderList"][0]
    for later, wanted in zip(
        SAMPLES["preOrder_getList"]["later_states"], (PayState.SCANNED, PayState.PAID), strict=True
    ):
        order = wire.pre_order(row | later, PRACTICE)
        assert (order.pay_state, order.biz_order_id) == (wanted, "193441303243969811")


@pytest.mark.parametrize(
    ("url", "in_practice", "for_real"),
    [
        ("https://qr.1688.com/s/AbC", True, True),
        ("https://1688.com/x?id=1", True, True),
        ("https://m.taobao.com/x", True, True),
        ("http://127.0.0.1:5000/pay/1", True, False),
        ("https://example.invalid/preorder?id=55070119811", True, False),
        ("http://qr.1688.com/s/AbC", False, False),
        ("https://1688.com.evil.example/", True, False),
        ("https://evil1688.com/", True, False),
        ("https://qr.1688.com:8443/", True, False),
        ("https://qr.1688.com@evil.example/", False, False),
        ("javascript:alert(1)", False, False),
        ("", False, False),
    ],
)
def test_only_trusted_pages_become_a_code(url: str, in_practice: bool, for_real: bool) -> None:
    row = SAMPLES["preOrder_getList"]["response"]["orderList"][0] | {"detailUrl": url}
    assert wire.pre_order(row, PRACTICE).detail_url == (url if in_practice else "")
    assert wire.pre_order(row, REAL).detail_url == (url if for_real else "")


def test_an_unreadable_pre_order_is_counted() -> None:
    """An empty look-up permits sending again, so "could not read it" must never look like "is not there"."""
    row = SAMPLES["preOrder_getList"]["response"]["orderList"][0]
    spoiled: list[Any] = [
        None,
        {},
        row | {"status": 7},
        row | {"id": 1.5},
        row | {"totalFee": "x"},
        row | {"itemList": [1]},
    ]
    for bad in spoiled:
        found = wire.pre_order_page({"orderList": [bad, row], "totalCount": 2}, PRACTICE)
        assert (len(found.orders), found.bad, found.is_empty) == (1, 1, False)
        assert not wire.pre_order_page({"orderList": [bad], "totalCount": 1}, PRACTICE).is_empty


@pytest.mark.parametrize("answer", [{}, {"success": True}, {"orderList": None}, {"orderList": {}, "totalCount": 0}])
def test_a_missing_list_is_not_an_empty_one(answer: dict) -> None:
    with pytest.raises(BadAnswer):
        wire.pre_order_page(answer, PRACTICE)
    assert wire.pre_order_page({"totalCount": 0}, PRACTICE).is_empty


@pytest.mark.parametrize("answer", [{}, {"orderId": None}, {"orderId": 0}, {"orderId": 1.5}, {"orderId": "x"}])
def test_success_without_a_number_is_unclear(answer: dict) -> None:
    with pytest.raises(BadAnswer) as caught:
        wire.created_number(decode(json.dumps(answer).encode()))
    assert caught.value.params["outcome_unknown"] is True


# ------------------------------------------------------------ the rest


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("20190926210014000+0800", datetime(2019, 9, 26, 13, 0, 14, tzinfo=UTC)),
        ("20121222222222+0800", datetime(2012, 12, 22, 14, 22, 22, tzinfo=UTC)),
        ("20180721172608123-0700", datetime(2018, 7, 22, 0, 26, 8, 123000, tzinfo=UTC)),
        ("20190327210014", datetime(2019, 3, 27, 13, 0, 14, tzinfo=UTC)),
        ("2019-03-27 21:06:30", datetime(2019, 3, 27, 13, 6, 30, tzinfo=UTC)),
        ("2019-03-27T21:06:30Z", datetime(2019, 3, 27, 21, 6, 30, tzinfo=UTC)),
        ("20190230000000+0800", None),
        ("00010101000000+0800", None),
        ("99991231235959-0800", None),
        ("", None),
        ("明天", None),
        ("２０１９０３２７２１００１４", None),
    ],
)
def test_dates_in_all_their_forms(text: str, wanted: datetime | None) -> None:
    assert parse_instant(text) == wanted


def test_dates_go_out_as_they_come_in() -> None:
    assert write_instant(datetime(2019, 3, 27, 13, 0, 14, 7000, tzinfo=UTC)) == "20190327210014007+0800"


def test_the_token_answers() -> None:
    now = datetime(2019, 3, 27, 2, 0, tzinfo=UTC)
    first = answers.token_answer(SAMPLES["oauth_getToken"]["response"], now)
    assert first.expires_at == datetime(2019, 3, 27, 12, 0, tzinfo=UTC)
    assert first.refresh_expires_at == datetime(2019, 9, 26, 13, 0, 14, tzinfo=UTC)
    assert (first.login_id, first.member_id, first.ali_id) == ("alitestforisv02", "b2b-1624961198", "8888888888")
    again = answers.token_answer(SAMPLES["oauth_getToken"]["response_on_refresh_grant"], now)
    assert (again.refresh_token, again.refresh_expires_at) == (None, None)
    assert first.access_token not in repr(first)
    assert str(first.refresh_token) not in repr(first)


@pytest.mark.parametrize("token", [None, "", 5, ["x"], "a\nb", "密", "x" * 2001])
def test_a_token_that_is_none(token: object) -> None:
    with pytest.raises(BadAnswer) as caught:
        answers.token_answer({"access_token": token}, datetime(2019, 1, 1, tzinfo=UTC))
    assert "密" not in str(caught.value)


def test_serialise() -> None:
    sent = wire.serialise(
        {"none": None, "yes": True, "no": False, "zero": 0, "empty": "", "ids": [1, 2], "text": ["published"],
         "date": datetime(2019, 3, 27, 13, 0, 14, tzinfo=UTC), "price": Decimal("42.00"), "obj": {"备注": "红色/S"}}
    )  # fmt: skip
    assert sent == {
        "yes": "true", "no": "false", "zero": "0", "empty": "", "ids": "[1,2]", "text": '["published"]',
        "date": "20190327210014000+0800", "price": "42.00", "obj": '{"备注":"红色/S"}',
    }  # fmt: skip
    with pytest.raises(TypeError):
        wire.serialise({"price": 42.0})
