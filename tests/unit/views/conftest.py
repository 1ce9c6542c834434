"""The look of the program, put on the one application of the test run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from jdy_desktop.views import keys, theme


@pytest.fixture
def look(qapp: QApplication) -> Iterator[QApplication]:
    """Light theme at 100 % with the shipped keys."""
    keys.use(keys.KeyMap())
    theme.apply(qapp, mode="light", scale=100)
    yield qapp
    theme.apply(qapp, mode="light", scale=100)


class MemoryStore:
    """Settings store of a test."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        return self.values.get(key)

    def set(self, key: str, value: str) -> None:
        self.values[key] = value


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()
