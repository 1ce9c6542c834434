"""All that the practice market remembers, and the handles by which tests and the control pages move it."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from jdy_desktop.sandbox import orders
from jdy_desktop.sandbox.accounts import ACCOUNTS, APP_KEY, Account
from jdy_desktop.sandbox.catalogue import Catalogue
from jdy_desktop.sandbox.faults import FaultList
from jdy_desktop.sandbox.orders import Line, PreOrder

CODE_LIFE = timedelta(minutes=2)
ACCESS_LIFE = timedelta(hours=10)
REFRESH_LIFE = timedelta(days=182)
POSTPONE_WINDOW = timedelta(days=30)


class BuyerRefused(Exception):
    """The buyer may not open or pay this pre-order; the text is for the buyer's page."""


@dataclass
class Code:
    account: Account
    client_id: str
    redirect_uri: str
    until: datetime


@dataclass
class Grant:
    """What a token stands for: an account and an end."""

    account: Account
    until: datetime


class World:
    """Thread-safe where requests meet; `lock` is held while a call works on orders or tokens."""

    def __init__(self, offers: int, seed: int, callbacks: tuple[str, ...] = ()) -> None:
        self.lock = threading.RLock()
        self.faults = FaultList()
        self.catalogue = Catalogue(offers, seed)
        self.accounts = {account.login: account for account in ACCOUNTS}
        self.passwords = {account.login: account.password for account in ACCOUNTS}
        self.app_key = APP_KEY
        self.app_secret = hashlib.sha256(f"practice market {seed}".encode()).hexdigest()[:24]
        self.callbacks = callbacks
        self.clock_offset = timedelta(0)
        self.calls: Counter[str] = Counter()
        self.base = ""  # own address, without a slash at the end; known once the socket listens
        self.codes: dict[str, Code] = {}
        self.access: dict[str, Grant] = {}
        self.refresh: dict[str, Grant] = {}
        self.pre_orders: dict[int, PreOrder] = {}
        self.photos: dict[str, bytes] = {}
        self.stopping = threading.Event()
        self._seed = seed
        self._made = 0

    # ------------------------------------------------------------ time and chance

    def now(self) -> datetime:
        """The market's own clock, UTC."""
        return datetime.now(UTC) + self.clock_offset

    def advance(self, **parts: float) -> None:
        """Put the market's clock forward: `advance(days=5)`."""
        self.clock_offset += timedelta(**parts)

    def next_number(self) -> int:
        with self.lock:
            self._made += 1
            return self._made

    def new_token(self) -> str:
        """In the form of a UUID; the same in every run with the same seed, so that a test can be repeated."""
        text = hashlib.sha256(f"{self._seed}/{self.next_number()}".encode()).hexdigest()
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:32]))

    # ------------------------------------------------------------ tokens

    def issue_code(self, account: Account, client_id: str, redirect_uri: str) -> str:
        code = self.new_token()
        with self.lock:
            self.codes[code] = Code(account, client_id, redirect_uri, self.now() + CODE_LIFE)
        return code

    def use_code(self, code: str) -> Code | None:
        """The code's grant, once and within two minutes."""
        with self.lock:
            found = self.codes.pop(code, None)
        return found if found and self.now() < found.until else None

    def issue_access(self, account: Account) -> str:
        token = self.new_token()
        with self.lock:
            self.access[token] = Grant(account, self.now() + ACCESS_LIFE)
        return token

    def issue_refresh(self, account: Account) -> str:
        token = self.new_token()
        with self.lock:
            self.refresh[token] = Grant(account, self.now() + REFRESH_LIFE)
        return token

    def grant(self, tokens: dict[str, Grant], token: str) -> Grant | None:
        found = tokens.get(token)
        return found if found and self.now() < found.until else None

    def expire_access_tokens(self) -> None:
        """As if ten hours had gone by for the tokens, but not for the clock."""
        with self.lock:
            self.access.clear()

    def revoke(self, login: str) -> None:
        """As if the owner had withdrawn the authorization: both kinds of token die."""
        with self.lock:
            for tokens in (self.access, self.refresh):
                for token in [one for one, grant in tokens.items() if grant.account.login == login]:
                    del tokens[token]

    def change_password(self, login: str, password: str) -> None:
        """A new password ends every authorization, as at 1688."""
        self.passwords[login] = password
        self.revoke(login)

    # ------------------------------------------------------------ offers

    def set_offer(self, offer_id: int, **changes: Any) -> None:
        """Change fields of ProductInfo (`subject="…"`, `status="expired"`). Raises KeyError for an unknown offer."""
        with self.lock:
            self.catalogue.keep(offer_id).update(changes)

    def set_stock(self, offer_id: int, stock: int, sku_id: int | None = None) -> None:
        """Online stock of an offer without SKUs or of one SKU."""
        with self.lock:
            offer = self.catalogue.keep(offer_id)
            skus = offer["skuInfos"] or []
            for sku in skus:
                if sku_id is None or sku["skuId"] == sku_id:
                    sku["amountOnSale"] = stock
            offer["saleInfo"]["amountOnSale"] = float(sum(s["amountOnSale"] for s in skus) if skus else stock)

    # ------------------------------------------------------------ pre-orders

    def make_pre_order(self, account: Account, lines: list[Line], **values: Any) -> PreOrder:
        with self.lock:
            place = len(self.pre_orders)
            number = orders.FIRST_NUMBER + place * 10_290
            url = f"{self.base}/buyer/preorder?id={number}"
            order = PreOrder(
                number=number,
                shop=account.login,
                seller_id=account.user_id,
                lines=lines,
                made=self.now(),
                detail_url=url,
                **values,
            )
            self.pre_orders[number] = order
            return order

    def scan(self, number: int, device: str = "test-phone") -> PreOrder:
        """The buyer opens the code: the first device locks it. Raises BuyerRefused."""
        with self.lock:
            order = self.pre_orders.get(number)
            if order is None:
                raise BuyerRefused("没有这张预订单。")
            if order.is_expired(self.now()):
                raise BuyerRefused("预订单已过期：下单后 5 天内没有付款。请联系卖家重新创建。")
            if order.status == orders.WAITING:
                order.status, order.device = orders.LOCKED, device
                order.formal = orders.FIRST_FORMAL + self.next_number() * 1000
                order.scanned = order.changed = self.now()
            elif order.device != device:
                raise BuyerRefused("这个二维码已被扫过并锁定，只能由第一次扫码的买家付款。请联系卖家重新创建。")
            return order

    def pay(self, number: int, device: str | None = None) -> PreOrder:
        """The buyer pays; scans first when nobody has. Raises BuyerRefused."""
        with self.lock:
            known = self.pre_orders.get(number)
            order = self.scan(number, device or (known.device if known and known.device else "test-phone"))
            if order.status == orders.LOCKED:
                order.status = orders.PAID
                order.paid = order.changed = self.now()
                for line in order.lines:
                    self._take_from_stock(line)
            return order

    def _take_from_stock(self, line: Line) -> None:
        known = self.catalogue.find(line.offer["productID"])
        if known is None:
            return
        offer = self.catalogue.keep(line.offer["productID"])
        offer["saleInfo"]["amountOnSale"] -= float(line.amount)
        for sku in offer["skuInfos"] or []:
            if line.sku and sku["skuId"] == line.sku["skuId"]:
                sku["amountOnSale"] -= line.amount

    def count(self, api: str) -> int:
        """How many calls whose name holds `api` have come in."""
        return sum(times for name, times in self.calls.items() if api in name)
