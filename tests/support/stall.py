"""A stall at the practice market: one book, one gateway over real HTTP, the channel services on top."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jdy_desktop.models.ids import OfferId, ShopId
from jdy_desktop.models.states import DownloadMode, DownloadRange
from jdy_desktop.sandbox.server import PracticeMarket
from jdy_desktop.services.ali1688.client import Gateway
from jdy_desktop.services.ali1688.config import GatewaySettings
from jdy_desktop.services.channel.downloads import DownloadReport, DownloadRequest, Downloads
from jdy_desktop.services.channel.matching import Matching
from jdy_desktop.services.channel.shops import AuthorizationRequest, AuthorizedShop, Shops
from jdy_desktop.services.machine.context import Clock, Context, SystemClock
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.vault import Vault
from jdy_desktop.services.queries.matches import MatchFilter, MatchList, MatchRow

FIRST, SECOND = "alitestforisv02", "alitestforisv04"


class Stall:
    """What a clerk does, as one-liners. `backoff_s` is short: the tests wait for conditions, not for throttling."""

    def __init__(self, market: PracticeMarket, db: Database, clock: Clock | None = None, workers: int = 4) -> None:
        self.market = market
        self.world = market.world
        self.db = db
        self.ctx = Context(clock=clock or SystemClock(), operator="王姐")
        ready = market.ready
        settings = GatewaySettings(**{name: ready[name] for name in _SETTINGS})
        self.passwords = {one["account"]: one["password"] for one in ready["accounts"]}
        self.gateway = Gateway(settings, self.ctx, backoff_s=(0.01, 0.02))
        self.vault = Vault()
        self.shops = Shops(db, self.ctx, lambda: self.gateway, self.vault)
        self.downloads = Downloads(db, self.ctx, self.shops, lambda: self.gateway, workers=workers)
        self.matching = Matching(db, self.ctx)
        self.matches = MatchList(db, self.ctx)

    def login_page(self, request: AuthorizationRequest, login: str, password: str | None = None) -> str:
        """Fill in 1688's page as a browser does; the address it sends the browser to, "" when it stays on the page."""
        import requests

        form = {"account": login, "password": password or self.passwords.get(login, ""), "agree": "1"}
        with requests.Session() as browser:
            answer = browser.post(request.url, data=form, allow_redirects=False, timeout=10)
        return answer.headers.get("Location", "")

    def authorize(self, login: str = FIRST, shop_id: ShopId | None = None) -> AuthorizedShop:
        request = self.shops.begin(shop_id)
        return self.shops.finish(JobContext(), self.login_page(request, login), request)

    def download(
        self,
        shop_id: ShopId,
        *offer_ids: str,
        mode: DownloadMode = DownloadMode.CREATE,
        job: JobContext | None = None,
        resume_id: int | None = None,
    ) -> DownloadReport:
        """Some offers by id, or all."""
        span = DownloadRange.SOME if offer_ids else DownloadRange.ALL
        request = DownloadRequest(shop_id, mode, span, tuple(OfferId(one) for one in offer_ids))
        return self.downloads.run(job or JobContext(), request, resume_id)

    def rows(self, text: str = "", **filter: Any) -> list[MatchRow]:
        """The match list as shown."""
        ids = self.matches.ids(MatchFilter(text, **filter))
        found = self.matches.rows(ids)
        return [found[one] for one in ids]


_SETTINGS = ("gateway", "auth", "images", "app_key", "app_secret")


@contextmanager
def open_stall(db: Database, clock: Clock | None = None, workers: int = 4, **options: Any) -> Iterator[Stall]:
    """A market of its own and a stall at it; both closed afterwards."""
    from jdy_desktop.sandbox.server import PracticeMarket

    with PracticeMarket(**options) as market:
        stall = Stall(market, db, clock, workers)
        try:
            yield stall
        finally:
            stall.gateway.close()
