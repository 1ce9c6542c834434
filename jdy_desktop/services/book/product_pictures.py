"""Pictures of goods added by hand: at most 5, at most 2 MB, 750 × 750 advised (manual 4.4.1; M105–M107).

They lie in a folder of their own in the data folder, named by what they show, so the same picture is kept once.
"""

from __future__ import annotations

import errno
import hashlib
import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jdy_desktop.services.errors import DiskFull, LocalError
from jdy_desktop.services.machine.files import write_whole
from jdy_desktop.services.machine.picture_files import (
    MAX_PIXELS,
    THUMBNAIL_PX,
    PictureRefused,
    checked,
)

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MOST_PICTURES = 5
LARGEST_BYTES = 2 * 1024 * 1024
ADVISED_PX = 750
#: before the name of a picture of ours in `product.picture` and `product_picture.path`.
OWN = "own/"
_MOST_READ = 60 * 1024 * 1024
_SIDES = (1600, 1200, 1000, 800)
_QUALITIES = (90, 82, 72)


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """A file somebody wants to add. `is_small`: a side under 750 px, allowed but not advised."""

    path: Path
    width: int
    height: int
    size_bytes: int

    @property
    def is_too_large(self) -> bool:
        """Over 2 MB: refused as it is, offered to be shrunk."""
        return self.size_bytes > LARGEST_BYTES

    @property
    def is_small(self) -> bool:
        return min(self.width, self.height) < ADVISED_PX


class ProductPictures:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def look(self, path: Path) -> PictureFacts:
        """Measures of a file. Raises PictureRefused (not a picture, a bomb), LocalError("picture_not_read")."""
        width, height = _size(_read(path))
        return PictureFacts(path, width, height, path.stat().st_size)

    def keep(self, path: Path, *, shrink: bool = False) -> str:
        """Take the picture in and return its name (`own/…`). `shrink`: as JPEG, at most 1600 px a side and 2 MB.

        Raises PictureRefused(reason="over_2_mb") for a large one that shall not be shrunk; nothing is kept then.
        """
        data = _read(path)
        if len(data) > LARGEST_BYTES and not shrink:
            raise PictureRefused(reason="over_2_mb")
        _size(data)
        if len(data) > LARGEST_BYTES:
            data = shrunk(data)
        suffix, small = checked(data)
        stem = hashlib.sha256(data).hexdigest()[:40]
        try:
            write_whole(self._folder / f"{stem}{suffix}", data)
            write_whole(self._folder / f"{stem}.{THUMBNAIL_PX}.png", small)
        except OSError as exc:
            if exc.errno == errno.ENOSPC:
                raise DiskFull(path=str(self._folder)) from exc
            raise LocalError("picture_not_written", path=path.name) from exc
        return f"{OWN}{stem}{suffix}"

    def path(self, name: str) -> Path | None:
        """The whole picture of a name that `keep` gave; None for an address at 1688 and for a file that is gone."""
        if not name.startswith(OWN):
            return None
        found = self._folder / Path(name).name
        return found if found.exists() else None


def shrunk(data: bytes) -> bytes:
    """A JPEG of at most 2 MB, upright, the larger side at most 1600 px. Raises PictureRefused."""
    from PIL import ImageOps

    picture = _flat(ImageOps.exif_transpose(_opened(data)))
    for side in _SIDES:
        smaller = picture.copy()
        smaller.thumbnail((side, side))
        for quality in _QUALITIES:
            out = io.BytesIO()
            smaller.save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() <= LARGEST_BYTES:
                return out.getvalue()
    raise PictureRefused(reason="over_2_mb")


def _flat(picture: Picture) -> Picture:
    """JPEG has no transparency: white shows through, as on 1688."""
    from PIL import Image

    if picture.mode in ("RGB", "L"):
        return picture.convert("RGB")
    whole = picture.convert("RGBA")
    ground = Image.new("RGB", whole.size, "white")
    ground.paste(whole, mask=whole.getchannel("A"))
    return ground


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_READ:
            raise PictureRefused(reason="too_many_pixels")
        return path.read_bytes()
    except OSError as exc:
        raise LocalError("picture_not_read", path=path.name) from exc


def _size(data: bytes) -> tuple[int, int]:
    picture = _opened(data)
    return picture.width, picture.height


def _opened(data: bytes) -> Picture:
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "GIF", "BMP", "WEBP"))
            if picture.width * picture.height > MAX_PIXELS:
                raise PictureRefused(reason="too_many_pixels")
            picture.load()
            return picture
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        raise PictureRefused(reason="too_many_pixels") from exc
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, KeyError, EOFError) as exc:
        raise PictureRefused(reason="not_a_picture") from exc
