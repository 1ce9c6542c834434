"""1688 as the stall sees it: shops, markets, offers and their SKUs, matches, downloads, pre-orders (the outbox)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jdy_desktop.models.base import Base
from jdy_desktop.models.types import Amount, Instant, Quantity, UnitPrice


class Market(Base):
    """专业市场 a shop belongs to; the list can be extended by hand. `code` is what 1688 wants, else the name is sent."""

    __tablename__ = "market"
    area = "shops"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    city: Mapped[str] = mapped_column(String(60), default="")
    code: Mapped[str] = mapped_column(String(40), default="")
    pinyin: Mapped[str] = mapped_column(String(300), default="")
    is_custom: Mapped[bool] = mapped_column(default=False)


class Shop(Base):
    """An authorized 1688 shop. Tokens are sealed (AES-GCM, key in the system's key store); a backup cannot use them."""

    __tablename__ = "shop"
    area = "shops"

    id: Mapped[int] = mapped_column(primary_key=True)
    login_id: Mapped[str] = mapped_column(String(80))
    member_id: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    market_id: Mapped[int | None] = mapped_column(ForeignKey("market.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    sealed_tokens: Mapped[bytes | None] = mapped_column(LargeBinary)
    access_expires_at: Mapped[datetime | None] = mapped_column(Instant)
    refresh_expires_at: Mapped[datetime | None] = mapped_column(Instant)
    #: set when 1688 refuses the tokens although their time is not over (password changed, access withdrawn).
    is_revoked: Mapped[bool] = mapped_column(default=False)
    log: Mapped[str] = mapped_column(Text, default="")
    log_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Offer(Base):
    """宝贝 as last downloaded. Never deleted because a later download did not see it (F6)."""

    __tablename__ = "offer"
    area = "offers"

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    offer_id: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(500))
    item_number: Mapped[str] = mapped_column(String(80), default="")
    category_name: Mapped[str] = mapped_column(String(100), default="")
    status: Mapped[str] = mapped_column(String(12))
    unit: Mapped[str] = mapped_column(String(20))
    quote_type: Mapped[int] = mapped_column(default=0)
    minimum_quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(1))
    #: JSON [[start quantity, price], …] as text, ascending.
    tiers: Mapped[str] = mapped_column(Text, default="[]")
    mix_amount: Mapped[Decimal | None] = mapped_column(Amount)
    mix_quantity: Mapped[Decimal | None] = mapped_column(Quantity)
    picture: Mapped[str] = mapped_column(String(500), default="")
    has_skus: Mapped[bool]
    modified_at: Mapped[datetime | None] = mapped_column(Instant)
    downloaded_at: Mapped[datetime] = mapped_column(Instant)

    skus: Mapped[list[OfferSku]] = relationship(
        back_populates="offer", order_by="OfferSku.position", cascade="all, delete-orphan"
    )

    __table_args__ = (UniqueConstraint("shop_id", "offer_id"),)


class OfferSku(Base):
    """单品; an offer without SKUs has one row whose platform_sku_id is empty. The match is `sku_id` with its origin."""

    __tablename__ = "offer_sku"
    area = "matches"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_pk: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    position: Mapped[int]
    platform_sku_id: Mapped[str] = mapped_column(String(40), default="")
    spec_id: Mapped[str] = mapped_column(String(60), default="")
    item_number: Mapped[str] = mapped_column(String(90), default="")
    #: normalised item number (of the offer when it has no SKUs); auto matching joins it with `sku.code_key`.
    code_key: Mapped[str] = mapped_column(String(90), default="", index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    #: JSON [[attribute, value], …]
    spec_values: Mapped[str] = mapped_column(Text, default="[]")
    price: Mapped[Decimal | None] = mapped_column(UnitPrice)
    retail_price: Mapped[Decimal | None] = mapped_column(UnitPrice)
    online_stock: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    picture: Mapped[str] = mapped_column(String(500), default="")
    #: a SKU that 1688 no longer lists: kept for its history, not offered for sale.
    is_gone: Mapped[bool] = mapped_column(default=False)
    sku_id: Mapped[int | None] = mapped_column(ForeignKey("sku.id", ondelete="SET NULL"), index=True)
    match_origin: Mapped[str | None] = mapped_column(String(10))
    #: the SKU that a download made for this row; auto matching gives it back whatever the codes say (4.3.3 rule 3).
    created_sku_id: Mapped[int | None] = mapped_column(ForeignKey("sku.id", ondelete="SET NULL"), index=True)
    #: offer title, numbers, names and ids, case-folded (the platform side of the eight search fields, M102).
    search_text: Mapped[str] = mapped_column(Text, default="")

    offer: Mapped[Offer] = relationship(back_populates="skus")

    __table_args__ = (UniqueConstraint("offer_pk", "platform_sku_id"),)


class MatchHistory(Base):
    """Append-only: every change of a match; rows of one `batch` can be undone together (Ctrl+Z)."""

    __tablename__ = "match_history"
    area = "matches"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[int] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(20))
    offer_sku_id: Mapped[int] = mapped_column(index=True)
    before_sku_id: Mapped[int | None]
    before_origin: Mapped[str | None] = mapped_column(String(10))
    after_sku_id: Mapped[int | None]
    after_origin: Mapped[str | None] = mapped_column(String(10))
    operator: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Instant)
    is_undone: Mapped[bool] = mapped_column(default=False)


