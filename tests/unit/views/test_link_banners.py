"""What the strips under the tabs say while 1688 cannot be reached or a shop must be verified again (look/21)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from jdy_desktop.views.link_banners import LinkBanners
from jdy_desktop.views.widgets.feedback import Banner
from tests.support.clock import FrozenClock

pytestmark = pytest.mark.usefixtures("qapp")


class Window:
    """Keeps the strips as the main window does."""

    def __init__(self) -> None:
        self.shown: dict[str, Banner] = {}

    def show_banner(self, key: str, tone: str, bold: str, sentence: str, *, on_click: Any, **look: Any) -> None:
        self.shown[key] = Banner(tone, bold, sentence, name=key, **look)

    def hide_banner(self, key: str) -> None:
        self.shown.pop(key, None)

    def banner(self, key: str) -> Banner | None:
        return self.shown.get(key)


@pytest.fixture
def strips() -> tuple[LinkBanners, Window, FrozenClock]:
    window, clock = Window(), FrozenClock()
    program: Any = SimpleNamespace(window=window, ctx=SimpleNamespace(clock=clock), open_page=lambda _page: None)
    return LinkBanners(program, lambda: None), window, clock


def test_no_line_says_since_when_and_what_waits(strips: tuple[LinkBanners, Window, FrozenClock]) -> None:
    banners, window, clock = strips
    banners.set_offline(True)
    first = window.shown["offline"]
    assert first.accessibleName() == "连不上 1688。照常开单和打印；单据都在本机；网络恢复后自动上传。"
    clock.advance(minutes=3, seconds=5)
    banners.show_waiting(2)
    assert window.shown["offline"] is first  # its button keeps the focus
    assert first.accessibleName() == "连不上 1688，已经 3 分钟。照常开单和打印；2 张预订单在排队，网络恢复后自动上传。"
    banners.set_offline(False)
    assert window.shown == {}
    banners.show_waiting(0)
    banners.set_offline(True)
    assert "分钟" not in window.shown["offline"].accessibleName()  # counted anew


def test_shops_to_verify_are_named_until_there_are_none(strips: tuple[LinkBanners, Window, FrozenClock]) -> None:
    banners, window, _clock = strips
    banners.show_expired(())
    assert window.shown == {}
    banners.show_expired(("AOP对外测试账号04",))
    assert window.shown["expired"].accessibleName().startswith("店铺 AOP对外测试账号04 的授权已过期。")
    banners.show_expired(("AOP对外测试账号02", "AOP对外测试账号04"))
    assert window.shown["expired"].accessibleName().startswith("2 个店铺的授权已过期。")
    banners.show_expired(())
    assert window.shown == {}
