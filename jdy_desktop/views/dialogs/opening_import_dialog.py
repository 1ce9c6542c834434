"""导入期初 (manual 5.3; M116–M118; picture 16): choose or drop a workbook, look at columns, totals and errors, Enter imports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from jdy_desktop.services.book.opening_import import (
    ImportPlan,
    ImportReport,
    OpeningImport,
    OpeningWorkbook,
    read_opening,
)
from jdy_desktop.services.errors import JdyError, Stale
from jdy_desktop.services.excel.faults import WorkbookRefused
from jdy_desktop.services.machine.jobs import JobContext, Progress
from jdy_desktop.views.dialogs.opening_import_parts import (
    ColumnChoices,
    DropZone,
    FileRows,
    StepRow,
    TotalsCard,
    problem_columns,
    row_columns,
)
from jdy_desktop.views.jobs import JobHandle, JobRunner
from jdy_desktop.views.keys import KeyShortcut, SettingsStore
from jdy_desktop.views.tables.model import PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.texts import sentence
from jdy_desktop.views.texts.workbooks import file_reason
from jdy_desktop.views.widgets.base import STRETCH, ElidedText, Rule, Text, column, named, row
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import ConfirmDialog, DialogFrame
from jdy_desktop.views.widgets.feedback import EmptyState, ProgressBand
from jdy_desktop.views.widgets.fields import FilterCombo, SegmentedChoice

BAD, ALL = "bad", "all"
_FILTER = "Excel 工作簿 (*.xlsx)"


_CHANGED = "别处刚改过其中的期初，没有导入。已经按现在的数字重新核对，再看一遍合计，按 Enter 导入。"


class OpeningImportDialog(DialogFrame):
    """`imported(ImportReport, ImportPlan)` after the rows are stored; the dialog closes by itself then."""

    imported = Signal(object, object)
    template_wanted = Signal()
    bad_rows_wanted = Signal(object)

    def __init__(
        self, window: QWidget, *, service: OpeningImport, runner: JobRunner, store: SettingsStore, day: date
    ) -> None:
        super().__init__(window, "导入期初", width=1000, height=592, padding=0, name="opening_import")
        self._service, self._runner, self._store, self._day = service, runner, store, day
        self._workbook: OpeningWorkbook | None = None
        self._columns: dict[str, Mapping[str, int]] = {}
        self._handle: JobHandle | None = None
        self._is_writing = False
        self.plan: ImportPlan | None = None
        self._build()
        self._connect()
        self._show_step(0)

    # ---- building
    def _build(self) -> None:
        self.steps, self.drop = StepRow(), DropZone()
        self.band = ProgressBand(icon="import", name="opening_import.band")
        self.faces = QStackedWidget()
        first = QWidget()
        column(self.drop, margins=(24, 20, 24, 20), parent=first)
        self.faces.addWidget(first)
        self.faces.addWidget(self._preview())
        self.body.setContentsMargins(0, 0, 0, 0)
        whole = column(self.steps, Rule(), self.band, self.faces, spacing=0)
        whole.setStretch(3, 1)
        self.body.addLayout(whole)
        self._foot = ElidedText("", "label")
        self._foot.setMinimumWidth(380)
        self.add_left(self._foot)
        self.back_button = self.add_button(KeyButton("上一步", "back", name="opening_import.back_button"), self.back)
        self.add_button(KeyButton("取消", "cancel", name="opening_import.cancel_button"), self.reject)
        self.import_button = self.add_button(
            KeyButton("导入", "ok", kind="primary", icon="import", name="opening_import.import_button"),
            self.ask_import, default=True,
        )  # fmt: skip

    def _preview(self) -> QWidget:
        panel = QWidget()
        self.sheet = FilterCombo("工作表", [], name="opening_import.sheet_combo")
        self.choices, self.totals = ColumnChoices(), TotalsCard()
        self.trouble = named(Text("", "bad", wrap=True), "opening_import.trouble_label", "还不能导入的原因")
        self.face = SegmentedChoice(
            [("有错的行", BAD), ("全部", ALL)], name="opening_import.face", label="看哪些行", tick=False
        )
        self.download = KeyButton(
            "下载错误数据文件", kind="link", icon="download", name="opening_import.bad_rows_button"
        )
        self.tables = QStackedWidget()
        self.problems = self._table(0, "有错的行", PagedTableModel(problem_columns(False), lambda _ids: {}))
        self.rows = self._table(1, "全部", PagedTableModel(problem_columns(False), lambda _ids: {}))
        lists = column(row(self.face, STRETCH, self.download), self.tables, spacing=8)
        lists.setStretch(1, 1)
        whole = column(
            self.sheet, self.choices, self.trouble, self.totals, lists,
            spacing=12, margins=(24, 12, 24, 12), parent=panel,
        )  # fmt: skip
        whole.setStretch(4, 1)
        return panel

    def _table(self, place: int, words: str, model: PagedTableModel[Any]) -> DataTable:
        """A table with this model in the place of the former one."""
        name = ("problems", "rows")[place]
        table = DataTable(model, name=f"opening_import.{name}_table", label=words)
        former = self.tables.widget(place)
        self.tables.insertWidget(place, table)
        if former is not None:
            self.tables.removeWidget(former)
            former.deleteLater()
        return table

    def _connect(self) -> None:
        self.drop.chosen.connect(self.read)
        self.drop.ask_wanted.connect(self.ask_file)
        self.drop.template_wanted.connect(self.template_wanted)
        self.choices.changed.connect(self._on_columns)
        self.sheet.changed.connect(self._show_columns)
        self.face.chosen.connect(self._show_face)
        self.download.clicked.connect(lambda: self.bad_rows_wanted.emit(self.plan))
        self.band.cancelled.connect(self._cancel)
        KeyShortcut("back", self, self.back)

    # ---- 1 选择文件
    @Slot()
    def ask_file(self) -> None:
        dialog = QFileDialog(self, "选择期初工作簿", "", _FILTER)
        dialog.setObjectName("opening_import.file_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.read(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(object)
    def read(self, path: Path) -> None:
        """Read the file beside the window and show what it would bring; a refused one says why."""
        self.drop.tell("")
        self.drop.choose.set_blocked("正在读取")

        def work(job: JobContext) -> tuple[OpeningWorkbook, ImportPlan | None, JdyError | None]:
            job.step(0, 0)
            workbook = read_opening(path, job.check)
            job.check()
            try:
                return workbook, self._service.plan(workbook, None, job), None
            except WorkbookRefused as error:  # its columns can still be told by hand
                return workbook, None, error

        def done(found: tuple[OpeningWorkbook, ImportPlan | None, JdyError | None]) -> None:
            self._workbook, plan, error = found
            self._columns = {}
            self.sheet.set_options([(one.sheet, one.sheet) for one in self._workbook.tables])
            self.sheet.setVisible(len(self._workbook.tables) > 1)
            self._show_columns()
            self._show_plan(plan, error)
            (self.import_button if plan is not None else next(iter(self.choices.combos.values()), self.back_button)).setFocus(
                Qt.FocusReason.OtherFocusReason
            )  # fmt: skip

        self._run(work, done, self._on_refused, f"正在读取 {path.name}")

    def _on_refused(self, error: BaseException) -> None:
        assert isinstance(error, JdyError)
        self._show_step(0)
        self.drop.tell(sentence(error))
        self.drop.choose.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def back(self) -> None:
        """上一步: another file."""
        if self._workbook is not None and not self._is_writing:
            self._workbook = self.plan = None
            self._show_step(0)
            self.drop.choose.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- 2 对应列
    @Slot()
    def _show_columns(self) -> None:
        assert self._workbook is not None
        table = next(
            (one for one in self._workbook.tables if one.sheet == self.sheet.value()), self._workbook.tables[0]
        )
        self.choices.show_table(table, self._columns.get(table.sheet, table.columns))
        count = sum(len(one.rows) for one in self._workbook.tables)
        sheets = "、".join(one.sheet for one in self._workbook.tables)
        self.steps.file.setText(f"{self._workbook.name}　·　{sheets}　·　{count:,} 行")

    @Slot()
    def _on_columns(self) -> None:
        assert self._workbook is not None
        workbook = self._workbook
        sheet = str(self.sheet.value() or workbook.tables[0].sheet)
        self._columns = {**self._columns, sheet: self.choices.columns()}
        self._check()

    def _check(self, told: str = "") -> None:
        """Plan the workbook anew with the columns chosen; `told` stands above the new totals."""
        assert self._workbook is not None
        workbook, columns = self._workbook, dict(self._columns) or None

        def done(plan: ImportPlan) -> None:
            self._show_plan(plan, None)
            self.trouble.setText(told)
            self.trouble.setVisible(bool(told))

        def failed(error: BaseException) -> None:
            assert isinstance(error, JdyError)
            self._show_plan(None, error)

        self._run(lambda job: self._service.plan(workbook, columns, job), done, failed, "正在检查")

    # ---- 3 预览
    def _show_plan(self, plan: ImportPlan | None, error: JdyError | None) -> None:
        self.plan = plan
        self._show_step(2 if plan is not None else 1)
        self.totals.setVisible(plan is not None)
        self.trouble.setVisible(error is not None)
        if error is not None:
            words = f"{file_reason(error)}。也可以在上面选每一列是什么。" if isinstance(error, WorkbookRefused) else ""
            self.trouble.setText(words or sentence(error))
        if plan is not None:
            self.totals.show_plan(plan)
            self._show_lists(plan)
        self._show_buttons()

    def _show_lists(self, plan: ImportPlan) -> None:
        many = len(plan.sheets) > 1
        model: PagedTableModel[Any] = PagedTableModel(
            problem_columns(many), lambda ids: {one: plan.problems[one] for one in ids}
        )
        model.set_ids(list(range(len(plan.problems))))
        self.problems = self._table(0, "有错的行", model)
        self.problems.set_empty(EmptyState("check", "没有错误", "每一行都可以导入。"))
        found = FileRows(plan, self._columns)
        keys = {key for one in plan.sheets for key in self._columns.get(one.table.sheet, one.table.columns)}
        everything: PagedTableModel[Any] = PagedTableModel(row_columns(sorted(keys)), found.rows)
        everything.set_ids(list(found.ids))
        self.rows = self._table(1, "全部", everything)
        self.face.set_options([(f"有错的行 {plan.bad_rows:,}", BAD), (f"全部 {plan.rows:,}", ALL)])
        self._show_face(BAD if plan.problems else ALL)
        self.download.setVisible(bool(plan.problems))

    @Slot(object)
    def _show_face(self, face: str) -> None:
        self.face.set_value(face)
        self.tables.setCurrentIndex(0 if face == BAD else 1)

    def _show_step(self, step: int) -> None:
        self.steps.show_step(step)
        self.faces.setCurrentIndex(1 if step else 0)
        if not step:
            self.steps.file.setText("")
        self._show_buttons()

    def _show_buttons(self) -> None:
        plan = self.plan
        self.back_button.setVisible(self._workbook is not None)
        self.import_button.setVisible(self._workbook is not None)
        count = len(plan.lines) if plan is not None else 0
        self.import_button.set_label(f"导入 {count:,} 行" if count else "导入")
        reason = None
        if self._is_writing:
            reason = "正在导入"
        elif plan is None:
            reason = "先选好每一列是什么"
        elif not count:
            reason = "每一行都已在账套里" if plan.unchanged and not plan.problems else "没有可以导入的行"
        self.import_button.set_blocked(reason)
        place = f"没有仓库列，记在“{plan.default_warehouse}”。" if plan is not None and plan.default_warehouse else ""
        self._foot.setText(f"期初记在启用期间 {self._day.isoformat()}。{place}有错的行不导入，一行也不会写一半。")

    # ---- writing
    @Slot()
    def ask_import(self) -> None:
        """导入: asks before an opening is replaced (M118)."""
        plan = self.plan
        if plan is None or not plan.lines or self._is_writing:
            return
        if not plan.replaced:
            self._write(plan)
            return
        dialog = ConfirmDialog(
            self, "替换期初", f"{len(plan.lines):,} 行里有 {plan.replaced:,} 行已经录过期初，要用文件里的数量和成本替换吗？",
            goes="原来的期初数量和成本会被换掉，库存和成本重新计算。",
            stays=f"期初日期仍是 {self._day.isoformat()}，其他单据不动；导入后可以撤销。", yes=f"替换 {plan.replaced:,} 行",
            name="replace_dialog",
        )  # fmt: skip
        dialog.accepted.connect(lambda: self._write(plan))
        dialog.open()

    def _write(self, plan: ImportPlan) -> None:
        self._is_writing = True
        self._show_buttons()

        def done(report: ImportReport) -> None:
            self.imported.emit(report, plan)
            self._is_writing = False
            self.accept()

        def failed(error: BaseException) -> None:
            assert isinstance(error, JdyError)
            if isinstance(error, Stale):
                self._check(_CHANGED)
                return
            self.trouble.setText(sentence(error))
            self.trouble.show()

        def end() -> None:
            self._is_writing = False
            self._show_buttons()

        self._runner.submit(lambda _job: self._service.run(plan), owner=self, on_done=done, on_error=failed, on_end=end)

    def reject(self) -> None:
        """取消: stops what is being read; what is being written is finished."""
        if self._is_writing:
            return
        self._cancel()
        super().reject()

    # ---- jobs
    def _run(self, work: Any, done: Any, failed: Any, title: str) -> None:
        self.band.begin(title, unit="行")

        def moved(progress: Progress) -> None:
            if self._handle is handle:
                self.band.step(progress.done, progress.total)

        def end() -> None:
            if self._handle is handle:  # else the next one has begun, or 取消 was pressed
                self._rest()

        def unless_cancelled(then: Any) -> Callable[[Any], None]:
            return lambda answer: then(answer) if self._handle is handle else None

        self._handle = handle = self._runner.submit(
            work, owner=self, lane="net", key="plan", on_progress=moved, on_end=end,
            on_done=unless_cancelled(done), on_error=unless_cancelled(failed),
        )  # fmt: skip

    @Slot()
    def _cancel(self) -> None:
        """取消: the clerk waits for nothing, though the reader may finish its sheet."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
            self._rest()

    def _rest(self) -> None:
        self.band.finish()
        self.drop.choose.set_blocked(None)
