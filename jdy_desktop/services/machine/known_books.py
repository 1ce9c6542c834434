"""The account sets this PC knows: what their names are and when they were last open, without opening any of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from jdy_desktop.services.machine.settings import LocalSettings

_FACTS = "book.facts"


@dataclass(frozen=True, slots=True)
class KnownBook:
    """`opened_at` None: known from an older release. `size` bytes, None: the file is not where it was (a stick pulled out).

    `is_away`: put away by the owner; kept apart in the list, nothing else changes."""

    path: Path
    company: str
    start_date: date | None = None
    opened_at: datetime | None = None
    is_practice: bool = False
    is_away: bool = False
    size: int | None = None


class KnownBooks:
    """The list itself is a setting of this PC; the books know nothing of it."""

    def __init__(self, settings: LocalSettings) -> None:
        self._settings = settings

    def rows(self) -> tuple[KnownBook, ...]:
        """The last one opened first, those put away at the end."""
        facts = self._facts()
        found = [_book(path, facts.get(str(path), {})) for path in self._settings.known_books()]
        return tuple(sorted(found, key=lambda one: one.is_away))

    def opened(self, path: Path, company: str, start_date: date, at: datetime, *, is_practice: bool) -> None:
        """Remember a book that stands open; one that was put away is in use again."""
        self._settings.remember_book(path)
        facts = {"company": company, "start": start_date.isoformat(), "opened": at.isoformat(), "practice": is_practice}
        self._keep(path, facts)

    def renamed(self, path: Path, company: str) -> None:
        """The company's name was changed in the book."""
        self._keep(path, self._facts().get(str(path), {}) | {"company": company})

    def put_away(self, path: Path, away: bool) -> None:
        """收起, or back among the others."""
        self._keep(path, self._facts().get(str(path), {}) | {"away": away})

    def forget(self, path: Path) -> None:
        """Take a book off the list; its file stays where it is."""
        left = [one for one in self._settings.known_books() if one != path]
        self._settings.set("book.known", json.dumps([str(one) for one in left], ensure_ascii=False))
        if self._settings.last_book == path:
            self._settings.set("book.last", str(left[0]) if left else None)
        facts = self._facts()
        facts.pop(str(path), None)
        self._settings.set(_FACTS, json.dumps(facts, ensure_ascii=False, sort_keys=True))

    def _facts(self) -> dict[str, dict[str, Any]]:
        """What cannot be read is as if it had never been noted: the list itself stays whole."""
        try:
            found = json.loads(self._settings.get(_FACTS) or "{}")
        except ValueError:
            return {}
        if not isinstance(found, dict):
            return {}
        return {key: value for key, value in found.items() if isinstance(value, dict)}

    def _keep(self, path: Path, facts: dict[str, Any]) -> None:
        kept = self._facts() | {str(path): facts}
        self._settings.set(_FACTS, json.dumps(kept, ensure_ascii=False, sort_keys=True))


def _book(path: Path, facts: dict[str, Any]) -> KnownBook:
    known = KnownBook(path, path.stem, size=_size(path))
    try:
        return replace(
            known,
            company=str(facts.get("company") or path.stem),
            start_date=date.fromisoformat(facts["start"]) if facts.get("start") else None,
            opened_at=datetime.fromisoformat(facts["opened"]).astimezone(UTC) if facts.get("opened") else None,
            is_practice=bool(facts.get("practice")),
            is_away=bool(facts.get("away")),
        )
    except (ValueError, TypeError):
        return known


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
