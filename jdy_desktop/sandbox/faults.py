"""What can be made to go wrong, switched on and off while the market runs."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

CREATE = "alibaba.preOrder.create"
LIST = "alibaba.preOrder.getList"
PUBLISH = "alibaba.product.simple.add"
PHOTO = "alibaba.photobank.photo.add"

# Which calls a fault touches when no `api` is given; "" is every signed business call (not the clock, not the tokens).
FAULTS = {
    "off_shelf": CREATE,  # 1688 says the offer has been taken off the shelf
    "minimum": CREATE,  # below the minimum quantity
    "short_stock": CREATE,  # more than the online stock
    "throttle": "",  # gw.QosAppFrequencyLimit, nothing done
    "token_expired": "",  # 401 although the token is still good
    "answer_lost": "",  # the work is done, the connection cut before a byte of the answer
    "cut_before": "",  # the connection cut before anything was done
    "http_502": "",  # a proxy's error page, nothing done
    "half_json": "",  # the work is done, the answer ends in the middle
    "slow": "",  # the answer takes `seconds` (10)
    "garbage": "",  # the work is done, the answer is not JSON
    "huge": "",  # the work is done, the answer is 10 MB long
    "strict_clock": "",  # a timestamp more than 15 minutes off makes the signature invalid
    "no_permission": "",  # gw.APIACLDecline
    "quota_used_up": "",  # gw.NoUsageLeftError
    "list_lag": LIST,  # a pre-order younger than `seconds` (30) is not listed yet
    "remark_altered": LIST,  # the remark comes back changed: `mode` prefix, trim, spaces or lost
    "publish_refused": PUBLISH,  # the simple offer is refused, nothing done
    "photo_refused": PHOTO,  # the photo bank is full, nothing done
    "simple_listed": "alibaba.product.list.get",  # lists simple offers too, which the documentation says it cannot
    "login_refused": "login",  # the authorize page refuses every password
    "offline": "connection",  # nothing listens
}
MODES = ("prefix", "trim", "spaces", "lost")


class UnknownFault(ValueError):
    """No fault has this name, or its options make no sense."""


@dataclass
class Fault:
    """`count` None: until switched off. `skip`: so many calls pass first. `api`: only calls whose name holds it."""

    name: str
    count: int | None = None
    skip: int = 0
    api: str = ""
    seconds: float = 0.0
    mode: str = "prefix"
    hits: int = field(default=0)

    def touches(self, api: str) -> bool:
        scope = self.api or FAULTS[self.name]
        if scope:
            return scope in api
        return not api.startswith(("system", "login", "connection"))


class FaultList:
    """Thread-safe; the newest fault is asked first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, name: str, **options: Any) -> Fault:
        """Switch a fault on. Raises UnknownFault."""
        if name not in FAULTS:
            raise UnknownFault(name)
        try:
            fault = Fault(
                name,
                count=None if options.get("count") is None else int(options["count"]),
                skip=int(options.get("skip") or 0),
                api=str(options.get("api") or ""),
                seconds=float(options.get("seconds") or {"slow": 10, "list_lag": 30, "offline": 5}.get(name, 0)),
                mode=str(options.get("mode") or "prefix"),
            )
        except (TypeError, ValueError) as exc:
            raise UnknownFault(f"{name}: {exc}") from exc
        if fault.mode not in MODES:
            raise UnknownFault(f"{name}: mode {fault.mode}")
        with self._lock:
            self._faults.insert(0, fault)
        return fault

    def clear(self, name: str | None = None) -> None:
        """Switch one fault off, or all."""
        with self._lock:
            self._faults = [fault for fault in self._faults if name is not None and fault.name != name]

    def take(self, name: str, api: str) -> Fault | None:
        """The fault of this name if it strikes this call; uses up one of its count."""
        with self._lock:
            for fault in self._faults:
                if fault.name != name or not fault.touches(api) or fault.count == 0:
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    return None
                if fault.count is not None:
                    fault.count -= 1
                fault.hits += 1
                return fault
        return None

    def active(self) -> list[Fault]:
        with self._lock:
            return [fault for fault in self._faults if fault.count != 0]
