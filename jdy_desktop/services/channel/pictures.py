"""Pictures of offers on this PC: fetched once, checked, kept with a small copy for lists (T9)."""

from __future__ import annotations

import hashlib
import io
import logging
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from jdy_desktop.services.errors import LocalError
from jdy_desktop.services.machine.jobs import JobContext

if TYPE_CHECKING:
    from PIL.Image import Image

    from jdy_desktop.services.ali1688.client import Gateway

log = logging.getLogger(__name__)

THUMBNAIL_PX = 96
#: A picture with more pixels is a bomb, not a photo.
MAX_PIXELS = 25_000_000
# What is on disk is named by us: the format's own suffix, never a part of the address.
_SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "GIF": ".gif", "BMP": ".bmp", "WEBP": ".webp"}


class PictureRefused(LocalError):
    """Not a picture, or one that would need too much memory. `reason` in params."""

    code = "picture_refused"


class Pictures:
    """Thread-safe: files appear whole under their final name. The folder may be emptied at any time."""

    def __init__(self, folder: Path, gateway: Callable[[], Gateway]) -> None:
        self._folder = folder
        self._gateway = gateway

    def cached(self, url: str, *, thumbnail: bool = True) -> Path | None:
        """The file when it is here already; never asks the network, cheap enough for painting."""
        stem = _stem(url)
        if thumbnail:
            path = self._folder / f"{stem}.{THUMBNAIL_PX}.png"
            return path if path.exists() else None
        return next((path for suffix in _SUFFIXES.values() if (path := self._folder / (stem + suffix)).exists()), None)

    def fetch(self, job: JobContext, url: str, *, thumbnail: bool = True) -> Path:
        """The small copy (at most 96 px, PNG) or the whole picture, fetched when it is not here yet.

        Raises BadAnswer for an address we do not load, LinkError, PictureRefused; nothing is kept then."""
        found = self.cached(url, thumbnail=thumbnail)
        if found is not None:
            return found
        job.check()
        data = self._gateway().picture(url)
        job.check()
        suffix, small = checked(data)
        self._folder.mkdir(parents=True, exist_ok=True)
        whole = self._folder / (_stem(url) + suffix)
        _write_whole(whole, data)
        little = self._folder / f"{_stem(url)}.{THUMBNAIL_PX}.png"
        _write_whole(little, small)
        return little if thumbnail else whole


def checked(data: bytes) -> tuple[str, bytes]:
    """(suffix, PNG of the small copy) of a picture that can be opened whole. Raises PictureRefused."""
    from PIL import Image, UnidentifiedImageError

    # Pillow only warns up to twice the limit; a warning is a refusal here. The reader is chosen from known formats.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=tuple(_SUFFIXES)) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise PictureRefused(reason="too_many_pixels")
                suffix = _SUFFIXES[picture.format or ""]
                return suffix, _thumbnail(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        raise PictureRefused(reason="too_many_pixels") from exc
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, KeyError, EOFError) as exc:
        # SyntaxError: Pillow's own word for a broken PNG.
        raise PictureRefused(reason="not_a_picture") from exc


def _thumbnail(picture: Image) -> bytes:
    small = picture.convert("RGBA")
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    out = io.BytesIO()
    small.save(out, "PNG")
    return out.getvalue()


def _stem(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:40]


def _write_whole(path: Path, data: bytes) -> None:
    """Under another name first: whoever looks meanwhile finds the whole picture or none."""
    partial = path.with_name(f"{path.name}.{os.getpid()}-{os.urandom(4).hex()}.part")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    except OSError as exc:
        partial.unlink(missing_ok=True)
        raise LocalError("picture_not_written", path=path.name) from exc
