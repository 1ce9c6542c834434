"""点钱交班: what was counted in the drawer at the end of a day (W47). One count per day, in the settings of the book."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from jdy_desktop.models.account import Setting
from jdy_desktop.models.rules.rounding import LARGEST, ZERO, to_amount
from jdy_desktop.services.book import audit
from jdy_desktop.services.book.bulk import table_of
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.queries.report_values import CashCount

_SETTING = table_of(Setting)
_PREFIX = "cash_count."


class CashCounts:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db, self._ctx = db, ctx

    def save(self, day: date, *, start: Decimal, counted: Decimal, expected: Decimal, remark: str = "") -> CashCount:
        """Keep the count of a day; a second one replaces the first and both stand in the audit trail.

        Raises UserError("cash_negative" | "amount_too_large")."""
        for name, value in (("start", start), ("counted", counted)):
            if value < 0:
                raise UserError("cash_negative", field=name)
            if value > LARGEST:
                raise UserError("amount_too_large", field=name)
        count = CashCount(
            to_amount(start), to_amount(counted), to_amount(expected), self._ctx.operator, remark, self._ctx.clock.now()
        )
        values = {
            "start": str(count.start),
            "counted": str(count.counted),
            "expected": str(count.expected),
            "operator": count.operator,
            "remark": remark,
            "at": self._ctx.clock.now().isoformat(),
        }
        key = _PREFIX + day.isoformat()
        with self._db.write() as session:
            before = _stored(session, key)
            session.execute(delete(_SETTING).where(_SETTING.c.key == key))
            session.execute(insert(_SETTING).values(key=key, value=json.dumps(values, ensure_ascii=False)))
            audit.record(session, self._ctx, "cash_count", "day", day.isoformat(), before, values)
        return count


def count_of(session: Session, day: date) -> CashCount | None:
    """The count of a day, None when nobody counted."""
    found = _stored(session, _PREFIX + day.isoformat())
    return None if found is None else _count(found)


def start_of(session: Session, day: date) -> Decimal:
    """备用金 a day begins with: as typed for that day, else what the last counted day before began with; else nothing."""
    key = _SETTING.c.key
    query = (
        select(_SETTING.c.value)
        .where(key.startswith(_PREFIX, autoescape=True), key <= _PREFIX + day.isoformat())
        .order_by(key.desc())
        .limit(1)
    )
    found = session.execute(query).scalar()
    return _count(json.loads(found)).start if found else ZERO


def _stored(session: Session, key: str) -> dict[str, Any] | None:
    found = session.execute(select(_SETTING.c.value).where(_SETTING.c.key == key)).scalar()
    return json.loads(found) if found else None


def _count(values: dict[str, Any]) -> CashCount:
    return CashCount(
        Decimal(values["start"]),
        Decimal(values["counted"]),
        Decimal(values["expected"]),
        values["operator"],
        values["remark"],
        datetime.fromisoformat(values["at"]),
    )
