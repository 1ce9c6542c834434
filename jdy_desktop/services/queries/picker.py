"""The goods picker of a document: search while typing, scan, and the card beside the line."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Select, false, func, or_, select

from jdy_desktop.models.catalog import Barcode, Product, Sku, SkuPrice, Unit
from jdy_desktop.models.channel import Offer, OfferChoice, OfferSku, Shop
from jdy_desktop.models.ids import CustomerId, OfferId, OfferSkuId, ProductId, ShopId, SkuId
from jdy_desktop.models.parties import LastPrice
from jdy_desktop.models.rules.codes import normalise_code
from jdy_desktop.models.rules.offer_ids import parse_offer_ids
from jdy_desktop.models.rules.pricing import grade_price
from jdy_desktop.models.states import OfferStatus, PriceGrade
from jdy_desktop.models.stock import StockBalance
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.queries.words import all_words, begins_with


@dataclass(frozen=True, slots=True)
class SkuHit:
    """`price` of the grade asked for (None: none kept); `online_stock` by the last download, None when unmatched."""

    sku_id: SkuId
    product_id: ProductId
    code: str
    product_name: str
    sku_name: str
    unit: str
    picture: str
    price: Decimal | None
    stock: Decimal
    online_stock: Decimal | None
    is_matched: bool


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """The offer a SKU is sold through in a shop, as last downloaded. `tiers`: (from quantity, price), ascending.

    `n_offers` > 1: the clerk has to choose once; `offer_sku_id` is the remembered or the first one.
    """

    offer_sku_id: OfferSkuId
    offer_id: OfferId
    title: str
    status: OfferStatus
    online_stock: Decimal
    minimum_quantity: Decimal
    tiers: tuple[tuple[Decimal, Decimal], ...]
    downloaded_at: datetime
    n_offers: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class SkuCard:
    """All a line needs to know of its goods. `last_price`: what this customer paid last (W20), with its day.

    `other_shop`: name of the shop that has the goods when the chosen one has not.
    """

    sku_id: SkuId
    product_id: ProductId
    code: str
    product_name: str
    sku_name: str
    unit: str
    picture: str
    prices: Mapping[PriceGrade, Decimal]
    tax_rate: Decimal | None
    last_price: Decimal | None
    last_price_day: date | None
    stock: Decimal
    stock_by_warehouse: Mapping[int, Decimal]
    allow_negative: bool
    offer: OfferFacts | None
    other_shop: str | None


class SkuPicker:
    """Only goods of the goods centre are offered (M19), and none that rest (SKU taken out of its product)."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def search(
        self,
        text: str,
        *,
        grade: PriceGrade = PriceGrade.RETAIL,
        shop_id: ShopId | None = None,
        has_variants: bool | None = None,
        limit: int = 8,
    ) -> tuple[SkuHit, ...]:
        """Goods that hold all words (codes, names, barcodes, pinyin); those whose code or name begins so come first.

        `shop_id` limits `online_stock` and `is_matched` to that shop. Empty text: the newest goods.
        """
        with self._db.read() as session:
            connection = session.connection()
            query = _offered().where(*all_words(text, Sku.search_text))
            if has_variants is not None:
                query = query.where(Product.has_variants == has_variants)
            is_prefix = or_(begins_with(normalise_code(text), Sku.code_key), begins_with(text, Sku.search_text))
            order = (is_prefix.desc(), Sku.code_key) if text.strip() else (Sku.id.desc(),)
            return _hits(connection, query.order_by(*order).limit(limit), grade, shop_id)

    def exact(self, code_or_barcode: str, *, grade: PriceGrade = PriceGrade.RETAIL) -> SkuHit | None:
        """What a scanner read: a barcode, else a SKU code (case, width and blanks do not count)."""
        wanted = code_or_barcode.strip()
        if not wanted:
            return None
        with self._db.read() as session:
            connection = session.connection()
            by_barcode = _offered().join(Barcode, Barcode.sku_id == Sku.id).where(Barcode.code == wanted)
            by_code = _offered().where(Sku.code_key == normalise_code(wanted))
            hits = _hits(connection, by_barcode, grade, None) or _hits(connection, by_code, grade, None)
            return hits[0] if hits else None

    def variants(self, code: str) -> tuple[SkuId, ...]:
        """SKUs in use of the goods with this 货号 (商品代码), in their order; of a SKU code or barcode that one alone."""
        with self._db.read() as session:
            query = select(Sku.id).join(Product, Product.id == Sku.product_id).where(Sku.is_active)
            of_product = query.where(Product.code_key == normalise_code(code.strip())).order_by(Sku.position)
            found = session.connection().execute(of_product).scalars().all()
        if found:
            return tuple(SkuId(one) for one in found)
        hit = self.exact(code)
        return () if hit is None else (hit.sku_id,)

    def by_offer(self, offer_id: OfferId, *, grade: PriceGrade = PriceGrade.RETAIL) -> tuple[SkuHit, ...]:
        """Goods matched to a 1688 offer, in its order; a pasted link of the offer is understood too."""
        found = parse_offer_ids(offer_id).ids
        wanted = found[0] if found else offer_id.strip()
        with self._db.read() as session:
            matched = (
                select(OfferSku.sku_id)
                .join(Offer, Offer.id == OfferSku.offer_pk)
                .where(Offer.offer_id == wanted, OfferSku.sku_id.is_not(None))
            )
            query = _offered().where(Sku.id.in_(matched)).order_by(Sku.product_id, Sku.position)
            return _hits(session.connection(), query, grade, None)

    def card(self, sku_id: SkuId, *, customer_id: CustomerId | None = None, shop_id: ShopId | None = None) -> SkuCard:
        """Raises UserError("sku_unknown")."""
        with self._db.read() as session:
            return _card(session.connection(), sku_id, customer_id, shop_id)

    def of_product(
        self, product_id: ProductId, *, customer_id: CustomerId | None = None, shop_id: ShopId | None = None
    ) -> tuple[SkuCard, ...]:
        """The cards of all SKUs of a product in their order, for the grid of colours and sizes."""
        with self._db.read() as session:
            connection = session.connection()
            query = select(Sku.id).where(Sku.product_id == product_id, Sku.is_active).order_by(Sku.position)
            ids = connection.execute(query).scalars().all()
            return tuple(_card(connection, SkuId(sku_id), customer_id, shop_id) for sku_id in ids)

    def offers(self, sku_id: SkuId, shop_id: ShopId) -> tuple[OfferFacts, ...]:
        """Every offer of a shop the SKU could be sold through; the remembered one first."""
        with self._db.read() as session:
            connection = session.connection()
            return _facts(_offer_rows(connection, sku_id), connection, sku_id, shop_id)


