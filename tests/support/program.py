"""The whole program in a test: real window, real SQLite file, practice market over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from jdy_desktop.app import Program, make_program
from jdy_desktop.models.states import DownloadMode, DownloadRange, Industry
from jdy_desktop.services.machine.context import Clock, Context, SystemClock
from jdy_desktop.services.machine.folders import Folders
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.settings import LocalSettings
from jdy_desktop.views import theme

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from jdy_desktop.sandbox.server import PracticeMarket
    from jdy_desktop.services.channel.downloads import DownloadReport

W = TypeVar("W", bound=QWidget)
START = date(2019, 3, 1)
#: Only a test that fails waits so long; on a busy machine one that passes may wait for half of it.
WAIT_MS = 40_000


class Driver:
    """What a test needs to act as the clerk: widgets by object name, waiting for conditions, shops made ready."""

    def __init__(self, program: Program, market: PracticeMarket, qtbot: QtBot) -> None:
        self.program, self.market, self.qtbot = program, market, qtbot

    def find(self, kind: type[W], name: str) -> W:
        """The widget of that object name in the window (or wizard), as soon as it exists and is shown."""

        def shown() -> bool:
            found = self._host().findChild(kind, name)
            return found is not None and found.isVisible()

        self.qtbot.waitUntil(shown, timeout=WAIT_MS)
        found = self._host().findChild(kind, name)
        assert isinstance(found, kind)
        return found

    def type(self, target: QWidget, text: str) -> None:
        """Keys for ASCII; Chinese arrives as an input method commits it."""
        if text.isascii():
            QTest.keyClicks(target, text)
            return
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(target, event)

    def absent(self, name: str) -> bool:
        found = self._host().findChild(QWidget, name)
        return found is None or not found.isVisible()

    def until(self, condition: Callable[[], object], timeout: int = WAIT_MS) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=timeout)

    def idle(self) -> None:
        """All jobs done and their answers shown."""
        self.until(lambda: self.program.runner.running == 0)

    def authorize(self, account: int = 0, *, market_name: str | None = "四季青服装市场") -> int:
        """A shop authorized as the page does it, without the web view; its id. `market_name` None leaves it empty."""
        services = self.program.ready
        request = services.shops.begin()
        shop = services.shops.finish(JobContext(), callback_after_login(self.market, request.url, account), request)
        if market_name is not None:
            hit = next(m for m in services.shops.markets(market_name) if m.name == market_name)
            services.shops.set_market(shop.shop_id, hit.id)
        return int(shop.shop_id)

    def download(self, shop_id: int, mode: DownloadMode = DownloadMode.CREATE) -> DownloadReport:
        """All offers of a shop, through the service."""
        from jdy_desktop.models.ids import ShopId
        from jdy_desktop.services.channel.downloads import DownloadRequest

        request = DownloadRequest(ShopId(shop_id), mode, DownloadRange.ALL)
        return self.program.ready.downloads.run(JobContext(), request)

    def open_page(self, page_id: str, **arguments: Any) -> Any:
        page = self.program.open_page(page_id, **arguments)
        self.idle()
        return page

    def _host(self) -> QWidget:
        host = self.program.window or self.program.wizard
        assert host is not None
        return host


def callback_after_login(market: PracticeMarket, url: str, account: int) -> str:
    """Log in on the practice market's page as a browser would; the address it sends the browser to."""
    import requests

    who = market.ready["accounts"][account]
    fields = {"account": who["account"], "password": who["password"], "agree": "on", "authorize": "1"}
    answer = requests.post(url, data=fields, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def make_book(folders: Folders, ctx: Context, *, channel: bool = True, **answers: Any) -> Path:
    """A filled account set in a file; `answers` go to CreateAccountSet."""
    from jdy_desktop.services.book.account_sets import AccountSets, CreateAccountSet, create_account_set

    given: dict[str, Any] = {"company": "禾木服饰商行", "start_date": START, "industry": Industry.CLOTHES, **answers}
    path = folders.books / "book.jdy"
    database = create_account_set(path, CreateAccountSet(**given), ctx)
    AccountSets(database, ctx).set_channel_enabled(channel)
    database.close()
    return path


@contextmanager
def running_program(
    qtbot: QtBot,
    tmp_path: Path,
    market: PracticeMarket,
    *,
    clock: Clock | None = None,
    with_book: bool = True,
    **answers: Any,
) -> Iterator[Driver]:
    """The program with its book open (or its wizard shown), pointed at `market`; closed afterwards."""
    folders = Folders(tmp_path / "data")
    folders.make()
    ctx = Context(clock=clock or SystemClock(), operator="王姐")
    if with_book:
        LocalSettings(folders.settings_file).remember_book(make_book(folders, ctx, **answers))
    program = make_program(folders, ctx)
    theme.set_mode("light")
    for key, name in (
        ("gateway.address", "gateway"),
        ("gateway.auth", "auth"),
        ("gateway.images", "images"),
        ("gateway.app_key", "app_key"),
        ("gateway.app_secret", "app_secret"),
    ):
        program.settings.use(key, market.ready[name])
    program.start()
    driver = Driver(program, market, qtbot)
    try:
        if with_book:
            driver.until(lambda: program.services is not None)
            driver.idle()
        yield driver
    finally:
        end(program)


def end(program: Program) -> None:
    """Close as the clerk does (pages keep their drafts) and delete, so that no window, thread or job is left over."""
    if program.wizard is not None:
        program.wizard.hide()
    if program.window is None or not program.window.close():
        if program.window is not None:
            program.window.hide()
        program.close()
    for window in (program.window, program.wizard):
        if window is not None:
            window.deleteLater()
    program.deleteLater()
