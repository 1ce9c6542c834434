"""Pre-orders of the practice market and the formal orders made from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from jdy_desktop.sandbox.dates import write

LIFETIME = timedelta(days=5)
WAITING, LOCKED, PAID = 0, 1, 2
FIRST_NUMBER = 55_070_119_811
FIRST_FORMAL = 193_441_303_243_969_811  # beyond 2^53, as the real ones


@dataclass
class Line:
    """One line as it was ordered; money in fen."""

    offer: dict[str, Any]
    sku: dict[str, Any] | None
    amount: int
    price_fen: int
    remark: str


@dataclass
class PreOrder:
    """`device`: who scanned the code first and so locked it."""

    number: int
    shop: str
    seller_id: int
    market: str
    remark: str
    lines: list[Line]
    total_fen: int
    post_fee_fen: int
    logistics: int
    made: datetime
    detail_url: str
    status: int = WAITING
    device: str = ""
    formal: int = 0
    scanned: datetime | None = None
    paid: datetime | None = None
    changed: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.changed = self.made

    @property
    def due_fen(self) -> int:
        """What the buyer pays: goods plus freight."""
        return self.total_fen + self.post_fee_fen

    def is_expired(self, now: datetime) -> bool:
        return self.status != PAID and now >= self.made + LIFETIME


def listed(order: PreOrder, remark: str) -> dict[str, Any]:
    """A row of preOrder.getList; fields that have no value yet are left out."""
    row: dict[str, Any] = {
        "id": order.number,
        "status": order.status,
        "logisticsType": order.logistics,
        "payType": 2,
        "totalFee": order.total_fen,
        "postFee": order.post_fee_fen,
        "adjustFee": 0,
        "actualTotalFee": order.due_fen,
        "remark": remark,
        "detailUrl": order.detail_url,
        "gmtCreate": write(order.made),
        "gmtModified": write(order.changed),
        "gmtConfirm": write(order.made),
        "operatorId": order.seller_id,
        "itemList": [_listed_line(order, line, at) for at, line in enumerate(order.lines, start=1)],
    }
    if order.formal:
        row |= {"bizOrderId": order.formal, "buyerSubId": 2208810001}
    return row


def _listed_line(order: PreOrder, line: Line, at: int) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": at,
        "orderDraftId": order.number,
        "auctionId": line.offer["productID"],
        "auctionTitle": line.offer["subject"],
        "auctionPrice": line.price_fen,
        "auctionUnit": line.offer["saleInfo"]["unit"],
        "auctionPicUrl": line.offer["image"]["images"][0],
        "buyAmount": line.amount,
        "totalFee": line.price_fen * line.amount,
        "discountFee": 0,
        "adjustFee": 0,
        "sellerId": order.seller_id,
        "status": order.status,
        "remark": line.remark,
        "gmtCreate": write(order.made),
        "gmtModified": write(order.changed),
    }
    if line.sku:
        row |= {"skuId": line.sku["skuId"], "specId": line.sku["specId"]}
    return row


def formal_order(order: PreOrder, seller_member: str, buyer: str) -> dict[str, Any]:
    """A TradeInfo of getSellerOrderList: yuan here, where the pre-order says fen."""
    status = "waitsellersend" if order.status == PAID else "waitbuyerpay"
    assert order.scanned is not None
    base: dict[str, Any] = {
        "id": order.formal,
        "idOfStr": str(order.formal),
        "preOrderId": order.number,
        "status": status,
        "businessType": "cn",
        "tradeType": "50060",
        "sellerOrder": False,
        "totalAmount": order.due_fen / 100,
        "sumProductPayment": order.total_fen / 100,
        "shippingFee": order.post_fee_fen / 100,
        "discount": order.total_fen - sum(line.price_fen * line.amount for line in order.lines),
        "refund": 0,
        "createTime": write(order.scanned),
        "modifyTime": write(order.changed),
        "buyerLoginId": buyer,
        "sellerLoginId": order.shop,
        "sellerID": seller_member,
        "remark": order.remark,
    }
    term: dict[str, Any] = {"payStatus": "1", "payWay": "1", "payWayDesc": "支付宝", "phasAmount": order.due_fen / 100}
    if order.paid:
        base["payTime"] = term["payTime"] = write(order.paid)
        term["payStatus"] = "2"
    items = [_formal_line(order, line, at, status) for at, line in enumerate(order.lines, start=1)]
    return {"baseInfo": base, "productItems": items, "tradeTerms": [term]}


def _formal_line(order: PreOrder, line: Line, at: int, status: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "subItemID": order.formal + at,
        "subItemIDString": str(order.formal + at),
        "productID": line.offer["productID"],
        "name": line.offer["subject"],
        "productCargoNumber": line.offer.get("productCargoNumber", ""),
        "price": line.price_fen / 100,
        "quantity": line.amount,
        "itemAmount": line.price_fen * line.amount / 100,
        "unit": line.offer["saleInfo"]["unit"],
        "status": status,
        "statusStr": "等待卖家发货" if status == "waitsellersend" else "等待买家付款",
        "logisticsStatus": 1,
    }
    if line.sku:
        specs = [{"name": one["attributeName"], "value": one["attributeValue"]} for one in line.sku["attributes"]]
        row |= {"skuID": line.sku["skuId"], "specId": line.sku["specId"], "skuInfos": specs}
        row["cargoNumber"] = line.sku["cargoNumber"]
    return row
