"""Forms that are typed but not saved: autosaved ones and held bills (挂单, F6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A held bill in the list; `summary` is what the form wrote there (customer, rows, amount)."""

    id: int
    kind: str
    note: str
    summary: str
    updated_at: datetime


class Drafts:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db = db
        self._ctx = ctx

    def save(
        self,
        kind: str,
        payload: dict[str, Any],
        draft_id: int | None = None,
        is_held: bool = False,
        note: str = "",
        summary: str = "",
    ) -> int:
        raise NotImplementedError

    def held(self, kind: str) -> tuple[DraftRow, ...]:
        raise NotImplementedError

    def latest_autosave(self, kind: str) -> DraftRow | None:
        raise NotImplementedError

    def load(self, draft_id: int) -> dict[str, Any]:
        raise NotImplementedError

    def discard(self, draft_id: int) -> None:
        raise NotImplementedError
