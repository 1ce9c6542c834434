"""All tables in one place, for whoever needs the whole schema (migrations, checks, bulk statements)."""

from __future__ import annotations

from jdy_desktop.models import account, catalog, channel, documents, money, parties, stock
from jdy_desktop.models.base import Base

metadata = Base.metadata

__all__ = ["Base", "account", "catalog", "channel", "documents", "metadata", "money", "parties", "stock"]
