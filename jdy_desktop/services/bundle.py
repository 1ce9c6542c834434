"""All services of one open book, and opening one. Only the program's wiring and the tests ask for the whole bundle; a page
takes its two or three."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jdy_desktop.services.book.account_sets import (
    AccountSetInfo,
    AccountSets,
    CreateAccountSet,
    create_account_set,
)
from jdy_desktop.services.book.cash_counts import CashCounts
from jdy_desktop.services.book.catalog_upkeep import CatalogUpkeep
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.services.book.drafts import Drafts
from jdy_desktop.services.book.opening import OpeningStock
from jdy_desktop.services.book.opening_import import OpeningImport
from jdy_desktop.services.book.operators import Operators
from jdy_desktop.services.book.parties import Parties
from jdy_desktop.services.book.payments import Payments
from jdy_desktop.services.book.product_batch import ProductBatch
from jdy_desktop.services.book.product_pictures import ProductPictures
from jdy_desktop.services.book.products import Products
from jdy_desktop.services.book.recompute import CostRecompute
from jdy_desktop.services.channel.connection import Connection, gateway_settings
from jdy_desktop.services.channel.downloads import Downloads
from jdy_desktop.services.channel.matching import Matching
from jdy_desktop.services.channel.pictures import Pictures
from jdy_desktop.services.channel.practice_month import PracticeMonth
from jdy_desktop.services.channel.pre_orders import PreOrders, pause_after_restore
from jdy_desktop.services.channel.publishing import Publishing
from jdy_desktop.services.channel.shops import Shops
from jdy_desktop.services.errors import LocalError, Refused
from jdy_desktop.services.excel.goods_import import GoodsImport
from jdy_desktop.services.machine import backup, schema
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.files import file_errors, free_path
from jdy_desktop.services.machine.folders import Folders
from jdy_desktop.services.machine.rights import Right
from jdy_desktop.services.machine.settings import LocalSettings
from jdy_desktop.services.machine.vault import Vault
from jdy_desktop.services.queries.documents import DocumentList
from jdy_desktop.services.queries.goods import GoodsList
from jdy_desktop.services.queries.matches import MatchList
from jdy_desktop.services.queries.parties import CustomerList, SupplierList
from jdy_desktop.services.queries.payments import PaymentList
from jdy_desktop.services.queries.picker import SkuPicker
from jdy_desktop.services.queries.pre_orders import PreOrderList
from jdy_desktop.services.queries.publications import PublicationList
from jdy_desktop.services.queries.purchase_prices import BoughtPrices
from jdy_desktop.services.queries.reports import Reports
from jdy_desktop.services.queries.search_index import SearchIndex
from jdy_desktop.services.queries.shops import ShopList
from jdy_desktop.services.queries.statements import Statements
from jdy_desktop.services.queries.stock import StockList
from jdy_desktop.services.queries.stock_history import StockHistory


@dataclass(frozen=True, slots=True)
class Services:
    db: Database
    connection: Connection
    account_sets: AccountSets
    operators: Operators
    products: Products
    product_batch: ProductBatch
    catalog_upkeep: CatalogUpkeep
    goods_import: GoodsImport
    parties: Parties
    payments: Payments
    documents: Documents
    document_list: DocumentList
    bought_prices: BoughtPrices
    drafts: Drafts
    opening: OpeningStock
    opening_import: OpeningImport
    goods_list: GoodsList
    picker: SkuPicker
    stock_list: StockList
    customer_list: CustomerList
    supplier_list: SupplierList
    payment_list: PaymentList
    statements: Statements
    shops: Shops
    shop_list: ShopList
    downloads: Downloads
    matching: Matching
    match_list: MatchList
    pictures: Pictures
    own_pictures: ProductPictures
    pre_orders: PreOrders
    pre_order_list: PreOrderList
    search_index: SearchIndex
    reports: Reports
    cash_counts: CashCounts
    cost_recompute: CostRecompute
    stock_history: StockHistory
    publishing: Publishing
    publication_list: PublicationList
    practice_month: PracticeMonth


def build_services(
    db: Database, ctx: Context, settings: LocalSettings, folders: Folders, vault: Vault | None = None
) -> Services:
    """Wire them; nothing is read or called yet."""
    vault = vault or Vault()
    connection = Connection(settings, ctx, vault)
    shops = Shops(db, ctx, connection.gateway, vault)
    pictures = Pictures(folders.pictures, connection.gateway, folders.goods_pictures)
    return Services(
        db=db,
        connection=connection,
        account_sets=AccountSets(db, ctx),
        operators=Operators(db, ctx),
        products=Products(db, ctx),
        product_batch=ProductBatch(db, ctx),
        catalog_upkeep=CatalogUpkeep(db, ctx),
        goods_import=GoodsImport(db, ctx),
        parties=Parties(db, ctx),
        payments=Payments(db, ctx),
        documents=Documents(db, ctx),
        document_list=DocumentList(db, ctx=ctx),
        bought_prices=BoughtPrices(db, ctx),
        drafts=Drafts(db, ctx),
        opening=OpeningStock(db, ctx),
        opening_import=OpeningImport(db, ctx),
        goods_list=GoodsList(db),
        picker=SkuPicker(db),
        stock_list=StockList(db, ctx),
        customer_list=CustomerList(db, ctx),
        supplier_list=SupplierList(db),
        payment_list=PaymentList(db),
        statements=Statements(db, ctx),
        shops=shops,
        shop_list=ShopList(db, ctx),
        downloads=Downloads(db, ctx, shops, connection.gateway),
        matching=Matching(db, ctx),
        match_list=MatchList(db, ctx),
        pictures=pictures,
        own_pictures=ProductPictures(folders.goods_pictures),
        pre_orders=PreOrders(db, ctx, shops, connection.gateway),
        pre_order_list=PreOrderList(db, ctx),
        search_index=SearchIndex(db),
        reports=Reports(db, ctx),
        cash_counts=CashCounts(db, ctx),
        cost_recompute=CostRecompute(db, ctx),
        stock_history=StockHistory(db, ctx),
        publishing=Publishing(db, ctx, shops, connection.gateway, pictures),
        publication_list=PublicationList(db),
        practice_month=PracticeMonth(db, ctx, partial(gateway_settings, settings)),
    )


@dataclass(frozen=True, slots=True)
class OpenedBook:
    """A book ready for work, made on a worker thread."""

    path: Path
    services: Services
    info: AccountSetInfo
    #: operators are on: nothing is shown before somebody has logged in.
    needs_login: bool = False


class Books:
    """Opens, makes and restores the books of this PC. `on_change` hears the areas of every commit."""

    def __init__(
        self, ctx: Context, settings: LocalSettings, folders: Folders, on_change: Callable[[frozenset[str]], None]
    ) -> None:
        self._ctx, self._settings, self._folders, self._on_change = ctx, settings, folders, on_change

    def open(self, path: Path) -> OpenedBook:
        """Raises LocalError (vanished, damaged, newer, locked away, a backup); the file is then as it was."""
        with file_errors():
            if schema.is_backup(path):
                raise LocalError("book_is_backup", path=path.name)
            return self._ready(path, schema.open_book(path))

    def create(self, request: CreateAccountSet) -> OpenedBook:
        """A new account set in a file of its own, named after the company. A failure leaves no file behind."""
        path = free_path(self._folders.books, request.company)
        with file_errors():
            database = create_account_set(path, request, self._ctx)
            try:
                return self._ready(path, database)
            except BaseException:
                database.close()
                backup.remove_book(path)
                raise

    def discard(self, opened: OpenedBook) -> None:
        """A new account set that nobody waits for any more: it was never on the screen, and no file of it stays."""
        opened.services.db.close()
        backup.remove_book(opened.path)

    def rename(self, path: Path, company: str) -> None:
        """Another company name for a book that is not open. Raises Refused when it has operators: its owner renames it."""
        with file_errors():
            database = schema.open_book(path)
            try:
                if Operators(database, self._ctx).state().is_on:
                    raise Refused(right=Right.ACCOUNT_SET)
                AccountSets(database, self._ctx).rename(company)
            finally:
                database.close()

    def choose(self, path: Path) -> Path:
        """What to open for a file that somebody picked: itself, or the book restored from it when it is a backup, for
        which the owner of the open book is needed as in `restore`."""
        with file_errors():
            is_backup = schema.is_backup(path)
        return self.restore(path) if is_backup else path

    def restore(self, source: Path) -> Path:
        """A backup as a further book, its uploads paused until they are checked at 1688. Needs the owner of the open book."""
        self._ctx.require(Right.RESTORE)
        target = free_path(self._folders.books, source.stem)
        pause = partial(pause_after_restore, ctx=self._ctx)
        backup.restore(source, target, self._folders.backups, self._ctx, pause)
        return target

    def _ready(self, path: Path, db: Database) -> OpenedBook:
        db.on_change(self._on_change)
        services = build_services(db, self._ctx, self._settings, self._folders)
        return OpenedBook(path, services, services.account_sets.info(), services.operators.begin())
