"""1688's categories, level by level, remembered while the program runs: they change a few times a year."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from jdy_desktop.services.channel.publish_values import BoundCategory
from jdy_desktop.services.machine.jobs import JobContext

if TYPE_CHECKING:
    from jdy_desktop.services.ali1688.client import Gateway
    from jdy_desktop.services.ali1688.values import Category

ROOT = "0"
#: between the levels of a path
ARROW = " > "
_LEVELS = 5
_MOST_FOUND = 40


class PlatformCategories:
    """Thread-safe."""

    def __init__(self, gateway: Callable[[], Gateway]) -> None:
        self._gateway = gateway
        self._lock = threading.Lock()
        self._children: dict[str, tuple[Category, ...]] = {}
        self._known: dict[str, Category | None] = {}

    def children(self, job: JobContext, parent_id: str = ROOT) -> tuple[Category, ...]:
        """The next level below; ROOT gives the top one. Raises LinkError, PlatformError."""
        with self._lock:
            found = self._children.get(parent_id)
        if found is None:
            found = self._gateway().categories(parent_id, job)
            with self._lock:
                self._children[parent_id] = found
        return found

    def search(self, job: JobContext, words: str) -> tuple[BoundCategory, ...]:
        """Leaf categories whose name holds the words, each with its whole path; at most 40."""
        if not words.strip():
            return ()
        found = [one for one in self._gateway().find_categories(words.strip(), job) if one.is_leaf]
        return tuple(BoundCategory(one.category_id, self._path(job, one)) for one in found[:_MOST_FOUND])

    def _path(self, job: JobContext, leaf: Category) -> str:
        names, parent_id = [leaf.name], leaf.parent_id
        while parent_id and len(names) < _LEVELS:
            parent = self._category(job, parent_id)
            if parent is None:
                break
            names.append(parent.name)
            parent_id = parent.parent_id
        return ARROW.join(reversed(names))

    def _category(self, job: JobContext, category_id: str) -> Category | None:
        with self._lock:
            if category_id in self._known:
                return self._known[category_id]
        found = self._gateway().category(category_id, job)
        with self._lock:
            self._known[category_id] = found
        return found
