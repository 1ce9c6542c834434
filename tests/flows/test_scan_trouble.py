"""A look-up that fails is not told as an unknown code."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from jdy_desktop.services.errors import DatabaseBusy
from jdy_desktop.services.queries.picker import SkuPicker
from jdy_desktop.views.dialogs.message_dialog import MessageDialog
from tests.support.program import Driver


def test_a_busy_book_is_told_and_the_code_is_kept(desk: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.open_page("sale")

    def busy(*_: object, **__: object) -> None:
        raise DatabaseBusy

    for name in ("exact", "search", "card"):
        monkeypatch.setattr(SkuPicker, name, busy)
    scan = desk.find(QLineEdit, "sale_page.scan_field")
    QTest.keyClicks(scan, "sp32501_001")
    QTest.keyClick(scan, Qt.Key.Key_Return)
    told = desk.find(MessageDialog, "message_dialog")
    assert "账套正被别的窗口写入" in told.words.text()
    told.accept()
    assert desk.find(QWidget, "sale_page.note").isVisible()
