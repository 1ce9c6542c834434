"""Work that waits for the first painted frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QWidget

from jdy_desktop.views import first_paint
from jdy_desktop.views.first_paint import after_first_paint

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class Frame(QWidget):
    def __init__(self, story: list[str]) -> None:
        super().__init__()
        self._story = story

    def paintEvent(self, event: object) -> None:
        self._story.append("painted")


def test_the_call_comes_once_and_after_the_paint(qtbot: QtBot) -> None:
    story: list[str] = []
    window = Frame(story)
    qtbot.addWidget(window)
    after_first_paint(window, lambda: story.append("called"))
    window.show()
    qtbot.waitUntil(lambda: "called" in story)
    window.repaint()
    qtbot.wait(first_paint._LONGEST_MS + 50)
    assert story[0] == "painted"
    assert story.count("called") == 1


def test_a_window_that_is_never_painted_does_not_wait_for_ever(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_paint, "_LONGEST_MS", 10)
    story: list[str] = []
    window = Frame(story)
    qtbot.addWidget(window)
    window.setUpdatesEnabled(False)
    after_first_paint(window, lambda: story.append("called"))
    window.showMinimized()
    qtbot.waitUntil(lambda: "called" in story)


def test_a_window_closed_at_once_begins_nothing(qtbot: QtBot) -> None:
    story: list[str] = []
    window = Frame(story)
    qtbot.addWidget(window)
    after_first_paint(window, lambda: story.append("called"))
    window.show()
    window.close()
    qtbot.wait(first_paint._LONGEST_MS + 50)
    assert "called" not in story
