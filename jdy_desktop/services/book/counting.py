"""盘点: counted against the book. The differences become a 盘盈 receipt and a 盘亏 issue in the same transaction.

What was counted is true at the time of counting. Where a reviewer is wanted, goods move before the book says so: a delivery
that waits for its review lies on the shelf and is counted, a sale that waits is gone. So the difference is found against
balances and waiting documents together, two counts find a loss once, and it does not matter in which order all of them are
reviewed. A document saved before the count and changed or voided after it would make the difference a wrong one: the
review says so instead of booking it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, case, func, select

from jdy_desktop.models.documents import Document, DocumentLine
from jdy_desktop.models.ids import DocumentId, SkuId, WarehouseId
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.states import DocumentKind, DocumentState
from jdy_desktop.models.stock import StockMove
from jdy_desktop.services.book.bulk import chunks, table_of
from jdy_desktop.services.book.document_values import SaveDocument, SaveLine
from jdy_desktop.services.book.document_writing import BookRules
from jdy_desktop.services.book.kinds import DOCUMENT_KINDS, LOSS, SURPLUS
from jdy_desktop.services.book.posting import Ledger
from jdy_desktop.services.errors import UserError

_DOCUMENT, _LINE, _MOVE = table_of(Document), table_of(DocumentLine), table_of(StockMove)


def differences(
    connection: Connection, request: SaveDocument, document_id: int, rows: Sequence[dict[str, Any]], rules: BookRules
) -> list[SaveDocument]:
    """What makes the book say what was counted: at most one receipt (at the present cost) and one issue.

    `rows`: the stored lines of the count. Raises UserError line_repeated, and count_moved when goods moved since the
    clerk saw the figure of the book.
    """
    ledger = Ledger(connection, [row["sku_id"] for row in rows], cost_per_warehouse=rules.cost_per_warehouse)
    book = ledger.quantities()
    waiting = _waiting(connection, document_id) if rules.needs_review else {}
    seen: dict[tuple[int, int], int] = {}
    more: list[SaveLine] = []
    less: list[SaveLine] = []
    for row, line in zip(rows, request.lines, strict=True):
        key = SkuId(row["sku_id"]), WarehouseId(row["warehouse_id"])
        if key in seen:
            raise UserError("line_repeated", row=row["position"], other=seen[key])
        seen[key] = row["position"]
        held = book.get(key, ZERO)
        if line.book_quantity is not None and line.book_quantity != held:
            raise UserError("count_moved", field="quantity", row=row["position"], book=held, seen=line.book_quantity)
        difference = row["quantity"] - held - waiting.get(key, ZERO)
        if difference:
            (more if difference > 0 else less).append(_line(row, key[1], abs(difference), ledger.unit_cost(*key)))
    kinds = ((DocumentKind.OTHER_RECEIPT, SURPLUS, more), (DocumentKind.OTHER_ISSUE, LOSS, less))
    return [
        SaveDocument(
            kind=kind,
            client_key=f"{request.client_key[:32]}.{kind}"[:40],
            day=request.day,
            lines=tuple(lines),
            warehouse_id=request.warehouse_id,
            category=category,
            source_id=DocumentId(document_id),
            remark=request.remark,
        )
        for kind, category, lines in kinds
        if lines
    ]


def check_ground(connection: Connection, count_id: int, rows: Sequence[dict[str, Any]], rules: BookRules) -> None:
    """Before a count is reviewed: raises UserError("count_outdated") when what it was counted against has changed since.

    Documents saved after the count do not matter, reviewed or not."""
    ledger = Ledger(connection, [row["sku_id"] for row in rows], cost_per_warehouse=rules.cost_per_warehouse)
    book, waiting, found = ledger.quantities(), _waiting(connection, count_id), differences_found(connection, count_id)
    later = _moved_later(connection, count_id)
    changed = []
    for row in rows:
        key = SkuId(row["sku_id"]), WarehouseId(row["warehouse_id"])
        held = book.get(key, ZERO) + waiting.get(key, ZERO) - later.get(key, ZERO)
        if row["quantity"] - held != found.get(row["id"], ZERO):
            changed.append(row["sku_code"])
    if changed:
        raise UserError("count_outdated", goods=changed[0], count=len(changed))


def _waiting(connection: Connection, count_id: int) -> dict[tuple[int, int], Decimal]:
    """(SKU, warehouse) → what documents saved before the count will move at their review."""
    saved = (_DOCUMENT.c.state == DocumentState.SAVED.value, _DOCUMENT.c.id < count_id)
    heads = {
        row.id: row
        for row in connection.execute(
            select(_DOCUMENT.c.id, _DOCUMENT.c.kind, _DOCUMENT.c.to_warehouse_id).where(*saved)
        )
        if row.kind in DOCUMENT_KINDS
    }
    moved: defaultdict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    columns = (_LINE.c.document_id, _LINE.c.sku_id, _LINE.c.warehouse_id, _LINE.c.quantity)
    for part in chunks(list(heads)):
        for line in connection.execute(select(*columns).where(_LINE.c.document_id.in_(part))):
            head = heads[line.document_id]
            moved[line.sku_id, line.warehouse_id] += DOCUMENT_KINDS[DocumentKind(head.kind)].direction * line.quantity
            if head.kind == DocumentKind.TRANSFER:
                moved[line.sku_id, line.warehouse_id] -= line.quantity
                moved[line.sku_id, head.to_warehouse_id] += line.quantity
    return moved


def _moved_later(connection: Connection, count_id: int) -> dict[tuple[int, int], Decimal]:
    """(SKU, warehouse) → what documents saved after the count have moved."""
    quantity = func.sum(_MOVE.c.quantity, type_=_MOVE.c.quantity.type)
    query = select(_MOVE.c.sku_id, _MOVE.c.warehouse_id, quantity).where(_MOVE.c.document_id > count_id)
    rows = connection.execute(query.group_by(_MOVE.c.sku_id, _MOVE.c.warehouse_id))
    return {(sku_id, warehouse_id): moved for sku_id, warehouse_id, moved in rows}


def differences_found(connection: Connection, count_id: int) -> dict[int, Decimal]:
    """Line of a stored count → counted less book: what the receipt and the issue it wrote say, also after it was voided."""
    quantity = case((_DOCUMENT.c.kind == DocumentKind.OTHER_ISSUE.value, -_LINE.c.quantity), else_=_LINE.c.quantity)
    query = (
        select(_LINE.c.source_line_id, func.sum(quantity, type_=_LINE.c.quantity.type))
        .join_from(_LINE, _DOCUMENT, _DOCUMENT.c.id == _LINE.c.document_id)
        .where(_DOCUMENT.c.source_id == count_id, _LINE.c.source_line_id.is_not(None))
        .group_by(_LINE.c.source_line_id)
    )
    return dict(connection.execute(query).all())


def _line(row: dict[str, Any], place: WarehouseId, quantity: Decimal, cost: Decimal) -> SaveLine:
    return SaveLine(
        SkuId(row["sku_id"]), quantity, cost, warehouse_id=place, remark=row["remark"], source_line_id=row["id"]
    )
