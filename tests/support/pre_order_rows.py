"""The manual's two tables of 预订单 (6.3), cell by cell, put straight into a book."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from jdy_desktop.models.channel import PreOrder, Shop
from jdy_desktop.models.documents import Document
from jdy_desktop.models.ids import PreOrderId
from jdy_desktop.models.parties import Customer
from jdy_desktop.models.states import DocumentKind, DocumentState, PayState, UploadState
from jdy_desktop.services.machine.context import SHANGHAI
from jdy_desktop.services.machine.db import Database

FIRST, SECOND = "AOP对外测试账号02", "AOP对外测试账号04"
NO_OFFER = "第 [1] 行没有对应的offer,请先上传offer模板。"
FEW = "商品[58932516960]的购买数量不满足最低限购限制。"
FEW_OR_CHEAP = "商品[588708880891]的购买数量或者价格不满足最低限购限制。"

Cells = tuple[str, ...]


def _up(shop: str, day: str, number: str, sale: str, amount: str, customer: str = "零售") -> Cells:
    return (shop, day, number, sale, customer, amount, "", "已上传", "上传成功", "未支付", "支付")


def _failed(sale: str, amount: str, log: str) -> Cells:
    return (FIRST, "", "0", sale, "零售", amount, "", "未上传", log, "未支付", "上传")


#: 6.3, first table
TABLE_1: list[Cells] = [
    _up(FIRST, "2019-03-27 21:00:14", "55070119811", "XH20190327001", "890.88"),
    _up(FIRST, "2019-03-26 20:00:20", "54669249811", "XH20190326001", "24800"),
    _up(SECOND, "2019-03-23 16:00:19", "54290997370", "XH20190323002", "13.92"),
    _up(SECOND, "2019-03-21 13:00:35", "53840017370", "XH20190321013", "11000"),
    _up(FIRST, "2019-03-21 13:00:56", "54049369811", "XH20190321012", "210"),
    _up(FIRST, "2019-03-21 13:00:57", "53900069811", "XH20190321011", "5002.2"),
    _up(FIRST, "2019-03-21 12:00:59", "53929389811", "XH20190321010", "2238.8"),
    _up(FIRST, "2019-03-21 12:00:23", "53889759811", "XH20190321007", "70760"),
    _up(SECOND, "2019-03-21 11:00:06", "54187147370", "XH20190321004", "40136", "批发"),
    _up(SECOND, "2019-03-21 11:00:15", "53968517370", "XH20190321003", "300", "批发"),
    _up(FIRST, "2019-03-21 11:00:12", "53998469811", "XH20190321002", "255.92"),
    _up(SECOND, "2019-03-21 11:00:47", "53038667370", "XH20190321001", "355.02"),
]
#: 6.3, second table
TABLE_2: list[Cells] = [
    TABLE_1[0],
    _up(FIRST, "2019-03-26 20:00:20", "54669249811", "XH20190326001", "34800"),
    _failed("XH20190321014", "216", NO_OFFER),
    *TABLE_1[4:7],
    _failed("XH20190321009", "656.8", FEW),
    _failed("XH20190321008", "371.2", FEW_OR_CHEAP),
    TABLE_1[7],
    _failed("XH20190321006", "1415.2", FEW_OR_CHEAP),
]
#: what look/15 tells about the failed rows: sale number → advice, facts
ADVICE: dict[str, tuple[str, dict[str, str]]] = {
    "XH20190321014": ("no_offer", {"row": "1", "sku_code": "sp19011", "name": "高压绝缘胶带 23号", "unit": "件"}),
    "XH20190321009": (
        "below_minimum",
        {
            "row": "1",
            "sku_code": "sp32602",
            "name": "大批发真皮女包 红色",
            "unit": "个",
            "minimum": "2",
            "quantity": "1",
        },
    ),
    "XH20190321008": (
        "below_minimum_or_price",
        {"row": "2", "sku_code": "sp32701", "name": "香夹白/S", "unit": "件", "minimum": "3", "quantity": "2"},
    ),
    "XH20190321006": ("below_minimum_or_price", {"offer_id": "588708880891"}),
}


def put_rows(db: Database, rows: Sequence[Cells], **changes: Any) -> dict[str, PreOrderId]:
    """Sales and pre-orders as the cells say, entered in no order; sale number → pre-order. `changes` go to every row.

    The shops have no token, so nothing of it is ever sent."""
    found: dict[str, PreOrderId] = {}
    for cells in sorted(rows, key=lambda one: one[1:]):
        found[cells[3]] = put_row(db, cells, **changes)
    return found


def put_row(
    db: Database, cells: Cells, advice: str = "", facts: Mapping[str, str] | None = None, **changes: Any
) -> PreOrderId:
    shop, day, number, sale_number, customer, amount, remark, upload, log, _pay, _action = cells
    made = datetime.strptime(day, "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI) if day else None
    written = datetime.strptime(sale_number[2:10], "%Y%m%d").replace(hour=12, tzinfo=SHANGHAI)
    known = ADVICE.get(sale_number, ("", {})) if upload == "未上传" else ("", {})
    states = {"已上传": UploadState.UPLOADED, "未上传": UploadState.FAILED}
    with db.write() as s:
        customer_id = s.scalar(select(Customer.id).where(Customer.name == customer))
        sale = Document(
            kind=DocumentKind.SALE, number=sale_number, state=DocumentState.SAVED, day=written.date(), remark=remark,
            client_key=sale_number, customer_id=customer_id, shop_id=_shop(s, shop), settlement_amount=Decimal(amount),
            goods_amount=Decimal(amount), amount_after_discount=Decimal(amount), makes_pre_order=True,
            created_at=written, updated_at=written,
        )  # fmt: skip
        s.add(sale)
        s.flush()
        values: dict[str, Any] = {
            "upload_state": states[upload],
            "pay_state": PayState.UNPAID,
            "number": "" if number == "0" else number,
            "detail_url": f"https://trade.1688.com/{number}" if number != "0" else "",
            "upload_log": log,
            "advice": advice or known[0],
            "advice_params": json.dumps(dict(facts or known[1])),
            "remote_created_at": made,
            "created_at": written,
        }
        key = sale_number[2:12].translate(str.maketrans("01", "XY"))
        order = PreOrder(
            sale_id=sale.id, shop_id=sale.shop_id, key=f"{key[:7]}{sale.id:03d}", **(values | changes)
        )  # fmt: skip
        s.add(order)
        s.flush()
        return PreOrderId(order.id)


def _shop(session: Any, name: str) -> int:
    known = session.scalar(select(Shop.id).where(Shop.name == name))
    if known is None:
        shop = Shop(login_id=name, member_id=name, name=name, created_at=datetime(2019, 3, 1, tzinfo=SHANGHAI))
        session.add(shop)
        session.flush()
        known = shop.id
    return int(known)
