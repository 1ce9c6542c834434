"""批量设置 of goods: one field, what it becomes, and what that changes before it is done (manual 5.4; M119, M120)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.rules.rounding import parse_decimal
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.book.product_batch import BatchChange, BatchField, BatchPreview, ProductBatch
from jdy_desktop.services.book.product_values import CategoryNode
from jdy_desktop.services.errors import JdyError, UserError
from jdy_desktop.views.dialogs.product_form import read_number
from jdy_desktop.views.figures import plain
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.texts import PRICE_LABELS, reason, sentence
from jdy_desktop.views.widgets.base import STRETCH, Text, column, named, row
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.fields import Field, FilterCombo, FormRow, SegmentedChoice

ALLOW_NEGATIVE = "是否允许负库存"
_PREVIEW_MS = 200
_HINTS = {
    "allow_negative": "选“是”以后，这些商品出库时不再检查库存，可以出成负数；选“否”则库存不够不能保存。",
    "category": "商品移到这个类别下面，匹配和单据不变。",
    "unit": "只换单位的名字，库存和单据里的数量不换算。没有的单位会新建。",
    "specification": "清空就是不写规格。",
    "tax_rate": "清空就用账套的税率。",
    "remark": "清空就是不写备注。",
    "minimum_stock": "每个 SKU 都设成这个数；低于它的在“库存”里标出来。0 就是不提醒。",
    "price": "每个 SKU 都改。按金额填负数就是减；按百分比 95 就是九五折。",
}
_NUMBERS = {"tax_rate": 4, "minimum_stock": 4, "price": 6}


def field_choices() -> list[tuple[str, str]]:
    """What can be set: words, and the field; prices as price_retail …"""
    prices = [(words, f"price_{grade.value}") for grade, words in PRICE_LABELS.items()]
    return [
        (ALLOW_NEGATIVE, "allow_negative"), ("商品类别", "category"), ("基本单位", "unit"), ("规格", "specification"),
        ("税率(%)", "tax_rate"), ("最低库存", "minimum_stock"), *prices, ("备注", "remark"),
    ]  # fmt: skip


class BatchDialog(DialogFrame):
    """`chosen(BatchChange)` for the `ids`; below the value stands what it would change."""

    chosen = Signal(object)

    def __init__(
        self,
        window: QWidget,
        ids: Sequence[int],
        *,
        batch: ProductBatch,
        runner: JobRunner,
        categories: Sequence[CategoryNode],
    ) -> None:
        count = len(ids)
        super().__init__(window, "批量设置", width=600, subtitle=f"{count:,} 个商品", name="batch_dialog")
        self._ids, self._batch, self._runner = list(ids), batch, runner
        self.preview: BatchPreview | None = None
        self._make_controls(categories)
        self.value_row = FormRow(ALLOW_NEGATIVE, self._holder, hint=_HINTS["allow_negative"])
        self.body.addWidget(FormRow("要改的资料", self.what))
        self.body.addWidget(self.value_row)
        self._told = Text("", "strong", wrap=True)
        self._lines = named(Text("", "label", wrap=True), "batch_dialog.preview", "改动预览")
        self.body.addWidget(self._told)
        self.body.addWidget(self._lines)
        self.body.addWidget(Text("只改这一项，其他资料不动。改完可以撤销。", "label", wrap=True))
        self.add_button(KeyButton("取消", "cancel", name="batch_dialog.cancel_button"), self.reject)
        self._ok = self.add_button(
            KeyButton(f"设置 {count:,} 个商品", "ok", kind="primary", name="batch_dialog.ok_button"),
            self.accept,
            default=True,
        )
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PREVIEW_MS)
        self._timer.timeout.connect(self.look)
        self._connect()
        self._show_field()

    # ---- building
    def _make_controls(self, categories: Sequence[CategoryNode]) -> None:
        may_price = self._batch.may_set("price")
        offered = [one for one in field_choices() if may_price or not one[1].startswith("price_")]
        self.what = FilterCombo("要改的资料", offered, name="batch_dialog.field_combo", inside=False)
        self.allowed = SegmentedChoice(
            [("是", True), ("否", False)], name="batch_dialog.allow_negative", label=ALLOW_NEGATIVE
        )
        self.category = FilterCombo(
            "商品类别", category_choices(categories), name="batch_dialog.category_combo", inside=False
        )
        self.text = Field(name="batch_dialog.text_field", label="改成")
        self.mode = SegmentedChoice(
            [("改成", "set"), ("加减金额", "add"), ("按百分比", "percent")], name="batch_dialog.mode", label="怎么改"
        )
        bases: list[tuple[str, str | None]] = [("它自己", None)]
        bases += [(words, grade.value) for grade, words in PRICE_LABELS.items()]
        self.base = FilterCombo("以", bases, name="batch_dialog.base_combo")
        places = [("2 位小数", 2), ("1 位小数", 1), ("整数", 0)]
        self.places = FilterCombo("保留", places, name="batch_dialog.places_combo")
        self._holder = QWidget()
        how = row(self.mode, self.base, self.places, STRETCH)
        column(self.allowed, self.category, how, self.text, spacing=8, parent=self._holder)

    def _connect(self) -> None:
        self.what.changed.connect(self._show_field)
        self.mode.chosen.connect(self._show_field)
        for combo in (self.category, self.base, self.places):
            combo.changed.connect(self._later)
        self.allowed.chosen.connect(self._later)
        self.text.textChanged.connect(self._later)

    @property
    def field(self) -> BatchField:
        what = str(self.what.value())
        return cast(BatchField, "price" if what.startswith("price_") else what)

    @Slot()
    def _show_field(self) -> None:
        field = self.field
        is_relative = field == "price" and self.mode.value() != "set"
        self.allowed.setVisible(field == "allow_negative")
        self.category.setVisible(field == "category")
        self.mode.setVisible(field == "price")
        self.base.setVisible(is_relative)
        self.places.setVisible(is_relative)
        self.text.setVisible(field not in ("allow_negative", "category"))
        self.text.setPlaceholderText(self._placeholder())
        self.value_row.set_label(ALLOW_NEGATIVE if field == "allow_negative" else self.what.currentText())
        self.value_row.set_hint(_HINTS[field])
        self.refit()
        self.look()

    def _placeholder(self) -> str:
        if self.field == "price":
            return {"set": "元；清空就是不设这一级的价", "add": "元，例如 2 或 -1.5", "percent": "%，例如 95"}[
                str(self.mode.value())
            ]
        return {"minimum_stock": "件数", "tax_rate": "%"}.get(self.field, "")

    # ---- what is asked for
    def change(self) -> BatchChange:
        """As the fields say. Raises UserError naming the field."""
        what, field = str(self.what.value()), self.field
        if field == "allow_negative":
            return BatchChange(field, bool(self.allowed.value()))
        if field == "category":
            return BatchChange(field, self.category.value())
        text = self.text.text().strip()
        if field in ("unit", "specification", "remark"):
            return BatchChange(field, text)
        if field != "price":
            value = read_number(text, field, places=_NUMBERS[field])
            return BatchChange(field, value if field == "tax_rate" else value or Decimal(0))
        mode, base = str(self.mode.value()), self.base.value()
        return BatchChange(
            field,
            self._amount(what, text, mode),
            grade=PriceGrade(what.removeprefix("price_")),
            mode=cast(Any, mode),
            base=PriceGrade(base) if base is not None else None,
            places=int(self.places.value()),
        )

    def _amount(self, what: str, text: str, mode: str) -> Decimal | None:
        """Less is typed with a minus; nothing typed is no change for 加减 and 百分比."""
        if mode == "set" or not text.startswith(("-", "－")):
            value = read_number(text, what, places=_NUMBERS["price"])
            return value if mode == "set" or value is not None else Decimal(0 if mode == "add" else 100)
        found = parse_decimal(text, places=_NUMBERS["price"])
        if mode == "percent" or not isinstance(found, Decimal):
            raise UserError("not_a_number", field=what, text=text)
        return found

    @Slot()
    def _later(self) -> None:
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Read the fields and tell what they would change; nothing is changed yet."""
        self._timer.stop()
        try:
            change = self.change()
        except UserError as error:
            self._refuse(error)
            return
        self.value_row.set_error(None)
        self._ok.set_blocked(None)
        self._runner.submit(
            lambda _job: self._batch.preview(self._ids, change),
            owner=self,
            key="preview",
            on_done=self._show_preview,
            on_error=self._on_error,
        )

    def _on_error(self, error: BaseException) -> None:
        if isinstance(error, JdyError):
            self._refuse(error)

    def _refuse(self, error: JdyError) -> None:
        self.preview = None
        self.value_row.set_error(sentence(error))
        self._ok.set_blocked("先改好上面的内容")
        self._told.setText("")
        self._lines.setText("")
        self.refit()

    def _show_preview(self, preview: BatchPreview) -> None:
        self.preview = preview
        self._told.setText(preview_words(preview, self.field))
        self._lines.setText(
            "\n".join(f"{one.code}　{_shown(one.before)} → {_shown(one.after)}" for one in preview.lines)
        )
        self.refit()

    def accept(self) -> None:
        if not self._ok.isEnabled():
            return
        try:
            change = self.change()
        except UserError as error:
            self._refuse(error)
            return
        self.chosen.emit(change)
        super().accept()


def preview_words(preview: BatchPreview, field: str) -> str:
    """How many change, how many have it already, which are left alone and why."""
    of_skus = field in ("price", "minimum_stock")
    parts = [f"会改 {preview.goods:,} 个商品" + (f"（{preview.rows:,} 个 SKU）" if of_skus else "")]
    if preview.same:
        parts.append(f"{preview.same:,} 个原来就是")
    if preview.skipped:
        why: dict[str, int] = {}
        for _code, one in preview.skipped:
            why[one] = why.get(one, 0) + 1
        parts += [f"{count:,} 个 SKU 不改：{reason(one)}" for one, count in why.items()]
    return "，".join(parts) + "。"


def category_choices(categories: Sequence[CategoryNode], *, loose: str = "未分类") -> list[tuple[str, int | None]]:
    """Every category by its whole path, 未分类 first."""
    paths: dict[int, str] = {}
    for node in categories:
        above = paths.get(node.parent_id, "") if node.parent_id is not None else ""
        paths[node.id] = f"{above} / {node.name}" if above else node.name
    return [(loose, None), *((path, key) for key, path in paths.items())]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return plain(value)
    return str(value) if value not in (None, "") else "空"
