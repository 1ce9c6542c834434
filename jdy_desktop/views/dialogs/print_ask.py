"""Printer and paper of one print: as 设置—打印 says, or asked for each time where 直接打印 is off."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.paper_choice import PAPERS, PaperChoice, PaperUse, chosen, is_direct
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.fields import FilterCombo, FormRow

DEFAULT_PRINTER = "系统默认打印机"


def with_choice(host: QWidget, store: SettingsStore, use: PaperUse, then: Callable[[PaperChoice], None]) -> None:
    """`then(choice)` at once, or when the clerk has said where to print; not at all when he gives it up."""
    choice = chosen(store, use)
    if is_direct(store):
        then(choice)
        return
    dialog = PrintAskDialog(host, choice, has_paper=use is not PaperUse.STATEMENT)
    dialog.accepted.connect(lambda: then(dialog.choice))
    dialog.open()


def printer_options(wanted: str, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """The lines of a printer list; a chosen printer that is not there now stays, and says so."""
    lines = [(DEFAULT_PRINTER, ""), *((name, name) for name in names)]
    if wanted and wanted not in names:
        lines.append((f"{wanted}（没有找到）", wanted))
    return lines


class PrintAskDialog(DialogFrame):
    """Enter prints with what was chosen last in 设置."""

    def __init__(self, host: QWidget, choice: PaperChoice, *, has_paper: bool = True) -> None:
        from jdy_desktop.views import printing

        super().__init__(host, "打印", width=440, name="print_ask_dialog")
        self._before = choice
        self.printer = FilterCombo(
            "打印机", printer_options(choice.printer, printing.printers()), name="print_ask_dialog.printer_combo",
            inside=False,
        )  # fmt: skip
        self.printer.set_value(choice.printer)
        self.paper = FilterCombo("纸张", list(PAPERS), name="print_ask_dialog.paper_combo", inside=False)
        self.paper.set_value(choice.paper)
        self.body.addWidget(FormRow("打印机", self.printer))
        if has_paper:
            self.body.addWidget(FormRow("纸张", self.paper))
        self.add_button(KeyButton("取消", "cancel", name="print_ask_dialog.cancel_button"), self.reject)
        self.add_button(
            KeyButton("打印", "ok", kind="primary", name="print_ask_dialog.print_button"), self.accept, default=True
        )

    @property
    def choice(self) -> PaperChoice:
        return PaperChoice(str(self.printer.value()), str(self.paper.value()))
