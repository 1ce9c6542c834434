"""Settings of this PC (not of the book): window, theme, keys, column layouts, known books, the way to 1688."""

from __future__ import annotations

import json
import logging
import os
import threading
from pathlib import Path
from typing import Any

from jdy_desktop.services.machine.files import write_whole

log = logging.getLogger(__name__)

DEFAULT_GATEWAY = "https://gw.open.1688.com"
DEFAULT_AUTH = "https://auth.1688.com/oauth/authorize"
DEFAULT_IMAGES = "https://cbu01.alicdn.com/"

#: setting key → environment variable that overrides it.
_OVERRIDES = {
    "gateway.address": "JDY_1688_GATEWAY",
    "gateway.auth": "JDY_1688_AUTH",
    "gateway.images": "JDY_1688_IMAGES",
    "gateway.app_key": "JDY_1688_APP_KEY",
    "gateway.app_secret": "JDY_1688_APP_SECRET",
}
_DEFAULTS = {
    "gateway.address": DEFAULT_GATEWAY,
    "gateway.auth": DEFAULT_AUTH,
    "gateway.images": DEFAULT_IMAGES,
}


class LocalSettings:
    """Text values by key, kept in one JSON file. A damaged file is set aside, never guessed at."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._temporary: dict[str, str] = {}
        self._values: dict[str, str] = self._load()

    def get(self, key: str) -> str | None:
        """The value of this run, else the environment's, else the stored one, else the default."""
        override = os.environ.get(_OVERRIDES.get(key, ""))
        return self._temporary.get(key) or override or self._values.get(key) or _DEFAULTS.get(key)

    def set(self, key: str, value: str | None) -> None:
        """Store at once; None forgets the key."""
        with self._lock:
            if value is None:
                self._values.pop(key, None)
            else:
                self._values[key] = value
            content = json.dumps(self._values, ensure_ascii=False, indent=1, sort_keys=True)
            write_whole(self._path, content.encode())

    def use(self, key: str, value: str) -> None:
        """For this run only (the practice market's addresses change with every start)."""
        self._temporary[key] = value

    def forget_run(self) -> None:
        """What `use` said is over: another account set is opened."""
        self._temporary.clear()

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.get(key)
        return default if value is None else value == "1"

    def number(self, key: str, default: int) -> int:
        """A whole number; anything else in the file reads as `default`."""
        value = self.get(key) or ""
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else default

    def set_flag(self, key: str, value: bool) -> None:
        self.set(key, "1" if value else "0")

    @property
    def last_book(self) -> Path | None:
        value = self.get("book.last")
        return Path(value) if value else None

    def known_books(self) -> tuple[Path, ...]:
        """Books opened on this PC, the last one first; an unreadable list reads as empty."""
        try:
            known = json.loads(self.get("book.known") or "[]")
            return tuple(Path(p) for p in known)
        except (ValueError, TypeError):
            return ()

    def remember_book(self, path: Path) -> None:
        known = [str(p) for p in self.known_books() if p != path]
        self.set("book.known", json.dumps([str(path), *known], ensure_ascii=False))
        self.set("book.last", str(path))

    def _load(self) -> dict[str, str]:
        if not self._path.exists():
            return {}
        try:
            values: Any = json.loads(self._path.read_text("utf-8"))
            return {str(k): str(v) for k, v in values.items()}
        except (ValueError, AttributeError):
            aside = self._path.with_suffix(".damaged.json")
            os.replace(self._path, aside)
            log.info("settings file damaged, set aside as=%s", aside.name)
            return {}
