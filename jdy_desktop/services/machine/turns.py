"""A lock that is handed over in the order of asking.

An ordinary lock goes to whoever happens to run when it is let go: a download that lets go and asks again at once would
overtake the sale that has been waiting. Here the one who let go stands at the end of the line.
"""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """`with turns:`; not for asking twice on one thread."""

    def __init__(self) -> None:
        self._door = threading.Lock()
        self._is_taken = False
        self._line: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        with self._door:
            if not self._is_taken:
                self._is_taken = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._line.append(mine)
        mine.acquire()  # let go by the one before, who leaves `_is_taken` as it is

    def __exit__(self, *_: object) -> None:
        with self._door:
            if self._line:
                self._line.popleft().release()
            else:
                self._is_taken = False

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return len(self._line)
