from __future__ import annotations

import pytest

from jdy_desktop.models.rules.offer_ids import parse_offer_ids


def read(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    parsed = parse_offer_ids(text)
    return parsed.ids, parsed.not_understood


@pytest.mark.manual("M59")
@pytest.mark.parametrize(
    "text",
    [
        "588616757513,588708880891,58932516960",
        "588616757513，588708880891，58932516960",
        "588616757513、588708880891；58932516960",
        "588616757513 588708880891\n58932516960\n",
        "５８８６１６７５７５１３,588708880891,58932516960",
        "588616757513,588708880891,588616757513,,58932516960,",
        "“588616757513”，[588708880891]\t58932516960。",
    ],
)
def test_lists_of_ids_as_they_are_typed(text):
    assert read(text) == (("588616757513", "588708880891", "58932516960"), ())


@pytest.mark.manual("M61")
@pytest.mark.parametrize(
    "text",
    [
        "588616757513",
        "offer/588616757513",
        "https://detail.1688.com/offer/588616757513.html",
        "https://detail.1688.com/offer/588616757513.html?spm=a2615.7691456.0.0.3c1e1",
        "http://m.1688.com/offer/588616757513.html",
        "https://detail.m.1688.com/page/index.html?offerId=588616757513&sk=order",
        "【男士秋季衬衫】https://m.1688.com/offer/588616757513.html",
    ],
)
def test_a_pasted_link_gives_its_id(text):
    assert read(text) == (("588616757513",), ())


def test_what_is_no_id_is_named_once_as_typed():
    parsed = read("abc, 588616757513, sp32501, abc, 0123, 12345678901234567890")
    assert parsed == (("588616757513",), ("abc", "sp32501", "0123", "12345678901234567890"))


def test_a_link_with_too_long_a_number_is_not_cut_down_to_an_id():
    link = "https://m.1688.com/offer/12345678901234567890.html"
    assert read(link) == ((), (link,))


@pytest.mark.parametrize("text", ["", " ，\n", "“”"])
def test_nothing_typed_is_nothing_found(text):
    assert read(text) == ((), ())
