"""Why a sale cannot be changed, and where a refused one can be mended: rows, a field, or neither (the window tells)."""

from __future__ import annotations

from dataclasses import dataclass, field

from jdy_desktop.services.errors import StockShort, UserError
from jdy_desktop.views.figures import plain
from jdy_desktop.views.pages.sale_form import SaleForm
from jdy_desktop.views.texts import sentence

#: why a stored sale can only be looked at, by what locks it.
LOCKED = {
    "pre_order_uploaded": "预订单已经发给 1688，这张销货单不能再改，只能看。要改就作废后重开。",
    "document_reviewed": "这张单据已审核，不能再改；先反审核。",
    "document_voided": "这张单据已作废，只能看。",
    "document_has_returns": "这张销货单已经有退货单，不能再改；先作废退货单。",
}


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
