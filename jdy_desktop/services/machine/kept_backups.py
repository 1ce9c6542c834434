"""The backups of a book that this PC keeps, which of them may go, and whether there is one elsewhere (reliability §6.7).

A file belongs to a book by its name, `company-20190327-103000.jdy`; the day is read from there, for a copied file has another
date. Days are counted backwards from the newest backup, never from today: a PC whose clock jumped a year ahead loses none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from jdy_desktop.services.machine.context import SHANGHAI
from jdy_desktop.services.machine.settings import LocalSettings

_STAMP = "%Y%m%d-%H%M%S"
_DATED = re.compile(r"-(\d{8}-\d{6})(?:-\d+)?\.jdy")

ALL_OF = timedelta(days=2)
DAYS, WEEKS, MONTHS = 14, 8, 12
REMIND_AFTER = timedelta(days=7)
#: setting of this PC, the name of the book behind it
_ELSEWHERE = "backup.elsewhere."


class KeptBackup(NamedTuple):
    """A dated backup; `made_at` is aware."""

    made_at: datetime
    path: Path


def free_name(folder: Path, book: Path, at: datetime) -> Path:
    """A name for a backup made `at` that instant; the second one of a second is numbered."""
    stem = f"{book.stem}-{at.astimezone(SHANGHAI).strftime(_STAMP)}"
    path, number = folder / f"{stem}.jdy", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.jdy"
    return path


def kept_backups(folder: Path, book: Path) -> tuple[KeptBackup, ...]:
    """The dated backups of this book, newest first; none of a book whose name only begins alike."""
    found = []
    for path in folder.glob("*.jdy"):
        dated = _DATED.fullmatch(path.name, len(book.stem)) if path.name.startswith(book.stem) else None
        if dated is not None:
            found.append(KeptBackup(datetime.strptime(dated[1], _STAMP).replace(tzinfo=SHANGHAI), path))
    return tuple(sorted(found, reverse=True))


def surplus(kept: Iterable[KeptBackup]) -> tuple[KeptBackup, ...]:
    """What may go: all of two days stay, and the newest one of 14 days, of 8 weeks and of 12 months that have any."""
    newest_first = sorted(kept, reverse=True)
    if not newest_first:
        return ()
    last = newest_first[0].made_at
    stay = {one for one in newest_first if last - one.made_at <= ALL_OF}
    stay |= _newest_of_each(newest_first, lambda at: at.date(), DAYS)
    stay |= _newest_of_each(newest_first, lambda at: at.isocalendar()[:2], WEEKS)
    stay |= _newest_of_each(newest_first, lambda at: (at.year, at.month), MONTHS)
    return tuple(one for one in newest_first if one not in stay)


def _newest_of_each(newest_first: list[KeptBackup], span: Callable[[datetime], Hashable], most: int) -> set[KeptBackup]:
    found: dict[Hashable, KeptBackup] = {}
    for one in newest_first:
        found.setdefault(span(one.made_at), one)
    return set(list(found.values())[:most])


def thin(folder: Path, book: Path) -> int:
    """Delete what may go; how many went. A file that cannot be deleted (open elsewhere) stays for the next time."""
    gone = 0
    for one in surplus(kept_backups(folder, book)):
        try:
            one.path.unlink()
        except OSError:
            continue
        gone += 1
    return gone


def note_elsewhere(settings: LocalSettings, book: Path, at: datetime) -> None:
    """A copy was put on a stick or another drive."""
    settings.set(_ELSEWHERE + book.stem, at.isoformat())


def last_elsewhere(settings: LocalSettings, book: Path) -> datetime | None:
    """When the last copy was put somewhere else; None: never from this PC."""
    stored = settings.get(_ELSEWHERE + book.stem)
    return datetime.fromisoformat(stored) if stored else None


def needs_elsewhere(kept: Iterable[KeptBackup], elsewhere: datetime | None, now: datetime) -> bool:
    """For a week all copies lie on the drive that the book lies on: should it break, all are gone."""
    since = elsewhere or min((one.made_at for one in kept), default=now)
    return now - since > REMIND_AFTER
