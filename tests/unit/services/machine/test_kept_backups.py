"""Which backups stay: enough to go back a year, not so many that they fill the disk (reliability §6.7)."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from jdy_desktop.services.machine import backup, schema
from jdy_desktop.services.machine.context import SHANGHAI, Context
from jdy_desktop.services.machine.kept_backups import KeptBackup, kept_backups, needs_elsewhere, surplus, thin
from tests.support.clock import FrozenClock

BOOK = Path("books/奔腾.jdy")
EVENING = datetime(2019, 3, 27, 18, 0, tzinfo=SHANGHAI)  # a Wednesday


def _made(at: datetime) -> KeptBackup:
    return KeptBackup(at, Path(f"奔腾-{at:%Y%m%d-%H%M%S}.jdy"))


def test_a_year_of_half_hours_comes_down_to_a_few_dozen() -> None:
    """18 a day from nine to half past five, thinned every evening, as the program does."""
    kept: set[KeptBackup] = set()
    for back in range(400, -1, -1):
        evening = EVENING - timedelta(days=back)
        kept |= {_made(evening - timedelta(minutes=30 * n)) for n in range(18)}
        kept -= set(surplus(kept))
    days = sorted({one.made_at.date() for one in kept})
    # Two days and the evening before whole, then the last of each day back to the 14th, …
    assert sum(1 for one in kept if EVENING - one.made_at < timedelta(hours=10)) == 18
    assert {EVENING.date() - timedelta(days=n) for n in range(14)} <= set(days)
    # … of each week back to the eighth (its Sunday), of each month back to the twelfth.
    assert all(EVENING.date() - timedelta(days=3 + 7 * n) in days for n in range(7))
    assert {(day.year, day.month) for day in days} >= {(2018, month) for month in range(4, 13)}
    assert min(days).month == 4
    assert len(kept) < 36 + 18 + 14 + 8 + 12


def test_two_days_stay_whole_whatever_the_clock_says_now() -> None:
    """Seen from a PC whose clock is a year ahead the same files stay: days are counted from the newest backup."""
    recent = [_made(EVENING - timedelta(hours=n)) for n in range(48)]
    assert surplus(recent) == ()
    assert surplus([*recent, _made(EVENING - timedelta(days=700))]) == ()  # the only one of its month


def _name(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(b"")
    return path


def test_a_book_whose_name_begins_alike_keeps_its_own(tmp_path: Path) -> None:
    mine = _name(tmp_path, "奔腾-20190327-100000.jdy")
    second = _name(tmp_path, "奔腾-20190327-100000-2.jdy")
    for other in ("奔腾-2-20190327-100000.jdy", "奔腾.before-v4.jdy", "奔腾-20190327-100000.damaged", "奔腾-旧.jdy"):
        _name(tmp_path, other)
    assert [one.path for one in kept_backups(tmp_path, BOOK)] == [mine, second]
    assert [one.path.name for one in kept_backups(tmp_path, Path("奔腾-2.jdy"))] == ["奔腾-2-20190327-100000.jdy"]


def test_thinning_deletes_only_what_may_go(tmp_path: Path) -> None:
    for hours in range(24 * 4):
        _name(tmp_path, _made(EVENING - timedelta(hours=hours)).path.name)
    other = _name(tmp_path, "说明.txt")
    assert thin(tmp_path, BOOK) == 24 * 4 - 49 - 2  # 48 h and one; then the evenings of two days more
    assert thin(tmp_path, BOOK) == 0
    assert other.exists()


def test_a_week_without_a_copy_elsewhere_is_told() -> None:
    week = [_made(EVENING - timedelta(days=n)) for n in range(9)]
    assert needs_elsewhere(week, None, EVENING)
    assert not needs_elsewhere(week[:7], None, EVENING), "a book of this week"
    assert not needs_elsewhere(week, EVENING - timedelta(days=6), EVENING)
    assert needs_elsewhere(week, EVENING - timedelta(days=8), EVENING)
    assert not needs_elsewhere([], None, EVENING), "nothing to copy yet"


@pytest.mark.skipif(sys.platform == "win32", reason="a folder that refuses is made with POSIX rights")
def test_a_file_that_cannot_be_deleted_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for days in range(40):
        _name(tmp_path, _made(EVENING - timedelta(days=days)).path.name)

    def busy(_path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "in use")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", busy)
        assert thin(tmp_path, BOOK) == 0
    assert thin(tmp_path, BOOK) > 0


def test_two_backups_in_one_second_are_two_files(tmp_path: Path) -> None:
    """立即备份 pressed twice."""
    book, ctx = tmp_path / "book.jdy", Context(clock=FrozenClock())
    schema.create_book(book).close()
    first, second = (backup.back_up_now(book, tmp_path / "backups", ctx) for _ in range(2))
    assert (first.path.name, second.path.name) == ("book-20190327-100000.jdy", "book-20190327-100000-2.jdy")
    backup.check_file(second.path)
