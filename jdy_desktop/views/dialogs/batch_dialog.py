"""批量设置 of goods: one field and the count (manual 5.4; M120)."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from jdy_desktop.views.widgets.base import Text
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from jdy_desktop.views.widgets.fields import FormRow, SegmentedChoice

ALLOW_NEGATIVE = "是否允许负库存"


class BatchDialog(DialogFrame):
    """`chosen(bool)`: 是 or 否 for `count` goods."""

    chosen = Signal(bool)

    def __init__(self, window: QWidget, count: int) -> None:
        super().__init__(window, "批量设置", width=480, subtitle=f"{count:,} 个商品", name="batch_dialog")
        self.allowed = SegmentedChoice(
            [("是", True), ("否", False)], name="batch_dialog.allow_negative", label=ALLOW_NEGATIVE
        )
        self.body.addWidget(
            FormRow(
                ALLOW_NEGATIVE,
                self.allowed,
                hint="选“是”以后，这些商品出库时不再检查库存，可以出成负数；选“否”则库存不够不能保存。",
            )
        )
        self.body.addWidget(Text("只改这一项，其他资料不动。改完可以撤销。", "label", wrap=True))
        self.add_button(KeyButton("取消", "cancel", name="batch_dialog.cancel_button"), self.reject)
        self.add_button(
            KeyButton(f"设置 {count:,} 个商品", "ok", kind="primary", name="batch_dialog.ok_button"),
            self.accept,
            default=True,
        )

    def accept(self) -> None:
        self.chosen.emit(bool(self.allowed.value()))
        super().accept()
