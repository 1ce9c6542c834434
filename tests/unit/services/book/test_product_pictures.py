"""Pictures of goods: at most 5, at most 2 MB, shrunk on request (4.4.1)."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from PIL import Image

from jdy_desktop.services.book.product_pictures import LARGEST_BYTES, ProductPictures
from jdy_desktop.services.book.product_values import SaveProduct, SaveSku
from jdy_desktop.services.channel.pictures import Pictures
from jdy_desktop.services.errors import LocalError, UserError
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.picture_files import PictureRefused
from tests.support.counter import Counter


@pytest.fixture
def own(tmp_path: Path) -> ProductPictures:
    return ProductPictures(tmp_path / "own")


def noise(path: Path, side: int, mode: str = "RGB") -> Path:
    """A picture that packs badly."""
    content = random.Random(7).randbytes(side * side * len(mode))
    Image.frombytes(mode, (side, side), content).save(path)
    return path


@pytest.mark.manual("M105", "M106")
def test_a_large_picture_is_refused_as_it_is_and_shrunk_on_request(own: ProductPictures, tmp_path: Path) -> None:
    path = noise(tmp_path / "large.png", 1800)
    facts = own.look(path)
    assert (facts.width, facts.height, facts.is_too_large, facts.is_small) == (1800, 1800, True, False)
    with pytest.raises(PictureRefused) as caught:
        own.keep(path)
    assert caught.value.params["reason"] == "over_2_mb"
    name = own.keep(path, shrink=True)
    kept = own.path(name)
    assert kept is not None
    assert kept.stat().st_size <= LARGEST_BYTES
    with Image.open(kept) as picture:
        assert (picture.format, max(picture.size) >= 750) == ("JPEG", True)
    assert path.stat().st_size == facts.size_bytes  # the clerk's own file stays as it is


@pytest.mark.manual("M105")
def test_a_small_one_is_taken_and_said_to_be_small(own: ProductPictures, tmp_path: Path) -> None:
    path = noise(tmp_path / "small.png", 600)
    assert own.look(path).is_small
    assert own.keep(path) == own.keep(path)  # the same picture is kept once


def test_transparent_pictures_get_a_white_ground_when_shrunk(own: ProductPictures, tmp_path: Path) -> None:
    path = tmp_path / "glass.png"
    picture = Image.frombytes("RGBA", (1200, 1200), random.Random(7).randbytes(1200 * 1200 * 4))
    picture.paste((0, 0, 0, 0), (0, 0, 100, 100))
    picture.save(path)
    kept = own.path(own.keep(path, shrink=True))
    assert kept is not None
    with Image.open(kept) as shown:
        assert min(shown.convert("RGB").getpixel((20, 20))) > 240  # type: ignore[arg-type]


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\nbroken", b"<svg/>"])
def test_what_is_no_picture_is_refused(own: ProductPictures, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(content)
    for attempt in (own.look, own.keep):
        with pytest.raises(PictureRefused):
            attempt(path)


def test_a_bomb_is_refused(own: ProductPictures, tmp_path: Path) -> None:
    path, out = tmp_path / "bomb.png", io.BytesIO()
    Image.new("1", (6000, 6000)).save(out, "PNG")
    path.write_bytes(out.getvalue())
    with pytest.raises(PictureRefused) as caught:
        own.look(path)
    assert caught.value.params["reason"] == "too_many_pixels"


def test_a_file_that_is_gone_is_told(own: ProductPictures, tmp_path: Path) -> None:
    with pytest.raises(LocalError) as caught:
        own.look(tmp_path / "gone.png")
    assert caught.value.code == "picture_not_read"


def test_lists_find_them_without_the_network(own: ProductPictures, tmp_path: Path) -> None:
    def no_gateway() -> object:
        raise AssertionError("asked 1688")

    cache = Pictures(tmp_path / "cache", no_gateway, tmp_path / "own")  # type: ignore[arg-type]
    name = own.keep(noise(tmp_path / "a.png", 100))
    small = cache.cached(name)
    assert small is not None
    assert (small.name.endswith(".96.png"), cache.cached(name, thumbnail=False)) == (True, own.path(name))
    with pytest.raises(PictureRefused):
        cache.fetch(JobContext(), "own/gone.png")
    assert cache.cached("own/../../etc/passwd") is None
    assert own.path("img/1.jpg") is None


@pytest.mark.manual("M107")
def test_a_product_keeps_five_in_their_order(stall: Counter) -> None:
    def request(*further: str) -> SaveProduct:
        return SaveProduct("a", "台灯", (SaveSku(),), picture="own/1.png", pictures=further)

    product = stall.products.save(request("own/2.png", "own/3.png", "own/4.png", "own/5.png"))
    detail = stall.products.product(product)
    assert (detail.picture, detail.pictures) == ("own/1.png", ("own/2.png", "own/3.png", "own/4.png", "own/5.png"))
    with pytest.raises(UserError) as caught:
        stall.products.save(SaveProduct("b", "灯", (SaveSku(),), picture="1", pictures=("2", "3", "4", "5", "6")))
    assert caught.value.code == "too_many_pictures"
