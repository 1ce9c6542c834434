"""Why a row that was pasted from a table stays out."""

from __future__ import annotations

from jdy_desktop.models.rules.rounding import NumberProblem
from jdy_desktop.views.texts.labels import FIELDS, LABELS

_REASONS = {"not_known": "没有找到", "repeated_above": "和上面的行重复"}
#: those that say all by themselves, without the name of the field
_SENTENCES = {
    "variant_missing": "这个货号有几个颜色尺码，补上颜色、尺码列，或用 SKU 代码",
    "variant_unknown": "这个货号没有这样的颜色尺码，到商品里核对",
    "variant_several": "有几个颜色尺码都对得上，把颜色、尺码写全",
}


def paste_refusal(field: str, reason: str) -> str:
    """数量：要填数字. `reason`: a code of the reader, or a problem of numbers."""
    if reason in _SENTENCES:
        return _SENTENCES[reason]
    words = _REASONS.get(reason) or LABELS[NumberProblem].get(reason) or reason
    return f"{FIELDS.get(field, '')}：{words}"
