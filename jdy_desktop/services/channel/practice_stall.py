"""The stall of the practice month: its shop with offers and goods, what it sells besides, its customers and suppliers."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import Product
from jdy_desktop.models.channel import Market, Offer, OfferSku, Shop
from jdy_desktop.models.ids import CustomerId, ShopId, SkuId
from jdy_desktop.models.parties import Customer, Supplier
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.ali1688.config import GatewaySettings
from jdy_desktop.services.book import product_bulk, product_reading
from jdy_desktop.services.book.parties import Parties, SaveCustomer, SaveSupplier
from jdy_desktop.services.book.practice_plan import Buyer, Ware
from jdy_desktop.services.book.product_values import ProductDetail, SaveProduct, SaveSku, as_request
from jdy_desktop.services.book.products import Products
from jdy_desktop.services.channel.offer_store import store_offers
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.folders import resource

_LOG = "示例店铺，还没有登录过"
_TENTH = Decimal("0.1")
_CENT = Decimal("0.01")
#: what the further grades pay of the wholesale price
_GRADES = {
    PriceGrade.VIP: Decimal("0.97"),
    PriceGrade.DISCOUNT1: Decimal("0.95"),
    PriceGrade.DISCOUNT2: Decimal("0.92"),
}
_MINIMUM_STOCK = (Decimal(0), Decimal(0), Decimal(0), Decimal(20), Decimal(30))


@dataclass(frozen=True, slots=True)
class StallGoods:
    sku_id: SkuId
    ware: Ware


@dataclass(frozen=True, slots=True)
class Stall:
    """Everything in the order of the data file; the first two customers are the walk-in ones every book has."""

    shop: ShopId
    goods: tuple[StallGoods, ...]
    customers: tuple[CustomerId, ...]
    buyers: tuple[Buyer, ...]
    suppliers: tuple[int, ...]


def build(db: Database, ctx: Context, gateway: GatewaySettings) -> Stall:
    """Make what is missing of it; called again it finds what is there."""
    data: dict[str, Any] = json.loads(resource("practice", "month.json").read_text("utf-8"), parse_float=Decimal)
    shop = _shop(db, ctx, data["shop"])
    minimums = _download(db, ctx, shop, data["offers"], gateway)
    products = [*minimums, *_own_goods(db, ctx, data["goods"])]
    _price(db, ctx, products)
    customers, buyers = _customers(db, ctx, data["customers"])
    return Stall(shop, _goods(db, products, minimums), customers, buyers, _suppliers(db, ctx, data["suppliers"]))


def _shop(db: Database, ctx: Context, facts: dict[str, str]) -> ShopId:
    """Known to the book, never logged in; authorizing this account of the practice market later makes it valid."""
    with db.write() as session:
        shop = session.scalar(select(Shop).where(Shop.member_id == facts["member"]))
        if shop is None:
            now = ctx.clock.now()
            shop = Shop(
                member_id=facts["member"], login_id=facts["login"], name=facts["name"], created_at=now, log=_LOG
            )
            session.add(shop)
        if shop.market_id is None:
            shop.market_id = session.scalar(select(Market.id).where(Market.name == facts["market"]))
        session.flush()
        return ShopId(shop.id)


def _download(
    db: Database, ctx: Context, shop: ShopId, answers: Sequence[dict[str, Any]], gateway: GatewaySettings
) -> dict[int, int]:
    """Offers and their goods, as a download makes them: product → fewest pieces, in the order of the answers."""
    from jdy_desktop.services.ali1688 import wire
    from jdy_desktop.services.channel.offer_goods import GoodsMaker

    offers = [wire.offer(answer, gateway) for answer in answers]
    with db.write() as session:
        stored = store_offers(session.connection(), shop, offers, ctx.clock.now())
        pks = [stored.pks[str(one.offer_id)] for one in offers]
        GoodsMaker(session, ctx, session.get_one(Shop, shop).name, None).make(pks)
        session.flush()
        return _minimums(session, pks)


def _minimums(session: Session, pks: Sequence[int]) -> dict[int, int]:
    from jdy_desktop.models.catalog import Sku

    query = (
        select(Offer.id, Sku.product_id, Offer.minimum_quantity)
        .join(OfferSku, OfferSku.offer_pk == Offer.id)
        .join(Sku, Sku.id == OfferSku.sku_id)
        .where(Offer.id.in_(pks))
    )
    found = {pk: (product, int(least)) for pk, product, least in session.execute(query)}
    return dict(found[pk] for pk in pks if pk in found)


def _own_goods(db: Database, ctx: Context, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Small things every stall sells beside its offers; those with a code that is there already are taken as they are."""
    with db.read() as session:
        codes = [row["code"] for row in rows]
        known = dict(session.execute(select(Product.code, Product.id).where(Product.code.in_(codes))).all())
    wanted = [row for row in rows if row["code"] not in known]
    made = Products(db, ctx).create_many([_own_request(row) for row in wanted]) if wanted else []
    known |= {row["code"]: product for row, product in zip(wanted, made, strict=True)}
    return [known[code] for code in codes]


