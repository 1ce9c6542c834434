"""What 1688 says, in our words: plain frozen values that passed the border check of `wire.py`.

Money is yuan as Decimal, instants are aware UTC, every id of 1688 is text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from jdy_desktop.models.ids import OfferId, PlatformSkuId, PreOrderNumber
from jdy_desktop.models.states import Logistics, OfferStatus, PayState


class TokenSource(Protocol):
    """Where the gateway gets the shop's access token. `tokens.SharedTokens` is the ready-made one."""

    def access_token(self) -> str:
        """The token to sign with now. Raises TokenExpired when the shop must be authorized first."""

    def refresh(self, rejected_token: str) -> str:
        """A token other than the rejected one; several threads asking at once cause one refresh (F3).

        Raises TokenExpired when 1688 wants a new authorization by the owner.
        """


@dataclass(frozen=True, slots=True, repr=False)
class TokenAnswer:
    """Answer to a code, a refresh or a postponing. Refresh answers usually carry no new refresh token (None)."""

    access_token: str
    expires_at: datetime
    refresh_token: str | None = None
    refresh_expires_at: datetime | None = None
    member_id: str = ""
    login_id: str = ""
    ali_id: str = ""

    def __repr__(self) -> str:
        """Without the tokens: a repr ends in logs and tracebacks."""
        return f"TokenAnswer(login_id={self.login_id!r}, expires_at={self.expires_at!r})"


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """Who authorized us. `shop_name` falls back to the company, then to the login."""

    login_id: str
    member_id: str
    company_name: str = ""
    shop_name: str = ""
    shop_url: str = ""
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class PriceTier:
    """≥ `start_quantity` pieces cost `price` yuan each (M52)."""

    start_quantity: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class SpecValue:
    """One attribute of a variant: 颜色 = 天蓝色. `picture` is an absolute address or ""."""

    name: str
    value: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class OfferSkuInfo:
    """A 单品. `price` is None when the offer quotes by quantity only (quote types 0 and 2)."""

    platform_sku_id: PlatformSkuId
    spec_id: str
    item_number: str
    values: tuple[SpecValue, ...]
    price: Decimal | None
    retail_price: Decimal | None
    online_stock: Decimal

    @property
    def spec_text(self) -> str:
        """The variant as 1688 shows it: 天蓝色/S."""
        return "/".join(value.value for value in self.values)


@dataclass(frozen=True, slots=True)
class Offer:
    """A 宝贝. `skus` is empty for an offer without variants; `tiers` are sorted by quantity and may be empty.

    `quote_type`: 0 by quantity, 1 price per SKU, 2 SKUs with ranges on the offer, 3 ranges per SKU.
    """

    offer_id: OfferId
    title: str
    category_id: str = ""
    category_name: str = ""
    status: OfferStatus = OfferStatus.ON_SHELF
    item_number: str = ""
    unit: str = ""
    quote_type: int = 0
    min_quantity: Decimal = Decimal(1)
    tiers: tuple[PriceTier, ...] = ()
    skus: tuple[OfferSkuInfo, ...] = ()
    retail_price: Decimal | None = None
    online_stock: Decimal = Decimal(0)
    pictures: tuple[str, ...] = ()
    mix_amount: Decimal | None = None
    mix_quantity: Decimal | None = None
    is_private: bool = False
    modified_at: datetime | None = None

    @property
    def lowest_price(self) -> Decimal | None:
        """Lowest wholesale price (4.2.3 rule 5, M69): over SKUs for quote types 1 and 3, else over the ranges."""
        of_skus = [sku.price for sku in self.skus if sku.price is not None]
        of_tiers = [tier.price for tier in self.tiers]
        wanted = (of_skus or of_tiers) if self.quote_type in (1, 3) else (of_tiers or of_skus)
        return min(wanted, default=None)


@dataclass(frozen=True, slots=True)
class BadOffer:
    """An offer that did not pass the border: skipped and reported. `reason` names the field, `found` what it held."""

    offer_id: str
    title: str
    reason: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class OfferPage:
    """Up to 20 offers sorted by id. `total` is 1688's word and may change between pages (F6): loop until `is_empty`."""

    offers: tuple[Offer, ...]
    bad: tuple[BadOffer, ...] = ()
    total: int = 0

    @property
    def is_empty(self) -> bool:
        return not self.offers and not self.bad


@dataclass(frozen=True, slots=True)
class PreOrderLine:
    """`price`: what the buyer pays per piece, tax included, yuan with 2 places. 1688 takes whole quantities only."""

    offer_id: OfferId
    platform_sku_id: PlatformSkuId | None
    quantity: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class PreOrderDraft:
    """What is sent. `total`: goods after discounts, without freight. `remark` begins with our key (`#K7Q2M9X4TB …`)."""

    market_name: str
    freight: Decimal
    total: Decimal
    remark: str
    logistics: Logistics
    lines: tuple[PreOrderLine, ...]


@dataclass(frozen=True, slots=True)
class RemoteLine:
    offer_id: OfferId
    platform_sku_id: PlatformSkuId | None
    quantity: int
    price: Decimal
    title: str = ""


@dataclass(frozen=True, slots=True)
class RemotePreOrder:
    """A pre-order as 1688 has it. `detail_url` is what the QR code holds ("" when 1688 sent none that may be trusted).

    `status`: 0 waiting, 1 formal order made (scanned, locked), 2 paid. `biz_order_id` is that formal order or "".
    """

    number: PreOrderNumber
    status: int
    detail_url: str = ""
    total: Decimal = Decimal(0)
    freight: Decimal = Decimal(0)
    actual_total: Decimal = Decimal(0)
    remark: str = ""
    created_at: datetime | None = None
    biz_order_id: str = ""
    logistics: Logistics | None = None
    lines: tuple[RemoteLine, ...] = ()

    @property
    def pay_state(self) -> PayState:
        return (PayState.UNPAID, PayState.SCANNED, PayState.PAID)[self.status]

    @property
    def amount(self) -> Decimal:
        """What the buyer pays, freight included; 0 when 1688 did not say."""
        return self.actual_total or self.total + self.freight


@dataclass(frozen=True, slots=True)
class PreOrderPage:
    """`bad` counts entries we could not read. Unless it is 0, "our key is not there" proves nothing: never resend."""

    orders: tuple[RemotePreOrder, ...]
    total: int = 0
    bad: int = 0

    @property
    def is_empty(self) -> bool:
        return not self.orders and not self.bad


@dataclass(frozen=True, slots=True)
class Category:
    """`parent_id` is "" for the top level, and where the answer does not say."""

    category_id: str
    name: str
    is_leaf: bool = False
    parent_id: str = ""


@dataclass(frozen=True, slots=True)
class Album:
    album_id: str
    name: str


@dataclass(frozen=True, slots=True)
class UploadedPicture:
    """`path` is what `add_simple_offer` wants; `url` shows it."""

    path: str
    url: str


@dataclass(frozen=True, slots=True)
class SimpleOffer:
    """An offer without variants (简易 offer, manual 4.4). `pictures` are paths from `upload_picture`.

    `is_private`: 私密商品, as all that is published this way is by default (M112)."""

    title: str
    category_id: str
    pictures: tuple[str, ...]
    description: str
    price: Decimal
    retail_price: Decimal | None
    stock: int
    is_online_trade: bool = True
    is_private: bool = True
