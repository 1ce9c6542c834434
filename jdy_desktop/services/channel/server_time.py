"""1688's clock, and how long one call to 1688 may keep the outbox waiting."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from jdy_desktop.services.errors import RateLimited
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.jobs import JobContext

if TYPE_CHECKING:
    from jdy_desktop.services.ali1688.client import Gateway

_MEASURE_AGAIN_S = 600.0
#: The PC's clock was set: by more than this it no longer runs beside the steady one.
_JUMP_S = 5.0


class ServerTime:
    """1688's time from the PC's clock and the measured difference; measured again after a while or after a jump (F5)."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._gateway: Gateway | None = None
        self._offset = timedelta(0)
        self._wall: datetime | None = None
        self._steady = 0.0

    def now(self, gateway: Gateway, job: JobContext) -> datetime:
        """1688's time; asks 1688 when what is known may be wrong. Raises LinkError, RateLimited, BadAnswer."""
        clock = self._ctx.clock
        if gateway is not self._gateway or self._is_stale():
            self._offset = gateway.server_offset(Patience(job, self._ctx))
            self._gateway, self._wall, self._steady = gateway, clock.now(), clock.monotonic()
        return clock.now() + self._offset

    def estimate(self) -> datetime:
        """1688's time as far as known, without asking."""
        return self._ctx.clock.now() + self._offset

    def _is_stale(self) -> bool:
        if self._wall is None:
            return True
        passed_s = self._ctx.clock.monotonic() - self._steady
        drift_s = (self._ctx.clock.now() - self._wall).total_seconds() - passed_s
        return passed_s > _MEASURE_AGAIN_S or abs(drift_s) > _JUMP_S


class Patience(JobContext):
    """The outbox's job as the gateway sees it: no long pauses, since the row itself waits in the database.

    With `start_s`, nothing is sent any more that long after now: a row's lease must not end while it is being sent.
    """

    MOST_S = 3.0

    def __init__(self, job: JobContext, ctx: Context, start_s: float | None = None) -> None:
        super().__init__()
        self._job = job
        self._clock = ctx.clock
        self._slept_s = 0.0
        self._last_start = None if start_s is None else ctx.clock.monotonic() + start_s

    @property
    def is_cancelled(self) -> bool:
        return self._job.is_cancelled

    def check(self) -> None:
        """The gateway asks before each sending. Raises JobCancelled, or RateLimited when it is too late to begin."""
        self._job.check()
        if self._last_start is not None and self._clock.monotonic() > self._last_start:
            raise RateLimited(code="too_late_to_send")

    def sleep(self, seconds: float) -> None:
        self._slept_s += seconds
        if self._slept_s > self.MOST_S:
            raise RateLimited(retry_after_s=seconds)
        self._job.sleep(seconds)
