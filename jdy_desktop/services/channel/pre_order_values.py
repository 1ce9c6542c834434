"""What pages see of pre-orders. Plain values: no session, no table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from jdy_desktop.models.ids import DocumentId, PreOrderId, PreOrderNumber, ShopId
from jdy_desktop.models.states import Logistics, PayState, UploadState


@dataclass(frozen=True, slots=True)
class CodeView:
    """One pre-order as the code window shows it.

    `url` is what the QR code holds, "" while 1688 has not told it. `code_problem`: why no code may be shown now, as a
    code ("" when it may): not_uploaded, no_url, expired, paid. `amount` is what the buyer pays. `advice` and
    `advice_params` stand beside 1688's own words in `upload_log`. `generation` > 1: made anew after an expiry.
    """

    id: PreOrderId
    sale_id: DocumentId
    sale_number: str
    shop_id: ShopId
    shop: str
    customer: str
    url: str
    number: str
    amount: Decimal
    amount_after_discount: Decimal
    freight: Decimal
    logistics: Logistics
    created_at: datetime | None
    expires_at: datetime | None
    upload_state: UploadState
    pay_state: PayState
    is_expired: bool
    shown_at: datetime | None
    scanned_at: datetime | None
    paid_at: datetime | None
    upload_log: str
    advice: str
    advice_params: Mapping[str, str] = field(default_factory=dict)
    generation: int = 1
    is_newest: bool = True
    code_problem: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something the clerk is told about: paid, or refused by 1688 (`log` holds its words)."""

    pre_order_id: PreOrderId
    sale_number: str
    customer: str
    amount: Decimal
    log: str = ""


@dataclass(frozen=True, slots=True)
class WorkReport:
    """What one round did. `is_offline`: 1688 could not be reached, rows wait."""

    uploaded: tuple[Event, ...] = ()
    failed: tuple[Event, ...] = ()
    unclear: tuple[Event, ...] = ()
    scanned: tuple[Event, ...] = ()
    paid: tuple[Event, ...] = ()
    is_offline: bool = False


@dataclass(frozen=True, slots=True)
class OutboxState:
    """`count` rows are not at 1688 yet (待上传, 待核对), the oldest since `oldest_at`; `failed` wait for the clerk."""

    count: int = 0
    oldest_at: datetime | None = None
    failed: int = 0
    unclear: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pre-order of 1688 that may be the one whose answer was lost; the clerk decides (look_up found no key)."""

    number: PreOrderNumber
    created_at: datetime | None
    amount: Decimal
    remark: str
