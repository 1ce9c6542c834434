"""F1 and the “?” button: the guide at the chapter of what is in front, and the platform's own pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from jdy_desktop.views.help_book import LINKS, HelpBook
from jdy_desktop.views.help_window import HelpWindow
from jdy_desktop.views.widgets.menu import MenuPopup


def show_help(owner: QWidget, *topics: str) -> HelpWindow:
    """The guide beside `owner`, at the chapter of the first topic that has one: a dialog's name, then the page below it."""
    guide = _window_of(owner)
    guide.show_chapter(guide.book.chapter_of(*topics))
    return guide


def open_help_menu(owner: QWidget, anchor: QWidget, topic: str) -> MenuPopup:
    """What “?” offers."""
    items: list[tuple[str, Callable[[], object]]] = [
        ("用户指南", partial(show_help, owner, topic)),
        ("快捷键", partial(show_help, owner, "keys")),
        ("常见问题", partial(show_help, owner, "faq")),
        *((name, partial(_open_web, owner, address)) for name, address in LINKS),
    ]
    menu = MenuPopup(anchor, items, name="help_menu")
    menu.open()
    return menu


def _open_web(owner: QWidget, address: str) -> HelpWindow:
    """The chapter 常见问题 comes along: what it says counts when the page is no longer there."""
    guide = show_help(owner, "faq")
    guide.open_web(address)
    return guide


def _window_of(owner: QWidget) -> HelpWindow:
    found = owner.window().findChild(HelpWindow, "help_window")
    return found if isinstance(found, HelpWindow) else HelpWindow(owner.window(), HelpBook())
