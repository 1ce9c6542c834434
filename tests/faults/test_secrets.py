"""No secret lies readable in any file of the data folder, whatever happens and however much is logged (T5, T6, G11).

Canaries: the App Secret, every access and refresh token the market gave out, login codes, and phone numbers (those may
stand in the book, which the clerk searches by them, but never in a log or in the settings).
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from sqlalchemy import update

from jdy_desktop import __version__
from jdy_desktop.models.channel import Shop
from jdy_desktop.models.ids import ShopId, SkuId
from jdy_desktop.models.states import DocumentKind, DownloadMode, DownloadRange, Industry, PriceGrade, UploadState
from jdy_desktop.sandbox.server import PracticeMarket
from jdy_desktop.services.ali1688.redaction import RedactionFilter
from jdy_desktop.services.book.account_sets import CreateAccountSet, create_account_set
from jdy_desktop.services.book.documents import SaveDocument, SaveLine
from jdy_desktop.services.book.opening import OpeningLine
from jdy_desktop.services.book.parties import SaveCustomer
from jdy_desktop.services.bundle import Services, build_services
from jdy_desktop.services.channel.downloads import DownloadRequest
from jdy_desktop.services.errors import JdyError
from jdy_desktop.services.machine import backup
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.folders import Folders
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.logs import start_log
from jdy_desktop.services.machine.settings import LocalSettings
from jdy_desktop.services.machine.vault import Vault
from jdy_desktop.services.queries.pre_orders import PreOrderFilter

PHONES = ("13857190001", "138-5719-0002", "0571-86520003")
DAY = date(2019, 3, 27)

pytestmark = [
    pytest.mark.expect_log("."),  # everything is logged on purpose
    pytest.mark.filterwarnings("default"),
]


class Stall:
    """A data folder as the program keeps it, and the story that is played in it."""

    def __init__(self, folders: Folders, market: PracticeMarket) -> None:
        self.folders, self.market = folders, market
        folders.make()
        self.ctx = Context(operator="王姐")
        settings = LocalSettings(folders.settings_file)
        names = (("address", "gateway"), ("auth", "auth"), ("images", "images"), ("app_key", "app_key"))
        for key, name in names:
            settings.set(f"gateway.{key}", market.ready[name])
        self.book = folders.books / "禾木服饰商行.jdy"
        request = CreateAccountSet(company="禾木服饰商行", start_date=date(2019, 3, 1), industry=Industry.CLOTHES)
        settings.remember_book(self.book)
        self.services: Services = build_services(
            create_account_set(self.book, request, self.ctx), self.ctx, settings, folders, Vault()
        )
        self.codes: list[str] = []
        self.sold = 0
        self._before: set[str] = set()

    def play(self) -> None:
        """Authorize, download, sell, upload, pay, expire, refresh, fail, back up."""
        services, job = self.services, JobContext()
        services.connection.keep_secret(self.market.ready["app_secret"])
        shop = self._authorize()
        services.downloads.run(job, DownloadRequest(shop, DownloadMode.CREATE, DownloadRange.ALL))
        sku = SkuId(services.picker.search("sp32501")[0].sku_id)
        place = services.parties.warehouses()[0].id
        services.opening.save((OpeningLine(sku, place, Decimal(50), Decimal(30)),))
        self._sell(shop, sku)
        services.pre_orders.work(job)
        self._before |= self.tokens
        self.market.world.expire_access_tokens()
        self._sell(shop, sku)
        services.pre_orders.work(job)
        for fault in ("half_json", "garbage", "http_502"):
            self.market.world.faults.add(fault, count=1)
            self._try(
                lambda: services.downloads.run(job, DownloadRequest(shop, DownloadMode.CREATE, DownloadRange.ALL))
            )
        self._try(lambda: services.shops.finish(job, f"http://127.0.0.1/x?code={self.codes[0]}&state=y", self.request))
        self._say_everything()
        backup.back_up_now(self.book, self.folders.backups, self.ctx)

    def _authorize(self) -> ShopId:
        import requests

        services = self.services
        self.request = services.shops.begin()
        who = self.market.ready["accounts"][0]
        form = {"account": who["account"], "password": who["password"], "agree": "1"}
        with requests.Session() as browser:
            answer = browser.post(self.request.url, data=form, allow_redirects=False, timeout=10)
        callback = answer.headers["Location"]
        self.codes += parse_qs(urlsplit(callback).query)["code"]
        shop = services.shops.finish(JobContext(), callback, self.request).shop_id
        services.shops.set_market(shop, services.shops.markets("四季青")[0].id)
        return shop

    def _sell(self, shop: ShopId, sku: SkuId) -> None:
        phone = PHONES[0]
        self.sold += 1
        customers = self.services.parties
        customer = customers.save_customer(SaveCustomer(name=f"李姐{self.sold}", grade=PriceGrade.RETAIL, phone=phone))
        logging.getLogger("jdy_desktop.test").info("sold to %s", phone)
        line = SaveLine(sku, Decimal(2), Decimal(64))
        key = self.services.documents.new_client_key()
        self.services.documents.save(
            SaveDocument(DocumentKind.SALE, key, DAY, (line,), customer_id=customer, shop_id=shop, makes_pre_order=True)
        )

    def _try(self, act: object) -> None:
        try:
            act()  # type: ignore[operator]
        except JdyError:
            logging.getLogger("jdy_desktop.test").exception("given up")

    def _say_everything(self) -> None:
        """As careless code would: every canary in messages, arguments and tracebacks."""
        log = logging.getLogger("jdy_desktop.test")
        for token in self.tokens:
            log.debug("https://gw/openapi?access_token=%s&x=1", token)
            log.warning("answer %s", {"access_token": token, "refresh_token": token})
            try:
                raise ValueError(f"Authorization: Bearer {token}")
            except ValueError:
                log.exception("failed with refresh_token=%s", token)
        secret = self.market.ready["app_secret"]
        log.error("client_secret=%s", secret)
        log.info("%r", {"app_secret": secret, "client_secret": secret})
        for phone in PHONES:
            log.info("buyer %s called", phone)
        log.info("callback /x?code=%s&state=abc", self.codes[0])

    @property
    def tokens(self) -> set[str]:
        """All that were ever given out: the market forgets expired ones."""
        return self._before | {*self.market.world.access, *self.market.world.refresh}

    @property
    def secrets(self) -> set[str]:
        return {*self.tokens, *self.codes, self.market.ready["app_secret"]}


def hits(folder: Path, canaries: set[str]) -> list[str]:
    """`file: canary` wherever one stands readable: plain, as UTF-16, in base64, percent-encoded."""
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        raw = path.read_bytes()
        for canary in sorted(canaries):
            forms = {canary.encode(), canary.encode("utf-16-le"), quote(canary).encode(), canary.lower().encode()}
            # base64 of a longer text holds the canary's inside at one of three shifts
            forms |= {base64.b64encode(b"x" * shift + canary.encode())[4:-4] for shift in range(3)}
            if any(form in raw for form in forms):
                found.append(f"{path.relative_to(folder)}: {canary[:6]}…")
    return found


@pytest.fixture
def stall(tmp_path: Path, market: PracticeMarket, memory_keyring: object) -> Iterator[Stall]:
    made = Stall(Folders(tmp_path / "data"), market)
    yield made
    made.services.db.close()


@pytest.fixture
def everything_logged(stall: Stall) -> Iterator[logging.Handler]:
    root = logging.getLogger()
    level = root.level
    handler = start_log(stall.folders.logs, RedactionFilter(), __version__)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    handler.close()
    root.setLevel(level)


@pytest.mark.usefixtures("everything_logged")
def test_no_secret_is_readable_in_any_file(stall: Stall) -> None:
    stall.play()
    states = stall.services.pre_order_list.rows(stall.services.pre_order_list.ids(PreOrderFilter())).values()
    assert [one.upload_state for one in states] == [UploadState.UPLOADED] * 2, "the story must really have happened"
    assert len(stall.tokens) >= 3, "a token must really have been renewed"
    data = stall.folders.data
    written = {p.parent.name for p in data.rglob("*") if p.is_file()}
    assert {"books", "backups", "logs", "data"} <= written
    log_text = (stall.folders.logs / "jdy-desktop.log").read_text("utf-8")
    assert "***" in log_text
    assert "urllib3" in log_text
    assert hits(data, stall.secrets) == []
    assert hits(stall.folders.logs, set(PHONES)) == []
    assert PHONES[0] not in stall.folders.settings_file.read_text("utf-8")
    stall.services.db.close()
    assert hits(data, stall.secrets) == []


def test_the_search_sees_secrets_that_are_there(stall: Stall) -> None:
    """The control: the same story with a log without filter and with a token stored in plain."""
    root = logging.getLogger()
    handler = start_log(stall.folders.logs, logging.Filter(), __version__)
    root.setLevel(logging.DEBUG)
    try:
        stall.play()
    finally:
        root.removeHandler(handler)
        handler.close()
        root.setLevel(logging.WARNING)
    token = sorted(stall.tokens)[0]
    with stall.services.db.write() as session:
        session.execute(update(Shop).values(sealed_tokens=token.encode()))
    found = hits(stall.folders.data, stall.secrets)
    assert any(one.startswith("logs/") for one in found)
    assert any(one.startswith("books/") for one in found)
    (stall.folders.data / "x").write_bytes(base64.b64encode(b'{"a": "' + token.encode() + b'"}'))
    assert any(one.startswith("x:") for one in hits(stall.folders.data, stall.secrets))
    assert hits(stall.folders.logs, set(PHONES))
