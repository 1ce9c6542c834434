"""The sentence under a line, and the key that mends what it says."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from jdy_desktop.views.entry.form import EntryLine
from jdy_desktop.views.tables.model import Note

#: the key of the repair, as it is printed beside the sentence
KEY = "Alt+Enter"


@dataclass(frozen=True, slots=True)
class LineNote:
    """`repair`: what Alt+Enter does: quantity (with `quantity`), match, offer, shop, price, opening; "" nothing."""

    note: Note
    repair: str = ""
    quantity: Decimal | None = None


class Notes:
    """Which note stands under which line; the model asks for each row it paints."""

    def __init__(self) -> None:
        self.by_line: dict[int, LineNote] = {}

    def of(self, line: EntryLine) -> Note | None:
        found = self.by_line.get(line.id)
        return found.note if found else None
