"""What can be derived from a pre-order's two stored states: the row's action, expiry, countdown (manual 6.1.1, 6.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from jdy_desktop.models.states import PayState, UploadState

LIFETIME = timedelta(days=5)
_SURELY_OVER = timedelta(hours=1)


class RowAction(StrEnum):
    """操作: 支付 shows the code again, 上传 sends, 核对 asks 1688 what became of it, 重新创建 makes a new one."""

    PAY = "pay"
    UPLOAD = "upload"
    CHECK = "check"
    RECREATE = "recreate"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Countdown:
    """Time left to pay, cut to whole seconds; all 0 once expired."""

    days: int
    hours: int
    minutes: int
    seconds: int
    is_expired: bool


def expires_at(server_created: datetime) -> datetime:
    """Instant from which the code cannot be paid any more; counted from 1688's creation time, not this PC's clock."""
    return server_created + LIFETIME


def had_last_word(server_created: datetime | None, asked_at: datetime | None) -> bool:
    """Whether 1688 was asked so long after the end of a code that what it said then is final; an hour for its machines."""
    return server_created is not None and asked_at is not None and asked_at > expires_at(server_created) + _SURELY_OVER


def is_expired(server_created: datetime | None, now: datetime, pay: PayState = PayState.UNPAID) -> bool:
    """Five days after creation (M135): 4 d 23 h 59 m is alive, 5 d is 已过期. A paid one never expires."""
    return pay is not PayState.PAID and server_created is not None and now >= expires_at(server_created)


def countdown(server_created: datetime, now: datetime) -> Countdown:
    """Days, hours, minutes and seconds until it expires. A PC clock that is behind never shows more than 5 days."""
    left = min(max(expires_at(server_created) - now, timedelta()), LIFETIME)
    hours, rest = divmod(left.seconds, 3600)
    return Countdown(left.days, hours, rest // 60, rest % 60, is_expired=left <= timedelta())


def row_action(upload: UploadState, pay: PayState, is_past_due: bool = False) -> RowAction:
    """The one action a row offers (M149, M155): 已上传&未支付 → 支付, 未上传 → 上传, paid → none.

    待核对 must be looked up, never sent again at once; a row being sent just now offers nothing.
    """
    if pay is PayState.PAID or upload is UploadState.UPLOADING:
        return RowAction.NONE
    if upload is UploadState.UNCLEAR:
        return RowAction.CHECK
    if upload is UploadState.UPLOADED:
        return RowAction.RECREATE if is_past_due else RowAction.PAY
    return RowAction.UPLOAD


def plain_amount(amount: Decimal) -> str:
    """Amount without padding, as the manual's tables print it: 890.88, 24800, 5002.2 (M159)."""
    text = f"{amount:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
