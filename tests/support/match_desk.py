"""The page 商品匹配 in a test: keys as the clerk presses them, counted, and the list as it is shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from jdy_desktop.models.ids import ShopId
from jdy_desktop.models.states import DownloadMode
from jdy_desktop.services.queries.matches import MatchFilter, MatchRow
from jdy_desktop.views.pages.match_page import MatchPage
from jdy_desktop.views.widgets.popup_list import PopupList
from tests.support.program import Driver

NINE = [
    "匹配关系",
    "货号",
    "平台商品名称",
    "单品货号",
    "平台SKU名称",
    "系统商品代码",
    "系统商品名称",
    "系统SKU代码",
    "系统SKU名称",
]
CTRL = Qt.KeyboardModifier.ControlModifier


class MatchDesk:
    """`press` and `type` go to whatever has the focus, as at a keyboard; `keys` counts them."""

    def __init__(self, desk: Driver) -> None:
        self.desk = desk
        self.keys = 0
        self._page: MatchPage | None = None

    @property
    def page(self) -> MatchPage:
        """The page, opened when first asked for."""
        if self._page is None:
            window = self.desk.program.window
            assert window is not None
            page = self.desk.open_page("match")
            assert isinstance(page, MatchPage)
            self._page = page
            window.activateWindow()
            page.table.setFocus()
            self.desk.until(lambda: QApplication.focusWidget() is page.table)
        return self._page

    # ---- hands
    def press(self, key: Qt.Key, mods: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """One key, and wait until everything it set going has come to rest."""
        self.keys += 1
        QTest.keyClick(self._target(), key, mods)
        self.desk.idle()

    def type(self, text: str) -> None:
        """Letters; what they set going is waited for."""
        self.keys += len(text)
        QTest.keyClicks(self._target(), text)
        self.desk.idle()

    def _target(self) -> QWidget:
        return QApplication.focusWidget() or self.page

    def paste(self, text: str) -> None:
        """Put text into the field with the focus, as a committed input (Chinese cannot be typed key by key)."""
        from PySide6.QtGui import QInputMethodEvent

        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(self._target(), event)
        self.desk.idle()

    # ---- eyes
    def rows(self, text: str = "", matched: bool | None = None) -> list[MatchRow]:
        """Rows as the book has them."""
        found = self.desk.program.ready.match_list
        ids = found.ids(MatchFilter(text, matched))
        by_id = found.rows(ids)
        return [by_id[one] for one in ids]

    def shown(self) -> list[list[str]]:
        """Texts of the rows on the page shown, the nine columns."""
        model = self.page.table.rows_model()
        places = [next(n for n, c in enumerate(model.columns) if c.title == title) for title in NINE]
        return [[model.cell_text(row, place) for place in places] for row in range(model.rowCount())]

    def counts(self) -> tuple[str, str]:
        """(已匹配, 未匹配) as written above the list."""
        names = ("match_page.matched_count", "match_page.unmatched_count")
        one, two = (self.desk.find(QLabel, name).text() for name in names)
        return one, two

    def toast(self) -> str:
        """The words of the strip at the bottom."""
        return self.desk.find(QWidget, "toast").accessibleName()

    def popup(self) -> PopupList:
        """The suggestions under the cell."""
        return self.desk.find(PopupList, "match_page.popup")

    def product_ids(self) -> set[int]:
        from sqlalchemy import select

        from jdy_desktop.models.catalog import Product

        with self.desk.program.ready.db.read() as session:
            return set(session.scalars(select(Product.id)))

    # ---- things that are there
    def shop(self, account: int = 0, mode: DownloadMode | None = DownloadMode.CREATE) -> ShopId:
        """An authorized shop, downloaded unless `mode` is None."""
        shop_id = self.desk.authorize(account)
        if mode is not None:
            self.desk.download(shop_id, mode)
        self.desk.idle()
        return ShopId(shop_id)

    def reload(self) -> None:
        """Rows were written past the services: read them."""
        self.page.query()
        self.desk.idle()


def texts(widget: QWidget) -> str:
    """All words of a dialog."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


def pairs(rows: Sequence[MatchRow]) -> list[tuple[str, str]]:
    """(单品货号, 系统SKU代码)."""
    return [(row.sku_item_number, row.sku_code) for row in rows]
