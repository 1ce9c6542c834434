"""Parameters into templates: numbers, days, lists and enums as the counter reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from jdy_desktop.views.figures import plain
from jdy_desktop.views.texts.labels import FIELDS, LABELS

_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_NAME = re.compile(r"\{([a-z_]+)\}")
#: how a parameter reads that nobody knows
_UNKNOWN = {"name": "这件商品", "shop": "这个店铺", "where": "这里", "field": "这一栏", "place": ""}


def names(template: str) -> set[str]:
    """The parameters a template asks for."""
    return set(_NAME.findall(template))


def filled(template: str, params: Mapping[str, Any]) -> str:
    """The sentence; an unknown parameter reads as nothing rather than breaking what explains a failure."""
    known = {name: _plain(value) for name, value in _with_place(params).items()}
    known = {name: text for name, text in known.items() if text}

    def optional(found: re.Match[str]) -> str:
        return found[1] if names(found[1]) <= known.keys() else ""

    def value(found: re.Match[str]) -> str:
        return known.get(found[1], _UNKNOWN.get(found[1], ""))

    return _NAME.sub(value, _OPTIONAL.sub(optional, template))


def _with_place(params: Mapping[str, Any]) -> dict[str, Any]:
    field = FIELDS.get(str(params.get("field") or ""), "")
    place = f"第 {params['row']} 行" if params.get("row") else ""
    where = f"{place}的{field}" if place and field else place or field
    return {"where": where, **params, "field": field, "place": f"{place} " if place else ""}


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, StrEnum):
        return LABELS.get(type(value), {}).get(value, str(value))
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, list | tuple | set | frozenset):
        return "、".join(_plain(one) for one in value)
    if hasattr(value, "wanted") and hasattr(value, "stock"):
        return f"第 {value.row} 行 {value.name} 只有 {_plain(value.stock)}，要 {_plain(value.wanted)}"
    return str(value)
