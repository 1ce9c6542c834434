"""A scanner in a dialog: what it sends is neither typed there nor does the Enter behind it press a button (W4)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from jdy_desktop.views import scanner

_TAKES_CODES = "takes_codes"
_HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def take_codes(field: QLineEdit) -> None:
    """A scanner may write into this field of a dialog; the Enter behind the code does nothing."""
    field.setProperty(_TAKES_CODES, True)


class ScanWatch(QObject):
    """Hears the keys of a window while the focus is in `host` (or nowhere): `heard(code)` for each code of a scanner.

    Keys are seen where they come into the window, before the field or the button that has the focus.
    """

    def __init__(self, host: QWidget, heard: Callable[[str], None]) -> None:
        super().__init__(host)
        self._host, self._heard = host, heard
        self.burst = scanner.Burst()
        self._focus: QWidget | None = None
        self._before = ""
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.setInterval(scanner.SILENCE_MS)
        self._silence.timeout.connect(self._on_silence)
        self._is_on = True
        handle = host.window().windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def stop(self) -> None:
        """The host closes; it takes this along when it is deleted."""
        self._is_on = False
        self._silence.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or not self._is_here():
            return False
        if scanner.current().is_end(event.key()) and not event.modifiers() & _HELD:
            self._silence.stop()
            return self._take(self.burst.end())
        if event.text() and event.text().isprintable():
            if self.burst.add(event.text()):
                self._focus = focus = QApplication.focusWidget()
                self._before = focus.text() if isinstance(focus, QLineEdit) else ""
            if scanner.current().end is scanner.ScanEnd.NOTHING:
                self._silence.start()
        return False

    def _is_here(self) -> bool:
        focus = QApplication.focusWidget()
        return self._is_on and (focus is None or focus is self._host or self._host.isAncestorOf(focus))

    @Slot()
    def _on_silence(self) -> None:
        if self._is_here():
            self._take(self.burst.end(silent=True))

    def _take(self, code: str) -> bool:
        if not code:
            return False
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit) and field.property(_TAKES_CODES):
            self._write(field, code)
        else:
            self._untype(field)
            self._heard(code)
        return True

    def _write(self, field: QLineEdit, code: str) -> None:
        """The code alone, without what the scanner puts around it, apart from the one before it."""
        typed = field.text()
        before = self._before if typed == self._before + code else typed.removesuffix(code)
        _set_text(field, f"{before} {scanner.current().code(code)}".strip())

    def _untype(self, field: QWidget | None) -> None:
        """What stood there before the first key."""
        if not isinstance(field, QLineEdit):
            return
        if field is self._focus:
            _set_text(field, self._before)
            return
        above: QWidget | None = field  # the first key opened a cell
        while above is not None and not hasattr(above, "close_editor"):
            above = above.parentWidget()
        if above is not None:
            above.close_editor(commit=False)


def _set_text(field: QLineEdit, text: str) -> None:
    field.setText(text)
    field.setModified(True)
    field.textEdited.emit(text)
