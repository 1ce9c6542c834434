"""The lines of a sale on the screen: columns, their typing, and the scanner that may arrive in a cell."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QLineEdit

from jdy_desktop.models.rules.rounding import NumberProblem, parse_decimal
from jdy_desktop.views.figures import money, plain
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.pages.sale_form import SaleLine
from jdy_desktop.views.pages.sale_notes import LineNote
from jdy_desktop.views.pages.sale_scan import BurstGuard
from jdy_desktop.views.tables.lines import GHOST, LinesModel, LinesTable
from jdy_desktop.views.tables.model import Column, Note

PROBLEMS = {
    NumberProblem.EMPTY: "没有填数字，没有改动。",
    NumberProblem.NOT_A_NUMBER: "这不是数字，没有改动。",
    NumberProblem.TOO_MANY_PLACES: "小数位太多，没有改动：数量 4 位，单价 6 位，金额 2 位。",
    NumberProblem.TOO_SMALL: "不能小于 0，没有改动；退货请用“退换”。",
    NumberProblem.TOO_LARGE: "数字太大，没有改动。",
}


def line_columns(
    picture: Callable[[SaleLine], QPixmap | None],
    warehouse: Callable[[SaleLine], str],
    may_edit: Callable[[SaleLine], bool],
    *,
    has_tax: bool,
) -> list[Column[SaleLine]]:
    """Tax columns only where tax is computed (control question 3); the page shows more in a wide window (look.md §5)."""
    columns: list[Column[SaleLine]] = [
        Column(
            "goods", "商品", lambda s: s.card.product_name, 240, kind="goods", second=lambda s: s.card.code,
            picture=picture, stretch=True, fixed=True,
        ),
        Column("spec", "属性", lambda s: s.card.sku_name, 100),
        Column("unit", "单位", lambda s: s.card.unit, 48, align="center", tone=lambda _s: "text2"),
        Column("warehouse", "仓库", warehouse, 96, tone=lambda _s: "text2", hidden=True),
        Column(
            "quantity", "数量", lambda s: plain(s.quantity), 84, kind="number", bold=True, editable=may_edit, fixed=True
        ),
        Column(
            "price", "销售单价", lambda s: money(s.price), 84, kind="number", editable=may_edit, fixed=True,
            edit_text=lambda s: money(s.price),
        ),
        Column(
            "discount", "折扣率(%)", lambda s: plain(s.discount_rate), 92, kind="number", editable=may_edit,
            tone=lambda _s: "text2", hidden=True,
        ),
        Column("amount", "销售金额", lambda s: money(s.money.amount if s.money else None), 92, kind="number", fixed=True),
    ]  # fmt: skip
    if has_tax:
        columns += [
            Column("tax_rate", "税率(%)", lambda s: plain(s.money.tax_rate) if s.money else "", 72, kind="number"),
            Column(
                "gross_price", "含税单价", lambda s: _price(s.money.gross_price) if s.money else "", 92, kind="number"
            ),
            Column("tax", "税额", lambda s: money(s.money.tax if s.money else None), 84, kind="number"),
            Column("gross", "价税合计", lambda s: money(s.money.gross if s.money else None), 100, kind="number"),
        ]
    columns.append(
        Column(
            "stock", "库存", lambda s: plain(s.card.stock), 60, kind="number", tone=lambda _s: "text2", hidden=has_tax
        )
    )
    columns += [
        Column("online", "线上库存", _online, 80, kind="number", tone=lambda _s: "text2", hidden=has_tax),
        Column("minimum", "起订量", _minimum, 72, kind="number", tone=lambda _s: "text2", hidden=True),
        Column("remark", "备注", lambda s: s.remark, 120, editable=may_edit, hidden=True),
    ]
    return columns


def _price(price: Decimal) -> str:
    return money(price)


def _online(line: SaleLine) -> str:
    return plain(line.card.offer.online_stock) if line.card.offer else "—"


def _minimum(line: SaleLine) -> str:
    return plain(line.card.offer.minimum_quantity) if line.card.offer else "—"


class SaleTable(LinesTable):
    """`typed(line_id, key, value)` carries a Decimal or text; `refused(sentence)` a number that cannot be one.

    Keys that belong to no cell go to the scan row (`stray(QKeyEvent)`); a scanner in an open cell is `scanned(code)`.
    """

    #: cells that hold words; all others hold numbers
    TEXTS = frozenset({"remark"})
    typed = Signal(object, str, object)
    refused = Signal(str)
    stray = Signal(object)
    scanned = Signal(str)
    editing_done = Signal()

    def __init__(
        self, model: LinesModel[Any], store: SettingsStore, *, name: str = "sale_page.lines", label: str = "销货单明细"
    ) -> None:
        super().__init__(model, name=name, store=store, label=label)
        self.once = False
        self._open_key: tuple[object, str] | None = None
        model.edited.connect(self._on_edited)
        self.editor_opened.connect(self._on_editor)

    def edit_once(self, line_id: object, key: str, text: str | None = None) -> bool:
        """Open one cell and come back to the scan row after Enter, instead of going on to the next cell."""
        if not self.edit_cell(line_id, key):
            return False
        self.once = True
        if text is not None and self._editor is not None:
            self._editor.setText(text)
            self._editor.selectAll()
        return True

    def edit_next(self, *, back: bool = False) -> bool:
        if self.once:
            self.once = False
            self.editing_done.emit()
            return True
        if super().edit_next(back=back):
            return True
        self.editing_done.emit()  # past the last cell: the scan row waits
        return False

    def _on_editor(self, editor: QLineEdit, line_id: object, key: str) -> None:
        self.once = False
        self._open_key = (line_id, key)
        guard = BurstGuard(editor)
        guard.scanned.connect(self._on_scan)

    def _on_scan(self, code: str) -> None:
        self.close_editor(commit=False)
        self.once = False
        self.scanned.emit(code)

    def _on_edited(self, line_id: object, key: str, text: str) -> None:
        if line_id == GHOST:
            return
        if key in self.TEXTS:
            self.typed.emit(line_id, key, text.strip())
            return
        number = parse_number(text, key)
        if isinstance(number, NumberProblem):
            self.refused.emit(PROBLEMS[number])
        else:
            self.typed.emit(line_id, key, number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        is_cell = index.isValid() and bool(index.flags() & Qt.ItemFlag.ItemIsEditable)
        plain_key = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if plain_key and event.text().isprintable() and event.text() and not is_cell:
            self.stray.emit(event)
        elif Qt.Key(event.key()) == Qt.Key.Key_Escape and plain_key:
            self.editing_done.emit()
        else:
            super().keyPressEvent(event)


def parse_number(text: str, key: str) -> Decimal | NumberProblem:
    """A typed quantity, price, percentage or amount; never rounded."""
    places = {"quantity": 4, "price": 6, "discount": 4, "tax_rate": 4}.get(key, 2)
    most = Decimal(100) if key in ("discount", "tax_rate") else None
    if most is None:
        return parse_decimal(text, places=places, minimum=Decimal(0))
    return parse_decimal(text, places=places, minimum=Decimal(0), maximum=most)


class Notes(QObject):
    """Which note stands under which line; the model asks for each row it paints."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.by_line: dict[int, LineNote] = {}

    def of(self, line: SaleLine) -> Note | None:
        found = self.by_line.get(line.id)
        return found.note if found else None
