"""What a sale asks in a window of its own: discount, offer, new prices, the code, the second screen."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from jdy_desktop.models.ids import PreOrderId
from jdy_desktop.services.book.parties import CustomerHit
from jdy_desktop.views.pages.sale_desk import SaleServices
from jdy_desktop.views.pages.sale_form import SaleLine
from jdy_desktop.views.shell import PageFrame
from jdy_desktop.views.texts import label

if TYPE_CHECKING:
    from jdy_desktop.views.buyer_screen import BuyerScreen
    from jdy_desktop.views.pages.sale_page import SalePage


class SaleDialogs(QObject):
    """Each dialog's module is loaded when it is first opened. The focus comes back to the scan row."""

    def __init__(self, page: SalePage, services: SaleServices, frame: PageFrame, company: str) -> None:
        super().__init__(page)
        self._page, self._s, self._frame, self._company = page, services, frame, company
        self._buyer: BuyerScreen | None = None

    # ---- lines
    def choose_offer(self, line: SaleLine) -> None:
        """Several offers of the shop for one SKU: asked once (design §5.6)."""
        from jdy_desktop.views.dialogs.offer_dialog import choose_offer

        page, form = self._page, self._page.form
        if form.shop_id is None:
            return

        def chosen(offer_sku_id: Any) -> None:
            form.change(line.id, offer_sku_id=offer_sku_id)
            page.desk.touch()
            page.focus_scan()

        frame = self._frame
        choose_offer(page, self._s.picker, frame.runner, line.card, form.shop_id, chosen, frame.shell.tell_error)

    @Slot()
    def open_discount(self) -> None:
        """F7: 优惠率, 优惠金额, 抹零."""
        page = self._page
        if page.form.is_empty or page.is_read_only():
            return
        from jdy_desktop.views.dialogs.discount_dialog import DiscountDialog

        dialog = DiscountDialog(page, self._s.documents, page.form, page.desk.around)
        dialog.chosen.connect(self._on_discount)
        dialog.finished.connect(lambda _yes: page.focus_scan())
        dialog.open()

    def _on_discount(self, rate: Decimal, amount: Decimal | None) -> None:
        form = self._page.form
        form.discount_rate, form.discount_amount = rate, amount
        self._page.desk.touch()

    # ---- customer
    def change_customer(self, hit: CustomerHit) -> None:
        """A filled sale asks before it takes other prices (M123)."""
        page = self._page
        count = page.form.would_reprice(hit.grade) if hit.grade is not page.form.grade else 0
        if not count:
            page.desk.set_customer(hit, reprice=False)
            return
        from jdy_desktop.views.widgets.dialog import ConfirmDialog

        dialog = ConfirmDialog(
            page, "换客户", f"{hit.name}是{label(hit.grade)}，{count} 行要按这个等级重新取价吗？",
            goes="会按客户等级改这些行的销售单价，手改过的单价也会被替换。",
            stays="选“保留原价”：只换客户，单价不变。",
            yes="重新取价", no="保留原价", danger=False, name="reprice_dialog",
        )  # fmt: skip
        dialog.finished.connect(lambda yes: self._after_reprice(hit, yes))
        dialog.open()
        dialog.yes_button.setFocus()

    def _after_reprice(self, hit: CustomerHit, yes: bool) -> None:
        self._page.desk.set_customer(hit, reprice=yes)
        self._page.focus_scan()

    # ---- the code
    def show_code(self, pre_order_id: PreOrderId, then: Callable[[], None] | None = None) -> None:
        """The code window over the page; `then` when it is closed."""
        from jdy_desktop.views.dialogs.code_window import open_code

        frame = self._frame
        window = open_code(
            self._page, pre_order_id, pre_orders=self._s.pre_orders, documents=self._s.documents, runner=frame.runner,
            shell=frame.shell, clock=frame.clock, store=frame.store, company=self._company, buyer=self.buyer,
        )  # fmt: skip
        if then is not None:
            window.finished.connect(lambda _yes: then())

    @Slot()
    def print_sale(self) -> None:
        """F8: the slip of a stored sale; an unsaved one is not paper yet."""
        document = self._page.desk.document
        if document is None:
            self._page.tell("info", "先按 F9 完成再打印；保存后在二维码窗口按 F8。", sound=False)
            return
        from jdy_desktop.views.dialogs.code_print import print_sale

        frame = self._frame
        print_sale(self._page, document, frame.shell, frame.runner, frame.store, self._s.documents, self._company)

    # ---- second screen
    def buyer(self) -> BuyerScreen | None:
        """The buyer's screen while it is open."""
        from shiboken6 import isValid

        return self._buyer if self._buyer is not None and isValid(self._buyer) and self._buyer.isVisible() else None

    @Slot()
    def toggle_buyer(self) -> None:
        """Ctrl+2: open or close the buyer's screen."""
        shown = self.buyer()
        if shown is not None:
            shown.close()
            return
        from jdy_desktop.views.buyer_screen import open_buyer_screen

        self._buyer = open_buyer_screen(self._page, self._company, self._frame.clock, self._frame.pictures)
        self.show_buyer_sale()
        self._page.window().activateWindow()
        self._page.focus_scan()

    def show_buyer_sale(self) -> None:
        shown = self.buyer()
        if shown is not None:
            shown.show_sale(self._page.form)
