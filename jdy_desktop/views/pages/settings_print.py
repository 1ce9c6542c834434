"""设置—打印: printer and paper per kind of form, asked for or not, a test page (features W37; F17)."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from jdy_desktop.services.errors import JdyError
from jdy_desktop.services.machine.context import SHANGHAI, Context
from jdy_desktop.services.machine.settings import LocalSettings
from jdy_desktop.services.paper.day_form import PrintableDay, PrintablePair
from jdy_desktop.views.dialogs.print_ask import printer_options
from jdy_desktop.views.paper_choice import (
    PAPERS,
    PaperChoice,
    PaperUse,
    choose,
    chosen,
    forget,
    is_direct,
    prints_when_paid,
    set_direct,
    set_when_paid,
)
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.widgets.base import Text, column, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import FilterCombo, Switch
from jdy_desktop.views.widgets.setting_card import Line, SettingCard

_USES = (
    (PaperUse.SALE, "sale", "销货单、小票", "销货单、销货退货单、二维码、欠款单"),
    (PaperUse.DOCUMENT, "document", "购货单、仓库单据", "购货单、购货退货单、入库单、出库单、调拨单、盘点单"),
    (PaperUse.DAY, "day", "日报", "日报和点钱交班"),
    (PaperUse.STATEMENT, "statement", "对账单", "总是 A4"),
)
_NO_PRINTER = "这台电脑还没有打印机：先在系统里添加；现在打印可以保存为 PDF"


class PrintCards(QWidget):
    """The printers are asked for when the page is first seen: on some PCs that takes a moment."""

    def __init__(self, settings: LocalSettings, ctx: Context, shell: Shell) -> None:
        super().__init__()
        self._settings, self._ctx, self._shell = settings, ctx, shell
        self._names: tuple[str, ...] | None = None
        self._combos: dict[PaperUse, tuple[FilterCombo, FilterCombo | None]] = {}
        self._uses = SettingCard("打印", [(name, words, self._pair(use, key)) for use, key, name, words in _USES])
        column(self._uses, self._habits(), spacing=24, parent=self)
        self._show()

    def reset(self) -> None:
        """恢复默认: the system's printer, 80 mm, at once."""
        forget(self._settings)
        self.direct.setChecked(True)
        self.when_paid.setChecked(False)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self.look)

    @Slot()
    def look(self) -> None:
        """Which printers are there now."""
        from jdy_desktop.views import printing

        found = printing.printers()
        if found != self._names:
            self._names = found
            self._show()

    # ---- building
    def _pair(self, use: PaperUse, key: str) -> QWidget:
        printer = FilterCombo("打印机", [], name=f"settings_page.{key}_printer_combo", inside=False, width=230)
        printer.changed.connect(lambda name: self._choose(use, printer=str(name)))
        paper = None
        if use is not PaperUse.STATEMENT:
            paper = FilterCombo("纸张", list(PAPERS), name=f"settings_page.{key}_paper_combo", inside=False, width=150)
            paper.changed.connect(lambda value: self._choose(use, paper=str(value)))
        self._combos[use] = (printer, paper)
        both = QWidget()
        row(printer, paper or sized(Text("A4", "label"), width=150), spacing=8, parent=both)
        return both

    def _habits(self) -> SettingCard:
        self.direct = Switch(
            "按 F8 直接打印", checked=is_direct(self._settings), name="settings_page.print_direct_switch"
        )
        self.direct.toggled.connect(lambda on: set_direct(self._settings, on))
        self.when_paid = Switch(
            "付款后自动打印小票", checked=prints_when_paid(self._settings), name="settings_page.print_when_paid_switch"
        )
        self.when_paid.toggled.connect(lambda on: set_when_paid(self._settings, on))
        test = KeyButton("打印测试页", icon="print", name="settings_page.test_page_button")
        test.clicked.connect(self.print_test)
        lines: list[Line] = [
            ("按 F8 直接打印", "打开：不询问。关掉：每次先问用哪台打印机、哪种纸", self.direct),
            ("付款后自动打印小票", "客户扫码付款、二维码窗口还开着时，不用按键就打印", self.when_paid),
            ("打印测试页", "用“销货单、小票”那一行的打印机和纸，看字是不是完整", test),
        ]
        self._test_card = SettingCard("打印方式", lines)
        return self._test_card

    # ---- choosing
    def _choose(self, use: PaperUse, *, printer: str | None = None, paper: str | None = None) -> None:
        choose(self._settings, use, printer=printer, paper=paper)
        self._show()  # what has no choice of its own follows the sale

    def _show(self) -> None:
        for place, (use, _key, _name, words) in enumerate(_USES):
            choice = chosen(self._settings, use)
            printer, paper = self._combos[use]
            for combo, value in ((printer, choice.printer), (paper, choice.paper)):
                if combo is None:
                    continue
                combo.blockSignals(True)
                if combo is printer:
                    combo.set_options(printer_options(choice.printer, self._names or ()))
                combo.set_value(value)
                combo.blockSignals(False)
            said = self._uses.explanation(place)
            trouble = self._trouble(choice, is_first=not place)
            said.setText(trouble or words)
            said.set_role("warn" if trouble else "hint")

    def _trouble(self, choice: PaperChoice, *, is_first: bool) -> str:
        """A printer that is not there is told where it was chosen, not first with a customer waiting."""
        if self._names is None:
            return ""
        if not self._names:
            return _NO_PRINTER if is_first else ""
        if choice.printer and choice.printer not in self._names:
            return f"没有找到“{choice.printer}”：接好、开机再看，或换一台"
        return ""

    # ---- test page
    @Slot()
    def print_test(self) -> None:
        """A short form that shows the edges; nothing is stored."""
        from jdy_desktop.views import printing

        choice = chosen(self._settings, PaperUse.SALE)
        name = choice.printer or "系统默认打印机"
        now = self._ctx.clock.now().astimezone(SHANGHAI)
        lines = (
            PrintablePair("打印机", name),
            PrintablePair("纸张", next(words for words, value in PAPERS if value == choice.paper)),
            PrintablePair("左边的字要完整", "右边的字要完整", True),
            PrintablePair("数字", "0123456789.00"),
        )
        page = PrintableDay("测试页", "打印", now.date().isoformat(), (lines,), f"{now:%H:%M} 打印，可以扔掉")
        try:
            printing.print_day(page, printing.Paper(choice.paper), choice.printer)
        except JdyError as error:
            self.look()
            self._shell.tell_error(error)
        else:
            self._shell.toast(f"测试页已送到“{name}”。")
