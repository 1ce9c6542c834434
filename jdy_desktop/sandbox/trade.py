"""Pre-orders and formal orders, checked as 1688 checks them (manual 6.1.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from jdy_desktop.sandbox import orders
from jdy_desktop.sandbox.accounts import BUYER_LOGIN
from jdy_desktop.sandbox.dates import read, write
from jdy_desktop.sandbox.faults import Fault
from jdy_desktop.sandbox.gateway import Call, bad_param
from jdy_desktop.sandbox.orders import Line, PreOrder

MAX_PAGE = 20
MAX_LINES = 200
MAX_REMARK = 500


class NotSold(Exception):
    """The pre-order is refused with this code and text."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def pre_order_create(call: Call) -> Any:
    call.text("marketName")
    items = call.json("itemList", list)
    try:
        if not call.text("marketName").strip():
            raise NotSold("MARKET_NAME_EMPTY", "专业市场名称不能为空")
        if not items or len(items) > MAX_LINES:
            raise NotSold("ITEM_LIST_EMPTY", f"货品明细必须在1到{MAX_LINES}行之间")
        post_fee = _fen(call.whole("postFee", 0), "postFee")
        remark, logistics = call.params.get("remark", ""), call.whole("logisticsType", 2 if post_fee else 1)
        if len(remark) > MAX_REMARK:
            raise NotSold("REMARK_TOO_LONG", "备注过长")
        if logistics not in (1, 2):
            raise NotSold("LOGISTICS_TYPE_ERROR", "物流方式不正确")
        with call.world.lock:
            lines = [_line(call, item, at) for at, item in enumerate(items, start=1)]
            _check_amounts(lines)
            _forced_refusal(call, lines)
            goods = sum(line.price_fen * line.amount for line in lines)
            total = _fen(call.whole("totalFee", goods), "totalFee")
            if total + post_fee <= 0:
                raise NotSold("TOTAL_FEE_ERROR", "应付总额必须大于0")
            order = call.world.make_pre_order(
                call.account,
                lines,
                market=call.text("marketName"),
                remark=remark,
                total_fen=total,
                post_fee_fen=post_fee,
                logistics=logistics,
            )
    except NotSold as no:
        return {"success": False, "code": no.code, "message": no.text}
    return {"orderId": order.number, "success": True}


def _fen(value: Any, name: str) -> int:
    """Money is whole fen; a fraction or a yuan amount as text is refused."""
    if type(value) is not int or not 0 <= value <= 10**11:
        raise NotSold("FEE_ERROR", f"{name} 必须是以分为单位的整数")
    return value


def _line(call: Call, item: Any, at: int) -> Line:
    if not isinstance(item, dict):
        raise bad_param("itemList", str(item))
    known = call.world.catalogue.find(item["offerId"]) if type(item.get("offerId")) is int else None
    missing = NotSold("OFFER_NOT_FOUND", f"第 [{at}] 行没有对应的offer,请先上传offer模板。")
    if known is None or known[0] != call.account.login or known[1]["status"] in ("deleted", "member deleted"):
        raise missing
    offer = known[1]
    skus = offer["skuInfos"] or []
    sku = next((one for one in skus if one["skuId"] == item.get("skuId")), None)
    if skus and sku is None or (not skus and item.get("skuId")):
        raise missing
    amount = item.get("buyAmount")
    if type(amount) is not int or amount < 1:
        raise NotSold("BUY_AMOUNT_ERROR", f"第 [{at}] 行的购买数量必须是正整数。")
    if offer["status"] != "published":
        raise NotSold("OFFER_OFFLINE", f"商品[{offer['productID']}]已下架。")
    return Line(offer, sku, amount, _fen(item.get("auctionPrice", 0), "auctionPrice"), str(item.get("remark") or ""))


