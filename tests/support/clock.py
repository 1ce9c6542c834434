"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

# The day of the manual's sample rows: 27 March 2019, ten in the morning in Shanghai.
MANUAL_DAY = datetime(2019, 3, 27, 2, 0, tzinfo=UTC)


class FrozenClock:
    """Answers like the program's clock; time passes only through `advance`, `set` and `sleep`."""

    def __init__(self, at: datetime = MANUAL_DAY) -> None:
        self.set(at)
        self._monotonic_s = 1_000.0
        self.slept_s: list[float] = []

    def now(self) -> datetime:
        """The instant, aware, UTC."""
        return self._now

    def today(self) -> date:
        """The day on the wall calendar of the stall (Asia/Shanghai)."""
        return self._now.astimezone(SHANGHAI).date()

    def monotonic(self) -> float:
        """Seconds that never run backwards, whatever `set` does."""
        return self._monotonic_s

    def sleep(self, seconds: float) -> None:
        """Returns at once; the clock shows that the seconds are gone."""
        self.slept_s.append(seconds)
        self.advance(seconds=seconds)

    def advance(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        step = timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
        self._now += step
        self._monotonic_s += step.total_seconds()

    def set(self, at: datetime) -> None:
        """Puts the wall clock to an aware instant, forwards or backwards, as a clerk or a time server may."""
        if at.tzinfo is None:
            raise ValueError("a clock needs an aware instant")
        self._now = at.astimezone(UTC)
