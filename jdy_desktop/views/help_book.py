"""The user guide that lies in `resources/help`: its chapters, which one belongs to a page or dialog, and searching it.

One Markdown file per chapter; `contents.json` gives their order and the page ids and dialog names that lead to each. The
same files are the guide of `docs/`. The list of keys is written from the key map in force, so it cannot be wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jdy_desktop.models.rules.search import fold, split_words
from jdy_desktop.services.machine.folders import resource
from jdy_desktop.views import keys

#: The platform's own pages (manual 6.2, 7.1, 7.2). The first as printed in the manual: the name in the address carries its
#: misreading, so the page may not be there any more; the chapter 常见问题 says so.
FAQ = ("1688E经营常见 FAQ", "https://cdn.jdy.com/jdy/helpDoc/jdyv5/1688E%E7%BB%8F%E7%BB%8F.pdf")
LARGE_PAYMENTS = ("大额支付 融易收", "https://cs.jdy.com/article/1552618821953")
GUARANTEED_TRADE = ("自提担保交易流程", "https://cs.jdy.com/article/1556025411239")
LINKS = (FAQ, LARGE_PAYMENTS, GUARANTEED_TRADE)

SCOPES = {"window": "到处", "list": "列表", "document": "单据", "code": "二维码窗口", "dialog": "对话框"}
_KEYS = "<!-- keys -->"
_AROUND = 16


@dataclass(frozen=True, slots=True)
class Chapter:
    """`file` is its name without the ending; `text` its Markdown as stored."""

    file: str
    title: str
    topics: tuple[str, ...]
    text: str

    @property
    def address(self) -> str:
        """As other chapters link to it."""
        return f"{self.file}.md"


@dataclass(frozen=True, slots=True)
class Hit:
    """A chapter that holds all words of a search, and the words around the first of them."""

    chapter: Chapter
    snippet: str
    word: str


class HelpBook:
    """All chapters, read at once (they are 30 KB together)."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or resource("help")
        listed = json.loads((self.folder / "contents.json").read_text("utf-8"))
        self.chapters = tuple(self._chapter(entry["file"], entry["topics"]) for entry in listed)

    def _chapter(self, file: str, topics: list[str]) -> Chapter:
        text = (self.folder / f"{file}.md").read_text("utf-8")
        return Chapter(file, text.partition("\n")[0].lstrip("# ").strip(), tuple(topics), text)

    @cached_property
    def _by_topic(self) -> Mapping[str, Chapter]:
        return {topic: chapter for chapter in self.chapters for topic in chapter.topics}

    def knows(self, topic: str) -> bool:
        return topic in self._by_topic

    def chapter_of(self, *topics: str) -> Chapter:
        """The chapter of the first topic that has one (a dialog, then the page below it), else where to begin."""
        return next((self._by_topic[one] for one in topics if one in self._by_topic), self._by_topic[""])

    def chapter(self, address: str) -> Chapter | None:
        """By its address, `match.md`; None for what is no chapter."""
        return next((one for one in self.chapters if one.address == address), None)

    def search(self, text: str) -> tuple[Hit, ...]:
        """Chapters that hold every word, those with a word in their title first."""
        words = split_words(text)
        if not words:
            return ()
        found = []
        for chapter in self.chapters:
            plain = plain_text(shown_text(chapter))
            low = fold(plain)
            if all(word in low for word in words):
                in_title = any(word in fold(chapter.title) for word in words)
                found.append((not in_title, Hit(chapter, _snippet(plain, low.find(words[0])), words[0])))
        return tuple(hit for _rank, hit in sorted(found, key=lambda one: one[0]))


def shown_text(chapter: Chapter) -> str:
    """Markdown as it is shown: the keys in force in their place."""
    return chapter.text.replace(_KEYS, keys_table()) if _KEYS in chapter.text else chapter.text


def keys_table() -> str:
    """Every action with its key, by where it is heard; Markdown."""
    current = keys.current()
    parts = []
    for scope, name in SCOPES.items():
        rows = [f"| {one.text} | {_cell(current.hint(one.id))} |" for one in current if one.scope == scope]
        parts.append("\n".join([f"## {name}", "", "| 做什么 | 键 |", "|---|---|", *rows]))
    return "\n\n".join(parts)


def _cell(hint: str) -> str:
    return f"`{hint}`" if hint else "（没有）"


def plain_text(markdown: str) -> str:
    """Words only, for searching: no pictures, marks or addresses of links."""
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", markdown)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"^\s*[|:\- ]+$", "", text, flags=re.MULTILINE)
    return re.sub(r"\s+", " ", re.sub(r"[#*`|<>]", " ", text)).strip()


def _snippet(plain: str, at: int) -> str:
    begin = max(0, at - _AROUND)
    return ("…" if begin else "") + plain[begin : at + 3 * _AROUND] + "…"
