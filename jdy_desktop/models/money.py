"""Money that changes hands apart from a document: receipts and payments, and which bills each of them settles."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from jdy_desktop.models.base import Base
from jdy_desktop.models.types import Amount, Instant

#: `client_key` of the receipt of a code paid at 1688: this and the id of the pre-order
CHANNEL_KEY = "1688-"


class Payment(Base):
    """收款单 of a customer or 付款单 to a supplier. Amount > 0; what is not allocated is an advance (预收 / 预付)."""

    __tablename__ = "payment"
    area = "payments"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    #: saved or voided; a void writes the reversed party move.
    state: Mapped[str] = mapped_column(String(10))
    day: Mapped[date] = mapped_column(Date, index=True)
    #: made once by the form; a repeated save finds its payment instead of doubling it.
    client_key: Mapped[str] = mapped_column(String(40), unique=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    supplier_id: Mapped[int | None] = mapped_column(ForeignKey("supplier.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("settlement_account.id"))
    amount: Mapped[Decimal] = mapped_column(Amount)
    remark: Mapped[str] = mapped_column(Text, default="")
    operator: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    voided_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    allocations: Mapped[list[PaymentAllocation]] = relationship(cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("(customer_id IS NULL) <> (supplier_id IS NULL)", name="one_party"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )


class PaymentAllocation(Base):
    """How much of a payment settles which bill. Signed as the bill: a return given back is minus."""

    __tablename__ = "payment_allocation"
    area = "payments"

    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id", ondelete="CASCADE"), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Amount)

    __table_args__ = (Index(None, "document_id"),)
