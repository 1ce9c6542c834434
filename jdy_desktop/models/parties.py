"""Customers, suppliers, warehouses and settlement accounts, and what parties owe."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from jdy_desktop.models.base import Base
from jdy_desktop.models.types import Amount, Instant, UnitPrice


class _Party:
    """Columns that customers and suppliers share."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    contact: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    #: name, pinyin, phone, case-folded.
    search_text: Mapped[str] = mapped_column(Text, default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805  # SQLAlchemy hands the class
        return {"version_id_col": cls.version}


class Customer(_Party, Base):
    """客户. The grade decides the price of a sale line (M123, M124)."""

    __tablename__ = "customer"
    area = "parties"

    grade: Mapped[str] = mapped_column(String(12))


class Supplier(_Party, Base):
    __tablename__ = "supplier"
    area = "parties"


class Warehouse(Base):
    __tablename__ = "warehouse"
    area = "parties"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    is_default: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)


class SettlementAccount(Base):
    """结算账户: cash box, bank, 支付宝, 1688."""

    __tablename__ = "settlement_account"
    area = "parties"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    is_active: Mapped[bool] = mapped_column(default=True)


class PartyMove(Base):
    """Append-only: what a document or a payment changed in a party's balance; plus = the party owes us more."""

    __tablename__ = "party_move"
    area = "parties"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    supplier_id: Mapped[int | None] = mapped_column(ForeignKey("supplier.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    day: Mapped[date] = mapped_column(Date)
    amount: Mapped[Decimal] = mapped_column(Amount)
    at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint("(customer_id IS NULL) <> (supplier_id IS NULL)", name="one_party"),
        # With the amount, so that a balance is added up without reading the rows.
        Index(None, "customer_id", "day", "amount"),
        Index(None, "supplier_id", "day", "amount"),
    )


class LastPrice(Base):
    """最近售价: what this customer paid last for this SKU (W20)."""

    __tablename__ = "last_price"
    area = "parties"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id", ondelete="CASCADE"), primary_key=True)
    price: Mapped[Decimal] = mapped_column(UnitPrice)
    day: Mapped[date] = mapped_column(Date)
