"""Background work gives way while the window is at work, or the clerk's save.

Python lets one thread compute at a time. A window that paints a list asks for its turn hundreds of times, and beside a
thread that computes without a break it waits for each of them. So threads in the background call `give_way` between their
small steps, and the window says what it should not be kept from. Between its works the window's heart beats: a beat that is
late says that it stands in line, for a key that was pressed or a slot that was called. A save of the clerk counts from its
waiting for the book to its commit; whoever holds the book meanwhile hurries on. Nobody waits longer than a moment: a
window that never rests slows a download down, it does not stop it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

#: The longest stop of each kind at one step. Short, for a step may lie inside a write transaction, and a call to 1688 inside
#: a time-out.
LONGEST_S = 0.02

#: How often the window's heart beats while there is work in the background, and from when on a beat is late.
BEAT_S = 0.005
LATE_S = 0.008

_rests = threading.Event()
_rests.set()
_beaten = threading.Event()
_last_beat: float | None = None
_saves = 0
_saves_lock = threading.Lock()
_no_save = threading.Event()
_no_save.set()
_here = threading.local()


@contextmanager
def window_works() -> Iterator[None]:
    """Painting a list, taking an answer: the clerk looks at it. Main thread only; may be nested."""
    was_resting = _rests.is_set()
    _rests.clear()
    try:
        yield
    finally:
        if was_resting:
            _rests.set()


def join_background() -> None:
    """This thread does work nobody sits and waits for: only such threads give way."""
    _here.is_background = True


@contextmanager
def writing() -> Iterator[None]:
    """A write transaction with its wait for the others. Not from inside another one."""
    if getattr(_here, "is_background", False):
        _here.is_writing = True
        try:
            yield
        finally:
            _here.is_writing = False
        return
    _count_save(+1)
    try:
        yield
    finally:
        _count_save(-1)


def _count_save(step: int) -> None:
    global _saves
    with _saves_lock:
        _saves += step
        if _saves:
            _no_save.clear()
        else:
            _no_save.set()


def beat() -> None:
    """The window's heart: called every `BEAT_S` by its event loop. Main thread only."""
    global _last_beat
    _last_beat = time.monotonic()
    _beaten.set()


def stop_beating() -> None:
    """There is no background work any more, or no window."""
    global _last_beat
    _last_beat = None
    _beaten.set()


def give_way() -> None:
    """Let window and save finish first, when this thread works in the background. Costs next to nothing while they rest."""
    if not getattr(_here, "is_background", False):
        return
    if not _no_save.is_set():
        if getattr(_here, "is_writing", False):
            return
        _no_save.wait(LONGEST_S)
    if not _rests.is_set():
        _rests.wait(LONGEST_S)
    last = _last_beat
    if last is not None and time.monotonic() - last > LATE_S:
        _beaten.clear()
        _beaten.wait(LONGEST_S)
