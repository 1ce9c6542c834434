"""Account, offers, categories and the photo bank, in the documented shapes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from PIL import Image

from jdy_desktop.sandbox.catalogue import Catalogue
from jdy_desktop.sandbox.drawing import wanted
from jdy_desktop.sandbox.server import PracticeMarket
from .conftest import PRODUCT, SHIRT, TOWEL, Caller


def by_code(caller: Caller, code: str) -> dict[str, Any]:
    [row] = caller.page(cargoNumber=code)["resultList"]
    assert isinstance(row, dict)
    return row


def skus(row: dict[str, Any]) -> list[tuple[str, str]]:
    return [(s["cargoNumber"], "".join(a["attributeValue"] for a in s["attributes"])) for s in row["skuInfos"]]


def test_the_account(shop: Caller) -> None:
    answer = shop.call("com.alibaba.account/alibaba.account.basic")
    assert answer["success"] is True
    assert answer["result"]["loginId"] == "alitestforisv02"
    assert answer["result"]["supplierName"] == "AOP对外测试账号02"


@pytest.mark.manual("M78")
def test_the_worked_rows_of_the_manual(shop: Caller) -> None:
    # Listed smallest first, so that a download's _001 … _003 are the manual's own rows.
    tee = [("sp32701_001", "香夹白S"), ("sp32701_002", "香夹白M"), ("sp32701_003", "香夹白L")]
    assert skus(by_code(shop, "sp32701")) == tee
    assert skus(by_code(shop, "sp32301")) == [("sp32301_001", "红色XS"), ("sp32301_002", "绿色XS")]
    assert skus(by_code(shop, "sp32602")) == [("sp32602_001", "黄色"), ("sp32602_002", "红色")]
    assert skus(by_code(shop, "sp19005")) == [("", "1350FY-1")]
    shirt = by_code(shop, "sp32501")
    assert shirt["productID"] == SHIRT
    assert [text[-2:] for _, text in skus(shirt)] == ["色S"] * 3
    [craft] = shop.page(subjectKey="女跨境电商工艺品")["resultList"]
    assert "productCargoNumber" not in craft
    assert skus(craft) == [("", "12*9*6")]


def test_prices_and_stock_of_the_drawn_pages(shop: Caller) -> None:
    """Retail, lowest tier, online stock as the pages 商品中心 and 销货单 are drawn."""
    drawn = {
        "sp32701": (59, 42, 500),
        "sp32501": (66, 39, 1000),
        "sp32301": (44, 32, 1000),
        "sp32602": (188, 152, 120),
        "sp19005": (13.92, 13.92, 20),
    }
    for code, (retail, wholesale, stock) in drawn.items():
        row = by_code(shop, code)
        assert max(s["retailPrice"] for s in row["skuInfos"]) == retail
        assert min(t["price"] for t in row["saleInfo"]["priceRanges"]) == wholesale
        assert {s["amountOnSale"] for s in row["skuInfos"]} == {stock}


def test_odd_offers_are_in_the_catalogue(shop: Caller) -> None:
    rows = [row for number in (1, 2) for row in shop.page(number)["resultList"]]
    assert any(len(row["skuInfos"]) == 40 for row in rows)
    assert any("<b>" in row["subject"] for row in rows)
    assert any(row["attributes"] is None for row in rows)
    assert any(row["skuInfos"] == [] and "retailprice" in row["saleInfo"] for row in rows)
    assert any(s["skuId"] > 2**53 for row in rows for s in row["skuInfos"])
    tones = {
        a["attributeName"]
        for r in rows
        for s in r["skuInfos"]
        for a in s["attributes"]
        if a["attributeValue"] == "天蓝色"
    }
    assert tones == {"颜色", "色调"}


@pytest.mark.manual("M26", "M58")
def test_only_offers_on_the_shelf_are_listed_when_asked_so(shop: Caller) -> None:
    assert shop.page()["totalRecords"] == 30
    assert shop.page(statusList=["published"])["totalRecords"] == 29
    assert shop.page(statusList=["auto expired"])["totalRecords"] == 1


def test_pages_are_cut_to_twenty_and_sorted_by_id(shop: Caller) -> None:
    first = shop.page(pageSize=500)
    assert (first["sizePerPage"], len(first["resultList"])) == (20, 20)
    ids = [row["productID"] for number in (1, 2, 3) for row in shop.page(number)["resultList"]]
    assert ids == sorted(ids)
    assert len(set(ids)) == 30
    down = [row["productID"] for number in (1, 2) for row in shop.page(number, orderByType="DESC")["resultList"]]
    assert down == ids[::-1]


def test_detail_is_left_out_on_wish(shop: Caller) -> None:
    assert "skuInfos" not in shop.page(needDetail=False)["resultList"][0]


@pytest.mark.manual("M59")
def test_asked_by_id_only_own_offers_come(shop: Caller) -> None:
    foreign, unknown = 589100200001, 5
    found = shop.page(productIds=[SHIRT, foreign, unknown])
    assert [row["productID"] for row in found["resultList"]] == [SHIRT]
    found = shop.call(PRODUCT + "product.getByIdList", productIdList=[TOWEL, foreign, unknown])
    assert [row["productID"] for row in found["productList"]] == [TOWEL]
    assert shop.call(PRODUCT + "product.get", productID=SHIRT)["productInfo"]["productID"] == SHIRT
    assert set(shop.call(PRODUCT + "product.get", productID=foreign)) == {"errMsg"}


@pytest.mark.manual("M92")
def test_a_title_changed_at_1688(shop: Caller) -> None:
    shop.world.set_offer(588640312701, subject="2019年夏季新款T恤大批发小猫图案")
    assert by_code(shop, "sp32701")["subject"] == "2019年夏季新款T恤大批发小猫图案"


def test_categories_keep_the_platforms_spelling(caller: Caller) -> None:
    roots = caller.call(PRODUCT + "category.get", categoryID=0)
    assert roots["succes"] == "true"
    [root] = roots["categoryInfo"]
    assert "服饰内衣" in [child["name"] for child in root["childCategorys"]]
    leaf = caller.call(PRODUCT + "category.get", categoryID=1048182)["categoryInfo"][0]
    assert (leaf["isLeaf"], leaf["name"]) == (True, "男式衬衫")
    assert caller.call(PRODUCT + "category.get", categoryID=7777)["succes"] == "false"
    found = caller.call(PRODUCT + "category.searchByKeyword", keyword="胶带")
    assert [row["name"] for row in found["categoryInfo"]] == ["绝缘胶带"]


def png(extra: int = 0) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(data, "PNG")
    return data.getvalue() + b"\0" * extra


def upload(caller: Caller, data: bytes, name: str = "主图") -> Any:
    album = caller.call(PRODUCT + "photobank.album.getList", albumType="MY")["albumInfos"][0]["id"]
    files = {"imageBytes": ("imageBytes", data, "application/octet-stream")}
    return caller.call(PRODUCT + "photobank.photo.add", albumID=album, name=name, webSite="1688", files=files)


@pytest.mark.manual("M106")
def test_pictures_up_to_two_megabytes_can_be_uploaded_and_fetched(shop: Caller) -> None:
    answer = upload(shop, png())
    assert answer["success"] is True
    assert shop.http.get(shop.ready["images"] + answer["image"]["url"], timeout=20).content == png()
    assert upload(shop, png(2 * 1024 * 1024))["errorMsg"] == "图片大小不能超过2M"
    assert upload(shop, b"<svg/>")["errorCode"] == "IMAGE_TYPE_INVALID"
    assert upload(shop, png(), "长" * 31)["success"] is False


def publish(caller: Caller, **changes: Any) -> Any:
    params = {"subject": "新款毛巾", "categoryId": 1037110, "images": ["img/a.png"], "price": "5.5", "tradeAmount": 10}
    answer = caller.call(PRODUCT + "product.simple.add", **(params | changes))
    return answer["simpleProductCreateResultModel"]


@pytest.mark.manual("M110")
def test_a_simple_offer_is_made_but_never_listed(shop: Caller) -> None:
    offer_id = publish(shop)["result"]["offerId"]
    assert isinstance(offer_id, str)
    row = shop.call(PRODUCT + "product.get", productID=offer_id)["productInfo"]
    assert (row["subject"], row["privateOffer"], row["skuInfos"]) == ("新款毛巾", True, [])
    assert shop.page()["totalRecords"] == 30


def test_a_simple_offer_is_checked(shop: Caller) -> None:
    assert publish(shop, subject="字" * 30)["success"] is True
    wrong: list[dict[str, Any]] = [{"subject": "字" * 31}, {"categoryId": 2}, {"images": []}, {"images": ["a"] * 6}]
    for changes in wrong:
        assert publish(shop, **changes)["success"] is False


@pytest.mark.manual("M112")
def test_a_simple_offer_is_private_unless_said_otherwise_and_can_be_traded_online(shop: Caller) -> None:
    offers = [publish(shop, **changes)["result"]["offerId"] for changes in ({}, {"privateOffer": "false"})]
    rows = [shop.call(PRODUCT + "product.get", productID=one)["productInfo"] for one in offers]
    assert [row["privateOffer"] for row in rows] == [True, False]
    assert [row["saleInfo"]["supportOnlineTrade"] for row in rows] == [True, True]


def test_a_simple_offer_needs_every_documented_parameter(shop: Caller) -> None:
    params: dict[str, Any] = {"subject": "新款毛巾", "categoryId": 1037110, "images": ["img/a.png"], "price": "5.5"}
    params["tradeAmount"] = 10
    for name in params:
        rest = {key: value for key, value in params.items() if key != name}
        assert shop.send(PRODUCT + "product.simple.add", **rest).json()["error_code"] == "gw.ParamMissing"
    wrong = shop.send(PRODUCT + "product.simple.add", **(params | {"price": "abc"}))
    assert wrong.json()["error_code"] == "gw.ParamTypeMismatch"


def test_publishing_can_be_made_to_fail(shop: Caller) -> None:
    faults = shop.world.faults
    faults.add("publish_refused", count=1)
    refused = publish(shop)
    assert (refused["success"], refused["subMessage"]) == (False, "您的店铺今天发布的商品数量已达上限")
    faults.add("photo_refused", count=1)
    assert upload(shop, png())["errorCode"] == "ALBUM_FULL"
    assert not shop.world.photos
    faults.add("throttle", count=1, api="simple.add")
    params: dict[str, Any] = {"subject": "毛巾", "categoryId": 1037110, "images": ["a"], "price": "5", "tradeAmount": 1}
    assert shop.send(PRODUCT + "product.simple.add", **params).json()["error_code"] == "gw.QosAppFrequencyLimit"
    assert shop.world.catalogue.simple_offers() == []
    faults.add("answer_lost", count=1, api="simple.add")
    with pytest.raises(requests.ConnectionError):
        publish(shop)
    assert len(shop.world.catalogue.simple_offers()) == 1


def test_the_list_can_be_made_to_show_simple_offers(shop: Caller) -> None:
    publish(shop)
    before = shop.page()["totalRecords"]
    shop.world.faults.add("simple_listed")
    assert shop.page()["totalRecords"] == before + 1


def test_every_picture_of_the_catalogue_can_be_fetched(caller: Caller) -> None:
    for name in wanted():
        answer = caller.http.get(f"{caller.ready['images']}img/ibank/2018/practice/{name}.png", timeout=20)
        assert answer.content.startswith(b"\x89PNG"), name
    assert caller.http.get(caller.ready["images"] + "img/ibank/2018/practice/none.png", timeout=20).status_code == 404
    assert caller.http.get(caller.ready["images"] + "..%2f..%2fcatalogue.json", timeout=20).status_code == 404


# ---------------------------------------------------------------- generator


@pytest.fixture
def large() -> Iterator[Caller]:
    with PracticeMarket(offers=30_000) as market:
        caller = Caller(market).authorize()
        yield caller
        caller.http.close()


def test_thirty_thousand_offers_are_walked_without_gap(large: Caller) -> None:
    assert large.page(statusList=["published"])["totalRecords"] == 30_029
    seen = [
        row["productID"] for number in (1, 2, 3) for row in large.page(number, statusList=["published"])["resultList"]
    ]
    last = large.page(1502, statusList=["published"])["resultList"]
    assert len(last) == 9
    assert large.page(1503, statusList=["published"])["resultList"] == []
    assert seen == sorted(set(seen))
    assert last[-1]["productCargoNumber"] == "gen030000"
    assert large.page(orderByType="DESC", statusList=["published"])["resultList"][0] == last[-1]


def test_a_generated_offer_taken_off_the_shelf_leaves_the_list(large: Caller) -> None:
    row = large.page(3, statusList=["published"])["resultList"][5]
    large.world.set_offer(row["productID"], status="expired")
    page = large.page(3, statusList=["published"])
    assert page["totalRecords"] == 30_028
    assert row["productID"] not in [one["productID"] for one in page["resultList"]]
    assert large.page(statusList=["expired"])["totalRecords"] == 1


def test_the_generator_is_the_same_everywhere_and_has_no_double_ids() -> None:
    one, two, other = (list(Catalogue(500, seed).by_id("alitestforisv02")) for seed in (1, 1, 2))
    assert json.dumps(one) == json.dumps(two)
    assert json.dumps(one) != json.dumps(other)
    ids = [sku["skuId"] for row in one for sku in row["skuInfos"]]
    assert len(ids) == len(set(ids))
