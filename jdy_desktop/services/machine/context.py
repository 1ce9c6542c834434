"""Clock, randomness and the one at the counter, handed to every service so that tests can freeze them."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol

from jdy_desktop.services.errors import Refused
from jdy_desktop.services.machine.rights import Right, Seat

# China has no daylight saving: a fixed offset needs no time-zone database.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

_KEY_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Clock(Protocol):
    """What the services ask about time. Waiting is done in `JobContext.sleep`, which can be cancelled."""

    def now(self) -> datetime:
        """Aware, UTC."""

    def today(self) -> date:
        """The calendar day in Asia/Shanghai."""

    def monotonic(self) -> float:
        """Seconds, for measuring spans; unaffected by a changed PC clock."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return datetime.now(SHANGHAI).date()

    def monotonic(self) -> float:
        return time.monotonic()


class Randomness(Protocol):
    def token(self, n_bytes: int) -> str:
        """URL-safe text with at least `n_bytes` of entropy."""

    def key(self, length: int) -> str:
        """Text of letters and digits without look-alikes (no I, O, 0, 1)."""

    def uniform(self, low: float, high: float) -> float:
        """For jitter."""


class SystemRandomness:
    # `secrets` brings hashing and TLS along; the window stands before anything random is asked for.
    def token(self, n_bytes: int) -> str:
        import secrets

        return secrets.token_urlsafe(n_bytes)

    def key(self, length: int) -> str:
        import secrets

        return "".join(secrets.choice(_KEY_ALPHABET) for _ in range(length))

    def uniform(self, low: float, high: float) -> float:
        import secrets

        return low + (high - low) * secrets.randbelow(1_000_001) / 1_000_000


class Context:
    """What every service needs of the outside besides the database: clock, randomness, and who works here now."""

    __slots__ = ("clock", "random", "seat")

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        random: Randomness | None = None,
        operator: str = "",
        seat: Seat | None = None,
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self.random: Randomness = random or SystemRandomness()
        self.seat = seat or Seat(operator)

    @property
    def operator(self) -> str:
        """Name of the one who works now: signs documents and audit rows. "" while operators are off."""
        return self.seat.operator

    def may(self, right: Right) -> bool:
        """For views: whether to show it. Services use `require`."""
        return self.seat.may(right)

    def require(self, right: Right) -> None:
        """Raises Refused, before anything is read or changed."""
        if not self.seat.may(right):
            raise Refused(right=right)
