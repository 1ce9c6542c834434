"""对账单 of one customer or supplier over a period: to look at, print, send as a picture or keep as a workbook (W29, W30)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from jdy_desktop.services.book.payments import Party
from jdy_desktop.services.errors import JdyError, LocalError, PrinterMissing
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.paper.statements import (
    PrintableStatement,
    column_titles,
    kind_word,
    printable_statement,
    remark_of,
)
from jdy_desktop.services.queries.statements import Statement, StatementRow, Statements
from jdy_desktop.views.dialogs.print_ask import with_choice
from jdy_desktop.views.figures import money
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import KeyShortcut, SettingsStore
from jdy_desktop.views.paper_choice import PaperChoice, PaperUse
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.tables.lines import LinesModel
from jdy_desktop.views.tables.model import Column
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.widgets.base import STRETCH, Text, column, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.feedback import EmptyState
from jdy_desktop.views.widgets.fields import DateField, FilterCombo

_PERIODS = [
    ("本月", "month"),
    ("上月", "last_month"),
    ("近三个月", "quarter"),
    ("今年", "year"),
    ("启用以来", "all"),
    ("自定", "own"),
]


def period(name: str, today: date, start: date) -> tuple[date, date]:
    """First and last day of a named period; never before the book began."""
    first = today.replace(day=1)
    last = today
    if name == "last_month":
        last = first - timedelta(days=1)
        first = last.replace(day=1)
    elif name == "quarter":
        back = (first.year * 12 + first.month - 1) - 2
        first = date(back // 12, back % 12 + 1, 1)
    elif name == "year":
        first = date(today.year, 1, 1)
    elif name == "all":
        first = start
    elif name == "month":
        last = date(today.year, today.month, monthrange(today.year, today.month)[1])
    return max(first, start), max(last, start)


class StatementDialog(DialogFrame):
    """Enter opens the document of a row. `record_wanted(StatementRow)` when a row is to be opened; the dialog closes then."""

    record_wanted = Signal(object)

    def __init__(
        self, window: QWidget, *, party: Party, statements: Statements, runner: JobRunner, shell: Shell,
        store: SettingsStore, today: date, start: date,
    ) -> None:  # fmt: skip
        super().__init__(window, "对账单", width=980, height=640, padding=0, name="statement_dialog")
        self._party, self._statements, self._runner = party, statements, runner
        self._shell, self._store, self._today, self._start = shell, store, today, start
        self.statement: Statement | None = None
        self._model: LinesModel[StatementRow] = LinesModel(
            _columns(party.kind), id_of=lambda one: (one.day, one.kind, one.record_id), number=False
        )
        self.table = DataTable(self._model, name="statement_dialog.table", label="对账单")
        self.table.row_activated.connect(self._open_row)
        self._opening, self._sums = Text("", "strong"), Text("", "label")
        self._closing = Text("", "section")
        self._closing.setObjectName("statement_dialog.closing")
        self._opening.setObjectName("statement_dialog.opening")
        self._lay_out()
        self._bind()
        self._on_period("month")

    def _lay_out(self) -> None:
        first, last = period("month", self._today, self._start)
        self.period = FilterCombo("期间", _PERIODS, name="statement_dialog.period_combo")
        self.first = sized(DateField(first, name="statement_dialog.first_field", label="开始日期"), width=124)
        self.last = sized(DateField(last, name="statement_dialog.last_field", label="结束日期"), width=124)
        tools = row(
            self.period, self.first, Text("至", "label"), self.last, STRETCH, self._opening, margins=(20, 12, 20, 12)
        )
        sums = row(self._sums, STRETCH, self._closing, margins=(20, 10, 20, 10))
        self.body.setContentsMargins(0, 0, 0, 0)
        whole = column(tools, self.table, sums, spacing=0)
        whole.setStretch(1, 1)
        self.body.addLayout(whole)
        buttons = (
            ("打印", "print", "print", "print", self.print_it),
            ("复制图片", "copy_picture", "copy", "copy", self.copy_picture),
            ("保存图片", "save_picture", "picture", "picture", self.ask_picture),
            ("导出 Excel", None, "export", "export", self.ask_workbook),
        )
        self.buttons: list[KeyButton] = []
        for words, action, icon, name, slot in buttons:
            button = KeyButton(words, action, icon=icon, name=f"statement_dialog.{name}_button")
            button.clicked.connect(slot)
            self.add_left(button)
            self.buttons.append(button)
        self.add_button(KeyButton("关闭", "cancel", kind="primary", name="statement_dialog.close_button2"), self.reject)

    def _bind(self) -> None:
        self.period.changed.connect(self._on_period)
        for field in (self.first, self.last):
            field.date_changed.connect(self._on_days)
        KeyShortcut("print", self, self.print_it)
        KeyShortcut("copy_picture", self, self.copy_picture)
        KeyShortcut("save_picture", self, self.ask_picture)

    # ---- reading
    @Slot(object)
    def _on_period(self, name: Any) -> None:
        if name != "own":
            first, last = period(str(name), self._today, self._start)
            for field, day in ((self.first, first), (self.last, last)):
                field.blockSignals(True)
                field.set_value(day)
                field.blockSignals(False)
        self.reload()

    @Slot()
    def _on_days(self) -> None:
        self.period.blockSignals(True)
        self.period.set_value("own")
        self.period.blockSignals(False)
        self.reload()

    @Slot()
    def reload(self) -> None:
        first, last = self.first.value(), self.last.value()
        if first is None or last is None:
            return
        first, last = min(first, last), max(first, last)
        party = self._party
        self._runner.submit(
            lambda _job: self._statements.statement(party.kind, party.id, first, last),
            owner=self, key="statement", on_done=self._show, on_error=self._shell.tell_error,
        )  # fmt: skip

    def _show(self, statement: Statement) -> None:
        self.statement = statement
        words = printable_statement(statement)
        self.title.setText(f"对账单 — {statement.party}")
        self._opening.setText(f"期初 {words.opening}")
        titles = column_titles(statement.side)
        self._sums.setText(f"{len(statement.rows)} 行　{titles[4]} {words.added}　{titles[5]} {words.paid}")
        self._closing.setText(f"{words.closing_word} {words.closing}")
        self._model.set_rows(statement.rows)
        self.table.set_empty(
            None if statement.rows else EmptyState("search", "这段时间没有往来", "换一个期间，例如“启用以来”。")
        )
        if statement.rows:
            self.table.select_id(self._model.id_at(len(statement.rows) - 1))

    def _open_row(self, row_id: object) -> None:
        found = next((one for one in self._model.rows if (one.day, one.kind, one.record_id) == row_id), None)
        if found is not None:
            self.accept()
            self.record_wanted.emit(found)

    # ---- handing on
    def _printable(self) -> PrintableStatement | None:
        return printable_statement(self.statement) if self.statement is not None else None

    @Slot()
    def print_it(self) -> None:
        """A4 on the printer of 设置 when that one takes sheets, else on the system's own; without any, as a PDF."""
        words = self._printable()
        if words is not None:
            with_choice(self, self._store, PaperUse.STATEMENT, lambda choice: self._print(words, choice))

    def _print(self, words: PrintableStatement, choice: PaperChoice) -> None:
        from jdy_desktop.views import printing

        try:
            count = printing.print_statement(words, choice.printer)
        except PrinterMissing:
            self._ask("保存为 PDF", "pdf", "PDF (*.pdf)", self.save_pdf)
        except JdyError as error:
            self._shell.tell_error(error)
        else:
            self._shell.toast(f"已打印对账单，{count} 页。")

    @Slot()
    def copy_picture(self) -> None:
        """The whole statement as a picture on the clipboard, to paste into a chat."""
        words = self._printable()
        if words is None:
            return

        def job(_ctx: JobContext) -> QImage:
            from jdy_desktop.views.print_statement import statement_picture

            return statement_picture(words)  # half a second for 300 rows: not while the window waits

        self._runner.submit(job, owner=self, lane="net", on_done=self._on_picture, on_error=self._shell.tell_error)

    def _on_picture(self, picture: QImage) -> None:
        QGuiApplication.clipboard().setImage(picture)
        self._shell.toast("对账单图片已复制，可以粘贴到微信里发给对方。")

    @Slot()
    def ask_picture(self) -> None:
        self._ask("保存图片", "png", "PNG 图片 (*.png)", self.save_picture)

    @Slot()
    def ask_workbook(self) -> None:
        self._ask("导出对账单", "xlsx", "Excel 工作簿 (*.xlsx)", self.save_workbook)

    def _ask(self, title: str, suffix: str, filter: str, save: Any) -> None:
        words = self._printable()
        if words is None:
            return
        name = f"{_file_name(words.number)}.{suffix}"
        dialog = QFileDialog(self, title, name, filter)
        dialog.setObjectName(f"statement_dialog.{suffix}_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda chosen: save(Path(chosen)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_picture(self, path: Path) -> None:
        """PNG, whole or not at all."""
        words = self._printable()
        if words is None:
            return

        def job(_ctx: JobContext) -> None:
            from jdy_desktop.services.excel.writing import store
            from jdy_desktop.views.print_statement import statement_png

            store(path, statement_png(words))

        self._submit(job, path)

    def save_workbook(self, path: Path) -> None:
        statement = self.statement
        if statement is None:
            return

        def job(_ctx: JobContext) -> None:
            from jdy_desktop.services.excel.statement import write_statement

            write_statement(path, statement)

        self._submit(job, path)

    def save_pdf(self, path: Path) -> None:
        from jdy_desktop.views import printing

        words = self._printable()
        if words is None:
            return
        try:
            printing.print_statement(words, path)
        except LocalError as error:
            self._shell.tell_error(error)
        else:
            self._shell.toast(f"对账单已保存到 {path.name}")

    def _submit(self, job: Any, path: Path) -> None:
        self._runner.submit(
            job,
            owner=self,
            lane="net",  # writes no book; a save at the counter must not wait for it
            on_done=lambda _nothing: self._shell.toast(f"对账单已保存到 {path.name}"),
            on_error=self._shell.tell_error,
        )


def _file_name(text: str) -> str:
    """Without the signs a file system refuses."""
    return "".join(c for c in text if c not in '\\/:*?"<>|' and c.isprintable())


def _columns(side: str) -> list[Column[StatementRow]]:
    titles = column_titles(side)
    return [
        Column("day", titles[0], lambda r: f"{r.day:%Y-%m-%d}", width=110),
        Column("kind", titles[1], lambda r: kind_word(r, side), width=110),
        Column("number", titles[2], lambda r: r.number, width=150, kind="strong"),
        Column("remark", titles[3], remark_of, width=180, stretch=True),
        Column("added", titles[4], lambda r: money(r.added) if r.added else "", width=120, kind="number"),
        Column("paid", titles[5], lambda r: money(r.paid) if r.paid else "", width=120, kind="number"),
        Column("balance", titles[6], lambda r: money(r.balance), width=130, kind="number", bold=True),
    ]
