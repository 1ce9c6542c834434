"""How many random cases a property is tried with: a part in every run, all of them with `make deep`."""

from __future__ import annotations

import os

_PART = 20


def cases(wanted: int) -> int:
    """`wanted` with JDY_DEEP=1, else a twentieth, so that a run of everything stays a matter of minutes."""
    return wanted if os.environ.get("JDY_DEEP") else max(wanted // _PART, 10)
