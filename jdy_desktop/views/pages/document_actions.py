"""更多 of a document: putting aside, warehouses, copies, its source, paper; which buttons its state leaves free."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from jdy_desktop.models.ids import WarehouseId
from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.services.book.account_sets import AccountSetInfo
from jdy_desktop.services.book.document_values import DocumentView
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.views.entry.actions import StoredActions
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.pages.document_kinds import RETURNS
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.texts import label
from jdy_desktop.views.widgets.menu import MenuPopup

if TYPE_CHECKING:
    from jdy_desktop.views.pages.document_page import DocPage


class DocActions(StoredActions):
    """The buttons of the bottom row follow the state of the document shown; the rest is under 更多."""

    LOCKED = {
        "document_reviewed": "这张单据已审核，不能再改；先反审核。",
        "document_voided": "这张单据已作废，只能看；需要的话按“复制”另开一张。",
        "document_has_returns": "这张单据已经有退货单，不能再改；先作废退货单。",
        "document_of_count": "这张单据是盘点写出来的，不能单独改；要改就作废那张盘点单。",
        "count_fixed": "盘点单保存后不能改；盘错了就作废它，再盘一次。",
    }

    def __init__(
        self,
        page: DocPage,
        documents: Documents,
        runner: JobRunner,
        shell: Shell,
        store: SettingsStore,
        info: AccountSetInfo,
    ) -> None:
        super().__init__(page, page.spec.kind, RETURNS.get(page.spec.kind), documents, shell, info)
        self._page, self._runner, self._store = page, runner, store

    @property
    def return_title(self) -> str:
        return label(self.return_kind) if self.return_kind else ""

    def what_stays(self, _document: DocumentView) -> str:
        return "单据和编号都留着，只是不再算数；不能撤销，可以用“复制”重开一张。"

    def show_state(self) -> None:
        """The buttons follow the document's state; what is grey is also refused by the service."""
        page, document = self._page, self._page.desk.document
        is_reviewed = document is not None and document.state is DocumentState.REVIEWED
        page.review_button.set_label("反审核" if is_reviewed else "审核")
        why = "先保存" if document is None else "已作废" if document.state is DocumentState.VOIDED else None
        why = why or (None if self._documents.may_review() else "审核和反审核要店主登录")
        page.review_button.set_blocked(why or ("改动还没有保存" if page.desk.is_changed and not is_reviewed else None))
        page.print_button.set_blocked("先保存再打印" if document is None else None)

    def offer_fresh(self) -> None:
        """Somebody else saved it: what is typed here stays as a held draft, the newer one is shown on demand."""
        from jdy_desktop.views.widgets.dialog import ConfirmDialog

        page = self._page
        document_id = page.form.document_id
        if document_id is None:
            return
        dialog = ConfirmDialog(
            page, "单据已被别人改过", f"{page.form.number} 刚在别的窗口改过，这次没有保存。",
            goes="看新的：先把这里的内容挂单（Shift+F6 取回），再打开别人保存的那一版。", stays="留在这里：内容还在屏幕上，什么都不丢。",
            yes="看新的", no="留在这里", danger=False, name="stale_dialog",
        )  # fmt: skip
        dialog.accepted.connect(lambda: page.desk.open(document_id, page.focus_scan))
        dialog.open()

    # ---- other documents
    @Slot()
    def open_menu(self) -> None:
        """更多."""
        page, document = self._page, self._page.desk.document
        items: list[tuple[str, Callable[[], object]]] = [
            ("新增", page.new_document),
            ("挂单", page.hold),
            ("取单", page.resume),
        ]
        if not page.is_read_only():
            items.append(("新增仓库", self.add_warehouse))
        if document is not None:
            items.append(("复制", lambda: page.desk.copy(document.id)))
            if document.source_id is not None:
                items.append((f"打开原单 {document.source}", lambda: self._open_source(document)))
            if document.state is not DocumentState.VOIDED:
                items.append(("作废", self.ask_void))
        MenuPopup(page.more_button, items, name=f"{page.objectName()}.more_menu").open()

    @Slot()
    def add_warehouse(self) -> None:
        """A transfer needs a second warehouse; it is made where it is missed."""
        from jdy_desktop.views.dialogs.warehouse_dialog import WarehouseDialog

        page = self._page
        dialog = WarehouseDialog(page, page.parties, self._runner, self._shell)
        dialog.added.connect(self._on_warehouse)
        dialog.open()

    def _on_warehouse(self, warehouse_id: int) -> None:
        form = self._page.form
        if self._page.spec.is_transfer and form.to_warehouse_id is None and warehouse_id != form.warehouse_id:
            form.to_warehouse_id = WarehouseId(warehouse_id)
        self._page.desk.read_surroundings()

    def _open_source(self, document: DocumentView) -> None:
        kind = page_of_source(document.kind)
        self._shell.open_page(kind, document_id=document.source_id)

    # ---- paper
    @Slot()
    def print_document(self) -> None:
        """F8: A4 or roll, as 设置 says."""
        page, document = self._page, self._page.desk.document
        if document is None:
            page.tell("info", "先按 F9 保存再打印。", sound=False)
            return
        from jdy_desktop.views.dialogs.code_print import print_sale

        print_sale(
            page,
            document,
            self._shell,
            self._runner,
            self._store,
            self._documents,
            self._info.company,
            title=page.spec.title,
        )


def page_of_source(kind: DocumentKind) -> str:
    """Where the document stands that one of this kind came from."""
    sources = {DocumentKind.PURCHASE_RETURN: DocumentKind.PURCHASE, DocumentKind.SALE_RETURN: DocumentKind.SALE}
    return sources.get(kind, DocumentKind.COUNT).value
