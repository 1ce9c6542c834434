"""One head/line pair for all kinds of documents. `kinds.py` says what each kind does."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jdy_desktop.models.base import Base
from jdy_desktop.models.types import Amount, Instant, Quantity, Rate, UnitPrice


class Document(Base):
    __tablename__ = "document"
    area = "documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(30), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    day: Mapped[date] = mapped_column(Date)
    #: made once by the form; a repeated save of the same form finds its document instead of doubling it (W33).
    client_key: Mapped[str] = mapped_column(String(40), unique=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    supplier_id: Mapped[int | None] = mapped_column(ForeignKey("supplier.id"), index=True)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    warehouse_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse.id"))
    to_warehouse_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse.id"))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    category: Mapped[str] = mapped_column(String(20), default="")
    logistics: Mapped[str | None] = mapped_column(String(20))
    remark: Mapped[str] = mapped_column(Text, default="")
    prices_include_tax: Mapped[bool] = mapped_column(default=False)
    #: sum of the lines after their own discounts: gross when tax is computed, else net.
    goods_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    discount_rate: Mapped[Decimal] = mapped_column(Rate, default=Decimal(0))
    discount_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    amount_after_discount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    customer_freight: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    settlement_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    paid_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("settlement_account.id"))
    makes_pre_order: Mapped[bool] = mapped_column(default=False)
    print_count: Mapped[int] = mapped_column(default=0)
    operator: Mapped[str] = mapped_column(String(40), default="")
    reviewer: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    reviewed_at: Mapped[datetime | None] = mapped_column(Instant)
    voided_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    lines: Mapped[list[DocumentLine]] = relationship(
        back_populates="document", order_by="DocumentLine.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}
    # The second holds all that the list of documents sorts and filters by: it is read instead of the rows.
    __table_args__ = (Index(None, "kind", "day"), Index(None, "day", "number", "kind", "state"))


class DocumentLine(Base):
    """Of net, tax and gross two are computed and the third is the difference, so they always add up."""

    __tablename__ = "document_line"
    area = "documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"))
    position: Mapped[int]
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"))
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    offer_sku_id: Mapped[int | None] = mapped_column(ForeignKey("offer_sku.id", ondelete="SET NULL"), index=True)
    source_line_id: Mapped[int | None] = mapped_column(ForeignKey("document_line.id"), index=True)
    #: as they read on the day of the document; later renames do not change paper already handed out.
    sku_code: Mapped[str] = mapped_column(String(90))
    product_name: Mapped[str] = mapped_column(String(500))
    sku_name: Mapped[str] = mapped_column(String(200), default="")
    unit: Mapped[str] = mapped_column(String(20))
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    net_price: Mapped[Decimal] = mapped_column(UnitPrice)
    gross_price: Mapped[Decimal] = mapped_column(UnitPrice)
    discount_rate: Mapped[Decimal] = mapped_column(Rate, default=Decimal(0))
    discount_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    tax_rate: Mapped[Decimal] = mapped_column(Rate, default=Decimal(0))
    net_amount: Mapped[Decimal] = mapped_column(Amount)
    tax_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    gross_amount: Mapped[Decimal] = mapped_column(Amount)
    remark: Mapped[str] = mapped_column(String(200), default="")

    document: Mapped[Document] = relationship(back_populates="lines")

    __table_args__ = (
        UniqueConstraint("document_id", "position"),
        # Both, so that the documents of some goods are known without reading the lines.
        Index(None, "sku_id", "document_id"),
        CheckConstraint("net_price >= 0 AND gross_price >= 0", name="price_not_negative"),
        CheckConstraint("net_amount + tax_amount = gross_amount", name="adds_up"),
    )
