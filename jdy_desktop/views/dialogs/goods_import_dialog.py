"""导入商品: what the workbook would change, what is wrong with which cell and how to mend it, then 导入 (M47, M48)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from jdy_desktop.services.errors import JdyError
from jdy_desktop.services.excel.goods_import import GoodsImport, GoodsImportReport, RowTrouble
from jdy_desktop.services.excel.goods_reading import GoodsSheet
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.tables.lines import LinesModel, LinesTable
from jdy_desktop.views.tables.model import Column
from jdy_desktop.views.texts import row_sentence, sentence
from jdy_desktop.views.widgets.base import Text, named
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.feedback import EmptyState, NoteRow


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    trouble: RowTrouble
    words: str


_IMPORTING = "正在导入"


class GoodsImportDialog(DialogFrame):
    """`imported(report)` after the good lines were stored; with bad ones it stays, so that they can be saved."""

    imported = Signal(object)

    def __init__(self, window: QWidget, service: GoodsImport, runner: JobRunner, path: Path) -> None:
        super().__init__(
            window, "导入商品", width=860, height=600, subtitle=path.name, padding=20, name="goods_import_dialog"
        )
        self._service, self._runner, self._path = service, runner, path
        self.sheet: GoodsSheet | None = None
        self.report: GoodsImportReport | None = None
        self.told = named(Text("正在读取…", "strong", wrap=True), "goods_import_dialog.summary", "导入结果")
        self.columns = Text("", "hint", wrap=True)
        self.note = NoteRow("bad", "")
        self.note.hide()
        columns: list[Column[_Line]] = [
            Column("row", "行", lambda one: str(one.trouble.row), width=56, kind="number"),
            Column("column", "列", lambda one: one.trouble.column, width=110),
            Column("value", "内容", lambda one: one.trouble.value, width=150),
            Column("why", "哪里不对，怎么改", lambda one: one.words, width=320, stretch=True, kind="wrap"),
        ]
        self._model: LinesModel[_Line] = LinesModel(columns, id_of=lambda one: one.number, number=False)
        self.table = LinesTable(self._model, name="goods_import_dialog.table", label="没有导入的行", row_height=44)
        self.table.set_empty(EmptyState("check", "没有问题", "每一行都能导入。"))
        for widget in (self.told, self.columns, self.note):
            self.body.addWidget(widget)
        self.body.addWidget(self.table, 1)
        self._buttons()
        self._read()

    def _buttons(self) -> None:
        self.save_bad = KeyButton("有问题的行另存…", icon="export", name="goods_import_dialog.bad_button")
        self.save_bad.clicked.connect(self._choose_bad)
        self.add_left(self.save_bad)
        self.cancel = self.add_button(
            KeyButton("取消", "cancel", name="goods_import_dialog.cancel_button"), self.reject
        )
        self.go = self.add_button(
            KeyButton("导入", kind="primary", name="goods_import_dialog.import_button"), self._import, default=True
        )
        self.go.set_blocked("正在读取")
        self.save_bad.set_blocked("没有有问题的行")

    # ---- looking
    def _read(self) -> None:
        def job(ctx: JobContext) -> tuple[GoodsSheet, GoodsImportReport]:
            sheet = self._service.read(ctx, self._path)
            return sheet, self._service.preview(sheet)

        self._reading = self._runner.submit(
            job, owner=self, lane="net", on_done=self._show, on_error=self._on_error, on_end=self._on_end
        )

    def reject(self) -> None:
        """取消: what is being read is left; what is being written is finished."""
        self._reading.cancel()
        super().reject()

    def _on_end(self) -> None:
        """A fault of ours is told by the crash window; here nobody waits any more."""
        if self.report is None and self.note.isHidden():
            self.told.setText("没有读出来，商品没有改动。关上再导入一次。")
            self.go.set_blocked("没有可以导入的商品")
        elif self.go.toolTip() == _IMPORTING:
            self.told.setText("没有导入完。关上看看商品，再导入一次：已经导入的不会重复。")
            self.go.set_blocked(None)

    def _show(self, answer: tuple[GoodsSheet, GoodsImportReport]) -> None:
        self.sheet, self.report = answer
        report = self.report
        parts = [f"共 {report.lines:,} 行"]
        parts += [f"新建 {report.created:,} 个商品"] if report.created else []
        parts += [f"修改 {report.changed:,} 个"] if report.changed else []
        parts += [f"新增 {report.new_skus:,} 个 SKU"] if report.new_skus else []
        parts += [f"{report.unchanged:,} 个没有变化"] if report.unchanged else []
        parts += [f"{report.bad_lines:,} 行有问题，不导入"] if report.bad_lines else []
        self.told.setText("，".join(parts) + "。")
        unknown = self.sheet.unknown
        words = [f"这些列没有用到：{'、'.join(unknown)}。" if unknown else "每一列都认得。"]
        if self.sheet.others:
            words.append(f"只读了工作表“{self.sheet.name}”，没有读：{'、'.join(self.sheet.others)}。")
        self.columns.setText("".join(words))
        self._show_troubles()
        count = report.created + report.changed
        self.go.set_label(f"导入 {count:,} 个商品")
        self.go.set_blocked(None if count else "没有可以导入的商品")

    def _show_troubles(self) -> None:
        assert self.report is not None
        troubles = enumerate(self.report.troubles)
        self._model.set_rows([_Line(number, one, row_sentence(one.code, one.params)) for number, one in troubles])
        self.save_bad.set_blocked(None if self.report.troubles else "没有有问题的行")

    def _on_error(self, error: BaseException) -> None:
        self.go.set_blocked("没有可以导入的商品" if self.sheet is None else None)
        if isinstance(error, JdyError):
            self.told.setText("没有导入，商品没有改动。")
            self.note.set_note("bad", sentence(error))
            self.note.show()

    # ---- doing
    @Slot()
    def _import(self) -> None:
        sheet = self.sheet
        if sheet is None or not self.go.isEnabled():
            return
        self.note.hide()
        self.go.set_blocked(_IMPORTING)
        self._runner.submit(
            lambda ctx: self._service.run(ctx, sheet),
            owner=self,
            on_done=self._on_imported,
            on_error=self._on_error,
            on_end=self._on_end,
        )

    def _on_imported(self, report: GoodsImportReport) -> None:
        self.report = report
        self.imported.emit(report)
        if not report.troubles:
            self.accept()
            return
        self.told.setText(f"{imported_words(report)}。下面 {report.bad_lines:,} 行没有导入：另存出来改好，再导入一次。")
        self._show_troubles()
        self.go.set_blocked("已经导入")
        self.cancel.set_label("关闭")

    @Slot()
    def _choose_bad(self) -> None:
        dialog = QFileDialog(self, "有问题的行另存", f"{self._path.stem}-没有导入.xlsx", "Excel 工作簿 (*.xlsx)")
        dialog.setObjectName("goods_import_dialog.bad_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.selectFile(f"{self._path.stem}-没有导入.xlsx")
        dialog.fileSelected.connect(lambda name: self.write_bad(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write_bad(self, path: Path) -> None:
        """The bad lines with their reasons, as a workbook."""
        sheet, told = self.sheet, [(one.trouble, one.words) for one in self._model.rows]
        if sheet is None:
            return

        def done(count: int) -> None:
            self.note.set_note("info", f"{count:,} 行存到了 {path.name}；改好后可以直接导入它。")
            self.note.show()

        self._runner.submit(
            lambda _ctx: self._service.write_bad_lines(path, sheet, told),
            owner=self,
            lane="net",
            on_done=done,
            on_error=self._on_error,
        )


def imported_words(report: GoodsImportReport) -> str:
    """What came in, for the toast."""
    parts = [f"新建 {report.created:,} 个商品"] if report.created else []
    parts += [f"修改 {report.changed:,} 个商品"] if report.changed else []
    return "、".join(parts) or "没有商品要改"
