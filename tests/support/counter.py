"""The counter of a stall without 1688: account set, a few goods with stock, a supplier; services over a real SQLite file."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from jdy_desktop.models.catalog import Sku
from jdy_desktop.models.channel import Market, Offer, OfferSku, Shop
from jdy_desktop.models.ids import OfferSkuId, ProductId, ShopId, SkuId
from jdy_desktop.models.parties import Customer, SettlementAccount, Warehouse
from jdy_desktop.models.states import DocumentKind, Industry, PriceGrade
from jdy_desktop.models.stock import StockBalance
from jdy_desktop.services.book.account_sets import CreateAccountSet, fill_account_set
from jdy_desktop.services.book.documents import Documents, SavedDocument, SaveDocument, SaveLine
from jdy_desktop.services.book.parties import Parties, SaveSupplier
from jdy_desktop.services.book.products import Products, SaveProduct, SaveSku
from jdy_desktop.services.machine import schema
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from tests.support.clock import FrozenClock

START = date(2019, 3, 1)
TODAY = date(2019, 3, 27)


@dataclass
class Counter:
    """The services and the ids a test needs; `line` and `sale` fill in what it does not care about."""

    db: Database
    ctx: Context
    documents: Documents
    products: Products
    parties: Parties
    retail: Any
    wholesale: Any
    supplier: Any
    warehouse: Any
    cash: Any

    def goods(self, code: str, *, price: str = "10", stock: str = "0", cost: str = "5", **more: Any) -> SkuId:
        """Goods without variants; returns the id of their SKU."""
        sku = SaveSku(prices={PriceGrade.RETAIL: Decimal(price)})
        product = self.products.save(SaveProduct(code=code, name=f"商品{code}", skus=(sku,), **more))
        found = self.products.product(product).skus[0].id
        if Decimal(stock):
            self.receive(found, stock, cost)
        return found

    def request(self, kind: DocumentKind, *lines: SaveLine, **more: Any) -> SaveDocument:
        party: dict[str, Any] = (
            {"customer_id": self.retail} if kind in (DocumentKind.SALE, DocumentKind.SALE_RETURN) else {}
        )
        if kind in (DocumentKind.PURCHASE, DocumentKind.PURCHASE_RETURN):
            party = {"supplier_id": self.supplier}
        values: dict[str, Any] = {
            "kind": kind,
            "client_key": self.documents.new_client_key(),
            "day": TODAY,
            "lines": lines,
        }
        return SaveDocument(**(values | party | more))

    def sale(self, *lines: SaveLine, **more: Any) -> SavedDocument:
        return self.documents.save(self.request(DocumentKind.SALE, *lines, **more))

    def receive(self, sku: SkuId, quantity: str, cost: str, warehouse: Any = None) -> SavedDocument:
        line = self.line(sku, quantity, cost, warehouse_id=warehouse)
        return self.documents.save(self.request(DocumentKind.OTHER_RECEIPT, line))

    def line(self, sku: SkuId, quantity: str = "1", price: str = "10", **more: Any) -> SaveLine:
        return SaveLine(sku, Decimal(quantity), Decimal(price), **more)

    def edit(self, request: SaveDocument, saved: SavedDocument, **changes: Any) -> SavedDocument:
        return self.documents.save(replace(request, document_id=saved.id, version=saved.version, **changes))

    def stock(self, sku: SkuId) -> Decimal:
        with self.db.read() as session:
            return session.scalar(select(func.sum(StockBalance.quantity)).where(StockBalance.sku_id == sku)) or Decimal(
                0
            )

    def value(self, sku: SkuId) -> Decimal:
        with self.db.read() as session:
            return session.scalar(select(func.sum(StockBalance.cost)).where(StockBalance.sku_id == sku)) or Decimal(0)

    def count(self, entity: Any) -> int:
        with self.db.read() as session:
            return session.scalar(select(func.count()).select_from(entity)) or 0

    def product_of(self, sku: SkuId) -> ProductId:
        with self.db.read() as session:
            return ProductId(session.scalar(select(Sku.product_id).where(Sku.id == sku)) or 0)

    def balance(self, customer: Any) -> Decimal:
        return self.parties.customer(customer).balance

    def shop(self, name: str, *, market: bool = True) -> ShopId:
        with self.db.write() as session:
            market_id = session.scalar(select(Market.id).limit(1)) if market else None
            shop = Shop(login_id=name, member_id=name, name=name, market_id=market_id, created_at=self.ctx.clock.now())
            session.add(shop)
            session.flush()
            return ShopId(shop.id)

    def offer(self, shop_id: int, offer_id: str, sku: SkuId | None, **more: Any) -> OfferSkuId:
        """An offer without SKUs, matched to `sku`; returns the id of its row in the match list."""
        with self.db.write() as session:
            values = {"title": f"宝贝{offer_id}", "status": "on_shelf", "unit": "件", "has_skus": False} | more
            offer = Offer(shop_id=shop_id, offer_id=offer_id, downloaded_at=self.ctx.clock.now(), **values)
            offer.skus.append(OfferSku(position=1, sku_id=sku, match_origin="manual" if sku else None))
            session.add(offer)
            session.flush()
            return OfferSkuId(offer.skus[0].id)


def open_counter(book: Database, clock: Any, **answers: Any) -> Counter:
    """Fill an empty book as the wizard does (奔腾照明, start 2019-03-01) and add a supplier."""
    ctx = Context(clock=clock, operator="小王")
    values: dict[str, Any] = {"company": "奔腾照明", "start_date": START, "industry": Industry.CLOTHES}
    fill_account_set(book, CreateAccountSet(**(values | answers)), ctx)
    parties = Parties(book, ctx)
    supplier = parties.save_supplier(SaveSupplier(name="海宁工厂"))
    with book.read() as session:
        by_name = dict(session.execute(select(Customer.name, Customer.id)).all())
        warehouse = session.scalar(select(Warehouse.id))
        cash = session.scalar(select(SettlementAccount.id).where(SettlementAccount.name == "现金"))
    documents, products = Documents(book, ctx), Products(book, ctx)
    return Counter(book, ctx, documents, products, parties, by_name["零售"], by_name["批发"], supplier, warehouse, cash)


def reopened(book: Database) -> Counter:
    """The counter of a book that `open_counter` filled earlier; its ids are the first of their kinds."""
    ctx = Context(clock=FrozenClock(), operator="小王")
    return Counter(book, ctx, Documents(book, ctx), Products(book, ctx), Parties(book, ctx), 1, 2, 1, 1, 1)


def copied(template: Path, path: Path) -> Counter:
    """The counter of a copy, so that one filled book serves many stories."""
    shutil.copyfile(template, path)
    return reopened(schema.open_book(path))
