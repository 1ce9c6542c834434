"""Pictures of offers: fetched once, checked before they are kept (T9)."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from jdy_desktop.models.states import DownloadMode
from jdy_desktop.services.channel.pictures import PictureRefused, Pictures, checked
from jdy_desktop.services.errors import JdyError
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.stall import Stall


@pytest.fixture
def pictures(stall: Stall, tmp_path: Path) -> Pictures:
    return Pictures(tmp_path / "pictures", lambda: stall.gateway)


def test_fetched_once(stall: Stall, pictures: Pictures, tmp_path: Path) -> None:
    stall.download(stall.authorize().shop_id, "588616757513", mode=DownloadMode.INFO_ONLY)
    url = stall.rows()[0].picture
    assert pictures.cached(url) is None
    small = pictures.fetch(JobContext(), url)
    with Image.open(small) as shown:
        assert max(shown.size) == 96
    stall.market.stop()
    assert pictures.fetch(JobContext(), url) == pictures.cached(url) == small
    whole = pictures.fetch(JobContext(), url, thumbnail=False)
    assert whole == pictures.cached(url, thumbnail=False)
    with Image.open(whole) as shown:
        assert min(shown.size) >= 200
    assert all(path.parent == tmp_path / "pictures" for path in (small, whole))
    assert not list(tmp_path.glob("pictures/*.part"))


@pytest.mark.parametrize(
    "url", ["http://example.com/a.png", "file:///etc/passwd", "https://127.0.0.1/a.png", "", "../x"]
)
def test_addresses_that_are_not_loaded(pictures: Pictures, url: str, tmp_path: Path) -> None:
    with pytest.raises(JdyError):
        pictures.fetch(JobContext(), url)
    assert not list(tmp_path.rglob("*.png"))


def _png(width: int, height: int) -> bytes:
    """A grey picture of any size in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + bytes((width + 7) // 8) for _ in range(height)), 9)
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_bombs_and_rubbish() -> None:
    assert checked(_png(64, 32))[0] == ".png"
    for data in (_png(12_000, 12_000), b"", b"<svg/>", b"\x89PNG\r\n\x1a\nrubbish", _png(64, 64)[:45]):
        with pytest.raises(PictureRefused):
            checked(data)


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "BMP", "WEBP"])
def test_usual_kinds(kind: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (300, 100), "red").save(out, kind)
    suffix, small = checked(out.getvalue())
    assert suffix in (".jpg", ".gif", ".bmp", ".webp")
    with Image.open(io.BytesIO(small)) as shown:
        assert shown.size == (96, 32)
