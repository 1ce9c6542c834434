"""属性组合 of a product: SKU代码 and attribute combinations (商品—商品特性—辅助属性管理—属性组合; M45, M46, M51)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.ids import ProductId
from jdy_desktop.services.book.product_values import ProductDetail, SaveProduct
from jdy_desktop.services.book.products import Products
from jdy_desktop.services.errors import JdyError, Stale, UserError
from jdy_desktop.views.dialogs.product_form import drafts_of
from jdy_desktop.views.dialogs.sku_editor import SkuEditor
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.pictures import PictureStore
from jdy_desktop.views.texts import sentence
from jdy_desktop.views.widgets.base import Text
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import ConfirmDialog, DialogFrame
from jdy_desktop.views.widgets.feedback import NoteRow

#: the manual's way to the SKU codes (4.1.1)
PATH = "商品—商品特性—辅助属性管理—属性组合—SKU 代码"
STALE = "这个商品刚被别人改过，这次没有保存，你的改动还在屏幕上。关掉再打开看新的内容，再改一次。"


class SkuDialog(DialogFrame):
    """`saved(product_id, False)` after the combinations were stored."""

    saved = Signal(object, bool)

    def __init__(
        self,
        window: QWidget,
        products: Products,
        runner: JobRunner,
        detail: ProductDetail,
        pictures: PictureStore | None = None,
    ) -> None:
        super().__init__(
            window, "属性组合", width=1080, height=600, subtitle=detail.code, padding=20, name="sku_dialog"
        )
        self._products, self._runner, self._detail = products, runner, detail
        drafts = drafts_of(detail.skus) if detail.has_variants else []
        self.editor = SkuEditor(
            ask_codes=codes_asker(self, products, runner, lambda: detail.code),
            attributes=detail.attributes,
            drafts=drafts,
            pictures=pictures,
            may_price=products.may_change_prices(),
        )
        self._before = self.editor.state()
        self.note = NoteRow("bad", "")
        self.note.hide()
        self.body.addWidget(Text(PATH, "hint"))
        self.body.addWidget(self.note)
        reason = single_sku_reason(detail)
        if reason:
            self.note.set_note("warn", reason)
            self.note.show()
            self.editor.setEnabled(False)
        elif not detail.has_variants:
            words = "这个商品还没有辅助属性。填好颜色、尺码后生成，它的价格就由每个 SKU 各记各的。"
            self.body.addWidget(NoteRow("info", words))
        self.body.addWidget(self.editor, 1)
        self.add_button(KeyButton("取消", "cancel", name="sku_dialog.cancel_button"), self.reject)
        self._save = self.add_button(
            KeyButton("保存", "save", kind="primary", name="sku_dialog.save_button"), self.accept
        )
        self._save.set_blocked(reason)
        KeyShortcut("save", self, self.accept)

    def reject(self) -> None:
        """取消; changes are not thrown away without asking, nor what stands in an open cell."""
        self.editor.table.close_editor(commit=True)
        if self.editor.state() == self._before:
            super().reject()
        else:
            ask_discard(self, super().reject)

    def accept(self) -> None:
        """保存; what is refused is told below its line and the dialog stays."""
        if not self._save.isEnabled():
            return
        self.editor.clear_errors()
        self.note.hide()
        self.editor.table.close_editor(commit=True)
        try:
            request = self._request()
        except UserError as error:
            self.editor.show_error(error)
            return
        self._save.set_blocked("正在保存")
        self._runner.submit(
            lambda _job: self._products.save(request),
            owner=self,
            on_done=self._on_saved,
            on_error=self._on_error,
            on_end=lambda: self._save.set_blocked(None),
        )

    def _request(self) -> SaveProduct:
        one = self._detail
        return SaveProduct(
            product_id=one.id,
            version=one.version,
            code=one.code,
            name=one.name,
            category_id=one.category_id,
            unit=one.unit,
            specification=one.specification,
            allow_negative=one.allow_negative,
            tax_rate=one.tax_rate,
            remark=one.remark,
            picture=one.picture,
            attributes=self.editor.attributes(),
            skus=self.editor.skus(),
        )

    def _on_saved(self, product_id: ProductId) -> None:
        self.saved.emit(product_id, False)
        super().accept()

    def _on_error(self, error: BaseException) -> None:
        if isinstance(error, UserError) and not isinstance(error, Stale):
            self.editor.show_error(error)
        elif isinstance(error, JdyError):
            self.note.set_note("bad", STALE if isinstance(error, Stale) else sentence(error))
            self.note.show()


def single_sku_reason(detail: ProductDetail) -> str | None:
    """Why goods without attributes cannot get any: their one SKU would go, with its stock or its match."""
    if detail.has_variants or not detail.skus:
        return None
    one = detail.skus[0]
    if one.stock:
        return "这个商品已有库存，不能再加辅助属性。另建一个有颜色尺码的商品，把库存转过去。"
    if one.is_matched:
        return "这个商品匹配的宝贝没有 SKU，不能加辅助属性。先到“商品匹配”里删除匹配。"
    return None


def ask_discard(form: DialogFrame, discard: Callable[[], None]) -> None:
    """Ask before typed words are lost."""
    question = "刚才填的内容还没有保存，要放弃吗？"
    ask = ConfirmDialog(form, "放弃修改", question, yes="放弃修改", no="继续填写", name="discard_dialog")
    ask.accepted.connect(discard)
    ask.open()


def codes_asker(
    owner: DialogFrame, products: Products, runner: JobRunner, product_code: Callable[[], str]
) -> Callable[[int, Callable[[tuple[str, ...]], None]], None]:
    """Asks the service for the next free SKU codes of the product code typed so far."""

    def ask(count: int, take: Callable[[tuple[str, ...]], None]) -> None:
        code = product_code().strip()
        if code:
            runner.submit(
                lambda _job: products.generate_codes(code, count),
                owner=owner,
                key="codes",
                on_done=take,
                # Without codes the service gives them when the product is saved.
                on_error=lambda _error: None,
            )

    return ask
