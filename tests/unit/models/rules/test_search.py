from __future__ import annotations

import pytest

from jdy_desktop.models.rules import search
from tests import write_pinyin

TITLE = "男士秋季衬衫 ABC大可批发"


def test_words_in_any_order_case_and_width():
    key = search.search_key(TITLE, "sp32501")
    for query in ("衬衫 男士", "ＡＢＣ　衬衫", "SP32501 abc", "  "):
        assert search.has_all_words(search.split_words(query), key), query
    assert not search.has_all_words(search.split_words("衬衫 女士"), key)


def test_each_word_is_looked_for_once_longest_first():
    assert search.split_words("a bbb cc A") == ("bbb", "cc", "a")


@pytest.mark.parametrize("query", ["nsqjcs", "chenshan", "nanshiqiuji", "qj"])
def test_pinyin_full_and_initials(query):
    assert search.has_all_words(search.split_words(query), search.search_key(TITLE))


def test_letters_and_digits_stay_in_the_initials():
    assert search.pinyin_initials("3M胶带 1350FY") == "3mjd1350fy"
    assert search.pinyin_full("香夹白/L") == "xiangjiabai/l"


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("重庆", "chongqing"),
        ("重量", "zhongliang"),
        ("长沙银行", "changshayinhang"),
        ("绿色女包", "lvsenvbao"),
        ("大批发", "dapifa"),
        ("", ""),
    ],
)
def test_the_phrase_decides_the_reading(name, full):
    assert search.pinyin_full(name) == full


def test_there_is_one_syllable_per_character():
    assert search.syllables("香夹白/Ｌ ①") == ("xiang", "jia", "bai", "/", "l", " ", "1")


def test_a_word_never_matches_across_two_parts():
    key = search.search_key("红", "sp1")
    assert key == "红\nhong\nh\nsp1"
    assert search.search_key("abc") == "abc"
    assert search.search_key("") == ""


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        (("衬衫",), ["衬衫"]),
        (("男士", "秋季"), ["男士秋季"]),
        (("abc", "批发"), ["ABC", "批发"]),
        (("qjcs",), ["秋季衬衫"]),
        (("zz",), []),
        (("女",), []),
        (("",), []),
        ((), []),
    ],
)
def test_what_was_searched_is_marked(words, marked):
    assert [TITLE[start:end] for start, end in search.highlight(TITLE, words)] == marked


def test_marks_stay_in_place_where_folding_lengthens_the_text():
    assert search.highlight("Straße 红", ("ss", "红")) == ((4, 5), (7, 8))
    assert search.highlight("aaa", ("aa",)) == ((0, 3),)


def test_pinyin_is_that_of_the_library() -> None:
    """After an update of pypinyin: `python -m tests.write_pinyin`."""
    for name, wanted in (("characters", write_pinyin.characters()), ("phrases", write_pinyin.phrases())):
        assert len(wanted) > 30_000
        assert search._readings(name) == wanted
