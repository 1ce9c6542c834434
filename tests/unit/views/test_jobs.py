"""The job runner (style.md §4)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from jdy_desktop.services.errors import StockShort
from jdy_desktop.services.machine import courtesy
from jdy_desktop.services.machine.jobs import JobContext, Progress
from jdy_desktop.views.jobs import JobRunner

Crashes = list[BaseException]


@pytest.fixture
def crashes() -> Crashes:
    return []


@pytest.fixture
def runner(qapp: object, crashes: Crashes) -> Iterator[JobRunner]:
    made = JobRunner(crash_handler=crashes.append)
    yield made
    assert made.shutdown()


def endless(ctx: JobContext) -> None:
    done = 0
    while True:
        done += 1
        ctx.step(done, 0)
        time.sleep(0.001)


def test_answers_come_on_the_main_thread(runner: JobRunner, qtbot: QtBot) -> None:
    seen: list[Any] = []
    runner.submit(lambda _ctx: threading.get_ident(), owner=None,
                  on_done=lambda worker: seen.append((worker, threading.get_ident())))  # fmt: skip
    qtbot.waitUntil(lambda: bool(seen))
    worker, handler = seen[0]
    assert handler == threading.main_thread().ident
    assert worker != handler


def test_desk_keeps_the_order(runner: JobRunner, qtbot: QtBot) -> None:
    seen: list[int] = []
    for number in range(30):
        runner.submit(lambda _ctx, n=number: n, owner=None, on_done=seen.append)  # type: ignore[misc]
    qtbot.waitUntil(lambda: len(seen) == 30)
    assert seen == list(range(30))


def test_net_does_not_hold_up_the_desk(runner: JobRunner, qtbot: QtBot) -> None:
    seen: list[str] = []
    gate = threading.Event()
    for _ in range(3):
        runner.submit(lambda _ctx: gate.wait(5), owner=None, lane="net", on_done=lambda _r: seen.append("net"))
    runner.submit(lambda _ctx: None, owner=None, on_done=lambda _r: seen.append("desk"))
    qtbot.waitUntil(lambda: seen == ["desk"])
    gate.set()
    qtbot.waitUntil(lambda: len(seen) == 4)


def test_cancel_within_a_second(runner: JobRunner, qtbot: QtBot, crashes: Crashes) -> None:
    ended: list[float] = []
    wrong: list[object] = []
    started: list[Progress] = []
    handle = runner.submit(endless, owner=None, on_done=wrong.append, on_error=wrong.append,
                           on_progress=started.append, on_end=lambda: ended.append(time.monotonic()))  # fmt: skip
    qtbot.waitUntil(lambda: bool(started))
    asked = time.monotonic()
    handle.cancel()
    qtbot.waitUntil(lambda: bool(ended), timeout=1000)
    assert ended[0] - asked < 1
    assert not handle.is_running
    assert wrong == []
    assert crashes == []


def test_at_most_ten_progress_events_a_second(runner: JobRunner, qtbot: QtBot) -> None:
    seen: list[tuple[float, Progress]] = []

    def busy(ctx: JobContext) -> int:
        until = time.monotonic() + 1.0
        done = 0
        while time.monotonic() < until:
            done += 1
            ctx.step(done, done)  # done == total: JobContext itself would let each of them through
        return done

    result: list[int] = []
    runner.submit(busy, owner=None, on_done=result.append, on_progress=lambda p: seen.append((time.monotonic(), p)))
    qtbot.waitUntil(lambda: bool(result), timeout=5000)
    assert result[0] > 1000
    assert 5 <= len(seen) <= 11


def test_answer_is_dropped_when_the_page_is_gone(runner: JobRunner, qtbot: QtBot) -> None:
    seen: list[object] = []
    gate = threading.Event()
    gone, alive = QObject(), QObject()
    runner.submit(lambda _ctx: gate.wait(5), owner=gone, on_done=seen.append, on_end=lambda: seen.append("end"))
    runner.submit(lambda _ctx: "there", owner=alive, on_done=seen.append)
    import shiboken6

    shiboken6.delete(gone)
    gate.set()
    qtbot.waitUntil(lambda: bool(seen))
    qtbot.waitUntil(lambda: runner.running == 0)
    assert seen == ["there"]


def test_newer_search_replaces_the_older(runner: JobRunner, qtbot: QtBot) -> None:
    seen: list[str] = []
    page, gate = QObject(), threading.Event()
    runner.submit(lambda _ctx: "old" if gate.wait(5) else "", owner=page, on_done=seen.append, lane="net", key="search")
    runner.submit(lambda _ctx: "new", owner=page, on_done=seen.append, lane="net", key="search")
    runner.submit(lambda _ctx: "other", owner=page, on_done=seen.append, lane="net", key="count")
    qtbot.waitUntil(lambda: len(seen) == 2)
    gate.set()
    qtbot.waitUntil(lambda: runner.running == 0)
    assert sorted(seen) == ["new", "other"]


def test_expected_errors_go_to_the_page_and_bugs_to_the_crash_handler(
    runner: JobRunner, qtbot: QtBot, crashes: Crashes
) -> None:
    errors: list[BaseException] = []
    ended: list[int] = []

    def short(_ctx: JobContext) -> None:
        raise StockShort(row=3)

    def bug(_ctx: JobContext) -> None:
        raise KeyError("bug")

    runner.submit(short, owner=None, on_done=lambda _r: None, on_error=errors.append, on_end=lambda: ended.append(1))
    runner.submit(bug, owner=None, on_done=lambda _r: None, on_error=errors.append, on_end=lambda: ended.append(2))
    runner.submit(short, owner=None, on_done=lambda _r: None, on_end=lambda: ended.append(3))
    qtbot.waitUntil(lambda: len(ended) == 3)
    assert [type(e) for e in errors] == [StockShort]
    assert [type(e) for e in crashes] == [KeyError, StockShort]  # without on_error nothing may be lost silently


def test_a_failing_handler_does_not_stop_the_next(runner: JobRunner, qtbot: QtBot, crashes: Crashes) -> None:
    seen: list[int] = []

    def divide(_result: int) -> None:
        raise ZeroDivisionError

    runner.submit(lambda _ctx: 1, owner=None, on_done=divide)
    runner.submit(lambda _ctx: 2, owner=None, on_done=seen.append)
    qtbot.waitUntil(lambda: seen == [2])
    assert [type(e) for e in crashes] == [ZeroDivisionError]


def test_many_answers_do_not_stop_the_window(runner: JobRunner, qtbot: QtBot) -> None:
    """Forty answers of 10 ms each: a timer of the window must get its turn in between (50 ms budget)."""
    from PySide6.QtCore import QTimer

    seen: list[int] = []
    longest = [0.0]
    last = [time.monotonic()]

    def tick() -> None:
        now = time.monotonic()
        longest[0] = max(longest[0], now - last[0])
        last[0] = now

    def slow(number: int) -> None:
        time.sleep(0.01)
        seen.append(number)

    timer = QTimer()
    timer.timeout.connect(tick)
    release = threading.Event()
    runner.submit(lambda _ctx: release.wait(5), owner=None, on_done=lambda _r: None)
    for number in range(40):
        runner.submit(lambda _ctx, n=number: n, owner=None, on_done=slow)  # type: ignore[misc]
    release.set()
    while runner._pools["desk"]._work_queue.qsize():  # all answers wait before the first is handled
        pass
    last[0] = time.monotonic()
    timer.start(1)
    qtbot.waitUntil(lambda: len(seen) == 40, timeout=5000)
    timer.stop()
    assert longest[0] < 0.2  # all at once would be 0.4 s


def test_changes_are_folded_into_one_signal(runner: JobRunner, qtbot: QtBot) -> None:
    heard: list[frozenset[str]] = []
    runner.data_changed.connect(heard.append)
    threads = [threading.Thread(target=runner.announce, args=(frozenset({area}),)) for area in ("stock", "documents")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [frozenset({"stock", "documents"})]


def test_closing_while_running(qapp: object, qtbot: QtBot) -> None:
    runner = JobRunner()
    seen: list[object] = []
    began = threading.Event()

    def job(ctx: JobContext) -> None:
        began.set()
        endless(ctx)

    runner.submit(job, owner=None, on_done=seen.append, on_error=seen.append)
    assert began.wait(5)
    assert runner.shutdown()
    qtbot.wait(20)
    assert seen == []
    with pytest.raises(RuntimeError):
        runner.submit(job, owner=None, on_done=seen.append)


def test_answers_arrive_while_a_handler_waits_in_a_dialog(qtbot: QtBot, runner: JobRunner) -> None:
    """A handler that asks the clerk runs its own event loop; other jobs must not wait for the clerk's answer."""
    from PySide6.QtCore import QEventLoop

    loop = QEventLoop()
    heard: list[str] = []

    def hear(text: str) -> None:
        heard.append(text)
        loop.quit()

    def ask(_result: None) -> None:
        runner.submit(lambda _job: "second", owner=None, on_done=hear)
        QTimer.singleShot(5_000, loop.quit)
        loop.exec()

    runner.submit(lambda _job: None, owner=None, on_done=ask)
    qtbot.waitUntil(lambda: heard == ["second"], timeout=8_000)
    assert not loop.isRunning()