class OfferChoice(Base):
    """Which of several offers of a shop a SKU is sold through; asked once and remembered (design §5.6)."""

    __tablename__ = "offer_choice"
    area = "matches"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), primary_key=True)
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id", ondelete="CASCADE"), primary_key=True)
    offer_sku_id: Mapped[int] = mapped_column(ForeignKey("offer_sku.id", ondelete="CASCADE"), index=True)


class DownloadRun(Base):
    """A download that can be resumed: which page comes next, what was counted so far."""

    __tablename__ = "download_run"
    area = "downloads"

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    mode: Mapped[str] = mapped_column(String(12))
    range: Mapped[str] = mapped_column(String(12))
    offer_ids: Mapped[str] = mapped_column(Text, default="[]")
    next_page: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(12))
    counts: Mapped[str] = mapped_column(Text, default="{}")
    started_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)


class PreOrder(Base):
    """预订单 = one row of the outbox. Never two 1688 pre-orders for one sale: see services/channel/pre_orders.py.

    `generation` counts the ones made anew after an expiry; only the newest is live."""

    __tablename__ = "pre_order"
    area = "pre_orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    sale_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    generation: Mapped[int] = mapped_column(default=1)
    #: 10 characters at the front of `remark`: the only thing of ours that 1688 gives back.
    key: Mapped[str] = mapped_column(String(10), unique=True)
    upload_state: Mapped[str] = mapped_column(String(12))
    pay_state: Mapped[str] = mapped_column(String(12))
    number: Mapped[str] = mapped_column(String(40), default="")
    detail_url: Mapped[str] = mapped_column(Text, default="")
    upload_log: Mapped[str] = mapped_column(Text, default="")
    #: code and JSON params of our advice beside 1688's text.
    advice: Mapped[str] = mapped_column(String(40), default="")
    advice_params: Mapped[str] = mapped_column(Text, default="{}")
    market_name: Mapped[str] = mapped_column(String(60), default="")
    attempt: Mapped[int] = mapped_column(default=0)
    body_hash: Mapped[str] = mapped_column(String(64), default="")
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    next_try_at: Mapped[datetime | None] = mapped_column(Instant)
    empty_lookups: Mapped[int] = mapped_column(default=0)
    last_lookup_at: Mapped[datetime | None] = mapped_column(Instant)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    remote_created_at: Mapped[datetime | None] = mapped_column(Instant)
    shown_at: Mapped[datetime | None] = mapped_column(Instant)
    scanned_at: Mapped[datetime | None] = mapped_column(Instant)
    paid_at: Mapped[datetime | None] = mapped_column(Instant)
    polled_at: Mapped[datetime | None] = mapped_column(Instant)
    formal_order_id: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("sale_id", "generation"),
        CheckConstraint("upload_state <> 'uploaded' OR number <> ''", name="uploaded_has_number"),
        Index(None, "upload_state", "pay_state"),
    )


class RemotePreOrder(Base):
    """A pre-order of a shop of ours that was made elsewhere, in the phone app say (M136): what 1688 told, nothing of ours.

    `amount` is what the buyer pays, freight included. `seen_at`: when it was first read here."""

    __tablename__ = "remote_pre_order"
    area = "pre_orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id", ondelete="CASCADE"))
    number: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime | None] = mapped_column(Instant)
    amount: Mapped[Decimal] = mapped_column(Amount)
    freight: Mapped[Decimal] = mapped_column(Amount)
    remark: Mapped[str] = mapped_column(Text, default="")
    pay_state: Mapped[str] = mapped_column(String(12))
    detail_url: Mapped[str] = mapped_column(Text, default="")
    seen_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("shop_id", "number"),)


class Publication(Base):
    """商品发布: one of our goods offered in one shop through the simple-offer interface (manual 4.4).

    `state` is a PublishState. `offer_id` once 1688 made it; `log` keeps 1688's words verbatim."""

    __tablename__ = "publication"
    area = "publications"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(12))
    category_id: Mapped[str] = mapped_column(String(40), default="")
    category_name: Mapped[str] = mapped_column(String(200), default="")
    is_private: Mapped[bool] = mapped_column(default=True)
    #: JSON [[fingerprint of the picture as sent, path the photo bank gave], …]: what is there is not sent again.
    picture_urls: Mapped[str] = mapped_column(Text, default="[]")
    offer_id: Mapped[str] = mapped_column(String(40), default="")
    log: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (UniqueConstraint("product_id", "shop_id"),)
