"""What ties documents together, inside a transaction: returns to their lines, a count to the documents it wrote.

A return starts from the lines of a purchase or a sale and cannot exceed them; what it starts from stays as it is while
the return stands. What a count wrote is changed through the count only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select, update

from jdy_desktop.models.documents import Document, DocumentLine
from jdy_desktop.models.ids import DocumentId
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.services.book.bulk import chunks, table_of
from jdy_desktop.services.book.document_values import SaveDocument
from jdy_desktop.services.book.kinds import RETURN_OF
from jdy_desktop.services.errors import UserError

_DOCUMENT, _LINE = table_of(Document), table_of(DocumentLine)
_VOIDED = DocumentState.VOIDED.value
_RETURNED_KINDS = {kind.value for kind in RETURN_OF.values()}
_FROM_COUNT = {DocumentKind.OTHER_RECEIPT.value, DocumentKind.OTHER_ISSUE.value}


def number_of(connection: Connection, document_id: int | None) -> str:
    """Its number, "" for none."""
    if document_id is None:
        return ""
    return connection.execute(select(_DOCUMENT.c.number).where(_DOCUMENT.c.id == document_id)).scalar() or ""


# ---- returns
def check_sources(connection: Connection, request: SaveDocument, *, needs_review: bool) -> None:
    """Raises UserError with the row when a line returns what was not bought or sold there, or more of it."""
    wanted = [line.source_line_id for line in request.lines if line.source_line_id is not None]
    if request.kind not in RETURN_OF:
        return
    if not wanted:
        return
    sources = _sources(connection, wanted)
    before = _returned(connection, wanted, request.document_id)
    taken: dict[int, Decimal] = {}
    for row, line in enumerate(request.lines, 1):
        if line.source_line_id is None:
            continue
        source = sources.get(line.source_line_id)
        if source is None or source.sku_id != line.sku_id:
            raise UserError("return_source_unknown", field="sku_id", row=row)
        _check_source(source, request, needs_review)
        so_far = before.get(source.id, ZERO) + taken.get(source.id, ZERO)
        if so_far + line.quantity > source.quantity:
            left = max(source.quantity - so_far, ZERO)
            raise UserError("return_exceeds", field="quantity", row=row, left=left, number=source.number)
        taken[source.id] = taken.get(source.id, ZERO) + line.quantity


def _check_source(source: Any, request: SaveDocument, needs_review: bool) -> None:
    if source.kind != RETURN_OF[request.kind].value:
        raise UserError("return_other_kind", number=source.number)
    if source.state == _VOIDED:
        raise UserError("return_source_voided", number=source.number)
    if needs_review and source.state != DocumentState.REVIEWED.value:
        raise UserError("return_source_unreviewed", number=source.number)
    if (source.customer_id, source.supplier_id) != (request.customer_id, request.supplier_id):
        raise UserError("return_other_party", number=source.number)


def returnable(connection: Connection, document_id: int, but: int | None = None) -> dict[int, Decimal]:
    """What may still be returned of each line, by line id; `but`: a return that does not count."""
    rows = connection.execute(select(_LINE.c.id, _LINE.c.quantity).where(_LINE.c.document_id == document_id)).all()
    gone = _returned(connection, [row.id for row in rows], but)
    return {row.id: max(row.quantity - gone.get(row.id, ZERO), ZERO) for row in rows}


def _sources(connection: Connection, line_ids: Sequence[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    head = ("kind", "number", "state", "customer_id", "supplier_id")
    query = select(_LINE.c.id, _LINE.c.sku_id, _LINE.c.quantity, *(_DOCUMENT.c[name] for name in head))
    query = query.join_from(_LINE, _DOCUMENT, _DOCUMENT.c.id == _LINE.c.document_id)
    for part in chunks(sorted(set(line_ids))):
        found.update((row.id, row) for row in connection.execute(query.where(_LINE.c.id.in_(part))))
    return found


def _returned(connection: Connection, line_ids: Sequence[int], but: int | None) -> dict[int, Decimal]:
    """Pieces of these lines taken back by returns that stand, saved or reviewed."""
    found: dict[int, Decimal] = {}
    query = (
        select(_LINE.c.source_line_id, func.sum(_LINE.c.quantity))
        .join_from(_LINE, _DOCUMENT, _DOCUMENT.c.id == _LINE.c.document_id)
        .where(_DOCUMENT.c.state != _VOIDED)
        .group_by(_LINE.c.source_line_id)
    )
    if but is not None:
        query = query.where(_DOCUMENT.c.id != but)
    for part in chunks(sorted(set(line_ids))):
        rows = connection.execute(query.where(_LINE.c.source_line_id.in_(part)))
        found.update((line_id, quantity) for line_id, quantity in rows)
    return found


def forget_voided_returns(connection: Connection, document_id: int) -> None:
    """The lines of this document are about to be written anew: returns that were voided no longer point to them."""
    own = select(_LINE.c.id).where(_LINE.c.document_id == document_id)
    connection.execute(update(_LINE).where(_LINE.c.source_line_id.in_(own)).values(source_line_id=None))


def _has_returns(connection: Connection, document_id: int) -> bool:
    own = select(_LINE.c.id).where(_LINE.c.document_id == document_id)
    query = (
        select(_LINE.c.id)
        .join_from(_LINE, _DOCUMENT, _DOCUMENT.c.id == _LINE.c.document_id)
        .where(_LINE.c.source_line_id.in_(own), _DOCUMENT.c.state != _VOIDED)
    )
    return connection.execute(query.limit(1)).first() is not None


# ---- counts
def written_by_count(connection: Connection, head: Mapping[str, Any]) -> list[tuple[DocumentId, int]]:
    """Id and version of the 盘盈 and 盘亏 documents of a count, as far as they stand; none for other kinds."""
    if head["kind"] != DocumentKind.COUNT.value:
        return []
    query = select(_DOCUMENT.c.id, _DOCUMENT.c.version).where(_DOCUMENT.c.source_id == head["id"])
    # The shortage goes first when taken back: it brings goods, the surplus takes them.
    query = query.where(_DOCUMENT.c.state != _VOIDED).order_by(_DOCUMENT.c.id.desc())
    return [(DocumentId(row.id), row.version) for row in connection.execute(query)]


def is_of_count(connection: Connection, head: Mapping[str, Any]) -> bool:
    """Whether a count wrote this document."""
    if head["kind"] not in _FROM_COUNT or head["source_id"] is None:
        return False
    query = select(_DOCUMENT.c.kind).where(_DOCUMENT.c.id == head["source_id"])
    return connection.execute(query).scalar() == DocumentKind.COUNT.value


# ---- what they forbid
def void_lock(connection: Connection, head: Mapping[str, Any], *, with_count: bool = False) -> str | None:
    """Why the document may not be taken back, as a code; None: it may."""
    if head["kind"] in _RETURNED_KINDS and _has_returns(connection, head["id"]):
        return "document_has_returns"
    if not with_count and is_of_count(connection, head):
        return "document_of_count"
    return None


def edit_lock(connection: Connection, head: Mapping[str, Any]) -> str | None:
    """Why the document may not be changed, as a code; None: it may."""
    return "count_fixed" if head["kind"] == DocumentKind.COUNT.value else void_lock(connection, head)
