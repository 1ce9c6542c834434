"""A look-up that fails is not told as an unknown code; what is scanned while a save runs is not lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.document_values import SavedDocument, SaveDocument
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.services.errors import DatabaseBusy
from jdy_desktop.services.queries.picker import SkuPicker
from jdy_desktop.views.dialogs.code_window import CodeWindow
from jdy_desktop.views.dialogs.message_dialog import MessageDialog
from tests.support.program import Driver
from tests.support.receiving import Receiver
from tests.support.sales import Counter

D = Decimal


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


@pytest.fixture
def held_save(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Saving waits until this is called."""
    go, save = threading.Event(), Documents.save

    def slow(documents: Documents, request: SaveDocument) -> SavedDocument:
        assert go.wait(10)
        return save(documents, request)

    monkeypatch.setattr(Documents, "save", slow)
    return go.set


def _save_and_scan(clerk: Receiver, go: Callable[[], None], *codes: str) -> None:
    clerk.scan("sp001")
    clerk.settle()
    clerk.key(Qt.Key.Key_F9)
    clerk.driver.until(lambda: clerk.page.desk.is_saving)
    for code in codes:
        clerk.scan(code)
    go()
    clerk.driver.until(lambda: not clerk.page.desk.is_saving)
    clerk.settle()


def test_what_is_scanned_while_a_purchase_is_saved_stands_on_it(desk: Driver, held_save: Callable[[], None]) -> None:
    clerk = Receiver(desk)
    clerk.choose_supplier()
    _save_and_scan(clerk, held_save, "sp002", "3*", "sp001", "sp002")
    assert clerk.page.form.document_id is not None
    assert [line[:2] for line in clerk.lines()] == [("sp001", "2"), ("sp002", "4")]
    assert clerk.page.desk.is_changed
    clerk.key(Qt.Key.Key_F9)
    clerk.settle()
    assert (clerk.stock(0), clerk.stock(1)) == (D(2), D(4))


def test_f9_pressed_twice_stores_a_purchase_once(desk: Driver, held_save: Callable[[], None]) -> None:
    clerk = Receiver(desk)
    clerk.choose_supplier()
    clerk.scan("sp001")
    clerk.settle()
    clerk.key(Qt.Key.Key_F9)
    clerk.key(Qt.Key.Key_F9)
    held_save()
    desk.until(lambda: clerk.page.form.document_id is not None)
    clerk.settle()
    assert clerk.page.desk.document is not None
    assert clerk.page.form.version == 1


def test_what_is_scanned_while_a_count_is_saved_begins_the_next(desk: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = Receiver(desk, "count")
    clerk.store(DocumentKind.OTHER_RECEIPT, (0, "10", "5"))
    go, save = threading.Event(), Documents.save
    monkeypatch.setattr(Documents, "save", lambda documents, request: go.wait(10) and save(documents, request))
    _save_and_scan(clerk, go.set, "sp002")
    # A stored count cannot be changed: the piece is counted on a new one.
    assert clerk.page.form.document_id is None
    assert [line[:2] for line in clerk.lines()] == [("sp002", "1")]
    assert clerk.stock(0) == D(1)


def test_what_is_scanned_while_a_purchase_is_refused_stands_on_it(desk: Driver, held_save: Callable[[], None]) -> None:
    clerk = Receiver(desk)
    _save_and_scan(clerk, held_save, "sp002")  # no supplier is chosen
    assert clerk.page.form.document_id is None
    assert [line[:2] for line in clerk.lines()] == [("sp001", "1"), ("sp002", "1")]


def test_what_is_scanned_before_the_code_is_shown_begins_the_next_sale(
    desk: Driver, held_save: Callable[[], None]
) -> None:
    counter = Counter(desk)
    counter.scan("sp32501_001")
    counter.settle()
    counter.key(Qt.Key.Key_F9)
    desk.until(lambda: counter.page.desk.is_saving)
    counter.scan("sp32602_002")
    counter.type("2*")
    held_save()
    window = desk.find(CodeWindow, "code_window")
    desk.idle()
    counter.key(Qt.Key.Key_Escape)
    desk.until(lambda: not window.isVisible())
    counter.settle()
    assert counter.sold() == [("sp32602_002", D(2))]
    assert counter.page.form.document_id is None
