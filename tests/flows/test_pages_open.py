"""A page opens inside the window: no part of it flashes up as a window of its own while it is made."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import delete

from tests.support.program import Driver

PAGES = (
    *("goods", "sale", "documents", "opening", "stock", "customers", "suppliers", "payments", "shops", "match"),
    *("pre_orders", "publish", "reports", "settings", "purchase", "other_receipt"),
    *("purchase_return", "sale_return", "other_issue", "transfer", "count"),
)


class _Windows(QObject):
    """Names of what was shown without a parent."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.names.append(watched.objectName() or type(watched).__name__)
        return False


def test_no_part_of_a_page_is_a_window_for_a_moment(desk: Driver) -> None:
    app = QApplication.instance()
    assert app is not None
    windows = _Windows()
    app.installEventFilter(windows)
    found = {}
    for page_id in PAGES:
        desk.open_page(page_id)
        found[page_id], windows.names = windows.names, []
    alone = QWidget()  # the control: this is what such a part looks like
    alone.setVisible(True)
    app.removeEventFilter(windows)
    delete(alone)
    assert windows.names == ["QWidget"]
    assert {page: names for page, names in found.items() if names} == {}
