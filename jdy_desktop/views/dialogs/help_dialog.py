"""F1: a few sentences about the page in hand, its keys, and the platform's own pages (M13, M47, M111, M145, M160, M161)."""

from __future__ import annotations

import json

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from jdy_desktop.services.machine.folders import resource
from jdy_desktop.views.widgets.base import STRETCH, Surface, Text, VScroll, column, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton, LinkButton
from jdy_desktop.views.widgets.dialog import DialogFrame

LINKS = (
    # As printed in the manual; the name in the address carries its misreading, so the page may not be there any more.
    ("1688E经营常见 FAQ", "https://cdn.jdy.com/jdy/helpDoc/jdyv5/1688E%E7%BB%8F%E7%BB%8F.pdf"),
    ("大额支付 融易收", "https://cs.jdy.com/article/1552618821953"),
    ("自提担保交易流程", "https://cs.jdy.com/article/1556025411239"),
)


class HelpDialog(DialogFrame):
    """`page_id` "" or unknown shows where to begin."""

    def __init__(self, window: QWidget, page_id: str) -> None:
        pages: dict[str, list[str]] = json.loads(resource("help", "pages.json").read_text("utf-8"))
        title, *sentences = pages.get(page_id) or pages[""]
        super().__init__(window, "帮助", width=640, height=460, subtitle=title, name="help_dialog")
        content = Surface("raised")
        paragraphs = [Text(words, "line", wrap=True, selectable=True) for words in sentences]
        if title != pages[""][0]:
            first, *steps = pages[""]
            paragraphs += [Text(first, "section"), *(Text(words, "label", wrap=True) for words in steps)]
        column(*paragraphs, STRETCH, spacing=10, parent=content)
        self.body.addWidget(sized(VScroll(content), height=280))
        links = [LinkButton(name, icon="external", name=f"help_dialog.link_{n}") for n, (name, _url) in enumerate(LINKS)]
        for button, (_name, url) in zip(links, LINKS, strict=True):
            button.clicked.connect(lambda _checked=False, to=url: QDesktopServices.openUrl(QUrl(to)))
        self.body.addLayout(row(*links, STRETCH, spacing=16))
        close = KeyButton("知道了", "ok", kind="primary", name="help_dialog.close_button")
        self.add_button(close, self.accept, default=True)