def _own_request(row: dict[str, Any]) -> SaveProduct:
    prices = {PriceGrade.RETAIL: Decimal(row["retail"]), PriceGrade.WHOLESALE: Decimal(row["wholesale"])}
    sku = SaveSku(prices=prices, barcodes=(row["barcode"],))
    more = {"unit": row["unit"], "allow_negative": bool(row.get("negative"))}
    return SaveProduct(code=row["code"], name=row["name"], skus=(sku,), **more)


def _price(db: Database, ctx: Context, products: Sequence[int]) -> None:
    """The further grades, and a minimum stock for some."""
    dice = random.Random("prices")
    with db.write() as session:
        details = product_reading.details(session, products)
        changes = []
        for product_id in products:
            detail, least = details[product_id], dice.choice(_MINIMUM_STOCK)
            request = as_request(detail)
            skus = tuple(
                replace(one, prices=_prices(detail, place), minimum_stock=least)
                for place, one in enumerate(request.skus)
            )
            if skus != request.skus:
                changes.append((detail, replace(request, skus=skus)))
        product_bulk.change_many(session, ctx, changes)


def _prices(detail: ProductDetail, place: int) -> dict[PriceGrade, Decimal]:
    active = [one for one in detail.skus if one.is_active]
    prices = dict(active[place].prices)
    retail = prices.get(PriceGrade.RETAIL) or Decimal(10)
    wholesale = prices.setdefault(PriceGrade.WHOLESALE, (retail * Decimal("0.7")).quantize(_TENTH))
    prices.setdefault(PriceGrade.RETAIL, retail)
    for grade, share in _GRADES.items():
        step = _TENTH if wholesale >= 5 else _CENT
        prices.setdefault(grade, (wholesale * share).quantize(step, ROUND_HALF_UP))
    return prices


def _goods(db: Database, products: Sequence[int], minimums: dict[int, int]) -> tuple[StallGoods, ...]:
    dice = random.Random("costs")
    with db.read() as session:
        details = product_reading.details(session, products)
    found = []
    for place, product_id in enumerate(products):
        detail = details[product_id]
        share = Decimal(dice.randint(58, 74)) / 100
        for sku in detail.skus:
            if not sku.is_active:
                continue
            cost = max(_CENT, (sku.prices[PriceGrade.WHOLESALE] * share).quantize(_CENT))
            least = minimums.get(product_id, 0)
            ware = Ware(place, dict(sku.prices), cost, least, detail.allow_negative)
            found.append(StallGoods(sku.id, ware))
    return tuple(found)


def _customers(
    db: Database, ctx: Context, rows: Sequence[dict[str, Any]]
) -> tuple[tuple[CustomerId, ...], tuple[Buyer, ...]]:
    parties = Parties(db, ctx)
    with db.read() as session:
        known = dict(session.execute(select(Customer.name, Customer.id)).all())
    walk_in = [
        {"name": "零售", "grade": "retail", "owes": False, "phone": ""},
        {"name": "批发", "grade": "wholesale", "owes": False, "phone": ""},
    ]
    ids: list[CustomerId] = []
    buyers: list[Buyer] = []
    for row in (*walk_in, *rows):
        grade = PriceGrade(row["grade"])
        if row["name"] not in known:
            known[row["name"]] = parties.save_customer(SaveCustomer(row["name"], grade, phone=row["phone"]))
        ids.append(CustomerId(known[row["name"]]))
        buyers.append(Buyer(grade, row["owes"], is_walk_in=len(buyers) < len(walk_in)))
    return tuple(ids), tuple(buyers)


def _suppliers(db: Database, ctx: Context, rows: Sequence[dict[str, Any]]) -> tuple[int, ...]:
    parties = Parties(db, ctx)
    with db.read() as session:
        known = dict(session.execute(select(Supplier.name, Supplier.id)).all())
    for row in rows:
        if row["name"] not in known:
            request = SaveSupplier(row["name"], contact=row["contact"], phone=row["phone"])
            known[row["name"]] = parties.save_supplier(request)
    return tuple(int(known[row["name"]]) for row in rows)
