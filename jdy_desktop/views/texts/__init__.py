"""Every sentence and label the clerk reads that is chosen by a code: errors, advice, warnings, states, reasons.

A sentence says what happened, where, whether anything is lost, and what to press next. Templates take the error's
parameters by name, and `{where}` (第 3 行的数量), `{place}` (第 3 行) and `{field}` (数量), made from its `row` (counted from
1, as on the screen) and `field`. A part in square brackets is left out when one of its parameters is unknown. Texts of
1688 are shown verbatim, never instead of ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from jdy_desktop.services.errors import JdyError, PlatformError
from jdy_desktop.views.texts.asides import ADVICE, REASONS, WARNINGS
from jdy_desktop.views.texts.book import BOOK
from jdy_desktop.views.texts.channel import CHANNEL
from jdy_desktop.views.texts.filling import filled
from jdy_desktop.views.texts.goods import GOODS, ROWS
from jdy_desktop.views.texts.labels import FIELDS, LABELS, PRICE_LABELS
from jdy_desktop.views.texts.machine import MACHINE
from jdy_desktop.views.texts.pre_order_notes import NOTES
from jdy_desktop.views.texts.workbooks import FILE_FAULTS, WORKBOOK_SENTENCES

__all__ = [
    "ADVICE",
    "FIELDS",
    "LABELS",
    "NOTES",
    "PRICE_LABELS",
    "REASONS",
    "SENTENCES",
    "WARNINGS",
    "advice",
    "label",
    "note_sentence",
    "reason",
    "row_sentence",
    "sentence",
]

_CHINESE = re.compile(r"[\u4e00-\u9fff]")

#: error code → sentence
SENTENCES: dict[str, str] = {
    # the base classes
    "error": "这一步没有做成，数据没有丢。再试一次；还不行就复制报告发给我们。",
    "user_error": "{where}填的内容不能用，没有保存。改好后再按一次。",
    **BOOK,
    **GOODS,
    **CHANNEL,
    **MACHINE,
    **WORKBOOK_SENTENCES,
}


def label(member: StrEnum) -> str:
    """The manual's word for a state or choice."""
    return LABELS[type(member)][member]


def sentence(error: JdyError) -> str:
    """One Chinese sentence for an error; every code has one (a test keeps the table complete)."""
    params: dict[str, Any] = {"row": error.row, "field": error.field, **error.params}
    if "reason" in params:
        params["reason"] = reason(str(params["reason"]))
    if isinstance(error, PlatformError):
        params["their_text"] = error.their_text or error.their_code
    return filled(SENTENCES.get(error.code) or SENTENCES["error"], params)


def advice(code: str, params: Mapping[str, Any] | None = None) -> str:
    """What to do about a pre-order that is not at 1688, or about a document saved with a warning; "" for no code."""
    if not code:
        return ""
    template = ADVICE.get(code) or WARNINGS.get(code) or SENTENCES.get(code) or ADVICE["unknown"]
    facts = dict(params or {})
    if "reason" in facts:
        facts["reason"] = reason(str(facts["reason"]))
    return filled(template, facts)


def note_sentence(code: str, facts: Mapping[str, Any]) -> str:
    """One line below a row of 预订单; without a line that 1688 named, the general one. `facts` as advice takes them."""
    goods = " ".join(str(facts[part]) for part in ("sku_code", "name") if facts.get(part))
    template = NOTES.get(code) or SENTENCES.get(code) or NOTES["unknown"]
    if "{goods}" in template and not goods:
        template = NOTES["unknown"]
    return filled(template, {**facts, "goods": goods})


def row_sentence(code: str, params: Mapping[str, Any]) -> str:
    """Why a line of a goods workbook stays out, and what to do about it."""
    return filled(ROWS.get(code) or ROWS["row_refused"], params)


def reason(code: str) -> str:
    """A few words for a reason that stands inside another sentence; "" for what is neither known nor Chinese."""
    return REASONS.get(code) or FILE_FAULTS.get(code) or (code if _CHINESE.search(code) else "")
