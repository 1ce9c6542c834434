"""Pictures as files: only what can be opened whole is taken, a bomb is not a photo (T9)."""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from jdy_desktop.services.errors import LocalError

if TYPE_CHECKING:
    from PIL.Image import Image

THUMBNAIL_PX = 96
#: A picture with more pixels is a bomb, not a photo.
MAX_PIXELS = 25_000_000
# What is on disk is named by us: the format's own suffix, never a part of the address.
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "GIF": ".gif", "BMP": ".bmp", "WEBP": ".webp"}


class PictureRefused(LocalError):
    """Not a picture, or one that would need too much memory. `reason` in params."""

    code = "picture_refused"


def checked(data: bytes) -> tuple[str, bytes]:
    """(suffix, PNG of the small copy) of a picture that can be opened whole. Raises PictureRefused."""
    from PIL import Image, UnidentifiedImageError

    # Pillow only warns up to twice the limit; a warning is a refusal here. The reader is chosen from known formats.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=tuple(SUFFIXES)) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise PictureRefused(reason="too_many_pixels")
                suffix = SUFFIXES[picture.format or ""]
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


def write_picture(path: Path, data: bytes) -> None:
    """Under another name first: whoever looks meanwhile finds the whole picture or none."""
    partial = path.with_name(f"{path.name}.{os.getpid()}-{os.urandom(4).hex()}.part")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    except OSError as exc:
        partial.unlink(missing_ok=True)
        raise LocalError("picture_not_written", path=path.name) from exc
