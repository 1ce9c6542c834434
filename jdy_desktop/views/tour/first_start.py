"""The tour's first minute: the wizard of a new user who wants to practise."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from jdy_desktop.views.tour.player import Player


def create_practice_book(player: Player) -> None:
    """From the empty PC to the main window. Raises TourFailed."""
    with player.step("先练习，还是正式使用") as step:
        player.find(QWidget, "start_wizard.practice_tile")
        player.picture("first_start", step)
        player.click("start_wizard.next_button")
    with player.step("公司与行业") as step:
        field = player.find(QWidget, "start_wizard.company_field")
        player.type("禾木服饰商行", field)
        player.picture("wizard_company", step)
        player.key(Qt.Key.Key_Return)
    with player.step("业务控制") as step:
        player.find(QWidget, "start_wizard.computes_tax_choice")
        player.picture("wizard_control", step)
        player.click("start_wizard.next_button")
    with player.step("创建账套") as step:
        player.find(QWidget, "start_wizard.month_tick")
        player.picture("wizard_done", step)
        # The tour makes its own goods and sales, from the first one on.
        player.click("start_wizard.month_tick")
        player.click("start_wizard.next_button")
        player.wait(lambda: player.window.objectName() == "main_window", "the main window")
        # The size the pictures are drawn in, whatever the screen is.
        player.window.resize(1366, 768)
        player.wait(lambda: player.shown("banner.module_button"), "the offer to switch the 1688 module on")
