"""Customers, suppliers, warehouses, departments and settlement accounts (manual 6.1.1, M124)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NewType

from jdy_desktop.models.ids import CustomerId, WarehouseId
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database

SupplierId = NewType("SupplierId", int)


@dataclass(frozen=True, slots=True)
class CustomerHit:
    """A row of the customer picker; `balance` is what the customer owes us, yuan."""

    id: CustomerId
    name: str
    grade: PriceGrade
    phone: str
    balance: Decimal


@dataclass(frozen=True, slots=True)
class SupplierHit:
    """A row of the supplier picker; `balance` is what we owe, yuan (plus: we owe)."""

    id: SupplierId
    name: str
    phone: str
    balance: Decimal


@dataclass(frozen=True, slots=True)
class CustomerDetail:
    id: CustomerId
    version: int
    name: str
    grade: PriceGrade
    contact: str
    phone: str
    address: str
    remark: str
    is_active: bool
    balance: Decimal


@dataclass(frozen=True, slots=True)
class SupplierDetail:
    id: SupplierId
    version: int
    name: str
    contact: str
    phone: str
    address: str
    remark: str
    is_active: bool
    balance: Decimal


@dataclass(frozen=True, slots=True)
class SaveCustomer:
    """客户管理: the grade decides the price of a sale line (客户等级)."""

    name: str
    grade: PriceGrade = PriceGrade.RETAIL
    contact: str = ""
    phone: str = ""
    address: str = ""
    remark: str = ""
    is_active: bool = True
    customer_id: CustomerId | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class SaveSupplier:
    name: str
    contact: str = ""
    phone: str = ""
    address: str = ""
    remark: str = ""
    is_active: bool = True
    supplier_id: SupplierId | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class WarehouseInfo:
    id: WarehouseId
    name: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class DepartmentInfo:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """结算账户."""

    id: int
    name: str


class Parties:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db = db
        self._ctx = ctx

    def customers(self, text: str = "", limit: int = 50) -> tuple[CustomerHit, ...]:
        raise NotImplementedError

    def customer(self, customer_id: CustomerId) -> CustomerDetail:
        raise NotImplementedError

    def save_customer(self, request: SaveCustomer) -> CustomerId:
        raise NotImplementedError

    def suppliers(self, text: str = "", limit: int = 50) -> tuple[SupplierHit, ...]:
        raise NotImplementedError

    def supplier(self, supplier_id: SupplierId) -> SupplierDetail:
        raise NotImplementedError

    def save_supplier(self, request: SaveSupplier) -> SupplierId:
        raise NotImplementedError

    def warehouses(self) -> tuple[WarehouseInfo, ...]:
        raise NotImplementedError

    def add_warehouse(self, name: str) -> WarehouseId:
        raise NotImplementedError

    def departments(self) -> tuple[DepartmentInfo, ...]:
        raise NotImplementedError

    def add_department(self, name: str) -> int:
        raise NotImplementedError

    def accounts(self) -> tuple[AccountInfo, ...]:
        raise NotImplementedError
