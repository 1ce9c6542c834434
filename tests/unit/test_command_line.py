"""The way in from the command line: which start is played when there is no screen (design §8)."""

from __future__ import annotations

import sys

import pytest

from jdy_desktop.__main__ import _has_display


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there always is a screen")
@pytest.mark.parametrize(
    ("environment", "has_one"),
    [
        ({}, False),
        ({"DISPLAY": ""}, False),
        ({"DISPLAY": ":7777"}, False),  # named, but nobody listens: Qt would abort
        ({"DISPLAY": ":7777.0"}, False),
        ({"DISPLAY": "stall-pc:0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"QT_QPA_PLATFORM": "offscreen"}, True),
    ],
)
def test_a_screen_that_does_not_answer_is_none(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], has_one: bool
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert _has_display() is has_one