def _check_amounts(lines: list[Line]) -> None:
    """Minimum per offer over all its SKUs, stock per SKU over all lines."""
    by_offer: dict[int, int] = {}
    by_sku: dict[tuple[int, int], int] = {}
    for line in lines:
        number = line.offer["productID"]
        by_offer[number] = by_offer.get(number, 0) + line.amount
        key = (number, line.sku["skuId"] if line.sku else 0)
        by_sku[key] = by_sku.get(key, 0) + line.amount
    for line in lines:
        number, floor = line.offer["productID"], line.offer.get("_floor_fen", 0)
        is_few = by_offer[number] < line.offer["saleInfo"]["minOrderQuantity"]
        if floor and (is_few or line.price_fen < floor):
            raise NotSold("BELOW_MINIMUM", f"商品[{number}]的购买数量或者价格不满足最低限购限制。")
        if is_few:
            raise NotSold("BELOW_MINIMUM", minimum_text(number))
        stock = line.sku["amountOnSale"] if line.sku else line.offer["saleInfo"]["amountOnSale"]
        if by_sku[number, line.sku["skuId"] if line.sku else 0] > stock:
            raise NotSold("STOCK_SHORT", stock_text(number))


def minimum_text(number: int) -> str:
    return f"商品[{number}]的购买数量不满足最低限购限制。"


def stock_text(number: int) -> str:
    return f"商品[{number}]的可售数量不足。"


def _forced_refusal(call: Call, lines: list[Line]) -> None:
    """Refusals switched on by hand; they name the first line's offer."""
    number, faults = lines[0].offer["productID"], call.world.faults
    if faults.take("off_shelf", call.api):
        raise NotSold("OFFER_OFFLINE", f"商品[{number}]已下架。")
    if faults.take("minimum", call.api):
        raise NotSold("BELOW_MINIMUM", minimum_text(number))
    if faults.take("short_stock", call.api):
        raise NotSold("STOCK_SHORT", stock_text(number))


# ---------------------------------------------------------------- lists


def pre_order_list(call: Call) -> Any:
    """Newest first; a pre-order of another shop is not there."""
    page, size = max(call.whole("pageIndex", 1), 1), min(max(call.whole("pageSize", MAX_PAGE), 1), MAX_PAGE)
    wanted, market = call.whole("orderId", 0), call.params.get("marketName")
    lag = call.world.faults.take("list_lag", call.api)
    change = call.world.faults.take("remark_altered", call.api)
    newest = call.world.now() - timedelta(seconds=lag.seconds) if lag else call.world.now()
    with call.world.lock:
        found = [
            order
            for order in reversed(call.world.pre_orders.values())
            if order.shop == call.account.login
            and (not wanted or order.number == wanted)
            and (not market or order.market == market)
            and (not lag or order.made <= newest)
        ]
        shown = found[(page - 1) * size : page * size]
        rows = [orders.listed(order, altered(order.remark, change)) for order in shown]
    return {"orderList": rows, "totalCount": len(found), "pageIndex": page, "success": True}


def altered(remark: str, fault: Fault | None) -> str:
    """The remark as a careless platform hands it back."""
    if fault is None:
        return remark
    return {
        "prefix": f"【买家留言】{remark}",
        "trim": remark[:16],
        "spaces": "".join(remark.split()),
        "lost": "",
    }[fault.mode]


def seller_orders(call: Call) -> Any:
    """Formal orders, those made from pre-orders by scanning. Times bound creation and change."""
    page, size = max(call.whole("page", 1), 1), min(max(call.whole("pageSize", MAX_PAGE), 1), MAX_PAGE)
    status = call.params.get("orderStatus")
    with call.world.lock:
        rows = [
            orders.formal_order(order, call.account.member_id, BUYER_LOGIN)
            for order in reversed(call.world.pre_orders.values())
            if order.formal and order.shop == call.account.login and _in_window(call, order)
        ]
    if status:
        rows = [row for row in rows if row["baseInfo"]["status"] == status]
    shown = rows[(page - 1) * size : page * size]
    return {"result": shown or None, "totalRecord": len(rows), "success": True}


def _in_window(call: Call, order: PreOrder) -> bool:
    assert order.scanned is not None
    for name, moment, is_start in (
        ("createStartTime", order.scanned, True),
        ("createEndTime", order.scanned, False),
        ("modifyStartTime", order.changed, True),
        ("modifyEndTime", order.changed, False),
    ):
        text = call.params.get(name)
        if not text:
            continue
        limit = read(text)
        if limit is None:
            raise bad_param(name, text)
        # Their dates end in seconds that count, so a moment within the last second still belongs to it.
        if (write(moment)[:14] < write(limit)[:14]) if is_start else (write(moment)[:14] > write(limit)[:14]):
            return False
    return True
