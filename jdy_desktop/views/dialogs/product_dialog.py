"""新增 and 编辑 of a product (manual 2.3, 4.1, 4.2.3): every refused field says so beside itself, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from jdy_desktop.models.ids import ProductId
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.product_pictures import ProductPictures
from jdy_desktop.services.book.product_values import CategoryNode, ProductDetail, SaveProduct, SaveSku
from jdy_desktop.services.book.products import Products
from jdy_desktop.services.errors import JdyError, Stale, UserError
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.views import theme
from jdy_desktop.views.dialogs.picture_strip import PictureStrip
from jdy_desktop.views.dialogs.product_form import SkuDraft, drafts_of, read_number
from jdy_desktop.views.dialogs.sku_dialog import STALE, ask_discard, codes_asker, single_sku_reason
from jdy_desktop.views.dialogs.sku_editor import SkuEditor
from jdy_desktop.views.figures import plain
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.pictures import PictureStore
from jdy_desktop.views.texts import PRICE_LABELS, sentence
from jdy_desktop.views.widgets.base import STRETCH, VScroll, column, row
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.feedback import NoteRow
from jdy_desktop.views.widgets.fields import Field, FilterCombo, FormRow, Tick
from jdy_desktop.views.widgets.scan_watch import take_codes

OWN_GOODS = "自建商品"
_NEW_CATEGORY = "new"
_RATE_PLACES = 4
#: field of a UserError → row of the form
_ROWS = {
    "code": "code", "sku_code": "code", "name": "name", "unit": "unit", "category_id": "category", "category": "new_category",
    "specification": "specification", "tax_rate": "tax_rate", "barcodes": "barcodes", "minimum_stock": "minimum",
    **{f"price_{grade.value}": grade.value for grade in PriceGrade},
}  # fmt: skip
_PRICES = tuple(grade.value for grade in PriceGrade)
_OF_SKU = (*_PRICES, "minimum", "barcodes")
T = TypeVar("T")


class ProductDialog(DialogFrame):
    """`saved(product_id, is_new)`. `detail` None: a new product, by default in `category_id`."""

    saved = Signal(object, bool)

    def __init__(
        self,
        window: QWidget,
        products: Products,
        runner: JobRunner,
        detail: ProductDetail | None,
        categories: Sequence[CategoryNode],
        *,
        category_id: int | None = None,
        pictures: PictureStore | None = None,
        own_pictures: ProductPictures | None = None,
        with_attributes: bool = True,
    ) -> None:
        title = "新增商品" if detail is None else "编辑商品"
        super().__init__(
            window, title, width=1080, subtitle=detail.code if detail else "", padding=20, name="product_dialog"
        )
        self._products, self._runner, self._detail = products, runner, detail
        self._drafts = drafts_of(detail.skus) if detail is not None else []
        self.fields: dict[str, Field] = {}
        self.rows: dict[str, FormRow] = {}
        self._make_fields()
        self._make_category(categories, category_id)
        self.allow_negative = Tick(
            "是否允许负库存：库存不够也能出库",
            checked=bool(detail and detail.allow_negative),
            name="product_dialog.allow_negative",
        )
        self.has_variants = Tick(
            "有辅助属性（颜色、尺码）", checked=bool(detail and detail.has_variants), name="product_dialog.has_variants"
        )
        # 辅助属性 off in the account set: nobody is asked about them, but goods that have some keep showing them.
        # Hidden, never shown here: what has no parent yet would flash up as a window of its own.
        if not (with_attributes or (detail and detail.has_variants)):
            self.has_variants.hide()
        self.editor = SkuEditor(
            ask_codes=codes_asker(self, products, runner, lambda: self.fields["code"].text()),
            attributes=detail.attributes if detail else (),
            drafts=self._drafts if detail and detail.has_variants else [],
            pictures=pictures if detail and detail.has_variants else None,
            may_price=products.may_change_prices(),
        )
        self._guard_prices()
        shown = (detail.picture, *detail.pictures) if detail is not None and detail.picture else ()
        self.pictures = PictureStrip(self, own_pictures, pictures, runner, shown) if own_pictures and pictures else None
        self._guard_variants()
        self.note = NoteRow("bad", "")
        self.note.hide()
        self._lay_out()
        self._add_buttons()
        self._before = self._state()
        self.has_variants.toggled.connect(self._show_variants)
        if self.pictures is not None:
            self.pictures.told.connect(self._fit)
        self._show_variants()

    def _guard_prices(self) -> None:
        """Prices of stored goods are the owner's to change: they can be read, and say why they cannot be typed."""
        if self._detail is None or self._products.may_change_prices():
            return
        for key in _PRICES:
            self.fields[key].setReadOnly(True)
            self.fields[key].setToolTip("改已有商品的价格要店主登录。")

    def _guard_variants(self) -> None:
        """Ticking or unticking would take SKUs away that hold stock or a match: grey, and it says why."""
        one = self._detail
        if one is None:
            return
        is_held = any(sku.stock or sku.is_matched for sku in one.skus)
        reason = (
            "有的 SKU 有库存或匹配，不能改成没有辅助属性。" if one.has_variants and is_held else single_sku_reason(one)
        )
        self.has_variants.setEnabled(not reason)
        self.has_variants.setToolTip(reason or "")

    # ---- building
    def _make_fields(self) -> None:
        one = self._detail
        single = self._drafts[0] if self._drafts and one is not None and not one.has_variants else SkuDraft(1)
        self._field("code", "商品代码", one.code if one else "", required=True, hint="和 1688 的货号一致，才能自动匹配")
        self._field("name", "商品名称", one.name if one else "", required=True)
        self._field("unit", "基本单位", one.unit if one else "", placeholder="不填就用常用单位")
        self._field("specification", "规格", one.specification if one else "")
        self._field(
            "tax_rate", "税率(%)", plain(one.tax_rate) if one else "", placeholder="不填就用账套的税率", right=True
        )
        self._field("remark", "备注", one.remark if one else "")
        for grade, words in PRICE_LABELS.items():
            self._field(grade.value, words, getattr(single, grade.value), right=True)
        self._field("barcodes", "条码", single.barcodes, placeholder="多个用空格隔开")
        self._field("minimum", "最低库存", single.minimum, right=True)
        kind = Field("普通", name="product_dialog.kind_field", label="商品类型")
        kind.setReadOnly(True)
        kind.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.rows["kind"] = FormRow("商品类型", kind)

    def _field(
        self, key: str, label: str, text: str, *, required: bool = False, hint: str = "", placeholder: str = "",
        right: bool = False,
    ) -> None:  # fmt: skip
        field = Field(text, name=f"product_dialog.{key}_field", label=label, placeholder=placeholder, right=right)
        field.setCursorPosition(0)
        if key in ("code", "barcodes"):
            take_codes(field)
        self.fields[key] = field
        self.rows[key] = FormRow(label, field, required=required, hint=hint)
        field.textEdited.connect(lambda _text, key=key: self.rows[key].set_error(None))

    def _make_category(self, categories: Sequence[CategoryNode], chosen: int | None) -> None:
        """All categories by their path; new goods go to 自建商品 when the tree has nothing chosen."""
        paths: dict[int, str] = {}
        for node in categories:
            above = paths.get(node.parent_id, "") if node.parent_id is not None else ""
            paths[node.id] = f"{above} / {node.name}" if above else node.name
        options: list[tuple[str, int | str | None]] = [("未分类", None), *((path, key) for key, path in paths.items())]
        own = next((node.id for node in categories if node.name == OWN_GOODS and node.parent_id is None), None)
        if own is None:
            options.append((OWN_GOODS, OWN_GOODS))
        options.append(("新增类别…", _NEW_CATEGORY))
        self.category = FilterCombo("商品类别", options, name="product_dialog.category_combo", inside=False)
        if self._detail is not None:
            self.category.set_value(self._detail.category_id)
        else:
            self.category.set_value(chosen if chosen is not None else own if own is not None else OWN_GOODS)
        self.rows["category"] = FormRow("商品类别", self.category)
        self._field("new_category", "新类别名称", "")
        self.category.changed.connect(self._show_category)

    def _lay_out(self) -> None:
        content = QWidget()
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(16))
        grid.setVerticalSpacing(theme.px(8))
        places = (
            ("code", 0, 0, 1), ("name", 0, 1, 2), ("category", 1, 0, 1), ("new_category", 2, 0, 1), ("kind", 1, 1, 1),
            ("unit", 1, 2, 1), ("specification", 3, 0, 1), ("tax_rate", 3, 1, 1), ("remark", 3, 2, 1),
        )  # fmt: skip
        for key, line, place, wide in places:
            grid.addWidget(self.rows[key], line, place, 1, wide, Qt.AlignmentFlag.AlignTop)
        for place in range(3):
            grid.setColumnStretch(place, 1)
        self._single = QWidget()
        prices = QGridLayout(self._single)
        prices.setContentsMargins(0, 0, 0, 0)
        prices.setHorizontalSpacing(theme.px(16))
        for place, key in enumerate(_PRICES):
            prices.addWidget(self.rows[key], 0, place, Qt.AlignmentFlag.AlignTop)
            prices.setColumnStretch(place, 1)
        prices.addWidget(self.rows["minimum"], 1, 0, Qt.AlignmentFlag.AlignTop)
        prices.addWidget(self.rows["barcodes"], 1, 1, 1, 4, Qt.AlignmentFlag.AlignTop)
        prices.setVerticalSpacing(theme.px(8))
        self.editor.setMinimumHeight(theme.px(270))
        inner = column(
            grid,
            self._single,
            self.pictures,
            row(self.allow_negative, 24, self.has_variants, STRETCH),
            self.editor,
            spacing=10,
            parent=content,
        )
        inner.addStretch(1)
        inner.setContentsMargins(2, 2, theme.px(10), 2)
        self._content = content
        self._scroll = VScroll(content)
        content.setAutoFillBackground(False)
        self.body.addWidget(self.note)
        self.body.addWidget(self._scroll, 1)
        self._show_category()

    def _add_buttons(self) -> None:
        self.add_button(KeyButton("取消", "cancel", name="product_dialog.cancel_button"), self.reject)
        self._save = self.add_button(
            KeyButton("保存", "save", kind="primary", name="product_dialog.save_button"), self.accept, default=True
        )
        KeyShortcut("save", self, self.accept)

    @Slot()
    def _show_category(self) -> None:
        self.rows["new_category"].setVisible(self.category.value() == _NEW_CATEGORY)
        if self.category.value() == _NEW_CATEGORY:
            self.fields["new_category"].setFocus()
        self._fit()

    @Slot()
    def _show_variants(self) -> None:
        has = self.has_variants.isChecked()
        self._single.setVisible(not has)
        self.editor.setVisible(has)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        """As high as the form, as far as the window allows."""
        layout = self._content.layout()
        if layout is not None:
            layout.activate()
        self._scroll.setMinimumHeight(
            min(self._content.sizeHint().height() + 4, max(200, self.height() - theme.px(190)))
        )
        if self.isVisible():
            self.refit()

    def open(self) -> None:
        self.setGeometry(self.parentWidget().rect())  # type: ignore[union-attr]
        self._fit()
        super().open()
        self.fields["code"].setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- saving
    def _state(self) -> tuple[object, ...]:
        texts = tuple(field.text() for field in self.fields.values())
        ticks = (self.allow_negative.isChecked(), self.has_variants.isChecked(), self.category.value())
        return (*texts, *ticks, *self._picture_names(), *self.editor.state())

    def _picture_names(self) -> tuple[str, ...]:
        return self.pictures.names() if self.pictures is not None else ()

    def reject(self) -> None:
        """取消; typed words are not thrown away without asking, nor those of an open cell."""
        self.editor.table.close_editor(commit=True)
        if self._state() == self._before:
            super().reject()
            return
        ask_discard(self, super().reject)

    def accept(self) -> None:
        """保存; the dialog stays until the service has taken everything."""
        if not self._save.isEnabled():
            return
        for one in self.rows.values():
            one.set_error(None)
        self.note.hide()
        self.editor.table.close_editor(commit=True)
        self.editor.clear_errors()
        request = self._request()
        if request is None:
            self._focus_error()
            return
        category = self._wanted_category()
        self._save.set_blocked("正在保存")
        self._runner.submit(
            lambda job: self._store(job, request, category),
            owner=self,
            on_done=self._on_saved,
            on_error=self._on_error,
            on_end=lambda: self._save.set_blocked(None),
        )

    def _wanted_category(self) -> str | None:
        """Name of a category that is to be made, None for a known one."""
        value = self.category.value()
        if value == _NEW_CATEGORY:
            return self.fields["new_category"].text()
        return value if isinstance(value, str) else None

    def _store(self, _job: JobContext, request: SaveProduct, category: str | None) -> ProductId:
        if category is not None:
            request = replace(request, category_id=self._products.add_category(category))
        return self._products.save(request)

    def _request(self) -> SaveProduct | None:
        """All the form says, or None after every unreadable field was told."""
        trouble: list[UserError] = []
        for key in ("code", "name"):
            if not self.fields[key].text().strip():
                trouble.append(UserError(f"product_{key}_missing", field=key))
        is_many = self.has_variants.isChecked()
        tax_rate = self._tried(trouble, lambda: self._number("tax_rate"), None)
        no_skus: tuple[SaveSku, ...] = ()
        no_names: tuple[str, ...] = ()
        skus = self._tried(trouble, self.editor.skus if is_many else self._one_sku, no_skus)
        attributes = self._tried(trouble, self.editor.attributes, no_names) if is_many else no_names
        for error in trouble:
            self._show(error)
        if not is_many:
            self._show_numbers()
        if trouble:
            return None
        text = {key: field.text() for key, field in self.fields.items()}
        one, category = self._detail, self.category.value()
        return SaveProduct(
            product_id=one.id if one else None,
            version=one.version if one else None,
            code=text["code"],
            name=text["name"],
            category_id=category if isinstance(category, int) else None,
            unit=text["unit"],
            specification=text["specification"].strip(),
            allow_negative=self.allow_negative.isChecked(),
            tax_rate=tax_rate,
            remark=text["remark"].strip(),
            picture=self._main_picture(),
            pictures=self._picture_names()[1:] if self.pictures is not None else None,
            attributes=attributes,
            skus=skus,
        )

    def _main_picture(self) -> str:
        if self.pictures is not None:
            return next(iter(self.pictures.names()), "")
        return self._detail.picture if self._detail is not None else ""

    def _number(self, key: str) -> Decimal | None:
        return read_number(self.fields[key].text(), key, places=_RATE_PLACES)

    def _one_sku(self) -> tuple[SaveSku, ...]:
        stored = self._drafts[0].stored if len(self._drafts) == 1 else None
        draft = SkuDraft(1, stored=stored)
        for key in _OF_SKU:
            draft = draft.with_text(key, self.fields[key].text())
        return (draft.to_save(),)

    def _show_numbers(self) -> None:
        """Every unreadable number at once, not only the first."""
        for key in (*_PRICES, "minimum"):
            try:
                SkuDraft(1).with_text(key, self.fields[key].text()).to_save()
            except UserError as error:
                self._show(error)

    @staticmethod
    def _tried(trouble: list[UserError], read: Callable[[], T], otherwise: T) -> T:
        try:
            return read()
        except UserError as error:
            trouble.append(error)
            return otherwise

    def _on_saved(self, product_id: ProductId) -> None:
        self.saved.emit(product_id, self._detail is None)
        super().accept()

    def _on_error(self, error: BaseException) -> None:
        if isinstance(error, JdyError):
            self._show(error)
            self._focus_error()

    def _show(self, error: JdyError) -> None:
        """Beside its field, below its SKU, else above the form."""
        key = _ROWS.get(error.field or "")
        of_lines = self.has_variants.isChecked() and (
            error.row is not None or error.field in ("attributes", "skus", "values")
        )
        if isinstance(error, UserError) and of_lines:
            self.editor.show_error(error)
        elif isinstance(error, UserError) and key is not None and not self.rows[key].isHidden():
            self.rows[key].set_error(sentence(error))
        else:
            self.note.set_note("bad", STALE if isinstance(error, Stale) else sentence(error))
            self.note.show()
        self._fit()

    def _focus_error(self) -> None:
        for key, one in self.rows.items():
            if one.error() and key in self.fields:
                self.fields[key].setFocus()
                self._scroll.ensureWidgetVisible(one)
                return
