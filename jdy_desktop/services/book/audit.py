"""The audit trail: append-only, in the transaction of the change, each row carrying the hash of the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from jdy_desktop.models.account import AuditEntry
from jdy_desktop.services.book.bulk import insert_row, table_of
from jdy_desktop.services.book.prepared import Prepared
from jdy_desktop.services.machine.context import Context

_TABLE = table_of(AuditEntry)
_LAST = Prepared(select(_TABLE.c.hash).order_by(_TABLE.c.id.desc()).limit(1))


def record(
    session: Session,
    ctx: Context,
    action: str,
    entity: str,
    entity_id: object,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """Add one row: who (ctx.operator) did what to which record, from what, to what. No commit of its own."""
    connection = session.connection()
    row = {
        "at": _to_millisecond(ctx.clock.now()),
        "operator": ctx.operator,
        "action": action,
        "entity": entity,
        "entity_id": str(entity_id),
        "before": _as_json(before),
        "after": _as_json(after),
        "previous_hash": _LAST.scalar(connection) or "",
    }
    row["hash"] = _hash(row)
    insert_row(connection, _TABLE, row)


def verify(session: Session) -> bool:
    """No row was changed or taken out of the middle since it was written."""
    previous = ""
    for row in session.connection().execute(select(_TABLE).order_by(_TABLE.c.id)):
        entry = row._asdict()
        if entry["previous_hash"] != previous or entry["hash"] != _hash(entry):
            return False
        previous = entry["hash"]
    return True


def _hash(row: Mapping[str, Any]) -> str:
    fields = [row["at"].isoformat(), *(row[name] for name in ("operator", "action", "entity", "entity_id"))]
    fields += [row["before"], row["after"], row["previous_hash"]]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


def _to_millisecond(at: datetime) -> datetime:
    """The column keeps milliseconds; the hash must be of what is kept."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _as_json(values: Mapping[str, Any] | None) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False, sort_keys=True, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"an audit row cannot hold {value!r}")
