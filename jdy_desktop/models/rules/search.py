"""Words in any order and pinyin, for every search box (design §7)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

_PINYIN = Path(__file__).resolve().parents[3] / "resources" / "pinyin"
# Longer ones are proverbs: no goods, no customers.
_PHRASE_LENGTHS = (4, 3, 2)
_RUNS = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")


def fold(text: str) -> str:
    """Text in which case and width do not count; inner blanks stay."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def split_words(query: str) -> tuple[str, ...]:
    """The words of a query, folded, each once, longest first: the rarest word is looked for first."""
    words = dict.fromkeys(fold(query).split())
    return tuple(sorted(words, key=len, reverse=True))


@cache
def _readings(name: str) -> Mapping[str, str]:
    """Characters or phrases → syllables with blanks between, without tones, ü as v (the key that is typed for it).

    Made from pypinyin's dictionaries by `python -m tests.write_pinyin`. As plain text they are read in 20 ms; pypinyin itself
    takes 0.3 s, and for 0.1 s of it no other thread gets a turn, not even the window.
    """
    lines = (_PINYIN / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return {word: spoken for word, _, spoken in (line.partition(" ") for line in lines)}


def syllables(text: str) -> tuple[str, ...]:
    """One entry per character: its pinyin without tone, or the folded character itself when it has none.

    Phrases decide the reading (重庆 chongqing), the longest first. pypinyin's own segmentation would take 0.3 ms a name,
    ten seconds for the goods of one book.
    """
    found: list[str] = []
    for run in _RUNS.findall(text):
        found.extend(run.lower() if run.isascii() else _spoken(run))
    return tuple(found)


@lru_cache(maxsize=20_000)
def _spoken(text: str) -> tuple[str, ...]:
    """`syllables` of words without ASCII in them; kept, for names of goods share most of theirs."""
    phrases, characters = _readings("phrases"), _readings("characters")
    found: list[str] = []
    at = 0
    while at < len(text):
        spoken = characters.get(text[at])
        if spoken is None:
            found.append(fold(text[at]))
            at += 1
            continue
        for length in _PHRASE_LENGTHS:
            phrase = phrases.get(text[at : at + length])
            if phrase is not None:
                found.extend(phrase.split(" "))
                at += length
                break
        else:
            found.append(spoken)
            at += 1
    return tuple(found)


def pinyin_full(text: str) -> str:
    """Whole pinyin without blanks: 男士衬衫 → nanshichenshan. Letters and digits stay where they are."""
    return _joined(syllables(text))


def pinyin_initials(text: str) -> str:
    """First letters: 男士衬衫 → nscs; letters and digits stay, so 3M胶带 → 3mjd."""
    return _joined(part[:1] for part in syllables(text))


def _joined(parts: Iterable[str]) -> str:
    return "".join("".join(parts).split())


def search_key(name: str, *others: str) -> str:
    """What a query's words are looked for in: the name folded, its full pinyin and initials, then codes and the like.

    The parts stand apart by line feeds, so that no word can match across two of them.
    """
    spoken = syllables(name)
    parts = (fold(name), _joined(spoken), _joined(part[:1] for part in spoken), *(fold(one) for one in others))
    return "\n".join(dict.fromkeys(part for part in parts if part))


def spoken_part(key: str) -> str:
    """The full pinyin of the name that a `search_key` was made of: what lists of names are sorted by."""
    name, _, others = key.partition("\n")
    return name if name.isascii() else others.partition("\n")[0]


def has_all_words(words: Iterable[str], key: str) -> bool:
    """Every word stands somewhere in the key, in any order. No words: everything fits."""
    return all(word in key for word in words)


def highlight(text: str, words: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Ranges [start, end) of `text` to mark for folded `words`: literal hits, else characters whose initials fit.

    Ranges are in order and do not touch.
    """
    folded, origin = _folded_with_origin(text)
    marked: set[int] = set()
    for word in words:
        literal = _hits(folded, word, origin)
        marked.update(literal or (_initial_hits(text, word) if word.isascii() else ()))
    return _ranges(sorted(marked))


def _folded_with_origin(text: str) -> tuple[str, list[int]]:
    """Folding may lengthen (ß → ss): each folded character knows where it came from."""
    pieces = [(one, index) for index, character in enumerate(text) for one in fold(character)]
    return "".join(one for one, _ in pieces), [index for _, index in pieces]


def _hits(folded: str, word: str, origin: Sequence[int]) -> set[int]:
    found: set[int] = set()
    at = folded.find(word) if word else -1
    while at >= 0:
        found.update(origin[at : at + len(word)])
        at = folded.find(word, at + 1)
    return found


def _initial_hits(text: str, word: str) -> set[int]:
    initials = [(part[0], index) for index, part in enumerate(syllables(text)) if part.strip()]
    return _hits("".join(one for one, _ in initials), word, [index for _, index in initials])


def _ranges(marked: Sequence[int]) -> tuple[tuple[int, int], ...]:
    ranges: list[tuple[int, int]] = []
    for index in marked:
        if ranges and ranges[-1][1] == index:
            ranges[-1] = (ranges[-1][0], index + 1)
        else:
            ranges.append((index, index + 1))
    return tuple(ranges)
