"""What a stored document can become: reviewed, taken back, voided. Each inside a transaction of the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from jdy_desktop.models.ids import DocumentId
from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.services.book import audit, bills, counting, document_links, document_reading, sale_channel
from jdy_desktop.services.book.document_values import SavedDocument
from jdy_desktop.services.book.document_writing import (
    DOCUMENT,
    LINE,
    BookRules,
    book_rules,
    change_head,
    check_day,
    goods_of,
    keep_last_prices,
    move_lines,
    post_party,
    refuse_short,
    reverse_party,
)
from jdy_desktop.services.book.kinds import DOCUMENT_KINDS, KindSpec
from jdy_desktop.services.book.posting import Ledger
from jdy_desktop.services.book.return_costs import returned_costs
from jdy_desktop.services.errors import Stale, UserError
from jdy_desktop.services.machine.context import Context


def stored_head(connection: Connection, document_id: DocumentId) -> Mapping[str, Any]:
    row = connection.execute(select(DOCUMENT).where(DOCUMENT.c.id == document_id)).mappings().first()
    if row is None:
        raise UserError("document_unknown", id=document_id)
    return dict(row)


def state_lock(state: str) -> str | None:
    return {DocumentState.REVIEWED: "document_reviewed", DocumentState.VOIDED: "document_voided"}.get(
        DocumentState(state)
    )


def saved_document(
    connection: Connection, document_id: DocumentId, *, already: bool = False, warnings: tuple[str, ...] = ()
) -> SavedDocument:
    row = stored_head(connection, document_id)
    live = sale_channel.live_pre_order(connection, document_id)
    return SavedDocument(
        document_id,
        row["number"],
        row["version"],
        row["settlement_amount"],
        live.id if live else None,
        warnings,
        already_saved=already,
    )


def _checked(connection: Connection, document_id: DocumentId, version: int) -> Mapping[str, Any]:
    head = stored_head(connection, document_id)
    if head["version"] != version:
        raise Stale(entity="document", number=head["number"])
    if head["state"] == DocumentState.VOIDED:
        raise UserError("document_voided", number=head["number"])
    return head


def void(
    session: Session, ctx: Context, document_id: DocumentId, version: int, *, with_count: bool = False
) -> SavedDocument:
    """See `Documents.void`. `with_count`: the count that wrote this document is being voided too."""
    connection = session.connection()
    head = _checked(connection, document_id, version)
    live = sale_channel.live_pre_order(connection, document_id)
    reason = sale_channel.void_lock(live) or document_links.void_lock(connection, head, with_count=with_count)
    if reason is not None:
        raise UserError(reason, number=head["number"])
    for child, its_version in document_links.written_by_count(connection, head):
        void(session, ctx, child, its_version, with_count=True)
    _take_back(connection, ctx, head, book_rules(connection))
    bills.keep_within(session, ctx, document_id)
    sale_channel.rest(connection, live, sale_channel.VOIDED)
    now = ctx.clock.now()
    _set_state(connection, head, {"state": DocumentState.VOIDED.value, "voided_at": now, "updated_at": now})
    _record_state(session, ctx, "void", head, DocumentState.VOIDED)
    warnings = ("code_stays_payable",) if live and live.is_payable else ()
    return saved_document(connection, document_id, warnings=warnings)


def review(
    session: Session, ctx: Context, document_id: DocumentId, version: int, *, with_count: bool = False
) -> SavedDocument:
    """See `Documents.review`."""
    connection = session.connection()
    head = _checked(connection, document_id, version)
    rules = book_rules(connection)
    if not rules.needs_review or head["state"] == DocumentState.REVIEWED:
        raise UserError("review_not_wanted", number=head["number"])
    if document_links.is_of_count(connection, head) and not with_count:
        raise UserError("document_of_count", number=head["number"])
    check_day(head["day"], rules)
    spec, now = DOCUMENT_KINDS[DocumentKind(head["kind"])], ctx.clock.now()
    rows = document_reading.line_dicts(connection, document_id)
    if spec.kind is DocumentKind.COUNT:
        counting.check_ground(connection, document_id, rows, rules)
    for child, its_version in document_links.written_by_count(connection, head):
        review(session, ctx, child, its_version, with_count=True)
    goods = goods_of(connection, [row["sku_id"] for row in rows])
    ledger = Ledger(connection, list(goods), cost_per_warehouse=rules.cost_per_warehouse)
    lines = move_lines(spec, rows, head, returned_costs(connection, spec.kind, document_id, rows))
    refuse_short(ledger, lines, goods)
    ledger.post(document_id, head["day"], now, lines)
    ledger.flush()
    post_party(connection, spec, dict(head), document_id, now)
    warnings = _review_sale(connection, ctx, spec, rules, head, rows)
    reviewed = {"state": DocumentState.REVIEWED.value, "reviewer": ctx.operator, "reviewed_at": now, "updated_at": now}
    _set_state(connection, head, reviewed)
    _record_state(session, ctx, "review", head, DocumentState.REVIEWED)
    return saved_document(connection, document_id, warnings=warnings)


def _review_sale(
    connection: Connection,
    ctx: Context,
    spec: KindSpec,
    rules: BookRules,
    head: Mapping[str, Any],
    rows: Sequence[dict[str, Any]],
) -> tuple[str, ...]:
    """A sale's price memory and its pre-order, which waits for the review like the stock does."""
    if spec.kind is not DocumentKind.SALE:
        return ()
    keep_last_prices(connection, rules.tax, head, rows)
    if not head["makes_pre_order"]:
        return ()
    side = sale_channel.resolve(connection, document_reading.as_request(head, rows), head["amount_after_discount"])
    sale_channel.queue(connection, ctx, head["id"], side)
    return side.warnings


