"""The rules of tests/conftest.py hold: each guard is shown a culprit."""

from __future__ import annotations

import logging
import socket
import threading
from datetime import UTC, date, datetime

import pytest

from tests.support.clock import FrozenClock
from tests.support.guards import LogWatch, OutsideWorld, is_loopback, left_over, running_threads


@pytest.mark.parametrize(
    ("host", "inside"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("127.9.8.7", True),
     ("10.0.0.1", False), ("gw.open.1688.com", False), ("0.0.0.0", False)],
)  # fmt: skip
def test_loopback_is_this_machine_only(host: str, inside: bool) -> None:
    assert is_loopback(host) is inside


def test_no_test_reaches_another_machine() -> None:
    with socket.socket() as s, pytest.raises(OutsideWorld):
        s.connect(("192.0.2.1", 80))
    with pytest.raises(OutsideWorld):
        socket.getaddrinfo("gw.open.1688.com", 443)


def test_loopback_stays_open() -> None:
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())


def test_log_watch_hears_warnings_that_were_not_announced() -> None:
    watch = LogWatch(("disk nearly full",))
    for level, text in ((logging.WARNING, "disk nearly full"), (logging.ERROR, "gave up"), (logging.INFO, "saved")):
        record = logging.LogRecord("shop", level, __file__, 1, text, (), None)
        if level >= watch.level:
            watch.handle(record)
    assert watch.unexpected == ["ERROR shop: gave up"]


@pytest.mark.expect_log("WARNING jdy.frame: announced")
def test_announced_warnings_pass() -> None:
    logging.getLogger("jdy.frame").warning("announced")


def test_a_thread_left_over_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.guards.GRACE_S", 0.05)
    before, stop = running_threads(), threading.Event()
    thread = threading.Thread(target=stop.wait, name="forgotten")
    thread.start()
    try:
        assert left_over(before) == ["thread forgotten"]
    finally:
        stop.set()
        thread.join()
    assert left_over(before) == []


def test_a_window_left_over_is_named_and_put_away(qapp: object) -> None:
    from PySide6.QtWidgets import QWidget

    window = QWidget()
    window.setObjectName("forgotten_window")
    window.show()
    assert left_over(running_threads()) == ["window QWidget 'forgotten_window'"]
    assert left_over(running_threads()) == []


def test_a_running_job_is_named(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from PySide6.QtCore import QThreadPool

    monkeypatch.setattr("tests.support.guards.GRACE_S", 0.05)
    pool, stop = QThreadPool(), threading.Event()
    pool.start(lambda: bool(stop.wait(30)))
    try:
        assert left_over(running_threads()) == ["job pool with 1 running jobs"]
    finally:
        stop.set()
        assert pool.waitForDone(5_000)


def test_frozen_clock_moves_only_when_told() -> None:
    clock = FrozenClock(datetime(2019, 3, 27, 15, 59, tzinfo=UTC))
    assert clock.today() == date(2019, 3, 27)
    clock.sleep(60)
    assert (clock.now(), clock.today()) == (datetime(2019, 3, 27, 16, 0, tzinfo=UTC), date(2019, 3, 28))
    assert clock.slept_s == [60]
    with pytest.raises(ValueError, match="aware"):
        clock.set(datetime(2019, 3, 27))


def test_passwords_stay_in_memory(memory_keyring: object) -> None:
    import keyring

    keyring.set_password("jdy", "key", "secret")
    assert keyring.get_password("jdy", "key") == "secret"
    assert type(keyring.get_keyring()).__name__ == "MemoryKeyring"


def test_postgres_answers(postgres_url: str) -> None:
    from sqlalchemy import create_engine, text

    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.execute(text("select 1")).scalar_one() == 1
    engine.dispose()
