"""Runs the practice market as a process of its own; it ends with the program, even when the program is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jdy_desktop.services.errors import LocalError
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.settings import LocalSettings

START_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class MarketInfo:
    gateway: str
    auth: str
    images: str
    app_key: str
    app_secret: str
    accounts: tuple[tuple[str, str], ...]


class MarketProcess:
    def __init__(self, state_file: Path | None = None) -> None:
        """`state_file`: what the market remembers between runs, so that a practice book keeps its shop."""
        self._state_file = state_file
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, job: JobContext, offers: int = 0) -> MarketInfo:
        """Start it and wait until it listens. Raises LocalError("market_not_started"), JobCancelled."""
        with tempfile.TemporaryDirectory(prefix="jdy-market-") as folder:
            ready = Path(folder) / "ready.json"
            command = [sys.executable, "-m", "jdy_desktop.sandbox", "--port", "0", "--ready-file", str(ready)]
            command += ["--parent-pid", str(os.getpid())]
            if self._state_file is not None:
                command += ["--state-file", str(self._state_file)]
            if offers:
                command += ["--offers", str(offers)]
            # The package may run from a checkout that is not installed: hand on where it was found.
            paths = [str(Path(__file__).resolve().parents[3]), os.environ.get("PYTHONPATH", "")]
            environment = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, paths)))
            self._process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            waited = 0.0
            while not ready.exists():
                if self._process.poll() is not None or waited > START_TIMEOUT_S:
                    self.stop()
                    raise LocalError("market_not_started")
                job.sleep(0.05)
                waited += 0.05
            return _parse(json.loads(ready.read_text("utf-8")))

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def use_market(settings: LocalSettings, market: MarketInfo) -> None:
    """Point this run of the program at the practice market."""
    settings.use("gateway.address", market.gateway)
    settings.use("gateway.auth", market.auth)
    settings.use("gateway.images", market.images)
    settings.use("gateway.app_key", market.app_key)
    settings.use("gateway.app_secret", market.app_secret)


def _parse(values: dict[str, Any]) -> MarketInfo:
    return MarketInfo(
        gateway=values["gateway"],
        auth=values["auth"],
        images=values["images"],
        app_key=values["app_key"],
        app_secret=values["app_secret"],
        accounts=tuple((a["account"], a["password"]) for a in values["accounts"]),
    )
