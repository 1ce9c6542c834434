"""Pictures of offers on this PC: fetched once, checked, kept with a small copy for lists (T9)."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.picture_files import (
    MAX_PIXELS,
    SUFFIXES,
    THUMBNAIL_PX,
    PictureRefused,
    checked,
    write_picture,
)

__all__ = ["MAX_PIXELS", "THUMBNAIL_PX", "PictureRefused", "Pictures", "checked"]

if TYPE_CHECKING:
    from jdy_desktop.services.ali1688.client import Gateway

log = logging.getLogger(__name__)

#: what stands before the name of a picture of ours, where others have an address at 1688.
OWN = "own/"


class Pictures:
    """Thread-safe: files appear whole under their final name. The folder may be emptied at any time; `own` may not.

    `own`: the folder of the pictures added here (book/product_pictures); their names begin with `own/`.
    """

    def __init__(self, folder: Path, gateway: Callable[[], Gateway], own: Path | None = None) -> None:
        self._folder = folder
        self._gateway = gateway
        self._own = own

    def cached(self, url: str, *, thumbnail: bool = True) -> Path | None:
        """The file when it is here already; never asks the network, cheap enough for painting."""
        if url.startswith(OWN):
            return self._own_file(url, thumbnail)
        stem = _stem(url)
        if thumbnail:
            path = self._folder / f"{stem}.{THUMBNAIL_PX}.png"
            return path if path.exists() else None
        return next((path for suffix in SUFFIXES.values() if (path := self._folder / (stem + suffix)).exists()), None)

    def fetch(self, job: JobContext, url: str, *, thumbnail: bool = True) -> Path:
        """The small copy (at most 96 px, PNG) or the whole picture, fetched when it is not here yet.

        Raises BadAnswer for an address we do not load, LinkError, PictureRefused; nothing is kept then."""
        found = self.cached(url, thumbnail=thumbnail)
        if found is not None:
            return found
        if url.startswith(OWN):  # it was here once; 1688 cannot have it
            raise PictureRefused(reason="picture_gone")
        job.check()
        data = self._gateway().picture(url)
        job.check()
        suffix, small = checked(data)
        self._folder.mkdir(parents=True, exist_ok=True)
        whole = self._folder / (_stem(url) + suffix)
        write_picture(whole, data)
        little = self._folder / f"{_stem(url)}.{THUMBNAIL_PX}.png"
        write_picture(little, small)
        return little if thumbnail else whole

    def _own_file(self, name: str, thumbnail: bool) -> Path | None:
        if self._own is None:
            return None
        path = self._own / Path(name).name
        if thumbnail:
            path = path.with_name(f"{path.stem}.{THUMBNAIL_PX}.png")
        return path if path.exists() else None


def _stem(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:40]
