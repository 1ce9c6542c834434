"""The clerk at a page on which documents are typed: keys and scans only, wherever the focus is."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.support.program import Driver


class Clerk:
    """`page` is the sale's or a document's, set by whoever opens it. `keys` counts presses as the goals do; a scan is none."""

    page: Any

    def __init__(self, driver: Driver) -> None:
        self.driver, self.keys = driver, 0

    def _focus(self) -> QWidget:
        focus: QWidget = QApplication.focusWidget() or self.page
        return focus

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.keys += 1
        QTest.keyClick(self._focus(), key, modifier)

    def type(self, text: str) -> None:
        """Key by key; what no key writes comes as an input method commits it."""
        for letter in text:
            self.keys += 1
            if letter.isascii():
                QTest.keyClicks(self._focus(), letter)
            else:
                event = QInputMethodEvent()
                event.setCommitString(letter)
                QApplication.sendEvent(self._focus(), event)

    def scan(self, code: str) -> None:
        """One pull of the trigger: all keys at once and Enter, wherever the focus is."""
        target = self._focus()
        QTest.keyClicks(target, code)
        QTest.keyClick(target, Qt.Key.Key_Return)

    def settle(self) -> None:
        """Until everything scanned is looked up and shown. After F9 one place is kept for the form that comes next."""
        self.driver.idle()
        self.driver.until(lambda: self.page.scan.order.waiting == (self.page._scans_wait is not None))
        self.driver.idle()
