"""Every closed list of the business. The stored value is the English word; the Chinese label stands in `views/texts/`."""

from __future__ import annotations

from enum import StrEnum


class Industry(StrEnum):
    """The 12 choices of the wizard, in the manual's order (M6)."""

    FOOD = "food"
    CLOTHES = "clothes"
    HOME = "home"
    BEAUTY = "beauty"
    STATIONERY = "stationery"
    DIGITAL = "digital"
    MATERIALS = "materials"
    MEDICAL = "medical"
    BABY = "baby"
    SECURITY = "security"
    PRINTING = "printing"
    OTHER = "other"


class PriceGrade(StrEnum):
    """Customer grade = price kind: 零售, 批发, VIP, 折扣一, 折扣二 (M123)."""

    RETAIL = "retail"
    WHOLESALE = "wholesale"
    VIP = "vip"
    DISCOUNT1 = "discount1"
    DISCOUNT2 = "discount2"


class DocumentKind(StrEnum):
    PURCHASE = "purchase"
    PURCHASE_RETURN = "purchase_return"
    OTHER_RECEIPT = "other_receipt"
    OTHER_ISSUE = "other_issue"
    OPENING = "opening"
    SALE = "sale"
    SALE_RETURN = "sale_return"
    TRANSFER = "transfer"
    COUNT = "count"
    #: 期初欠款 of a customer or supplier: no goods, only what was owed when the book began.
    OPENING_DEBT = "opening_debt"


class DocumentState(StrEnum):
    """draft (held, F6) → saved → reviewed (only when control question 2 is 需要) → voided."""

    DRAFT = "draft"
    SAVED = "saved"
    REVIEWED = "reviewed"
    VOIDED = "voided"


class Logistics(StrEnum):
    SELF_PICKUP = "self_pickup"
    EXPRESS = "express"


class AuthState(StrEnum):
    """授权是否过期: 有效 / 已过期; never = 未授权 (M33)."""

    VALID = "valid"
    EXPIRED = "expired"
    NEVER = "never"


class MatchOrigin(StrEnum):
    CREATED = "created"
    AUTO = "auto"
    MANUAL = "manual"


class UploadState(StrEnum):
    """The outbox states (design §5). The list shows 已上传 / 未上传 / 待上传 / 待核对; UPLOADING reads 待上传."""

    WAITING = "waiting"
    UPLOADING = "uploading"
    UNCLEAR = "unclear"
    UPLOADED = "uploaded"
    FAILED = "failed"


class PayState(StrEnum):
    """未支付 / 已扫码 (formal order made = locked) / 已支付. 已过期 is derived from the server's creation time."""

    UNPAID = "unpaid"
    SCANNED = "scanned"
    PAID = "paid"


class DownloadMode(StrEnum):
    """下载方式: create the same goods, or store the online information only (M56, M57)."""

    CREATE = "create"
    INFO_ONLY = "info_only"


class DownloadRange(StrEnum):
    """下载范围: 全部 / 部分 (M58, M59)."""

    ALL = "all"
    SOME = "some"


class OfferStatus(StrEnum):
    ON_SHELF = "on_shelf"
    OFF_SHELF = "off_shelf"
    GONE = "gone"


class PublishState(StrEnum):
    """发布状态 of a product in a shop (M109); a product without a row is 未发布. UNCLEAR: nobody knows whether 1688 made it."""

    DRAFT = "draft"
    SENDING = "sending"
    UNCLEAR = "unclear"
    PUBLISHED = "published"
    FAILED = "failed"


class MoveKind(StrEnum):
    """Why stock moved; a void writes the reversed move with kind VOID."""

    DOCUMENT = "document"
    VOID = "void"


class Role(StrEnum):
    OWNER = "owner"
    CLERK = "clerk"
