"""Telephone numbers as somebody may see them who is not to carry them away (threat T13)."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"\d")
_KEPT_FRONT, _KEPT_BACK = 3, 4


def masked_phone(text: str) -> str:
    """138****5678: the first three and last four digits stay, other signs too; a short number keeps its last two.

    An empty text stays empty."""
    places = [found.start() for found in _DIGITS.finditer(text)]
    front, back = (_KEPT_FRONT, _KEPT_BACK) if len(places) > _KEPT_FRONT + _KEPT_BACK else (0, 2)
    hidden = set(places[front : max(front, len(places) - back)])
    return "".join("*" if place in hidden else sign for place, sign in enumerate(text))
