"""The buyer of the tour: a phone that scans the code and pays on the practice market's page."""

from __future__ import annotations

import re
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, build_opener

_TIMEOUT_S = 10


class Buyer:
    """One device: its cookie is what the scan-once lock knows it by."""

    def __init__(self, url: str) -> None:
        if urlsplit(url).hostname != "127.0.0.1":
            raise ValueError("the tour pays only at the practice market")
        self._url = url
        self._phone: OpenerDirector = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))

    def scan(self) -> str:
        """Open the code's address; the amount that the page asks for, as text."""
        with self._phone.open(self._url, timeout=_TIMEOUT_S) as answer:
            page = answer.read().decode("utf-8")
        found = re.search(r'id="amount">([0-9.]+)<', page)
        return found.group(1) if found else ""

    def pay(self) -> None:
        """Press 付款."""
        parts = urlsplit(self._url)
        number = dict(p.split("=", 1) for p in parts.query.split("&"))["id"]
        body = urlencode({"id": number, "way": "alipay"}).encode()
        self._phone.open(f"{parts.scheme}://{parts.netloc}/buyer/pay", data=body, timeout=_TIMEOUT_S).close()
