"""The authorize page and the token calls (manual 3.1, 3.3)."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from jdy_desktop.sandbox.login import may_return_to
from .conftest import CALLBACK, PRODUCT, Caller


def test_the_page_has_the_fields_a_driver_looks_for(caller: Caller) -> None:
    page = caller.open_login()
    assert page.status_code == 200
    for name, kind in (("account", "text"), ("password", "password"), ("agree", "checkbox")):
        assert re.search(f'<input type="{kind}" name="{name}"', page.text)
    assert re.search('<button [^>]*name="authorize"', page.text)


def test_a_new_user_reads_on_the_page_with_whom_to_log_in(caller: Caller) -> None:
    told = re.search('<div class="note" id="practice">(.*?)</div>', caller.open_login().text)
    assert told
    pairs = re.findall("([a-z0-9:]+)，密码 ([a-z0-9]+)", told[1])
    assert [account for account, _ in pairs] == ["alitestforisv02", "alitestforisv04"]
    for account, password in pairs:
        assert caller.log_in(account, password).status_code == 302


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_id": None}, "缺少必要参数"),
        ({"redirect_uri": None}, "缺少必要参数"),
        ({"site": None}, "缺少必要参数"),
        ({"client_id": "999"}, "非法请求"),
        ({"site": "china"}, "非法请求"),
        ({"redirect_uri": "https://evil.example/"}, "非法请求"),
    ],
)
def test_a_wrong_request_shows_no_form(caller: Caller, changes: dict[str, str | None], words: str) -> None:
    page = caller.open_login(**changes)
    assert page.status_code == 400
    assert words in page.text
    assert "<form" not in page.text


def test_the_code_comes_back_with_the_state_unchanged(caller: Caller) -> None:
    answer = caller.log_in()
    assert answer.status_code == 302
    address = answer.headers["Location"]
    assert address.startswith(CALLBACK + "?")
    assert parse_qs(urlsplit(address).query)["state"] == ["s 1&=中"]


@pytest.mark.parametrize(
    ("account", "password", "agree", "words"),
    [
        ("alitestforisv02", "wrong", "1", "密码错误"),
        ("nobody", "practice02", "1", "密码错误"),
        ("alitestforisv02", "practice02", "", "勾选同意"),
        ("alitestforisv02:xiaomei", "practice02", "1", "请使用1688主账号"),
        ("alitestforisv05", "practice05", "1", "还没有订购"),
    ],
)
def test_a_refused_login_says_why_and_gives_no_code(
    caller: Caller, account: str, password: str, agree: str, words: str
) -> None:
    answer = caller.log_in(account, password, agree)
    assert answer.status_code == 200
    assert words in answer.text
    assert not caller.world.codes


def test_a_typed_account_is_shown_as_text(caller: Caller) -> None:
    assert "<b>" not in caller.log_in('"><b>x', "wrong").text.split("<form")[1]


def test_tokens_as_documented(caller: Caller) -> None:
    answer = caller.exchange(caller.code()).json()
    assert answer["expires_in"] == "36000"
    assert (answer["resource_owner"], answer["memberId"]) == ("alitestforisv02", "b2b-1624961198")
    assert isinstance(answer["aliId"], str)
    assert re.fullmatch(r"\d{17}\+0800", answer["refresh_token_timeout"])


def test_no_refresh_token_unless_asked_for(caller: Caller) -> None:
    assert "refresh_token" not in caller.exchange(caller.code(), need_refresh_token="false").json()


def test_a_code_works_once(caller: Caller) -> None:
    code = caller.code()
    assert caller.exchange(code).status_code == 200
    assert caller.exchange(code).json()["error_code"] == "invalid_grant"


def test_a_code_lives_two_minutes(caller: Caller) -> None:
    young, old = caller.code(), caller.code()
    caller.world.advance(seconds=118)
    assert caller.exchange(young).status_code == 200
    caller.world.advance(seconds=3)
    assert caller.exchange(old).status_code == 400


def test_the_code_belongs_to_its_redirect_address_and_the_secret(caller: Caller) -> None:
    assert caller.exchange(caller.code(), redirect_uri="http://127.0.0.1/other").status_code == 400
    assert caller.exchange(caller.code(), client_secret="x").json()["error_code"] == "gw.SignatureInvalid"
    assert caller.exchange("nonsense").status_code == 400


def test_refreshing_brings_an_access_token_only(shop: Caller) -> None:
    for path in ("param2", "http"):
        answer = shop.token_call(
            f"{path}/1/system.oauth2/getToken", grant_type="refresh_token", refresh_token=shop.tokens["refresh_token"]
        ).json()
        assert answer["expires_in"] == "36000"
        assert "refresh_token" not in answer


def test_tokens_end_after_ten_hours_and_half_a_year(shop: Caller) -> None:
    ask = PRODUCT + "product.list.get"
    assert shop.send(ask).status_code == 200
    shop.world.advance(hours=10, seconds=1)
    answer = shop.send(ask)
    assert (answer.status_code, answer.json()["error_code"]) == (401, "401")
    assert answer.json()["error_message"] == "Request need user authorized"
    refresh = {"grant_type": "refresh_token", "refresh_token": shop.tokens["refresh_token"]}
    assert shop.token_call("param2/1/system.oauth2/getToken", **refresh).status_code == 200
    shop.world.advance(days=182)
    assert shop.token_call("param2/1/system.oauth2/getToken", **refresh).status_code == 400


def test_a_refresh_token_is_postponed_only_in_its_last_thirty_days(shop: Caller) -> None:
    def postpone() -> int:
        form = {"refresh_token": shop.tokens["refresh_token"], "access_token": shop.tokens["access_token"]}
        return shop.token_call("param2/1/system.oauth2/postponeToken", **form).status_code

    assert postpone() == 400
    shop.world.advance(days=153)
    refresh = {"grant_type": "refresh_token", "refresh_token": shop.tokens["refresh_token"]}
    fresh = shop.token_call("param2/1/system.oauth2/getToken", **refresh).json()
    shop.tokens["access_token"] = fresh["access_token"]
    assert postpone() == 200
    assert postpone() == 400, "the old one is gone"


def test_a_new_password_ends_the_authorization(shop: Caller) -> None:
    shop.world.change_password("alitestforisv02", "another")
    assert shop.send(PRODUCT + "product.list.get").status_code == 401
    refresh = {"grant_type": "refresh_token", "refresh_token": shop.tokens["refresh_token"]}
    assert shop.token_call("param2/1/system.oauth2/getToken", **refresh).status_code == 400


@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        ("http://127.0.0.1:41234/callback", True),
        ("http://localhost:5/", True),
        ("https://1688.jdy.com/route/all1688/shop/auth", True),
        ("https://own.example/cb?x=1", True),
        ("https://1688.jdy.com.evil.example/", False),
        ("https://1688.jdy.com@evil.example/", False),
        ("http://1688.jdy.com/", False),
        ("https://127.0.0.1/", False),
        ("http://127.0.0.1:99999/", False),
        ("javascript:alert(1)", False),
    ],
)
def test_registered_hosts(address: str, is_good: bool) -> None:
    assert may_return_to(address, ("https://1688.jdy.com/", "https://own.example/")) is is_good
