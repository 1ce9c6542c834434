from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal as D

import pytest

from jdy_desktop.models.rules.preorder_advice import AdviceCode, advise
from jdy_desktop.models.rules.preorder_state import (
    Countdown,
    RowAction,
    countdown,
    expires_at,
    is_expired,
    plain_amount,
    row_action,
)
from jdy_desktop.models.states import PayState, UploadState

CREATED = datetime(2019, 3, 27, 13, 0, 14, tzinfo=UTC)


@pytest.mark.manual("M151", "M152", "M153", "M138", "M139", "M140", "M141")
@pytest.mark.parametrize(
    ("text", "code", "row", "offer_id"),
    [
        ("第 [1] 行没有对应的offer,请先上传offer模板。", AdviceCode.NO_OFFER, 1, None),
        ("商品[58932516960]的购买数量不满足最低限购限制。", AdviceCode.BELOW_MINIMUM, None, "58932516960"),
        (
            "商品[588708880891]的购买数量或者价格不满足最低限购限制。",
            AdviceCode.BELOW_MINIMUM_OR_PRICE,
            None,
            "588708880891",
        ),
        ("商品[588616757513]已经下架", AdviceCode.OFF_SHELF, None, "588616757513"),
        ("商品[588616757513]已下架，不能购买。", AdviceCode.OFF_SHELF, None, "588616757513"),
        ("商品[588616757513]库存不足", AdviceCode.OVER_ONLINE_STOCK, None, "588616757513"),
        ("第[12]行的购买数量大于可售库存", AdviceCode.OVER_ONLINE_STOCK, 12, None),
        ("商品[1]不存在", AdviceCode.NO_OFFER, None, "1"),
        ("系统繁忙", AdviceCode.UNKNOWN, None, None),
        ("", AdviceCode.UNKNOWN, None, None),
    ],
)
def test_1688s_text_is_kept_and_understood(text, code, row, offer_id):
    advice = advise(text)
    assert (advice.text, advice.code, advice.row, advice.offer_id) == (text, code, row, offer_id)


@pytest.mark.manual("M149", "M155")
@pytest.mark.parametrize(
    ("upload", "pay", "past_due", "action"),
    [
        (UploadState.UPLOADED, PayState.UNPAID, False, RowAction.PAY),
        (UploadState.UPLOADED, PayState.SCANNED, False, RowAction.PAY),
        (UploadState.UPLOADED, PayState.PAID, False, RowAction.NONE),
        (UploadState.UPLOADED, PayState.PAID, True, RowAction.NONE),
        (UploadState.UPLOADED, PayState.UNPAID, True, RowAction.RECREATE),
        (UploadState.FAILED, PayState.UNPAID, False, RowAction.UPLOAD),
        (UploadState.WAITING, PayState.UNPAID, False, RowAction.UPLOAD),
        (UploadState.UPLOADING, PayState.UNPAID, False, RowAction.NONE),
        (UploadState.UNCLEAR, PayState.UNPAID, False, RowAction.CHECK),
    ],
)
def test_the_one_action_of_a_row(upload, pay, past_due, action):
    assert row_action(upload, pay, past_due) is action


@pytest.mark.manual("M135")
def test_five_days_to_pay():
    almost = CREATED + timedelta(days=4, hours=23, minutes=59)
    over = CREATED + timedelta(days=5)
    assert expires_at(CREATED) == over
    assert not is_expired(CREATED, almost)
    assert is_expired(CREATED, over)
    assert is_expired(CREATED, over, PayState.SCANNED)
    assert not is_expired(CREATED, over, PayState.PAID)
    assert not is_expired(None, over)


def test_the_countdown_never_runs_below_zero_nor_above_five_days():
    assert countdown(CREATED, CREATED + timedelta(hours=20, minutes=30, seconds=1.5)) == Countdown(
        4, 3, 29, 58, is_expired=False
    )
    assert countdown(CREATED, CREATED + timedelta(days=5)) == Countdown(0, 0, 0, 0, is_expired=True)
    assert countdown(CREATED, CREATED + timedelta(days=9)) == Countdown(0, 0, 0, 0, is_expired=True)
    assert countdown(CREATED, CREATED - timedelta(hours=1)) == Countdown(5, 0, 0, 0, is_expired=False)


@pytest.mark.manual("M159")
@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("890.88", "890.88"),
        ("24800.00", "24800"),
        ("13.92", "13.92"),
        ("11000.00", "11000"),
        ("210.00", "210"),
        ("5002.20", "5002.2"),
        ("2238.80", "2238.8"),
        ("70760.00", "70760"),
        ("300", "300"),
        ("355.02", "355.02"),
        ("2.48E+4", "24800"),
        ("0.00", "0"),
        ("-0.00", "0"),
        ("-5.50", "-5.5"),
    ],
)
def test_amounts_are_shown_without_padding(amount, shown):
    assert plain_amount(D(amount)) == shown
