"""Words in any order and pinyin, for every search box (design §7)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence


def fold(text: str) -> str:
    """Text in which case and width do not count; inner blanks stay."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def split_words(query: str) -> tuple[str, ...]:
    """The words of a query, folded, each once, longest first: the rarest word is looked for first."""
    words = dict.fromkeys(fold(query).split())
    return tuple(sorted(words, key=len, reverse=True))


def syllables(text: str) -> tuple[str, ...]:
    """One entry per character: its pinyin without tone, or the folded character itself when it has none."""
    # Its dictionary takes 50 ms to load; the window's start must not pay for it.
    from pypinyin import Style, pinyin

    # Its type hints know only the text answer of `errors`; a list keeps one entry per character.
    parts = pinyin(text, style=Style.NORMAL, errors=list)  # type: ignore[arg-type]
    return tuple(fold(part[0]) for part in parts)


def pinyin_full(text: str) -> str:
    """Whole pinyin without blanks: 男士衬衫 → nanshichenshan. Letters and digits stay where they are."""
    return "".join("".join(syllables(text)).split())


def pinyin_initials(text: str) -> str:
    """First letters: 男士衬衫 → nscs; letters and digits stay, so 3M胶带 → 3mjd."""
    return "".join("".join(part[:1] for part in syllables(text)).split())


def search_key(name: str, *others: str) -> str:
    """What a query's words are looked for in: the name folded, its full pinyin and initials, then codes and the like.

    The parts stand apart by line feeds, so that no word can match across two of them.
    """
    parts = (fold(name), pinyin_full(name), pinyin_initials(name), *(fold(one) for one in others))
    return "\n".join(dict.fromkeys(part for part in parts if part))


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
