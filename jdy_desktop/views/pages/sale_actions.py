"""更多 of a sale: the one before and after, 审核, 作废, 退换."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.services.book.account_sets import AccountSetInfo
from jdy_desktop.services.book.document_values import DocumentView
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.views.entry.actions import StoredActions
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.widgets.menu import MenuPopup

if TYPE_CHECKING:
    from jdy_desktop.views.pages.sale_page import SalePage


class SaleActions(StoredActions):
    """`begin_exchange` is the sale's own: what was sold comes back, and something else goes."""

    LOCKED = {
        "pre_order_uploaded": "预订单已经发给 1688，这张销货单不能再改，只能看。要改就作废后重开。",
        "pre_order_paid": "买家已经付款，这张销货单不能再改，只能看。要退货就开销货退货单。",
        "document_reviewed": "这张单据已审核，不能再改；先反审核。",
        "document_voided": "这张单据已作废，只能看。",
        "document_has_returns": "这张销货单已经有退货单，不能再改；先作废退货单。",
    }

    def __init__(self, page: SalePage, documents: Documents, shell: Shell, info: AccountSetInfo) -> None:
        super().__init__(page, DocumentKind.SALE, DocumentKind.SALE_RETURN, documents, shell, info)
        self._page = page

    def what_stays(self, document: DocumentView) -> str:
        code = "，1688 上的二维码在过期前还能付款，请买家不要扫" if document.upload_state is not None else ""
        return f"单据和编号都留着，只是不再算数；不能撤销{code}。"

    def open_menu(self, button: QWidget) -> None:
        """What may be done with the sale that is shown."""
        document = self._page.desk.document
        items: list[tuple[str, Callable[[], object]]] = [
            ("上一张　Ctrl+PgUp", lambda: self.turn(-1)),
            ("下一张　Ctrl+PgDown", lambda: self.turn(+1)),
            ("退换　Ctrl+T", self.begin_return),
        ]
        if document is not None:
            items.append(("复制", lambda: self._page.desk.copy(document.id, self._page.focus_scan)))
        if document is not None and document.state is not DocumentState.VOIDED:
            items.append(("换货：退回并另开一张", self.begin_exchange))
            if self._info.needs_review and self._documents.may_review():
                words = "反审核" if document.state is DocumentState.REVIEWED else "审核"
                items.append((f"{words}　Ctrl+R", self.review))
            items.append(("作废　Ctrl+Del", self.ask_void))
        MenuPopup(button, items, name="sale_page.more_menu").open()

    @Slot()
    def begin_exchange(self) -> None:
        """换货 (W36): a return of this sale in front, and behind it a new sale for the same customer with his balance.

        A slip holds goods of one direction only: stock, cost and 1688 stay plain on both."""
        document = self._page.desk.document
        if document is None or document.customer_id is None:
            return

        def then() -> None:
            self._shell.open_page("sale_return", return_of=document.id)

        self._page.desk.new_for(document.customer_id, then)
        self._shell.toast("先保存退货，再回到“销货单”开换走的商品；上次欠款里已经减去退货。")
