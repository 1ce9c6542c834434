"""One sentence that must be read: what happened, whether anything is lost, what to do next."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from jdy_desktop.views.widgets.base import IconLabel, Text, row
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame


class MessageDialog(DialogFrame):
    def __init__(
        self, window: QWidget, words: str, *, title: str = "没有做成", icon: str = "error", tone: str = "bad"
    ) -> None:
        super().__init__(window, title, width=520, name="message_dialog")
        self.words = Text(words, "body", wrap=True, selectable=True)
        line = row(IconLabel(icon, tone, 20), self.words, spacing=12)
        line.setStretch(1, 1)
        self.body.addLayout(line)
        button = KeyButton("知道了", "ok", kind="primary", name="message_dialog.ok_button")
        self.add_button(button, self.accept, default=True)
