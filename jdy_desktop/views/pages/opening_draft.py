"""Lines of 期初录入 that are typed but not saved outlive the page, the program and a power cut."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from jdy_desktop.models.ids import SkuId
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.drafts import Drafts
from jdy_desktop.services.book.opening_entry import Entry, from_draft, to_draft
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.picker import SkuCard, SkuPicker
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.shell import Shell

_KIND = DocumentKind.OPENING.value
_PAUSE_MS = 1_000


class OpeningDraft(QObject):
    """One autosave of the page; `restored(entries)` comes once, also when there was none."""

    restored = Signal(object)

    def __init__(self, drafts: Drafts, picker: SkuPicker, runner: JobRunner, shell: Shell, parent: QObject) -> None:
        super().__init__(parent)
        self._drafts, self._picker, self._runner, self._shell = drafts, picker, runner, shell
        self._id: int | None = None
        self._may_exist = False
        self._entries: Sequence[Entry] = ()
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setInterval(_PAUSE_MS)
        self._due.timeout.connect(self._save)

    def keep(self, entries: Sequence[Entry]) -> None:
        """Store these a moment after the last change."""
        self._entries = tuple(entries)
        self._due.start()

    def keep_now(self, entries: Sequence[Entry]) -> None:
        """Store these at once; none takes the draft away."""
        self._entries = tuple(entries)
        self._save()

    @Slot()
    def _save(self) -> None:
        self._due.stop()
        payload = to_draft(self._entries)
        if not payload["lines"] and not self._may_exist:
            return
        self._may_exist = bool(payload["lines"])

        def work(_job: JobContext) -> None:
            # Only the one desk thread touches the id, so two saves in a row never make two drafts.
            if payload["lines"]:
                self._id = self._drafts.save(_KIND, payload, self._id)
            elif self._id is not None:
                self._drafts.discard(self._id)
                self._id = None

        self._runner.submit(work, owner=self, on_done=lambda _none: None, on_error=self._shell.tell_error)

    def restore(self) -> None:
        """What was being typed when the page or the program ended."""

        def work(_job: JobContext) -> list[Entry]:
            found = self._drafts.latest_autosave(_KIND)
            if found is None:
                return []
            self._id = found.id
            return from_draft(self._drafts.load(found.id), self._card)

        def done(entries: list[Entry]) -> None:
            self._may_exist = self._may_exist or self._id is not None
            self.restored.emit(entries)

        self._runner.submit(work, owner=self, on_done=done, on_error=self._shell.tell_error)

    def _card(self, sku_id: SkuId) -> SkuCard | None:
        try:
            return self._picker.card(sku_id)
        except UserError:
            return None
