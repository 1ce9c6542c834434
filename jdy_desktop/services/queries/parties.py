"""客户 and 供应商: lists with what they owe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from jdy_desktop.models.ids import CustomerId
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.machine.db import Database


@dataclass(frozen=True, slots=True)
class PartyFilter:
    text: str = ""
    grade: PriceGrade | None = None
    owes_only: bool = False
    with_inactive: bool = False


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """`balance`: owed to us, yuan."""

    id: CustomerId
    name: str
    grade: PriceGrade
    contact: str
    phone: str
    address: str
    remark: str
    balance: Decimal
    is_active: bool


@dataclass(frozen=True, slots=True)
class SupplierRow:
    """`balance`: what we owe, yuan."""

    id: int
    name: str
    contact: str
    phone: str
    address: str
    remark: str
    balance: Decimal
    is_active: bool


class CustomerList:
    def __init__(self, db: Database) -> None:
        self._db = db

    def ids(self, filter: PartyFilter) -> list[int]:
        raise NotImplementedError

    def rows(self, ids: Sequence[int]) -> dict[int, CustomerRow]:
        raise NotImplementedError


class SupplierList:
    def __init__(self, db: Database) -> None:
        self._db = db

    def ids(self, filter: PartyFilter) -> list[int]:
        raise NotImplementedError

    def rows(self, ids: Sequence[int]) -> dict[int, SupplierRow]:
        raise NotImplementedError
