"""How the scanner of this PC is set up, and which sounds the counter makes (features W4, W5).

Most scanners end a code with Enter. Some send Tab or nothing, some put a fixed text before or behind the code.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from jdy_desktop.views.keys import SettingsStore

_END, _PREFIX, _SUFFIX, _SOUND = "scan.end", "scan.prefix", "scan.suffix", "sound.wrong"
_ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
#: The code behind a prefix has at least this many characters; what is shorter was typed.
_SHORTEST = 4
#: Fastest typing by hand is slower; scanners send a key every 1 to 20 ms.
GAP_S = 0.03
#: So many keys that fast are no hand's.
LENGTH = 8
#: Behind a code that ends with nothing comes nothing for this long.
SILENCE_MS = 120


class ScanEnd(StrEnum):
    """What comes behind the code."""

    ENTER = "enter"
    TAB = "tab"
    NOTHING = "nothing"


class Burst:
    """Keys that follow each other faster than a hand types them: a scanner, wherever the focus is."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._keys, self._last = "", 0.0

    def add(self, text: str) -> bool:
        """One key more; True when it begins anew."""
        now = self.clock()
        is_first = not self._keys or now - self._last >= GAP_S
        self._keys = text if is_first else self._keys + text
        self._last = now
        return is_first

    def end(self, *, silent: bool = False) -> str:
        """The code when a scanner sent it, "" for a hand. `silent`: no key ended it, but that nothing followed."""
        is_scan = len(self._keys) >= LENGTH and (silent or self.clock() - self._last < GAP_S)
        code, self._keys = self._keys, ""
        return code if is_scan else ""


class Scanner:
    """Reads and writes the settings of this PC; without a store it is a scanner as it comes out of its box."""

    def __init__(self, store: SettingsStore | None = None) -> None:
        self._store = store

    @property
    def end(self) -> ScanEnd:
        value = self._get(_END)
        return ScanEnd(value) if value in set(ScanEnd) else ScanEnd.ENTER

    @property
    def prefix(self) -> str:
        return self._get(_PREFIX)

    @property
    def suffix(self) -> str:
        return self._get(_SUFFIX)

    @property
    def sounds(self) -> bool:
        return self._get(_SOUND) != "0"

    def set_end(self, end: ScanEnd) -> None:
        self._set(_END, end)

    def set_around(self, prefix: str, suffix: str) -> None:
        self._set(_PREFIX, prefix)
        self._set(_SUFFIX, suffix)

    def set_sounds(self, on: bool) -> None:
        self._set(_SOUND, "1" if on else "0")

    def reset(self) -> None:
        """恢复默认."""
        self.set_end(ScanEnd.ENTER)
        self.set_around("", "")
        self.set_sounds(True)

    def is_end(self, key: int) -> bool:
        """Whether this key ends a code. Enter always does: hands press it too."""
        return key in _ENTERS or (key == Qt.Key.Key_Tab and self.end is ScanEnd.TAB)

    def code(self, text: str) -> str:
        """The code without what the scanner puts around it; words typed by hand stay as they are."""
        bare = text
        if self.prefix and bare.startswith(self.prefix):
            bare = bare[len(self.prefix) :]
        if self.suffix and bare.endswith(self.suffix):
            bare = bare[: -len(self.suffix)]
        return bare if len(bare) >= _SHORTEST else text

    def wrong(self) -> None:
        """The sound of an unknown code or a refused line."""
        if self.sounds:
            QApplication.beep()

    def _get(self, key: str) -> str:
        return (self._store.get(key) or "") if self._store else ""

    def _set(self, key: str, value: str) -> None:
        if self._store:
            self._store.set(key, value)


class _Holder:
    """The scanner in force; replaced by the application at start, as the key map is."""

    current = Scanner()


def use(scanner: Scanner) -> None:
    """Make `scanner` the one that scan rows ask."""
    _Holder.current = scanner


def current() -> Scanner:
    """The scanner of this PC."""
    return _Holder.current
