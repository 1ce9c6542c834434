"""The parts of 期初录入 that only show: lines being entered, openings already stored, and rows that could not be pasted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLineEdit, QWidget

from jdy_desktop.services.book.opening_entry import Entry, RefusedLine
from jdy_desktop.views.figures import money, plain
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.tables.lines import LinesModel, LinesTable
from jdy_desktop.views.tables.model import Column, PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.texts.pasting import paste_refusal
from jdy_desktop.views.widgets.base import Text, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame


def opening_columns(
    picture: Callable[[Entry], QPixmap | None], warehouse: Callable[[Entry], str], *, day: str, many_warehouses: bool
) -> list[Column[Entry]]:
    """The date is the start period and no cell: it cannot be changed (M14)."""
    return [
        Column(
            "goods", "商品", lambda e: e.goods.product_name, 300, kind="goods", second=lambda e: e.goods.code,
            picture=picture, stretch=True, fixed=True,
        ),
        Column("spec", "属性", lambda e: e.goods.sku_name, 110),
        Column("unit", "单位", lambda e: e.goods.unit, 52, align="center", tone=lambda _e: "text2"),
        Column(
            "warehouse", "仓库", warehouse, 120, editable=(lambda _e: True) if many_warehouses else None,
            edit_text=lambda _e: "",
        ),
        Column(
            "quantity", "数量", lambda e: plain(e.quantity) if e.quantity is not None else "", 110, kind="number",
            bold=True, editable=lambda _e: True, fixed=True, placeholder="填数量",
        ),
        Column(
            "unit_cost", "单位成本", lambda e: money(e.unit_cost), 120, kind="number", editable=lambda _e: True,
            fixed=True, placeholder="填成本",
        ),
        Column("amount", "金额", lambda e: money(e.amount), 120, kind="number"),
        Column("day", "期初日期", lambda _e: day, 100, tone=lambda _e: "hint"),
    ]  # fmt: skip


class OpeningTable(LinesTable):
    """Enter after the last cell leaves the table: the next goods are scanned."""

    editing_done = Signal()

    def __init__(self, model: LinesModel[Entry], store: SettingsStore) -> None:
        super().__init__(model, name="opening_page.lines", store=store, label="期初录入明细")
        self._open: tuple[Any, str] | None = None
        self.editor_opened.connect(self._on_opened)

    def _on_opened(self, _editor: QLineEdit, key: Any, name: str) -> None:
        self._open = key, name

    def keep_cell(self, show: Callable[[], None]) -> None:
        """Let `show` put other rows in; a cell that is open for typing is open again afterwards, as it stood."""
        editor, place = self._editor, self._open
        typed = editor.text() if editor is not None and editor.isVisible() else None
        show()
        if typed is not None and place is not None and self.edit_cell(*place) and self._editor is not None:
            self._editor.setText(typed)
            self._editor.setFocus()

    def edit_next(self, *, back: bool = False) -> bool:
        key = self.rows_model().columns[self.currentIndex().column()].key
        if not back and key == "unit_cost":
            self.editing_done.emit()
            return False
        return super().edit_next(back=back)


REFUSED_COLUMNS: list[Column[RefusedLine]] = [
    Column("row", "行", lambda r: str(r.row), width=52, kind="number"),
    Column("text", "剪贴板里的内容", lambda r: r.text, width=320, stretch=True),
    Column("reason", "原因", lambda r: paste_refusal(r.field, r.reason), width=180, tone=lambda _r: "bad"),
]


class RefusedDialog(DialogFrame):
    """Rows that were not pasted; they can be copied back into Excel."""

    def __init__(self, window: QWidget, refused: Sequence[RefusedLine], store: SettingsStore) -> None:
        title = f"{len(refused)} 行没有粘贴"
        super().__init__(window, title, width=680, name="refused_dialog")
        by_row = {one.row: one for one in refused}
        model = PagedTableModel(REFUSED_COLUMNS, lambda ids: {one: by_row[one] for one in ids})
        model.set_ids(list(by_row))
        self.table = sized(DataTable(model, name="refused_dialog.table", store=store, label=title), height=300)
        self.body.addWidget(Text("其余的行已经放进表格。改好这几行再复制粘贴一次就行，不会重复。", "label", wrap=True))
        self.body.addWidget(self.table)
        self.add_left(KeyButton("复制这些行", "copy", kind="quiet", icon="copy", name="refused_dialog.copy_button"))
        ok = KeyButton("确定", "ok", kind="primary", name="refused_dialog.ok_button")
        self.add_button(ok, self.accept, default=True)
        self.findChild(KeyButton, "refused_dialog.copy_button").clicked.connect(self._copy)  # type: ignore[union-attr]

    def _copy(self) -> None:
        self.table.selectAll()
        self.table.copy_rows()
