"""What went wrong, told to the clerk: one sentence for what is known, one calm window for what is our fault (style.md §8)."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from jdy_desktop.services.errors import JdyError, JobCancelled

log = logging.getLogger(__name__)


class Teller(QObject):
    """`host()`: the window that is on the screen now, None when there is none: then the log alone is told."""

    _crashed = Signal(object)

    def __init__(self, host: Callable[[], QWidget | None], parent: QObject) -> None:
        super().__init__(parent)
        self._host = host
        self._crashed.connect(self._show_crash)

    def tell(self, error: BaseException) -> None:
        """On the main thread. What the clerk cancelled himself is not told."""
        if isinstance(error, JobCancelled):
            return
        host = self._host()
        if isinstance(error, JdyError) and host is not None:
            from jdy_desktop.views.dialogs.message_dialog import MessageDialog

            log.info("told the clerk: %s", error)
            MessageDialog(host, sentence_of(error)).open()
        else:
            log.error("unexpected", exc_info=error)
            self._show_crash(error)

    def hear_all(self) -> None:
        """From now on exceptions nobody caught, of any thread, come here."""

        def on_main(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
            self._hear(error)

        def on_thread(failure: threading.ExceptHookArgs) -> None:
            if failure.exc_value is not None:
                self._hear(failure.exc_value)

        sys.excepthook = on_main
        threading.excepthook = on_thread

    def _hear(self, error: BaseException) -> None:
        log.error("unexpected", exc_info=error)
        # The hook may run on a worker, so it only posts.
        self._crashed.emit(error)

    @Slot(object)
    def _show_crash(self, error: BaseException) -> None:
        host = self._host()
        if host is not None:
            from jdy_desktop.views.dialogs.crash_dialog import CrashDialog

            CrashDialog(host, error).open()


def sentence_of(error: JdyError) -> str:
    """The table of sentences is read when something went wrong, not before the first window."""
    from jdy_desktop.views.texts import sentence

    return sentence(error)
