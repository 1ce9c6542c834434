"""The outbox: pre-orders on their way to 1688 and what the buyers did with them (design §5, manual 6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from jdy_desktop.models.ids import PreOrderId, PreOrderNumber
from jdy_desktop.services.channel.pre_order_values import Candidate, CodeView, Event, OutboxState, WorkReport
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext

if TYPE_CHECKING:
    from jdy_desktop.services.ali1688.client import Gateway
    from jdy_desktop.services.channel.shops import Shops

__all__ = ["Candidate", "CodeView", "Event", "OutboxState", "PreOrders", "WorkReport", "pause_after_restore"]


def pause_after_restore(db: Database, ctx: Context) -> int:
    raise NotImplementedError


class PreOrders:
    def __init__(self, db: Database, ctx: Context, shops: Shops, gateway: Callable[[], Gateway]) -> None:
        raise NotImplementedError

    def work(self, job: JobContext) -> WorkReport:
        """Send what is due, look up what is unclear, poll what is open. One bad row never stops the others."""
        raise NotImplementedError

    def send(self, job: JobContext, id: PreOrderId) -> WorkReport:
        """Send one row now."""
        raise NotImplementedError

    def look_up(self, job: JobContext, id: PreOrderId) -> WorkReport:
        """核对 one row now."""
        raise NotImplementedError

    def poll(self, job: JobContext, ids: Sequence[PreOrderId]) -> WorkReport:
        """Ask for the pay state of these now (every 5 s while a code is on screen)."""
        raise NotImplementedError

    def candidates(self, job: JobContext, id: PreOrderId) -> tuple[Candidate, ...]:
        raise NotImplementedError

    def link(self, id: PreOrderId, number: PreOrderNumber) -> None:
        raise NotImplementedError

    def send_anyway(self, id: PreOrderId) -> None:
        raise NotImplementedError

    def upload_again(self, id: PreOrderId) -> None:
        raise NotImplementedError

    def recreate(self, id: PreOrderId) -> PreOrderId:
        raise NotImplementedError

    def code(self, id: PreOrderId) -> CodeView:
        raise NotImplementedError

    def mark_shown(self, id: PreOrderId) -> None:
        raise NotImplementedError

    def waiting(self) -> OutboxState:
        raise NotImplementedError

    def after_restore(self) -> int:
        raise NotImplementedError
