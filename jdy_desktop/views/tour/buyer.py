"""The buyer of the tour: a phone that scans the code and pays on the practice market's page."""

from __future__ import annotations

from urllib.parse import urlsplit

import shiboken6
from PySide6.QtCore import QUrl
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile

from jdy_desktop.views.tour.player import Player


class Buyer:
    """One device: its cookie is what the scan-once lock knows it by. `end()` when done."""

    def __init__(self, player: Player, url: str) -> None:
        if urlsplit(url).hostname != "127.0.0.1":
            raise ValueError("the tour pays only at the practice market")
        self._player, self._url = player, url
        self._profile = QWebEngineProfile()
        self._page = QWebEnginePage(self._profile)

    def scan(self) -> str:
        """Open the code's address; the amount that the page asks for, as text."""
        self._page.load(QUrl(self._url))
        return self._read("document.getElementById('amount') ? document.getElementById('amount').innerText : ''")

    def pay(self) -> str:
        """Press 付款; what the page says then."""
        self._page.runJavaScript("document.getElementById('pay').click()")
        return self._read(
            "document.getElementById('pay') ? '' : (document.getElementById('state') || {innerText: ''}).innerText"
        )

    def end(self) -> None:
        """The page goes before its profile."""
        shiboken6.delete(self._page)
        shiboken6.delete(self._profile)

    def _read(self, script: str) -> str:
        heard: list[object] = []

        def said() -> bool:
            self._page.runJavaScript(script, heard.append)
            return any(heard)

        self._player.wait(said, "the buyer's page")
        return str(next(words for words in heard if words))
