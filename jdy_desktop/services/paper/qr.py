"""QR codes that are read back before anybody sees them, and the bar code of a document number (design §5.5, T14).

Black on white, error correction M, every module the same whole number of pixels, a quiet zone of four modules.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from jdy_desktop.services.errors import LocalError

QUIET_MODULES = 4
#: Whose pages a buyer may be sent to; the platform's owner has these (T14). http is for the practice market only.
PAY_HOSTS = ("1688.com", "alibaba.com", "taobao.com", "tmall.com", "alipay.com")
_LONGEST_URL = 1000

Matrix = tuple[tuple[bool, ...], ...]


@dataclass(frozen=True, slots=True)
class QrPicture:
    """`matrix`: True is black, without the quiet zone, row by row. `png` includes it; `size_px` is its side.

    `text_read_back` is what a decoder saw in this very picture: always the address that was asked for."""

    png: bytes
    matrix: Matrix
    size_px: int
    text_read_back: str


def make_qr(url: str, min_px: int = 300, *, practice: bool | None = None) -> QrPicture:
    """The code for the address of a pre-order, at least `min_px` pixels wide without its quiet zone.

    Raises LocalError: qr_address (not an address a buyer may be sent to; nothing is drawn), qr_unreadable (the
    decoder read something else). `practice` False refuses the practice market's own pages.
    """
    if not may_be_drawn(url) or (practice is False and urlsplit(url).scheme == "http"):
        raise LocalError("qr_address", address=url[:80])
    matrix = qr_matrix(url)
    scale = -(-min_px // len(matrix))
    png = picture(matrix, scale, QUIET_MODULES)
    read = decode(png)
    if read != url:
        raise LocalError("qr_unreadable", found=read[:80])
    return QrPicture(png, matrix, scale * (len(matrix) + 2 * QUIET_MODULES), read)


def may_be_drawn(url: str) -> bool:
    """https at a host of the platform, or this PC's practice market; no user, no odd port, nothing but plain ASCII."""
    if not url or len(url) > _LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if "@" in parts.netloc or "%" in parts.netloc:
        return False
    if host == "127.0.0.1":
        return parts.scheme in ("http", "https")
    is_ours = any(host == one or host.endswith("." + one) for one in PAY_HOSTS)
    return parts.scheme == "https" and port in (None, 443) and is_ours


def qr_matrix(text: str) -> Matrix:
    """The modules of the smallest code that holds `text` with error correction M."""
    import qrcode

    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())


def picture(matrix: Sequence[Sequence[bool]], scale: int, quiet: int) -> bytes:
    """PNG of the modules, `scale` pixels each, with `quiet` white modules around."""
    from PIL import Image

    side = len(matrix)
    small = Image.new("1", (side + 2 * quiet, side + 2 * quiet), 1)
    for y, row in enumerate(matrix):
        for x, black in enumerate(row):
            if black:
                small.putpixel((x + quiet, y + quiet), 0)
    out = io.BytesIO()
    small.resize((small.width * scale, small.height * scale), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()


def decode(png: bytes) -> str:
    """What a scanner reads in the picture; "" when nothing, or more than one code, is there."""
    import zxingcpp
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        found = zxingcpp.read_barcodes(
            image.convert("L"), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        )
    return str(found[0].text) if len(found) == 1 else ""


def bar_code(text: str) -> tuple[bool, ...]:
    """The bars (True) and gaps of a Code 128, one entry per module, without quiet zone: for the number of a document."""
    import zxingcpp

    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    image: Any = code.to_image(scale=1)
    pixels: Any = memoryview(image).tolist()
    bars = [value < 128 for value in pixels[0]]
    first, last = bars.index(True), len(bars) - bars[::-1].index(True)
    return tuple(bars[first:last])
