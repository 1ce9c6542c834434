"""A stall with goods that could be published: pictures on this PC, a price, a stock, a category."""

from __future__ import annotations

import io
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from jdy_desktop.models.catalog import Product, ProductPicture, Sku, SkuPrice
from jdy_desktop.models.channel import Offer, OfferSku, Publication
from jdy_desktop.models.ids import ProductId, ShopId
from jdy_desktop.models.parties import Warehouse
from jdy_desktop.models.rules.publishing import PublishKey
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.models.stock import StockBalance
from jdy_desktop.sandbox.catalogue import Offer as RemoteOffer
from jdy_desktop.services.channel.pictures import Pictures
from jdy_desktop.services.channel.publishing import BoundCategory, Publishing
from jdy_desktop.services.machine.jobs import JobContext
from tests.support.channel import add_product
from tests.support.stall import Stall

TOWEL = BoundCategory("1037110", "家纺家饰 > 毛巾浴巾 > 毛巾")
SIMPLE_ADD = "alibaba.product.simple.add"
PHOTO_ADD = "alibaba.photobank.photo.add"


def picture(width: int = 800, height: int = 800, *, size: int = 0, kind: str = "JPEG", seed: int = 0) -> bytes:
    """A picture of these measures; with `size` at least so many bytes (noise does not pack)."""
    from PIL import Image

    chance = random.Random(seed)
    out = io.BytesIO()
    if size:
        width = height = int((size / 2.4) ** 0.5) + 200
        made = Image.frombytes("RGB", (width, height), chance.randbytes(width * height * 3))
        made.save(out, "PNG")
    else:
        Image.new("RGB", (width, height), chance.choice(("red", "green", "blue", "gold"))).save(out, kind)
    return out.getvalue()


class Press:
    """The publishing service of a stall, and goods for it."""

    def __init__(self, stall: Stall, folder: Path, shop_id: ShopId | None = None) -> None:
        self.stall, self.db, self.world = stall, stall.db, stall.world
        self.folder = folder / "goods-pictures"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.pictures = Pictures(folder / "pictures", lambda: stall.gateway, self.folder)
        self.service = Publishing(stall.db, stall.ctx, stall.shops, lambda: stall.gateway, self.pictures)
        self.shop_id = shop_id or stall.authorize().shop_id

    def keep(self, name: str, data: bytes) -> str:
        """A picture of ours under that file name."""
        (self.folder / name).write_bytes(data)
        return f"own/{name}"

    def goods(
        self,
        code: str = "mj001",
        name: str = "纯棉毛巾",
        *,
        skus: tuple[tuple[str, str], ...] = (),
        price: str | None = "5.50",
        retail: str | None = "8",
        stock: str = "10",
        pictures: int = 1,
        category: BoundCategory | None = TOWEL,
        specification: str = "",
    ) -> PublishKey:
        """Goods that fulfil every condition; say what shall be otherwise."""
        names = [self.keep(f"{code}-{n}.jpg", picture(800 + n, 800)) for n in range(pictures)]
        with self.db.write() as session:
            product = add_product(session, code, name, skus)
            product.specification = specification
            product.picture = names[0] if names else ""
            for position, path in enumerate(names[1:], 1):
                session.add(ProductPicture(product_id=product.id, position=position, path=path))
            for sku in product.skus:
                for grade, text in ((PriceGrade.WHOLESALE, price), (PriceGrade.RETAIL, retail)):
                    if text is not None:
                        session.add(SkuPrice(sku_id=sku.id, grade=grade.value, price=Decimal(text)))
            self._stock(session, product.skus[0].id, stock)
            key = PublishKey(ProductId(product.id), self.shop_id)
        if category is not None:
            self.service.bind_category([key], category)
        return key

    def _stock(self, session: Any, sku_id: int, stock: str) -> None:
        warehouse = session.scalars(select(Warehouse)).first()
        if warehouse is None:
            warehouse = Warehouse(name="档口仓", is_default=True)
            session.add(warehouse)
            session.flush()
        session.add(StockBalance(sku_id=sku_id, warehouse_id=warehouse.id, quantity=Decimal(stock), cost=Decimal(0)))

    def change(self, key: PublishKey, **values: Any) -> None:
        with self.db.write() as session:
            product = session.get_one(Product, key.product_id)
            for name, value in values.items():
                setattr(product, name, value)

    def publish(self, key: PublishKey, *consents: Any, job: JobContext | None = None) -> Any:
        return self.service.publish(job or JobContext(), key, frozenset(consents))

    def view(self, key: PublishKey) -> Any:
        return self.service.view(JobContext(), key)

    def verdicts(self, key: PublishKey) -> dict[str, str]:
        """Condition → verdict, as the pane shows them."""
        return {one.condition.value: one.verdict.value for one in self.view(key).findings}

    def row(self, key: PublishKey) -> Publication:
        with self.db.read() as session:
            found = session.scalars(
                select(Publication).where(Publication.product_id == key.product_id, Publication.shop_id == key.shop_id)
            ).one()
            session.expunge(found)
            return found

    def at_1688(self, title: str = "") -> list[RemoteOffer]:
        """The simple offers that exist at the market."""
        return [one for _, one in self.world.catalogue.simple_offers() if title in one["subject"]]

    def matched(self, key: PublishKey) -> list[tuple[str, str, str | None]]:
        """(offer id, SKU code, origin) of the goods."""
        with self.db.read() as session:
            rows = session.execute(
                select(Offer.offer_id, Sku.code, OfferSku.match_origin)
                .join(OfferSku, OfferSku.offer_pk == Offer.id)
                .join(Sku, Sku.id == OfferSku.sku_id)
                .where(Sku.product_id == key.product_id)
            )
            return [(row[0], row[1], row[2]) for row in rows]
