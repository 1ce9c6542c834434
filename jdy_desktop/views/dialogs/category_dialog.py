"""商品类别: add, rename in the cell, move, delete with what becomes of the goods told first (M64, M65 keep their names)."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.services.book.catalog_upkeep import CatalogUpkeep, CategoryImpact
from jdy_desktop.services.book.product_values import CategoryNode
from jdy_desktop.views.dialogs.batch_dialog import category_choices
from jdy_desktop.views.dialogs.upkeep_dialog import UpkeepDialog, enter_presses
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.tables.lines import LinesModel, LinesTable
from jdy_desktop.views.tables.model import Column
from jdy_desktop.views.widgets.base import STRETCH, Text, row
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import ConfirmDialog
from jdy_desktop.views.widgets.feedback import EmptyState
from jdy_desktop.views.widgets.fields import Field, FilterCombo

_INDENT = "\u3000\u3000"


@dataclass(frozen=True, slots=True)
class _Line:
    node: CategoryNode
    depth: int


class CategoryDialog(UpkeepDialog):
    """Opens with `current` chosen when it is there."""

    def __init__(self, window: QWidget, upkeep: CatalogUpkeep, runner: JobRunner, current: int | None = None) -> None:
        super().__init__(window, runner, "商品类别", upkeep.categories, name="category_dialog")
        self._upkeep, self._wanted = upkeep, current
        columns: list[Column[_Line]] = [
            Column(
                "name", "类别", lambda one: _INDENT * one.depth + one.node.name, width=300, stretch=True,
                editable=lambda _one: True, edit_text=lambda one: one.node.name,
            ),
            Column("count", "商品数", lambda one: str(one.node.count), width=90, kind="number"),
        ]  # fmt: skip
        self._model: LinesModel[_Line] = LinesModel(columns, id_of=lambda one: one.node.id, number=False)
        self.table = LinesTable(self._model, name="category_dialog.table", label="商品类别", row_height=36)
        self.table.set_empty(EmptyState("goods", "还没有类别", "下面填一个名称，按“新增”。"))
        self.name = Field(name="category_dialog.name_field", label="新类别名称", placeholder="新类别名称")
        self.add = KeyButton("新增", icon="plus", name="category_dialog.add_button")
        self.add_below = KeyButton("新增下级", name="category_dialog.add_below_button")
        self.target = FilterCombo("移到", [("最上层", None)], name="category_dialog.target_combo")
        self.move_button = KeyButton("移动", name="category_dialog.move_button")
        self.delete = KeyButton("删除", "delete_line", kind="danger", name="category_dialog.delete_button")
        self._lay_out()
        self._connect()
        self.reload()

    def _lay_out(self) -> None:
        first = row(self.name, self.add, self.add_below)
        first.setStretch(0, 1)
        self.body.addWidget(Text("在单元格里直接打字就能改名；改名不影响商品和 1688 的宝贝。", "hint"))
        self.body.addWidget(self.note)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(first)
        self.body.addLayout(row(self.target, self.move_button, STRETCH, self.delete))

    def _connect(self) -> None:
        self.add.clicked.connect(lambda: self._add(None))
        self.add_below.clicked.connect(lambda: self._add(self._current()))
        self.move_button.clicked.connect(self._move)
        self.delete.clicked.connect(self._ask_delete)
        self.table.delete_requested.connect(lambda _key: self._ask_delete())
        self.table.current_changed.connect(self._on_current)
        self._model.edited.connect(self._rename)
        enter_presses(self.name, self.add)

    def show_all(self, answer: tuple[CategoryNode, ...]) -> None:
        depths: dict[int, int] = {}
        for node in answer:
            depths[node.id] = depths.get(node.parent_id, -1) + 1 if node.parent_id is not None else 0
        self._model.set_rows([_Line(node, depths[node.id]) for node in answer])
        self.target.set_options(category_choices(answer, loose="最上层"))
        if self._wanted is not None:
            self.table.select_id(self._wanted)
            self._wanted = None
        elif self.table.current_id() is None and answer:
            self.table.selectRow(0)
        self._on_current()

    def _current(self) -> int | None:
        found = self.table.current_id()
        return found if isinstance(found, int) else None

    @Slot()
    def _on_current(self) -> None:
        why = None if self._current() is not None else "先在上面选一个类别"
        for button in (self.add_below, self.move_button, self.delete):
            button.set_blocked(why)

    def _add(self, parent_id: int | None) -> None:
        name = self.name.text()

        def done(category_id: int) -> None:
            self.name.clear()
            self.table.select_id(category_id)

        self.do(lambda: self._upkeep.add_category(name, parent_id), done)

    def _rename(self, key: int, _column: str, text: str) -> None:
        if any(one.node.id == key and one.node.name == text.strip() for one in self._model.rows):
            return
        self.do(lambda: self._upkeep.rename_category(key, text))

    @Slot()
    def _move(self) -> None:
        current, target = self._current(), self.target.value()
        if current is not None:
            self._wanted = current
            self.do(lambda: self._upkeep.move_category(current, target))

    @Slot()
    def _ask_delete(self) -> None:
        current = self._current()
        if current is not None:
            self._runner.submit(
                lambda _job: self._upkeep.preview_delete_category(current),
                owner=self,
                on_done=lambda impact: self._confirm(current, impact),
                on_error=self._on_error,
            )

    def _confirm(self, category_id: int, impact: CategoryImpact) -> None:
        below = f"和它下面的 {impact.below:,} 个类别" if impact.below else ""
        goes_to = f"类别“{impact.goes_to}”" if impact.goes_to else "“未分类”"
        stays = f"里面的 {impact.goods:,} 个商品不会删除，移到{goes_to}。" if impact.goods else "里面没有商品。"
        dialog = ConfirmDialog(
            self,
            "删除类别",
            f"要删除类别“{impact.name}”吗？",
            goes=f"类别“{impact.name}”{below}会删除；不能撤销。",
            stays=stays,
            yes="删除类别",
            name="category_delete_dialog",
        )
        dialog.accepted.connect(lambda: self.do(lambda: self._upkeep.delete_category(category_id)))
        dialog.open()
