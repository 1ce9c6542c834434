"""Writes the pinyin the program searches with from pypinyin's dictionaries: `python -m tests.write_pinyin`.

Run after an update of pypinyin (MIT licence); a test compares. Phrases of two to four characters: longer ones are proverbs,
no goods and no customers.
"""

from __future__ import annotations

import unicodedata

from jdy_desktop.models.rules import search


def characters() -> dict[str, str]:
    """Each character with its first reading."""
    from pypinyin.constants import PINYIN_DICT

    return {chr(code): _toneless(readings) for code, readings in sorted(PINYIN_DICT.items())}


def phrases() -> dict[str, str]:
    """Each phrase with the reading of every character."""
    from pypinyin.constants import PHRASES_DICT

    return {
        phrase: " ".join(_toneless(one[0]) for one in readings)
        for phrase, readings in sorted(PHRASES_DICT.items())
        if 2 <= len(phrase) <= 4
    }


def _toneless(readings: str) -> str:
    """First of the comma-separated readings without its tone; ü as v, the key that is typed for it."""
    letters = unicodedata.normalize("NFD", readings.partition(",")[0]).replace("u\u0308", "v")
    return "".join(one for one in letters if one.isascii())


if __name__ == "__main__":
    search._PINYIN.mkdir(exist_ok=True)
    for name, words in (("characters", characters()), ("phrases", phrases())):
        text = "".join(f"{word} {spoken}\n" for word, spoken in words.items())
        (search._PINYIN / f"{name}.txt").write_text(text, encoding="utf-8")
