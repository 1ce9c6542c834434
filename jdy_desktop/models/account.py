"""The account set itself: company, start period, control answers, operators, numbering, audit."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from jdy_desktop.models.base import Base
from jdy_desktop.models.types import Instant, Rate


class AccountSet(Base):
    """Exactly one row (id 1): this database is this account set (manual 2.1)."""

    __tablename__ = "account_set"
    area = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    company: Mapped[str] = mapped_column(String(100))
    start_date: Mapped[date] = mapped_column(Date)
    industry: Mapped[str] = mapped_column(String(20))
    cost_per_warehouse: Mapped[bool]
    needs_review: Mapped[bool]
    computes_tax: Mapped[bool]
    prices_include_tax: Mapped[bool] = mapped_column(default=False)
    tax_rate: Mapped[Decimal] = mapped_column(Rate, default=Decimal(13))
    channel_enabled: Mapped[bool] = mapped_column(default=False)
    is_practice: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Setting(Base):
    """A parameter of this book that all its counters share."""

    __tablename__ = "setting"
    area = "settings"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class Operator(Base):
    __tablename__ = "operator"
    area = "operators"

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(10))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    failed_tries: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Department(Base):
    """核算部门 of shops and documents (M23)."""

    __tablename__ = "department"
    area = "parties"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    is_active: Mapped[bool] = mapped_column(default=True)


class NumberSeries(Base):
    """Last number given per prefix and day; raised in the transaction that saves the document (M158)."""

    __tablename__ = "number_series"
    area = "numbers"

    prefix: Mapped[str] = mapped_column(String(10), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    last: Mapped[int]


class AuditEntry(Base):
    """Append-only: who changed which money, stock, price, match, shop or operator, when, from what, to what.

    Each row carries the hash of the one before it, so that a removed row shows."""

    __tablename__ = "audit_entry"
    area = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    operator: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    entity: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[str] = mapped_column(String(80))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index(None, "entity", "entity_id"),)


class Draft(Base):
    """What is typed but not saved: autosaved forms and held bills (挂单 F6). Survives a restart and a power cut."""

    __tablename__ = "draft"
    area = "drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    is_held: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(String(200), default="")
    summary: Mapped[str] = mapped_column(String(200), default="")
    payload: Mapped[str] = mapped_column(Text)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    updated_at: Mapped[datetime] = mapped_column(Instant)
