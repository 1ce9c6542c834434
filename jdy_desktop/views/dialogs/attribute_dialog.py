"""辅助属性管理: attributes and their values (商品—商品特性—辅助属性管理; M45, M46, M49, M50)."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.rules.combinations import MOST_VALUES, split_values
from jdy_desktop.services.book.catalog_upkeep import AttributeRow, CatalogUpkeep, ValueRow
from jdy_desktop.views.dialogs.upkeep_dialog import UpkeepDialog, enter_presses
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.tables.lines import LinesModel, LinesTable
from jdy_desktop.views.tables.model import Column
from jdy_desktop.views.widgets.base import STRETCH, Text, column, row
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.feedback import EmptyState
from jdy_desktop.views.widgets.fields import Field

PATH = "商品—商品特性—辅助属性管理。每个商品的属性组合和 SKU 代码在“编辑”或“属性组合”里改。"


class AttributeDialog(UpkeepDialog):
    """Attributes at the left, the values of the chosen one at the right; both are renamed in their cells."""

    def __init__(self, window: QWidget, upkeep: CatalogUpkeep, runner: JobRunner) -> None:
        super().__init__(window, runner, "辅助属性管理", upkeep.attributes, name="attribute_dialog", width=820)
        self._upkeep = upkeep
        self._wanted: int | None = None
        attributes: list[Column[AttributeRow]] = [
            Column("name", "辅助属性", lambda one: one.name, width=140, stretch=True, editable=lambda _one: True),
            Column("count", "值", lambda one: str(len(one.values)), width=56, kind="number"),
        ]
        values: list[Column[ValueRow]] = [
            Column("name", "属性值", lambda one: one.name, width=180, stretch=True, editable=lambda _one: True),
            Column("skus", "SKU 数", lambda one: str(one.n_skus), width=80, kind="number"),
        ]
        self._attributes: LinesModel[AttributeRow] = LinesModel(attributes, id_of=lambda one: one.id, number=False)
        self._values: LinesModel[ValueRow] = LinesModel(values, id_of=lambda one: one.id)
        self.attributes = LinesTable(
            self._attributes, name="attribute_dialog.attributes", label="辅助属性", row_height=36
        )
        self.values = LinesTable(self._values, name="attribute_dialog.values", label="属性值", row_height=36)
        self.attributes.set_empty(EmptyState("grid", "还没有辅助属性", "下面填名称，例如颜色，按“新增”。"))
        self.name = Field(name="attribute_dialog.name_field", label="新辅助属性", placeholder="新辅助属性，例如 颜色")
        self.words = Field(
            name="attribute_dialog.values_field", label="新属性值", placeholder="新属性值，多个用空格隔开"
        )
        self.add = KeyButton("新增", icon="plus", name="attribute_dialog.add_button")
        self.add_values = KeyButton("新增", icon="plus", name="attribute_dialog.add_values_button")
        self.delete = KeyButton("删除属性", kind="quiet", name="attribute_dialog.delete_button")
        self.delete_value = KeyButton("删除值", kind="quiet", name="attribute_dialog.delete_value_button")
        self._lay_out()
        self._connect()
        self.reload()

    def _lay_out(self) -> None:
        self.body.addWidget(Text(PATH, "hint", wrap=True))
        self.body.addWidget(self.note)
        left = column(self.attributes, _line(self.name, self.add), row(self.delete, STRETCH))
        right = column(self.values, _line(self.words, self.add_values), row(self.delete_value, STRETCH))
        both = row(left, right, spacing=16)
        both.setStretch(0, 2)
        both.setStretch(1, 3)
        self.body.addLayout(both, 1)

    def _connect(self) -> None:
        self.add.clicked.connect(self._add)
        self.add_values.clicked.connect(self._add_values)
        self.delete.clicked.connect(self._delete)
        self.delete_value.clicked.connect(self._delete_value)
        self.attributes.delete_requested.connect(lambda _key: self._delete())
        self.values.delete_requested.connect(lambda _key: self._delete_value())
        self.attributes.current_changed.connect(self._show_values)
        self._attributes.edited.connect(self._rename)
        self._values.edited.connect(self._rename_value)
        enter_presses(self.name, self.add)
        enter_presses(self.words, self.add_values)

    def show_all(self, answer: tuple[AttributeRow, ...]) -> None:
        self._attributes.set_rows(answer)
        if self._wanted is not None:
            self.attributes.select_id(self._wanted)
            self._wanted = None
        elif self.attributes.current_id() is None and answer:
            self.attributes.selectRow(0)
        self._show_values()

    def _current(self) -> AttributeRow | None:
        return self._attributes.row_at(self.attributes.currentIndex().row())

    @Slot()
    def _show_values(self) -> None:
        current = self._current()
        self._values.set_rows(current.values if current else ())
        why = None if current else "先在左边选一个辅助属性"
        self.add_values.set_blocked(why)
        self.delete.set_blocked(why)
        self.delete_value.set_blocked(why)

    # ---- changes
    @Slot()
    def _add(self) -> None:
        name = self.name.text()

        def work() -> int:
            self._wanted = self._upkeep.add_attribute(name)
            return self._wanted

        self.do(work, lambda _id: self.name.clear())

    @Slot()
    def _add_values(self) -> None:
        current, words = self._current(), split_values(self.words.text())
        if current is None or not words:
            return
        known = {one.name for one in current.values}
        total = len(known | set(words))

        def done(_count: int) -> None:
            self.words.clear()
            if total > MOST_VALUES:
                self.tell("warn", f"“{current.name}”现在有 {total} 个值；1688 一个商品最多用其中 {MOST_VALUES} 个。")

        self.do(lambda: self._upkeep.add_values(current.id, words), done)

    def _rename(self, key: int, _column: str, text: str) -> None:
        if not any(one.id == key and one.name == text.strip() for one in self._attributes.rows):
            self.do(lambda: self._upkeep.rename_attribute(key, text))

    def _rename_value(self, key: int, _column: str, text: str) -> None:
        def done(count: int) -> None:
            if count:
                self.tell("info", f"{count:,} 个 SKU 的名称跟着改成“{text.strip()}”；已开的单据不变。")

        if not any(one.id == key and one.name == text.strip() for one in self._values.rows):
            self.do(lambda: self._upkeep.rename_value(key, text), done)

    @Slot()
    def _delete(self) -> None:
        current = self._current()
        if current is not None:
            self.do(lambda: self._upkeep.delete_attribute(current.id))

    @Slot()
    def _delete_value(self) -> None:
        value = self._values.row_at(self.values.currentIndex().row())
        if value is not None:
            self.do(lambda: self._upkeep.delete_value(value.id))


def _line(field: Field, button: KeyButton) -> QWidget:
    holder = QWidget()
    line = row(field, button, parent=holder)
    line.setStretch(0, 1)
    return holder
