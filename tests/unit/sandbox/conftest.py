"""A market and a caller that signs for itself; nothing of the program's own client is used here."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from jdy_desktop.sandbox.server import PracticeMarket
from jdy_desktop.sandbox.world import World

CALLBACK = "http://127.0.0.1/jdy-desktop/callback"
PRODUCT, TRADE = "com.alibaba.product/alibaba.", "com.alibaba.trade/alibaba."
SHIRT, SHIRT_RED = 588616757513, 3935963888522
TAPE, TOWEL = 588708880891, 588720100012


class Caller:
    """Calls the market as an application would."""

    def __init__(self, market: PracticeMarket) -> None:
        self.ready = market.ready
        self.world: World = market.world
        self.http = requests.Session()
        self.tokens: dict[str, Any] = {}

    def post(self, address: str, data: dict[str, Any], **more: Any) -> requests.Response:
        return self.http.post(address, data=data, timeout=20, **more)

    def open_login(self, **changes: str | None) -> requests.Response:
        return self.http.get(self.ready["auth"], params=self.query(**changes), timeout=20)

    def query(self, **changes: str | None) -> dict[str, str]:
        query = {"client_id": self.ready["app_key"], "site": "1688", "redirect_uri": CALLBACK, "state": "s 1&=中"}
        return {name: text for name, text in (query | changes).items() if text is not None}

    def log_in(self, account: str = "alitestforisv02", password: str = "", agree: str = "1") -> requests.Response:
        form = {"account": account, "password": password or f"practice{account[13:15]}", "authorize": "1"}
        form |= {"agree": agree} if agree else {}
        return self.post(self.ready["auth"], form, params=self.query(), allow_redirects=False)

    def code(self, account: str = "alitestforisv02") -> str:
        return parse_qs(urlsplit(self.log_in(account).headers["Location"]).query)["code"][0]

    def token_call(self, path: str, **form: str) -> requests.Response:
        known = {"client_id": self.ready["app_key"], "client_secret": self.ready["app_secret"]}
        return self.post(f"{self.ready['gateway']}/openapi/{path}/{self.ready['app_key']}", known | form)

    def exchange(self, code: str, **changes: str) -> requests.Response:
        form = {
            "grant_type": "authorization_code",
            "need_refresh_token": "true",
            "redirect_uri": CALLBACK,
            "code": code,
        }
        return self.token_call("http/1/system.oauth2/getToken", **(form | changes))

    def authorize(self, account: str = "alitestforisv02") -> Caller:
        self.tokens = self.exchange(self.code(account)).json()
        return self

    def send(self, api: str, /, files: Any = None, key: str | None = None, **params: Any) -> requests.Response:
        path = f"param2/1/{api}/{self.ready['app_key'] if key is None else key}"
        texts = {n: v if isinstance(v, str) else json.dumps(v, ensure_ascii=False) for n, v in params.items()}
        if "access_token" in self.tokens:
            texts.setdefault("access_token", self.tokens["access_token"])
        if "_aop_signature" not in texts:
            joined = path + "".join(sorted(n + v for n, v in texts.items()))
            digest = hmac.new(self.ready["app_secret"].encode(), joined.encode(), hashlib.sha1)
            texts["_aop_signature"] = digest.hexdigest().upper()
        return self.post(f"{self.ready['gateway']}/openapi/{path}", texts, files=files)

    def call(self, api: str, /, **params: Any) -> Any:
        answer = self.send(api, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def page(self, number: int = 1, **params: Any) -> Any:
        return self.call(PRODUCT + "product.list.get", pageNo=number, **params)["result"]["pageResult"]

    def order(self, *items: dict[str, Any], **params: Any) -> Any:
        lines = list(items) or [{"offerId": SHIRT, "skuId": SHIRT_RED, "buyAmount": 2, "auctionPrice": 4200}]
        known = {"marketName": "dxc", "postFee": 800, "remark": "#K7Q2M9X4TB XH20190327001", "itemList": lines}
        return self.call(TRADE + "preOrder.create", **(known | params))

    def listed(self, **params: Any) -> list[Any]:
        rows = self.call(TRADE + "preOrder.getList", **params)["orderList"]
        assert isinstance(rows, list)
        return rows


@pytest.fixture
def market() -> Iterator[PracticeMarket]:
    with PracticeMarket() as market:
        yield market


@pytest.fixture
def caller(market: PracticeMarket) -> Iterator[Caller]:
    caller = Caller(market)
    yield caller
    caller.http.close()


@pytest.fixture
def shop(caller: Caller) -> Caller:
    """A caller authorized for shop 02."""
    return caller.authorize()
