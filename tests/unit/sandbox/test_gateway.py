"""Gateway refusals in their documented envelope, and the clock."""

from __future__ import annotations

import json

import pytest

from jdy_desktop.sandbox.dates import read, write
from .conftest import PRODUCT, TRADE, Caller

LIST = PRODUCT + "product.list.get"


def refusal(caller: Caller, name: str, **params: str) -> tuple[int, str]:
    answer = caller.send(name, **params)
    row = answer.json()
    assert set(row) == {"error_code", "error_message", "exception", "request_id"}
    return answer.status_code, row["error_code"]


def test_the_clock_answers_a_bare_text_and_a_number(caller: Caller) -> None:
    text = caller.call("system/currentTime")
    moment = read(text)
    assert moment is not None
    assert abs((moment - caller.world.now()).total_seconds()) < 5
    key = caller.ready["app_key"]
    address = f"{caller.ready['gateway']}/openapi/param2/1/system/currentTimeMillis/{key}"
    assert abs(caller.http.get(address, timeout=20).json() / 1000 - caller.world.now().timestamp()) < 5


def test_the_clock_can_be_put_forward(caller: Caller) -> None:
    caller.world.advance(days=2)
    assert caller.call("system/currentTime")[:8] == write(caller.world.now())[:8]


def test_refusals(shop: Caller) -> None:
    assert refusal(shop, LIST, _aop_signature="0" * 40) == (400, "gw.SignatureInvalid")
    assert refusal(shop, LIST, key="77") == (400, "gw.AppKeyNotFound")
    assert refusal(shop, LIST, key="") == (400, "gw.AppKeyMissing")
    assert refusal(shop, PRODUCT + "no.such.api") == (400, "gw.APIUnsupported")
    assert refusal(shop, TRADE + "trade.cancel") == (400, "gw.APIACLDecline")
    assert refusal(shop, TRADE + "preOrder.create") == (400, "gw.ParamMissing")
    assert refusal(shop, LIST, access_token="") == (401, "401")
    assert refusal(shop, LIST, access_token="bad") == (401, "401")


def test_an_unsigned_call_is_told_so(shop: Caller) -> None:
    address = f"{shop.ready['gateway']}/openapi/param2/1/{LIST}/{shop.ready['app_key']}"
    assert (
        shop.post(address, {"access_token": shop.tokens["access_token"]}).json()["error_code"] == "gw.SignatureMissing"
    )


def test_the_token_is_looked_at_before_the_parameters(shop: Caller) -> None:
    assert refusal(shop, TRADE + "preOrder.create", access_token="bad") == (401, "401")


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("throttle", "gw.QosAppFrequencyLimit"),
        ("no_permission", "gw.APIACLDecline"),
        ("quota_used_up", "gw.NoUsageLeftError"),
    ],
)
def test_forced_refusals_last_as_long_as_counted(shop: Caller, fault: str, code: str) -> None:
    shop.world.faults.add(fault, count=2)
    assert [refusal(shop, LIST) for _ in range(2)] == [(400, code)] * 2
    assert shop.send(LIST).status_code == 200


def test_signing_and_chinese_parameters_work_over_the_wire(shop: Caller) -> None:
    found = shop.page(subjectKey="衬衫", _aop_timestamp=json.dumps(1))
    assert [row["productCargoNumber"] for row in found["resultList"]] == ["sp32501", "sp32599", "sp32544"]
