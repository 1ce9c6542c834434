"""Changes of matches, each with its row in the history, so that a batch can be taken back (M101, W41)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from jdy_desktop.models import channel
from jdy_desktop.models.channel import MatchHistory, OfferSku
from jdy_desktop.models.states import MatchOrigin
from jdy_desktop.services.machine.context import Context

_HISTORY: Table = channel.MatchHistory.__table__  # type: ignore[assignment]
_OFFER_SKU: Table = channel.OfferSku.__table__  # type: ignore[assignment]
_MATCH = (
    update(_OFFER_SKU)
    .where(_OFFER_SKU.c.id == bindparam("row_id"))
    .values(sku_id=bindparam("sku"), match_origin=bindparam("origin"))
)
_CREATE = _MATCH.values(created_sku_id=bindparam("sku"))


def next_batch(session: Session) -> int:
    """Number of a new batch; given inside the write transaction, so no other act can get it."""
    return (session.scalar(select(func.max(MatchHistory.batch))) or 0) + 1


class MatchLog:
    """One batch = one act of the clerk. Changes are collected and written together: a download brings thousands."""

    def __init__(self, session: Session, ctx: Context, action: str, batch: int | None = None) -> None:
        self.batch = batch or next_batch(session)
        self._session = session
        self._ctx = ctx
        self._action = action
        self._history: list[dict[str, Any]] = []
        self._matches: list[dict[str, Any]] = []
        self._created: list[dict[str, Any]] = []

    def set(self, row: OfferSku, sku_id: int, origin: MatchOrigin, *, is_new: bool = False) -> None:
        """Match the row. `is_new`: the SKU was made for it, which the row remembers for good."""
        if row.sku_id == sku_id and row.match_origin == origin:
            return
        self._history.append(
            {
                "batch": self.batch,
                "action": self._action,
                "offer_sku_id": row.id,
                "before_sku_id": row.sku_id,
                "before_origin": row.match_origin,
                "after_sku_id": sku_id,
                "after_origin": origin.value,
                "operator": self._ctx.operator,
                "at": self._ctx.clock.now(),
                "is_undone": False,
            }
        )
        change = {"row_id": row.id, "sku": sku_id, "origin": origin.value}
        (self._created if is_new else self._matches).append(change)

    def write(self) -> None:
        """Into the tables; rows in the session keep what they read before."""
        connection = self._session.connection()
        for statement, rows in ((insert(_HISTORY), self._history), (_MATCH, self._matches), (_CREATE, self._created)):
            if rows:
                connection.execute(statement, rows)
        self.drop()

    def drop(self) -> None:
        """Forget what was collected and not written."""
        self._history, self._matches, self._created = [], [], []
