"""Stock is the sum of moves; the balance beside it is kept in the same transaction and never edited by hand."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from jdy_desktop.models.base import Base
from jdy_desktop.models.types import Instant, Quantity, ScaledDecimal


class StockMove(Base):
    """Append-only. Quantity and cost are signed: plus = in. Cost in yuan with 4 places."""

    __tablename__ = "stock_move"
    area = "stock"

    id: Mapped[int] = mapped_column(primary_key=True)
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"))
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    #: no foreign key: lines of an edited document are written anew, and their old moves stay (append-only).
    line_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(10))
    day: Mapped[date] = mapped_column(Date)
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    cost: Mapped[Decimal] = mapped_column(ScaledDecimal(4))
    at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index(None, "sku_id", "warehouse_id", "id"),)


class StockBalance(Base):
    """What the moves add up to. `cost / quantity` is the moving weighted average."""

    __tablename__ = "stock_balance"
    area = "stock"

    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id", ondelete="CASCADE"), primary_key=True)
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"), primary_key=True)
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    cost: Mapped[Decimal] = mapped_column(ScaledDecimal(4))
