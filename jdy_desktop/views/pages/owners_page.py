"""What stands in place of a page that is the owner's: said at once, not when something typed there is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from jdy_desktop.views.widgets.base import column
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import EmptyState


class OwnersPage(QWidget):
    """Nothing of the page is read or shown; one key lets the owner log in, who gets the page itself."""

    def __init__(self, name: str, title: str, why: str, lock: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName(name)
        change = KeyButton("换店主登录", "lock", kind="primary", icon="lock", name=f"{name}.owner_button")
        change.clicked.connect(lambda: lock())
        words = f"{why}请店主登录；打到一半的单据都还在。"
        column(EmptyState("lock", title, words, [change]), spacing=0, parent=self)
        self.setFocusProxy(change)

    def open_with(self, **_arguments: Any) -> None:
        """Whatever was asked for, it is the owner's."""
