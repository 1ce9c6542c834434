"""A stall that receives: goods with codes of the manual, a supplier, and a document page in front. Keys only."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from jdy_desktop.models.ids import SkuId
from jdy_desktop.models.states import DocumentKind, PriceGrade
from jdy_desktop.services.book.document_values import SavedDocument, SaveDocument, SaveLine
from jdy_desktop.services.book.parties import SaveSupplier
from jdy_desktop.services.book.products import SaveProduct, SaveSku
from tests.support.clerk import Clerk
from tests.support.program import START, Driver

if TYPE_CHECKING:
    from jdy_desktop.views.pages.document_page import DocPage


class Receiver(Clerk):
    """The clerk at a document page; `keys` counts presses as the goals do (a scan is none)."""

    def __init__(self, driver: Driver, page_id: str = "purchase", *, goods: int = 3) -> None:
        super().__init__(driver)
        services = driver.program.ready
        self.supplier = services.parties.save_supplier(SaveSupplier(name="沙河锦绣制衣"))
        self.skus = [self.make(f"sp{number:03d}") for number in range(1, goods + 1)]
        driver.idle()
        self.page: DocPage = self.open(page_id)

    def make(self, code: str, **more: Any) -> SkuId:
        products = self.driver.program.ready.products
        sku = SaveSku(prices={PriceGrade.RETAIL: Decimal(64)})
        made = products.save(SaveProduct(code=code, name=f"男士秋季衬衫{code}", skus=(sku,), **more))
        return products.product(made).skus[0].id

    def open(self, page_id: str, **arguments: Any) -> DocPage:
        page: DocPage = self.driver.open_page(page_id, **arguments)
        self.page = page
        self.driver.until(lambda: page.desk.around is not None)
        window = self.driver.program.window
        assert window is not None
        window.activateWindow()
        self.settle()
        if not page.isAncestorOf(QApplication.focusWidget() or window):
            page.focus_scan()
        self.driver.until(lambda: page.isAncestorOf(QApplication.focusWidget() or window))
        return page

    def store(self, kind: DocumentKind, *lines: tuple[int, str, str], **more: Any) -> SavedDocument:
        """A document stored behind the page: (place of the goods, quantity, price)."""
        services = self.driver.program.ready
        party: dict[str, Any] = {"supplier_id": self.supplier} if kind is DocumentKind.PURCHASE else {}
        if kind is DocumentKind.SALE:
            party = {"customer_id": services.parties.customers("零售", 1)[0].id}
        request = SaveDocument(
            kind=kind, client_key=services.documents.new_client_key(), day=self.driver.program.ctx.clock.today(),
            lines=tuple(SaveLine(self.skus[place], Decimal(quantity), Decimal(price)) for place, quantity, price in lines),
            **(party | more),
        )  # fmt: skip
        saved = services.documents.save(request)
        self.driver.idle()
        return saved

    def stock(self, place: int = 0) -> Decimal:
        return self.driver.program.ready.picker.card(self.skus[place]).stock

    def owed(self) -> Decimal:
        return self.driver.program.ready.parties.supplier(self.supplier).balance

    # ---- hands
    def ctrl(self, key: Qt.Key) -> None:
        self.key(key, Qt.KeyboardModifier.ControlModifier)

    def choose_supplier(self) -> None:
        self.key(Qt.Key.Key_F3)
        self.type("shj")
        self.key(Qt.Key.Key_Return)
        self.driver.until(lambda: self.page.form.party_id == self.supplier)
        self.settle()

    def copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    def lines(self) -> list[tuple[str, str, str]]:
        return [
            (one.card.code, f"{one.quantity.normalize():f}", f"{one.price.normalize():f}")
            for one in self.page.form.lines
        ]


__all__ = ["START", "Receiver"]
