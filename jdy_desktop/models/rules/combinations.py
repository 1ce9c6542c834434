"""Attribute values typed in one line, and the combinations they make (manual 4.1.3, 4.1.4; M46, M49, M51)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product

#: 1688 takes at most so many values of one attribute (M49).
MOST_VALUES = 40
_BETWEEN = re.compile(r"[\s,，、;；/]+")


def split_values(text: str) -> tuple[str, ...]:
    """The values of one attribute in their order, each once: blanks, commas, 、 ; and / stand between them."""
    return tuple(dict.fromkeys(one for one in _BETWEEN.split(text) if one))


def combinations(values: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Every colour with every size, colours outermost; empty when some attribute has no value."""
    return tuple(product(*values)) if values else ()
