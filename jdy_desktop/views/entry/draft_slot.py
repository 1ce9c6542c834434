"""The draft behind a form that is being typed: written while typing, held (挂单), thrown away once the form is stored."""

from __future__ import annotations

from typing import Any

from jdy_desktop.services.book.drafts import Drafts

#: After the last key; a power cut costs no more than this.
AUTOSAVE_MS = 300


class DraftSlot:
    """The draft of one form. Its methods run on the desk lane only, where every save of the form takes its turn."""

    def __init__(self, drafts: Drafts, kind: str, draft_id: int | None = None) -> None:
        self._drafts, self._kind = drafts, kind
        self.id = draft_id
        #: The form was held or stored: an autosave that comes after it must not write it anew.
        self.is_closed = False

    def write(self, payload: dict[str, Any], summary: str, *, is_empty: bool) -> None:
        """Keep what is typed; an emptied form throws its draft away."""
        if self.is_closed:
            return
        if not is_empty:
            self.id = self._drafts.save(self._kind, payload, self.id, summary=summary)
        elif self.id is not None:
            self._drafts.discard(self.id)
            self.id = None

    def hold(self, payload: dict[str, Any], summary: str, note: str) -> int:
        """挂单. How many are held now."""
        self.id = self._drafts.save(self._kind, payload, self.id, is_held=True, note=note, summary=summary)
        self.is_closed = True
        return len(self._drafts.held(self._kind))

    def close(self) -> None:
        """The form is a document now."""
        self.is_closed = True
        if self.id is not None:
            self._drafts.discard(self.id)
