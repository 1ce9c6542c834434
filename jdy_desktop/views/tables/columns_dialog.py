"""列设置: choose columns, put them in order, 恢复默认."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from jdy_desktop.views.widgets.base import STRETCH, Text, column, row
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from .columns import ColumnSettings

if TYPE_CHECKING:
    from .table import DataTable

_KEY = Qt.ItemDataRole.UserRole


class ColumnsDialog(DialogFrame):
    """Dialog over the window of ``table``; takes effect with 确定, also while rows are being read."""

    def __init__(self, table: DataTable, settings: ColumnSettings) -> None:
        super().__init__(table.window(), "列设置", width=440, height=520, name="columns_dialog")
        self._table, self._settings = table, settings
        self.list = QListWidget()
        self.list.setObjectName("columns_dialog.list")
        self.list.setAccessibleName("列")
        up = KeyButton("上移", hint="Alt+↑", name="columns_dialog.up_button")
        down = KeyButton("下移", hint="Alt+↓", name="columns_dialog.down_button")
        up.clicked.connect(lambda: self.move_current(-1))
        down.clicked.connect(lambda: self.move_current(1))
        self.body.addWidget(Text("勾选要显示的列；顺序从左到右。", "label"))
        line = row(self.list, column(up, down, STRETCH))
        line.setStretch(0, 1)
        self.body.addLayout(line, 1)
        reset = KeyButton("恢复默认", kind="quiet", icon="undo", name="columns_dialog.reset_button")
        reset.clicked.connect(self._reset)
        self.add_left(reset)
        self.add_button(KeyButton("取消", "cancel", name="columns_dialog.cancel_button"), self.reject)
        self.add_button(
            KeyButton("确定", "ok", kind="primary", name="columns_dialog.ok_button"), self.accept, default=True
        )
        self._fill()

    def _fill(self) -> None:
        self.list.clear()
        specs = {spec.key: spec for spec in self._table.rows_model().columns}
        for key in self._settings.order():
            spec = specs[key]
            if spec.kind == "tick":
                continue
            item = QListWidgetItem(spec.title.lstrip("*") or "图片")
            item.setData(_KEY, key)
            flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
            item.setFlags(flags if spec.fixed else flags | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked if self._settings.is_hidden(key) else Qt.CheckState.Checked)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def move_current(self, step: int) -> None:
        """Move the chosen column one place."""
        place = self.list.currentRow()
        if 0 <= place + step < self.list.count():
            item = self.list.takeItem(place)
            self.list.insertItem(place + step, item)
            self.list.setCurrentRow(place + step)

    def keyPressEvent(self, event: object) -> None:
        from PySide6.QtGui import QKeyEvent

        assert isinstance(event, QKeyEvent)
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.move_current(step)
            event.accept()
        else:
            super().keyPressEvent(event)

    def _reset(self) -> None:
        self._settings.reset()
        self._fill()

    def accept(self) -> None:
        items = [self.list.item(n) for n in range(self.list.count())]
        ticked = {item.data(_KEY) for item in items if item.checkState() == Qt.CheckState.Checked}
        if not ticked:
            return
        order = [str(item.data(_KEY)) for item in items]
        if self._table.rows_model().checkable:
            order.insert(0, "_tick")
        self._settings.choose(order, {str(item.data(_KEY)) for item in items} - ticked)
        super().accept()
