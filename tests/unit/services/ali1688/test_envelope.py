"""Each envelope of 1688 becomes one error class, or a good answer."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from jdy_desktop.services.ali1688.envelope import SignatureRefused, decode, read_answer
from jdy_desktop.services.errors import (
    BadAnswer,
    JdyError,
    LinkError,
    NoPermission,
    PlatformError,
    RateLimited,
    TokenExpired,
)


def read(value: Any, status: int = 200, **more: Any) -> Any:
    return read_answer(status, json.dumps(value, ensure_ascii=False).encode(), **more)


@pytest.mark.parametrize(
    ("answer", "needs"),
    [
        ({"success": True, "result": {"loginId": "a"}}, "result"),
        ({"success": "true", "result": []}, "result"),
        ({"success": True, "orderId": 55070119811}, "orderId"),
        ({"success": True, "orderList": [], "totalCount": 0}, "orderList"),
        ({"productInfo": {"productID": 1}}, "productInfo"),
        ({"succes": "true", "categoryInfo": []}, "categoryInfo"),
        ({"result": True, "resultCode": ""}, ""),
        ({"success": True, "payUrl": "https://trade.1688.com/x"}, "payUrl"),
        ({"access_token": "x"}, "access_token"),
    ],
)
def test_good_envelopes_pass(answer: dict, needs: str) -> None:
    assert read(answer, needs=needs) == answer


@pytest.mark.parametrize(
    ("answer", "needs", "code", "text"),
    [
        ({"success": False, "errorCode": "ORDER_STATUS_ERROR", "errorMessage": "订单状态错误"}, "result",
         "ORDER_STATUS_ERROR", "订单状态错误"),
        ({"success": "false", "errorCode": "E", "errorMessage": "订单不存在"}, "result", "E", "订单不存在"),
        ({"success": False, "code": "C", "message": "商品[588708880891]的购买数量或者价格不满足最低限购限制。"}, "orderId",
         "C", "商品[588708880891]的购买数量或者价格不满足最低限购限制。"),
        ({"success": False, "orderId": 0, "code": "C", "message": "商品已经下架"}, "orderId", "C", "商品已经下架"),
        ({"success": False, "errorCode": "500_2", "errorMsg": "数据准备中"}, "orderList", "500_2", "数据准备中"),
        ({"errMsg": "商品不存在"}, "productInfo", "", "商品不存在"),
        ({"success": False, "errorCode": 17, "erroMsg": "无法支付"}, "payUrl", "17", "无法支付"),
        ({"succes": "false", "errorCode": "x", "errorMsg": "类目不存在"}, "categoryInfo", "x", "类目不存在"),
        ({"result": False, "resultCode": "R", "resultMsg": "改价失败"}, "", "R", "改价失败"),
        ({"success": False, "extErrorMessage": "只有补充说明"}, "", "", "只有补充说明"),
        ({"success": False, "message": "发布失败", "subMessage": "类目不存在"}, "", "", "发布失败 类目不存在"),
    ],
)  # fmt: skip
def test_a_refusal_keeps_their_words(answer: dict, needs: str, code: str, text: str) -> None:
    with pytest.raises(PlatformError) as caught:
        read(answer, needs=needs)
    assert type(caught.value) is PlatformError
    assert (caught.value.their_code, caught.value.their_text) == (code, text)


@pytest.mark.parametrize("status", [200, 400, 401, 403, 500])
@pytest.mark.parametrize(
    ("code", "text", "wanted"),
    [
        ("gw.QosAppFrequencyLimit", "App call exceeds limited frequency", RateLimited),
        ("gw.QosApiFrequencyLimit", "Api call exceeds limited frequency", RateLimited),
        ("401", "Request need user authorized", TokenExpired),
        ("401", "Request need user authenticated", TokenExpired),
        ("gw.APIACLDecline", "AppKey is not allowed(acl)", NoPermission),
        ("gw.APIUnsupported", "", NoPermission),
        ("gw.AppKeyMissing", "", NoPermission),
        ("gw.AppKeyNotFound", "", NoPermission),
        ("gw.NoUsageLeftError", "SLA bill has no usage left", NoPermission),
        ("gw.SignatureInvalid", "Invalid signature", SignatureRefused),
        ("gw.SignatureMissing", "", SignatureRefused),
        ("gw.ParamMissing", "orderId is missing", PlatformError),
    ],
)
@pytest.mark.parametrize("is_read", [True, False])
def test_gateway_errors_by_class(status: int, code: str, text: str, wanted: type[JdyError], is_read: bool) -> None:
    if status == 401 and code != "401":
        wanted = TokenExpired
    with pytest.raises(PlatformError) as caught:
        read({"error_code": code, "error_message": text, "exception": text}, status, is_read=is_read)
    assert type(caught.value) is wanted
    assert caught.value.their_text == text


def test_a_fault_behind_the_gateway_leaves_a_write_unclear() -> None:
    answer = {"error_code": "gw.InternalTimeout", "error_message": "service timed out"}
    with pytest.raises(LinkError) as caught:
        read(answer, 400, is_read=False)
    assert caught.value.outcome_unknown
    with pytest.raises(PlatformError):
        read(answer, 400, is_read=True)


@pytest.mark.parametrize("body", [b"", b"<html>502</html>", b'{"success":true}', b'{"error_code":"x"}', b"[]"])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_server_trouble_is_unclear(status: int, body: bytes) -> None:
    with pytest.raises(LinkError) as caught:
        read_answer(status, body, needs="orderId", is_read=False)
    assert (caught.value.code, caught.value.outcome_unknown) == ("platform_down", True)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b'{"orderId":550701'),
        (200, b"<html>login</html>"),
        (200, b'{"success":true'),
        (200, b"[" * 100_000),
        (200, b'{"a":' * 100_000),
        (200, b"\xff\xfe\x00"),
        (200, b"[]"),
        (200, b"null"),
        (200, b"true"),
        (200, b"{}"),
        (200, b'{"success":null}'),
        (200, b'{"success":false,"orderId":55070119811,"message":"?"}'),
        (302, b'{"orderId":1}'),
        (404, b"not found"),
        (404, b'{"orderId":1}'),
    ],
)
def test_a_broken_answer_is_unclear(status: int, body: bytes) -> None:
    with pytest.raises(BadAnswer) as caught:
        read_answer(status, body, needs="orderId", is_read=False)
    assert caught.value.params["outcome_unknown"] is True


def test_401_without_words_needs_authorization() -> None:
    for body in (b"", b"{}", b"no"):
        with pytest.raises(TokenExpired):
            read_answer(401, body)


def test_oauth_errors_in_their_own_spelling() -> None:
    with pytest.raises(PlatformError) as caught:
        read({"error": "invalid_grant", "error_description": "code expired"}, 400, needs="access_token")
    assert (caught.value.their_code, caught.value.their_text) == ("invalid_grant", "code expired")


def test_a_bare_text_answer() -> None:
    assert read_answer(200, b'"20261010164552223+0800"') == "20261010164552223+0800"


def test_their_text_can_be_stored() -> None:
    """A lone surrogate would break the database driver, NUL PostgreSQL; the rest stays verbatim."""
    with pytest.raises(PlatformError) as caught:
        read_answer(200, b'{"success":false,"message":"a\\ud800\\u0000b","code":"c"}')
    assert caught.value.their_text == "a?b"


def test_numbers_stay_exact() -> None:
    found = decode(b'{"id":193441303243969811,"price":42.10,"big":123456789012345678901}')
    assert found == {"id": 193441303243969811, "price": Decimal("42.10"), "big": 123456789012345678901}
    assert type(found["id"]) is int
    assert not any(isinstance(value, float) for value in found.values())


def test_nan_costs_one_value_not_the_answer() -> None:
    found = decode(b'{"a":NaN,"b":-Infinity,"c":1}')
    assert found["c"] == 1
    assert not isinstance(found["a"], float)
