"""更多 of a sale: the one before and after, 审核, 作废, 退换; each says first what it takes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.ids import DocumentId
from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.services.book.account_sets import AccountSetInfo
from jdy_desktop.services.book.document_values import SavedDocument
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.pages.document_actions import what_reverses
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.texts import advice
from jdy_desktop.views.widgets.menu import MenuPopup

if TYPE_CHECKING:
    from jdy_desktop.views.pages.sale_page import SalePage


class SaleMore(QObject):
    def __init__(
        self, page: SalePage, documents: Documents, runner: JobRunner, shell: Shell, info: AccountSetInfo
    ) -> None:
        super().__init__(page)
        self._page, self._documents, self._runner, self._shell, self._info = page, documents, runner, shell, info
        for action, slot in (
            ("previous_document", lambda: self.turn(-1)),
            ("following_document", lambda: self.turn(+1)),
            ("review", self.review),
            ("void_document", self.ask_void),
            ("return", self.begin_return),
        ):
            KeyShortcut(action, page, slot)

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
            if self._info.needs_review:
                words = "反审核" if document.state is DocumentState.REVIEWED else "审核"
                items.append((f"{words}　Ctrl+R", self.review))
            items.append(("作废　Ctrl+Del", self.ask_void))
        MenuPopup(button, items, name="sale_page.more_menu").open()

    def turn(self, step: int) -> None:
        """上一张 (−1) / 下一张 (+1) in the order of entry."""
        at = self._page.desk.document.id if self._page.desk.document is not None else None
        words = "已经是第一张。" if step < 0 else "已经是最后一张。"

        def done(found: DocumentId | None) -> None:
            if found is None:
                self._page.tell("info", words, sound=False)
            else:
                self._page.desk.open(found, self._page.focus_scan)

        if at is None and step > 0:
            done(None)
            return
        self._runner.submit(
            lambda _job: self._documents.neighbour(DocumentKind.SALE, at, step),
            owner=self, key="turn", on_done=done, on_error=self._shell.tell_error,
        )  # fmt: skip

    @Slot()
    def begin_return(self) -> None:
        """销货退货单 of the sale shown, or an empty one that waits for the slip's number."""
        document = self._page.desk.document
        if document is None:
            self._shell.open_page("sale_return", new=True)
        else:
            self._shell.open_page("sale_return", return_of=document.id)

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

    @Slot()
    def review(self) -> None:
        """审核 or 反审核, where the book's second question was answered 需要."""
        document = self._page.desk.document
        if document is None or not self._info.needs_review:
            return
        if document.state is DocumentState.REVIEWED:
            self._do(self._documents.unreview, "已反审核，库存和欠款已退回。")
        else:
            self._do(self._documents.review, "已审核，库存和欠款已记上。")

    @Slot()
    def ask_void(self) -> None:
        from jdy_desktop.views.widgets.dialog import ConfirmDialog

        document = self._page.desk.document
        if document is None or document.state is DocumentState.VOIDED:
            return
        code = "，1688 上的二维码在过期前还能付款，请买家不要扫" if document.upload_state is not None else ""
        dialog = ConfirmDialog(
            self._page, "作废销货单", f"要作废 {document.number} 吗？", goes=f"{what_reverses(document, self._info)}",
            stays=f"单据和编号都留着，只是不再算数；不能撤销{code}。", yes="作废", name="void_dialog",
        )  # fmt: skip
        dialog.accepted.connect(lambda: self._do(self._documents.void, "已作废，库存和欠款恢复原样。"))
        dialog.open()

    def _do(self, work: Callable[[DocumentId, int], SavedDocument], words: str) -> None:
        document = self._page.desk.document
        if document is None:
            return

        def done(saved: SavedDocument) -> None:
            said = advice(saved.warnings[0]) if saved.warnings else f"{saved.number} {words}"
            self._shell.toast(said)
            self._page.desk.open(saved.id, self._page.focus_scan)

        self._runner.submit(
            lambda _job: work(document.id, document.version), owner=self, on_done=done, on_error=self._shell.tell_error
        )
