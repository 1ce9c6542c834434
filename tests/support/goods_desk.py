"""商品中心 in a test: the page with a shop's goods, keys as the clerk presses them, words as they are shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from jdy_desktop.models.ids import ProductId, SkuId
from jdy_desktop.models.states import DownloadMode, DownloadRange, PriceGrade
from jdy_desktop.services.book.opening import OpeningLine
from jdy_desktop.services.book.product_values import SaveProduct, SaveSku
from jdy_desktop.services.queries.goods import GoodsFilter
from jdy_desktop.views.pages.goods_page import GoodsPage
from jdy_desktop.views.widgets.floating import Toast
from tests.support.program import Driver

CTRL = Qt.KeyboardModifier.ControlModifier
SHIRT, TEE = "588616757513", "588640312701"


class GoodsDesk:
    def __init__(self, desk: Driver, *offers: str) -> None:
        """`offers`: downloaded first, with goods, from the first shop."""
        self.desk = desk
        self.shop_id = desk.authorize(0) if offers else 0
        if offers:
            self.download(*offers)
        page = desk.open_page("goods")
        assert isinstance(page, GoodsPage)
        self.page = page
        window = desk.program.window
        assert window is not None
        window.activateWindow()
        desk.until(window.isActiveWindow)
        self.focus()

    def download(self, *offers: str, mode: DownloadMode = DownloadMode.CREATE) -> None:
        from jdy_desktop.models.ids import OfferId, ShopId
        from jdy_desktop.services.channel.downloads import DownloadRequest
        from jdy_desktop.services.machine.jobs import JobContext

        ids = tuple(OfferId(one) for one in offers)
        request = DownloadRequest(ShopId(self.shop_id), mode, DownloadRange.SOME, ids)
        with self.told():
            self.desk.program.ready.downloads.run(JobContext(), request)

    def make(self, code: str, name: str, *, price: str = "10", barcode: str = "") -> ProductId:
        """Goods without attributes, straight into the book; the open page reads itself again."""
        with self.told():
            return self._save(code, name, price, barcode)

    def make_many(self, names: dict[str, str]) -> None:
        """Goods by code, faster than one by one: a page hears of changes twice a second at most."""
        for code, name in names.items():
            self._save(code, name)
        self.desk.until(lambda: self.page.table.rows_model().rowCount() == len(names))
        self.desk.idle()

    def _save(self, code: str, name: str, price: str = "10", barcode: str = "") -> ProductId:
        barcodes = (barcode,) if barcode else ()
        sku = SaveSku(prices={PriceGrade.RETAIL: Decimal(price)}, barcodes=barcodes)
        return self.desk.program.ready.products.save(SaveProduct(code=code, name=name, skus=(sku,)))

    @contextmanager
    def told(self) -> Iterator[None]:
        """What is written inside reaches the open page before it goes on."""
        with self.desk.qtbot.waitSignal(self.desk.program.runner.data_changed, timeout=10_000):
            yield
        self.desk.idle()

    def stock_up(self, product_id: ProductId, quantity: str) -> None:
        """Opening stock of its first SKU in 档口仓."""
        services = self.desk.program.ready
        sku = services.products.product(product_id).skus[0].id
        house = next(one.id for one in services.parties.warehouses() if one.is_default)
        with self.told():
            services.opening.save((OpeningLine(SkuId(sku), house, Decimal(quantity), Decimal(5)),))

    def product_id(self, code: str) -> ProductId:
        listed = self.desk.program.ready.goods_list
        found = [row.id for row in listed.rows(listed.ids(GoodsFilter(code))).values() if row.code == code]
        assert len(found) == 1, code
        return found[0]

    def select(self, code: str) -> None:
        assert self.page.table.select_id(self.product_id(code))
        self.desk.idle()

    # ---- hands
    def focus(self) -> None:
        self.page.table.setFocus()
        self.desk.until(lambda: QApplication.focusWidget() is self.page.table)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.page, key, modifier)
        self.desk.idle()

    def type(self, text: str) -> None:
        """Letters by key, Chinese as an input method hands it over."""
        target = QApplication.focusWidget() or self.page
        if text.isascii():
            QTest.keyClicks(target, text)
        else:
            event = QInputMethodEvent()
            event.setCommitString(text)
            QApplication.sendEvent(target, event)

    def search(self, text: str) -> None:
        """Ctrl+F, the words, Enter."""
        self.press(Qt.Key.Key_F, CTRL)
        self.type(text)
        self.press(Qt.Key.Key_Return)

    # ---- eyes
    def codes(self) -> list[str]:
        return self.column("商品代码")

    def column(self, title: str) -> list[str]:
        model = self.page.table.rows_model()
        place = next(n for n, one in enumerate(model.columns) if one.title == title)
        return [model.cell_text(row, place) for row in range(model.rowCount())]

    def toast(self) -> str:
        return self.desk.find(Toast, "toast").text()


def words(widget: QWidget) -> str:
    """All that is written in it and shown."""
    return "\n".join(one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget))
