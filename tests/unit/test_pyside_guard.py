"""PySide6 6.12.0 loses references to None on Python 3.11 and then aborts the process; we stay below it."""

from __future__ import annotations

import sys
from importlib.metadata import version

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLineEdit

# Where None is immortal (Python 3.12 on) its count cannot fall; the figure then says nothing, and nothing can abort.
ALLOWED_FALL = 20


def lost_references(calls: int, call: object) -> int:
    """How many references to None went away during `calls` calls."""
    assert callable(call)
    before = sys.getrefcount(None)
    for _ in range(calls):
        call()
    return before - sys.getrefcount(None)


@pytest.mark.parametrize("package", ["PySide6-Essentials", "PySide6-Addons", "shiboken6"])
def test_version_is_the_pinned_one(package: str) -> None:
    assert (6, 11, 3) <= tuple(int(part) for part in version(package).split(".")[:3]) < (6, 12)


def test_line_edits_keep_their_references(qapp: object) -> None:
    edit = QLineEdit()
    assert lost_references(300, lambda: edit.setText("x")) < ALLOWED_FALL


def test_objects_keep_their_references(qapp: object) -> None:
    thing = QObject()
    assert lost_references(500, lambda: thing.setObjectName("x")) < ALLOWED_FALL


def test_a_falling_count_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = iter([10_000, 9_700])
    monkeypatch.setattr(sys, "getrefcount", lambda _thing: next(counts))
    assert lost_references(0, lambda: None) == 300
