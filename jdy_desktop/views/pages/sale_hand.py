"""The hand at the lines of a sale: what 1688 or the stock complains of is mended where it stands."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from jdy_desktop.views.entry.form import EntryLine
from jdy_desktop.views.entry.hand import LineHand
from jdy_desktop.views.entry.notes import LineNote
from jdy_desktop.views.pages.sale_form import SaleLine
from jdy_desktop.views.shell import Shell

if TYPE_CHECKING:
    from jdy_desktop.views.pages.sale_page import SalePage


class SaleHand(LineHand):
    """As on any document; a repair may lead to another page, to the shop, or ask which offer is meant."""

    def __init__(self, page: SalePage, shell: Shell) -> None:
        super().__init__(page, shell)
        self._sale = page

    def mend(self, line: EntryLine, found: LineNote) -> None:
        if found.repair == "match":
            self._shell.open_page("match", text=line.card.code)
        elif found.repair == "opening":
            self._shell.open_page("opening", sku_id=line.sku_id)
        elif found.repair == "shop":
            self._sale.head.shop.setFocus()
            self._sale.head.shop.showPopup()
        elif found.repair == "offer" and isinstance(line, SaleLine):
            self._sale.dialogs.choose_offer(line)
        else:
            super().mend(line, found)

    def go_to_line(self, row: int | None, quantity: Decimal | str | None) -> None:
        """The line a refused pre-order complains of, its quantity open with the number that would do."""
        lines = self._sale.form.lines
        if not lines or row is None or not 1 <= row <= len(lines):
            self._sale.focus_scan()
            return
        line = lines[row - 1]
        self.last_line = line.id
        self._sale.table.select_id(line.id)
        self._sale.table.edit_once(line.id, "quantity", None if quantity is None else str(quantity))
