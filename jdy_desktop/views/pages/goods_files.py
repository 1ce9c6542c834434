"""导入导出 of 商品中心: the 货号–商品 list, all data of the goods, the template, and goods from a workbook (M47, M48)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from jdy_desktop.services.excel.goods_import import GoodsImport
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.goods import GoodsFilter, GoodsList
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.shell import Shell

_EXCEL = "Excel 工作簿 (*.xlsx)"


class GoodsFiles(QObject):
    """Asks for the file, works beside the window, tells what came of it."""

    def __init__(
        self, page: QWidget, *, goods_list: GoodsList, service: GoodsImport, runner: JobRunner, shell: Shell
    ) -> None:
        super().__init__(page)
        self._page, self._goods, self._service = page, goods_list, service
        self._runner, self._shell = runner, shell

    # ---- out
    def ask_export(self, filter: GoodsFilter) -> None:
        """Choose where the 货号–商品 list of the filter goes (M47, M48)."""
        name = "货号-商品.xlsx"
        self._ask_where("导出货号–商品列表", name, "goods_page.export_dialog", lambda path: self.export(path, filter))

    def export(self, path: Path, filter: GoodsFilter) -> None:
        """Write the list beside the window's work."""

        def job(_ctx: JobContext) -> int:
            from jdy_desktop.services.excel.goods_list import write_goods_list

            lines = self._goods.lines(filter)
            write_goods_list(path, lines)
            return len(lines)

        self._write(job, path, "行")

    def ask_export_all(self, ids: Sequence[int]) -> None:
        """Choose where all data of these goods go; the file can be changed and imported again."""
        name = "商品资料.xlsx"
        self._ask_where("导出商品资料", name, "goods_page.export_all_dialog", lambda path: self.export_all(path, ids))

    def export_all(self, path: Path, ids: Sequence[int]) -> None:
        self._write(lambda _ctx: self._service.export(path, ids), path, "行")

    @Slot()
    def ask_template(self) -> None:
        """Choose where the empty columns go."""
        name = "商品导入模板.xlsx"
        self._ask_where("下载导入模板", name, "goods_page.template_dialog", self.write_template)

    def write_template(self, path: Path) -> None:
        def job(_ctx: JobContext) -> int:
            self._service.template(path)
            return 0

        self._write(job, path, "")

    def _ask_where(self, title: str, name: str, object_name: str, take: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self._page, title, name, _EXCEL)
        dialog.setObjectName(object_name)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda chosen: take(Path(chosen)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _write(self, job: Callable[[JobContext], int], path: Path, what: str) -> None:
        def done(count: int) -> None:
            self._shell.toast(f"导出了 {count:,} {what}到 {path.name}" if what else f"模板存到了 {path.name}")

        self._runner.submit(
            job,
            owner=self,
            lane="net",  # reads only; a save at the counter must not wait for a large workbook
            on_done=done,
            on_error=self._shell.tell_error,
        )

    # ---- in
    @Slot()
    def ask_import(self) -> None:
        """Choose the workbook."""
        dialog = QFileDialog(self._page, "导入商品", "", f"{_EXCEL};;所有文件 (*)")
        dialog.setObjectName("goods_page.import_file_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda chosen: self.open_import(Path(chosen)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def open_import(self, path: Path) -> None:
        """Look at it in the dialog; nothing is stored before 导入."""
        from jdy_desktop.views.dialogs.goods_import_dialog import GoodsImportDialog, imported_words

        dialog = GoodsImportDialog(self._page, self._service, self._runner, path)
        dialog.imported.connect(lambda report: self._shell.toast(imported_words(report)))
        dialog.open()
