"""What the page of stock hands to its dialog."""

from __future__ import annotations

from dataclasses import dataclass

from jdy_desktop.services.queries.stock_history import StockHistory
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.shell import Shell


@dataclass(frozen=True, slots=True)
class MovesTools:
    history: StockHistory
    runner: JobRunner
    shell: Shell
    store: SettingsStore
