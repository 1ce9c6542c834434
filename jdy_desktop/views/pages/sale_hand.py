"""The hand at the lines of a sale: what a scan, a key or a repair does to them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from jdy_desktop.services.queries.picker import SkuCard
from jdy_desktop.views.shell import Shell

if TYPE_CHECKING:
    from jdy_desktop.views.pages.sale_page import SalePage

_UNKNOWN = "没有这个代码、条码或名称，什么都没有加。"


class LineHand(QObject):
    """`last_line`: the one touched last; `12*` and `59/` are meant for it."""

    def __init__(self, page: SalePage, shell: Shell) -> None:
        super().__init__(page)
        self._page, self._shell = page, shell
        self.last_line = 0
        self._unknown: list[str] = []

    def add(self, card: SkuCard, new_line: bool, by_hand: bool) -> None:
        if by_hand or not self._tells_unknown():
            self._page.untell()
        self.last_line = self._page.form.add(card, new_line=new_line)
        self._page.scan.just_picked = by_hand
        self._page.desk.touch()
        self._page.table.select_id(self.last_line)

    def tell_unknown(self, text: str) -> None:
        """Stays while the scanner goes on: who scans without looking up would miss a piece."""
        if not self._tells_unknown():
            self._unknown.clear()
        if text not in self._unknown:
            self._unknown.append(text)
        self._page.tell("bad", _UNKNOWN, bold=self._unknown_words(), repair="到商品中心新增")

    def _unknown_words(self) -> str:
        """All of them up to three, then their number."""
        known = self._unknown
        return f"{'、'.join(known[-3:])}{f' 等 {len(known)} 个' if len(known) > 3 else ''}："

    def _tells_unknown(self) -> bool:
        note = self._page.head.note
        return bool(self._unknown) and not note.isHidden() and note.accessibleName() == self._unknown_words() + _UNKNOWN

    @Slot()
    def add_unknown_goods(self) -> None:
        self._shell.open_page("goods", new_code=self._unknown[-1] if self._unknown else "")

    def set_last(self, key: str, number: Decimal) -> None:
        self.change(self.last_line, key, number)

    def open_cell(self, key: str) -> None:
        self._page.table.edit_once(self.last_line, key)

    def take_key(self, event: QKeyEvent) -> None:
        self._page.focus_scan()
        QApplication.sendEvent(
            self._page.head.scan, QKeyEvent(event.type(), event.key(), event.modifiers(), event.text())
        )

    def take_scan(self, code: str) -> None:
        self._page.focus_scan()
        self._page.scan.submit(code)

    # ---- lines
    def change(self, line_id: object, key: str, value: object) -> None:
        if self._page.form.line(line_id) is None or self._page.is_read_only():
            return
        if not self._tells_unknown():
            self._page.untell()
        self._page.scan.just_picked = False
        if key == "quantity" and value == 0:
            self.remove(line_id)
            return
        changes: dict[str, Any] = {
            "discount": {"discount_rate": value},
            "price": {"price": value, "by_hand": True},
        }.get(key, {key: value})
        self._page.form.change(line_id, **changes)
        self._page.desk.touch()

    def fill(self, quantities: list[tuple[SkuCard, Decimal]]) -> None:
        """What the grid says of each SKU."""
        for card, quantity in quantities:
            self.last_line = self._page.form.set_quantity(card, quantity) or self.last_line
        self._page.scan.just_picked = False
        self._page.desk.touch()
        self._page.table.select_id(self.last_line)

    def remove(self, line_id: object) -> None:
        line = self._page.form.line(line_id)
        if line is None or self._page.is_read_only():
            return
        before = list(self._page.form.lines)
        form = self._page.form
        self._page.form.remove(line_id)
        if self.last_line == line_id:
            self.last_line = self._page.form.lines[-1].id if self._page.form.lines else 0
        self._page.desk.touch()

        def undo() -> None:
            if self._page.form is form:
                form.lines = before
                self._page.desk.touch()

        self._shell.toast(f"已删除 {line.card.product_name} {line.card.sku_name}".strip(), undo)
        self._page.focus_scan()

    @Slot()
    def take_last_price(self) -> None:
        """最近售价 of this customer, by one key (W20)."""
        line = self._page.form.line(self._page.current_id())
        if line is not None and line.card.last_price is not None:
            self.change(line.id, "price", line.card.last_price)

    def repair(self, line_id: object) -> None:
        line, found = self._page.form.line(line_id), self._page.notes.by_line.get(line_id)  # type: ignore[call-overload]
        if line is None or found is None or self._page.is_read_only():
            return
        if found.repair == "quantity":
            self.change(line.id, "quantity", found.quantity)
            self._page.focus_scan()
        elif found.repair in ("edit", "price"):
            self._page.table.edit_once(line.id, "price" if found.repair == "price" else "quantity")
        elif found.repair == "match":
            self._shell.open_page("match", text=line.card.code)
        elif found.repair == "opening":
            self._shell.open_page("opening", sku_id=line.sku_id)
        elif found.repair == "shop":
            self._page.head.shop.setFocus()
            self._page.head.shop.showPopup()
        elif found.repair == "offer":
            self._page.dialogs.choose_offer(line)

    def go_to_line(self, row: int | None, quantity: Decimal | str | None) -> None:
        """The line a refused pre-order complains of, its quantity open with the number that would do."""
        lines = self._page.form.lines
        if not lines or row is None or not 1 <= row <= len(lines):
            self._page.focus_scan()
            return
        line = lines[row - 1]
        self.last_line = line.id
        self._page.table.select_id(line.id)
        self._page.table.edit_once(line.id, "quantity", None if quantity is None else str(quantity))
