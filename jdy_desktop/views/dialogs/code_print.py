"""F8 in the sale and in the code window: the slip on paper, or as a PDF where no printer is (F17)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from jdy_desktop.models.states import PayState
from jdy_desktop.services.book.document_values import DocumentView
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.services.channel.pre_orders import CodeView
from jdy_desktop.services.errors import JdyError, PrinterMissing
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.paper.forms import PrintableSale, printable_code, printable_sale
from jdy_desktop.views.dialogs.print_ask import with_choice
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.paper_choice import PaperChoice, use_of
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.widgets.base import IconLabel, Text, row
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame

if TYPE_CHECKING:
    from jdy_desktop.views.dialogs.code_tools import CodeTools


def print_slip(host: QWidget, view: CodeView, tools: CodeTools) -> None:
    """The sale with its code; a paid one without it, there is nothing left to scan."""
    if not view.sale_number:
        tools.shell.toast("这张预订单是在别处创建的，本机没有它的销货单，不能打印。")
        return
    is_paid = view.pay_state is PayState.PAID

    def make(_job: JobContext) -> PrintableSale:
        document = tools.documents.document(view.sale_id)
        code = None if is_paid else printable_code(view, reprint=document.print_count)
        return printable_sale(document, tools.company or view.shop, code=code)

    def printed() -> None:
        documents, sale_id = tools.documents, view.sale_id
        tools.runner.submit(
            lambda _job: documents.mark_printed(sale_id),
            owner=host,
            on_done=lambda _n: None,
            on_error=tools.shell.tell_error,
        )

    tools.runner.submit(
        make,
        owner=host,
        on_done=lambda sale: put_on_paper(host, sale, tools.shell, tools.store, printed),
        on_error=tools.shell.tell_error,
    )


def print_sale(
    host: QWidget,
    document: DocumentView,
    shell: Shell,
    runner: JobRunner,
    store: SettingsStore,
    documents: Documents,
    company: str = "",
    *,
    title: str = "销货单",
) -> None:
    """A stored document without a code; `title` stands on the paper."""

    def printed() -> None:
        runner.submit(
            lambda _job: documents.mark_printed(document.id),
            owner=host,
            on_done=lambda _n: None,
            on_error=shell.tell_error,
        )

    runner.submit(
        lambda _job: printable_sale(document, company or document.shop, title=title),
        owner=host,
        on_done=lambda sale: put_on_paper(host, sale, shell, store, printed),
        on_error=shell.tell_error,
    )


def put_on_paper(
    host: QWidget, sale: PrintableSale, shell: Shell, store: SettingsStore, printed: Callable[[], None]
) -> None:
    """Print with what 设置 chose; without a printer the slip can be kept as a PDF. `printed()` when it has been done."""
    with_choice(
        host, store, use_of(sale.form), lambda choice: _print(host, sale, shell, choice, printed)
    )  # fmt: skip


def _print(host: QWidget, sale: PrintableSale, shell: Shell, choice: PaperChoice, printed: Callable[[], None]) -> None:
    # The print library is loaded when something is printed for the first time.
    from jdy_desktop.views import printing

    try:
        printing.print_sale(sale, printing.Paper(choice.paper), choice.printer)
    except PrinterMissing:
        NoPrinterDialog(host, sale, shell, choice, printed).open()
    except JdyError as error:
        shell.tell_error(error)
    else:
        shell.toast(f"已打印 {sale.number}。")
        printed()


class NoPrinterDialog(DialogFrame):
    """Nothing is lost: sale and code are stored; the slip may become a PDF instead, or another printer is chosen."""

    def __init__(
        self, host: QWidget, sale: PrintableSale, shell: Shell, choice: PaperChoice, printed: Callable[[], None]
    ) -> None:
        title = f"没有找到打印机“{choice.printer}”" if choice.printer else "没有找到打印机"
        super().__init__(host, title, width=560, name="no_printer_dialog")
        self._sale, self._shell, self._choice, self._printed = sale, shell, choice, printed
        words = Text(
            "单据和预订单都已保存，没有丢。接好打印机再按 F8；也可以先保存为 PDF，以后再打印或发给客户。",
            "body",
            wrap=True,
        )
        line = row(IconLabel("print", "text2", 20), words, spacing=12)
        line.setStretch(1, 1)
        self.body.addLayout(line)
        other = KeyButton("选打印机…", kind="quiet", name="no_printer_dialog.settings_button")
        other.clicked.connect(self._choose_printer)
        self.add_left(other)
        self.add_button(KeyButton("以后再打", "cancel", name="no_printer_dialog.later_button"), self.reject)
        self.add_button(
            KeyButton("保存为 PDF", "ok", kind="primary", name="no_printer_dialog.pdf_button"),
            self._choose,
            default=True,
        )

    def _choose_printer(self) -> None:
        self.reject()
        self._shell.open_page("settings", section="打印")

    def _choose(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "保存为 PDF", f"{self._sale.number}.pdf", "PDF (*.pdf)")
        if path:
            self.save_to(Path(path))

    def save_to(self, path: Path) -> None:
        from jdy_desktop.views import printing

        try:
            printing.print_sale(self._sale, printing.Paper(self._choice.paper), path)
        except JdyError as error:
            self._shell.tell_error(error)
            return
        self.accept()
        self._printed()
        self._shell.toast(f"小票已保存到 {path}")