def test_a_save_pressed_before_closing_is_worked_off(qtbot: QtBot) -> None:
    runner, go = JobRunner(), threading.Event()
    saved: list[str] = []
    sent: list[str] = []

    def send(job: JobContext) -> None:
        job.sleep(5)
        sent.append("call")

    runner.submit(lambda _job: go.wait(5), owner=None, on_done=lambda _x: None)
    runner.submit(lambda _job: saved.append("sale"), owner=None, on_done=lambda _x: None)
    runner.submit(send, owner=None, lane="net", on_done=lambda _x: None)
    runner.submit(lambda _job: go.wait(5), owner=None, lane="copy", on_done=lambda _x: None)
    runner.submit(lambda _job: saved.append("backup"), owner=None, lane="copy", on_done=lambda _x: None)
    threading.Timer(0.1, go.set).start()
    assert runner.shutdown()
    assert (sorted(saved), sent) == (["backup", "sale"], [])


def test_the_heart_beats_while_work_in_the_background_lasts(runner: JobRunner, qtbot: QtBot) -> None:
    beats: list[float | None] = []
    go = threading.Event()
    handle = runner.submit(lambda _ctx: go.wait(10), owner=None, lane="net", on_done=lambda _: None)
    for _ in range(3):
        beats.append(courtesy._last_beat)
        qtbot.waitUntil(lambda: courtesy._last_beat != beats[-1])
    assert None not in beats
    go.set()
    qtbot.waitUntil(lambda: not handle.is_running)
    assert courtesy._last_beat is None
    runner.submit(lambda _ctx: None, owner=None, on_done=lambda _: None)
    qtbot.waitUntil(lambda: runner.running == 0)
    assert courtesy._last_beat is None, "the clerk's own work is not in the background"
