"""Lists of documents of one kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from jdy_desktop.models.ids import DocumentId
from jdy_desktop.models.states import DocumentKind, DocumentState, PayState, UploadState
from jdy_desktop.services.machine.db import Database


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """`text`: number, party, remark, goods codes. Days inclusive."""

    text: str = ""
    first_day: date | None = None
    last_day: date | None = None
    state: DocumentState | None = None
    party_id: int | None = None
    shop_id: int | None = None
    with_voided: bool = True


@dataclass(frozen=True, slots=True)
class DocumentRow:
    id: DocumentId
    number: str
    day: date
    state: DocumentState
    party: str
    shop: str
    quantity: Decimal
    goods_amount: Decimal
    amount_after_discount: Decimal
    settlement_amount: Decimal
    paid_amount: Decimal
    remark: str
    operator: str
    reviewer: str
    upload_state: UploadState | None
    pay_state: PayState | None
    pre_order_number: str


@dataclass(frozen=True, slots=True)
class DocumentSums:
    """Voided documents are not counted."""

    count: int
    quantity: Decimal
    settlement_amount: Decimal
    paid_amount: Decimal


class DocumentList:
    def __init__(self, db: Database, kind: DocumentKind) -> None:
        self._db = db
        self._kind = kind

    def ids(self, filter: DocumentFilter) -> list[int]:
        raise NotImplementedError

    def rows(self, ids: Sequence[int]) -> dict[int, DocumentRow]:
        raise NotImplementedError

    def sums(self, filter: DocumentFilter) -> DocumentSums:
        raise NotImplementedError
