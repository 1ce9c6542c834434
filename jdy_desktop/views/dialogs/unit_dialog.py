"""计量单位: groups with their base unit, and further units that count in it, e.g. 1 箱 = 12 件 (M68)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.rules.rounding import parse_decimal
from jdy_desktop.services.book.catalog_upkeep import CatalogUpkeep, UnitGroupRow, UnitRow
from jdy_desktop.services.errors import UserError
from jdy_desktop.views.dialogs.upkeep_dialog import UpkeepDialog, enter_presses
from jdy_desktop.views.figures import plain
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.tables.lines import LinesModel, LinesTable
from jdy_desktop.views.tables.model import Column
from jdy_desktop.views.texts import sentence
from jdy_desktop.views.widgets.base import STRETCH, Text, row, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.fields import Field

_RATIO_PLACES = 4


@dataclass(frozen=True, slots=True)
class _Line:
    group: UnitGroupRow
    unit: UnitRow

    @property
    def is_first(self) -> bool:
        return self.group.units[0].id == self.unit.id

    @property
    def ratio(self) -> str:
        """1 箱 = 12 件."""
        if self.unit.is_base:
            return "基本单位"
        return f"1 {self.unit.name} = {plain(self.unit.ratio)} {self.group.units[0].name}"


class UnitDialog(UpkeepDialog):
    """Names and ratios are typed in their cells."""

    def __init__(self, window: QWidget, upkeep: CatalogUpkeep, runner: JobRunner) -> None:
        super().__init__(window, runner, "计量单位", upkeep.unit_groups, name="unit_dialog", width=700)
        self._upkeep = upkeep
        columns: list[Column[_Line]] = [
            Column("group", "计量单位组", lambda one: one.group.name if one.is_first else "", width=120),
            Column("name", "单位", lambda one: one.unit.name, width=120, editable=lambda _one: True),
            Column(
                "ratio", "换算", lambda one: one.ratio, width=180, stretch=True,
                editable=lambda one: not one.unit.is_base, edit_text=lambda one: plain(one.unit.ratio),
            ),
            Column("goods", "商品数", lambda one: str(one.unit.n_goods), width=90, kind="number"),
        ]  # fmt: skip
        self._model: LinesModel[_Line] = LinesModel(columns, id_of=lambda one: one.unit.id, number=False)
        self.table = LinesTable(self._model, name="unit_dialog.table", label="计量单位", row_height=36)
        self.name = Field(name="unit_dialog.name_field", label="新单位名称", placeholder="新单位名称")
        ratio = Field(name="unit_dialog.ratio_field", label="等于几个基本单位", placeholder="等于几个", right=True)
        self.ratio = sized(ratio, width=100)
        self.add_group = KeyButton("新增单位组", icon="plus", name="unit_dialog.add_group_button")
        self.add_unit = KeyButton("加到所选组", name="unit_dialog.add_unit_button")
        self.delete = KeyButton("删除", "delete_line", kind="danger", name="unit_dialog.delete_button")
        self._lay_out()
        self._connect()
        self.reload()

    def _lay_out(self) -> None:
        words = "单位组和基本单位同名；要按箱、打进货时加到同一组，填等于几个基本单位。"
        self.body.addWidget(Text(words, "hint", wrap=True))
        self.body.addWidget(self.note)
        self.body.addWidget(self.table, 1)
        line = row(self.name, self.ratio, self.add_unit, self.add_group)
        line.setStretch(0, 1)
        self.body.addLayout(line)
        self.body.addLayout(row(STRETCH, self.delete))

    def _connect(self) -> None:
        self.add_group.clicked.connect(self._add_group)
        self.add_unit.clicked.connect(self._add_unit)
        self.delete.clicked.connect(self._delete)
        self.table.delete_requested.connect(lambda _key: self._delete())
        self._model.edited.connect(self._change)
        enter_presses(self.name, self.add_group)
        enter_presses(self.ratio, self.add_unit)

    def show_all(self, answer: tuple[UnitGroupRow, ...]) -> None:
        self._model.set_rows([_Line(group, unit) for group in answer for unit in group.units])
        if self.table.current_id() is None and answer:
            self.table.selectRow(0)

    def _current(self) -> _Line | None:
        return self._model.row_at(self.table.currentIndex().row())

    @Slot()
    def _add_group(self) -> None:
        name = self.name.text()
        self.do(lambda: self._upkeep.add_unit_group(name), lambda _id: self.name.clear())

    @Slot()
    def _add_unit(self) -> None:
        current, name = self._current(), self.name.text()
        ratio = self._ratio_of(self.ratio.text())
        if current is None or ratio is None:
            return

        def done(unit_id: int) -> None:
            self.name.clear()
            self.ratio.clear()
            self.table.select_id(unit_id)

        self.do(lambda: self._upkeep.add_unit(current.group.id, name, ratio), done)

    def _ratio_of(self, text: str) -> Decimal | None:
        """The ratio, or None after it was told why not."""
        found = parse_decimal(text, places=_RATIO_PLACES)
        if isinstance(found, Decimal):
            return found
        self.tell("bad", sentence(UserError("unit_ratio_wrong", field="unit")))
        return None

    def _change(self, key: int, what: str, text: str) -> None:
        line = next((one for one in self._model.rows if one.unit.id == key), None)
        if line is None:
            return
        name = text if what == "name" else line.unit.name
        ratio = self._ratio_of(text) if what == "ratio" else line.unit.ratio
        if ratio is None or (name.strip(), ratio) == (line.unit.name, line.unit.ratio):
            return
        self.do(lambda: self._upkeep.change_unit(key, name, ratio))

    @Slot()
    def _delete(self) -> None:
        current = self._current()
        if current is not None:
            self.do(lambda: self._upkeep.delete_unit(current.unit.id))
