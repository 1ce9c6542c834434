"""Pictures of offers on this PC: fetched once, checked, kept with a small copy for lists (T9)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from jdy_desktop.services.machine.jobs import JobContext

if TYPE_CHECKING:
    from jdy_desktop.services.ali1688.client import Gateway


class Pictures:
    """`fetch` answers the small copy (96 px) or the whole picture; `cached` never asks the network."""

    def __init__(self, folder: Path, gateway: Callable[[], Gateway]) -> None:
        raise NotImplementedError

    def fetch(self, job: JobContext, url: str, *, thumbnail: bool = True) -> Path:
        raise NotImplementedError

    def cached(self, url: str, *, thumbnail: bool = True) -> Path | None:
        raise NotImplementedError
