"""Acts like a person at the window: finds widgets by name, types, clicks, waits for what must appear, takes pictures."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

W = TypeVar("W", bound=QWidget)
WAIT_S = 60.0
_POLL_MS = 20


class TourFailed(Exception):
    """A step did not come to its end; the text says what was waited for."""


@dataclass(slots=True)
class Step:
    name: str
    seconds: float = 0.0
    picture: str = ""


@dataclass(slots=True)
class Report:
    """What `report.json` holds. `qr_text` was read back from the picture on screen, `pdf_qr_text` from the printed page."""

    ok: bool = False
    problem: str = ""
    seconds: float = 0.0
    steps: list[Step] = field(default_factory=list)
    sale_number: str = ""
    pre_order_number: str = ""
    detail_url: str = ""
    qr_text: str = ""
    pdf: str = ""
    pdf_qr_text: str = ""
    pay_state: str = ""

    def write(self, folder: Path) -> None:
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        (folder / "report.json").write_text(text + "\n", encoding="utf-8")


class Player:
    """`window()` gives the window in hand: the wizard first, the main window afterwards."""

    def __init__(self, folder: Path, window: Callable[[], QWidget | None]) -> None:
        self.folder = folder
        self.report = Report()
        self._window = window
        self._started = time.monotonic()

    @property
    def window(self) -> QWidget:
        found = self._window()
        if found is None:
            raise TourFailed("no window is open")
        return found

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """One step of the story, timed."""
        step = Step(name)
        began = time.monotonic()
        print(f"  {name}", flush=True)
        try:
            yield step
        finally:
            step.seconds = round(time.monotonic() - began, 2)
            self.report.steps.append(step)

    # ---- waiting
    def wait(self, condition: Callable[[], object], what: str, timeout_s: float = WAIT_S) -> None:
        """Let the window live until `condition` holds. Raises TourFailed naming `what`."""
        if condition():
            return
        loop, poll = QEventLoop(), QTimer()
        ends = time.monotonic() + timeout_s

        def look() -> None:
            # What was true for a moment counts: a list may be read again right after.
            if condition():
                loop.exit(1)
            elif time.monotonic() > ends:
                loop.exit(0)

        poll.timeout.connect(look)
        poll.start(_POLL_MS)
        came = loop.exec()
        poll.stop()
        if not came:
            raise TourFailed(f"waited {timeout_s:.0f} s for: {what}")

    def settle(self, seconds: float = 0.25) -> None:
        """Let what was just shown be painted before a picture is taken of it."""
        loop = QEventLoop()
        QTimer.singleShot(int(seconds * 1000), loop.quit)
        loop.exec()

    def shown(self, name: str) -> bool:
        found = self.window.findChild(QWidget, name)
        return found is not None and found.isVisible()

    def find(self, kind: type[W], name: str) -> W:
        """The visible widget of that name; waits for it."""

        def visible() -> W | None:
            return next((w for w in self.window.findChildren(kind, name) if w.isVisible()), None)

        self.wait(visible, f"widget {name}")
        found = visible()
        assert found is not None
        return found

    # ---- hands
    def click(self, name: str) -> None:
        """Press a button with the mouse once it can be pressed."""
        button = self.find(QAbstractButton, name)
        self.wait(button.isEnabled, f"button {name} enabled")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def write(self, name: str, text: str) -> None:
        """Replace the text of a field."""
        edit = self.find(QLineEdit, name)
        edit.setFocus()
        edit.selectAll()
        self.type(text, edit)

    def type(self, text: str, target: QWidget | None = None) -> None:
        """Type into `target` or the focus; Chinese comes as an input method commits it."""
        focus = target or self._focus()
        if text.isascii():
            QTest.keyClicks(focus, text)
            return
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(focus, event)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self._focus(), key, modifiers)

    def _focus(self) -> QWidget:
        """Without a window manager the window is not active, yet it knows which widget would have the keys."""
        return QApplication.focusWidget() or self.window.focusWidget() or self.window

    # ---- pictures
    def picture(self, name: str, step: Step | None = None, *, of: QWidget | None = None) -> Path:
        """Grab the client area; the file name begins with the number of the step."""
        self.settle()
        path = self.folder / f"{len(self.report.steps) + 1:02d}_{name}.png"
        (of or self.window).grab().save(str(path))
        if step is not None:
            step.picture = path.name
        return path

    def finish(self, problem: str = "") -> int:
        """Write the report; exit code 0 or 1."""
        self.report.ok = not problem
        self.report.problem = problem
        self.report.seconds = round(time.monotonic() - self._started, 2)
        self.report.write(self.folder)
        return 0 if self.report.ok else 1

    def run_script(self, view: Any, script: str) -> None:
        """JavaScript in the practice market's page, in the place of the person's hands."""
        view.page().runJavaScript(script)
