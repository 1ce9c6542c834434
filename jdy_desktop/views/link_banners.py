"""Strips under the tabs about the way to 1688 (look/21): no line since when, shops whose authorization is over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jdy_desktop.views.shell import Host

_OFFLINE, _EXPIRED = "offline", "expired"


class LinkBanners:
    """They stay until the cause is gone; their words follow the minutes and what waits."""

    def __init__(self, program: Host, retry: Callable[[], None]) -> None:
        self._program, self._retry = program, retry
        self._since: datetime | None = None
        self._waiting = 0
        self._expired: tuple[str, ...] = ()

    @property
    def is_offline(self) -> bool:
        return self._since is not None

    def set_offline(self, offline: bool) -> None:
        """The line went, or is back."""
        window = self._program.window
        if offline == self.is_offline or window is None:
            return
        self._since = self._program.ctx.clock.now() if offline else None
        if not offline:
            window.hide_banner(_OFFLINE)
            return
        window.show_banner(
            _OFFLINE, "warn", *self._words(), icon="offline", button="立即重试", button_icon="refresh",
            on_click=self._retry,
        )  # fmt: skip

    def show_waiting(self, waiting: int) -> None:
        """How many pre-orders wait for the line."""
        self._waiting = waiting
        window = self._program.window
        banner = window.banner(_OFFLINE) if window is not None and self.is_offline else None
        if banner is not None:
            banner.set_words(*self._words())

    def _words(self) -> tuple[str, str]:
        assert self._since is not None
        minutes = int((self._program.ctx.clock.now() - self._since).total_seconds() // 60)
        head = f"连不上 1688，已经 {minutes} 分钟。" if minutes else "连不上 1688。"
        waits = f"{self._waiting} 张预订单在排队，" if self._waiting else "单据都在本机；"
        return head, f"照常开单和打印；{waits}网络恢复后自动上传。"

    def show_expired(self, names: Sequence[str]) -> None:
        """Shops that must be verified again, by name."""
        window = self._program.window
        if window is None or tuple(names) == self._expired:
            return
        self._expired = tuple(names)
        if not names:
            window.hide_banner(_EXPIRED)
            return
        which = f"店铺 {names[0]} " if len(names) == 1 else f"{len(names)} 个店铺"
        window.show_banner(
            _EXPIRED, "bad", f"{which}的授权已过期。", "预订单先排队，不会丢；重新验证一次就行了。",
            icon="shield_expired", button="店铺验权", button_icon="shield_check",
            on_click=self._open_shops,
        )  # fmt: skip

    def _open_shops(self) -> None:
        self._program.open_page("shops")
