"""盘点: counted against the book. The differences become a 盘盈 receipt and a 盘亏 issue in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from jdy_desktop.models.ids import DocumentId, SkuId, WarehouseId
from jdy_desktop.models.rules.rounding import ZERO
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.document_values import SaveDocument, SaveLine
from jdy_desktop.services.book.document_writing import BookRules
from jdy_desktop.services.book.kinds import LOSS, SURPLUS
from jdy_desktop.services.book.posting import Ledger
from jdy_desktop.services.errors import UserError


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


def _line(row: dict[str, Any], place: WarehouseId, quantity: Decimal, cost: Decimal) -> SaveLine:
    return SaveLine(
        SkuId(row["sku_id"]), quantity, cost, warehouse_id=place, remark=row["remark"], source_line_id=row["id"]
    )
