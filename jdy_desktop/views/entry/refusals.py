"""Where a refused document can be mended: rows, a field, or neither (the window tells)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jdy_desktop.services.errors import StockShort, UserError
from jdy_desktop.views.entry.form import EntryForm
from jdy_desktop.views.figures import plain
from jdy_desktop.views.texts import sentence
from jdy_desktop.views.widgets.fields import Field


@dataclass(frozen=True, slots=True)
class Stuck:
    """A field whose text cannot be taken, and why."""

    field: Field
    sentence: str


@dataclass(frozen=True, slots=True)
class Troubles:
    """`rows`: from 1, with the sentence for each. `field`: of the head. `sentence` stands under the scan row."""

    sentence: str
    rows: dict[int, str] = field(default_factory=dict)
    field: str = ""


def troubles_of(error: BaseException, form: EntryForm[Any]) -> Troubles | None:
    """None for what is not the form's fault (disk, database): the window tells that."""
    if isinstance(error, StockShort):
        rows, lines = {}, form.wanted()
        for one in error.params.get("shortages", ()):
            unit = lines[one.row - 1].card.unit if 0 < one.row <= len(lines) else ""
            rows[one.row] = f"库存只有 {plain(one.stock)} {unit}，要 {plain(one.wanted)} {unit}。减少数量，或先入库。"
        names = "、".join(dict.fromkeys(one.name for one in error.params.get("shortages", ())))
        return Troubles(sentence(StockShort(row=error.row, shortages=names)), rows)
    if not isinstance(error, UserError):
        return None
    words = sentence(error)
    rows = dict.fromkeys(error.params.get("rows", ()) or ([error.row] if error.row else []), words)
    return Troubles(words, rows, error.field or "")
