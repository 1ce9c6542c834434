"""What a stored document can become, asked in its editor: reviewed, taken back, voided, returned; each says what it changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from jdy_desktop.models.ids import DocumentId
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.services.book.account_sets import AccountSetInfo
from jdy_desktop.services.book.document_values import DocumentView, SavedDocument
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.views.figures import money, plain
from jdy_desktop.views.texts import advice, label

if TYPE_CHECKING:
    from jdy_desktop.views.entry.page import EntryPage
    from jdy_desktop.views.shell import Shell


class StoredActions(QObject):
    """`LOCKED`: why a stored document can only be looked at, by what locks it."""

    LOCKED: dict[str, str] = {}

    def __init__(
        self,
        page: EntryPage[Any, Any],
        kind: DocumentKind,
        return_kind: DocumentKind | None,
        documents: Documents,
        shell: Shell,
        info: AccountSetInfo,
    ) -> None:
        super().__init__(page)
        self._editor, self._kind, self._documents, self._shell, self._info = page, kind, documents, shell, info
        self.return_kind = return_kind

    def locked_words(self, document: DocumentView) -> str:
        return self.LOCKED.get(document.locked_by or "", "这张单据不能修改。")

    def what_stays(self, _document: DocumentView) -> str:
        """What voiding leaves, told before it happens."""
        return "单据和编号都留着，只是不再算数；不能撤销。"

    # ---- other documents
    def turn(self, step: int) -> None:
        """上一张 (−1) / 下一张 (+1) in the order of entry."""
        words = "已经是第一张。" if step < 0 else "已经是最后一张。"
        self._editor.desk.turn(step, lambda: self._editor.tell("info", words, sound=False), self._editor.focus_scan)

    @Slot()
    def begin_return(self) -> None:
        """退货 of the document shown, or an empty one that waits for the slip's number."""
        if self.return_kind is None:
            return
        document = self._editor.desk.document
        if document is None:
            self._shell.open_page(self.return_kind.value, new=True)
        else:
            self._shell.open_page(self.return_kind.value, return_of=document.id)

    # ---- states
    @Slot()
    def review(self) -> None:
        """审核, or 反审核 of a reviewed one, where the book's second question was answered 需要."""
        document = self._editor.desk.document
        if document is None or not self._info.needs_review or document.state is DocumentState.VOIDED:
            return
        if self._tells_unsaved("审核"):
            return
        if document.state is DocumentState.REVIEWED:
            self._do(self._documents.unreview, "已反审核，库存和欠款已退回。")
        else:
            self._do(self._documents.review, "已审核，库存和欠款已记上。")

    @Slot()
    def ask_void(self) -> None:
        """作废: says what is taken back before it happens."""
        from jdy_desktop.views.widgets.dialog import ConfirmDialog

        document = self._editor.desk.document
        if document is None or document.state is DocumentState.VOIDED or self._tells_unsaved("作废"):
            return
        dialog = ConfirmDialog(
            self._editor, f"作废{label(self._kind)}", f"要作废 {document.number} 吗？", goes=what_reverses(document, self._info),
            stays=self.what_stays(document), yes="作废", name="void_dialog",
        )  # fmt: skip
        dialog.accepted.connect(lambda: self._do(self._documents.void, "已作废，库存和欠款恢复原样。"))
        dialog.open()

    def _tells_unsaved(self, what: str) -> bool:
        """The stored state would be meant, which is not what stands on the screen."""
        page = self._editor
        page.desk.leaving.emit()  # what stands in a field is a change too
        if page.is_read_only() or not page.desk.is_changed:
            return False
        page.tell("warn", f"改动还没有保存：先按 F9 保存，再{what}。", sound=False)
        return True

    def _do(self, work: Callable[[DocumentId, int], SavedDocument], words: str) -> None:
        def done(saved: SavedDocument) -> None:
            self._shell.toast(advice(saved.warnings[0]) if saved.warnings else f"{saved.number} {words}")
            self._editor.focus_scan()

        self._editor.desk.act(work, done)


def what_reverses(document: DocumentView, info: AccountSetInfo) -> str:
    """In words: what voiding takes back of stock and debts."""
    if info.needs_review and document.state is not DocumentState.REVIEWED:
        return "它还没有审核，库存和欠款没有变过，作废后也不变。"
    pieces = plain(sum((line.quantity for line in document.lines), start=ZERO))
    comes = {
        DocumentKind.PURCHASE: "从库存里减掉", DocumentKind.OTHER_RECEIPT: "从库存里减掉",
        DocumentKind.SALE_RETURN: "从库存里减掉", DocumentKind.TRANSFER: "退回调出仓库",
    }.get(document.kind, "退回库存")  # fmt: skip
    if document.kind is DocumentKind.COUNT:
        return "它写出的盘盈、盘亏单据一起作废，库存回到盘点以前。"
    words = f"{pieces} 件商品会{comes}"
    owed = "，欠款跟着改回" if document.customer_id or document.supplier_id else ""
    paid = f"；已付的 {money(document.paid_amount)} 元也不再算数" if document.paid_amount else ""
    return f"{words}{owed}{paid}。"
