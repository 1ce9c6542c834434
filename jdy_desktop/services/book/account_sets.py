"""The account set: made once by the wizard, then asked for its rules (manual 2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from jdy_desktop.models.states import Industry
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database


@dataclass(frozen=True, slots=True)
class CreateAccountSet:
    """Answers of the wizard: company, start period, industry and the three control questions."""

    company: str
    start_date: date
    industry: Industry
    cost_per_warehouse: bool = False
    needs_review: bool = False
    computes_tax: bool = False
    is_practice: bool = False


@dataclass(frozen=True, slots=True)
class AccountSetInfo:
    company: str
    start_date: date
    industry: Industry
    cost_per_warehouse: bool
    needs_review: bool
    computes_tax: bool
    prices_include_tax: bool
    tax_rate: Decimal
    channel_enabled: bool
    is_practice: bool


def create_account_set(path: Path, request: CreateAccountSet, ctx: Context) -> Database:
    raise NotImplementedError


class AccountSets:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db = db
        self._ctx = ctx

    def info(self) -> AccountSetInfo:
        raise NotImplementedError

    def set_channel_enabled(self, enabled: bool) -> None:
        raise NotImplementedError

    def set_tax(self, prices_include_tax: bool, tax_rate: Decimal) -> None:
        raise NotImplementedError

    def setting(self, key: str) -> str | None:
        raise NotImplementedError

    def set_setting(self, key: str, value: str | None) -> None:
        raise NotImplementedError