def _offered() -> Select[Any]:
    picture = func.coalesce(func.nullif(Sku.picture, ""), Product.picture).label("picture")
    columns = (Sku.id, Sku.product_id, Sku.code, Product.name.label("product_name"), Sku.name.label("sku_name"))
    query: Any = select(*columns, Unit.name.label("unit"), picture, Product.tax_rate, Product.allow_negative)
    joined: Select[Any] = query.join(Product, Product.id == Sku.product_id).join(Unit, Unit.id == Product.unit_id)
    return joined.where(Sku.is_active)


def _hits(connection: Connection, query: Select[Any], grade: PriceGrade, shop_id: ShopId | None) -> tuple[SkuHit, ...]:
    rows = connection.execute(query).all()
    ids = [row.id for row in rows]
    prices, stock, online = _prices(connection, ids), _stock(connection, ids), _online(connection, ids, shop_id)
    hits = []
    for row in rows:
        price = grade_price(prices[row.id], grade)
        hits.append(
            SkuHit(
                sku_id=SkuId(row.id),
                product_id=ProductId(row.product_id),
                code=row.code,
                product_name=row.product_name,
                sku_name=row.sku_name,
                unit=row.unit,
                picture=row.picture,
                price=price.price if price else None,
                stock=sum(stock[row.id].values(), Decimal(0)),
                online_stock=online.get(row.id),
                is_matched=row.id in online,
            )
        )
    return tuple(hits)


def _prices(connection: Connection, ids: Sequence[int]) -> dict[int, dict[PriceGrade, Decimal | None]]:
    found: dict[int, dict[PriceGrade, Decimal | None]] = defaultdict(dict)
    query = select(SkuPrice.sku_id, SkuPrice.grade, SkuPrice.price).where(SkuPrice.sku_id.in_(ids))
    for sku_id, grade, price in connection.execute(query):
        found[sku_id][PriceGrade(grade)] = price
    return found


def _stock(connection: Connection, ids: Sequence[int]) -> dict[int, dict[int, Decimal]]:
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    columns = (StockBalance.sku_id, StockBalance.warehouse_id, StockBalance.quantity)
    for sku_id, warehouse_id, quantity in connection.execute(select(*columns).where(StockBalance.sku_id.in_(ids))):
        found[sku_id][warehouse_id] = quantity
    return found


