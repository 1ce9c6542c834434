"""The nine states of look/11: one word, one sentence, one next step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from jdy_desktop.models.ids import DocumentId, PreOrderId, ShopId
from jdy_desktop.models.states import Logistics, PayState, UploadState
from jdy_desktop.services.channel.pre_orders import CodeView
from jdy_desktop.views.dialogs.code_states import CodeState, look_of, repair_of, state_of

NOW = datetime(2019, 3, 27, 13, 0, 14, tzinfo=UTC)
VIEW = CodeView(
    id=PreOrderId(1),
    sale_id=DocumentId(1),
    sale_number="XH20190327001",
    shop_id=ShopId(1),
    shop="AOP对外测试账号04",
    customer="零售",
    url="",
    number="",
    amount=Decimal("890.88"),
    amount_after_discount=Decimal("880.88"),
    freight=Decimal("10.00"),
    logistics=Logistics.EXPRESS,
    created_at=None,
    expires_at=None,
    upload_state=UploadState.WAITING,
    pay_state=PayState.UNPAID,
    is_expired=False,
    shown_at=None,
    scanned_at=None,
    paid_at=None,
    upload_log="",
    advice="",
)
UPLOADED = replace(VIEW, upload_state=UploadState.UPLOADED, number="55070119811", created_at=NOW)
REFUSED = replace(
    VIEW,
    upload_state=UploadState.FAILED,
    upload_log="商品[588708880891]的购买数量或者价格不满足最低限购限制。",
    advice="below_minimum_or_price",
    advice_params={"row": "2", "name": "sp32701 香夹白/S", "unit": "件", "minimum": "3", "quantity": "2"},
)


@pytest.mark.parametrize(
    ("view", "state", "chip", "title"),
    [
        (VIEW, CodeState.QUEUED, "排队中", "销货单已保存，正在排队上传"),
        (replace(VIEW, upload_state=UploadState.UPLOADING), CodeState.CREATING, "创建中", "正在创建 1688 预订单"),
        (replace(VIEW, upload_state=UploadState.UNCLEAR), CodeState.UNCLEAR, "待核对", "1688 没有回答，正在核对"),
        (UPLOADED, CodeState.NO_ADDRESS, "已上传", "预订单已创建，正在取二维码"),
        (REFUSED, CodeState.FAILED, "失败", "1688 没有接受"),
        (
            replace(UPLOADED, url="u", pay_state=PayState.SCANNED),
            CodeState.SCANNED,
            "已扫码",
            "客户已扫码，这个码已锁定",
        ),
        (replace(UPLOADED, pay_state=PayState.PAID), CodeState.PAID, "已支付", "已支付 890.88"),
        (replace(UPLOADED, is_expired=True), CodeState.EXPIRED, "已过期", "超过 5 天没有付款，这个码作废了"),
        (
            replace(VIEW, advice="token_expired"),
            CodeState.UNAUTHORIZED,
            "授权已过期",
            "店铺 AOP对外测试账号04 的授权已过期",
        ),
        (replace(UPLOADED, url="u"), CodeState.READY, "等待客户扫码", ""),
    ],
)
def test_each_state_has_its_word_and_sentence(view: CodeView, state: CodeState, chip: str, title: str) -> None:
    assert state_of(view) is state
    look = look_of(state, view, NOW + timedelta(minutes=1), ahead=1, seconds=0.8)
    assert (look.chip, look.title) == (chip, title)


@pytest.mark.manual("M140")
def test_a_refusal_is_quoted_and_the_button_mends_it() -> None:
    look = look_of(CodeState.FAILED, REFUSED, NOW)
    assert look.quote == REFUSED.upload_log
    assert look.lines[0] == "sp32701 香夹白/S：1688 起订量 3 件，本单 2 件。"
    step = repair_of(REFUSED)
    assert (step.label, step.page, step.row, step.quantity) == ("改成 3 件再上传", "sale", 2, "3")


@pytest.mark.manual("M138", "M139", "M141")
@pytest.mark.parametrize(
    ("advice", "facts", "words", "page"),
    [
        ("off_shelf", {"name": "sp32599"}, "不用该商品来做预订单，或者重新上架", "sale"),
        (
            "no_offer",
            {"name": "sp19011", "sku_code": "sp19011"},
            "先维护宝贝，然后只下载线上信息，最后到商品匹配",
            "match",
        ),
        (
            "over_online_stock",
            {"name": "a", "online_stock": "20", "quantity": "21", "unit": "卷"},
            "线上库存 20 卷，本单 21 卷",
            "sale",
        ),
        ("over_online_stock", {}, "减少数量，或者把线上库存调大", "sale"),
        ("market_missing", {"shop": "甲"}, "还没有选市场", "shops"),
        ("something_new", {}, "销货单没有丢", "sale"),
    ],
)
def test_advice_beside_the_quoted_text(advice: str, facts: dict[str, str], words: str, page: str) -> None:
    view = replace(REFUSED, advice=advice, advice_params=facts)
    assert words in look_of(CodeState.FAILED, view, NOW).lines[0]
    assert repair_of(view).page == page


def test_countdown_words() -> None:
    view = replace(UPLOADED, url="u", pay_state=PayState.SCANNED)
    assert look_of(CodeState.SCANNED, view, NOW + timedelta(seconds=20)).lines[1] == "剩余 4 天 23 小时 59 分"
