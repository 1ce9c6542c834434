"""What a form may not contain, seen from the form alone: no database is asked."""

from __future__ import annotations

from decimal import Decimal

from jdy_desktop.models.rules.rounding import HUNDRED
from jdy_desktop.models.states import DocumentKind
from jdy_desktop.services.book.document_values import SaveDocument, SaveLine
from jdy_desktop.services.book.kinds import DOCUMENT_KINDS, KindSpec
from jdy_desktop.services.book.number_checks import check_number
from jdy_desktop.services.errors import UserError

_REMARK_LIMIT = 200


def check_request(request: SaveDocument) -> KindSpec:
    """Raises UserError naming field and row (from 1); nothing has been stored. Returns what the kind does."""
    spec = DOCUMENT_KINDS.get(request.kind)
    if spec is None:
        raise UserError("kind_not_editable", kind=request.kind)
    if not request.client_key:
        raise ValueError("a form needs its client_key")
    if not request.lines:
        raise UserError("lines_empty", field="lines")
    for row, line in enumerate(request.lines, 1):
        _check_line(line, row, may_be_zero=request.kind is DocumentKind.COUNT)
    _check_head(request, spec)
    return spec


def _check_head(request: SaveDocument, spec: KindSpec) -> None:
    if spec.needs_party and (request.customer_id if spec.party == "customer" else request.supplier_id) is None:
        raise UserError(f"{spec.party}_missing", field=f"{spec.party}_id")
    if request.kind is not DocumentKind.SALE and (request.customer_freight or request.makes_pre_order):
        raise UserError("only_on_sales", field="customer_freight" if request.customer_freight else "makes_pre_order")
    _check_rate(request.discount_rate, "discount_rate", None)
    for field in ("discount_amount", "customer_freight", "paid_amount"):
        value = getattr(request, field)
        if value is not None:
            check_number(value, field, None, 2)
    if request.kind is DocumentKind.TRANSFER and request.to_warehouse_id is None:
        raise UserError("to_warehouse_missing", field="to_warehouse_id")
    if request.paid_amount and not spec.debt:
        raise UserError("paid_without_debt", field="paid_amount")
    if request.paid_amount and request.account_id is None:
        raise UserError("account_missing", field="account_id")


def _check_line(line: SaveLine, row: int, *, may_be_zero: bool) -> None:
    check_number(line.quantity, "quantity", row, 4)
    if line.quantity == 0 and not may_be_zero:
        raise UserError("quantity_zero", field="quantity", row=row)
    check_number(line.price, "price", row, 6)
    _check_rate(line.discount_rate, "discount_rate", row)
    if line.discount_amount is not None:
        check_number(line.discount_amount, "discount_amount", row, 2)
    if line.tax_rate is not None:
        _check_rate(line.tax_rate, "tax_rate", row)
    if len(line.remark) > _REMARK_LIMIT:
        raise UserError("text_too_long", field="remark", row=row, limit=_REMARK_LIMIT)


def _check_rate(value: Decimal, field: str, row: int | None) -> None:
    check_number(value, field, row, 4)
    if value > HUNDRED:
        raise UserError("rate_over_100", field=field, row=row)