def _online(connection: Connection, ids: Sequence[int], shop_id: ShopId | None) -> dict[int, Decimal]:
    """The largest online stock among the offers of a SKU; SKUs without a match are left out."""
    query = select(OfferSku.sku_id, func.max(OfferSku.online_stock)).where(OfferSku.sku_id.in_(ids), ~OfferSku.is_gone)
    if shop_id is not None:
        query = query.join(Offer, Offer.id == OfferSku.offer_pk).where(Offer.shop_id == shop_id)
    rows: Any = connection.execute(query.group_by(OfferSku.sku_id))
    return dict(rows.all())


def _card(connection: Connection, sku_id: SkuId, customer_id: CustomerId | None, shop_id: ShopId | None) -> SkuCard:
    row = connection.execute(_offered().where(Sku.id == sku_id)).first()
    if row is None:
        raise UserError("sku_unknown", id=sku_id)
    stock = _stock(connection, [sku_id])[sku_id]
    last = None
    if customer_id is not None:
        query = select(LastPrice.price, LastPrice.day).where(LastPrice.customer_id == customer_id)
        last = connection.execute(query.where(LastPrice.sku_id == sku_id)).first()
    offer, other_shop = _offer(connection, sku_id, shop_id)
    return SkuCard(
        sku_id=sku_id,
        product_id=ProductId(row.product_id),
        code=row.code,
        product_name=row.product_name,
        sku_name=row.sku_name,
        unit=row.unit,
        picture=row.picture,
        prices={grade: price for grade, price in _prices(connection, [sku_id])[sku_id].items() if price is not None},
        tax_rate=row.tax_rate,
        last_price=last.price if last else None,
        last_price_day=last.day if last else None,
        stock=sum(stock.values(), Decimal(0)),
        stock_by_warehouse=stock,
        allow_negative=row.allow_negative,
        offer=offer,
        other_shop=other_shop,
    )


def _offer_rows(connection: Connection, sku_id: SkuId) -> Sequence[Any]:
    facts = (Offer.offer_id, Offer.title, Offer.status, Offer.minimum_quantity, Offer.tiers, Offer.downloaded_at)
    return connection.execute(
        select(OfferSku.id, OfferSku.online_stock, OfferSku.is_gone, Offer.shop_id, Shop.name.label("shop"), *facts)
        .join(Offer, Offer.id == OfferSku.offer_pk)
        .join(Shop, Shop.id == Offer.shop_id)
        .where(OfferSku.sku_id == sku_id)
        .order_by(OfferSku.is_gone, OfferSku.id)
    ).all()


def _offer(connection: Connection, sku_id: SkuId, shop_id: ShopId | None) -> tuple[OfferFacts | None, str | None]:
    """The offer the SKU is sold through in that shop (None: any), and the name of another shop that has it instead."""
    rows = _offer_rows(connection, sku_id)
    found = _facts(rows, connection, sku_id, shop_id)
    return (found[0], None) if found else (None, rows[0].shop if rows else None)


def _facts(
    rows: Sequence[Any], connection: Connection, sku_id: SkuId, shop_id: ShopId | None
) -> tuple[OfferFacts, ...]:
    """Those of the shop, the chosen one first; what 1688 no longer lists only when nothing else is there."""
    here = [row for row in rows if shop_id is None or row.shop_id == shop_id]
    alive = [row for row in here if not row.is_gone] or here[:1]
    remembered = OfferChoice.shop_id == shop_id if shop_id is not None else false()
    query = select(OfferChoice.offer_sku_id).where(remembered, OfferChoice.sku_id == sku_id)
    chosen = connection.execute(query).scalar()
    return tuple(
        OfferFacts(
            offer_sku_id=OfferSkuId(row.id),
            offer_id=OfferId(row.offer_id),
            title=row.title,
            status=OfferStatus.GONE if row.is_gone else OfferStatus(row.status),
            online_stock=row.online_stock,
            minimum_quantity=row.minimum_quantity,
            tiers=tuple((Decimal(start), Decimal(price)) for start, price in json.loads(row.tiers)),
            downloaded_at=row.downloaded_at,
            n_offers=len(alive),
            is_chosen=len(alive) == 1 or row.id == chosen,
        )
        for row in sorted(alive, key=lambda one: one.id != chosen)
    )
