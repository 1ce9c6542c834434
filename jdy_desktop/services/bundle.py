"""All services of one open book. Only the program's wiring and the tests ask for the whole bundle; a page takes its two or three."""

from __future__ import annotations

from dataclasses import dataclass

from jdy_desktop.services.book.account_sets import AccountSets
from jdy_desktop.services.book.documents import Documents
from jdy_desktop.services.book.drafts import Drafts
from jdy_desktop.services.book.opening import OpeningStock
from jdy_desktop.services.book.parties import Parties
from jdy_desktop.services.book.products import Products
from jdy_desktop.services.channel.connection import Connection
from jdy_desktop.services.channel.downloads import Downloads
from jdy_desktop.services.channel.matching import Matching
from jdy_desktop.services.channel.pictures import Pictures
from jdy_desktop.services.channel.pre_orders import PreOrders
from jdy_desktop.services.channel.shops import Shops
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.folders import Folders
from jdy_desktop.services.machine.settings import LocalSettings
from jdy_desktop.services.machine.vault import Vault
from jdy_desktop.services.queries.goods import GoodsList
from jdy_desktop.services.queries.matches import MatchList
from jdy_desktop.services.queries.parties import CustomerList, SupplierList
from jdy_desktop.services.queries.picker import SkuPicker
from jdy_desktop.services.queries.pre_orders import PreOrderList
from jdy_desktop.services.queries.shops import ShopList
from jdy_desktop.services.queries.stock import StockList


@dataclass(frozen=True, slots=True)
class Services:
    db: Database
    connection: Connection
    account_sets: AccountSets
    products: Products
    parties: Parties
    documents: Documents
    drafts: Drafts
    opening: OpeningStock
    goods_list: GoodsList
    picker: SkuPicker
    stock_list: StockList
    customer_list: CustomerList
    supplier_list: SupplierList
    shops: Shops
    shop_list: ShopList
    downloads: Downloads
    matching: Matching
    match_list: MatchList
    pictures: Pictures
    pre_orders: PreOrders
    pre_order_list: PreOrderList


def build_services(
    db: Database, ctx: Context, settings: LocalSettings, folders: Folders, vault: Vault | None = None
) -> Services:
    """Wire them; nothing is read or called yet."""
    vault = vault or Vault()
    connection = Connection(settings, ctx, vault)
    shops = Shops(db, ctx, connection.gateway, vault)
    return Services(
        db=db,
        connection=connection,
        account_sets=AccountSets(db, ctx),
        products=Products(db, ctx),
        parties=Parties(db, ctx),
        documents=Documents(db, ctx),
        drafts=Drafts(db, ctx),
        opening=OpeningStock(db, ctx),
        goods_list=GoodsList(db),
        picker=SkuPicker(db),
        stock_list=StockList(db),
        customer_list=CustomerList(db),
        supplier_list=SupplierList(db),
        shops=shops,
        shop_list=ShopList(db, ctx),
        downloads=Downloads(db, ctx, shops, connection.gateway),
        matching=Matching(db, ctx),
        match_list=MatchList(db, ctx),
        pictures=Pictures(folders.pictures, connection.gateway),
        pre_orders=PreOrders(db, ctx, shops, connection.gateway),
        pre_order_list=PreOrderList(db, ctx),
    )
