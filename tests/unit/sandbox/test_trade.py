"""Pre-orders: what 1688 checks, lists and shows to the buyer (manual 6.1, 6.3)."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from .conftest import SHIRT, SHIRT_RED, TAPE, TOWEL, TRADE, Caller

TAPE_SKU = 3_940_000_000_000 + (TAPE % 10**9) * 1000 + 1


def line(offer: int = SHIRT, sku: int | None = SHIRT_RED, amount: Any = 2, price: Any = 4200) -> dict[str, Any]:
    row = {"offerId": offer, "buyAmount": amount, "auctionPrice": price}
    return row | ({"skuId": sku} if sku else {})


def refused(answer: Any) -> str:
    assert answer["success"] is False
    assert "orderId" not in answer
    return str(answer["message"])


def test_a_pre_order_is_made_and_listed_in_fen(shop: Caller) -> None:
    number = shop.order()["orderId"]
    [row] = shop.listed(orderId=number)
    assert (row["status"], row["totalFee"], row["postFee"], row["actualTotalFee"]) == (0, 8400, 800, 9200)
    assert row["remark"] == "#K7Q2M9X4TB XH20190327001"
    assert row["detailUrl"] == f"{shop.ready['gateway']}/buyer/preorder?id={number}"
    assert (row["logisticsType"], "bizOrderId" in row) == (2, False)
    [item] = row["itemList"]
    assert (item["auctionId"], item["skuId"], item["buyAmount"], item["totalFee"]) == (SHIRT, SHIRT_RED, 2, 8400)


def test_the_sent_total_wins_over_the_sum(shop: Caller) -> None:
    number = shop.order(totalFee=8000, postFee=0)["orderId"]
    [row] = shop.listed(orderId=number)
    assert (row["totalFee"], row["actualTotalFee"], row["logisticsType"]) == (8000, 8000, 1)


@pytest.mark.manual("M139", "M151")
@pytest.mark.parametrize(
    "bad", [line(offer=1), line(sku=None), line(sku=5), line(offer=589100200001, sku=None), line(offer=TOWEL, sku=5)]
)
def test_no_such_offer_names_the_row(shop: Caller, bad: dict[str, Any]) -> None:
    assert refused(shop.order(bad)) == "第 [1] 行没有对应的offer,请先上传offer模板。"
    assert refused(shop.order(line(), bad)) == "第 [2] 行没有对应的offer,请先上传offer模板。"


@pytest.mark.manual("M138")
def test_an_offer_off_the_shelf_is_refused(shop: Caller) -> None:
    shop.world.set_offer(SHIRT, status="expired")
    assert refused(shop.order()) == f"商品[{SHIRT}]已下架。"
    shop.world.set_offer(SHIRT, status="published")
    assert shop.order()["success"] is True


@pytest.mark.manual("M140", "M152", "M153")
def test_below_the_minimum(shop: Caller) -> None:
    assert refused(shop.order(line(amount=1))) == f"商品[{SHIRT}]的购买数量不满足最低限购限制。"
    assert (
        refused(shop.order(line(TAPE, TAPE_SKU, 2, 500))) == "商品[588708880891]的购买数量或者价格不满足最低限购限制。"
    )
    assert refused(shop.order(line(58932516960, None, 9, 580))) == "商品[58932516960]的购买数量不满足最低限购限制。"


def test_the_minimum_counts_all_skus_of_an_offer(shop: Caller) -> None:
    assert shop.order(line(amount=1), line(sku=3935963888521, amount=1))["success"] is True


@pytest.mark.manual("M141")
def test_more_than_the_online_stock(shop: Caller) -> None:
    assert shop.order(line(TAPE, TAPE_SKU, 20, 1392))["success"] is True
    assert "可售数量不足" in refused(shop.order(line(TAPE, TAPE_SKU, 21, 1392)))
    assert "可售数量不足" in refused(shop.order(line(TAPE, TAPE_SKU, 11, 1392), line(TAPE, TAPE_SKU, 10, 1392)))
    shop.world.set_stock(TAPE, 30)
    assert shop.order(line(TAPE, TAPE_SKU, 21, 1392))["success"] is True


@pytest.mark.parametrize("bad", [line(amount=1.5), line(amount="2"), line(amount=0), line(price=42.5), line(price=-1)])
def test_amounts_are_whole_and_money_is_whole_fen(shop: Caller, bad: dict[str, Any]) -> None:
    refused(shop.order(bad))
    assert not shop.world.pre_orders


def test_the_market_is_required(shop: Caller) -> None:
    assert refused(shop.order(marketName=""))
    answer = shop.send(TRADE + "preOrder.create", itemList=[line()])
    assert (answer.status_code, answer.json()["error_code"]) == (400, "gw.ParamMissing")


@pytest.mark.parametrize("fault", ["off_shelf", "minimum", "short_stock"])
def test_forced_refusals_make_nothing(shop: Caller, fault: str) -> None:
    shop.world.faults.add(fault, count=1)
    assert str(SHIRT) in refused(shop.order())
    assert not shop.world.pre_orders
    assert shop.order()["success"] is True


def test_pages_of_twenty_newest_first_and_only_own(shop: Caller) -> None:
    numbers = [shop.order()["orderId"] for _ in range(23)]
    first, second = shop.listed(pageSize=50), shop.listed(pageIndex=2)
    assert [row["id"] for row in first + second] == numbers[::-1]
    assert len(first) == 20
    assert shop.listed(marketName="hqb") == []
    shop.authorize("alitestforisv04")
    assert shop.listed() == []
    assert shop.listed(orderId=numbers[0]) == []


def test_a_lagging_list_shows_a_new_pre_order_later(shop: Caller) -> None:
    shop.world.faults.add("list_lag", seconds=30)
    number = shop.order()["orderId"]
    assert shop.listed(orderId=number) == []
    shop.world.advance(seconds=31)
    assert len(shop.listed(orderId=number)) == 1


@pytest.mark.parametrize(
    ("mode", "seen"),
    [
        ("prefix", "【买家留言】#K7Q2M9X4TB XH20190327001"),
        ("trim", "#K7Q2M9X4TB XH20"),
        ("spaces", "#K7Q2M9X4TBXH20190327001"),
        ("lost", ""),
    ],
)
def test_a_remark_that_comes_back_changed(shop: Caller, mode: str, seen: str) -> None:
    shop.world.faults.add("remark_altered", mode=mode)
    shop.order()
    assert shop.listed()[0]["remark"] == seen


# ---------------------------------------------------------------- the buyer


def open_as(device: requests.Session, address: str) -> requests.Response:
    return device.get(address, timeout=20)


@pytest.mark.manual("M133")
def test_the_first_phone_locks_the_code(shop: Caller) -> None:
    shop.order()
    address = shop.listed()[0]["detailUrl"]
    with requests.Session() as phone, requests.Session() as other:
        page = open_as(phone, address)
        assert page.status_code == 200
        assert ">92.00<" in page.text
        assert shop.listed()[0]["status"] == 1
        assert open_as(phone, address).status_code == 200, "the same phone may look again"
        refusal = open_as(other, address)
        assert refusal.status_code == 403
        assert "锁定" in refusal.text
        number = str(shop.listed()[0]["id"])
        assert other.post(f"{shop.ready['gateway']}/buyer/pay", data={"id": number}, timeout=20).status_code == 403
        assert shop.listed()[0]["status"] == 1
        paid = phone.post(f"{shop.ready['gateway']}/buyer/pay", data={"id": number}, timeout=20)
        assert "已支付" in paid.text
    [row] = shop.listed()
    assert row["status"] == 2
    assert row["bizOrderId"] > 2**53


def test_a_link_preview_is_no_scan(shop: Caller) -> None:
    shop.order()
    assert shop.http.head(shop.listed()[0]["detailUrl"], timeout=20).status_code == 200
    assert shop.listed()[0]["status"] == 0


@pytest.mark.manual("M134")
def test_after_five_days_nothing_can_be_paid(shop: Caller) -> None:
    shop.order()
    address = shop.listed()[0]["detailUrl"]
    shop.world.advance(days=4, hours=23, minutes=59)
    with requests.Session() as phone:
        assert open_as(phone, address).status_code == 200
        shop.world.advance(minutes=2)
        page = open_as(phone, address)
        assert page.status_code == 403
        assert "已过期" in page.text


def test_strange_addresses_of_buyers(shop: Caller) -> None:
    base = shop.ready["gateway"]
    assert shop.http.get(f"{base}/buyer/preorder?id=1", timeout=20).status_code == 403
    assert shop.http.get(f"{base}/buyer/preorder?id=x", timeout=20).status_code == 400


def test_paying_takes_from_the_online_stock(shop: Caller) -> None:
    number = shop.order(line(TAPE, TAPE_SKU, 4, 1392))["orderId"]
    shop.world.pay(number)
    [row] = shop.page(productIds=[TAPE])["resultList"]
    assert row["skuInfos"][0]["amountOnSale"] == 16


def test_formal_orders_speak_yuan(shop: Caller) -> None:
    list_orders = TRADE + "trade.getSellerOrderList"
    number = shop.order(totalFee=8000)["orderId"]
    assert shop.call(list_orders)["result"] is None
    shop.world.scan(number)
    [row] = shop.call(list_orders)["result"]
    assert row["baseInfo"]["preOrderId"] == number
    assert row["baseInfo"]["idOfStr"] == str(row["baseInfo"]["id"])
    assert (row["baseInfo"]["status"], row["tradeTerms"][0]["payStatus"]) == ("waitbuyerpay", "1")
    assert (row["baseInfo"]["totalAmount"], row["baseInfo"]["discount"]) == (88.0, -400)
    shop.world.pay(number)
    assert len(shop.call(list_orders, orderStatus="waitsellersend")["result"]) == 1
    assert shop.call(list_orders, orderStatus="waitbuyerpay")["totalRecord"] == 0
    assert shop.call(list_orders, modifyStartTime="20990101000000000+0800")["totalRecord"] == 0
    assert shop.send(list_orders, modifyStartTime="gestern").json()["error_code"] == "gw.ParamTypeMismatch"
