"""Ctrl+V of rows: what goes into the document and what does not, with totals, before anything changes (W37, W38)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from jdy_desktop.models.rules.rounding import times, to_amount
from jdy_desktop.services.book.document_paste import PastedLine, PastedRows, RefusedRow
from jdy_desktop.services.queries.picker import SkuCard
from jdy_desktop.views.figures import money, plain
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.tables.model import Column, PagedTableModel
from jdy_desktop.views.tables.table import DataTable
from jdy_desktop.views.texts.pasting import paste_refusal
from jdy_desktop.views.widgets.base import Text, sized
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame

_Row = PastedLine[SkuCard] | RefusedRow


def _name(one: _Row) -> str:
    return f"{one.goods.product_name} {one.goods.sku_name}".strip() if isinstance(one, PastedLine) else one.text


def _state(one: _Row) -> str:
    return "填入" if isinstance(one, PastedLine) else paste_refusal(one.field, one.reason)


def _price(one: _Row) -> str:
    return money(one.price) if isinstance(one, PastedLine) and one.price is not None else ""


def _worth(one: _Row) -> Decimal:
    if not isinstance(one, PastedLine) or one.price is None:
        return Decimal(0)
    return to_amount(times(one.price, one.quantity))


def _columns(houses: Mapping[int, str], *, has_price: bool, refused: bool) -> list[Column[_Row]]:
    columns: list[Column[_Row]] = [
        Column("row", "行", lambda r: str(r.row), width=44, kind="number"),
        Column("code", "SKU代码", lambda r: r.goods.code if isinstance(r, PastedLine) else "", width=130, kind="strong"),
        Column("name", "商品", _name, width=220, stretch=True),
        Column("warehouse", "仓库", lambda r: houses.get(r.warehouse_id or 0, "") if isinstance(r, PastedLine) else "", width=80),
        Column("quantity", "数量", lambda r: plain(r.quantity) if isinstance(r, PastedLine) else "", width=72, kind="number"),
    ]  # fmt: skip
    if has_price:
        columns.append(Column("price", "单价", _price, width=84, kind="number"))
    columns.append(
        Column(
            "state",
            "结果",
            _state,
            width=150 if not refused else 320,
            tone=lambda r: "ok" if isinstance(r, PastedLine) else "bad",
        )
    )
    return columns


class PasteDialog(DialogFrame):
    """`taken(lines)` after Enter; nothing has changed before."""

    taken = Signal(object)

    def __init__(
        self,
        host: QWidget,
        found: PastedRows[SkuCard],
        houses: Mapping[int, str],
        store: SettingsStore,
        *,
        has_price: bool,
    ) -> None:
        super().__init__(host, "从 Excel 粘贴", width=980 if found.refused else 820, name="paste_dialog")
        self._lines = found.lines
        # What cannot go in stands first: the clerk must not have to look for it.
        listed: list[_Row] = [*found.refused, *found.lines]
        rows = {one.row: one for one in listed}
        model: PagedTableModel[_Row] = PagedTableModel(
            _columns(houses, has_price=has_price, refused=bool(found.refused)),
            lambda ids: {one: rows[one] for one in ids},
        )
        model.set_ids(list(rows))
        self.table = sized(DataTable(model, name="paste_dialog.table", store=store, label="粘贴的行"), height=320)
        pieces = sum((one.quantity for one in found.lines), Decimal(0))
        worth = f" · 金额 {sum(map(_worth, found.lines), Decimal(0)):,.2f}" if has_price else ""
        words = f"{len(found.lines)} 行会填入 · {plain(pieces)} 件{worth}"
        if found.refused:
            words += f"；{len(found.refused)} 行不会填入，原因在右边，改好后再粘贴这几行。"
        self.sums = Text(words, "strong", wrap=True)
        self.sums.setObjectName("paste_dialog.sums")
        self.body.addWidget(self.sums)
        self.body.addWidget(self.table)
        self.add_button(KeyButton("取消", "cancel", name="paste_dialog.cancel_button"), self.reject)
        ok = KeyButton(f"填入 {len(found.lines)} 行", "ok", kind="primary", name="paste_dialog.ok_button")
        self.add_button(ok, self.accept, default=True)
        ok.set_blocked(None if found.lines else "没有能填入的行")
        self.accepted.connect(partial(self._give))

    def open(self) -> None:
        """Enter is meant for 填入, not for a line of the table."""
        super().open()
        if self._default is not None:
            self._default.setFocus()

    def _give(self) -> None:
        if self._lines:
            self.taken.emit(self._lines)
