"""What a window says once when its book has been opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jdy_desktop.services.machine.rights import Right

if TYPE_CHECKING:
    from jdy_desktop.views.main_window import MainWindow
    from jdy_desktop.views.shell import Host


def tell_no_practice(window: MainWindow) -> None:
    """Sales of a real book must not go to the practice market, nor must its tokens."""
    window.show_banner(
        "no_practice", "info", "这是正式账套。", "练习市场没有打开，正式的单据不会发到那里；要练习，另开一个练习账套。",
        icon="info", closable=True,
    )  # fmt: skip


def offer_module(program: Host) -> None:
    """A new user does not look for a switch in the settings: say where it is, once, until it is on or closed.

    Whoever asked for a month of practice trade gets the switch with it.
    """
    window = program.window
    if window is None or not program.ctx.may(Right.ACCOUNT_SET):
        return
    if program.ready.practice_month.state().is_wanted:
        from jdy_desktop.views.practice_fill import practice_fill

        practice_fill(program).start()
        return

    def go() -> None:
        window.hide_banner("module")
        program.open_page("settings", section="1688E经营")

    window.show_banner(
        "module", "info", "要连 1688 店铺？", "在“设置—1688E经营”里启用 1688E 经营模块，左边就会出现店铺设置和商品匹配。",
        icon="shop", button="去启用", on_click=go, closable=True,
    )  # fmt: skip
