"""Background work gives way to the window, but never for long."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from jdy_desktop.services.machine import courtesy


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long enough that a busy machine cannot be mistaken for a thread that did not wait."""
    monkeypatch.setattr(courtesy, "LONGEST_S", 30.0)


def _thread(*, is_background: bool) -> tuple[threading.Thread, threading.Event]:
    """A thread that gives way once, and the sign that it went on."""
    gone_on = threading.Event()

    def work() -> None:
        if is_background:
            courtesy.join_background()
        courtesy.give_way()
        gone_on.set()

    return threading.Thread(target=work), gone_on


def _run(*, is_background: bool, meanwhile: Callable[[threading.Event], None]) -> None:
    thread, gone_on = _thread(is_background=is_background)
    with courtesy.window_works():
        with courtesy.window_works():
            thread.start()
        meanwhile(gone_on)
    assert gone_on.wait(10)
    thread.join(10)


def test_background_waits_until_the_window_rests() -> None:
    def meanwhile(gone_on: threading.Event) -> None:
        assert not gone_on.wait(0.1), "went on while the window worked, after an inner part of it had ended"

    _run(is_background=True, meanwhile=meanwhile)


def test_a_save_of_the_clerk_does_not_wait() -> None:
    def meanwhile(gone_on: threading.Event) -> None:
        assert gone_on.wait(10)

    _run(is_background=False, meanwhile=meanwhile)


def test_a_window_that_never_rests_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "LONGEST_S", 0.001)

    def meanwhile(gone_on: threading.Event) -> None:
        assert gone_on.wait(10)

    _run(is_background=True, meanwhile=meanwhile)


def test_the_window_rests_again_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), courtesy.window_works():
        raise ZeroDivisionError
    thread, gone_on = _thread(is_background=True)
    thread.start()
    assert gone_on.wait(10)
    thread.join(10)


@pytest.fixture
def _late(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A window whose heart beat once and is late since."""
    monkeypatch.setattr(courtesy, "LATE_S", -1.0)
    courtesy.beat()
    yield
    courtesy.stop_beating()


def _until_gone_on(gone_on: threading.Event, sign: Callable[[], None]) -> None:
    """Give the sign again and again: the thread may come to wait only after the first one."""
    for _ in range(1000):
        sign()
        if gone_on.wait(0.01):
            return
    raise AssertionError("still waiting")


@pytest.mark.usefixtures("_late")
def test_background_waits_for_a_beat_that_is_late() -> None:
    thread, gone_on = _thread(is_background=True)
    thread.start()
    assert not gone_on.wait(0.1), "went on although the window stood in line"
    _until_gone_on(gone_on, courtesy.beat)
    thread.join(10)


@pytest.mark.usefixtures("_late")
def test_a_save_does_not_wait_for_a_beat() -> None:
    thread, gone_on = _thread(is_background=False)
    thread.start()
    assert gone_on.wait(10)
    thread.join(10)


@pytest.mark.usefixtures("_late")
def test_nobody_waits_for_a_window_that_is_gone() -> None:
    thread, gone_on = _thread(is_background=True)
    thread.start()
    assert not gone_on.wait(0.1)
    _until_gone_on(gone_on, courtesy.stop_beating)
    thread.join(10)


def test_background_goes_on_while_the_heart_beats_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "LATE_S", 60.0)
    courtesy.beat()
    try:
        thread, gone_on = _thread(is_background=True)
        thread.start()
        assert gone_on.wait(10)
        thread.join(10)
    finally:
        courtesy.stop_beating()


def test_background_waits_for_a_save_and_goes_on_after_it() -> None:
    thread, gone_on = _thread(is_background=True)
    with courtesy.writing():
        thread.start()
        assert not gone_on.wait(0.1)
    assert gone_on.wait(10)
    thread.join(10)


def test_two_saves_are_both_waited_for() -> None:
    thread, gone_on = _thread(is_background=True)
    with courtesy.writing():
        with courtesy.writing():
            thread.start()
        assert not gone_on.wait(0.1), "went on when the first of two saves ended"
    assert gone_on.wait(10)
    thread.join(10)


def test_whoever_holds_the_book_hurries_on() -> None:
    """A save waits for it: stopping would hold up the very save it gives way to,
    and a window that itself waits for the book would never beat."""
    gone_on = threading.Event()

    def work() -> None:
        courtesy.join_background()
        with courtesy.writing():
            courtesy.give_way()
            gone_on.set()

    thread = threading.Thread(target=work)
    with courtesy.writing(), courtesy.window_works():
        thread.start()
        assert gone_on.wait(10)
    thread.join(10)


def test_a_download_that_writes_counts_as_no_save() -> None:
    inside, leave = threading.Event(), threading.Event()

    def work() -> None:
        courtesy.join_background()
        with courtesy.writing():
            inside.set()
            leave.wait(10)

    writer = threading.Thread(target=work)
    writer.start()
    assert inside.wait(10)
    thread, gone_on = _thread(is_background=True)
    thread.start()
    assert gone_on.wait(10)
    leave.set()
    thread.join(10)
    writer.join(10)
