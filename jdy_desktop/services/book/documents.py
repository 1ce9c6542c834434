"""Documents of every kind: save, change, review, void. One call = one transaction = all of it or nothing."""

from __future__ import annotations

from datetime import date

from jdy_desktop.models.ids import DocumentId
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.document_values import (
    DocumentView,
    LineTotals,
    LineView,
    SavedDocument,
    SaveDocument,
    SaveLine,
    Shortfall,
    TaxRules,
    Totals,
)
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database

__all__ = [
    "DocumentView",
    "Documents",
    "LineTotals",
    "LineView",
    "SaveDocument",
    "SaveLine",
    "SavedDocument",
    "Shortfall",
    "TaxRules",
    "Totals",
]


class Documents:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db = db
        self._ctx = ctx

    def new_client_key(self) -> str:
        """A key for a form just opened; saving that form twice stores it once."""
        return self._ctx.random.token(18)

    def save(self, request: SaveDocument) -> SavedDocument:
        raise NotImplementedError

    def preview_number(self, kind: DocumentKind, day: date) -> str:
        """The number the next document of that day will probably get; given for good only while saving."""
        raise NotImplementedError

    def document(self, document_id: DocumentId) -> DocumentView:
        raise NotImplementedError

    def neighbour(self, kind: DocumentKind, document_id: DocumentId | None, step: int) -> DocumentId | None:
        """上一张 (step −1) / 下一张 (+1)."""
        raise NotImplementedError

    def void(self, document_id: DocumentId, version: int) -> SavedDocument:
        raise NotImplementedError

    def review(self, document_id: DocumentId, version: int) -> SavedDocument:
        raise NotImplementedError

    def unreview(self, document_id: DocumentId, version: int) -> SavedDocument:
        raise NotImplementedError

    def tax_rules(self) -> TaxRules:
        raise NotImplementedError

    def totals(self, request: SaveDocument, rules: TaxRules) -> Totals:
        """Foot of the form while typing; pure, no database: call it on each key."""
        raise NotImplementedError
