"""Where a refused sale can be mended: rows, a field, or neither (then the window tells)."""

from __future__ import annotations

from dataclasses import dataclass, field

from jdy_desktop.services.errors import StockShort, UserError
from jdy_desktop.views.pages.sale_form import SaleForm, plain
from jdy_desktop.views.texts import sentence


@dataclass(frozen=True, slots=True)
class Troubles:
    """`rows`: from 1, with the sentence for each. `field`: of the head. `sentence` stands under the scan row."""

    sentence: str
    rows: dict[int, str] = field(default_factory=dict)
    field: str = ""


def troubles_of(error: BaseException, form: SaleForm) -> Troubles | None:
    """None for what is not the form's fault (disk, database): the window tells that."""
    if isinstance(error, StockShort):
        rows = {}
        for one in error.params.get("shortages", ()):
            unit = form.lines[one.row - 1].card.unit if 0 < one.row <= len(form.lines) else ""
            rows[one.row] = f"库存只有 {plain(one.stock)} {unit}，要 {plain(one.wanted)} {unit}。减少数量，或先入库。"
        names = "、".join(dict.fromkeys(one.name for one in error.params.get("shortages", ())))
        return Troubles(sentence(StockShort(row=error.row, shortages=names)), rows)
    if not isinstance(error, UserError):
        return None
    words = sentence(error)
    rows = dict.fromkeys(error.params.get("rows", ()) or ([error.row] if error.row else []), words)
    return Troubles(words, rows, error.field or "")