def unreview(
    session: Session, ctx: Context, document_id: DocumentId, version: int, *, with_count: bool = False
) -> SavedDocument:
    """See `Documents.unreview`."""
    connection = session.connection()
    head = _checked(connection, document_id, version)
    if head["state"] != DocumentState.REVIEWED:
        raise UserError("document_not_reviewed", number=head["number"])
    live = sale_channel.live_pre_order(connection, document_id)
    reason = sale_channel.edit_lock(live) or document_links.void_lock(connection, head, with_count=with_count)
    if reason is not None:
        raise UserError(reason, number=head["number"])
    for child, its_version in document_links.written_by_count(connection, head):
        unreview(session, ctx, child, its_version, with_count=True)
    _take_back(connection, ctx, head, book_rules(connection))
    bills.keep_within(session, ctx, document_id)
    sale_channel.rest(connection, live, sale_channel.UNREVIEWED)
    saved = {"state": DocumentState.SAVED.value, "reviewer": "", "reviewed_at": None, "updated_at": ctx.clock.now()}
    _set_state(connection, head, saved)
    _record_state(session, ctx, "unreview", head, DocumentState.SAVED)
    return saved_document(connection, document_id)


def _take_back(connection: Connection, ctx: Context, head: Mapping[str, Any], rules: BookRules) -> None:
    """Reverse stock and debts of a document, if it moved any. Raises StockShort when its goods are gone already."""
    now = ctx.clock.now()
    skus = connection.execute(select(LINE.c.sku_id).where(LINE.c.document_id == head["id"])).scalars().all()
    goods = goods_of(connection, skus)
    ledger = Ledger(connection, list(goods), cost_per_warehouse=rules.cost_per_warehouse)
    lines = ledger.stored_moves(head["id"])
    refuse_short(ledger, lines, goods)
    ledger.reverse(head["id"], head["day"], now, lines)
    ledger.flush()
    reverse_party(connection, head["id"], head["day"], now)


def _set_state(connection: Connection, head: Mapping[str, Any], values: dict[str, Any]) -> None:
    if not change_head(connection, head["id"], head["version"], values):
        raise Stale(entity="document", number=head["number"])


def _record_state(session: Session, ctx: Context, action: str, head: Mapping[str, Any], after: DocumentState) -> None:
    before = {"number": head["number"], "state": head["state"]}
    audit.record(
        session, ctx, action, head["kind"], head["id"], before, {"number": head["number"], "state": after.value}
    )
