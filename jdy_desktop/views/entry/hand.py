"""The hand at the lines of a document: what a scan, a key or a repair does to them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from jdy_desktop.services.queries.picker import SkuCard
from jdy_desktop.views.entry.form import EntryForm, EntryLine
from jdy_desktop.views.entry.notes import LineNote
from jdy_desktop.views.shell import Shell

if TYPE_CHECKING:
    from jdy_desktop.views.entry.page import EntryPage

_UNKNOWN = "没有这个代码、条码或名称，什么都没有加。"


class LineHand(QObject):
    """`last_line`: the one touched last; `12*` and `59/` are meant for it."""

    def __init__(self, page: EntryPage[Any, Any], shell: Shell) -> None:
        super().__init__(page)
        self._page, self._shell = page, shell
        self.last_line = 0
        self._unknown: list[str] = []

    @property
    def _form(self) -> EntryForm[Any]:
        form: EntryForm[Any] = self._page.form
        return form

    # ---- scans
    def add(self, card: SkuCard, new_line: bool, by_hand: bool) -> None:
        """A piece of these goods more; `by_hand`: picked from the list, so digits typed next are its quantity."""
        if by_hand or not self._tells_unknown():
            self._page.untell()
        self.last_line = self._form.add(card, new_line=new_line)
        self._page.scan.just_picked = by_hand
        self._show_last()

    def _show_last(self) -> None:
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

    def take_key(self, event: QKeyEvent) -> None:
        """A key that belongs to no cell is meant for the scan row."""
        self._page.focus_scan()
        QApplication.sendEvent(
            self._page.head.scan, QKeyEvent(event.type(), event.key(), event.modifiers(), event.text())
        )

    def take_scan(self, code: str) -> None:
        """A scanner was heard in a cell or a field."""
        self._page.focus_scan()
        self._page.scan.submit(code)

    # ---- lines
    def set_last(self, key: str, number: Decimal) -> None:
        self.change(self.last_line, key, number)

    def open_cell(self, key: str) -> None:
        self._page.table.edit_once(self.last_line, key)

    def change(self, line_id: object, key: str, value: object) -> None:
        """What was typed into a cell."""
        if self._form.line(line_id) is None or self._page.is_read_only():
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
        self._form.change(line_id, **changes)
        self._page.desk.touch()

    def fill(self, quantities: list[tuple[SkuCard, Decimal]]) -> None:
        """What the grid says of each SKU."""
        for card, quantity in quantities:
            self.last_line = self._form.set_quantity(card, quantity) or self.last_line
        self._page.scan.just_picked = False
        self._show_last()

    def remove(self, line_id: object) -> None:
        """Take a line away; the toast can put it back."""
        form, line = self._form, self._form.line(line_id)
        if line is None or self._page.is_read_only():
            return
        place = form.lines.index(line)
        form.remove(line_id)
        if self.last_line == line_id:
            self.last_line = form.lines[-1].id if form.lines else 0
        self._page.desk.touch()
        self._shell.toast(
            f"已删除 {line.card.product_name} {line.card.sku_name}".strip(), lambda: self._put_back(form, place, line)
        )
        self._page.focus_scan()

    def _put_back(self, form: EntryForm[Any], place: int, line: EntryLine) -> None:
        """撤销, as long as the same document is in hand; what was scanned meanwhile stays."""
        if self._form is not form:
            return
        if form.line(line.id) is not None:  # of a slip: it had stayed and returned nothing
            form.lines = [line if one.id == line.id else one for one in form.lines]
        else:
            form.lines = [*form.lines[:place], line, *form.lines[place:]]
        self._page.desk.touch()

    # ---- repairs
    @Slot()
    def take_last_price(self) -> None:
        """The price of last time on the current line, by one key (W20, W21)."""
        line = self._form.line(self._page.current_id())
        price = self.last_price(line) if line is not None else None
        if line is not None and price is not None:
            self.change(line.id, "price", price)

    def last_price(self, line: Any) -> Decimal | None:
        """What this customer paid for the goods last time, yuan."""
        price: Decimal | None = line.card.last_price
        return price

    def repair(self, line_id: object) -> None:
        """Alt+Enter: what the sentence under the line offers."""
        line = self._form.line(line_id)
        if line is None or self._page.is_read_only():
            return
        found = self._page.notes.by_line.get(line.id)
        if found is not None:
            self.mend(line, found)

    def mend(self, line: EntryLine, found: LineNote) -> None:
        if found.repair == "quantity":
            self.change(line.id, "quantity", found.quantity)
            self._page.focus_scan()
        elif found.repair in ("edit", "price"):
            self._page.table.edit_once(line.id, "price" if found.repair == "price" else "quantity")
