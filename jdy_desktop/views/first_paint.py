"""Work that may wait until the clerk sees something."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

# A window that opens minimised is never painted; its book must open all the same.
_LONGEST_MS = 400


class _FirstPaint(QObject):
    def __init__(self, window: QWidget, call: Callable[[], None]) -> None:
        super().__init__(window)
        self._window = window
        self._call: Callable[[], None] | None = call
        window.installEventFilter(self)
        QTimer.singleShot(_LONGEST_MS, self, self._run)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            # The window paints first, its children after it, all in this turn of the event loop.
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self._run)
        return False

    def _run(self) -> None:
        call, self._call = self._call, None
        # Closed again before it was painted: the program is ending, nothing may begin now.
        if call is not None and self._window.isVisible():
            call()


def after_first_paint(window: QWidget, call: Callable[[], None]) -> None:
    """Call once, when `window` and all in it have been painted for the first time (0.4 s after now at the latest)."""
    _FirstPaint(window, call)
