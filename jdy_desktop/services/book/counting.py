"""盘点: counted against the book. The differences become a 盘盈 receipt and a 盘亏 issue in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, case, func, select

from jdy_desktop.models.documents import Document, DocumentLine
from jdy_desktop.models.ids import DocumentId, SkuId, WarehouseId
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.bulk import table_of
from jdy_desktop.services.book.document_values import SaveDocument, SaveLine
from jdy_desktop.services.book.document_writing import BookRules
from jdy_desktop.services.book.kinds import LOSS, SURPLUS
from jdy_desktop.services.book.posting import Ledger
from jdy_desktop.services.errors import UserError

_DOCUMENT, _LINE = table_of(Document), table_of(DocumentLine)


def differences(
    connection: Connection, request: SaveDocument, document_id: int, rows: Sequence[dict[str, Any]], rules: BookRules
) -> list[SaveDocument]:
    """What makes the book say what was counted: at most one receipt (at the present cost) and one issue.

    `rows`: the stored lines of the count. Raises UserError line_repeated, and count_moved when goods moved since the
    clerk saw the figure of the book.
    """
    ledger = Ledger(connection, [row["sku_id"] for row in rows], cost_per_warehouse=rules.cost_per_warehouse)
    book = ledger.quantities()
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
        difference = row["quantity"] - held
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
