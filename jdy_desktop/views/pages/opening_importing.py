"""期初 in and out of workbooks: 导入 with undo, 下载模板, 下载错误数据文件 (manual 5.3; M116–M118)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from jdy_desktop.services.book.opening_columns import write_template
from jdy_desktop.services.book.opening_import import (
    ImportPlan,
    ImportReport,
    ImportUndo,
    OpeningImport,
    write_bad_rows,
)
from jdy_desktop.views.dialogs.opening_import_dialog import OpeningImportDialog
from jdy_desktop.views.dialogs.opening_import_parts import dropped_workbook
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.texts.workbooks import row_words
from jdy_desktop.views.widgets.feedback import NoteRow

_FILTER = "Excel 工作簿 (*.xlsx)"


class OpeningImporting(QObject):
    """`done()` after rows were stored or taken back. `left_out` is the row on the page that offers the bad ones."""

    done = Signal()

    def __init__(
        self, page: QWidget, *, service: OpeningImport, runner: JobRunner, shell: Shell, store: SettingsStore, day: date
    ) -> None:
        super().__init__(page)
        self._page, self._service, self._runner = page, service, runner
        self._shell, self._store, self._day = shell, store, day
        self._plan: ImportPlan | None = None
        self._undo: ImportUndo | None = None
        self.left_out = NoteRow("warn", "", repair="下载错误数据文件", boxed=False)
        self.left_out.setObjectName("opening_page.left_out_row")
        self.left_out.repaired.connect(lambda: self.ask_bad_rows(self._plan))
        self.left_out.hide()
        page.setAcceptDrops(True)
        page.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """A workbook dropped anywhere on the page."""
        if isinstance(event, QDragEnterEvent) and dropped_workbook(event.mimeData().urls()) is not None:
            event.acceptProposedAction()
            return True
        if isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            path = dropped_workbook(event.mimeData().urls())
            if path is not None:
                event.acceptProposedAction()
                self.open().read(path)
                return True
        return False

    @Slot()
    def open(self) -> OpeningImportDialog:
        """导入."""
        dialog = OpeningImportDialog(
            self._page, service=self._service, runner=self._runner, store=self._store, day=self._day
        )
        dialog.imported.connect(self._on_imported)
        dialog.template_wanted.connect(self.ask_template)
        dialog.bad_rows_wanted.connect(self.ask_bad_rows)
        dialog.open()
        return dialog

    def _on_imported(self, report: ImportReport, plan: ImportPlan) -> None:
        self._plan = plan
        self.left_out.setVisible(bool(plan.bad_rows))
        if plan.bad_rows:
            words = f"{plan.name} 有 {plan.bad_rows:,} 行没有导入，其余已经保存。把这几行改好，再导入那个文件就行。"
            self.left_out.set_note("warn", words, repair="下载错误数据文件")
        replaced = f"，其中替换 {report.replaced:,} 行" if report.replaced else ""
        self._undo = report.undo
        words = f"已导入 {report.imported:,} 行期初，日期 {self._day.isoformat()}{replaced}。"
        self._shell.toast(words, undo=self.undo)
        self.done.emit()

    @Slot()
    def undo(self) -> None:
        """撤销 of the last import; rows changed since stay as they are now."""
        if self._undo is None:
            return
        undo, self._undo = self._undo, None

        def done(counts: tuple[int, int]) -> None:
            back, kept = counts
            rest = f"；{kept:,} 行后来又改过，没有动" if kept else ""
            self.left_out.hide()
            self._shell.toast(f"已撤销导入，{back:,} 行恢复原样{rest}。")
            self.done.emit()

        self._runner.submit(
            lambda _job: self._service.undo(undo), owner=self, on_done=done, on_error=self._shell.tell_error
        )

    # ---- files out
    @Slot()
    def ask_template(self) -> None:
        """下载模板."""
        self._ask("下载模板", "期初导入模板.xlsx", "template_dialog", self.save_template)

    def save_template(self, path: Path) -> None:
        """Write it beside the window's work."""
        self._runner.submit(
            lambda _job: write_template(path), owner=self, lane="net",
            on_done=lambda _none: self._shell.toast(f"模板已保存到 {path.name}。"), on_error=self._shell.tell_error,
        )  # fmt: skip

    def ask_bad_rows(self, plan: ImportPlan | None) -> None:
        """下载错误数据文件."""
        if plan is not None and plan.problems:
            name = f"{Path(plan.name).stem}-有错的行.xlsx"
            self._ask("下载错误数据文件", name, "bad_rows_dialog", lambda path: self.save_bad_rows(path, plan))

    def save_bad_rows(self, path: Path, plan: ImportPlan) -> None:
        self._runner.submit(
            lambda _job: write_bad_rows(path, plan, row_words), owner=self, lane="net",
            on_done=lambda count: self._shell.toast(f"{count:,} 行连同原因已保存到 {path.name}。"),
            on_error=self._shell.tell_error,
        )  # fmt: skip

    def _ask(self, title: str, name: str, object_name: str, save: object) -> None:
        dialog = QFileDialog(self._page, title, name, _FILTER)
        dialog.setObjectName(f"opening_page.{object_name}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda chosen: save(Path(chosen)))  # type: ignore[operator]
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
