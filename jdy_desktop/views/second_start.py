"""A second start raises the window of the first instead of opening a second one (reliability F21).

The running program listens at a door of this user's session; whoever starts it again knocks and goes away. Whether a program
runs is decided by the lock of the data folder (`machine/instance.py`), never by the door.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication, QMessageBox

_WAIT_MS = 1_500


def _name(lock_file: Path) -> str:
    return "jdy-desktop-" + hashlib.sha256(str(lock_file).encode()).hexdigest()[:24]


class Door(QObject):
    """Calls `on_knock` when the program is started again. Only whoever holds the lock of `lock_file` may make one."""

    def __init__(self, lock_file: Path, on_knock: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._on_knock = on_knock
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        # The lock is ours, so what stands there was left by a program that was killed.
        QLocalServer.removeServer(_name(lock_file))
        self._server.newConnection.connect(self._on_connection)
        self._server.listen(_name(lock_file))

    @Slot()
    def _on_connection(self) -> None:
        while self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            socket.disconnected.connect(socket.deleteLater)
            socket.disconnectFromServer()
        self._on_knock()

    def close(self) -> None:
        """Listen no more."""
        self._server.close()


def knock(lock_file: Path) -> bool:
    """Ask the running program to show its window. False when nobody listens."""
    socket = QLocalSocket()
    socket.connectToServer(_name(lock_file))
    answered = socket.waitForConnected(_WAIT_MS)
    socket.abort()
    return answered


def show_the_first(lock_file: Path) -> int:
    """This start is the second one: the window of the first comes forward. The exit code of the program."""
    if knock(lock_file):
        sys.stdout.write("程序已经开着，已把它的窗口放到前面。\n")
        return 0
    say("程序已经开着，请看任务栏。数据没有变。")
    return 2


def say(words: str) -> None:
    """Told when no window opens: on the terminal, and in a box for whoever has none."""
    sys.stderr.write(words + "\n")
    if QApplication.platformName() != "offscreen":
        QMessageBox.warning(None, "进销存", words)
