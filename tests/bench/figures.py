"""What the measuring scripts share: percentiles, a stall at a practice market in a process of its own, one line per figure."""

from __future__ import annotations

import argparse
import math
import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jdy_desktop.models.ids import ShopId
    from jdy_desktop.services.bundle import Services
    from jdy_desktop.services.machine.settings import LocalSettings


def arguments(about: str, **sizes: int) -> argparse.Namespace:
    """The command line of a script: one `--name N` per size."""
    parser = argparse.ArgumentParser(description=about)
    for name, default in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    return parser.parse_args()


def percentile(values: Sequence[float], share: float) -> float:
    """By nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def tell(what: str, seconds: Sequence[float], target_s: float | None = None) -> None:
    """One line: median, 99 %, worst, and how the worst stands to its target."""
    if not seconds:
        print(f"{what:48} nothing measured")
        return
    line = f"{what:48} n={len(seconds):5}  p50 {percentile(seconds, 0.5) * 1e3:7.1f}  p99 {percentile(seconds, 0.99) * 1e3:7.1f}"
    line += f"  worst {max(seconds) * 1e3:7.1f} ms"
    if target_s is not None:
        line += f"  target {target_s * 1e3:.0f} ms: {'met' if max(seconds) <= target_s else 'MISSED'}"
    print(line, flush=True)


def machine() -> None:
    """Figures of a busy machine are worth less: say how busy it is."""
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"# python {platform.python_version()}, {os.cpu_count()} cores, load {load}", flush=True)


@dataclass(frozen=True)
class Market:
    """A running practice market and its first account."""

    login: str
    password: str

    def authorize(self, services: Services) -> ShopId:
        """A shop authorized as the page does it, without the web view."""
        import requests

        from jdy_desktop.services.machine.jobs import JobContext

        request = services.shops.begin()
        form = {"account": self.login, "password": self.password, "agree": "on", "authorize": "1"}
        answer = requests.post(request.url, data=form, allow_redirects=False, timeout=10)
        return services.shops.finish(JobContext(), answer.headers["Location"], request).shop_id


@contextmanager
def market_process(settings: LocalSettings, offers: int) -> Iterator[Market]:
    """The practice market beside us, so that its work is not ours; `settings` point at it while it runs."""
    from jdy_desktop.services.machine.jobs import JobContext
    from jdy_desktop.services.machine.market_process import MarketProcess, use_market

    process = MarketProcess()
    info = process.start(JobContext(), offers=offers)
    try:
        use_market(settings, info)
        yield Market(*info.accounts[0])
    finally:
        process.stop()
