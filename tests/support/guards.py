"""What every test is held to: no socket but loopback, no unexpected warning in the log, nothing left running."""

from __future__ import annotations

import gc
import ipaddress
import logging
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

GRACE_S = 5.0  # threads that were told to end get this long
QUIET_THREADS = ("execnet", "pytest_timeout", "asyncio_")


class OutsideWorld(AssertionError):
    """A test tried to reach another machine."""


def is_loopback(host: object) -> bool:
    """Whether an address is this machine. Names other than localhost are not: resolving them would ask outside."""
    if host in (None, "", "localhost", b"localhost"):
        return True
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.split("%")[0]).is_loopback
    except ValueError:
        return False


@contextmanager
def only_loopback() -> Iterator[None]:
    """Until left, connecting to or resolving any other machine raises `OutsideWorld`. Unix sockets are free."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def checked(call: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
        def guarded(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
                raise OutsideWorld(f"a test tried to connect to {address!r}")
            return call(self, address)

        return guarded

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not is_loopback(host) and host not in ("0.0.0.0", "::"):
            raise OutsideWorld(f"a test tried to resolve {host!r}")
        return getaddrinfo(host, *args, **kwargs)

    socket.socket.connect = checked(connect)  # type: ignore[method-assign, assignment]
    socket.socket.connect_ex = checked(connect_ex)  # type: ignore[method-assign, assignment]
    socket.getaddrinfo = guarded_getaddrinfo
    try:
        yield
    finally:
        socket.socket.connect = connect  # type: ignore[method-assign]
        socket.socket.connect_ex = connect_ex  # type: ignore[method-assign]
        socket.getaddrinfo = getaddrinfo


class LogWatch(logging.Handler):
    """Collects records of level warning and above; `unexpected` are those no pattern was announced for."""

    def __init__(self, expected: tuple[str, ...] = ()) -> None:
        super().__init__(logging.WARNING)
        self._expected = [re.compile(pattern) for pattern in expected]
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = f"{record.levelname} {record.name}: {record.getMessage()}"
        if record.exc_info and record.exc_info[1] is not None:
            text += f" [{record.exc_info[0].__name__}: {record.exc_info[1]}]"
        self.messages.append(text)

    def expect(self, *patterns: str) -> None:
        """Announces records that belong to the test (regular expressions, searched in 'LEVEL logger: message')."""
        self._expected += [re.compile(pattern) for pattern in patterns]

    @property
    def unexpected(self) -> list[str]:
        return [m for m in self.messages if not any(p.search(m) for p in self._expected)]


def running_threads() -> set[threading.Thread]:
    """Python's own threads that a test can leave over. Qt's pool threads appear as dummies and are counted by Qt."""
    return {
        t
        for t in threading.enumerate()
        if not isinstance(t, threading._DummyThread)
        and t is not threading.main_thread()
        and not t.name.startswith(QUIET_THREADS)
    }


def _busy_qt() -> list[str]:
    if "PySide6.QtCore" not in sys.modules:
        return []
    import shiboken6
    from PySide6.QtCore import QThread, QThreadPool

    busy = []
    for wrapper in shiboken6.getAllValidWrappers():
        if isinstance(wrapper, QThreadPool) and wrapper.activeThreadCount():
            busy.append(f"job pool with {wrapper.activeThreadCount()} running jobs")
        elif isinstance(wrapper, QThread) and wrapper.isRunning() and wrapper is not QThread.currentThread():
            busy.append(f"QThread {wrapper.objectName()!r}")
    return busy


def _open_windows() -> list[str]:
    if "PySide6.QtWidgets" not in sys.modules:
        return []
    from PySide6.QtWidgets import QApplication

    if not isinstance(QApplication.instance(), QApplication):
        return []
    left = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    names = [f"window {type(w).__name__} {w.objectName() or w.windowTitle()!r}" for w in left]
    for window in left:  # so that only the guilty test is told
        window.hide()
        window.deleteLater()
    return names


def _still_busy(before: set[threading.Thread]) -> list[str]:
    return [f"thread {thread.name}" for thread in running_threads() - before] + _busy_qt()


def left_over(before: set[threading.Thread]) -> list[str]:
    """What the test left behind: windows, threads, jobs; threads and jobs are given a moment to end."""
    found = _open_windows()
    if _still_busy(before):
        gc.collect()  # a socket that only an exception's traceback still holds keeps its peer's thread waiting
    deadline = time.monotonic() + GRACE_S
    while (busy := _still_busy(before)) and time.monotonic() < deadline:
        time.sleep(0.01)
    return found + busy
