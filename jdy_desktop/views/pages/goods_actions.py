"""What 商品中心 does to many goods at once: 批量设置 with undo, 删除 with its consequences told first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.ids import ProductId
from jdy_desktop.services.book.product_batch import (
    BatchChange,
    BatchPreview,
    BatchReport,
    BatchUndo,
    ProductBatch,
)
from jdy_desktop.services.book.product_values import CategoryNode, DeleteReport
from jdy_desktop.services.book.products import Products
from jdy_desktop.views.dialogs.batch_dialog import BatchDialog, field_choices, preview_words
from jdy_desktop.views.dialogs.message_dialog import MessageDialog
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.widgets.dialog import ConfirmDialog

_NAMED = 8


class GoodsActions(QObject):
    """`deleted(ids)` after goods went, so that their ticks go too."""

    deleted = Signal(object)

    def __init__(
        self,
        page: QWidget,
        *,
        products: Products,
        batch: ProductBatch,
        runner: JobRunner,
        shell: Shell,
    ) -> None:
        super().__init__(page)
        self._page, self._products, self._batch = page, products, batch
        self._runner, self._shell = runner, shell
        self._undo: BatchUndo | None = None

    # ---- 批量设置
    def ask_batch(self, ids: Sequence[int]) -> None:
        """批量设置 of these goods (M120)."""
        if ids:
            self._runner.submit(
                lambda _job: self._products.category_tree(),
                owner=self,
                key="batch",
                on_done=lambda categories: self._open_batch(ids, categories),
                on_error=self._shell.tell_error,
            )

    def _open_batch(self, ids: Sequence[int], categories: Sequence[CategoryNode]) -> None:
        dialog = BatchDialog(self._page, ids, batch=self._batch, runner=self._runner, categories=categories)
        dialog.chosen.connect(lambda change: self.change(ids, change))
        dialog.open()

    def set_allow_negative(self, ids: Sequence[int], allowed: bool) -> None:
        """The flag alone, from the menu of one product."""
        self.change(ids, BatchChange("allow_negative", allowed))

    def change(self, ids: Sequence[int], change: BatchChange) -> None:
        """Do it; what had another value before can be set back."""
        what = _what(change)

        def done(report: BatchReport) -> None:
            preview = report.preview
            if not preview.rows:
                self._shell.toast(f"{len(ids):,} 个商品的{what}没有改动{_rest(preview, change)}")
                return
            self._undo = report.undo
            self._shell.toast(f"{preview.goods:,} 个商品的{what}{_became(change)}{_rest(preview, change)}", self.undo)

        self._runner.submit(
            lambda _job: self._batch.apply(ids, change), owner=self, on_done=done, on_error=self._shell.tell_error
        )

    @Slot()
    def undo(self) -> None:
        """撤销 of the last 批量设置; what was changed since stays as it is now."""
        if self._undo is None:
            return
        undo, self._undo = self._undo, None
        noun = "个 SKU" if undo.change.field in ("price", "minimum_stock") else "个商品"

        def done(counts: tuple[int, int]) -> None:
            back, kept = counts
            rest = f"；{kept:,} {noun}后来又改过，没有动" if kept else ""
            self._shell.toast(f"已撤销，{back:,} {noun}的{_what(undo.change)}恢复原样{rest}")

        self._runner.submit(
            lambda _job: self._batch.undo(undo), owner=self, on_done=done, on_error=self._shell.tell_error
        )

    # ---- 删除
    def ask_delete(self, ids: Sequence[int]) -> None:
        """Tell what goes and what stays, then delete (M63)."""
        if ids:
            self._runner.submit(
                lambda _job: self._products.preview_delete(ids),
                owner=self,
                on_done=lambda report: self._confirm(ids, report),
                on_error=self._shell.tell_error,
            )

    def _confirm(self, ids: Sequence[int], report: DeleteReport) -> None:
        kept = _kept_words(report)
        if not report.deleted:
            words = f"这 {len(ids):,} 个商品都不能删除，没有改动。{kept}"
            MessageDialog(self._page, words, title="删除商品", icon="warning", tone="warn").open()
            return
        matches = f"，{report.unmatched:,} 行商品匹配变成“未匹配”" if report.unmatched else ""
        dialog = ConfirmDialog(
            self._page,
            "删除商品",
            f"要删除 {report.deleted:,} 个商品吗？",
            goes=f"这 {report.deleted:,} 个商品和它们的 SKU、价格、条码会删除{matches}；不能撤销。",
            stays=f"1688 宝贝的信息会保留，可以重新匹配或下载。{kept}",
            yes=f"删除 {report.deleted:,} 个商品",
            name="delete_dialog",
        )
        dialog.accepted.connect(lambda: self._delete(ids))
        dialog.open()

    def _delete(self, ids: Sequence[int]) -> None:
        def done(report: DeleteReport) -> None:
            self.deleted.emit(list(ids))
            matches = f"，{report.unmatched:,} 行商品匹配变成未匹配" if report.unmatched else ""
            self._shell.toast(
                f"删除了 {report.deleted:,} 个商品{matches}{'，' if report.kept else ''}{_kept_short(report)}"
            )

        self._runner.submit(
            lambda _job: self._products.delete([ProductId(one) for one in ids]),
            owner=self,
            on_done=done,
            on_error=self._shell.tell_error,
        )


def _what(change: BatchChange) -> str:
    """The field as it stands in the dialog."""
    key = f"price_{change.grade.value}" if change.field == "price" else change.field
    return next(words for words, field in field_choices() if field == key).removesuffix("(%)")


def _became(change: BatchChange) -> str:
    if isinstance(change.value, bool):
        return f"改为“{'是' if change.value else '否'}”"
    return "已改好"


def _rest(preview: BatchPreview, change: BatchChange) -> str:
    """What was left alone, after a comma."""
    _first, comma, rest = preview_words(preview, change.field).removesuffix("。").partition("，")
    return f"{comma}{rest}"


def _kept_words(report: DeleteReport) -> str:
    if not report.kept:
        return ""
    codes = "、".join(code for code, _reason in report.kept[:_NAMED])
    more = f" 等 {len(report.kept):,} 个" if len(report.kept) > _NAMED else ""
    return f"已经有单据或库存的商品不删除：{codes}{more}。"


def _kept_short(report: DeleteReport) -> str:
    return f"{len(report.kept):,} 个已有单据，保留" if report.kept else ""
