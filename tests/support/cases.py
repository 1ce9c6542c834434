"""How many random cases a property is tried with: a part in every run, all of them with `make deep`."""

from __future__ import annotations

import os

_PART = 20


def cases(deep: int, ordinary: int | None = None) -> int:
    """`deep` with JDY_DEEP=1; else `ordinary`, or a twentieth, so that a run of everything stays a matter of minutes."""
    if os.environ.get("JDY_DEEP"):
        return deep
    return deep // _PART if ordinary is None else ordinary
