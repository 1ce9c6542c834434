"""A shop's access token shared by several threads."""

from __future__ import annotations

import threading
from collections.abc import Callable


class SharedTokens:
    """A TokenSource: one lock, one refresh for all threads that were rejected with the same token (F3).

    `renew` asks 1688 (`gateway.refresh_token`), stores the new token safely and returns it; it runs under the lock,
    so the stored token is committed before anybody uses it.
    """

    def __init__(self, access_token: str, renew: Callable[[], str]) -> None:
        self._token = access_token
        self._renew = renew
        self._lock = threading.Lock()

    def access_token(self) -> str:
        with self._lock:
            return self._token

    def refresh(self, rejected_token: str) -> str:
        with self._lock:
            if self._token == rejected_token:
                self._token = self._renew()
            return self._token
