"""Changes of matches, each with its row in the history, so that a batch can be taken back (M101, W41)."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jdy_desktop.models.channel import MatchHistory, OfferSku
from jdy_desktop.models.states import MatchOrigin
from jdy_desktop.services.machine.context import Context


def next_batch(session: Session) -> int:
    """Number of a new batch; given inside the write transaction, so no other act can get it."""
    return (session.scalar(select(func.max(MatchHistory.batch))) or 0) + 1


class MatchLog:
    """One batch = one act of the clerk. `count` is how many rows really changed."""

    def __init__(self, session: Session, ctx: Context, action: str, batch: int | None = None) -> None:
        self.batch = batch or next_batch(session)
        self.count = 0
        self._session = session
        self._ctx = ctx
        self._action = action

    def set(self, row: OfferSku, sku_id: int | None, origin: MatchOrigin | None) -> None:
        """Match the row, or unmatch it with None."""
        if row.sku_id == sku_id and row.match_origin == origin:
            return
        self._session.add(
            MatchHistory(
                batch=self.batch,
                action=self._action,
                offer_sku_id=row.id,
                before_sku_id=row.sku_id,
                before_origin=row.match_origin,
                after_sku_id=sku_id,
                after_origin=origin,
                operator=self._ctx.operator,
                at=self._ctx.clock.now(),
            )
        )
        row.sku_id, row.match_origin = sku_id, origin
        self.count += 1
