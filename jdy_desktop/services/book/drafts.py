"""Forms that are typed but not saved: autosaved ones and held bills (挂单, F6)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from jdy_desktop.models.account import Draft
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database

_TEXT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A held bill in the list; `summary` is what the form wrote there (customer, rows, amount)."""

    id: int
    kind: str
    note: str
    summary: str
    updated_at: datetime


class Drafts:
    """One autosave per open form (the form keeps its draft id), any number of held bills. JSON in, JSON out."""

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
        """Store or overwrite a draft and return its id; a draft that is gone meanwhile is written anew."""
        values = {
            "kind": kind,
            "payload": json.dumps(payload, ensure_ascii=False),
            "is_held": is_held,
            "note": note[:_TEXT_LIMIT],
            "summary": summary[:_TEXT_LIMIT],
            "updated_at": self._ctx.clock.now(),
        }
        with self._db.write() as session:
            row = session.get(Draft, draft_id) if draft_id is not None else None
            if row is None:
                row = Draft()
                session.add(row)
            for name, value in values.items():
                setattr(row, name, value)
            session.flush()
            return row.id

    def held(self, kind: str) -> tuple[DraftRow, ...]:
        """挂单, newest first."""
        with self._db.read() as session:
            query = select(Draft).where(Draft.kind == kind, Draft.is_held)
            return tuple(_row(one) for one in session.scalars(query.order_by(Draft.updated_at.desc(), Draft.id.desc())))

    def latest_autosave(self, kind: str) -> DraftRow | None:
        """What was being typed when the program ended (F1); None after everything was saved or discarded."""
        with self._db.read() as session:
            query = select(Draft).where(Draft.kind == kind, ~Draft.is_held)
            found = session.scalars(query.order_by(Draft.updated_at.desc(), Draft.id.desc()).limit(1)).first()
            return None if found is None else _row(found)

    def load(self, draft_id: int) -> dict[str, Any]:
        """Raises UserError("draft_unknown"): another window took it."""
        with self._db.read() as session:
            row = session.get(Draft, draft_id)
            if row is None:
                raise UserError("draft_unknown", id=draft_id)
            payload: dict[str, Any] = json.loads(row.payload)
            return payload

    def discard(self, draft_id: int) -> None:
        """Gone already is fine."""
        with self._db.write() as session:
            session.execute(delete(Draft).where(Draft.id == draft_id))


def _row(draft: Draft) -> DraftRow:
    return DraftRow(draft.id, draft.kind, draft.note, draft.summary, draft.updated_at)
