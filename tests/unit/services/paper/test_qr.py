"""Codes that are read back, and addresses nobody may be sent to (M129; T14)."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image

from jdy_desktop.services.errors import LocalError
from jdy_desktop.services.paper import qr

URL = "https://trade.1688.com/order/preorder.htm?id=55070119811"


@pytest.mark.manual("M129")
def test_the_picture_decodes_to_the_address() -> None:
    made = qr.make_qr(URL)
    assert qr.decode(made.png) == made.text_read_back == URL


def test_a_hundred_codes_read_back_equal() -> None:
    chance = random.Random(14)
    for _ in range(100):
        url = f"https://trade.1688.com/p?id={chance.getrandbits(63)}&t={chance.getrandbits(chance.choice((8, 400))):x}"
        assert qr.decode(qr.make_qr(url).png) == url


@pytest.mark.parametrize("min_px", [300, 301, 640])
def test_modules_are_whole_and_black_on_white(min_px: int) -> None:
    made = qr.make_qr(URL, min_px)
    side = len(made.matrix)
    with Image.open(io.BytesIO(made.png)) as image:
        gray = image.convert("L")
    scale, rest = divmod(made.size_px, side + 8)
    assert (gray.width, gray.height, rest) == (made.size_px, made.size_px, 0)
    assert scale * side >= min_px
    assert {value for value, count in enumerate(gray.histogram()) if count} == {0, 255}
    for y in range(side):
        for x in range(side):
            left, top = (x + 4) * scale, (y + 4) * scale
            block = gray.crop((left, top, left + scale, top + scale))
            assert block.getextrema() == ((0, 0) if made.matrix[y][x] else (255, 255))


@pytest.mark.parametrize(
    "url",
    [
        "", "http://trade.1688.com/x", "https://evil.example/x", "https://1688.com.evil.example/", "javascript:alert(1)",
        "https://1688.com@evil.example/", "https://trade.1688.com:8443/", "https://a b.1688.com/", "http://127.0.0.2/x",
        "https://trade.1688.com/" + "x" * 1000, "https://evil1688.com/", "https://trade.1688.com/中", "//1688.com/x",
    ],
)  # fmt: skip
def test_addresses_that_are_never_drawn(url: str) -> None:
    with pytest.raises(LocalError) as refused:
        qr.make_qr(url)
    assert refused.value.code == "qr_address"


def test_the_practice_market_is_drawn_in_practice_only() -> None:
    url = "http://127.0.0.1:49152/buyer/preorder?id=55070119811"
    assert qr.make_qr(url).text_read_back == url
    with pytest.raises(LocalError, match="qr_address"):
        qr.make_qr(url, practice=False)


def test_a_code_that_reads_otherwise_is_not_given_out(monkeypatch: pytest.MonkeyPatch) -> None:
    real = qr.qr_matrix
    monkeypatch.setattr(qr, "qr_matrix", lambda _text: real("https://trade.1688.com/other"))
    with pytest.raises(LocalError, match="qr_unreadable"):
        qr.make_qr(URL)


def test_bar_code_of_a_sale_number_reads_back() -> None:
    import zxingcpp

    modules = qr.bar_code("XH20190327001")
    assert modules[0]
    assert modules[-1]
    image = Image.new("L", ((len(modules) + 40) * 2, 80), 255)
    for place, black in enumerate(modules):
        if black:
            image.paste(0, ((place + 20) * 2, 5, (place + 21) * 2, 75))
    [found] = zxingcpp.read_barcodes(image)
    assert found.text == "XH20190327001"
